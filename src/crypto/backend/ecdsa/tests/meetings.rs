//! Keys, hashes and signatures for which two points of equal x meet in one addition, whichever: the digits and the order of
//! the additions are worked out here once more, with big integers. And all entries of the widths that are used.

use num_bigint::BigInt;

use super::*;

on_each_curve!(
    points_that_meet_in_any_addition_are_left_to_the_library,
    entries_of_the_widths_in_use_are_odd_multiples,
);

/// A point as `(a, b)`, which is aG + bQ.
pub type Pair = (BigUint, BigUint);

/// The widths of base and key in use.
pub const WIDTHS: [(u32, u32); 2] = [(5, 5), (10, 8)];

/// `scalar` as one signed multiple for each window, modulo n: by the definition, digit after digit.
fn summands<C: Curve>(scalar: &BigUint, width: u32) -> Vec<BigUint> {
    let (n, count) = (n::<C>(), (C::BITS as u32).div_ceil(width));
    let is_odd = scalar.bit(0);
    let mut left = BigInt::from(if is_odd { scalar.clone() } else { &n - scalar });
    let mut digits = Vec::new();
    for window in 0..count {
        let low = &left & ((BigInt::from(2) << width) - 1);
        let digit = if window + 1 == count { left.clone() } else { low - (BigInt::from(1) << width) };
        left = (left - &digit) >> width;
        let multiple = (if is_odd { digit } else { -digit }) << (window * width);
        let modulus = BigInt::from(n.clone());
        digits.push((((multiple % &modulus) + &modulus) % &modulus).to_biguint().unwrap());
    }
    digits
}

pub fn add<C: Curve>(one: &Pair, other: &Pair) -> Pair {
    ((&one.0 + &other.0) % n::<C>(), (&one.1 + &other.1) % n::<C>())
}

/// What is added up for two scalars.
pub fn points<C: Curve>(u: &BigUint, v: &BigUint, (base, key): (u32, u32)) -> Vec<Pair> {
    let of_base = summands::<C>(u, base).into_iter().map(|a| (a, BigUint::ZERO));
    of_base.chain(summands::<C>(v, key).into_iter().map(|b| (BigUint::ZERO, b))).collect()
}

/// The two sides of every addition for one of so many signatures that are decided together.
pub fn additions<C: Curve>(u: &BigUint, v: &BigUint, widths: (u32, u32), together: usize) -> Vec<(Pair, Pair)> {
    let mut points = points::<C>(u, v, widths);
    let mut met = Vec::new();
    while 4 * together * (points.len() / 2) > C::INVERSION {
        let (half, last) = (points.len() / 2, points.len() - 1);
        let pairs: Vec<(Pair, Pair)> = (0..half).map(|i| (points[i].clone(), points[last - i].clone())).collect();
        let sums = pairs.iter().map(|(one, other)| add::<C>(one, other));
        points = sums.chain(points[half..points.len() - half].iter().cloned()).collect();
        met.extend(pairs);
    }
    let mut sum = points[0].clone();
    for point in &points[1..] {
        met.push((sum.clone(), point.clone()));
        sum = add::<C>(&sum, point);
    }
    assert_eq!(sum, (u.clone(), v.clone()));
    met
}

/// Random scalars, the same for the same seed.
pub fn scalars<C: Curve>(seed: u64) -> impl FnMut() -> BigUint {
    let mut state = seed;
    move || {
        let mut bytes = vec![0; C::BITS / 8];
        bytes.fill_with(|| {
            state = state.wrapping_mul(0x5851_f42d_4c95_7f2d).wrapping_add(0x1405_7b7e_f767_814f);
            (state >> 56) as u8
        });
        BigUint::from_bytes_le(&bytes) % n::<C>()
    }
}

/// A key, and the hash and the signature with these u1 and u2, for which aG + bQ = cG + dQ. None for the few that have none.
pub fn meeting<C: Curve>(
    u1: &BigUint,
    u2: &BigUint,
    (a, b): &Pair,
    (c, d): &Pair,
) -> Option<(Affine<C>, Bytes<C>, [BigUint; 2])> {
    let n = n::<C>();
    // a + b x = c + d x modulo n.
    let private = (c + &n - a) * ((b + &n - d) % &n).modinv(&n)? % &n;
    let nonce = (u1 + u2 * &private) % &n;
    if private == BigUint::ZERO || nonce == BigUint::ZERO {
        return None;
    }
    let r = x_of::<C>(&nonce);
    let s = &r * u2.modinv(&n)? % &n;
    Some((multiple(&private), to_be_bytes(&words::<C::Words>(&(u1 * &s % &n))), [r, s]))
}

/// The opposite point.
pub fn opposite<C: Curve>((a, b): &Pair) -> Pair {
    let n = n::<C>();
    ((&n - a) % &n, (&n - b) % &n)
}

pub fn signature_of<C: Curve>([r, s]: &[BigUint; 2]) -> Vec<u8> {
    encoded::<C::Words>(&words(r), &words(s))
}

fn points_that_meet_in_any_addition_are_left_to_the_library<C: Tested>() {
    let n = n::<C>();
    let mut random = scalars::<C>(11);
    for (base_width, key_width) in WIDTHS {
        let (bases, other_bases, mut met) = (base(base_width), base(5), 0);
        let (u1, u2) = (random(), random());
        for (one, other) in additions::<C>(&u1, &u2, (base_width, key_width), 1) {
            for other in [other.clone(), opposite::<C>(&other)] {
                let Some((point, hash, [r, s])) = meeting::<C>(&u1, &u2, &one, &other) else { continue };
                let signature = signature_of::<C>(&[r.clone(), s.clone()]);
                let key = key_of(&point);
                assert!(library::<C>(&key, &hash, &signature));
                compare((&other_bases, &Table::new(&point, 4).unwrap()), &key, &hash, &signature);
                let table = Table::new(&point, key_width).unwrap();
                assert_eq!(decide(&bases, &table, &hash, &signature), Decision::Exceptional);
                // Of another r nothing is said but "no", or nothing.
                compare((&bases, &table), &key, &hash, &signature_of::<C>(&[&n - r, &n - s]));
                met += 1;
            }
        }
        assert!(met > 10, "{met}");
    }
}

/// From one entry to the next by adding twice the window's first; from one window to the next by doubling.
fn entries_of_the_widths_in_use_are_odd_multiples<C: Tested>() {
    let same = |sum: &Sum<C>, point: &Affine<C>| {
        !sum.zz.is_zero() && point.x.mul(&sum.zz).equals(&sum.x) && point.y.mul(&sum.zzz).equals(&sum.y)
    };
    for width in [5, 8, 10] {
        let table = base::<C>(width);
        let mut first = Sum::from(Affine::base().unwrap());
        for window in 0..table.windows() {
            let start = table.entry(window, 0).unwrap();
            assert!(start.is_on_curve() && same(&first, start));
            let twice = Sum::from(*start).double();
            let twice = twice.to_affine(&twice.zzz.invert().unwrap());
            let mut sum = Sum::from(*start);
            for place in 1..1 << (width - 1) {
                sum = sum.add(&twice);
                assert!(same(&sum, table.entry(window, place).unwrap()), "{width} {window} {place}");
            }
            first = (0..width).fold(first, |sum, _| sum.double());
        }
    }
}
