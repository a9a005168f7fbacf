//! The field of P-256 in eight lanes: five limbs of 52 bits, Montgomery form with R = 2^260 (P. L. Montgomery, "Modular
//! multiplication without trial division", 1985; with these instructions: S. Gueron, V. Krasnov, "Software implementation of
//! modular exponentiation, using advanced vector instructions architectures", 2012; N. Drucker, S. Gueron, "Fast modular squaring
//! with AVX512IFMA", 2018). A number has several forms; its bounds stand with its type, and debug builds assert them, in each lane, of what comes in.

use super::super::field::P;
use crate::crypto::backend::lanes::Lanes;

/// What the instructions multiply of a word.
const LOW: u64 = (1 << 52) - 1;

/// p.
const LIMBS_OF_P: [u64; 5] = [
    P[0] & LOW,
    (P[0] >> 52 | P[1] << 12) & LOW,
    (P[1] >> 40 | P[2] << 24) & LOW,
    (P[2] >> 28 | P[3] << 36) & LOW,
    P[3] >> 16,
];

/// Limbs 1, 3 and 4 of p + 1 = 2^256 - 2^224 + 2^192 + 2^96; the others are 0. As p + 1 is a multiple of 2^52, -1/p is 1 modulo
/// 2^52, and the multiple of p that a step of the reduction adds is the limb itself.
const P_AND_ONE: [u64; 3] = [1 << 44, 1 << 36, (1 << 48) - (1 << 16)];

/// R modulo p.
const ONE: [u64; 5] = [0x10, 0xf_0000_0000_0000, 0xf_ffff_ffff_ffff, 0xf_feff_ffff_ffff, 0xf_ffff];

/// R^2 modulo p.
const SQUARE_OF_R: [u64; 5] = [0x300, 0xf_ffff_fff0_0000, 0xf_fffe_ffff_fffb, 0xf_dfff_ffff_ffff, 0x4ff_ffff];

/// Eight field elements. Limbs are below 2^52, numbers below 3p; below 2p where they come from a product of two elements.
#[derive(Clone, Copy)]
pub struct Element<L: Lanes>([L::Vector; 5]);

/// Eight coordinates from tables. Limbs are below 2^52, numbers below 16p < R.
#[derive(Clone, Copy)]
pub struct Entry<L: Lanes>([L::Vector; 5]);

/// Eight sums of a few of those, signed. In absolute value limbs are below 2^56 and the last below 2^53, numbers so below
/// 2^261 + 2^213.
#[derive(Clone, Copy)]
pub struct Loose<L: Lanes>([L::Vector; 5]);

/// The operations, with their constants at hand.
#[derive(Clone, Copy)]
pub struct Field<L: Lanes> {
    lanes: L,
    zero: L::Vector,
    mask: L::Vector,
    p_and_one: [L::Vector; 3],
}

impl<L: Lanes> Field<L> {
    /// On these lanes.
    #[inline(always)]
    pub fn new(lanes: L) -> Self {
        let [one, three, four] = P_AND_ONE;
        let p_and_one = [lanes.splat(one), lanes.splat(three), lanes.splat(four)];
        Self { lanes, zero: lanes.splat(0), mask: lanes.splat(LOW), p_and_one }
    }

    /// Those.
    #[inline(always)]
    pub fn lanes(self) -> L {
        self.lanes
    }

    /// 0.
    #[inline(always)]
    pub fn zero(self) -> Element<L> {
        Element([self.zero; 5])
    }

    /// 1.
    #[inline(always)]
    pub fn one(self) -> Element<L> {
        Element(self.constant(ONE))
    }

    #[inline(always)]
    fn constant(self, [a, b, c, d, e]: [u64; 5]) -> [L::Vector; 5] {
        [self.lanes.splat(a), self.lanes.splat(b), self.lanes.splat(c), self.lanes.splat(d), self.lanes.splat(e)]
    }

    /// Numbers of 256 bits, one a lane.
    #[inline(always)]
    pub fn numbers(self, numbers: &[[u64; 4]; 8]) -> Element<L> {
        let [a, b, c, d, ..] = self.lanes.columns(&numbers.map(|[a, b, c, d]| [a, b, c, d, 0, 0, 0, 0]));
        let first = self.lanes.and(a, self.mask);
        let last = self.lanes.shr::<16>(d);
        let limbs =
            [first, self.middle::<52, 12>(a, b), self.middle::<40, 24>(b, c), self.middle::<28, 36>(c, d), last];
        self.product(limbs, self.constant(SQUARE_OF_R))
    }

