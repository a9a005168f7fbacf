//! Each operation against arithmetic on 128-bit numbers: on the model always, on the instructions where the machine has them.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a panic is a failed test")]

use super::{Lanes, Model, Task, on_ifma};

/// Words that are all different, then every pair of extreme ones.
fn vectors() -> Vec<[u64; 8]> {
    let mut state = 3_u64;
    let mut random = || {
        state = state.wrapping_mul(0x5851_f42d_4c95_7f2d).wrapping_add(0x1405_7b7e_f767_814f);
        state ^ state >> 31
    };
    let mut vectors: Vec<[u64; 8]> = (0..6).map(|_| [(); 8].map(|()| random())).collect();
    let low = (1 << 52) - 1;
    let extreme = [0, 1, low, low + 1, u64::MAX, 1 << 63, (1 << 63) - 1, u64::MAX - low];
    vectors.extend((0..8).map(|by| {
        let mut rotated = extreme;
        rotated.rotate_left(by);
        rotated
    }));
    vectors
}

fn pairs(vectors: &[[u64; 8]]) -> impl Iterator<Item = (&[u64; 8], &[u64; 8])> {
    vectors.iter().flat_map(move |a| vectors.iter().map(move |b| (a, b)))
}

struct Every;

impl Task for Every {
    type Output = ();

    fn run<L: Lanes>(self, lanes: L) {
        let vectors = vectors();
        let three = &vectors[1];
        for (one, two) in pairs(&vectors) {
            let (a, b, c) = (lanes.load(one), lanes.load(two), lanes.load(three));
            let each =
                |vector, wanted: &dyn Fn(usize) -> u64| assert_eq!(lanes.store(vector), std::array::from_fn(wanted));
            let mask =
                |mask: u8, wanted: &dyn Fn(usize) -> bool| assert!((0..8).all(|i| (mask >> i & 1 == 1) == wanted(i)));
            let product = |i: usize| u128::from(one[i] % (1 << 52)) * u128::from(two[i] % (1 << 52));
            each(a, &|i| one[i]);
            assert_eq!(lanes.first(a), one[0]);
            each(lanes.splat(one[3]), &|_| one[3]);
            each(lanes.madd52lo(c, a, b), &|i| three[i].wrapping_add((product(i) % (1 << 52)) as u64));
            each(lanes.madd52hi(c, a, b), &|i| three[i].wrapping_add((product(i) / (1 << 52)) as u64));
            each(lanes.add(a, b), &|i| one[i].wrapping_add(two[i]));
            each(lanes.sub(a, b), &|i| one[i].wrapping_sub(two[i]));
            each(lanes.and(a, b), &|i| one[i] & two[i]);
            each(lanes.or(a, b), &|i| one[i] | two[i]);
            each(lanes.shl::<1>(a), &|i| one[i].wrapping_mul(2));
            each(lanes.shl::<44>(a), &|i| one[i].wrapping_mul(1 << 44));
            each(lanes.shr::<52>(a), &|i| one[i] / (1 << 52));
            each(lanes.sar::<52>(a), &|i| (one[i] as i64).div_euclid(1 << 52) as u64);
            each(lanes.sar::<63>(a), &|i| if one[i] >> 63 == 1 { u64::MAX } else { 0 });
            let bits = |i: usize, f: &dyn Fn(u64, u64, u64) -> bool| {
                let bit = |word: u64, at: u32| word >> at & 1;
                let made = |at| f(bit(one[i], at), bit(two[i], at), bit(three[i], at));
                (0..64).fold(0, |word, at| word | u64::from(made(at)) << at)
            };
            each(lanes.xor(a, b, c), &|i| bits(i, &|a, b, c| (a + b + c) % 2 == 1));
            each(lanes.choose(a, b, c), &|i| bits(i, &|a, b, c| if a == 1 { b == 1 } else { c == 1 }));
            each(lanes.majority(a, b, c), &|i| bits(i, &|a, b, c| a + b + c >= 2));
            let turned = |word: u64, by: u32, of: u32| {
                let word = u128::from(word);
                ((word >> by | word << (of - by)) % (1 << of)) as u64
            };
            each(lanes.ror::<1>(a), &|i| turned(one[i], 1, 64));
            each(lanes.ror::<41>(a), &|i| turned(one[i], 41, 64));
            let halves = |i: usize, f: &dyn Fn(u64, u64) -> u64| {
                let base = 1 << 32;
                f(one[i] / base, two[i] / base) % base * base + f(one[i] % base, two[i] % base) % base
            };
            each(lanes.add_halves(a, b), &|i| halves(i, &|a, b| a + b));
            each(lanes.ror_halves::<1>(a), &|i| halves(i, &|a, _| turned(a, 1, 32)));
            each(lanes.ror_halves::<25>(a), &|i| halves(i, &|a, _| turned(a, 25, 32)));
            each(lanes.shr_halves::<3>(a), &|i| halves(i, &|a, _| a / 8));
            mask(lanes.equal(a, b), &|i| one[i] == two[i]);
            mask(lanes.less(a, b), &|i| one[i] < two[i]);
            each(lanes.shift_in::<0>(a, b), &|i| two[i]);
            each(lanes.shift_in::<1>(a, b), &|i| if i < 7 { two[i + 1] } else { one[0] });
            each(lanes.shift_in::<7>(a, b), &|i| if i < 1 { two[7] } else { one[i - 1] });
            each(lanes.rotate::<3>(a), &|i| one[(i + 3) % 8]);
            each(lanes.permute(a, b), &|i| one[(two[i] % 8) as usize]);
        }
        let (a, b) = (lanes.load(&vectors[0]), lanes.load(&vectors[1]));
        for mask in 0..=u8::MAX {
            let chosen = |i: usize| if mask >> i & 1 == 1 { vectors[0][i] } else { vectors[1][i] };
            assert_eq!(lanes.store(lanes.select(mask, a, b)), std::array::from_fn(chosen));
        }
        let rows: [[u64; 8]; 8] = std::array::from_fn(|i| vectors[i]);
        let columns = lanes.columns(&rows).map(|column| lanes.store(column));
        assert_eq!(columns, std::array::from_fn(|i| std::array::from_fn(|j| rows[j][i])));
    }
}

#[test]
fn each_operation_does_in_each_lane_what_it_says() {
    Model.run(Every);
    assert_eq!(on_ifma(Every).is_some(), super::has_ifma());
}
