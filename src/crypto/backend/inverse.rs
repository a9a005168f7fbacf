//! The inverse of a number modulo an odd one of 256 or 384 bits, in variable time: public numbers only. Divsteps of D. J.
//! Bernstein and B.-Y. Yang, "Fast constant-time gcd computation and modular inversion" (TCHES 2019(3)), in jumps of 62 steps.
//! Nobody need trust it: each caller multiplies and sees 1, or takes another way.

use super::words::{Words, less_than, negated_inverse};

/// Steps in a jump: a matrix of so many has entries that fit an `i64` (the row sums are at most 2^62).
const STEPS: u32 = 62;

const MASK: i64 = (1 << STEPS) - 1;

/// Theorem 11.2: floor((49 d + 57) / 17) steps are enough for numbers below 2^d. 741 for 256 bits, so 12 jumps, which are 744
/// steps; 1,110 for 384 bits, so 18 jumps, 1,116 steps.
const fn jumps(bits: usize) -> usize {
    ((49 * bits + 57) / 17).div_ceil(STEPS as usize)
}

/// A signed number: the sum of `limb[i] * 2^(62 i)`. All limbs but the last are in 0..2^62. Five hold 256 bits and 54 more, seven
/// 384 bits and 50 more.
type Signed<const L: usize> = [i64; L];

/// Entries of a transition matrix, times 2^62: `(f, g)` becomes `((u f + v g) / 2^62, (q f + r g) / 2^62)`.
struct Jump {
    u: i64,
    v: i64,
    q: i64,
    r: i64,
}

/// A modulus of W words and L limbs, with its negated inverse modulo 2^62.
pub struct Modulus<const W: usize, const L: usize> {
    limbs: Signed<L>,
    words: [u64; W],
    negated_inverse: u64,
}

