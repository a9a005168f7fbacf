//! The spine: a token in, its claims out, or the first reason to refuse it. Each step takes what the step before made, so
//! that leaving one out, or doing it twice, does not compile.

use std::sync::Arc;

use crate::alg::Algorithm;
use crate::claims::{Places, Registered};
use crate::compact::Compact;
use crate::error::Error;
use crate::header::{Known, Memo};
use crate::json::Sink;
use crate::keys::KeySet;
use crate::policy::Policy;
use crate::{claims, compact, crypto};

/// A token that passed every step.
#[derive(Debug)]
pub struct Verified<V> {
    /// The algorithm that verified it.
    pub algorithm: Algorithm,
    /// The header, with its text.
    pub header: Arc<Known>,
    /// The decoded payload.
    pub payload: Vec<u8>,
    /// `exp`, `nbf` and `iat`, where given.
    pub times: Times,
    /// Where the claims stand in the payload; if the caller wanted to know.
    pub places: Option<Places>,
    /// What the sink made of the claims.
    pub value: V,
}

/// Times in seconds since the epoch.
#[derive(Clone, Copy, Debug, Default)]
#[allow(missing_docs, reason = "the names are those of RFC 7519 section 4.1")]
pub struct Times {
    pub exp: Option<f64>,
    pub nbf: Option<f64>,
    pub iat: Option<f64>,
}

/// Verify a token at the time `now`, in seconds since the epoch.
pub fn verify<S: Sink>(
    token: &[u8],
    keys: &KeySet,
    policy: &Policy,
    memo: &Memo,
    now: f64,
    sink: &mut S,
) -> Result<Verified<S::Value>, Error> {
    verify_and(token, keys, policy, memo, now, sink, |_| ())
}

/// The same, and show an accepted token's registered claims to `keep`.
pub fn verify_and<S: Sink>(
    token: &[u8],
    keys: &KeySet,
    policy: &Policy,
    memo: &Memo,
    now: f64,
    sink: &mut S,
    keep: impl FnOnce(Registered<'_>),
) -> Result<Verified<S::Value>, Error> {
    let mut remembered = None;
    let compact = compact::split_seen(token, &policy.limits, |header| {
        remembered = memo.get(header);
        remembered.is_some()
    })?;
    let known = remembered.map_or_else(|| read_header(&compact, policy), |known| Ok(Arc::clone(known)))?;
    let algorithm = policy.admit(&known.header)?;
    let candidates = keys.select(known.header.kid.as_deref(), algorithm)?;
    let proof = crypto::verify(&candidates, algorithm, policy.crypto, compact.signing_input(), compact.signature())?;
    let payload = compact.payload(&proof)?;
    let mut claims = Registered { places: S::KEEPS_NOTHING.then(Places::default), ..Registered::default() };
    let value = claims::read(&payload, &proof, (policy.watch(), policy.limits.max_depth), sink, &mut claims)?;
    policy.check(&claims, now)?;
    if remembered.is_none() {
        memo.remember(&known);
    }
    let times =
        Times { exp: claims.exp.value().copied(), nbf: claims.nbf.value().copied(), iat: claims.iat.value().copied() };
    let places = claims.places.take();
    keep(claims);
    Ok(Verified { algorithm, header: known, payload, times, places, value })
}

fn read_header(compact: &Compact<'_>, policy: &Policy) -> Result<Arc<Known>, Error> {
    Known::read(compact.header_text(), compact.header()?, policy.limits.max_depth)
}
