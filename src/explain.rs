//! The steps of `verify` again, each by itself: every check with its result, for people. Trusts nothing, proves nothing.

use crate::alg::Algorithm;
use crate::claims::Registered;
use crate::compact::Compact;
use crate::error::Error;
use crate::header::Header;
use crate::json::Skip;
use crate::keys::{Candidates, KeySet};
use crate::policy::{CLAIM_CHECKS, Policy};
use crate::{claims, compact, crypto, header};

/// One check. `None` when an earlier failure left nothing to look at.
#[derive(Clone, Debug, PartialEq)]
pub struct Check {
    /// A step, or a claim.
    pub name: String,
    /// What came of it.
    pub result: Option<Result<(), Error>>,
}

/// Do every check that can be done.
pub fn explain(token: &[u8], keys: &KeySet, policy: &Policy, now: f64) -> Vec<Check> {
    let mut checks = Checks::default();
    let compact = checks.note("compact", Some(compact::split(token, &policy.limits)));
    let compact = compact.as_ref();
    let header = checks.note("header", compact.map(|compact| read_header(compact, policy)));
    let header = header.as_ref();
    let algorithm = checks.note("algorithm", header.map(|header| policy.admit_algorithm(header)));
    checks.note("crit", header.map(Policy::admit_extensions));
    checks.note("typ", header.map(|header| policy.admit_typ(header)));
    let selected = header.zip(algorithm).map(|(header, algorithm)| keys.select(header.kid.as_deref(), algorithm));
    let candidates = checks.note("key", selected);
    checks.note("signature", signature(compact, candidates.as_ref(), algorithm));
    explain_claims(&mut checks, compact, policy, now);
    checks.0
}

fn read_header(compact: &Compact<'_>, policy: &Policy) -> Result<Header, Error> {
    header::read(&compact.header()?, policy.limits.max_depth)
}

fn signature(
    compact: Option<&Compact<'_>>,
    candidates: Option<&Candidates<'_>>,
    algorithm: Option<Algorithm>,
) -> Option<Result<(), Error>> {
    let (compact, candidates, algorithm) = (compact?, candidates?, algorithm?);
    Some(
        crypto::verify(candidates, algorithm, crypto::Choice::Library, compact.signing_input(), compact.signature())
            .map(|_| ()),
    )
}

fn explain_claims(checks: &mut Checks, compact: Option<&Compact<'_>>, policy: &Policy, now: f64) {
    let payload = compact.and_then(|compact| compact.payload_unverified().ok());
    let claims = checks.note("claims", payload.as_deref().map(|payload| read_claims(payload, policy)));
    let nothing = Registered::default();
    for (name, result) in policy.required(claims.as_ref().unwrap_or(&nothing)) {
        checks.note(&format!("require {name}"), claims.as_ref().map(|_| result));
    }
    for (name, check) in CLAIM_CHECKS {
        checks.note(name, claims.as_ref().map(|claims| check(policy, claims, now)));
    }
}

fn read_claims<'p>(payload: &'p [u8], policy: &Policy) -> Result<Registered<'p>, Error> {
    let mut found = Registered::default();
    let how = (policy.watch(), policy.limits.max_depth);
    claims::read_unverified(payload, how, &mut Skip::<true>, &mut found).map(|()| found)
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
