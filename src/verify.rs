//! The spine: a token in, its claims out, or the first reason to refuse it. Each step takes what the step before made, so
//! that leaving one out, or doing it twice, does not compile.

use std::sync::{Arc, OnceLock};

use crate::alg::Algorithm;
use crate::claims::{Places, Registered};
use crate::compact::{Compact, Limits};
use crate::crypto::SignatureVerified;
use crate::crypto::ahead::{self, Answer, Question};
use crate::error::{Code, Error};
use crate::header::{Known, Memo};
use crate::issuer::{Issuer, Issuers, Trail};
use crate::json::Sink;
use crate::keys::{Candidates, KeySet};
use crate::policy::Policy;
use crate::{claims, compact, crypto, issuer};

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
    /// What the sink made of the claims.
    pub value: V,
    places: OnceLock<Places>,
}

/// Deeper than any policy lets a payload be nested: for reading again what was accepted.
pub const ANY_DEPTH: usize = 512;

impl<V> Verified<V> {
    /// The text of one claim's value; `Some(None)` when there is no such claim. `None`: look for yourself.
    pub fn claim(&self, name: &str) -> Option<Option<&[u8]>> {
        let look = || Places::of(&self.payload, ANY_DEPTH, self.header.likely.get());
        self.places.get_or_init(look).find(&self.payload, name)
    }
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
    verify_and(token, keys, policy, memo, now, sink, &mut |_, _| (), None)
}

/// What to do with an accepted token's registered claims and the keys that it was tried with.
///
/// It is no type parameter: with a copy of the parser for each, LLVM stops inlining it, which costs a small token 0.3 us.
pub type Keep<'k> = dyn FnMut(Registered<'_>, Candidates<'_>) + 'k;

/// The same, and show an accepted token to `keep`. The `answer` is about its signature, if it was asked about before.
#[allow(clippy::too_many_arguments, reason = "each is another thing")]
pub fn verify_and<S: Sink>(
    token: &[u8],
    keys: &KeySet,
    policy: &Policy,
    memo: &Memo,
    now: f64,
    sink: &mut S,
    keep: &mut Keep<'_>,
    answer: Option<&Answer<'_>>,
) -> Result<Verified<S::Value>, Error> {
    let mut remembered = None;
    let (compact, sealed) = compact::split_sealed(token, &policy.limits, |header| {
        remembered = memo.get(header, policy.limits.max_depth);
        remembered.is_some()
    })?;
    let known = remembered.map_or_else(|| read_header(&compact, &policy.limits), |known| Ok(Arc::clone(known)))?;
    let algorithm = policy.admit(&known.header)?;
    let candidates = keys.select(known.header.kid.as_deref(), algorithm)?;
    let (input, signature) = (compact.signing_input(), compact.signature());
    let (proof, key) = crypto::verify_asked(&candidates, algorithm, policy.crypto, input, signature, answer)?;
    let read = Signed { algorithm, header: known, payload: sealed.open(&proof), proof };
    let verified = read.check(policy, None, now, sink, &mut |claims| keep(claims, candidates))?;
    crypto::accepted(key, algorithm, policy.crypto);
    if remembered.is_none() {
        memo.remember(&verified.header, &verified.payload, policy.limits.max_depth);
    }
    Ok(verified)
}

/// Verify a token of one of several issuers, which it chooses itself. What its source should hear is left on the `trail`.
pub fn verify_for<S: Sink>(
    token: &[u8],
    issuers: &Issuers,
    now: f64,
    sink: &mut S,
    trail: &mut Trail,
    keep: &mut Keep<'_>,
) -> Result<Verified<S::Value>, Error> {
    verify_asked(token, issuers, now, sink, trail, keep, None)
}

/// The signatures of tokens that are to be verified now, where they are better decided together: of hot keys, for a lone issuer.
/// Nothing else comes of it: each token is verified afterwards, as ever, and takes its answer along.
pub fn ask<'t>(tokens: &[&'t [u8]], issuers: &Issuers, now: f64) -> Vec<Option<Answer<'t>>> {
    let Some(Issuer { policy, slot }) = issuers.without_choice() else { return Vec::new() };
    if tokens.len() < 2 || !ahead::may_pay(policy.algorithms) {
        return Vec::new();
    }
    let held = slot.load();
    let Ok(keys) = held.keys(now) else { return Vec::new() };
    let question = |token: &&'t [u8]| {
        let compact = compact::split(token, &policy.limits).ok()?;
        let known = held.headers().get(compact.header_text(), policy.limits.max_depth)?;
        let algorithm = policy.admit(&known.header).ok()?;
        let candidates = keys.select(known.header.kid.as_deref(), algorithm).ok()?;
        Question::new(&candidates, algorithm, policy.crypto, compact.signing_input(), compact.signature())
    };
    ahead::decide(tokens.iter().map(question).collect())
}

