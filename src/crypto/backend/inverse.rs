//! The inverse of a number modulo an odd 256-bit number, in variable time: public numbers only. Divsteps of D. J. Bernstein
//! and B.-Y. Yang, "Fast constant-time gcd computation and modular inversion" (TCHES 2019(3)), in jumps of 62 steps. Nobody
//! need trust it: each caller multiplies and sees 1, or takes another way.

/// Steps in a jump: a matrix of so many has entries that fit an `i64` (the row sums are at most 2^62).
const STEPS: u32 = 62;

const MASK: i64 = (1 << STEPS) - 1;

/// 12 * 62 = 744 steps. Theorem 11.2: floor((49 * 256 + 57) / 17) = 741 are enough for numbers below 2^256.
const JUMPS: usize = 12;

/// A signed number: the sum of `limb[i] * 2^(62 i)`. All limbs but the last are in 0..2^62.
type Signed = [i64; 5];

/// Entries of a transition matrix, times 2^62: `(f, g)` becomes `((u f + v g) / 2^62, (q f + r g) / 2^62)`.
struct Jump {
    u: i64,
    v: i64,
    q: i64,
    r: i64,
}

/// A modulus, with its negated inverse modulo 2^62.
pub struct Modulus {
    limbs: Signed,
    words: [u64; 4],
    negated_inverse: u64,
}

impl Modulus {
    /// Take an odd number of 256 bits, the least significant word first.
    pub const fn new(words: [u64; 4]) -> Self {
        // Newton: each round doubles the bits that are right, from 3.
        let (mut inverse, mut round) = (words[0], 0);
        while round < 5 {
            inverse = inverse.wrapping_mul(2_u64.wrapping_sub(words[0].wrapping_mul(inverse)));
            round += 1;
        }
        Self { limbs: split(words), words, negated_inverse: inverse.wrapping_neg() }
    }

    /// `1 / number`, for a number that is not zero and less than the modulus. None when there is none.
    pub fn invert(&self, number: [u64; 4]) -> Option<[u64; 4]> {
        let (mut f, mut g) = (self.limbs, split(number));
        // f = d * number and g = e * number, modulo the modulus, before and after each jump.
        let (mut d, mut e): (Signed, Signed) = ([0; 5], [1, 0, 0, 0, 0]);
        let mut delta = 1;
        for _ in 0..JUMPS {
            let jump = jump(&mut delta, f[0], g[0]);
            (d, e) = self.apply_modulo(&jump, &d, &e);
            (f, g) = apply(&jump, &f, &g);
            if g == [0; 5] {
                return match f {
                    [1, 0, 0, 0, 0] => self.reduce(d, false),
                    [MASK, MASK, MASK, MASK, -1] => self.reduce(d, true),
                    _ => None,
                };
            }
        }
        None
    }

    /// As `apply`, plus the multiple of the modulus that makes the division exact. That multiple is in -2^61..2^61, so that
    /// each jump adds at most half the modulus to the larger of |d| and |e|: after 12 they are below 7 times the modulus.
    fn apply_modulo(&self, jump: &Jump, d: &Signed, e: &Signed) -> (Signed, Signed) {
        let row = |a: i64, b: i64| {
            let low = (a.wrapping_mul(d[0])).wrapping_add(b.wrapping_mul(e[0])) as u64;
            // Sign-extended from 62 bits.
            let multiple = ((low.wrapping_mul(self.negated_inverse) << 2) as i64) >> 2;
            combine([a, b, multiple], [d, e, &self.limbs])
        };
        (row(jump.u, jump.v), row(jump.q, jump.r))
    }

    /// `number`, or its negative, in 0..modulus. Its absolute value is below 8 times the modulus.
    fn reduce(&self, number: Signed, negate: bool) -> Option<[u64; 4]> {
        let zero = [0; 5];
        let mut number = if negate { scale(&zero, -1, &number) } else { number };
        for _ in 0..8 {
            if number[4] < 0 {
                number = scale(&number, 1, &self.limbs);
            }
        }
        for _ in 0..8 {
            let less = scale(&number, -1, &self.limbs);
            if less[4] >= 0 {
                number = less;
            }
        }
        let words = join(&number)?;
        less_than(&words, &self.words).then_some(words)
    }
}

/// Is `a < b`? The least significant word comes first.
pub fn less_than(a: &[u64; 4], b: &[u64; 4]) -> bool {
    a.iter().rev().cmp(b.iter().rev()).is_lt()
}

