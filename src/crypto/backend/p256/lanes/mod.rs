//! ECDSA on P-256 in eight lanes, with the portable path's tables and its checks of form and range: one signature spread over the
//! lanes, or eight of one key side by side. What is exceptional there is here too; so is an r so small that r + n would be an
//! x-coordinate as well.

pub mod field;
pub mod point;

#[cfg(test)]
pub(in crate::crypto::backend) mod tests;

use field::Field;
use point::Sum;

use super::{Affine, KnownBytes, P256, Table};
use crate::crypto::backend::Decision;
use crate::crypto::backend::ecdsa::residue::invert_all_checked;
use crate::crypto::backend::ecdsa::{Challenge, Curve, Scalar, Signature};
use crate::crypto::backend::lanes::{Lanes, Task};
use crate::crypto::backend::rounds::{Round, Rounds};
use crate::crypto::backend::words::less_than;

/// A hash and the signature to it, `r || s`.
pub type Item<'a> = (&'a [u8; 32], &'a [u8]);

/// Does the signature fit the hash? Lane l adds up points l, l + 8, l + 16 ...; then the lanes are added together.
pub struct One<'a> {
    /// The base point's table.
    pub base: &'a Table,
    /// The public key's.
    pub key: &'a Table,
    /// What is asked about.
    pub item: Item<'a>,
}

/// Do these signatures of one key fit their hashes? Each is added up in a lane of its own. Of more than eight the first eight
/// are decided; the decisions in lanes without an item are exceptional.
pub struct Eight<'a> {
    /// The base point's table.
    pub base: &'a Table,
    /// The public key's.
    pub key: &'a Table,
    /// What is asked about.
    pub items: &'a [Item<'a>],
}

/// Are these decisions those of both forms, in each lane?
pub struct Known<'a> {
    /// The base point's table.
    pub base: &'a Table,
    /// The public key's.
    pub key: &'a Table,
    /// What is known.
    pub known: &'a [KnownBytes],
}

impl Task for Known<'_> {
    type Output = bool;

    #[inline(always)]
    fn run<L: Lanes>(self, lanes: L) -> bool {
        let Self { base, key, known } = self;
        let is_right = |(hash, signature, decision): &KnownBytes| {
            lanes.run(One { base, key, item: (hash, signature) }) == *decision
        };
        // Each begins a row of eight, and so comes to each lane.
        let are_right = |start: usize| {
            let row: [Option<&KnownBytes>; 8] = std::array::from_fn(|lane| known.iter().cycle().nth(start + lane));
            let items: Vec<Item<'_>> =
                row.iter().flatten().map(|(hash, signature, _)| (hash, &signature[..])).collect();
            let wanted = row.iter().flatten().map(|(.., decision)| *decision);
            lanes.run(Eight { base, key, items: &items }).into_iter().eq(wanted)
        };
        known.iter().all(is_right) && (0..known.len()).all(are_right)
    }
}

impl Task for One<'_> {
    type Output = Decision;

    #[inline(always)]
    fn run<L: Lanes>(self, lanes: L) -> Decision {
        let Some((rounds, r)) = self.rounds() else { return Decision::Exceptional };
        let field = Field::new(lanes);
        let [decision, ..] = decisions(field, sum(field, &rounds).across(field), &[r; 8]);
        decision
    }
}

impl One<'_> {
    /// None in the exceptional cases that show before points are added.
    fn rounds(&self) -> Option<(Rounds<'_, Affine>, [u64; 4])> {
        let (hash, signature) = self.item;
        let signature = Signature::parse(signature)?;
        let challenge = challenge(hash, &signature, signature.s.invert().as_ref()?)?;
        let windows = self.base.windows() + self.key.windows();
        let mut rounds = Rounds::new(self.base.entries().first()?, windows.div_ceil(8));
        let [u1, u2] = challenge.multiples();
        let points = self.base.choose(u1).chain(self.key.choose(u2));
        for (place, point) in points.enumerate() {
            rounds.put(place / 8, place % 8, point)?;
        }
        (rounds.taken() == windows).then_some((rounds, challenge.r))
    }
}

