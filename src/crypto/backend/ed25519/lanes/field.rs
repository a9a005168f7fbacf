//! The field of Curve25519 in eight lanes: five limbs of 51 bits, as tables hold them, in products of 52 (compare H. Cheng, J.
//! Großschädl, J. Tian, P. Rønne, P. Ryan, "High-throughput elliptic curve cryptography using AVX2 vector instructions", 2020, and
//! S. Gueron, V. Krasnov, 2012). Bounds stand with each type; debug builds assert them, in each lane, of what comes in.

use crate::crypto::backend::lanes::Lanes;

const LOW: u64 = (1 << 51) - 1;

/// A limb of an element is less than this: a carried one is below 2^51 + 19 * 600.
const BOUND: u64 = (1 << 51) + (1 << 15);

/// 16p, so that no limb is below 2^54.
const BIAS: [u64; 5] = [16 * (LOW - 18), 16 * LOW, 16 * LOW, 16 * LOW, 16 * LOW];

/// Eight field elements, in no unique form. Limbs are below 2^51 + 2^15.
#[derive(Clone, Copy)]
pub struct Element<L: Lanes>([L::Vector; 5]);

/// Eight sums or differences of a few elements. Limbs are signed, at most 2^54 in absolute value.
#[derive(Clone, Copy)]
pub struct Loose<L: Lanes>([L::Vector; 5]);

/// The operations, with their constants at hand.
#[derive(Clone, Copy)]
pub struct Field<L: Lanes> {
    lanes: L,
    zero: L::Vector,
    mask: L::Vector,
}

impl<L: Lanes> Field<L> {
    /// On these lanes.
    #[inline(always)]
    pub fn new(lanes: L) -> Self {
        Self { lanes, zero: lanes.splat(0), mask: lanes.splat(LOW) }
    }

    /// Those.
    #[inline(always)]
    pub fn lanes(self) -> L {
        self.lanes
    }

    /// The same element in all lanes.
    #[inline(always)]
    pub fn constant(self, limbs: [u64; 5]) -> Element<L> {
        Element(self.splat(limbs))
    }

    #[inline(always)]
    fn splat(self, [a, b, c, d, e]: [u64; 5]) -> [L::Vector; 5] {
        [self.lanes.splat(a), self.lanes.splat(b), self.lanes.splat(c), self.lanes.splat(d), self.lanes.splat(e)]
    }

    /// Three elements of a table, one triple a lane: their limbs one after the other, in two rows.
    #[inline(always)]
    pub fn entries(self, first: &[[u64; 8]; 8], second: &[[u64; 8]; 8]) -> [Element<L>; 3] {
        let [a, b, c, d, e, f, g, h] = self.lanes.columns(first);
        let [i, j, k, l, m, n, o, _] = self.lanes.columns(second);
        [Element([a, b, c, d, e]), Element([f, g, h, i, j]), Element([k, l, m, n, o])]
    }

    /// Product. Column k has at most five low halves and twice five high ones of column k - 1, which weigh 2 * 2^51: below
    /// 15 * 2^52. With 19 times column k + 5, since 2^255 = 19, it is below 300 * 2^52.
    #[inline(always)]
    pub fn mul(self, a: Element<L>, b: Element<L>) -> Element<L> {
        debug_assert!(self.is_small(a) && self.is_small(b));
        let Element([b0, b1, b2, b3, b4]) = b;
        let none = [self.zero; 5];
        let low = |sum, a, b| self.lanes.madd52lo(sum, a, b);
        let (l0, rest) = self.row(none, a, b0, low);
        let (l1, rest) = self.row(rest, a, b1, low);
        let (l2, rest) = self.row(rest, a, b2, low);
        let (l3, rest) = self.row(rest, a, b3, low);
        let (l4, [l5, l6, l7, l8, _]) = self.row(rest, a, b4, low);
        let high = |sum, a, b| self.lanes.madd52hi(sum, a, b);
        let (h0, rest) = self.row(none, a, b0, high);
        let (h1, rest) = self.row(rest, a, b1, high);
        let (h2, rest) = self.row(rest, a, b2, high);
        let (h3, rest) = self.row(rest, a, b3, high);
        let (h4, [h5, h6, h7, h8, _]) = self.row(rest, a, b4, high);
        let column = |low, high| self.lanes.add(low, self.lanes.shl::<1>(high));
        let fold = |low, high| self.lanes.add(low, self.nineteen_times(high));
        self.carried([
            fold(l0, column(l5, h4)),
            fold(column(l1, h0), column(l6, h5)),
            fold(column(l2, h1), column(l7, h6)),
            fold(column(l3, h2), column(l8, h7)),
            fold(column(l4, h3), column(self.zero, h8)),
        ])
    }

