//! s^65537 modulo n in lanes, by Montgomery multiplication (P. L. Montgomery, "Modular multiplication without trial division", 1985)
//! with R = 2^(416 V): one number spread over the lanes, or eight numbers side by side. 18 products: into Montgomery form, 16
//! squares, and once by s itself, which leads out of it. Results are below 2n, with limbs below 2^52.
//!
//! Bounds. n < R / 2^32. A product of a < 2n and b < 2n is below (2n 2n + R n) / R < 2n. A column takes, in each of 8 V steps, at
//! most four halves of products, each below 2^52, and carries: below 320 * 2^52 + 2^52 < 2^61 for V = 10.

use super::Modulus;
use super::number::{LOW, Number};
use crate::crypto::backend::lanes::{Lanes, Task};

/// One signature: limb i is in lane i % 8 of vector i / 8.
pub struct Power<'a, const V: usize> {
    /// n and what belongs to it.
    pub modulus: &'a Modulus<V>,
    /// Below n.
    pub s: &'a Number<V>,
}

/// Eight signatures, each in a lane of its own: vector i has limb i of all.
pub struct Powers<'a, const V: usize> {
    /// n and what belongs to it.
    pub modulus: &'a Modulus<V>,
    /// Below n.
    pub s: &'a [Number<V>; 8],
}

impl<const V: usize> Task for Power<'_, V> {
    type Output = Number<V>;

    #[inline(always)]
    fn run<L: Lanes>(self, lanes: L) -> Number<V> {
        let spread = Spread { lanes, n: load(lanes, &self.modulus.n), k: lanes.splat(self.modulus.negated_inverse) };
        let mut power = *self.s;
        for step in 0..18 {
            let by = match step {
                0 => self.modulus.square_of_r,
                17 => *self.s,
                _ => power,
            };
            power = spread.product(&power, &by);
        }
        power
    }
}

/// What a product of spread numbers needs.
pub(super) struct Spread<L: Lanes, const V: usize> {
    pub(super) lanes: L,
    pub(super) n: [L::Vector; V],
    pub(super) k: L::Vector,
}

impl<L: Lanes, const V: usize> Spread<L, V> {
    /// a b / R, limb by limb of b. Each step makes the lowest column a multiple of 2^52 and shifts all columns down by one, so that
    /// the high halves of products come to stand where the low halves of the next limb did. The next q waits for the first vector:
    /// what comes to it is added up apart and then added, which takes one cycle in place of a multiplication's four.
    #[inline(always)]
    pub(super) fn product(&self, a: &Number<V>, b: &Number<V>) -> Number<V> {
        let lanes = self.lanes;
        let zero = lanes.splat(0);
        let a = load(lanes, a);
        let mut sums = [zero; V];
        for b in b.as_flattened() {
            let b = lanes.splat(*b);
            for (row, (sum, a)) in sums.iter_mut().zip(&a).enumerate() {
                let apart = lanes.add(*sum, lanes.madd52lo(zero, *a, b));
                *sum = if row == 0 { apart } else { lanes.madd52lo(*sum, *a, b) };
            }
            let q = lanes.permute(lanes.madd52lo(zero, lowest(&sums, zero), self.k), zero);
            for (sum, n) in sums.iter_mut().zip(&self.n) {
                *sum = lanes.madd52lo(*sum, *n, q);
            }
            let carry = lanes.select(1, lanes.shr::<52>(lowest(&sums, zero)), zero);
            let mut above = zero;
            for sum in sums.iter_mut().rev() {
                let here = *sum;
                *sum = lanes.shift_in::<1>(above, here);
                above = here;
            }
            for (row, ((sum, a), n)) in sums.iter_mut().zip(&a).zip(&self.n).enumerate() {
                let start = if row == 0 { zero } else { *sum };
                let halves = lanes.madd52hi(lanes.madd52hi(start, *a, b), *n, q);
                *sum = if row == 0 { lanes.add(lanes.add(*sum, carry), halves) } else { halves };
            }
        }
        carried(lanes, sums)
    }
}

/// The vector of the lowest limbs.
#[inline(always)]
fn lowest<T: Copy, const V: usize>(vectors: &[T; V], zero: T) -> T {
    vectors.first().copied().unwrap_or(zero)
}

#[inline(always)]
pub(super) fn load<L: Lanes, const V: usize>(lanes: L, number: &Number<V>) -> [L::Vector; V] {
    let mut vectors = [lanes.splat(0); V];
    for (vector, row) in vectors.iter_mut().zip(number) {
        *vector = lanes.load(row);
    }
    vectors
}

