//! The field against big integers at extreme limbs, in every lane; sums against the portable path; decisions of both forms against
//! the library. All of it on the model, and on the instructions where the machine has them.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a panic is a failed test")]

pub mod decisions;

use num_bigint::{BigInt, BigUint};

use super::field::{Element, Field, Loose};
use crate::crypto::backend::lanes::{Lanes, Model, Task, on_ifma};
use crate::crypto::backend::p256::field::P;
use crate::crypto::backend::words::to_le_bytes;

const LOW: u64 = (1 << 52) - 1;

fn big(words: &[u64; 4]) -> BigUint {
    BigUint::from_bytes_le(&to_le_bytes(words))
}

fn of_limbs(limbs: &[u64; 5]) -> BigUint {
    limbs.iter().rev().fold(BigUint::ZERO, |number, limb| (number << 52) + limb)
}

fn limbs_of(number: &BigUint) -> [u64; 5] {
    std::array::from_fn(|place| {
        ((number >> (52 * place)) & BigUint::from(LOW)).to_u64_digits().first().copied().unwrap_or(0)
    })
}

/// On the model, and on the instructions where there are some.
fn everywhere<T: Task<Output = ()> + Copy>(task: T) {
    Model.run(task);
    on_ifma(task);
}

fn transposed<const N: usize>(numbers: &[[u64; N]; 8]) -> [[u64; 8]; N] {
    std::array::from_fn(|limb| std::array::from_fn(|lane| numbers[lane][limb]))
}

/// Numbers below so many times p, their limbs extreme or random.
fn extremes(times: u8) -> Vec<[u64; 5]> {
    let bound = big(&P) * times;
    let mut numbers: Vec<[u64; 5]> = (0..4).map(|small| [small, 0, 0, 0, 0]).collect();
    for multiple in 0..=times {
        numbers.extend((0..3_u8).map(|by| limbs_of(&(big(&P) * multiple + by))));
        numbers.extend((1..3_u8).filter_map(|by| Some(limbs_of(&(big(&P) * multiple.checked_sub(1)? + big(&P) - by)))));
    }
    for pattern in 0..243_usize {
        let limb = |place: u32| [0, LOW, 1 << 51][pattern / 3_usize.pow(place) % 3];
        let top = [0, 1 << 48, (u64::from(times) << 48) - 1][pattern / 81];
        numbers.push([limb(0), limb(1), limb(2), limb(3), top]);
    }
    let mut state = 5_u64;
    for _ in 0..40 {
        let random = [(); 5].map(|()| {
            state = state.wrapping_mul(0x5851_f42d_4c95_7f2d).wrapping_add(0x1405_7b7e_f767_814f);
            state >> 12
        });
        numbers.push(limbs_of(&(of_limbs(&random) % &bound)));
    }
    numbers.retain(|number| of_limbs(number) < bound);
    numbers
}

/// Eight at a time, each number once in each lane.
fn lanes_of(numbers: &[[u64; 5]]) -> Vec<[[u64; 5]; 8]> {
    (0..numbers.len()).map(|start| std::array::from_fn(|lane| numbers[(start + 5 * lane) % numbers.len()])).collect()
}

fn element<L: Lanes>(lanes: L, numbers: &[[u64; 5]; 8]) -> Element<L> {
    Element::of_limbs(transposed(numbers).map(|limbs| lanes.load(&limbs)))
}

fn numbers<L: Lanes>(lanes: L, element: Element<L>) -> [BigUint; 8] {
    let limbs = element.limbs().map(|limb| lanes.store(limb));
    assert!(limbs.iter().flatten().all(|limb| *limb <= LOW));
    std::array::from_fn(|lane| of_limbs(&limbs.map(|limb| limb[lane])))
}

#[derive(Clone, Copy)]
struct FieldOperations;

impl Task for FieldOperations {
    type Output = ();

    fn run<L: Lanes>(self, lanes: L) {
        let (field, p) = (Field::new(lanes), big(&P));
        let r = (BigUint::from(1_u8) << 260) % &p;
        assert!(numbers(lanes, field.one()).iter().all(|one| *one == r));
        let over_r = r.modinv(&p).unwrap();
        let check = |result: Element<L>, bound: u8, wanted: &dyn Fn(usize) -> BigUint| {
            for (lane, number) in numbers(lanes, result).iter().enumerate() {
                assert!(*number < &p * bound, "lane {lane}");
                assert_eq!(number % &p, wanted(lane) % &p, "lane {lane}");
            }
        };
        let all = lanes_of(&extremes(3));
        for (round, one) in all.iter().enumerate() {
            let a = element(lanes, one);
            let of_a = |lane: usize| of_limbs(&one[lane]);
            check(field.square(a), 2, &|lane| of_a(lane).pow(2) * &over_r);
            check(field.carry(field.negated(0xff, a)), 3, &|lane| &p * 3_u8 - of_a(lane));
            check(field.carry(field.negated(0x0f, a)), 3, &|lane| {
                if lane < 4 { &p * 3_u8 - of_a(lane) } else { of_a(lane) }
            });
            check(field.rotate::<2>(a), 3, &|lane| of_a((lane + 2) % 8));
            let zeros = (0..8).fold(0, |mask, lane| mask | u8::from(of_a(lane) % &p == BigUint::ZERO) << lane);
            assert_eq!(field.zeros(a), zeros);
            for step in [0, 1, 7, 50, 101, 160, 211] {
                let other = &all[(round * 3 + step) % all.len()];
                let b = element(lanes, other);
                let of_b = |lane: usize| of_limbs(&other[lane]);
                check(field.mul(a, b), 2, &|lane| of_a(lane) * of_b(lane) * &over_r);
                check(field.carry(field.sub(a, b)), 3, &|lane| of_a(lane) + &p * 3_u8 - of_b(lane));
                let thrice = field.less(field.less(field.sub(a, b), b), b);
                check(field.carry(thrice), 3, &|lane| of_a(lane) + (&p * 3_u8 - of_b(lane)) * 3_u8);
                check(field.select(0xa5, a, b), 3, &|lane| if 0xa5 >> lane & 1 == 1 { of_a(lane) } else { of_b(lane) });
            }
        }
    }
}

