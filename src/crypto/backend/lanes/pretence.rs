//! In tests: a thread whose machine has the instructions, as far as it knows. They are the model's, unless there are real ones.

use std::cell::Cell;

thread_local!(static ON: Cell<bool> = const { Cell::new(false) });

/// From now on in this thread. They are tested first, so that they are in use.
pub fn begin() {
    ON.set(true);
    crate::crypto::backend::test_lanes_of_p256();
}

/// Only where there are no real ones.
pub fn is_on() -> bool {
    ON.get() && !has_real_ones()
}

#[cfg(target_arch = "x86_64")]
fn has_real_ones() -> bool {
    super::Ifma::detect().is_some()
}

#[cfg(not(target_arch = "x86_64"))]
fn has_real_ones() -> bool {
    false
}
