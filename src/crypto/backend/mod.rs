//! Prepared keys: work that depends on a public key only is done once for it, when accepted tokens have proved it hot. What is
//! here handles public data only, in variable time, and decides the ordinary case; the library decides all others, samples
//! of what was accepted, and what was refused (docs/design/005-prepared-keys.md).

mod choice;
pub mod ecdsa;
pub mod ed25519;
mod guard;
mod instructions;
mod inverse;
pub mod lanes;
pub mod p256;
pub mod p384;
mod rounds;
pub mod rsa;
pub mod sha2;
mod slot;
mod store;
mod tables;
pub mod words;

pub use choice::{Choice, Path, State, path_of, state};
pub use guard::{WATCH, Watch, generation, milliseconds};
pub use instructions::{FMA, IFMA};
pub use slot::{Library, Slot};
pub use store::are_keys_hot;
pub use tables::{Public, Size, Tables, is_rsa_prepared, test_instructions};

#[cfg(test)]
use tables::test_lanes_of_p256;

/// What a prepared path finds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Decision {
    /// The signature fits.
    Good,
    /// It does not.
    Bad,
    /// Not decided: ask the library.
    Exceptional,
}
