//! Points of P-256, y^2 = x^3 - 3x + b: the affine ones of tables, the running sum of a verification, doublings for building
//! tables. None of it is for infinity: a sum that meets it, or a doubling, ends with `zz` = 0, which its reader must look at.

use super::super::inverse::invert_all;
use super::field::Element;

/// b (NIST SP 800-186 section 3.2.1.3).
const B: [u64; 4] = [0x3bce_3c3e_27d2_604b, 0x651d_06b0_cc53_b0f6, 0xb3eb_bd55_7698_86bc, 0x5ac6_35d8_aa3a_93e7];

/// The base point.
const G: [[u64; 4]; 2] = [
    [0xf4a1_3945_d898_c296, 0x7703_7d81_2deb_33a0, 0xf8bc_e6e5_63a4_40f2, 0x6b17_d1f2_e12c_4247],
    [0xcbb6_4068_37bf_51f5, 0x2bce_3357_6b31_5ece, 0x8ee7_eb4a_7c0f_9e16, 0x4fe3_42e2_fe1a_7f9b],
];

/// A point that is not infinity.
#[derive(Clone, Copy)]
#[repr(align(64))]
#[allow(missing_docs, reason = "the names are the equation's")]
pub struct Affine {
    pub x: Element,
    pub y: Element,
}

impl Affine {
    /// Coordinates below p of a point on the curve; None for others.
    pub fn new(x: [u64; 4], y: [u64; 4]) -> Option<Self> {
        let point = Self { x: Element::from_words(x)?, y: Element::from_words(y)? };
        point.is_on_curve().then_some(point)
    }

    /// The base point.
    pub fn base() -> Option<Self> {
        Self::new(G[0], G[1])
    }

    /// The equation of the curve.
    pub fn is_on_curve(&self) -> bool {
        let Some(b) = Element::from_words(B) else { return false };
        let three = self.x.double().add(&self.x);
        self.y.square().equals(&self.x.square().mul(&self.x).sub(&three).add(&b))
    }

    /// x and y in fiat-crypto's Montgomery form: what other arithmetic takes from tables.
    #[inline]
    pub fn montgomery_words(&self) -> [u64; 8] {
        let ([a, b, c, d], [e, f, g, h]) = (self.x.montgomery_words(), self.y.montgomery_words());
        [a, b, c, d, e, f, g, h]
    }

    /// The other point with this x.
    #[inline]
    pub fn neg(&self) -> Self {
        Self { x: self.x, y: self.y.neg() }
    }

    /// The sum of two points with different x, given the inverse of `other.x - self.x` (SEC 1 section 2.2.1).
    #[inline]
    pub fn add(&self, other: &Self, inverse: &Element) -> Self {
        let slope = other.y.sub(&self.y).mul(inverse);
        let x = slope.square().sub(&self.x).sub(&other.x);
        Self { x, y: slope.mul(&self.x.sub(&x)).sub(&self.y) }
    }
}

/// A sum (x/zz, y/zzz), where zz^3 = zzz^2: "extended Jacobian" or XYZZ coordinates.
#[derive(Clone, Copy)]
#[allow(missing_docs, reason = "the names are those of the formulas")]
pub struct Sum {
    pub x: Element,
    pub y: Element,
    pub zz: Element,
    pub zzz: Element,
}

impl From<Affine> for Sum {
    fn from(point: Affine) -> Self {
        Self { x: point.x, y: point.y, zz: Element::ONE, zzz: Element::ONE }
    }
}

impl Sum {
    /// Add a point. When it has the sum's x, equal or opposite, then p = 0 and with it zz and zzz, which stay 0 whatever is
    /// added later (explicit formulas database, madd-2008-s for XYZZ: 8 products, 2 squares).
    #[inline]
    pub fn add(&self, point: &Affine) -> Self {
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
}

/// Add points up two by two, with one inversion for all, until half of them are left. None when two of a pair have the same x:
/// then the product that is inverted is 0.
pub fn add_pairs(points: &mut Vec<Affine>) -> Option<()> {
    let mut inverses: Vec<Element> = points.as_chunks().0.iter().map(|[one, other]| other.x.sub(&one.x)).collect();
    invert_all(&mut inverses)?;
    let (pairs, rest) = points.as_chunks();
    let sums = pairs.iter().zip(&inverses).map(|([one, other], inverse)| one.add(other, inverse));
    *points = sums.chain(rest.iter().copied()).collect();
    Some(())
}