impl Task for Eight<'_> {
    type Output = [Decision; 8];

    #[inline(always)]
    fn run<L: Lanes>(self, lanes: L) -> [Decision; 8] {
        let Some((rounds, r, asked)) = self.rounds() else { return [Decision::Exceptional; 8] };
        let field = Field::new(lanes);
        let mut decisions = decisions(field, sum(field, &rounds), &r);
        for (lane, decision) in decisions.iter_mut().enumerate() {
            if asked >> lane & 1 == 0 {
                *decision = Decision::Exceptional;
            }
        }
        decisions
    }
}

impl Eight<'_> {
    /// Also r of each lane, and the lanes that have something to decide. None when none has.
    fn rounds(&self) -> Option<(Rounds<'_, Affine>, [[u64; 4]; 8], u8)> {
        let parsed: Vec<_> = (0..8)
            .zip(self.items)
            .filter_map(|(lane, (hash, signature))| Some((lane, *hash, Signature::parse(signature)?)))
            .collect();
        let mut inverses: Vec<_> = parsed.iter().map(|(.., signature)| signature.s).collect();
        invert_all_checked(&mut inverses)?;
        let windows = self.base.windows() + self.key.windows();
        let mut rounds = Rounds::new(self.base.entries().first()?, windows);
        let (mut r, mut asked) = ([[0; 4]; 8], 0_u8);
        for ((lane, hash, signature), inverse) in parsed.iter().zip(&inverses) {
            let Some(challenge) = challenge(hash, signature, inverse) else { continue };
            let [u1, u2] = challenge.multiples();
            let points = self.base.choose(u1).chain(self.key.choose(u2));
            for (round, point) in points.enumerate() {
                rounds.put(round, *lane, point)?;
            }
            *r.get_mut(*lane)? = challenge.r;
            asked |= 1 << lane;
        }
        let wanted = asked.count_ones() as usize * windows;
        (asked != 0 && rounds.taken() == wanted).then_some((rounds, r, asked))
    }
}

/// None where r + n is below p, too.
fn challenge(hash: &[u8; 32], signature: &Signature<P256>, inverse: &Scalar<P256>) -> Option<Challenge<P256>> {
    Challenge::new(hash, signature, inverse).filter(|challenge| !less_than(&challenge.r, &P256::P_LESS_N))
}

#[inline(always)]
fn rows(round: &Round<'_, Affine>) -> [[u64; 8]; 8] {
    let [a, b, c, d, e, f, g, h] = round.points;
    [row(a), row(b), row(c), row(d), row(e), row(f), row(g), row(h)]
}

/// x and y in fiat-crypto's Montgomery form.
#[inline(always)]
fn row(point: &Affine) -> [u64; 8] {
    let ([a, b, c, d], [e, f, g, h]) = (point.x.montgomery_words(), point.y.montgomery_words());
    [a, b, c, d, e, f, g, h]
}

/// Each lane's points added up. The first round begins all lanes, those too that have nothing to decide.
#[inline(always)]
fn sum<L: Lanes>(field: Field<L>, rounds: &Rounds<'_, Affine>) -> Sum<L> {
    let Some((first, rounds)) = rounds.as_slice().split_first() else { return Sum::nothing(field) };
    let mut sum = Sum::new(field, &rows(first), first.negative);
    for round in rounds {
        sum = sum.add_entries(field, &rows(round), round.negative).select(field, round.taken, sum);
    }
    sum
}

/// Is the x-coordinate X / ZZ the r of its lane? Where ZZ is 0 points with the same x have met.
#[inline(always)]
fn decisions<L: Lanes>(field: Field<L>, sum: Sum<L>, r: &[[u64; 4]; 8]) -> [Decision; 8] {
    let met = field.zeros(sum.zz);
    let equal = field.zeros(field.carry(field.sub(field.mul(field.numbers(r), sum.zz), sum.x)));
    std::array::from_fn(|lane| match (met >> lane & 1, equal >> lane & 1) {
        (0, 0) => Decision::Bad,
        (0, _) => Decision::Good,
        _ => Decision::Exceptional,
    })
}
