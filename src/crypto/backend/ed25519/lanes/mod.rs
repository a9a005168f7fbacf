//! Ed25519 in eight lanes, hashes included, with the portable path's tables, its checks of form and range, and its encoding of the sum: one
//! signature spread over the lanes, or eight of one key side by side.

pub mod field;
pub mod point;

#[cfg(test)]
mod tests;

use field::Field;
use point::Sum;

use super::point::{Addend, Point, encode_all};
use super::table::Table;
use super::{Asked, Key, challenge, in_range};
use crate::alg::Hash;
use crate::crypto::backend::Decision;
use crate::crypto::backend::lanes::{Lanes, Task};
use crate::crypto::backend::rounds::Rounds;
use crate::crypto::backend::sha2::{Digests, Message};

/// An input and the signature to it, `R || S`.
pub type Item<'a> = (&'a [u8], &'a [u8]);

/// Does the signature fit the input? Lane l adds up points l, l + 8, l + 16 ...; then the lanes are added together.
pub struct One<'a> {
    /// The base point's table.
    pub base: &'a Table,
    /// The public key.
    pub key: &'a Key,
    /// What is asked about.
    pub item: Item<'a>,
}

/// Do these signatures of one key fit their inputs? Each is added up in a lane of its own. Of more than eight the first eight
/// are decided; the decisions in lanes without an item are exceptional.
pub struct Eight<'a> {
    /// The base point's table.
    pub base: &'a Table,
    /// The public key.
    pub key: &'a Key,
    /// What is asked about.
    pub items: &'a [Item<'a>],
}

/// Are the sums of both forms, for these eight s and h, those of the portable path?
pub struct Agree<'a> {
    /// The base point's table.
    pub base: &'a Table,
    /// The public key.
    pub key: &'a Key,
    /// s and h for each lane.
    pub scalars: &'a [[[u64; 4]; 2]; 8],
}

impl Task for One<'_> {
    type Output = Decision;

    #[inline(always)]
    fn run<L: Lanes>(self, lanes: L) -> Decision {
        let Self { base, key, item: (input, signature) } = self;
        let Some(asked) = key.asked(input, signature) else { return Decision::Exceptional };
        let Some(rounds) = spread(base, key, &asked.s, &asked.h) else { return Decision::Exceptional };
        let field = Field::new(lanes);
        let Some([point, ..]) = sum(field, &rounds).across(field).points(field) else { return Decision::Exceptional };
        decide(point.encode(), &asked)
    }
}

impl Task for Eight<'_> {
    type Output = [Decision; 8];

    #[inline(always)]
    fn run<L: Lanes>(self, lanes: L) -> [Decision; 8] {
        let Self { base, key, items } = self;
        let asked = asked(lanes, key, items);
        let scalars = |asked: &Option<Asked>| asked.as_ref().map(|asked| [asked.s, asked.h]);
        let Some(rounds) = side_by_side(base, key, asked.iter().map(scalars)) else {
            return [Decision::Exceptional; 8];
        };
        let field = Field::new(lanes);
        let encoded = sum(field, &rounds).points(field).and_then(|points| encode_all(&points));
        let Some(encoded) = encoded else { return [Decision::Exceptional; 8] };
        let mut decisions = [Decision::Exceptional; 8];
        for ((decision, asked), encoded) in decisions.iter_mut().zip(&asked).zip(encoded) {
            if let Some(asked) = asked {
                *decision = decide(Some(encoded), asked);
            }
        }
        decisions
    }
}

