//! How a run is made up, and how many cases were decided which way.

/// Of the base points' tables. A short run makes do with those that are soon built.
pub fn widths(cases: u64) -> &'static [u32] {
    if cases < 10_000 { &[4, 5] } else { &[4, 5, 8, 10] }
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
