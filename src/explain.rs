//! The steps of `verify` again, each by itself: every check with its result, for people. Trusts nothing, proves nothing.

use std::borrow::Cow;

use crate::alg::Algorithm;
use crate::claims::Registered;
use crate::compact::Compact;
use crate::error::Error;
use crate::issuer::Issuers;
use crate::json::Skip;
use crate::keys::Candidates;
use crate::policy::{CLAIM_CHECKS, Policy};
use crate::{claims, compact, crypto, header, issuer};

/// One check. `None` when an earlier failure left nothing to look at.
#[derive(Clone, Debug, PartialEq)]
pub struct Check {
    /// A step, or a claim.
    pub name: String,
    /// What came of it.
    pub result: Option<Result<(), Error>>,
}

/// Do every check that can be done, and say which issuer's they are.
pub fn explain(token: &[u8], issuers: &Issuers, now: f64) -> (Vec<Check>, Option<usize>) {
    let mut checks = Checks::default();
    let max_depth = issuers.limits().max_depth;
    let compact = checks.note("compact", Some(compact::split(token, &issuers.limits())));
    let compact = compact.as_ref();
    let whose = whose(&mut checks, compact, issuers);
    let header = checks.note("header", compact.map(|compact| header::read(&compact.header()?, max_depth)));
    let header = header.as_ref();
    let policy = whose.as_ref().map(|whose| &whose.issuer.policy);
    let told = header.zip(policy);
    let algorithm = checks.note("algorithm", told.map(|(header, policy)| policy.admit_algorithm(header)));
    checks.note("crit", header.map(Policy::admit_extensions));
    checks.note("typ", told.map(|(header, policy)| policy.admit_typ(header)));
    let held = whose.as_ref().map(|whose| whose.issuer.slot.load());
    let selected =
        header.zip(algorithm).zip(whose.as_ref().zip(held.as_deref())).map(|((header, algorithm), (whose, held))| {
            let (keys, kid) = (held.keys(now)?, header.kid.as_deref());
            match &whose.iss {
                Some(iss) => issuer::select(keys, kid, algorithm, iss),
                None => keys.select(kid, algorithm),
            }
        });
    let candidates = checks.note("key", selected);
    checks.note("signature", signature(compact, candidates.as_ref(), algorithm));
    explain_claims(&mut checks, compact, policy, max_depth, now);
    (checks.0, whose.map(|whose| whose.index))
}

/// The issuer whose policy and keys count; its `iss` where that was a choice.
struct Whose<'i> {
    index: usize,
    issuer: &'i issuer::Issuer,
    iss: Option<Cow<'i, str>>,
}

fn whose<'i>(checks: &mut Checks, compact: Option<&Compact<'_>>, issuers: &'i Issuers) -> Option<Whose<'i>> {
    if let Some(issuer) = issuers.without_choice() {
        return Some(Whose { index: 0, issuer, iss: None });
    }
    let payload = compact.and_then(|compact| compact.payload_unverified().ok());
    let route = checks.note("issuer", payload.map(|payload| issuers.route(&payload)))?;
    Some(Whose { index: route.index, issuer: route.issuer, iss: Some(route.iss) })
}

fn signature(
    compact: Option<&Compact<'_>>,
    candidates: Option<&Candidates<'_>>,
    algorithm: Option<Algorithm>,
) -> Option<Result<(), Error>> {
    let (compact, candidates, algorithm) = (compact?, candidates?, algorithm?);
    Some(crypto::verify(candidates, algorithm, compact.signing_input(), compact.signature()).map(|_| ()))
}

fn explain_claims(
    checks: &mut Checks,
    compact: Option<&Compact<'_>>,
    policy: Option<&Policy>,
    max_depth: usize,
    now: f64,
) {
    let payload = compact.and_then(|compact| compact.payload_unverified().ok());
    let watch = policy.map_or(&[][..], Policy::watch);
    let claims = checks.note("claims", payload.as_deref().map(|payload| read_claims(payload, watch, max_depth)));
    let nothing = Registered::default();
    for (name, result) in policy.iter().flat_map(|policy| policy.required(claims.as_ref().unwrap_or(&nothing))) {
        checks.note(&format!("require {name}"), claims.as_ref().map(|_| result));
    }
    for (name, check) in CLAIM_CHECKS {
        checks.note(name, claims.as_ref().zip(policy).map(|(claims, policy)| check(policy, claims, now)));
    }
}

fn read_claims<'p>(payload: &'p [u8], watch: &[Box<str>], max_depth: usize) -> Result<Registered<'p>, Error> {
    let mut found = Registered::default();
    claims::read_unverified(payload, (watch, max_depth), &mut Skip::<true>, &mut found).map(|()| found)
}

#[derive(Default)]
struct Checks(Vec<Check>);

impl Checks {
    /// Write a result down and hand on what it yielded.
    fn note<T>(&mut self, name: &str, result: Option<Result<T, Error>>) -> Option<T> {
        let (outcome, value) = match result {
            None => (None, None),
            Some(Ok(value)) => (Some(Ok(())), Some(value)),
            Some(Err(error)) => (Some(Err(error)), None),
        };
        self.0.push(Check { name: name.to_owned(), result: outcome });
        value
    }
}
