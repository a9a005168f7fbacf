//! The numbers of public keys: bytes in, yes or no out. Plain comparisons, no arithmetic; nothing secret passes here but
//! lengths.

use super::material::{Hidden, RsaPrivate, RsaPublic};
use crate::alg::Algorithm;
use crate::error::{Code, Error};

/// What the library verifies with an RSA key of 1024 to 2047 bits.
pub const SMALL_RSA: [Algorithm; 2] = [Algorithm::Rs256, Algorithm::Rs512];

const RSA_BITS: std::ops::RangeInclusive<usize> = 2048..=8192;
const SMALL_RSA_BITS: std::ops::Range<usize> = 1024..2048;

/// Length in bits of a big-endian number.
pub fn bits(number: &[u8]) -> usize {
    let number = stripped(number);
    number.first().map_or(0, |first| number.len() * 8 - first.leading_zeros() as usize)
}

/// Without leading zeros; nothing is left of zero.
pub fn stripped(number: &[u8]) -> &[u8] {
    let zeros = number.iter().take_while(|&&byte| byte == 0).count();
    number.get(zeros..).unwrap_or_default()
}

/// Exactly `length` bytes, with leading zeros; None when that is too short for the number.
pub fn padded(number: &[u8], length: usize) -> Option<Hidden> {
    let number = stripped(number);
    let mut out = Hidden::new(vec![0; length]);
    out.get_mut(length.checked_sub(number.len())?..)?.copy_from_slice(number);
    Some(out)
}

/// Is an RSA key small (1024 to 2047 bits)? In this order: e odd and 3 <= e < 2^33, n odd: else `key_invalid`; then the
/// size: `key_weak`, `key_too_large`.
pub fn check_rsa(public: &RsaPublic) -> Result<bool, Error> {
    let odd = |number: &[u8]| number.last().is_some_and(|last| last & 1 == 1);
    let e_fits = (2..=33).contains(&bits(&public.e)) && odd(&public.e);
    if !e_fits || !odd(&public.n) {
        return Err(Code::KeyInvalid.into());
    }
    match bits(&public.n) {
        size if RSA_BITS.contains(&size) => Ok(false),
        size if SMALL_RSA_BITS.contains(&size) => Ok(true),
        size if size > *RSA_BITS.end() => Err(Code::KeyTooLarge.into()),
        _ => Err(Code::KeyWeak.into()),
    }
}

/// Is no private number longer than the modulus?
pub fn fits_modulus(public: &RsaPublic, private: &RsaPrivate) -> bool {
    let RsaPrivate { d, p, q, dp, dq, qi } = private;
    [d, p, q, dp, dq, qi].iter().all(|number| number.len() <= public.n.len())
}

/// The y coordinates of the points whose order divides 8, little-endian: 0, 1, p - 1 and the two of order 8. A signature
/// under such a key fits many messages.
const SMALL_ORDER: [[u8; 32]; 5] = [
    [0; 32],
    [1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0],
    [
        0xec, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
        0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f,
    ],
    [
        0x26, 0xe8, 0x95, 0x8f, 0xc2, 0xb2, 0x27, 0xb0, 0x45, 0xc3, 0xf4, 0x89, 0xf2, 0xef, 0x98, 0xf0, 0xd5, 0xdf,
        0xac, 0x05, 0xd3, 0xc6, 0x33, 0x39, 0xb1, 0x38, 0x02, 0x88, 0x6d, 0x53, 0xfc, 0x05,
    ],
    [
        0xc7, 0x17, 0x6a, 0x70, 0x3d, 0x4d, 0xd8, 0x4f, 0xba, 0x3c, 0x0b, 0x76, 0x0d, 0x10, 0x67, 0x0f, 0x2a, 0x20,
        0x53, 0xfa, 0x2c, 0x39, 0xcc, 0xc6, 0x4e, 0xc7, 0xfd, 0x77, 0x92, 0xac, 0x03, 0x7a,
    ],
];

/// Is an Ed25519 public key canonical (y < p, RFC 8032 section 5.1.3) and not of small order? The sign bit is left out of
/// account: it makes no point of small order a good one.
pub fn is_good_ed25519(public: &[u8; 32]) -> bool {
    let mut y = *public;
    let [first, middle @ .., last] = &mut y;
    *last &= 0x7f;
    // p = 2^255 - 19 is 7f ff .. ff ed from the top.
    let canonical = *last < 0x7f || middle.iter().any(|&byte| byte != 0xff) || *first < 0xed;
    canonical && !SMALL_ORDER.contains(&y)
}