    /// x and y of table entries, one a lane: of each the four words of x 2^256 modulo p, which is fiat-crypto's Montgomery form.
    /// 16 times that is x R modulo p and below 16p, and costs nothing, as the words are cut up four bits further down.
    #[inline(always)]
    pub fn entries(self, rows: &[[u64; 8]; 8]) -> [Entry<L>; 2] {
        let [a, b, c, d, e, f, g, h] = self.lanes.columns(rows);
        [self.entry([a, b, c, d]), self.entry([e, f, g, h])]
    }

    #[inline(always)]
    fn entry(self, [a, b, c, d]: [L::Vector; 4]) -> Entry<L> {
        let first = self.lanes.and(self.lanes.shl::<4>(a), self.mask);
        let last = self.lanes.shr::<12>(d);
        let limbs =
            [first, self.middle::<48, 16>(a, b), self.middle::<36, 28>(b, c), self.middle::<24, 40>(c, d), last];
        debug_assert!(self.are_below(&limbs, 16));
        Entry(limbs)
    }

    /// The limb that begins DOWN bits up in the low word and goes on in the high one. DOWN + UP is 64.
    #[inline(always)]
    fn middle<const DOWN: u32, const UP: u32>(self, low: L::Vector, high: L::Vector) -> L::Vector {
        self.lanes.and(self.lanes.or(self.lanes.shr::<DOWN>(low), self.lanes.shl::<UP>(high)), self.mask)
    }

    /// Product: below 9p^2 / R + p < 2p.
    #[inline(always)]
    pub fn mul(self, a: Element<L>, b: Element<L>) -> Element<L> {
        debug_assert!(self.are_below(&a.0, 3) && self.are_below(&b.0, 3));
        self.product(a.0, b.0)
    }

    /// Product of a table's number and an element below 2p: below 32p^2 / R + p < 3p.
    #[inline(always)]
    pub fn mul_entry(self, a: Entry<L>, b: Element<L>) -> Element<L> {
        debug_assert!(self.are_below(&b.0, 2));
        self.product(a.0, b.0)
    }

    /// Limb by limb: ten columns of at most ten halves of products, each half below 2^52.
    #[inline(always)]
    fn product(self, a: [L::Vector; 5], [b0, b1, b2, b3, b4]: [L::Vector; 5]) -> Element<L> {
        let (t0, rest) = self.row([self.zero; 5], &a, b0);
        let (t1, rest) = self.row(rest, &a, b1);
        let (t2, rest) = self.row(rest, &a, b2);
        let (t3, rest) = self.row(rest, &a, b3);
        let (t4, rest) = self.row(rest, &a, b4);
        self.reduce([t0, t1, t2, t3, t4], rest)
    }

    /// Add `a b` to columns. The first, which is complete then, stands apart.
    #[inline(always)]
    fn row(self, t: [L::Vector; 5], a: &[L::Vector; 5], b: L::Vector) -> (L::Vector, [L::Vector; 5]) {
        let [t0, t1, t2, t3, t4] = t;
        let low = |sum, a| self.lanes.madd52lo(sum, a, b);
        let high = |sum, a| self.lanes.madd52hi(sum, a, b);
        let t0 = low(t0, a[0]);
        let t1 = high(low(t1, a[1]), a[0]);
        let t2 = high(low(t2, a[2]), a[1]);
        let t3 = high(low(t3, a[3]), a[2]);
        let t4 = high(low(t4, a[4]), a[3]);
        (t0, [t1, t2, t3, t4, high(self.zero, a[4])])
    }

    /// Square: below 2p. Each product of different limbs is computed once, and doubled when the columns are.
    #[inline(always)]
    pub fn square(self, a: Element<L>) -> Element<L> {
        debug_assert!(self.are_below(&a.0, 3));
        let [a0, a1, a2, a3, a4] = a.0;
        let low = |sum, a, b| self.lanes.madd52lo(sum, a, b);
        let high = |sum, a, b| self.lanes.madd52hi(sum, a, b);
        let zero = self.zero;
        let t1 = low(zero, a0, a1);
        let t2 = low(high(zero, a0, a1), a0, a2);
        let t3 = low(low(high(zero, a0, a2), a0, a3), a1, a2);
        let t4 = low(high(low(high(zero, a0, a3), a0, a4), a1, a2), a1, a3);
        let t5 = low(low(high(high(zero, a0, a4), a1, a3), a1, a4), a2, a3);
        let t6 = low(high(high(zero, a1, a4), a2, a3), a2, a4);
        let t7 = low(high(zero, a2, a4), a3, a4);
        let t8 = high(zero, a3, a4);
        let twice = |column| self.lanes.add(column, column);
        self.reduce(
            [
                low(zero, a0, a0),
                high(twice(t1), a0, a0),
                low(twice(t2), a1, a1),
                high(twice(t3), a1, a1),
                low(twice(t4), a2, a2),
            ],
            [
                high(twice(t5), a2, a2),
                low(twice(t6), a3, a3),
                high(twice(t7), a3, a3),
                low(twice(t8), a4, a4),
                high(zero, a4, a4),
            ],
        )
    }

