//! Keys, hashes and signatures for which two points of equal x meet in one addition, whichever: the digits and the order of
//! the additions are worked out here once more, with big integers. And all entries of the widths that are used.

use super::*;

/// A point as `(a, b)`, which is aG + bQ.
pub type Pair = (BigUint, BigUint);

/// The widths of base and key in use.
const WIDTHS: [(u32, u32); 2] = [(5, 5), (10, 8)];

/// `scalar` as one signed multiple for each window, modulo n: by the definition, digit after digit.
fn summands(scalar: &BigUint, width: u32) -> Vec<BigUint> {
    let (n, count) = (big(N), 256_u32.div_ceil(width));
    let is_odd = scalar.bit(0);
    let mut left = num_bigint::BigInt::from(if is_odd { scalar.clone() } else { &n - scalar });
    let mut digits = Vec::new();
    for window in 0..count {
        let low = &left & ((num_bigint::BigInt::from(2) << width) - 1);
        let digit = if window + 1 == count { left.clone() } else { low - (num_bigint::BigInt::from(1) << width) };
        left = (left - &digit) >> width;
        let multiple = (if is_odd { digit } else { -digit }) << (window * width);
        let modulus = num_bigint::BigInt::from(n.clone());
        digits.push((((multiple % &modulus) + &modulus) % &modulus).to_biguint().unwrap());
    }
    digits
}

pub fn add(one: &Pair, other: &Pair) -> Pair {
    ((&one.0 + &other.0) % big(N), (&one.1 + &other.1) % big(N))
}

/// What is added up for two scalars.
pub fn points(u: &BigUint, v: &BigUint, (base, key): (u32, u32)) -> Vec<Pair> {
    let of_base = summands(u, base).into_iter().map(|a| (a, BigUint::ZERO));
    of_base.chain(summands(v, key).into_iter().map(|b| (BigUint::ZERO, b))).collect()
}

/// The two sides of every addition of `multiply_add`.
fn additions(u: &BigUint, v: &BigUint, widths: (u32, u32)) -> Vec<(Pair, Pair)> {
    let mut points = points(u, v, widths);
    let mut met = Vec::new();
    for _ in 0..super::super::PAIRINGS {
        let (pairs, rest) = points.as_chunks::<2>();
        met.extend(pairs.iter().map(|[one, other]| (one.clone(), other.clone())));
        points = pairs.iter().map(|[one, other]| add(one, other)).chain(rest.iter().cloned()).collect();
    }
    let mut sum = points[0].clone();
    for point in &points[1..] {
        met.push((sum.clone(), point.clone()));
        sum = add(&sum, point);
    }
    assert_eq!(sum, (u.clone(), v.clone()));
    met
}

/// Random scalars, the same for the same seed.
pub fn scalars(seed: u64) -> impl FnMut() -> BigUint {
    let mut state = seed;
    move || {
        BigUint::from_bytes_le(&std::array::from_fn::<u8, 32, _>(|_| {
            state = state.wrapping_mul(0x5851_f42d_4c95_7f2d).wrapping_add(0x1405_7b7e_f767_814f);
            (state >> 56) as u8
        })) % big(N)
    }
}

/// A key, and the hash, r and s of a signature with these u1 and u2, for which aG + bQ = cG + dQ. None for the few that have none.
pub fn meeting(u1: &BigUint, u2: &BigUint, (a, b): &Pair, (c, d): &Pair) -> Option<(Affine, [u8; 32], [BigUint; 2])> {
    let n = big(N);
    // a + b x = c + d x modulo n.
    let private = (c + &n - a) * ((b + &n - d) % &n).modinv(&n)? % &n;
    let nonce = (u1 + u2 * &private) % &n;
    if private == BigUint::ZERO || nonce == BigUint::ZERO {
        return None;
    }
    let r = big(multiple(&nonce).x.to_words()) % &n;
    let s = &r * u2.modinv(&n)? % &n;
    Some((multiple(&private), to_be_bytes(&words(&(u1 * &s % &n))), [r, s]))
}

/// The opposite point.
pub fn opposite((a, b): &Pair) -> Pair {
    let n = big(N);
    ((&n - a) % &n, (&n - b) % &n)
}

pub fn encoded([r, s]: &[BigUint; 2]) -> Vec<u8> {
    [to_be_bytes(&words(r)), to_be_bytes(&words(s))].concat()
}

#[test]
fn points_that_meet_in_any_addition_are_left_to_the_library() {
    let n = big(N);
    let mut random = scalars(11);
    for (base_width, key_width) in WIDTHS {
        let (bases, mut met) = (base(base_width), 0);
        let (u1, u2) = (random(), random());
        for (one, other) in additions(&u1, &u2, (base_width, key_width)) {
            for other in [other.clone(), opposite(&other)] {
                let Some((point, hash, [r, s])) = meeting(&u1, &u2, &one, &other) else { continue };
                let signature = encoded(&[r.clone(), s.clone()]);
                let key = key_of(&point);
                assert!(library(&key, &hash, &signature));
                let tables = [(Table::new(&Affine::base().unwrap(), 5).unwrap(), Table::new(&point, 4).unwrap())];
                compare(&tables, &key, &hash, &signature);
                let table = Table::new(&point, key_width).unwrap();
                assert_eq!(decide(&bases, &table, &hash, &signature), Decision::Exceptional);
                // Of another r nothing is said but "no", or nothing.
                compare(&[(base(base_width), table)], &key, &hash, &encoded(&[&n - r, &n - s]));
                met += 1;
            }
        }
        assert!(met > 10, "{met}");
    }
}

/// From one entry to the next by adding twice the window's first; from one window to the next by doubling.
#[test]
fn entries_of_the_widths_in_use_are_odd_multiples() {
    let same = |sum: &Sum, point: &Affine| {
        !sum.zz.is_zero() && point.x.mul(&sum.zz).equals(&sum.x) && point.y.mul(&sum.zzz).equals(&sum.y)
    };
    for width in [5, 8, 10] {
        let table = base(width);
        let mut first = Sum::from(Affine::base().unwrap());
        for window in 0..table.windows() {
            let start = table.entry(window, 0).unwrap();
            assert!(start.is_on_curve() && same(&first, start));
            let twice = Sum::from(*start).double();
            let inverse = twice.zzz.invert().unwrap();
            let twice = Affine { x: twice.x.mul(&twice.zz.mul(&inverse).square()), y: twice.y.mul(&inverse) };
            let mut sum = Sum::from(*start);
            for place in 1..1 << (width - 1) {
                sum = sum.add(&twice);
                assert!(same(&sum, table.entry(window, place).unwrap()), "{width} {window} {place}");
            }
            first = (0..width).fold(first, |sum, _| sum.double());
        }
    }
}