impl<const W: usize, const L: usize> Modulus<W, L>
where
    [u64; W]: Words,
{
    /// Take an odd number of 64 W bits, the least significant word first.
    pub const fn new(words: [u64; W]) -> Self {
        const { assert!(L == W + 1) };
        Self { limbs: split(&words), words, negated_inverse: negated_inverse(words[0]) }
    }

    /// `1 / number`, for a number that is not zero and less than the modulus. None when there is none.
    pub fn invert(&self, number: [u64; W]) -> Option<[u64; W]> {
        let (mut f, mut g) = (self.limbs, split(&number));
        // f = d * number and g = e * number, modulo the modulus, before and after each jump.
        let (mut d, mut e) = (small(0), small(1));
        let mut delta = 1;
        for _ in 0..const { jumps(64 * W) } {
            let jump = jump(&mut delta, f[0], g[0]);
            (d, e) = self.apply_modulo(&jump, &d, &e);
            (f, g) = apply(&jump, &f, &g);
            if g == small(0) {
                let (one, minus_one) = (small(1), scale(&small(0), -1, &small(1)));
                return if f == one || f == minus_one { self.reduce(d, f == minus_one) } else { None };
            }
        }
        None
    }

    /// As `apply`, plus the multiple of the modulus that makes the division exact. That multiple is in -2^61..2^61, so that
    /// each jump adds at most half the modulus to the larger of |d| and |e|: after 12 they are below 7 times the modulus, after
    /// 18 below 10 times.
    fn apply_modulo(&self, jump: &Jump, d: &Signed<L>, e: &Signed<L>) -> (Signed<L>, Signed<L>) {
        let row = |a: i64, b: i64| {
            let low = (a.wrapping_mul(d[0])).wrapping_add(b.wrapping_mul(e[0])) as u64;
            // Sign-extended from 62 bits.
            let multiple = ((low.wrapping_mul(self.negated_inverse) << 2) as i64) >> 2;
            combine([a, b, multiple], [d, e, &self.limbs])
        };
        (row(jump.u, jump.v), row(jump.q, jump.r))
    }

    /// `number`, or its negative, in 0..modulus. Its absolute value is below 1 and half the jumps times the modulus.
    fn reduce(&self, number: Signed<L>, negate: bool) -> Option<[u64; W]> {
        let mut number = if negate { scale(&small(0), -1, &number) } else { number };
        let most = const { 1 + jumps(64 * W) / 2 };
        for _ in 0..most {
            if last(&number) < 0 {
                number = scale(&number, 1, &self.limbs);
            }
        }
        for _ in 0..most {
            let less = scale(&number, -1, &self.limbs);
            if last(&less) >= 0 {
                number = less;
            }
        }
        let words = join(&number)?;
        less_than(&words, &self.words).then_some(words)
    }
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

fn apply<const L: usize>(jump: &Jump, f: &Signed<L>, g: &Signed<L>) -> (Signed<L>, Signed<L>) {
    let none = small(0);
    (combine([jump.u, jump.v, 0], [f, g, &none]), combine([jump.q, jump.r, 0], [f, g, &none]))
}

/// `(a x + b y + c z) / 2^62`, which is exact. |a| + |b| <= 2^62 and |c| <= 2^61, limbs are at most 2^62: the sum of three
/// products is below 2^124 + 2^123, and a carry below 2^63.
#[inline]
fn combine<const L: usize>([a, b, c]: [i64; 3], [x, y, z]: [&Signed<L>; 3]) -> Signed<L> {
    let mut products = x.iter().zip(y).zip(z).map(|((x, y), z)| {
        i128::from(a) * i128::from(*x) + i128::from(b) * i128::from(*y) + i128::from(c) * i128::from(*z)
    });
    let mut carry = products.next().unwrap_or(0);
    debug_assert!(carry as i64 & MASK == 0, "the division is exact");
    carry >>= STEPS;
    let mut out = small(0);
    for (limb, product) in out.iter_mut().zip(products) {
        carry += product;
        *limb = carry as i64 & MASK;
        carry >>= STEPS;
    }
    debug_assert!(i64::try_from(carry).is_ok());
    with_last(out, carry as i64)
}

/// `a + factor * b`, for small factors.
fn scale<const L: usize>(a: &Signed<L>, factor: i64, b: &Signed<L>) -> Signed<L> {
    let (mut out, mut carry) = (small(0), 0);
    for (limb, (a, b)) in out.iter_mut().zip(a.iter().zip(b)) {
        carry += a + factor * b;
        *limb = carry & MASK;
        carry >>= STEPS;
    }
    // The last limb keeps what is above it, and so the sign.
    with_last(out, last(&out) | carry << STEPS)
}

/// 0 or 1.
const fn small<const L: usize>(number: i64) -> Signed<L> {
    let mut limbs = [0; L];
    limbs[0] = number;
    limbs
}

/// The limb that has the sign.
fn last<const L: usize>(number: &Signed<L>) -> i64 {
    number.last().copied().unwrap_or(0)
}

fn with_last<const L: usize>(mut number: Signed<L>, limb: i64) -> Signed<L> {
    number.last_mut().into_iter().for_each(|last| *last = limb);
    number
}

#[allow(clippy::indexing_slicing, reason = "the conditions are about W and L, which are constants")]
const fn split<const W: usize, const L: usize>(words: &[u64; W]) -> Signed<L> {
    let (mut limbs, mut place) = ([0; L], 0);
    while place < L {
        let bit = STEPS as usize * place;
        let low = words[bit / 64] >> (bit % 64);
        // Its other bits, if it has any, are in the next word.
        let high = if bit % 64 > 2 && bit / 64 + 1 < W { words[bit / 64 + 1] << (64 - bit % 64) } else { 0 };
        limbs[place] = (low | high) as i64 & MASK;
        place += 1;
    }
    limbs
}

/// None for what the words do not hold.
fn join<const W: usize, const L: usize>(number: &Signed<L>) -> Option<[u64; W]> {
    if last(number) < 0 || last(number) >> (64 * W - STEPS as usize * (L - 1)) != 0 {
        return None;
    }
    let mut words = [0; W];
    for (place, word) in words.iter_mut().enumerate() {
        let (index, bit) = (64 * place / STEPS as usize, 64 * place % STEPS as usize);
        let limb = |index: usize| number.get(index).map_or(0, |limb| *limb as u64);
        *word = limb(index) >> bit | limb(index + 1) << (STEPS as usize - bit);
    }
    Some(words)
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
