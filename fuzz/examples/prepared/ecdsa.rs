//! ES256 and ES384. A signature with any u1 and u2 is made from a nonce k whose point is known: r = (kG).x, then s = r / u2 and the
//! hash u1 s, where u1 + u2 d = k. Keys, nonces and scalars are drawn from random ones and from those that make points meet.

use ::p256::elliptic_curve::{Field, PrimeField};
use aws_lc_rs::digest::{self, Digest};
use aws_lc_rs::signature::{EcdsaVerificationAlgorithm, ParsedPublicKey};
use rapidjwt::crypto::backend::Decision;
use rapidjwt::crypto::backend::ecdsa::{Bytes, Curve, decide, decide_all, point::Affine, table::Table};
use rapidjwt::crypto::backend::words::{Words, from_be_bytes};

use crate::random::Random;
use crate::tally::{Tally, together};
use crate::widths;

/// A curve as the libraries have it.
pub trait Known: Curve {
    /// aws-lc-rs.
    const LIBRARY: &'static EcdsaVerificationAlgorithm;
    const HASH: &'static digest::Algorithm;

    /// 0, n, p and the highest number.
    const EDGES: [Bytes<Self>; 4];

    /// An integer modulo n of the second library.
    type Number: PrimeField;
    /// Its key.
    type Second;

    fn reduce(bytes: &Bytes<Self>) -> Self::Number;
    fn bytes(number: Self::Number) -> Bytes<Self>;
    /// The coordinates of k G, one after the other. None for infinity.
    fn multiple(k: Self::Number) -> Option<Vec<u8>>;
    fn second(point: &[u8]) -> Self::Second;
    fn fits(key: &Self::Second, hash: &[u8], signature: &[u8]) -> bool;
}

/// `Known` for a curve, by RustCrypto's crate for it.
macro_rules! impl_known {
    ($curve:ty, $crypto:ident, [u8; $bytes:literal], $n:expr, $p:expr, $library:expr, $hash:expr) => {
        impl $crate::ecdsa::Known for $curve {
            const LIBRARY: &'static aws_lc_rs::signature::EcdsaVerificationAlgorithm = $library;
            const HASH: &'static aws_lc_rs::digest::Algorithm = $hash;
            const EDGES: [[u8; $bytes]; 4] = [[0; $bytes], $n, $p, [0xff; $bytes]];

            type Number = ::$crypto::Scalar;
            type Second = ::$crypto::ecdsa::VerifyingKey;

            fn reduce(bytes: &[u8; $bytes]) -> Self::Number {
                ::$crypto::elliptic_curve::ops::Reduce::reduce(&::$crypto::FieldBytes::from(*bytes))
            }

            fn bytes(number: Self::Number) -> [u8; $bytes] {
                ::$crypto::elliptic_curve::PrimeField::to_repr(&number).into()
            }

            fn multiple(k: Self::Number) -> Option<Vec<u8>> {
                use ::$crypto::elliptic_curve::sec1::ToSec1Point;
                let point = (::$crypto::ProjectivePoint::GENERATOR * k).to_affine().to_sec1_point(false);
                Some([&point.x()?[..], &point.y()?[..]].concat())
            }

            fn second(point: &[u8]) -> Self::Second {
                Self::Second::from_sec1_bytes(point).unwrap()
            }

            fn fits(key: &Self::Second, hash: &[u8], signature: &[u8]) -> bool {
                use ::$crypto::ecdsa::signature::hazmat::PrehashVerifier;
                let signature = ::$crypto::ecdsa::Signature::from_slice(signature);
                signature.is_ok_and(|one| key.verify_prehash(hash, &one).is_ok())
            }
        }
    };
}
pub(crate) use impl_known;

struct Key<C: Known> {
    private: C::Number,
    table: Table<C>,
    library: ParsedPublicKey,
    second: C::Second,
}

/// k and (kG).x.
type Nonce<C> = (<C as Known>::Number, Bytes<C>);

