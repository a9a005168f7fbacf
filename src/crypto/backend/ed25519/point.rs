//! Points of edwards25519, -x^2 + y^2 = 1 + d x^2 y^2 (RFC 8032 section 5.1). The addition is complete, since -1 is a square
//! modulo p and d is not (Hisil, Wong, Carter, Dawson, "Twisted Edwards curves revisited", 2008, section 3.1): there are no
//! exceptional cases, whatever the points, those of small order too.

use super::super::inverse::invert_all;
use super::super::words::from_le_bytes;
use super::field::{Element, Loose};

/// d.
const D: [u64; 4] = [0x75eb_4dca_1359_78a3, 0x0070_0a4d_4141_d8ab, 0x8cc7_4079_7779_e898, 0x5203_6cee_2b6f_fe73];

/// A square root of -1.
const ROOT: [u64; 4] = [0xc4ee_1b27_4a0e_a0b0, 0x2f43_1806_ad2f_e478, 0x2b4d_0099_3dfb_d7a7, 0x2b83_2480_4fc1_df0b];

/// The y of the base point, whose x is even.
const BASE: [u8; 32] = {
    let mut bytes = [0x66; 32];
    bytes[0] = 0x58;
    bytes
};

/// A point (x/z, y/z) with t = xy/z: extended coordinates.
#[derive(Clone, Copy)]
#[allow(missing_docs, reason = "the names are those of the formulas")]
pub struct Point {
    pub x: Element,
    pub y: Element,
    pub z: Element,
    pub t: Element,
}

/// An affine point as it is added: y + x, y - x, 2dxy.
#[derive(Clone, Copy)]
#[repr(align(64))]
#[allow(missing_docs, reason = "the names say what they are")]
pub struct Addend {
    pub sum: Element,
    pub difference: Element,
    pub product: Element,
}

impl Point {
    /// The neutral element.
    pub const NEUTRAL: Self = Self { x: Element::ZERO, y: Element::ONE, z: Element::ONE, t: Element::ZERO };

    /// The point that 32 bytes encode (RFC 8032 section 5.1.3). None unless the encoding is canonical and y is on the curve.
    pub fn decode(bytes: &[u8; 32]) -> Option<Self> {
        let mut words: [u64; 4] = from_le_bytes(bytes);
        let is_odd = words[3] >> 63 == 1;
        words[3] &= u64::MAX >> 1;
        let y = Element::from_words(words)?;
        let (one, d) = (Element::ONE, Element::from_words(D)?);
        let square = y.square();
        let u = square.sub(&one).carry();
        let v = square.mul(&d).add(&one).carry();
        let v3 = v.square().mul(&v);
        let v7 = v3.square().mul(&v);
        let x = u.mul(&v3).mul(&u.mul(&v7).power_for_root());
        let check = x.square().mul(&v);
        let x = if check.equals(&u) {
            x
        } else if check.equals(&u.neg()) {
            x.mul(&Element::from_words(ROOT)?)
        } else {
            return None;
        };
        if x.equals(&Element::ZERO) && is_odd {
            return None;
        }
        let x = if (x.to_bytes()[0] & 1 == 1) == is_odd { x } else { x.neg() };
        Some(Self { x, y, z: one, t: x.mul(&y) })
    }

    /// The base point.
    pub fn base() -> Option<Self> {
        Self::decode(&BASE)
    }

    /// The opposite point.
    pub fn neg(&self) -> Self {
        Self { x: self.x.neg(), y: self.y, z: self.z, t: self.t.neg() }
    }

    /// Add an affine point, or with `negate` its opposite (section 3.1 with z2 = 1; 7 products).
    #[inline]
    pub fn add(&self, other: &Addend, negate: bool) -> Self {
        let (sum, difference) = if negate { (&other.difference, &other.sum) } else { (&other.sum, &other.difference) };
        let a = self.y.sub(&self.x).mul(&difference.loose());
        let b = self.y.add(&self.x).mul(&sum.loose());
        let c = self.t.mul(&other.product);
        let d = self.z.add(&self.z).carry();
        let (less, more) = (d.sub(&c), d.add(&c));
        let (f, g) = if negate { (more, less) } else { (less, more) };
        let (e, h) = (b.sub(&a), b.add(&a));
        Self { x: e.mul(&f), y: g.mul(&h), z: f.mul(&g), t: e.mul(&h) }
    }