/// Limbs below 2^52 of columns below 2^61. First each column's upper bits go one place up: columns are below 2^52 + 2^9 then, and
/// pass on 1 or nothing. Where a carry comes to is found for all places at once, by an addition: a column above LOW makes
/// one (`made`), a column that is LOW passes one on (`passed`), and a carry runs through neighbours of the latter as it runs
/// through the ones of a binary number.
#[inline(always)]
pub(super) fn carried<L: Lanes, const V: usize>(lanes: L, mut sums: [L::Vector; V]) -> Number<V> {
    let low = lanes.splat(LOW);
    let mut below = lanes.splat(0);
    let (mut made, mut passed) = (0_u128, 0_u128);
    for (row, sum) in sums.iter_mut().enumerate() {
        debug_assert!(lanes.store(*sum).iter().all(|column| column >> 61 == 0));
        let upper = lanes.shr::<52>(*sum);
        *sum = lanes.add(lanes.and(*sum, low), lanes.shift_in::<7>(upper, below));
        below = upper;
        made |= u128::from(lanes.less(low, *sum)) << (8 * row);
        passed |= u128::from(lanes.equal(low, *sum)) << (8 * row);
    }
    let arrives = ((made << 1) + passed) ^ passed;
    let mut number = [[0; 8]; V];
    let one = lanes.splat(1);
    for (row, (sum, limbs)) in sums.iter().zip(&mut number).enumerate() {
        let carry = lanes.select((arrives >> (8 * row)) as u8, one, lanes.splat(0));
        *limbs = lanes.store(lanes.and(lanes.add(*sum, carry), low));
    }
    number
}

/// Eight numbers, by limbs.
pub(super) type Columns<L, const V: usize> = [[<L as Lanes>::Vector; 8]; V];

impl<const V: usize> Task for Powers<'_, V> {
    type Output = [Number<V>; 8];

    #[inline(always)]
    fn run<L: Lanes>(self, lanes: L) -> [Number<V>; 8] {
        let s = side_by_side(lanes, self.s);
        let mut square_of_r = [[lanes.splat(0); 8]; V];
        for (limb, word) in square_of_r.as_flattened_mut().iter_mut().zip(self.modulus.square_of_r.as_flattened()) {
            *limb = lanes.splat(*word);
        }
        let mut power = s;
        for step in 0..18 {
            let by = match step {
                0 => square_of_r,
                17 => s,
                _ => power,
            };
            power = product(lanes, self.modulus, &power, &by);
        }
        apart(lanes, &power)
    }
}

/// a b / R in each lane, limb by limb of b. A column is put down one place below where it was taken up.
#[inline(always)]
pub(super) fn product<L: Lanes, const V: usize>(
    lanes: L,
    modulus: &Modulus<V>,
    a: &Columns<L, V>,
    b: &Columns<L, V>,
) -> Columns<L, V> {
    let zero = lanes.splat(0);
    let k = lanes.splat(modulus.negated_inverse);
    let mut columns = [[zero; 8]; V];
    for b in b.as_flattened() {
        let mut places =
            columns.as_flattened_mut().iter_mut().zip(a.as_flattened().iter().zip(modulus.n.as_flattened()));
        let Some((mut below, (a, n))) = places.next() else { break };
        let (mut a_below, mut n_below) = (*a, lanes.splat(*n));
        let column = lanes.madd52lo(*below, a_below, *b);
        let q = lanes.madd52lo(zero, column, k);
        let carry = lanes.shr::<52>(lanes.madd52lo(column, n_below, q));
        for (place, (a, n)) in places {
            let n = lanes.splat(*n);
            let column = lanes.madd52lo(lanes.madd52lo(*place, *a, *b), n, q);
            *below = lanes.madd52hi(lanes.madd52hi(column, a_below, *b), n_below, q);
            (below, a_below, n_below) = (place, *a, n);
        }
        *below = lanes.madd52hi(lanes.madd52hi(zero, a_below, *b), n_below, q);
        if let Some(first) = columns.as_flattened_mut().first_mut() {
            *first = lanes.add(*first, carry);
        }
    }
    let (low, mut carry) = (lanes.splat(LOW), zero);
    for column in columns.as_flattened_mut() {
        debug_assert!(lanes.store(*column).iter().all(|column| column >> 61 == 0));
        let sum = lanes.add(*column, carry);
        (*column, carry) = (lanes.and(sum, low), lanes.shr::<52>(sum));
    }
    columns
}

#[inline(always)]
pub(super) fn side_by_side<L: Lanes, const V: usize>(lanes: L, numbers: &[Number<V>; 8]) -> Columns<L, V> {
    let mut columns = [[lanes.splat(0); 8]; V];
    let [a, b, c, d, e, f, g, h] = numbers;
    let rows = a.iter().zip(b).zip(c).zip(d).zip(e).zip(f).zip(g).zip(h);
    for (columns, (((((((a, b), c), d), e), f), g), h)) in columns.iter_mut().zip(rows) {
        *columns = lanes.columns(&[*a, *b, *c, *d, *e, *f, *g, *h]);
    }
    columns
}

#[inline(always)]
pub(super) fn apart<L: Lanes, const V: usize>(lanes: L, columns: &Columns<L, V>) -> [Number<V>; 8] {
    let mut numbers = [[[0; 8]; V]; 8];
    for (row, columns) in columns.iter().enumerate() {
        // A square's columns' columns are its rows.
        let words = columns.map(|column| lanes.store(column));
        let limbs = lanes.columns(&words);
        for (number, limbs) in numbers.iter_mut().zip(limbs) {
            if let Some(place) = number.get_mut(row) {
                *place = lanes.store(limbs);
            }
        }
    }
    numbers
}
