//! `KeySet`: keys in order in, the candidates for a token out (docs/design/001-verification.md, step 4). A set is made once
//! and answers in constant time, whatever its size and whatever tokens ask for.

use std::collections::HashMap;
use std::sync::Arc;

use super::key::{Key, KeyOptions};
use super::{MAX_JSON_DEPTH, check_length};
use crate::alg::{Algorithm, TABLE};
use crate::error::{Code, Error};
use crate::json::{self, Value};

/// A JWK Set with more members is refused.
const MAX_MEMBERS: usize = 10_000;

/// So many keys are tried on a token that names none.
const MAX_CANDIDATES: usize = 4;

/// A member of a JWK Set that was left out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Skipped {
    /// Its place in `keys`.
    pub index: usize,
    /// What is wrong with it.
    pub code: Code,
}

/// An immutable set of keys.
#[derive(Debug)]
pub struct KeySet {
    keys: Vec<Arc<Key>>,
    skipped: Vec<Skipped>,
    by_kid: HashMap<Box<str>, Vec<Arc<Key>>>,
    /// For each algorithm the first admissible keys, one more than are ever tried.
    by_algorithm: [Vec<Arc<Key>>; TABLE.len()],
}

/// The keys to try on a token: one to four, all admissible. As the set shares them, so that each can be kept.
#[derive(Clone, Copy, Debug)]
pub struct Candidates<'a>(&'a [Arc<Key>]);

impl<'a> Candidates<'a> {
    /// Only this key.
    pub fn one(key: &'a Arc<Key>) -> Self {
        Self(std::slice::from_ref(key))
    }

    /// In the order of the set.
    pub fn iter(&self) -> std::slice::Iter<'a, Arc<Key>> {
        self.0.iter()
    }
}

impl KeySet {
    /// Collect keys; none is fine too.
    pub fn new(keys: Vec<Arc<Key>>) -> Self {
        Self::with_skipped(keys, Vec::new())
    }

    fn with_skipped(keys: Vec<Arc<Key>>, skipped: Vec<Skipped>) -> Self {
        let mut by_kid: HashMap<Box<str>, Vec<Arc<Key>>> = HashMap::with_capacity(keys.len());
        for key in &keys {
            if let Some(kid) = key.kid() {
                by_kid.entry(kid.into()).or_default().push(Arc::clone(key));
            }
        }
        let by_algorithm = std::array::from_fn(|index| {
            let algorithm = TABLE.get(index).map(|row| row.algorithm);
            let admitted = keys.iter().filter(|key| algorithm.is_some_and(|algorithm| key.admits(algorithm)));
            admitted.take(MAX_CANDIDATES + 1).cloned().collect()
        });
        Self { keys, skipped, by_kid, by_algorithm }
    }

    /// Read the text of a JWK Set.
    pub fn from_jwks_text(text: &[u8], allow_weak: bool) -> Result<Self, Error> {
        check_length(text)?;
        let document = json::parse(text, MAX_JSON_DEPTH).map_err(|_| Code::JwksInvalid)?;
        Self::from_jwks(&document, allow_weak)
    }

    /// Read a JWK Set. A bad member is skipped and remembered; `jwks_empty` when no good one is left.
    pub fn from_jwks(document: &Value, allow_weak: bool) -> Result<Self, Error> {
        let Some(Value::Array(members)) = document.get("keys") else { return Err(Code::JwksInvalid.into()) };
        if members.len() > MAX_MEMBERS {
            return Err(Code::KeyTooLarge.into());
        }
        let options = KeyOptions { allow_weak, ..KeyOptions::default() };
        let (mut keys, mut skipped) = (Vec::with_capacity(members.len()), Vec::new());
        for (index, member) in members.iter().enumerate() {
            match Key::from_jwk(member, &options) {
                Ok(key) => keys.push(Arc::new(key)),
                Err(error) => skipped.push(Skipped { index, code: error.code() }),
            }
        }
        if keys.is_empty() {
            return Err(Code::JwksEmpty.into());
        }
        Ok(Self::with_skipped(keys, skipped))
    }

    /// All keys, in order.
    pub fn keys(&self) -> &[Arc<Key>] {
        &self.keys
    }

    /// What was left out of the document.
    pub fn skipped(&self) -> &[Skipped] {
        &self.skipped
    }

    /// The first key with this kid.
    pub fn get(&self, kid: &str) -> Option<&Arc<Key>> {
        self.by_kid.get(kid)?.first()
    }

    /// The keys to try on a token with this `kid` and `alg`: `key_unknown`, `key_ambiguous`.
    pub fn select(&self, kid: Option<&str>, algorithm: Algorithm) -> Result<Candidates<'_>, Error> {
        match (self.keys.as_slice(), kid) {
            ([lone], _) if lone.kid().is_none() => only(std::slice::from_ref(lone), algorithm),
            (_, Some(kid)) => only(self.by_kid.get(kid).map_or(&[], Vec::as_slice), algorithm),
            (_, None) => match self.by_algorithm.get(algorithm as usize).map_or(&[][..], Vec::as_slice) {
                [] => Err(Code::KeyUnknown.into()),
                keys if keys.len() > MAX_CANDIDATES => Err(Code::KeyAmbiguous.into()),
                keys => Ok(Candidates(keys)),
            },
        }
    }
}

/// The one admissible key of these.
fn only(keys: &[Arc<Key>], algorithm: Algorithm) -> Result<Candidates<'_>, Error> {
    let mut admitted = keys.iter().filter(|key| key.admits(algorithm));
    match (admitted.next(), admitted.next()) {
        (None, _) => Err(Code::KeyUnknown.into()),
        (Some(key), None) => Ok(Candidates::one(key)),
        (Some(_), Some(_)) => Err(Code::KeyAmbiguous.into()),
    }
}
