//! How a run is made up, and how many cases were decided which way.

use rapidjwt::crypto::backend::Decision;

use crate::random::Random;

/// Of the base points' tables. A short run makes do with those that are soon built.
pub fn widths(cases: u64) -> &'static [u32] {
    if cases < 10_000 { &[4, 5] } else { &[4, 5, 8, 10] }
}

/// How many cases are decided together, of those that are left: eight, now and then fewer.
pub fn together(random: &mut Random, left: u64) -> u64 {
    let count = if random.below(16) == 0 { 1 + random.below(8) as u64 } else { 8 };
    count.min(left)
}

#[derive(Debug, Default)]
pub struct Tally {
    pub good: u64,
    pub bad: u64,
    pub exceptional: u64,
    /// Those that the second library was asked about.
    pub second: u64,
    pub differences: u64,
}

impl Tally {
    /// Count a case, which is exceptional where one of its decisions is. Does one of them differ from the library's, or is there none?
    pub fn count(&mut self, decisions: &[Decision], library: bool) -> bool {
        if decisions.contains(&Decision::Exceptional) {
            self.exceptional += 1;
        } else if library {
            self.good += 1;
        } else {
            self.bad += 1;
        }
        let differs = |one: &Decision| *one != Decision::Exceptional && (*one == Decision::Good) != library;
        decisions.is_empty() || decisions.iter().any(differs)
    }
}