    /// Add the multiple of p that makes the low columns 0, and leave them out. A column takes six more halves of products and a
    /// carry: below 17 * 2^52.
    #[inline(always)]
    fn reduce(self, [t0, t1, t2, t3, t4]: [L::Vector; 5], rest: [L::Vector; 5]) -> Element<L> {
        let [t5, t6, t7, t8, t9] = rest;
        let [t1, t2, t3, t4, t5] = self.step(t0, [t1, t2, t3, t4, t5]);
        let [t2, t3, t4, t5, t6] = self.step(t1, [t2, t3, t4, t5, t6]);
        let [t3, t4, t5, t6, t7] = self.step(t2, [t3, t4, t5, t6, t7]);
        let [t4, t5, t6, t7, t8] = self.step(t3, [t4, t5, t6, t7, t8]);
        let [t5, t6, t7, t8, t9] = self.step(t4, [t5, t6, t7, t8, t9]);
        Element(self.carried([t5, t6, t7, t8, t9]))
    }

    /// Add `m p = m (p + 1) - m`, where m is the column's low limb: the column becomes a multiple of 2^52, and is carried.
    #[inline(always)]
    fn step(self, column: L::Vector, [t1, t2, t3, t4, t5]: [L::Vector; 5]) -> [L::Vector; 5] {
        let m = self.lanes.and(column, self.mask);
        let [one, three, four] = self.p_and_one;
        let low = |sum, limb| self.lanes.madd52lo(sum, m, limb);
        let high = |sum, limb| self.lanes.madd52hi(sum, m, limb);
        let t1 = self.lanes.add(t1, self.lanes.shr::<52>(column));
        [low(t1, one), high(t2, one), low(t3, three), high(low(t4, four), three), high(t5, four)]
    }

    /// Limbs below 2^52 for the same numbers, which are not negative and below 2^260. Limbs may be.
    #[inline(always)]
    fn carried(self, [t0, t1, t2, t3, t4]: [L::Vector; 5]) -> [L::Vector; 5] {
        let pass = |low, high| (self.lanes.and(low, self.mask), self.lanes.add(high, self.lanes.sar::<52>(low)));
        let (t0, t1) = pass(t0, t1);
        let (t1, t2) = pass(t1, t2);
        let (t2, t3) = pass(t2, t3);
        let (t3, t4) = pass(t3, t4);
        [t0, t1, t2, t3, t4]
    }

    /// `a - b`.
    #[inline(always)]
    pub fn sub(self, a: Element<L>, b: Element<L>) -> Loose<L> {
        self.less(Loose(a.0), b)
    }

    /// `a - b`.
    #[inline(always)]
    pub fn less(self, a: Loose<L>, b: Element<L>) -> Loose<L> {
        Loose(self.each(a.0, b.0, |a, b| self.lanes.sub(a, b)))
    }

    /// `a`, and in the lanes of the mask `-a`.
    #[inline(always)]
    pub fn negated(self, mask: u8, a: Element<L>) -> Loose<L> {
        let negative = self.each([self.zero; 5], a.0, |zero, limb| self.lanes.sub(zero, limb));
        Loose(self.each(negative, a.0, |negative, limb| self.lanes.select(mask, negative, limb)))
    }

    /// An element that is equal: v - q p with q = floor(limb / 2^48) - 1 of the last limb. What is left of v without q + 1 times
    /// 2^256 is above -2^213 and below 2^256 + 2^213; |q + 1| <= 32 and 2^256 - p < 2^224. So it is above p - 2^230 and below
    /// 2p + 2^230.
    #[inline(always)]
    pub fn carry(self, a: Loose<L>) -> Element<L> {
        debug_assert!(self.are_loose(&a.0));
        let [t0, t1, t2, t3, t4] = a.0;
        let q = self.lanes.add(self.lanes.sar::<48>(t4), self.lanes.splat(u64::MAX));
        let less = |a, b| self.lanes.sub(a, b);
        // p = -1 + 2^44 2^52 + 2^36 2^156 + (2^48 - 2^16) 2^208.
        let t0 = self.lanes.add(t0, q);
        let t1 = less(t1, self.lanes.shl::<44>(q));
        let t3 = less(t3, self.lanes.shl::<36>(q));
        let t4 = self.lanes.add(less(t4, self.lanes.shl::<48>(q)), self.lanes.shl::<16>(q));
        Element(self.carried([t0, t1, t2, t3, t4]))
    }