/// A hash and a signature.
pub type Item<C> = (Bytes<C>, Vec<u8>);

/// Decides at most eight signatures of one key, each in all ways that the path has.
pub type Way<C> = fn(&Table<C>, &Table<C>, &[Item<C>]) -> Vec<Vec<Decision>>;

/// One by one and together, which may decide more: points that meet alone need not meet in another order.
pub fn portable<C: Curve>(base: &Table<C>, key: &Table<C>, items: &[Item<C>]) -> Vec<Vec<Decision>> {
    let items: Vec<_> = items.iter().map(|(hash, signature)| (hash, &signature[..])).collect();
    let together = decide_all(base, key, &items);
    assert_eq!(together.len(), items.len());
    let both = items.iter().zip(together).map(|((hash, signature), decision)| {
        let alone = decide(base, key, hash, signature);
        assert!(alone == decision || alone == Decision::Exceptional);
        vec![alone, decision]
    });
    both.collect()
}

pub fn run<C: Known>(random: &mut Random, cases: u64, way: Way<C>) -> Tally {
    let bases: Vec<Table<C>> =
        widths(cases).iter().map(|width| Table::new(&Affine::base().unwrap(), *width).unwrap()).collect();
    let keys: Vec<Key<C>> = (0..48.min(cases / 20) as usize).map(|number| key(random, number)).collect();
    let nonces: Vec<Nonce<C>> = (0..2_048.min(cases / 2)).map(|_| nonce::<C>(random)).collect();
    let mut tally = Tally::default();
    let mut case = 0;
    while case < cases {
        let key = random.of(&keys);
        let base = &bases[(case / 8) as usize % bases.len()];
        let count = together(random, cases - case);
        let items: Vec<Item<C>> =
            (case..case + count).map(|case| case_for(random, key, nonce_of(&nonces, case))).collect();
        for (item, decisions) in items.iter().zip(way(base, &key.table, &items)) {
            compare(&mut tally, random, &decisions, key, item);
        }
        case += count;
    }
    tally
}

fn nonce_of<N>(nonces: &[N], case: u64) -> &N {
    &nonces[(case.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 48) as usize % nonces.len()]
}

fn compare<C: Known>(
    tally: &mut Tally,
    random: &mut Random,
    decisions: &[Decision],
    key: &Key<C>,
    (hash, signature): &Item<C>,
) {
    let hash = hash.as_ref();
    let digest = Digest::import_less_safe(hash, C::HASH).unwrap();
    let library = key.library.verify_digest_sig(&digest, signature).is_ok();
    let mut differs = tally.count(decisions, library);
    // Five times as slow as the library.
    if random.below(8) == 0 {
        tally.second += 1;
        differs |= C::fits(&key.second, hash, signature) != library;
    }
    if differs {
        tally.differences += 1;
        let private = C::bytes(key.private);
        println!("{decisions:?}, library {library}: {:x?} {hash:x?} {signature:x?}", private.as_ref());
    }
}

fn case_for<C: Known>(random: &mut Random, key: &Key<C>, (k, x): &Nonce<C>) -> Item<C> {
    let (length, invert) = (C::BITS / 8, |number: C::Number| number.invert().unwrap());
    // r is x modulo n; of the nonces none has an x that is n or more, see the tests for those.
    let r = C::reduce(x);
    let (u1, u2) = if random.below(2) == 0 {
        let u2 = scalar::<C>(random);
        (*k - u2 * key.private, u2)
    } else {
        let u1 = scalar::<C>(random);
        (u1, (*k - u1) * invert(key.private))
    };
    let u2 = if bool::from(u2.is_zero()) { C::Number::ONE } else { u2 };
    let s = r * invert(u2);
    let mut hash = C::bytes(u1 * s);
    let (mut r, mut s) = (C::bytes(r), C::bytes(s));
    match random.below(16) {
        0 => r.as_mut()[random.below(length)] ^= 1 << random.below(8),
        1 => s.as_mut()[random.below(length)] ^= 1 << random.below(8),
        2 => hash.as_mut()[random.below(length)] ^= 1 << random.below(8),
        3 => s = C::bytes(-C::reduce(&s)),
        4 => r = C::bytes(-C::reduce(&r)),
        5 => std::mem::swap(&mut r, &mut s),
        6 => r = edge::<C>(random),
        7 => s = edge::<C>(random),
        8 => hash = edge::<C>(random),
        9 => (r, s) = (edge::<C>(random), edge::<C>(random)),
        _ => {}
    }
    (hash, [r.as_ref(), s.as_ref()].concat())
}

