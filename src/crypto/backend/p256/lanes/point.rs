//! Sums of points of P-256 in eight lanes: those of `ecdsa::point`, in the same coordinates (x/zz, y/zzz), zz^3 = zzz^2. An
//! addition of points with the same x, equal or opposite, leaves zz = 0 modulo p for ever, which the reader must look at.

use super::field::{Element, Field};
use crate::crypto::backend::lanes::{Lanes, Step};

/// Eight sums. zz and zzz are below 2p.
#[derive(Clone, Copy)]
#[allow(missing_docs, reason = "the names are those of the formulas")]
pub struct Sum<L: Lanes> {
    pub x: Element<L>,
    pub y: Element<L>,
    pub zz: Element<L>,
    pub zzz: Element<L>,
}

impl<L: Lanes> Sum<L> {
    /// A point of a table for each lane; in the lanes of the mask its opposite.
    #[inline(always)]
    pub fn new(field: Field<L>, rows: &[[u64; 8]; 8], negative: u8) -> Self {
        let [x, y] = field.entries(rows);
        let y = field.carry(field.negated(negative, field.element(y)));
        Self { x: field.element(x), y, zz: field.one(), zzz: field.one() }
    }

    /// What is left when points with the same x have met.
    #[inline(always)]
    pub fn nothing(field: Field<L>) -> Self {
        let zero = field.zero();
        Self { x: zero, y: zero, zz: zero, zzz: zero }
    }

    /// Add a point of a table in each lane; in the lanes of the mask its opposite.
    #[inline(always)]
    pub fn add_entries(self, field: Field<L>, rows: &[[u64; 8]; 8], negative: u8) -> Self {
        field.lanes().step(AddEntries { sum: self, rows, negative })
    }

    /// Add another sum in each lane.
    #[inline(always)]
    pub fn add(self, field: Field<L>, other: Self) -> Self {
        field.lanes().step(Add(self, other))
    }

    /// This sum in the lanes of the mask, the other in the others.
    #[inline(always)]
    pub fn select(self, field: Field<L>, mask: u8, other: Self) -> Self {
        Self {
            x: field.select(mask, self.x, other.x),
            y: field.select(mask, self.y, other.y),
            zz: field.select(mask, self.zz, other.zz),
            zzz: field.select(mask, self.zzz, other.zzz),
        }
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
            zz: field.rotate::<COUNT>(self.zz),
            zzz: field.rotate::<COUNT>(self.zzz),
        }
    }
}

/// madd-2008-s for XYZZ (explicit formulas database): with x2, y2 of a table and U = X, S = Y.
struct AddEntries<'a, L: Lanes> {
    sum: Sum<L>,
    rows: &'a [[u64; 8]; 8],
    negative: u8,
}

impl<L: Lanes> Step<L> for AddEntries<'_, L> {
    type Output = Sum<L>;

    #[inline(always)]
    fn run(self, lanes: L) -> Sum<L> {
        let field = Field::new(lanes);
        let Sum { x, y, zz, zzz } = self.sum;
        let [x2, y2] = field.entries(self.rows);
        let p = field.carry(field.sub(field.mul_entry(x2, zz), x));
        let s2 = field.negated(self.negative, field.mul_entry(y2, zzz));
        let r = field.carry(field.less(s2, y));
        let Shared { x, y, pp, ppp } = Shared::of(field, p, r, x, y);
        Sum { x, y, zz: field.mul(zz, pp), zzz: field.mul(zzz, ppp) }
    }
}

/// add-2008-s for XYZZ.
struct Add<L: Lanes>(Sum<L>, Sum<L>);

impl<L: Lanes> Step<L> for Add<L> {
    type Output = Sum<L>;

    #[inline(always)]
    fn run(self, lanes: L) -> Sum<L> {
        let (field, Self(one, other)) = (Field::new(lanes), self);
        let u = field.mul(one.x, other.zz);
        let p = field.carry(field.sub(field.mul(other.x, one.zz), u));
        let s = field.mul(one.y, other.zzz);
        let r = field.carry(field.sub(field.mul(other.y, one.zzz), s));
        let Shared { x, y, pp, ppp } = Shared::of(field, p, r, u, s);
        let zz = field.mul(field.mul(one.zz, other.zz), pp);
        Sum { x, y, zz, zzz: field.mul(field.mul(one.zzz, other.zzz), ppp) }
    }
}

/// What both formulas end with.
struct Shared<L: Lanes> {
    x: Element<L>,
    y: Element<L>,
    pp: Element<L>,
    ppp: Element<L>,
}

impl<L: Lanes> Shared<L> {
    /// Of P, R, U and S: X' = R^2 - P^3 - 2 U P^2 and Y' = R (U P^2 - X') - S P^3. X' before it is carried is above -6p and below 2p.
    #[inline(always)]
    fn of(field: Field<L>, p: Element<L>, r: Element<L>, u: Element<L>, s: Element<L>) -> Self {
        let pp = field.square(p);
        let ppp = field.mul(p, pp);
        let q = field.mul(u, pp);
        let x = field.carry(field.less(field.less(field.sub(field.square(r), ppp), q), q));
        let y = field.carry(field.sub(field.mul(r, field.carry(field.sub(q, x))), field.mul(s, ppp)));
        Self { x, y, pp, ppp }
    }
}
