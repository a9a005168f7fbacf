//! How many cases were decided which way.

#[derive(Debug, Default)]
pub struct Tally {
    pub good: u64,
    pub bad: u64,
    pub exceptional: u64,
    /// Those that the second library was asked about.
    pub second: u64,
    pub differences: u64,
}