/// `verify_for` with such an answer.
pub fn verify_asked<S: Sink>(
    token: &[u8],
    issuers: &Issuers,
    now: f64,
    sink: &mut S,
    trail: &mut Trail,
    keep: &mut Keep<'_>,
    answer: Option<&Answer<'_>>,
) -> Result<Verified<S::Value>, Error> {
    if let Some(issuer) = issuers.without_choice() {
        trail.issuer = Some(0);
        let held = issuer.slot.load();
        return verify_and(token, held.keys(now)?, &issuer.policy, held.headers(), now, sink, keep, answer);
    }
    let (compact, sealed) = compact::split_sealed(token, &issuers.limits(), |_| false)?;
    let route = issuers.route(sealed.unverified())?;
    trail.issuer = Some(route.index);
    let policy = &route.issuer.policy;
    let held = route.issuer.slot.load();
    let remembered = held.headers().get(compact.header_text(), policy.limits.max_depth);
    let known = remembered.map_or_else(|| read_header(&compact, &policy.limits), |known| Ok(Arc::clone(known)))?;
    let algorithm = policy.admit(&known.header)?;
    trail.is_due = held.is_due(now);
    let kid = known.header.kid.as_deref();
    let found = held.keys(now).and_then(|keys| issuer::select(keys, kid, algorithm, &route.iss));
    let candidates = found.inspect_err(|error| trail.note_miss(*error, &held, &known))?;
    let (proof, key) =
        crypto::verify(&candidates, algorithm, policy.crypto, compact.signing_input(), compact.signature())?;
    let read = Signed { algorithm, header: known, payload: sealed.open(&proof), proof };
    let verified = read.check(policy, Some(&route.iss), now, sink, &mut |claims| keep(claims, candidates))?;
    crypto::accepted(key, algorithm, policy.crypto);
    if remembered.is_none() {
        held.headers().remember(&verified.header, &verified.payload, policy.limits.max_depth);
    }
    Ok(verified)
}

/// The algorithm of a refused token, if its header was admitted by the issuer that it was routed to. It is looked for when somebody
/// asks, so that accepted tokens leave no trace of it behind.
pub fn admitted(token: &[u8], issuers: &Issuers, issuer: Option<usize>) -> Option<Algorithm> {
    let policy = &issuers.list().get(issuer?)?.policy;
    let limits = issuers.limits();
    let compact = compact::split(token, &limits).ok()?;
    policy.admit(&read_header(&compact, &limits).ok()?.header).ok()
}

fn read_header(compact: &Compact<'_>, limits: &Limits) -> Result<Arc<Known>, Error> {
    Known::read(compact.header_text(), compact.header()?, limits.max_depth)
}

/// A token whose signature is good, and whose claims nobody has read.
struct Signed {
    algorithm: Algorithm,
    header: Arc<Known>,
    payload: Vec<u8>,
    proof: SignatureVerified,
}

impl Signed {
    /// Read the claims and check them. `iss` is the one that chose the keys.
    fn check<S: Sink>(
        self,
        policy: &Policy,
        iss: Option<&str>,
        now: f64,
        sink: &mut S,
        keep: &mut dyn FnMut(Registered<'_>),
    ) -> Result<Verified<S::Value>, Error> {
        let Self { algorithm, header, payload, proof } = self;
        let mut claims = Registered::default();
        let how = (policy.watch(), policy.limits.max_depth, header.likely.get());
        let value = claims::read(&payload, &proof, how, sink, &mut claims)?;
        policy.check(&claims, now)?;
        if iss.is_some_and(|iss| claims.iss.value().is_none_or(|claimed| *claimed != *iss)) {
            return Err(Code::IssMismatch.into());
        }
        let times = Times {
            exp: claims.exp.value().copied(),
            nbf: claims.nbf.value().copied(),
            iat: claims.iat.value().copied(),
        };
        keep(claims);
        Ok(Verified { algorithm, header, payload, times, value, places: OnceLock::new() })
    }
}
