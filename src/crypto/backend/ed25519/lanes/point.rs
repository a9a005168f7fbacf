//! Sums of points of edwards25519 in eight lanes: those of `super::super::point`, in the same extended coordinates. The formulas are
//! complete: there are no exceptional cases.

use super::super::point::{Addend, Point};
use super::field::{Element, Field};
use crate::crypto::backend::lanes::{Lanes, Step};
use crate::crypto::backend::rounds::Round;

/// 2d.
const TWICE_D: [u64; 5] =
    [0x6_9b94_26b2_f159, 0x3_5050_762a_dd7a, 0x3_cf44_c003_8052, 0x6_738c_c740_7977, 0x2_406d_9dc5_6dff];

/// Eight points (x/z, y/z) with t = xy/z.
#[derive(Clone, Copy)]
#[allow(missing_docs, reason = "the names are those of the formulas")]
pub struct Sum<L: Lanes> {
    pub x: Element<L>,
    pub y: Element<L>,
    pub z: Element<L>,
    pub t: Element<L>,
}

impl<L: Lanes> Sum<L> {
    /// The neutral element in all lanes.
    #[inline(always)]
    pub fn neutral(field: Field<L>) -> Self {
        let (zero, one) = (field.constant([0; 5]), field.constant([1, 0, 0, 0, 0]));
        Self { x: zero, y: one, z: one, t: zero }
    }

    /// Add a point in each lane.
    #[inline(always)]
    pub fn add_round(self, field: Field<L>, round: &Round<'_, Addend>) -> Self {
        field.lanes().step(AddRound { sum: self, round })
    }

    /// Add another sum in each lane.
    #[inline(always)]
    pub fn add(self, field: Field<L>, other: Self) -> Self {
        field.lanes().step(Add(self, other))
    }

    /// The sums of all lanes together, in each of them: of halves, of quarters, of neighbours.
    #[inline(always)]
    pub fn across(self, field: Field<L>) -> Self {
        let sum = self.add(field, self.rotate::<4>(field));
        let sum = sum.add(field, sum.rotate::<2>(field));
        sum.add(field, sum.rotate::<1>(field))
    }

    #[inline(always)]
    fn rotate<const COUNT: i32>(self, field: Field<L>) -> Self {
        Self {
            x: field.rotate::<COUNT>(self.x),
            y: field.rotate::<COUNT>(self.y),
            z: field.rotate::<COUNT>(self.z),
            t: field.rotate::<COUNT>(self.t),
        }
    }

    /// The points of all lanes, in portable arithmetic, without their t. None when a limb is out of its bounds.
    #[inline(always)]
    pub fn points(self, field: Field<L>) -> Option<[Point; 8]> {
        Point::without_t([field.limbs(self.x), field.limbs(self.y), field.limbs(self.z)])
    }
}

/// Hisil, Wong, Carter, Dawson, section 3.1, with z2 = 1.
struct AddRound<'a, 't, L: Lanes> {
    sum: Sum<L>,
    round: &'a Round<'t, Addend>,
}

impl<L: Lanes> Step<L> for AddRound<'_, '_, L> {
    type Output = Sum<L>;

    #[inline(always)]
    fn run(self, lanes: L) -> Sum<L> {
        let (field, Sum { x, y, z, t }) = (Field::new(lanes), self.sum);
        let &Round { points: [a0, a1, a2, a3, a4, a5, a6, a7], negative, taken } = self.round;
        let first = [
            a0.first_limbs(),
            a1.first_limbs(),
            a2.first_limbs(),
            a3.first_limbs(),
            a4.first_limbs(),
            a5.first_limbs(),
            a6.first_limbs(),
            a7.first_limbs(),
        ];
        let second = [
            a0.last_limbs(),
            a1.last_limbs(),
            a2.last_limbs(),
            a3.last_limbs(),
            a4.last_limbs(),
            a5.last_limbs(),
            a6.last_limbs(),
            a7.last_limbs(),
        ];
        let [sum, difference, product] = field.entries(&first, &second);
        // The opposite point: y + x and y - x change places, and 2dxy its sign.
        let a = field.mul(field.sub(y, x), field.select(negative, sum, difference));
        let b = field.mul(field.add(y, x), field.select(negative, difference, sum));
        let c = field.negated(negative, field.mul(t, product));
        let next = finish(field, a, b, c, field.add(z, z));
        Sum {
            x: field.select(taken, next.x, x),
            y: field.select(taken, next.y, y),
            z: field.select(taken, next.z, z),
            t: field.select(taken, next.t, t),
        }
    }
}

/// The same for any z2.
struct Add<L: Lanes>(Sum<L>, Sum<L>);

impl<L: Lanes> Step<L> for Add<L> {
    type Output = Sum<L>;

    #[inline(always)]
    fn run(self, lanes: L) -> Sum<L> {
        let (field, Self(one, other)) = (Field::new(lanes), self);
        let a = field.mul(field.sub(one.y, one.x), field.sub(other.y, other.x));
        let b = field.mul(field.add(one.y, one.x), field.add(other.y, other.x));
        let c = field.mul(field.mul(one.t, other.t), field.constant(TWICE_D));
        let z = field.mul(one.z, other.z);
        finish(field, a, b, c, field.add(z, z))
    }
}

#[inline(always)]
fn finish<L: Lanes>(field: Field<L>, a: Element<L>, b: Element<L>, c: Element<L>, d: Element<L>) -> Sum<L> {
    let (e, f, g, h) = (field.sub(b, a), field.sub(d, c), field.add(d, c), field.add(b, a));
    Sum { x: field.mul(e, f), y: field.mul(g, h), z: field.mul(f, g), t: field.mul(e, h) }
}
