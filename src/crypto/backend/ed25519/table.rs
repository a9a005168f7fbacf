//! The multiples of one point that a verification adds up. Window i holds j * 2^(w i) * P for 0 < j <= 2^(w-1).

use super::point::{Addend, Point, addends};

/// Widths that tables may have, in bits.
pub const WIDTHS: std::ops::RangeInclusive<u32> = 4..=10;

/// A table of one point.
pub struct Table {
    width: u32,
    points: Box<[Addend]>,
}

impl Table {
    /// How many bytes a table takes.
    pub fn bytes(width: u32) -> usize {
        (windows(width) << (width - 1)) * size_of::<Addend>()
    }

    /// Build the table of a point.
    pub fn new(point: &Point, width: u32) -> Option<Self> {
        if !WIDTHS.contains(&width) {
            return None;
        }
        let windows = windows(width);
        let next = |first: &Point| Some((0..width).fold(*first, |point, _| point.double()));
        let firsts: Vec<Point> = std::iter::successors(Some(*point), next).take(windows).collect();
        let mut points = Vec::with_capacity(windows << (width - 1));
        for (first, addend) in firsts.iter().zip(addends(&firsts)?) {
            let multiples = std::iter::successors(Some(*first), |multiple| Some(multiple.add(&addend, false)));
            points.extend(multiples.take(1 << (width - 1)));
        }
        Some(Self { width, points: addends(&points)?.into() })
    }

    /// The point `(place + 1) * 2^(w * window) * P`.
    pub fn entry(&self, window: usize, place: usize) -> Option<&Addend> {
        self.points.chunks_exact(1 << (self.width - 1)).nth(window)?.get(place)
    }

    /// How many windows there are.
    pub fn windows(&self) -> usize {
        windows(self.width)
    }

    /// Add `scalar` times the point to a sum. The scalar is below 2^253.
    #[inline]
    pub fn add_multiple(&self, sum: Point, scalar: &[u64; 4]) -> Option<Point> {
        let mut sum = sum;
        self.choose(scalar, &mut |addend, is_negative| sum = sum.add(addend, is_negative))?;
        Some(sum)
    }

    /// Show the points that add up to `scalar` times the point, at most one a window, each with whether it stands for its
    /// opposite. The scalar is below 2^253.
    #[inline]
    pub fn choose<'t>(&'t self, scalar: &[u64; 4], take: &mut impl FnMut(&'t Addend, bool)) -> Option<()> {
        debug_assert!(scalar[3] >> 61 == 0);
        let half = 1_u64 << (self.width - 1);
        let mut carry = 0;
        for (window, points) in self.points.chunks_exact(half as usize).enumerate() {
            // In 0..=2^w; above the half it is 2^w - digit less than the next window's one.
            let digit = bits(scalar, window * self.width as usize, self.width) + carry;
            carry = u64::from(digit > half);
            let (place, is_negative) = if carry == 1 { (2 * half - digit, true) } else { (digit, false) };
            if let Some(place) = place.checked_sub(1) {
                take(points.get(place as usize)?, is_negative);
            }
        }
        // The last window has a bit to spare, which takes its carry.
        debug_assert!(carry == 0);
        (carry == 0).then_some(())
    }
}

/// How many windows 253 bits and one to spare take.
fn windows(width: u32) -> usize {
    254_usize.div_ceil(width as usize)
}

/// `width` bits of the scalar from `bit` on.
fn bits(scalar: &[u64; 4], bit: usize, width: u32) -> u64 {
    let word = |index: usize| scalar.get(index).copied().unwrap_or(0);
    let both = u128::from(word(bit / 64)) | u128::from(word(bit / 64 + 1)) << 64;
    (both >> (bit % 64)) as u64 & ((1 << width) - 1)
}