    /// Add halves of `a b` to columns. The first, which is complete then, stands apart.
    #[inline(always)]
    fn row(
        self,
        [t0, t1, t2, t3, t4]: [L::Vector; 5],
        Element([a0, a1, a2, a3, a4]): Element<L>,
        b: L::Vector,
        half: impl Fn(L::Vector, L::Vector, L::Vector) -> L::Vector,
    ) -> (L::Vector, [L::Vector; 5]) {
        (half(t0, a0, b), [half(t1, a1, b), half(t2, a2, b), half(t3, a3, b), half(t4, a4, b), self.zero])
    }

    #[inline(always)]
    fn nineteen_times(self, a: L::Vector) -> L::Vector {
        self.lanes.add(a, self.lanes.add(self.lanes.shl::<1>(a), self.lanes.shl::<4>(a)))
    }

    /// All limbs carried at once, of what is not negative: a limb below c 2^51 becomes one below 2^51 + 19 c.
    #[inline(always)]
    fn carried(self, [t0, t1, t2, t3, t4]: [L::Vector; 5]) -> Element<L> {
        let low = |limb| self.lanes.and(limb, self.mask);
        let carry = |limb, from| self.lanes.add(low(limb), self.lanes.shr::<51>(from));
        let first = self.lanes.add(low(t0), self.nineteen_times(self.lanes.shr::<51>(t4)));
        Element([first, carry(t1, t0), carry(t2, t1), carry(t3, t2), carry(t4, t3)])
    }

    /// Sum.
    #[inline(always)]
    pub fn add(self, a: Element<L>, b: Element<L>) -> Element<L> {
        self.carry(Loose(self.each(a.0, b.0, |a, b| self.lanes.add(a, b))))
    }

    /// Difference.
    #[inline(always)]
    pub fn sub(self, a: Element<L>, b: Element<L>) -> Element<L> {
        self.carry(Loose(self.each(a.0, b.0, |a, b| self.lanes.sub(a, b))))
    }

    /// `a`, and in the lanes of the mask `-a`.
    #[inline(always)]
    pub fn negated(self, mask: u8, a: Element<L>) -> Element<L> {
        let negative = self.each([self.zero; 5], a.0, |zero, limb| self.lanes.sub(zero, limb));
        self.carry(Loose(self.each(negative, a.0, |negative, limb| self.lanes.select(mask, negative, limb))))
    }

    /// An element that is equal: with 16p no limb is negative, and each is below 2^55 + 2^54.
    #[inline(always)]
    pub fn carry(self, a: Loose<L>) -> Element<L> {
        debug_assert!(self.is_loose(a));
        self.carried(self.each(a.0, self.splat(BIAS), |a, b| self.lanes.add(a, b)))
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

    /// The limbs of each lane's element.
    #[inline(always)]
    pub fn limbs(self, a: Element<L>) -> [[u64; 5]; 8] {
        debug_assert!(self.is_small(a));
        let Element([a, b, c, d, e]) = a;
        let store = |limb| self.lanes.store(limb);
        let limbs = [store(a), store(b), store(c), store(d), store(e)];
        let mut numbers = [[0; 5]; 8];
        for (place, limbs) in limbs.iter().enumerate() {
            for (number, limb) in numbers.iter_mut().zip(limbs) {
                if let Some(to) = number.get_mut(place) {
                    *to = *limb;
                }
            }
        }
        numbers
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

    /// Are limbs as `Element` says?
    fn is_small(self, a: Element<L>) -> bool {
        let bound = self.lanes.splat(BOUND);
        a.0.iter().all(|limb| self.lanes.less(*limb, bound) == 0xff)
    }

    /// Are limbs as `Loose` says?
    fn is_loose(self, a: Loose<L>) -> bool {
        let (half, whole) = (self.lanes.splat(1 << 54), self.lanes.splat((1 << 55) + 1));
        a.0.iter().all(|limb| self.lanes.less(self.lanes.add(*limb, half), whole) == 0xff)
    }
}

#[cfg(test)]
impl<L: Lanes> Element<L> {
    /// Any limbs, for tests of extreme ones.
    pub fn of_limbs(limbs: [L::Vector; 5]) -> Self {
        Self(limbs)
    }
}

#[cfg(test)]
impl<L: Lanes> Loose<L> {
    /// Any limbs, for tests of extreme ones.
    pub fn of_limbs(limbs: [L::Vector; 5]) -> Self {
        Self(limbs)
    }
}