/// 62 divsteps on the low bits of `f` (odd) and `g`: delta is counted on, the matrix returned.
fn jump(delta: &mut i64, f: i64, g: i64) -> Jump {
    let (mut f, mut g) = (f as u64, g as u64);
    let (mut u, mut v, mut q, mut r) = (1_i64, 0_i64, 0_i64, 1_i64);
    let mut left = STEPS;
    loop {
        // While g is even a step halves it; f's row doubles instead.
        let zeros = (g | (u64::MAX << left)).trailing_zeros();
        g >>= zeros;
        (u, v) = (u << zeros, v << zeros);
        *delta += i64::from(zeros);
        left -= zeros;
        if left == 0 {
            debug_assert!(row_fits(u, v) && row_fits(q, r));
            return Jump { u, v, q, r };
        }
        if *delta > 0 {
            *delta = -*delta;
            (f, g) = (g, f.wrapping_neg());
            (u, q) = (q, -u);
            (v, r) = (r, -v);
        }
        // Now delta <= 0, and for 1 - delta steps no swap can come: they add the multiple of f that clears as many low bits
        // of g. f (f^2 - 2) = -1/f modulo 64, since f^2 = 1 modulo 8.
        let bits = (1 - *delta).min(i64::from(left)).min(6) as u32;
        let negated_inverse = f.wrapping_mul(f.wrapping_mul(f).wrapping_sub(2));
        let multiple = g.wrapping_mul(negated_inverse) & ((1 << bits) - 1);
        g = g.wrapping_add(f.wrapping_mul(multiple));
        q += u * multiple as i64;
        r += v * multiple as i64;
    }
}

/// The bound that keeps the sums of `combine` inside 128 bits.
fn row_fits(a: i64, b: i64) -> bool {
    a.unsigned_abs() + b.unsigned_abs() <= 1 << STEPS
}

fn apply(jump: &Jump, f: &Signed, g: &Signed) -> (Signed, Signed) {
    let none = [0; 5];
    (combine([jump.u, jump.v, 0], [f, g, &none]), combine([jump.q, jump.r, 0], [f, g, &none]))
}

/// `(a x + b y + c z) / 2^62`, which is exact. |a| + |b| <= 2^62 and |c| <= 2^61, limbs are at most 2^62: the sum of three
/// products is below 2^124 + 2^123, and a carry below 2^63.
#[inline]
fn combine([a, b, c]: [i64; 3], [x, y, z]: [&Signed; 3]) -> Signed {
    let product = |i: usize| -> i128 {
        let limb = |number: &Signed| i128::from(number.get(i).copied().unwrap_or(0));
        i128::from(a) * limb(x) + i128::from(b) * limb(y) + i128::from(c) * limb(z)
    };
    let mut carry = product(0);
    debug_assert!(carry as i64 & MASK == 0, "the division is exact");
    carry >>= STEPS;
    let mut low = |i| {
        carry += product(i);
        let limb = carry as i64 & MASK;
        carry >>= STEPS;
        limb
    };
    let [first, second, third, fourth] = [low(1), low(2), low(3), low(4)];
    debug_assert!(i64::try_from(carry).is_ok());
    [first, second, third, fourth, carry as i64]
}

/// `a + factor * b`, for small factors.
fn scale(a: &Signed, factor: i64, b: &Signed) -> Signed {
    let mut carry = 0_i64;
    let mut sums = a.iter().zip(b).map(|(a, b)| a + factor * b);
    let mut low = || {
        carry += sums.next().unwrap_or(0);
        let limb = carry & MASK;
        carry >>= STEPS;
        limb
    };
    let [first, second, third, fourth] = [low(), low(), low(), low()];
    let last = carry + sums.next().unwrap_or(0);
    [first, second, third, fourth, last]
}

const fn split(words: [u64; 4]) -> Signed {
    let mask = MASK as u64;
    [
        (words[0] & mask) as i64,
        ((words[0] >> 62 | words[1] << 2) & mask) as i64,
        ((words[1] >> 60 | words[2] << 4) & mask) as i64,
        ((words[2] >> 58 | words[3] << 6) & mask) as i64,
        (words[3] >> 56) as i64,
    ]
}

/// None for what 256 bits do not hold.
fn join(number: &Signed) -> Option<[u64; 4]> {
    if number[4] < 0 || number[4] >> 8 != 0 {
        return None;
    }
    let limb = number.map(|limb| limb as u64);
    Some([
        limb[0] | limb[1] << 62,
        limb[1] >> 2 | limb[2] << 60,
        limb[2] >> 4 | limb[3] << 58,
        limb[3] >> 6 | limb[4] << 56,
    ])
}

/// Numbers modulo a prime.
pub trait Invertible: Copy {
    /// 1.
    const ONE: Self;

    /// Product.
    fn times(&self, other: &Self) -> Self;

    /// The inverse, whose product was looked at; none for 0.
    fn inverted(&self) -> Option<Self>;
}

/// Invert each number in place, with one inversion for all (P. L. Montgomery, "Speeding the Pollard and elliptic curve
/// methods", 1987, section 10.3.1). None when one of them is 0.
pub fn invert_all<N: Invertible>(numbers: &mut [N]) -> Option<()> {
    let mut product = N::ONE;
    let mut before = Vec::with_capacity(numbers.len());
    for number in numbers.iter() {
        before.push(product);
        product = product.times(number);
    }
    let mut inverse = product.inverted()?;
    for (number, before) in numbers.iter_mut().zip(&before).rev() {
        let next = inverse.times(number);
        *number = inverse.times(before);
        inverse = next;
    }
    Some(())
}
