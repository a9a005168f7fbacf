//! The multiples of one point that a verification adds up: no doublings, no zero digits (docs/design/005-prepared-keys.md).
//! Window i holds (2j + 1) * 2^(w i) * Q for 0 <= j < 2^(w-1).

use super::super::inverse::invert_all;
use super::field::Element;
use super::point::{Affine, Sum};

/// Widths that tables may have, in bits.
pub const WIDTHS: std::ops::RangeInclusive<u32> = 4..=10;

/// A table of one point.
pub struct Table {
    width: u32,
    points: Box<[Affine]>,
}

impl Table {
    /// How many bytes a table takes.
    pub fn bytes(width: u32) -> usize {
        (windows(width) << (width - 1)) * size_of::<Affine>()
    }

    /// Build the table of a point on the curve, which has order n: P-256 has no other points. None when two points that are
    /// added have the same x, which that order rules out.
    pub fn new(point: &Affine, width: u32) -> Option<Self> {
        if !WIDTHS.contains(&width) || !point.is_on_curve() {
            return None;
        }
        let powers = powers(point, windows(width) * width as usize)?;
        let half = 1 << (width - 1);
        let mut points: Vec<Affine> = Vec::with_capacity(windows(width) * half);
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
    pub fn entry(&self, window: usize, place: usize) -> Option<&Affine> {
        self.points.chunks_exact(1 << (self.width - 1)).nth(window)?.get(place)
    }

    /// All points, window after window.
    pub fn entries(&self) -> &[Affine] {
        &self.points
    }

    /// How many points make a multiple.
    pub fn windows(&self) -> usize {
        windows(self.width)
    }

    /// Put the points whose sum is `scalar` times the table's point, or minus that, behind `points`: one for each window. The
    /// scalar is odd. None when there is no such point, which cannot be.
    pub fn select(&self, scalar: &[u64; 4], negate: bool, points: &mut Vec<Affine>) -> Option<()> {
        let count = points.len() + self.windows();
        let chosen = self.choose((*scalar, negate));
        points.extend(chosen.map(|(point, is_negative)| if is_negative { point.neg() } else { *point }));
        (points.len() == count).then_some(())
    }

    /// The points that `select` puts there, each with whether it stands for its opposite: of an odd scalar and the sign of the
    /// multiple.
    #[inline]
    pub fn choose(&self, (scalar, negate): ([u64; 4], bool)) -> impl Iterator<Item = (&Affine, bool)> {
        debug_assert!(scalar[0] & 1 == 1);
        let half = 1_usize << (self.width - 1);
        Digits::new(&scalar, self.width).zip(self.points.chunks_exact(half)).filter_map(move |(digit, window)| {
            // The digit is 2b + 1 - 2^w: negative for the lower half of the b.
            let is_negative = digit & half == 0;
            let place = if is_negative { !digit } else { digit } & (half - 1);
            Some((window.get(place)?, is_negative != negate))
        })
    }
}

/// How many windows 256 bits take.
fn windows(width: u32) -> usize {
    256_usize.div_ceil(width as usize)
}

/// The b of an odd k, from the lowest: k is the sum of (2b + 1 - 2^w) * 2^(w i), so that the sum of b * 2^(w i) is
/// (k + 2^(w m) - 1) / 2 = (k >> 1) + 2^(w m - 1) for m windows. Bit w m - 1 >= 255 of k >> 1 is free.
struct Digits {
    half: [u64; 4],
    width: u32,
    window: usize,
}

impl Digits {
    fn new(scalar: &[u64; 4], width: u32) -> Self {
        let [a, b, c, d] = *scalar;
        Self { half: [a >> 1 | b << 63, b >> 1 | c << 63, c >> 1 | d << 63, d >> 1], width, window: 0 }
    }
}

impl Iterator for Digits {
    type Item = usize;

    #[inline]
    fn next(&mut self) -> Option<usize> {
        let windows = windows(self.width);
        if self.window == windows {
            return None;
        }
        let bit = self.window * self.width as usize;
        let word = |index: usize| self.half.get(index).copied().unwrap_or(0);
        let both = u128::from(word(bit / 64)) | u128::from(word(bit / 64 + 1)) << 64;
        self.window += 1;
        let top = if self.window == windows { 1 << (self.width - 1) } else { 0 };
        Some((both >> (bit % 64)) as usize & ((1 << self.width) - 1) | top)
    }
}

/// `count` points: each is twice the one before.
fn powers(point: &Affine, count: usize) -> Option<Vec<Affine>> {
    let sums: Vec<Sum> = std::iter::successors(Some(Sum::from(*point)), |sum| Some(sum.double())).take(count).collect();
    // 1/zzz gives 1/zz = zz^2 / zzz^2, since zz^3 = zzz^2.
    let mut inverses: Vec<Element> = sums.iter().map(|sum| sum.zzz).collect();
    invert_all(&mut inverses)?;
    let affine = |(sum, inverse): (&Sum, &Element)| Affine {
        x: sum.x.mul(&sum.zz.mul(inverse).square()),
        y: sum.y.mul(inverse),
    };
    Some(sums.iter().zip(&inverses).map(affine).collect())
}

/// Fill one level of every window by affine additions that share one inversion.
fn extend(points: &mut [Affine], powers: &[Affine], half: usize, level: usize, width: usize) -> Option<()> {
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
