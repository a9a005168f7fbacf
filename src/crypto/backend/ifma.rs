//! May prepared keys use AVX-512 IFMA? Where the machine has it, the environment does not ask for other arithmetic, and it has
//! decided the stored signatures as it should. One failure is for good.

use std::sync::atomic::{AtomicU8, Ordering};

use super::choice::Choice;
use super::guard::WATCH;
use super::lanes::has_ifma;

/// Where a process stands with it. The larger number stays.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Standing {
    /// Nobody has had a hot key yet.
    Untested,
    /// It passed its tests, all that there were.
    Proved,
    /// It did not.
    Failed,
    /// There is none.
    Absent,
}

static TESTS: AtomicU8 = AtomicU8::new(Standing::Untested as u8);

/// Where this process stands.
pub fn standing() -> Standing {
    match TESTS.load(Ordering::Acquire) {
        _ if !has_ifma() => Standing::Absent,
        tests if tests == Standing::Untested as u8 => Standing::Untested,
        tests if tests == Standing::Proved as u8 => Standing::Proved,
        _ => Standing::Failed,
    }
}

/// Did it pass? Then it is there.
#[inline]
pub fn is_proved() -> bool {
    TESTS.load(Ordering::Acquire) == Standing::Proved as u8
}

/// Is it there, and what this choice comes to?
#[inline]
pub fn is_wanted_by(choice: Choice) -> bool {
    matches!(choice.in_force(), Choice::Auto | Choice::Ifma) && has_ifma()
}

/// Is it to be tested before tables are used? Not where the environment asks for other arithmetic: then no such instruction is
/// run at all.
pub fn is_to_be_tested() -> bool {
    let is_wanted = matches!(Choice::of_environment(), Choice::Auto | Choice::Ifma);
    is_wanted && matches!(standing(), Standing::Untested | Standing::Proved)
}

/// Note what came of a test. One that fails after another has passed casts doubt on what was decided in between.
pub fn tested(is_right: bool) {
    let standing = if is_right { Standing::Proved } else { Standing::Failed };
    let before = TESTS.fetch_max(standing as u8, Ordering::AcqRel);
    if !is_right && before == Standing::Proved as u8 {
        WATCH.disagree();
    }
}
