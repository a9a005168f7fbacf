//! `verify`, the only function that says yes, and the proof that it said so.

use super::ahead::Answer;
use super::{Choice, Prepared};
use crate::alg::Algorithm;
use crate::error::{Code, Error};
use crate::keys::{Candidates, Key};

/// Proof that a signature was verified. Takes no space; nothing but `verify` can make one.
#[derive(Debug)]
pub struct SignatureVerified(());

/// Verify `signature` over `input` with each candidate in turn, in the arithmetic of `choice`. The key that fits is given too;
/// `bad_signature` when none does.
pub fn verify<'k>(
    candidates: &Candidates<'k>,
    algorithm: Algorithm,
    choice: Choice,
    input: &[u8],
    signature: &[u8],
) -> Result<(SignatureVerified, &'k Key), Error> {
    verify_asked(candidates, algorithm, choice, input, signature, None)
}

/// The same, with an answer where this was asked before together with others.
pub fn verify_asked<'k>(
    candidates: &Candidates<'k>,
    algorithm: Algorithm,
    choice: Choice,
    input: &[u8],
    signature: &[u8],
    answer: Option<&Answer<'_>>,
) -> Result<(SignatureVerified, &'k Key), Error> {
    let key = candidates.iter().find(|key| {
        let known = answer.and_then(|answer| answer.about(key, algorithm, choice, input, signature));
        known.unwrap_or_else(|| verify_one(key, algorithm, choice, input, signature))
    });
    key.map(|key| (SignatureVerified(()), &**key)).ok_or(Code::BadSignature.into())
}

/// A token of this key and algorithm was accepted, its claims too: what makes a key hot.
pub fn accepted(key: &Key, algorithm: Algorithm, choice: Choice) {
    key.prepared().accepted(algorithm, choice);
}

/// Candidates are admissible already. Asked again, since a key used with an algorithm that it is not for is how forgeries
/// begin (RFC 8725 section 3.1).
fn verify_one(key: &Key, algorithm: Algorithm, choice: Choice, input: &[u8], signature: &[u8]) -> bool {
    let prepared: &Prepared = key.prepared();
    key.algorithms().contains(algorithm) && prepared.verify(algorithm, choice, input, signature)
}