#[test]
fn field_operations_are_those_of_integers_modulo_p() {
    everywhere(FieldOperations);
}

/// Signed limbs at both ends of what they may be, and near what makes q change.
#[derive(Clone, Copy)]
struct Carries;

impl Task for Carries {
    type Output = ();

    fn run<L: Lanes>(self, lanes: L) {
        let (field, p) = (Field::new(lanes), BigInt::from(big(&P)));
        let (low, top) = ((1_i64 << 56) - 1, (1_i64 << 53) - 1);
        let tops =
            [0, 1, -1, -2, top, -top, 1 << 48, (1 << 48) - 1, -(1 << 48), -(1 << 48) - 1, 3 << 50, (7 << 48) - 1];
        for pattern in 0..625_usize {
            let limb = |place: u32| [0, low, -low, 1, -1][pattern / 5_usize.pow(place) % 5];
            for start in 0..tops.len() {
                let all: [[i64; 5]; 8] =
                    std::array::from_fn(|lane| [limb(0), limb(1), limb(2), limb(3), tops[(start + lane) % tops.len()]]);
                let words = transposed(&all.map(|limbs| limbs.map(|limb| limb as u64)));
                let element = field.carry(Loose::of_limbs(words.map(|words| lanes.load(&words))));
                for (lane, number) in numbers(lanes, element).into_iter().enumerate() {
                    let wanted = all[lane].iter().rev().fold(BigInt::ZERO, |number, limb| (number << 52) + limb);
                    let number = BigInt::from(number);
                    assert!(number < &p * 2 + (BigInt::from(1) << 230) && number > &p - (BigInt::from(1) << 230));
                    assert_eq!((number - wanted) % &p, BigInt::ZERO);
                }
            }
        }
    }
}

#[test]
fn carried_limbs_are_small_and_the_same_modulo_p() {
    everywhere(Carries);
}

#[derive(Clone, Copy)]
struct Conversions;

impl Task for Conversions {
    type Output = ();

    fn run<L: Lanes>(self, lanes: L) {
        let (field, p) = (Field::new(lanes), big(&P));
        let r = BigUint::from(1_u8) << 260;
        let below_p: Vec<[u64; 4]> = words_below_p();
        for start in 0..below_p.len() {
            let words = |lane: usize| below_p[(start + 11 * lane) % below_p.len()];
            let taken: [[u64; 4]; 8] = std::array::from_fn(words);
            for (lane, number) in numbers(lanes, field.numbers(&taken)).iter().enumerate() {
                assert!(*number < &p * 2_u8 && number % &p == big(&taken[lane]) * &r % &p);
            }
            let rows: [[u64; 8]; 8] =
                std::array::from_fn(|lane| [words(lane), words(lane + 3)].concat().try_into().unwrap());
            let [x, y] = field.entries(&rows);
            for (entry, offset) in [(x, 0), (y, 3)] {
                let wanted = |lane: usize| big(&words(lane + offset)) * 16_u8;
                for (lane, number) in numbers(lanes, field.element(entry)).iter().enumerate() {
                    assert!(*number < &p * 3_u8 && number % &p == wanted(lane) % &p);
                }
                for factor in lanes_of(&extremes(2)).into_iter().step_by(29) {
                    let product = field.mul_entry(entry, element(lanes, &factor));
                    for (lane, number) in numbers(lanes, product).iter().enumerate() {
                        assert!(*number < &p * 3_u8);
                        assert_eq!(number * &r % &p, wanted(lane) * of_limbs(&factor[lane]) % &p);
                    }
                }
            }
        }
    }
}

fn words_below_p() -> Vec<[u64; 4]> {
    let mut all = vec![[0; 4], [1, 0, 0, 0], [P[0] - 1, P[1], P[2], P[3]], [P[0] - 2, P[1], P[2], P[3]]];
    for pattern in 0..81 {
        let word = |place: u32| [0, u64::MAX, 1 << 63][pattern / 3_usize.pow(place) % 3];
        all.push([word(0), word(1), word(2), word(3)]);
    }
    all.push([0x0123_4567_89ab_cdef, 0xfedc_ba98_7654_3210, 0x0f1e_2d3c_4b5a_6978, 0x8796_a5b4_c3d2_e1f0]);
    all.retain(|words| big(words) < big(&P));
    all
}

#[test]
fn words_become_limbs_of_the_same_number() {
    everywhere(Conversions);
}
