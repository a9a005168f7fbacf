//! The multiples of one point that a verification adds up: no doublings, no zero digits (docs/design/005-prepared-keys.md).
//! Window i holds (2j + 1) * 2^(w i) * Q for 0 <= j < 2^(w-1).

use super::super::inverse::invert_all;
use super::super::words::half;
use super::point::{Affine, Sum};
use super::{Curve, Element};

/// Widths that tables may have, in bits.
pub const WIDTHS: std::ops::RangeInclusive<u32> = 4..=10;

/// A table of one point.
pub struct Table<C: Curve> {
    width: u32,
    points: Box<[Affine<C>]>,
}

impl<C: Curve> Table<C> {
    /// How many bytes a table takes.
    pub fn bytes(width: u32) -> usize {
        (windows::<C>(width) << (width - 1)) * size_of::<Affine<C>>()
    }

    /// Build the table of a point on the curve, which has order n: there are no other points. None when two points that are
    /// added have the same x, which that order rules out.
    pub fn new(point: &Affine<C>, width: u32) -> Option<Self> {
        if !WIDTHS.contains(&width) || !point.is_on_curve() {
            return None;
        }
        let powers = powers(point, windows::<C>(width) * width as usize)?;
        let half = 1 << (width - 1);
        let mut points: Vec<Affine<C>> = Vec::with_capacity(windows::<C>(width) * half);
        for powers in powers.chunks_exact(width as usize) {
            points.extend(std::iter::repeat_n(*powers.first()?, half));
        }
        // Level t: the points j in 2^t..2^(t+1) are those 2^t places before, plus 2^(t+1) times the window's first.
        for level in 1..width as usize {
            extend(&mut points, &powers, half, level, width as usize)?;
        }
        Some(Self { width, points: points.into() })
    }

    /// The point `(2 * place + 1) * 2^(w * window) * Q`.
    pub fn entry(&self, window: usize, place: usize) -> Option<&Affine<C>> {
        self.points.chunks_exact(1 << (self.width - 1)).nth(window)?.get(place)
    }

    /// All points, window after window.
    pub fn entries(&self) -> &[Affine<C>] {
        &self.points
    }

    /// How many points make a multiple.
    pub fn windows(&self) -> usize {
        windows::<C>(self.width)
    }

    /// Put the points whose sum is `scalar` times the table's point, or minus that, behind `points`: one for each window. The
    /// scalar is odd. None when there is no such point, which cannot be.
    pub fn select(&self, scalar: &C::Words, negate: bool, points: &mut Vec<Affine<C>>) -> Option<()> {
        let count = points.len() + self.windows();
        let chosen = self.choose((*scalar, negate));
        points.extend(chosen.map(|(point, is_negative)| if is_negative { point.neg() } else { *point }));
        (points.len() == count).then_some(())
    }

    /// The points that `select` puts there, each with whether it stands for its opposite: of an odd scalar and the sign of the
    /// multiple.
    #[inline]
    pub fn choose(&self, (scalar, negate): (C::Words, bool)) -> impl Iterator<Item = (&Affine<C>, bool)> {
        debug_assert!(scalar.as_ref().first().is_some_and(|word| word & 1 == 1));
        let half = 1_usize << (self.width - 1);
        Digits::<C>::new(&scalar, self.width).zip(self.points.chunks_exact(half)).filter_map(move |(digit, window)| {
            // The digit is 2b + 1 - 2^w: negative for the lower half of the b.
            let is_negative = digit & half == 0;
            let place = if is_negative { !digit } else { digit } & (half - 1);
            Some((window.get(place)?, is_negative != negate))
        })
    }
}

/// How many windows the bits of a scalar take.
fn windows<C: Curve>(width: u32) -> usize {
    C::BITS.div_ceil(width as usize)
}

/// The b of an odd k, from the lowest: k is the sum of (2b + 1 - 2^w) * 2^(w i), so that the sum of b * 2^(w i) is
/// (k + 2^(w m) - 1) / 2 = (k >> 1) + 2^(w m - 1) for m windows. As w m is at least the number of bits, bit w m - 1 of k >> 1 is
/// free.
struct Digits<C: Curve> {
    half: C::Words,
    width: u32,
    window: usize,
}

impl<C: Curve> Digits<C> {
    fn new(scalar: &C::Words, width: u32) -> Self {
        Self { half: half(scalar), width, window: 0 }
    }
}

impl<C: Curve> Iterator for Digits<C> {
    type Item = usize;

    #[inline]
    fn next(&mut self) -> Option<usize> {
        let windows = windows::<C>(self.width);
        if self.window == windows {
            return None;
        }
        let bit = self.window * self.width as usize;
        let word = |index: usize| self.half.as_ref().get(index).copied().unwrap_or(0);
        let both = u128::from(word(bit / 64)) | u128::from(word(bit / 64 + 1)) << 64;
        self.window += 1;
        let top = if self.window == windows { 1 << (self.width - 1) } else { 0 };
        Some((both >> (bit % 64)) as usize & ((1 << self.width) - 1) | top)
    }
}

/// `count` points: each is twice the one before.
fn powers<C: Curve>(point: &Affine<C>, count: usize) -> Option<Vec<Affine<C>>> {
    let sums = std::iter::successors(Some(Sum::from(*point)), |sum| Some(sum.double()));
    let sums: Vec<Sum<C>> = sums.take(count).collect();
    let mut inverses: Vec<Element<C>> = sums.iter().map(|sum| sum.zzz).collect();
    invert_all(&mut inverses)?;
    Some(sums.iter().zip(&inverses).map(|(sum, inverse)| sum.to_affine(inverse)).collect())
}

/// Fill one level of every window by affine additions that share one inversion.
fn extend<C: Curve>(
    points: &mut [Affine<C>],
    powers: &[Affine<C>],
    half: usize,
    level: usize,
    width: usize,
) -> Option<()> {
    let count = 1 << (level - 1);
    let mut inverses = Vec::with_capacity(powers.len() / width * count);
    for (points, powers) in points.chunks_exact(half).zip(powers.chunks_exact(width)) {
        let step = powers.get(level)?;
        inverses.extend(points.iter().take(count).map(|point| step.x.sub(&point.x)));
    }
    invert_all(&mut inverses)?;
    let windows = points.chunks_exact_mut(half).zip(powers.chunks_exact(width)).zip(inverses.chunks_exact(count));
    for ((points, powers), inverses) in windows {
        let step = powers.get(level)?;
        let (known, new) = points.split_at_mut(count);
        for ((point, new), inverse) in known.iter().zip(new).zip(inverses) {
            *new = point.add(step, inverse);
        }
    }
    Some(())
}
