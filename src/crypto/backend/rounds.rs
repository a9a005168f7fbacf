//! Points of tables dealt out to eight lanes, round by round: one point a lane in each round, added in lanes of their own or
//! spread over them. Only references to public tables; what a point is does not matter here.

/// At most one point for each lane.
#[derive(Clone)]
pub struct Round<'t, P> {
    /// The points; some point in the lanes that take none.
    pub points: [&'t P; 8],
    /// The lanes that take their point with the other sign.
    pub negative: u8,
    /// The lanes that take theirs at all.
    pub taken: u8,
}

/// All rounds of a sum.
pub struct Rounds<'t, P>(Vec<Round<'t, P>>);

impl<'t, P> Rounds<'t, P> {
    /// So many rounds in which no lane takes a point, which stands there all the same.
    pub fn new(unused: &'t P, count: usize) -> Self {
        let mut rounds = Vec::with_capacity(count);
        rounds.resize_with(count, || Round { points: [unused; 8], negative: 0, taken: 0 });
        Self(rounds)
    }

    /// Put a point, or its opposite, where there is none. None where there is one, and outside the rounds and lanes: a point that
    /// was left out would make another sum.
    pub fn put(&mut self, round: usize, lane: usize, (point, is_negative): (&'t P, bool)) -> Option<()> {
        let round = self.0.get_mut(round)?;
        let place = round.points.get_mut(lane).filter(|_| round.taken >> lane & 1 == 0)?;
        *place = point;
        round.negative |= u8::from(is_negative) << lane;
        round.taken |= 1 << lane;
        Some(())
    }

    /// How many points are taken.
    pub fn taken(&self) -> usize {
        self.0.iter().map(|round| round.taken.count_ones() as usize).sum()
    }

    /// The rounds, in order.
    pub fn as_slice(&self) -> &[Round<'t, P>] {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_point_is_left_out_or_put_in_the_place_of_another() {
        let mut rounds = Rounds::new(&0, 2);
        assert_eq!(rounds.put(0, 3, (&1, false)), Some(()));
        assert_eq!(rounds.put(1, 7, (&2, true)), Some(()));
        for (round, lane) in [(0, 3), (1, 7), (2, 0), (0, 8), (usize::MAX, 0), (0, usize::MAX)] {
            assert_eq!(rounds.put(round, lane, (&9, true)), None);
        }
        assert_eq!(rounds.taken(), 2);
        let [first, second] = rounds.as_slice() else { unreachable!("there are two") };
        assert_eq!((first.points, first.negative, first.taken), ([&0, &0, &0, &1, &0, &0, &0, &0], 0, 8));
        assert_eq!((second.points[7], second.negative, second.taken), (&2, 0x80, 0x80));
    }
}
