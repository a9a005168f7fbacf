//! The field against big integers at extreme limbs, in every lane: on the model, and on the instructions where the machine has them.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a panic is a failed test")]

use num_bigint::{BigInt, BigUint};

use super::field::{Element, Field, Loose};
use crate::crypto::backend::ed25519::field::P;
use crate::crypto::backend::lanes::{Lanes, Model, Task, on_ifma};
use crate::crypto::backend::words::to_le_bytes;

/// The largest limb of an element.
const MOST: u64 = (1 << 51) + (1 << 15) - 1;

fn p() -> BigUint {
    BigUint::from_bytes_le(&to_le_bytes(&P))
}

fn of_limbs(limbs: &[u64; 5]) -> BigUint {
    limbs.iter().rev().fold(BigUint::ZERO, |number, limb| (number << 51) + limb)
}

fn everywhere<T: Task<Output = ()> + Copy>(task: T) {
    Model.run(task);
    on_ifma(task);
}

fn transposed<const N: usize>(numbers: &[[u64; N]; 8]) -> [[u64; 8]; N] {
    std::array::from_fn(|limb| std::array::from_fn(|lane| numbers[lane][limb]))
}

/// Extreme limbs in all patterns of three, and random ones.
fn extremes() -> Vec<[u64; 5]> {
    let mut numbers = Vec::new();
    for pattern in 0..243_usize {
        let limb = |place: u32| [0, MOST, (1 << 51) - 19][pattern / 3_usize.pow(place) % 3];
        numbers.push([limb(0), limb(1), limb(2), limb(3), limb(4)]);
    }
    let mut state = 9_u64;
    for _ in 0..40 {
        numbers.push([(); 5].map(|()| {
            state = state.wrapping_mul(0x5851_f42d_4c95_7f2d).wrapping_add(0x1405_7b7e_f767_814f);
            state >> 13
        }));
    }
    numbers
}

/// Eight at a time, each number once in each lane.
fn lanes_of(numbers: &[[u64; 5]]) -> Vec<[[u64; 5]; 8]> {
    (0..numbers.len()).map(|start| std::array::from_fn(|lane| numbers[(start + 5 * lane) % numbers.len()])).collect()
}

fn element<L: Lanes>(lanes: L, numbers: &[[u64; 5]; 8]) -> Element<L> {
    Element::of_limbs(transposed(numbers).map(|limbs| lanes.load(&limbs)))
}

#[derive(Clone, Copy)]
struct FieldOperations;

impl Task for FieldOperations {
    type Output = ();

    fn run<L: Lanes>(self, lanes: L) {
        let (field, p) = (Field::new(lanes), p());
        let check = |result: Element<L>, wanted: &dyn Fn(usize) -> BigUint| {
            for (lane, limbs) in field.limbs(result).iter().enumerate() {
                assert!(limbs.iter().all(|limb| *limb <= MOST), "lane {lane}");
                assert_eq!(of_limbs(limbs) % &p, wanted(lane) % &p, "lane {lane}");
            }
        };
        let all = lanes_of(&extremes());
        for (round, one) in all.iter().enumerate() {
            let a = element(lanes, one);
            let of_a = |lane: usize| of_limbs(&one[lane]);
            check(field.negated(0xff, a), &|lane| &p * 3_u8 - of_a(lane));
            check(field.negated(0x3c, a), &|lane| {
                if (2..6).contains(&lane) { &p * 3_u8 - of_a(lane) } else { of_a(lane) }
            });
            check(field.rotate::<1>(a), &|lane| of_a((lane + 1) % 8));
            check(field.constant(one[0]), &|_| of_a(0));
            for step in [0, 1, 7, 50, 101, 160, 211] {
                let other = &all[(round * 3 + step) % all.len()];
                let b = element(lanes, other);
                let of_b = |lane: usize| of_limbs(&other[lane]);
                check(field.mul(a, b), &|lane| of_a(lane) * of_b(lane));
                check(field.add(a, b), &|lane| of_a(lane) + of_b(lane));
                check(field.sub(a, b), &|lane| of_a(lane) + &p * 3_u8 - of_b(lane));
                check(field.select(0x5a, a, b), &|lane| if 0x5a >> lane & 1 == 1 { of_a(lane) } else { of_b(lane) });
            }
        }
        // Three elements of a table are cut apart where they were put together.
        for start in 0..all.len() {
            let three = [all[start], all[(start + 1) % all.len()], all[(start + 2) % all.len()]];
            let row = |lane: usize| three.map(|numbers| numbers[lane]).concat();
            let first = std::array::from_fn(|lane| row(lane)[..8].try_into().unwrap());
            let second = std::array::from_fn(|lane| [&row(lane)[8..], &[0]].concat().try_into().unwrap());
            for (entry, numbers) in field.entries(&first, &second).into_iter().zip(three) {
                assert_eq!(field.limbs(entry), numbers);
            }
        }
    }
}

#[test]
fn field_operations_are_those_of_integers_modulo_p() {
    everywhere(FieldOperations);
}

/// Signed limbs at both ends of what they may be.
#[derive(Clone, Copy)]
struct Carries;

impl Task for Carries {
    type Output = ();

    fn run<L: Lanes>(self, lanes: L) {
        let (field, p) = (Field::new(lanes), BigInt::from(p()));
        let most = 1_i64 << 54;
        for pattern in 0..3_125_usize {
            let limb = |place: u32| [0, most, -most, 1, -1][pattern / 5_usize.pow(place) % 5];
            let limbs = [limb(0), limb(1), limb(2), limb(3), limb(4)];
            let words = limbs.map(|limb| lanes.load(&[limb as u64; 8]));
            let wanted = limbs.iter().rev().fold(BigInt::ZERO, |number, limb| (number << 51) + limb);
            for limbs in field.limbs(field.carry(Loose::of_limbs(words))) {
                assert!(limbs.iter().all(|limb| *limb <= MOST));
                assert_eq!((BigInt::from(of_limbs(&limbs)) - &wanted) % &p, BigInt::ZERO);
            }
        }
    }
}

#[test]
fn carried_limbs_are_small_and_the_same_modulo_p() {
    everywhere(Carries);
}
