//! May prepared keys use AVX-512 IFMA, or AVX2 with FMA? Where the machine has it, the environment does not ask for other arithmetic,
//! and it has decided the stored signatures as it should. One failure is for good.

use std::sync::atomic::{AtomicU8, Ordering};

use super::choice::Choice;
use super::guard::WATCH;
use super::lanes::has_ifma;
use super::rsa::fma::Fma;

/// What is computed with them. Each has tests of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Family {
    /// ECDSA on P-256, with IFMA.
    P256 = 1,
    /// Ed25519, with IFMA.
    Ed25519 = 2,
    /// RSA with PKCS#1 v1.5, of any size.
    Rsa = 4,
}

/// Where a process stands with a family.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// No key of the family has been hot yet.
    Untested,
    /// It passed its tests, all that there were.
    Proved,
    /// One family did not pass its own, which turns all off.
    Failed,
    /// There are no such instructions, or better ones.
    Absent,
}

/// Some instructions, and what came of their tests: the families that passed, and a bit when one did not.
pub struct Instructions {
    are_here: fn() -> bool,
    tests: AtomicU8,
}

const FAILED: u8 = 1 << 7;

/// AVX-512 IFMA.
pub static IFMA: Instructions = Instructions::new(has_ifma);

/// AVX2 with FMA, for RSA where there is no AVX-512 IFMA.
pub static FMA: Instructions = Instructions::new(|| Fma::detect().is_some() && !has_ifma());

impl Instructions {
    const fn new(are_here: fn() -> bool) -> Self {
        Self { are_here, tests: AtomicU8::new(0) }
    }

    /// Where this process stands.
    pub fn standing(&self, family: Family) -> Standing {
        match self.tests.load(Ordering::Acquire) {
            _ if !(self.are_here)() => Standing::Absent,
            FAILED.. => Standing::Failed,
            passed if passed & family as u8 == 0 => Standing::Untested,
            _ => Standing::Proved,
        }
    }

    /// Did a family pass, and none fail? Then they are there.
    #[inline]
    pub fn are_proved(&self) -> bool {
        (1..FAILED).contains(&self.tests.load(Ordering::Acquire)) && (self.are_here)()
    }

    /// Are they there, and what this choice comes to?
    #[inline]
    pub fn are_wanted_by(&self, choice: Choice) -> bool {
        matches!(choice.in_force(), Choice::Auto | Choice::Ifma) && (self.are_here)()
    }

    /// Are they to be tested before they are used? Not where the environment asks for other arithmetic: then none is run at all.
    pub fn are_to_be_tested(&self) -> bool {
        self.are_wanted_by(Choice::of_environment()) && self.tests.load(Ordering::Acquire) < FAILED
    }

    /// Note what came of a test. One that fails after another has passed casts doubt on what was decided in between.
    pub fn tested(&self, family: Family, is_right: bool) {
        let before = self.tests.fetch_or(if is_right { family as u8 } else { FAILED }, Ordering::AcqRel);
        if !is_right && (1..FAILED).contains(&before) {
            WATCH.disagree();
        }
    }
}
