//! Keys: text, DER, JWK or bytes in, a key that is checked and prepared once out, bound to its family and algorithm.
//! Every reader works in the same order: form, then algorithm, then numbers. No key material in errors or `Debug`.

mod der;
mod generate;
mod jwk;
mod key;
mod material;
mod numbers;
mod openssh;
mod pbes2;
mod pem;
mod secret;
mod set;
mod slot;
mod thumbprint;

#[cfg(test)]
mod tests;

pub use generate::GenerateError;
pub use jwk::JwkMember;
pub use key::{Key, KeyOptions};
pub use material::{RsaPrivate, RsaPublic};
pub use set::{Candidates, KeySet, Skipped};
pub use slot::{Held, Misplaced, Slot};

use crate::error::{Code, Error};

/// Keys, secrets and key sets are small; a larger text is a mistake or an attack.
pub const MAX_BYTES: usize = 1 << 20;

/// Deepest nesting of a JWK or JWK Set.
const MAX_JSON_DEPTH: usize = 128;

fn check_length(bytes: &[u8]) -> Result<(), Error> {
    if bytes.len() > MAX_BYTES { Err(Code::KeyTooLarge.into()) } else { Ok(()) }
}