impl Task for Agree<'_> {
    type Output = bool;

    #[inline(always)]
    fn run<L: Lanes>(self, lanes: L) -> bool {
        let Self { base, key, scalars } = self;
        let field = Field::new(lanes);
        let wanted: Option<Vec<Point>> = scalars.iter().map(|[s, h]| key.difference(base, s, h)).collect();
        let (Some(wanted), Some(rounds)) = (wanted, side_by_side(base, key, scalars.iter().map(|both| Some(*both))))
        else {
            return false;
        };
        let Some(points) = sum(field, &rounds).points(field) else { return false };
        let mut agree = points.iter().zip(&wanted).all(|(point, wanted)| point.equals(wanted));
        for ([s, h], wanted) in scalars.iter().zip(&wanted) {
            let Some(rounds) = spread(base, key, s, h) else { return false };
            let Some(points) = sum(field, &rounds).across(field).points(field) else { return false };
            agree &= points.iter().all(|point| point.equals(wanted));
        }
        agree
    }
}

/// What is asked about each item; none where its signature is out of range. Inputs are hashed side by side, each in its item's
/// place: nothing in the place of what is out of range.
#[inline(always)]
fn asked<L: Lanes>(lanes: L, key: &Key, items: &[Item<'_>]) -> [Option<Asked>; 8] {
    let mut parsed = [None; 8];
    let mut messages = [Message::new([&[], &[], &[]]); 8];
    for ((parsed, message), (input, signature)) in parsed.iter_mut().zip(&mut messages).zip(items) {
        if let Some((r, s)) = in_range(signature) {
            (*parsed, *message) = (Some((r, s)), key.message(r, input));
        }
    }
    let digests = Digests { hash: Hash::Sha512, messages: &messages }.run(lanes);
    let mut asked = [const { None }; 8];
    for ((place, parsed), digest) in asked.iter_mut().zip(parsed).zip(&digests) {
        if let Some((r, s)) = parsed {
            *place = Some(Asked { r: *r, s, h: challenge(digest) });
        }
    }
    asked
}

/// Points for s B - h A, eight a round. None when one would be left out.
fn spread<'t>(base: &'t Table, key: &'t Key, s: &[u64; 4], h: &[u64; 4]) -> Option<Rounds<'t, Addend>> {
    let mut rounds = Rounds::new(base.entry(0, 0)?, (base.windows() + key.table.windows()).div_ceil(8));
    let (mut place, mut fits) = (0, true);
    let mut take = |addend: &'t Addend, is_negative| {
        fits &= rounds.put(place / 8, place % 8, (addend, is_negative)).is_some();
        place += 1;
    };
    base.choose(s, &mut take)?;
    key.table.choose(h, &mut take)?;
    fits.then_some(rounds)
}

/// Points for s B - h A of each lane that has both, in the first rounds. None when one would be left out.
fn side_by_side<'t>(
    base: &'t Table,
    key: &'t Key,
    scalars: impl Iterator<Item = Option<[[u64; 4]; 2]>>,
) -> Option<Rounds<'t, Addend>> {
    let mut rounds = Rounds::new(base.entry(0, 0)?, base.windows() + key.table.windows());
    for (lane, scalars) in scalars.enumerate() {
        let Some([s, h]) = scalars else { continue };
        let (mut round, mut fits) = (0, true);
        let mut take = |addend: &'t Addend, is_negative| {
            fits &= rounds.put(round, lane, (addend, is_negative)).is_some();
            round += 1;
        };
        base.choose(&s, &mut take)?;
        key.table.choose(&h, &mut take)?;
        if !fits {
            return None;
        }
    }
    Some(rounds)
}

/// Each lane's points added up.
#[inline(always)]
fn sum<L: Lanes>(field: Field<L>, rounds: &Rounds<'_, Addend>) -> Sum<L> {
    let mut sum = Sum::neutral(field);
    for round in rounds.as_slice() {
        sum = sum.add_round(field, round);
    }
    sum
}

/// As the portable path does it.
fn decide(encoded: Option<[u8; 32]>, asked: &Asked) -> Decision {
    match encoded {
        Some(encoded) if encoded == asked.r => Decision::Good,
        Some(_) => Decision::Bad,
        None => Decision::Exceptional,
    }
}