#[cfg(test)]
#[allow(clippy::indexing_slicing, reason = "a panic is a failed test")]
mod tests {
    use super::*;

    /// Numbers modulo p = 2^255 - 19 as 32 little-endian bytes: slow and plain, a second route to the constants.
    type Field = [u8; 32];

    const P: Field = {
        let mut p = [0xff; 32];
        p[0] = 0xed;
        p[31] = 0x7f;
        p
    };

    fn is_less(a: &Field, b: &Field) -> bool {
        a.iter().rev().lt(b.iter().rev())
    }

    fn subtract_unchecked(a: &Field, b: &Field) -> Field {
        let mut borrow = 0_i16;
        std::array::from_fn(|i| {
            let digit = i16::from(a[i]) - i16::from(b[i]) - borrow;
            borrow = i16::from(digit < 0);
            digit.rem_euclid(256) as u8
        })
    }

    fn add(a: &Field, b: &Field) -> Field {
        let mut carry = 0_u16;
        let sum: Field = std::array::from_fn(|i| {
            let digit = u16::from(a[i]) + u16::from(b[i]) + carry;
            carry = digit >> 8;
            digit as u8
        });
        assert_eq!(carry, 0);
        if is_less(&sum, &P) { sum } else { subtract_unchecked(&sum, &P) }
    }

    fn negate(a: &Field) -> Field {
        if *a == [0; 32] { *a } else { subtract_unchecked(&P, a) }
    }

    fn multiply(a: &Field, b: &Field) -> Field {
        (0..256).rev().fold([0; 32], |product, bit| {
            let doubled = add(&product, &product);
            if a[bit / 8] >> (bit % 8) & 1 == 1 { add(&doubled, b) } else { doubled }
        })
    }

    fn small(value: u32) -> Field {
        let mut field = [0; 32];
        field[..4].copy_from_slice(&value.to_le_bytes());
        field
    }

    #[test]
    fn the_points_of_small_order_are_these() {
        // On -x^2 + y^2 = 1 + d x^2 y^2 the points of order 1 and 2 have x = 0, so y = 1 and y = -1. Those of order 4
        // double to (0, -1): y = 0. Those of order 8 double to y = 0, that is y^2 = -x^2, so d y^4 + 2 y^2 - 1 = 0. With
        // d = -121665/121666: 121666 (2 y^2 - 1) = 121665 y^4. Its roots come as y and -y; the other two need a square
        // root that does not exist.
        assert_eq!(SMALL_ORDER[0], small(0));
        assert_eq!(SMALL_ORDER[1], small(1));
        assert_eq!(SMALL_ORDER[2], negate(&small(1)));
        for y in [SMALL_ORDER[3], SMALL_ORDER[4]] {
            assert!(is_less(&y, &P));
            let square = multiply(&y, &y);
            let left = multiply(&small(121_666), &add(&add(&square, &square), &negate(&small(1))));
            assert_eq!(left, multiply(&small(121_665), &multiply(&square, &square)));
        }
        assert_eq!(SMALL_ORDER[4], negate(&SMALL_ORDER[3]));
        assert_ne!(SMALL_ORDER[4], SMALL_ORDER[3]);
    }

    #[test]
    fn points_of_small_order_and_non_canonical_ones_are_no_keys() {
        let mut bad: Vec<Field> = SMALL_ORDER.to_vec();
        // y >= p: p itself up to 2^255 - 1.
        bad.extend((0xed..=0xff).map(|first| {
            let mut y = P;
            y[0] = first;
            y
        }));
        for mut y in bad {
            assert!(!is_good_ed25519(&y), "{y:02x?}");
            y[31] |= 0x80;
            assert!(!is_good_ed25519(&y), "{y:02x?}");
        }
        // The neighbours are fine: 2, p - 2, and the base point 4/5.
        let mut base = [0x66; 32];
        base[0] = 0x58;
        let two_less = subtract_unchecked(&P, &small(2));
        for y in [small(2), two_less, base] {
            assert!(is_good_ed25519(&y), "{y:02x?}");
        }
    }

    #[test]
    fn lengths_and_paddings() {
        assert_eq!(bits(&[]), 0);
        assert_eq!(bits(&[0, 0]), 0);
        assert_eq!(bits(&[0, 1]), 1);
        assert_eq!(bits(&[1, 0, 1]), 17);
        assert_eq!(padded(&[0, 0, 7], 2).as_deref(), Some(&vec![0, 7]));
        assert_eq!(padded(&[7, 0, 0], 2), None);
        assert_eq!(padded(&[], 1).as_deref(), Some(&vec![0]));
    }
}