    /// An element that is equal to a table's number.
    #[inline(always)]
    pub fn element(self, entry: Entry<L>) -> Element<L> {
        self.carry(Loose(entry.0))
    }

    /// `yes` in the lanes of the mask, `no` in the others.
    #[inline(always)]
    pub fn select(self, mask: u8, yes: Element<L>, no: Element<L>) -> Element<L> {
        Element(self.each(yes.0, no.0, |yes, no| self.lanes.select(mask, yes, no)))
    }

    /// Each lane takes the element of the lane that is COUNT higher, around the end.
    #[inline(always)]
    pub fn rotate<const COUNT: i32>(self, a: Element<L>) -> Element<L> {
        Element(self.each(a.0, a.0, |limb, _| self.lanes.rotate::<COUNT>(limb)))
    }

    /// The lanes in which it is 0. The product with 1 / R is at most p, since (3p + (R - 1) p) / R < p + 1: 0 is 0 or p, and limbs
    /// are in one form.
    #[inline(always)]
    pub fn zeros(self, a: Element<L>) -> u8 {
        debug_assert!(self.are_below(&a.0, 3));
        let one = [self.lanes.splat(1), self.zero, self.zero, self.zero, self.zero];
        let [a, b, c, d, e] = self.product(a.0, one).0;
        let store = |limb| self.lanes.store(limb);
        let (a, b, c, d, e) = (store(a), store(b), store(c), store(d), store(e));
        (0..8).fold(0, |mask, lane| {
            let limb = |limbs: [u64; 8]| limbs.get(lane).copied().unwrap_or(1);
            let limbs = [a, b, c, d, e].map(limb);
            mask | u8::from(limbs == [0; 5] || limbs == LIMBS_OF_P) << lane
        })
    }

    #[inline(always)]
    fn each(
        self,
        a: [L::Vector; 5],
        b: [L::Vector; 5],
        operation: impl Fn(L::Vector, L::Vector) -> L::Vector,
    ) -> [L::Vector; 5] {
        let ([a0, a1, a2, a3, a4], [b0, b1, b2, b3, b4]) = (a, b);
        [operation(a0, b0), operation(a1, b1), operation(a2, b2), operation(a3, b3), operation(a4, b4)]
    }

    /// Are limbs below 2^52 and numbers below so many times p? 16p too has five limbs.
    fn are_below(self, limbs: &[L::Vector; 5], times: u64) -> bool {
        let (mut carry, mut below, mut small) = (0, 0, 0xff);
        for (limb, of_p) in limbs.iter().zip(LIMBS_OF_P) {
            carry += u128::from(of_p) * u128::from(times);
            let bound = self.lanes.splat(carry as u64 & LOW);
            carry >>= 52;
            below = self.lanes.less(*limb, bound) | self.lanes.equal(*limb, bound) & below;
            small &= self.lanes.less(*limb, self.lanes.splat(LOW + 1));
        }
        below & small == 0xff
    }

    /// Are limbs as `Loose` says?
    fn are_loose(self, limbs: &[L::Vector; 5]) -> bool {
        let stored = limbs.map(|limb| self.lanes.store(limb));
        let is_small = |limb: &u64, bits: u32| (*limb as i64).unsigned_abs() < 1 << bits;
        stored.iter().flatten().all(|limb| is_small(limb, 56)) && stored[4].iter().all(|limb| is_small(limb, 53))
    }
}

#[cfg(test)]
impl<L: Lanes> Element<L> {
    /// Any limbs, for tests of extreme ones.
    pub fn of_limbs(limbs: [L::Vector; 5]) -> Self {
        Self(limbs)
    }

    /// The limbs.
    pub fn limbs(self) -> [L::Vector; 5] {
        self.0
    }
}

#[cfg(test)]
impl<L: Lanes> Loose<L> {
    /// Any limbs, for tests of extreme ones.
    pub fn of_limbs(limbs: [L::Vector; 5]) -> Self {
        Self(limbs)
    }
}