    /// Twice the point (section 3.3).
    pub fn double(&self) -> Self {
        let a = self.x.square();
        let b = self.y.square();
        let c = self.z.square();
        let c = c.add(&c).carry();
        let h = a.add(&b).carry();
        let e = h.sub(&self.x.add(&self.y).square());
        let g = a.sub(&b).carry();
        let f = c.add(&g);
        Self { x: e.mul(&f), y: g.mul(&h), z: f.mul(&g.loose()), t: e.mul(&h.loose()) }
    }

    /// The encoding (RFC 8032 section 5.1.2). None when z is 0, which it never is.
    pub fn encode(&self) -> Option<[u8; 32]> {
        Some(self.encode_with(&self.z.invert()?))
    }

    fn encode_with(&self, inverse: &Element) -> [u8; 32] {
        let mut bytes = self.y.mul(inverse).to_bytes();
        bytes[31] |= (self.x.mul(inverse).to_bytes()[0] & 1) << 7;
        bytes
    }

    /// Points from the limbs of x, y and z that other arithmetic found, to be encoded or compared: without a t they cannot be
    /// added. None when a limb is not what `Loose` takes.
    pub fn without_t(coordinates: [[[u64; 5]; 8]; 3]) -> Option<[Self; 8]> {
        let [x, y, z] = coordinates;
        let mut points = [Self::NEUTRAL; 8];
        for (((point, x), y), z) in points.iter_mut().zip(x).zip(y).zip(z) {
            let element = |limbs| Some(Loose::from_limbs(limbs)?.carry());
            *point = Self { x: element(x)?, y: element(y)?, z: element(z)?, t: Element::ZERO };
        }
        Some(points)
    }

    /// The same point?
    pub fn equals(&self, other: &Self) -> bool {
        self.x.mul(&other.z).equals(&other.x.mul(&self.z)) && self.y.mul(&other.z).equals(&other.y.mul(&self.z))
    }
}

impl Addend {
    /// Its first eight limbs: of the sum, and three of the difference.
    #[inline]
    pub fn first_limbs(&self) -> [u64; 8] {
        let ([a, b, c, d, e], [f, g, h, ..]) = (self.sum.limbs(), self.difference.limbs());
        [a, b, c, d, e, f, g, h]
    }

    /// The other seven: two of the difference, and of the product.
    #[inline]
    pub fn last_limbs(&self) -> [u64; 8] {
        let ([.., i, j], [k, l, m, n, o]) = (self.difference.limbs(), self.product.limbs());
        [i, j, k, l, m, n, o, 0]
    }
}

/// The encodings of points, with one inversion for all. None when a z is 0, which none ever is.
pub fn encode_all(points: &[Point; 8]) -> Option<[[u8; 32]; 8]> {
    let mut inverses = points.map(|point| point.z);
    invert_all(&mut inverses)?;
    let mut encoded = [[0; 32]; 8];
    for ((bytes, point), inverse) in encoded.iter_mut().zip(points).zip(&inverses) {
        *bytes = point.encode_with(inverse);
    }
    Some(encoded)
}

/// Points as they are added, with one inversion for all.
pub fn addends(points: &[Point]) -> Option<Vec<Addend>> {
    let d = Element::from_words(D)?;
    let twice = d.add(&d).carry();
    let mut inverses: Vec<Element> = points.iter().map(|point| point.z).collect();
    invert_all(&mut inverses)?;
    let addend = |(point, inverse): (&Point, &Element)| {
        let (x, y) = (point.x.mul(inverse), point.y.mul(inverse));
        Addend { sum: y.add(&x).carry(), difference: y.sub(&x).carry(), product: x.mul(&y).mul(&twice) }
    };
    Some(points.iter().zip(&inverses).map(addend).collect())
}