/// Around 0, n, p and the highest number; or anything.
fn edge<C: Known>(random: &mut Random) -> Bytes<C> {
    let mut number = *random.of(&C::EDGES);
    let last = number.as_mut().last_mut().unwrap();
    match random.below(4) {
        0 => return bytes::<C>(random),
        1 => {}
        2 => *last = last.wrapping_add(1 + random.below(3) as u8),
        _ => *last = last.wrapping_sub(1 + random.below(3) as u8),
    }
    number
}

fn bytes<C: Curve>(random: &mut Random) -> Bytes<C> {
    let mut bytes = C::Words::NO_BYTES;
    bytes.as_mut().fill_with(|| random.word() as u8);
    bytes
}

/// Random; small; a power of two times something small, as table entries are; the negatives.
fn scalar<C: Known>(random: &mut Random) -> C::Number {
    let small = C::Number::from(random.below(300) as u64);
    let scalar = match random.below(5) {
        0 => small,
        1 => (0..random.below(C::BITS)).fold(small, |scalar, _| scalar.double()),
        2 => {
            let word = random.of(&[[0; 8], [0xff; 8], [0x80; 8], [0x7f; 8]]);
            let mut number = C::Words::NO_BYTES;
            for (byte, pattern) in number.as_mut().iter_mut().zip(word.iter().cycle()) {
                *byte = pattern ^ u8::from(random.below(40) == 0);
            }
            C::reduce(&number)
        }
        _ => C::reduce(&bytes::<C>(random)),
    };
    if random.below(3) == 0 { -scalar } else { scalar }
}

fn nonce<C: Known>(random: &mut Random) -> Nonce<C> {
    loop {
        let k = scalar::<C>(random);
        // Infinity has no x; any r does, since the library must refuse it.
        let mut x = C::Words::NO_BYTES;
        x.as_mut().fill(7);
        if let Some(point) = C::multiple(k) {
            x.as_mut().copy_from_slice(&point[..C::BITS / 8]);
        }
        if !bool::from(C::reduce(&x).is_zero()) {
            return (k, x);
        }
    }
}

/// The first keys are G, 2G, 3G and -G, -2G, -3G, then entries of tables, then random ones.
fn key<C: Known>(random: &mut Random, number: usize) -> Key<C> {
    let small = C::Number::from(number as u64 / 2 + 1);
    let private = match number {
        0..6 if number % 2 == 0 => small,
        0..6 => -small,
        6..16 => (0..8 * random.below(C::BITS / 8))
            .fold(C::Number::from(2 * random.below(128) as u64 + 1), |scalar, _| scalar.double()),
        _ => C::reduce(&bytes::<C>(random)),
    };
    let point = C::multiple(private).unwrap();
    let (x, y) = point.split_at(C::BITS / 8);
    let number_of = |bytes: &[u8]| from_be_bytes(&bytes.try_into().ok().unwrap());
    let affine = Affine::new(number_of(x), number_of(y)).unwrap();
    let table = Table::new(&affine, [4, 5, 6, 7, 8][number % 5]).unwrap();
    let encoded = [&[4][..], &point].concat();
    let library = ParsedPublicKey::new(C::LIBRARY, &encoded).unwrap();
    Key { private, table, library, second: C::second(&encoded) }
}
