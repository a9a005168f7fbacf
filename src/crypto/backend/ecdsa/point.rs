//! Points of y^2 = x^3 - 3x + b: the affine ones of tables, the running sum of a verification, doublings for building tables.
//! None of it is for infinity: a sum that meets it, or a doubling, ends with `zz` = 0, which its reader must look at.

use super::{Curve, Element};

/// Points begin at every 64 bytes, so that one of 64 lies in one line of the cache.
#[derive(Clone, Copy, Default)]
#[repr(align(64))]
pub struct Every64;

/// Points begin at every 32 bytes, so that one of 96 lies in two lines, without a gap behind it.
#[derive(Clone, Copy, Default)]
#[repr(align(32))]
pub struct Every32;

/// A point that is not infinity.
#[derive(Clone, Copy)]
#[allow(missing_docs, reason = "the names are the equation's")]
pub struct Affine<C: Curve> {
    pub x: Element<C>,
    pub y: Element<C>,
    /// Takes no room.
    _alignment: C::Alignment,
}

impl<C: Curve> Affine<C> {
    /// Coordinates below p of a point on the curve; None for others.
    pub fn new(x: C::Words, y: C::Words) -> Option<Self> {
        let point = Self::unchecked(Element::<C>::from_words(x)?, Element::<C>::from_words(y)?);
        point.is_on_curve().then_some(point)
    }

    /// Coordinates of which nobody asks whether they are those of a point on the curve.
    #[inline]
    pub fn unchecked(x: Element<C>, y: Element<C>) -> Self {
        Self { x, y, _alignment: C::Alignment::default() }
    }

    /// The base point.
    pub fn base() -> Option<Self> {
        let [x, y] = C::G;
        Self::new(x, y)
    }

    /// The equation of the curve.
    pub fn is_on_curve(&self) -> bool {
        let Some(b) = Element::<C>::from_words(C::B) else { return false };
        let three = self.x.double().add(&self.x);
        self.y.square().equals(&self.x.square().mul(&self.x).sub(&three).add(&b))
    }

    /// The other point with this x.
    #[inline]
    pub fn neg(&self) -> Self {
        Self::unchecked(self.x, self.y.neg())
    }

    /// The sum of two points with different x, given the inverse of `other.x - self.x` (SEC 1 section 2.2.1).
    #[inline(always)]
    pub fn add(&self, other: &Self, inverse: &Element<C>) -> Self {
        let slope = other.y.sub(&self.y).mul(inverse);
        let x = slope.square().sub(&self.x).sub(&other.x);
        Self::unchecked(x, slope.mul(&self.x.sub(&x)).sub(&self.y))
    }
}

/// A sum (x/zz, y/zzz), where zz^3 = zzz^2: "extended Jacobian" or XYZZ coordinates.
#[derive(Clone, Copy)]
#[allow(missing_docs, reason = "the names are those of the formulas")]
pub struct Sum<C: Curve> {
    pub x: Element<C>,
    pub y: Element<C>,
    pub zz: Element<C>,
    pub zzz: Element<C>,
}

impl<C: Curve> From<Affine<C>> for Sum<C> {
    fn from(point: Affine<C>) -> Self {
        Self { x: point.x, y: point.y, zz: Element::<C>::ONE, zzz: Element::<C>::ONE }
    }
}

impl<C: Curve> Sum<C> {
    /// Add a point. When it has the sum's x, equal or opposite, then p = 0 and with it zz and zzz, which stay 0 whatever is
    /// added later (explicit formulas database, madd-2008-s for XYZZ: 8 products, 2 squares).
    #[inline(always)]
    pub fn add(&self, point: &Affine<C>) -> Self {
        let p = point.x.mul(&self.zz).sub(&self.x);
        let r = point.y.mul(&self.zzz).sub(&self.y);
        let pp = p.square();
        let ppp = p.mul(&pp);
        let q = self.x.mul(&pp);
        let x = r.square().sub(&ppp).sub(&q.double());
        let y = r.mul(&q.sub(&x)).sub(&self.y.mul(&ppp));
        Self { x, y, zz: self.zz.mul(&pp), zzz: self.zzz.mul(&ppp) }
    }

    /// Twice the sum, which must not be infinity; there are no points of order 2 (dbl-2008-s-1 for XYZZ, a = -3).
    pub fn double(&self) -> Self {
        let u = self.y.double();
        let v = u.square();
        let w = u.mul(&v);
        let s = self.x.mul(&v);
        let slope = self.x.sub(&self.zz).mul(&self.x.add(&self.zz));
        let m = slope.double().add(&slope);
        let x = m.square().sub(&s.double());
        let y = m.mul(&s.sub(&x)).sub(&w.mul(&self.y));
        Self { x, y, zz: v.mul(&self.zz), zzz: w.mul(&self.zzz) }
    }

    /// The sum as a point, given 1/zzz: that gives 1/zz = zz^2 / zzz^2, since zz^3 = zzz^2.
    pub fn to_affine(&self, inverse: &Element<C>) -> Affine<C> {
        Affine::unchecked(self.x.mul(&self.zz.mul(inverse).square()), self.y.mul(inverse))
    }
}
