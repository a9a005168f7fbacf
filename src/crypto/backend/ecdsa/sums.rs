//! Several sums of points from two tables, as many points in each. They are added up in pairs, the pairs of all sums with one
//! inversion; then each sum by itself. Two points with the same x are seen and never added.

use super::super::inverse::invert_all;
use super::point::{Affine, Sum};
use super::table::Table;
use super::{Curve, Element};

/// What is left to be added up.
pub struct Sums<C: Curve> {
    /// As many places for each sum.
    points: Vec<Affine<C>>,
    places: usize,
    /// How many of them, the first ones, have points that are left.
    left: usize,
}

impl<C: Curve> Sums<C> {
    /// `u G + v Q` for each u and v, which are odd and have a sign. None when two points of a pair have the same x.
    ///
    /// A pair takes 6 products, 4 less than `Sum::add`, and all pairs together one inversion.
    pub fn new(
        base: &Table<C>,
        key: &Table<C>,
        multiples: impl ExactSizeIterator<Item = [(C::Words, bool); 2]>,
    ) -> Option<Self> {
        let (count, places) = (multiples.len(), base.windows() + key.windows());
        let mut points = Vec::with_capacity(count * places);
        for [(u, u_is_negative), (v, v_is_negative)] in multiples {
            base.select(&u, u_is_negative, &mut points)?;
            key.select(&v, v_is_negative, &mut points)?;
        }
        let mut sums = Self { points, places, left: places };
        while 4 * count * (sums.left / 2) > C::INVERSION {
            sums.add_pairs(count)?;
        }
        Some(sums)
    }

    /// The sums, in order. None for one in which points with the same x met.
    pub fn iter(&self) -> impl Iterator<Item = Option<Sum<C>>> {
        self.points.chunks_exact(self.places).map(|points| {
            let (first, others) = points.get(..self.left)?.split_first()?;
            let mut sum = Sum::from(*first);
            for point in others {
                sum = sum.add(point);
            }
            (!sum.zz.is_zero()).then_some(sum)
        })
    }

    /// Of each sum add the first point and the last, the second and the last but one, and so on; of an odd number the one in the
    /// middle is left. None when two have the same x: then the product that is inverted is 0.
    fn add_pairs(&mut self, count: usize) -> Option<()> {
        let (left, half) = (self.left, self.left / 2);
        let mut inverses: Vec<Element<C>> = Vec::with_capacity(count * half);
        for points in self.points.chunks_exact(self.places) {
            let (ones, others) = points.get(..left)?.split_at_checked(half)?;
            inverses.extend(ones.iter().zip(others.iter().rev()).map(|(one, other)| other.x.sub(&one.x)));
        }
        invert_all(&mut inverses)?;
        for (points, inverses) in self.points.chunks_exact_mut(self.places).zip(inverses.chunks_exact(half)) {
            let (ones, others) = points.get_mut(..left)?.split_at_mut_checked(half)?;
            for ((one, other), inverse) in ones.iter_mut().zip(others.iter().rev()).zip(inverses) {
                *one = one.add(other, inverse);
            }
        }
        self.left -= half;
        Some(())
    }
}
