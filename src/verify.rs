//! The spine: a token in, its claims out, or the first reason to refuse it. Each step takes what the step before made, so
//! that leaving one out, or doing it twice, does not compile.

use crate::alg::Algorithm;
use crate::error::Error;
use crate::json::Sink;
use crate::keys::KeySet;
use crate::policy::Policy;
use crate::{claims, compact, crypto, header};

/// A token that passed every step.
#[derive(Debug)]
pub struct Verified<V> {
    /// The algorithm that verified it.
    pub algorithm: Algorithm,
    /// The key ID that it named.
    pub kid: Option<Box<str>>,
    /// The decoded header.
    pub header: Vec<u8>,
    /// The decoded payload.
    pub payload: Vec<u8>,
    /// `exp`, `nbf` and `iat`, where given.
    pub times: Times,
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
    now: f64,
    sink: &mut S,
) -> Result<Verified<S::Value>, Error> {
    let compact = compact::split(token, &policy.limits)?;
    let header_bytes = compact.header()?;
    let header = header::read(&header_bytes, policy.limits.max_depth)?;
    let algorithm = policy.admit(&header)?;
    let candidates = keys.select(header.kid.as_deref(), algorithm)?;
    let proof = crypto::verify(&candidates, algorithm, compact.signing_input(), &compact.signature()?)?;
    let payload = compact.payload(&proof)?;
    let (claims, value) = claims::read(&payload, &proof, policy.watch(), policy.limits.max_depth, sink)?;
    policy.check(&claims, now)?;
    let times = Times { exp: claims.exp.value().copied(), nbf: claims.nbf.value().copied(), iat: claims.iat.value().copied() };
    Ok(Verified { algorithm, kid: header.kid, header: header_bytes, payload, times, value })
}
