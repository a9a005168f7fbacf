//! May prepared keys use AVX-512 IFMA? Where the machine has it, the environment does not ask for other arithmetic, and it has
//! decided the stored signatures as it should. One failure is for good.

use std::sync::atomic::{AtomicU8, Ordering};

use super::choice::Choice;
use super::guard::WATCH;
use super::lanes::has_ifma;

/// What is computed in lanes. Each has tests of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Family {
    /// ECDSA on P-256.
    P256 = 1,
    /// Ed25519.
    Ed25519 = 2,
    /// RSA with PKCS#1 v1.5, of any size.
    Rsa = 4,
}

/// Where a process stands with the lanes of a family.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// No key of the family has been hot yet.
    Untested,
    /// They passed their tests, all that there were.
    Proved,
    /// Those of one family did not pass theirs, which turns all off.
    Failed,
    /// There are none.
    Absent,
}

/// The families that passed, and this bit when one did not.
static TESTS: AtomicU8 = AtomicU8::new(0);
const FAILED: u8 = 1 << 7;

/// Where this process stands.
pub fn standing(family: Family) -> Standing {
    match TESTS.load(Ordering::Acquire) {
        _ if !has_ifma() => Standing::Absent,
        FAILED.. => Standing::Failed,
        passed if passed & family as u8 == 0 => Standing::Untested,
        _ => Standing::Proved,
    }
}

/// Did a family pass, and none fail? Then it is there.
#[inline]
pub fn is_proved() -> bool {
    (1..FAILED).contains(&TESTS.load(Ordering::Acquire))
}

/// Is it there, and what this choice comes to?
#[inline]
pub fn is_wanted_by(choice: Choice) -> bool {
    matches!(choice.in_force(), Choice::Auto | Choice::Ifma) && has_ifma()
}

/// Is it to be tested before tables are used? Not where the environment asks for other arithmetic: then no such instruction is
/// run at all.
pub fn is_to_be_tested() -> bool {
    is_wanted_by(Choice::of_environment()) && TESTS.load(Ordering::Acquire) < FAILED
}

/// Note what came of a test. One that fails after another has passed casts doubt on what was decided in between.
pub fn tested(family: Family, is_right: bool) {
    let before = TESTS.fetch_or(if is_right { family as u8 } else { FAILED }, Ordering::AcqRel);
    if !is_right && (1..FAILED).contains(&before) {
        WATCH.disagree();
    }
}
