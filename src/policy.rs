//! What the caller accepts, parsed once. `admit` looks at the header before any key is touched, `check` at the claims of a
//! token whose signature is good. Neither reads a clock: the time is an argument.

use crate::alg::{Algorithm, AlgorithmSet};
use crate::claims::Registered;
use crate::compact::Limits;
use crate::error::{Code, Error};
use crate::header::Header;
use crate::json::Member;

/// The registered names, in the order of `Policy::claim_name`.
pub const REGISTERED: [&str; 7] = ["iss", "sub", "aud", "exp", "nbf", "iat", "jti"];
pub(crate) const ISS: usize = 0;
const SUB: usize = 1;
const AUD: usize = 2;
const EXP: usize = 3;
const NBF: usize = 4;
const IAT: usize = 5;
const JTI: usize = 6;

/// The caller's options.
#[derive(Clone, Debug, Default)]
pub struct Policy {
    /// Accepted `alg` values.
    pub algorithms: AlgorithmSet,
    /// Accepted `iss` values; None: not checked.
    pub issuers: Option<Box<[Box<str>]>>,
    /// Accepted `aud` values; None: a token must not have one.
    pub audiences: Option<Box<[Box<str>]>>,
    /// The only accepted `sub`.
    pub subject: Option<Box<str>>,
    /// Forgiven clock difference in seconds.
    pub leeway: f64,
    /// Accepted `typ` values, as `normal_typ` writes them; an empty one stands for a token that says nothing of its type.
    pub typ: Option<Box<[Box<str>]>>,
    /// Seconds since `iat` at most.
    pub max_age: Option<f64>,
    /// Seconds from `iat` to `exp` at most.
    pub max_lifetime: Option<f64>,
    /// Claims that are not checked: bit `i` stands for `REGISTERED[i]`. Only the drop-in's options can say so.
    pub unchecked: u8,
    /// Sizes.
    pub limits: Limits,
    pub(crate) require: Vec<usize>,
    pub(crate) watch: Vec<Box<str>>,
}

/// One line of the list of claim checks.
pub type ClaimCheck = (&'static str, fn(&Policy, &Registered<'_>, f64) -> Result<(), Error>);

/// The checks after `require`, in their order (PyJWT's, then ours): as a list for `explain`; `check` calls them by name.
pub const CLAIM_CHECKS: [ClaimCheck; 9] = [
    ("iat", Policy::check_iat),
    ("nbf", Policy::check_nbf),
    ("exp", Policy::check_exp),
    ("iss", Policy::check_iss),
    ("aud", Policy::check_aud),
    ("sub", Policy::check_sub),
    ("jti", Policy::check_jti),
    ("max_age", Policy::check_age),
    ("max_lifetime", Policy::check_lifetime),
];

impl Policy {
    /// Require claims by name, and those that the other options need, each once. Call it when all else is set.
    pub fn require<'n>(&mut self, names: impl IntoIterator<Item = &'n str>) {
        for name in names {
            let index = self.claim_index(name);
            self.require_index(index);
        }
        if self.subject.is_some() {
            self.require_index(SUB);
        }
        if self.max_age.is_some() || self.max_lifetime.is_some() {
            self.require_index(IAT);
        }
        if self.max_lifetime.is_some() {
            self.require_index(EXP);
        }
    }

    fn claim_index(&mut self, name: &str) -> usize {
        let registered = REGISTERED.iter().position(|&registered| registered == name);
        let watched = || self.watch.iter().position(|watched| **watched == *name).map(|index| REGISTERED.len() + index);
        registered.or_else(watched).unwrap_or_else(|| {
            self.watch.push(name.into());
            REGISTERED.len() + self.watch.len() - 1
        })
    }

    fn require_index(&mut self, index: usize) {
        if !self.require.contains(&index) {
            self.require.push(index);
        }
    }

    /// Names beyond the registered ones whose presence `claims::read` must note.
    pub fn watch(&self) -> &[Box<str>] {
        &self.watch
    }

    /// The claim that an `Error::Missing` speaks of.
    pub fn claim_name(&self, index: usize) -> &str {
        let other = || self.watch.get(index.wrapping_sub(REGISTERED.len())).map_or("", |name| name);
        REGISTERED.get(index).copied().unwrap_or_else(other)
    }

    /// Is a token with this header one that the caller wants to see (RFC 8725 sections 3.1 and 3.11)?
    pub fn admit(&self, header: &Header) -> Result<Algorithm, Error> {
        let algorithm = self.admit_algorithm(header)?;
        Self::admit_extensions(header)?;
        self.admit_typ(header)?;
        Ok(algorithm)
    }

    /// The algorithm must be known and allowed.
    pub fn admit_algorithm(&self, header: &Header) -> Result<Algorithm, Error> {
        let algorithm = header.algorithm.ok_or(Code::AlgUnsupported)?;
        if self.algorithms.contains(algorithm) { Ok(algorithm) } else { Err(Code::AlgNotAllowed.into()) }
    }

    /// No extension is supported, so none may be critical (RFC 7515 section 4.1.11, RFC 7797 section 6).
    pub fn admit_extensions(header: &Header) -> Result<(), Error> {
        if header.extended { Err(Code::CritUnsupported.into()) } else { Ok(()) }
    }

    /// `typ` must be an expected one.
    pub fn admit_typ(&self, header: &Header) -> Result<(), Error> {
        let Some(accepted) = &self.typ else { return Ok(()) };
        let typ = header.typ.as_deref().map_or_else(Box::default, normal_typ);
        if accepted.contains(&typ) { Ok(()) } else { Err(Code::TypMismatch.into()) }
    }

    /// Check the claims against the caller's options and the time in seconds since the epoch.
    pub fn check(&self, claims: &Registered<'_>, now: f64) -> Result<(), Error> {
        if let Some(&missing) = self.require.iter().find(|&&index| !is_given(claims, index)) {
            return Err(Error::Missing(missing));
        }
        self.check_iat(claims, now)?;
        self.check_nbf(claims, now)?;
        self.check_exp(claims, now)?;
        self.check_iss(claims, now)?;
        self.check_aud(claims, now)?;
        self.check_sub(claims, now)?;
        self.check_jti(claims, now)?;
        self.check_age(claims, now)?;
        self.check_lifetime(claims, now)
    }

    /// The required claims, by name, with the error where one is missing.
    pub fn required<'a>(
        &'a self,
        claims: &'a Registered<'_>,
    ) -> impl Iterator<Item = (&'a str, Result<(), Error>)> + 'a {
        self.require.iter().map(|&index| {
            let result = if is_given(claims, index) { Ok(()) } else { Err(Error::Missing(index)) };
            (self.claim_name(index), result)
        })
    }

    fn is_unchecked(&self, index: usize) -> bool {
        self.unchecked & 1 << index != 0
    }

    fn check_iat(&self, claims: &Registered<'_>, now: f64) -> Result<(), Error> {
        if self.is_unchecked(IAT) {
            return Ok(());
        }
        let iat = time(&claims.iat, Code::IatInvalid)?;
        if iat.is_some_and(|iat| iat > now + self.leeway) { Err(Code::IatInFuture.into()) } else { Ok(()) }
    }

    fn check_nbf(&self, claims: &Registered<'_>, now: f64) -> Result<(), Error> {
        if self.is_unchecked(NBF) {
            return Ok(());
        }
        let nbf = time(&claims.nbf, Code::NbfInvalid)?;
        if nbf.is_some_and(|nbf| nbf > now + self.leeway) { Err(Code::NbfInFuture.into()) } else { Ok(()) }
    }

    /// Rounded down, and expired "on or after" (RFC 7519 section 4.1.4).
    fn check_exp(&self, claims: &Registered<'_>, now: f64) -> Result<(), Error> {
        if self.is_unchecked(EXP) {
            return Ok(());
        }
        let exp = time(&claims.exp, Code::ExpInvalid)?;
        if exp.is_some_and(|exp| exp.floor() <= now - self.leeway) { Err(Code::Expired.into()) } else { Ok(()) }
    }

    fn check_iss(&self, claims: &Registered<'_>, _now: f64) -> Result<(), Error> {
        if self.is_unchecked(ISS) {
            return Ok(());
        }
        let iss = typed(&claims.iss, Code::IssInvalid)?;
        let Some(accepted) = &self.issuers else { return Ok(()) };
        let iss = iss.ok_or(Error::Missing(ISS))?;
        if accepted.iter().any(|one| **one == **iss) { Ok(()) } else { Err(Code::IssMismatch.into()) }
    }

    fn check_aud(&self, claims: &Registered<'_>, _now: f64) -> Result<(), Error> {
        if self.is_unchecked(AUD) {
            return Ok(());
        }
        let aud = typed(&claims.aud, Code::AudInvalid)?;
        let Some(accepted) = &self.audiences else {
            return if aud.is_some() { Err(Code::AudUnexpected.into()) } else { Ok(()) };
        };
        let aud = aud.ok_or(Error::Missing(AUD))?;
        if accepted.iter().any(|one| aud.names(one)) { Ok(()) } else { Err(Code::AudMismatch.into()) }
    }

    fn check_sub(&self, claims: &Registered<'_>, _now: f64) -> Result<(), Error> {
        if self.is_unchecked(SUB) {
            return Ok(());
        }
        let sub = typed(&claims.sub, Code::SubInvalid)?;
        let Some(wanted) = &self.subject else { return Ok(()) };
        if sub.is_some_and(|sub| **sub == **wanted) { Ok(()) } else { Err(Code::SubMismatch.into()) }
    }

    fn check_jti(&self, claims: &Registered<'_>, _now: f64) -> Result<(), Error> {
        if self.is_unchecked(JTI) {
            return Ok(());
        }
        typed(&claims.jti, Code::JtiInvalid).map(|_| ())
    }

    fn check_age(&self, claims: &Registered<'_>, now: f64) -> Result<(), Error> {
        match (self.max_age, claims.iat.value()) {
            (Some(max_age), Some(iat)) if now - iat > max_age + self.leeway => Err(Code::TooOld.into()),
            _ => Ok(()),
        }
    }

    fn check_lifetime(&self, claims: &Registered<'_>, _now: f64) -> Result<(), Error> {
        match (self.max_lifetime, claims.exp.value(), claims.iat.value()) {
            (Some(max_lifetime), Some(exp), Some(iat)) if exp - iat > max_lifetime => Err(Code::LifetimeTooLong.into()),
            _ => Ok(()),
        }
    }
}

/// A `typ` as it is compared: ASCII lower case, without `application/` (RFC 7515 section 4.1.9).
pub fn normal_typ(typ: &str) -> Box<str> {
    let lower = typ.to_ascii_lowercase();
    lower.strip_prefix("application/").unwrap_or(&lower).into()
}

fn is_given(claims: &Registered<'_>, index: usize) -> bool {
    match index {
        ISS => claims.iss.is_given(),
        SUB => claims.sub.is_given(),
        AUD => claims.aud.is_given(),
        EXP => claims.exp.is_given(),
        NBF => claims.nbf.is_given(),
        IAT => claims.iat.is_given(),
        JTI => claims.jti.is_given(),
        other => claims.watched.get(other - REGISTERED.len()).copied().unwrap_or(false),
    }
}

/// A claim that is there must have its type: it is never taken for absent (CVE-2026-25537).
fn typed<T>(claim: &Member<T>, code: Code) -> Result<Option<&T>, Error> {
    match claim {
        Member::Absent => Ok(None),
        Member::Is(value) => Ok(Some(value)),
        Member::Null | Member::Invalid => Err(code.into()),
    }
}

fn time(claim: &Member<f64>, code: Code) -> Result<Option<f64>, Error> {
    typed(claim, code).map(Option::<&f64>::copied)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::claims::read_unverified;
    use crate::json::Skip;

    const NOW: f64 = 1_700_000_000.5;

    fn check(policy: &Policy, payload: &str) -> Option<&'static str> {
        let mut claims = Registered::default();
        let read = read_unverified(payload.as_bytes(), (policy.watch(), 8), &mut Skip::<true>, &mut claims);
        read.and_then(|()| policy.check(&claims, NOW)).err().map(|error| error.code().name())
    }

    fn names(names: &[&str]) -> Option<Box<[Box<str>]>> {
        Some(names.iter().map(|&name| name.into()).collect())
    }

    #[test]
    fn times() {
        let policy = Policy { leeway: 1.0, ..Policy::default() };
        for (payload, wanted) in [
            (r#"{}"#, None),
            (r#"{"exp":1700000000}"#, None),
            (r#"{"exp":1699999999.9}"#, Some("expired")),
            (r#"{"exp":1e30,"nbf":-1,"iat":0.5}"#, None),
            (r#"{"exp":null}"#, Some("exp_invalid")),
            (r#"{"exp":"1900000000"}"#, Some("exp_invalid")),
            (r#"{"exp":true}"#, Some("exp_invalid")),
            (r#"{"nbf":1700000001.5,"iat":1700000001.5}"#, None),
            (r#"{"nbf":1700000001.6}"#, Some("nbf_in_future")),
            (r#"{"iat":1700000001.6,"exp":0}"#, Some("iat_in_future")),
            (r#"{"iat":[1]}"#, Some("iat_invalid")),
            (r#"{"nbf":{}}"#, Some("nbf_invalid")),
        ] {
            assert_eq!(check(&policy, payload), wanted, "{payload}");
        }
        assert_eq!(check(&policy, &format!("{{\"exp\":1{}}}", "0".repeat(400))), Some("exp_invalid"));
    }

    #[test]
    fn the_list_and_the_calls_are_the_same_checks() {
        let policy = Policy { issuers: names(&["a"]), audiences: names(&["x"]), ..Policy::default() };
        for payload in [
            r#"{"iat":"","nbf":"","exp":"","iss":1,"aud":1,"sub":1,"jti":1}"#,
            r#"{"nbf":"","exp":"","iss":1,"aud":1,"sub":1,"jti":1}"#,
            r#"{"exp":"","iss":1,"aud":1,"sub":1,"jti":1}"#,
            r#"{"iss":1,"aud":1,"sub":1,"jti":1}"#,
            r#"{"iss":"a","aud":1,"sub":1,"jti":1}"#,
            r#"{"iss":"a","aud":"x","sub":1,"jti":1}"#,
            r#"{"iss":"a","aud":"x","jti":1}"#,
            r#"{"iss":"a","aud":"x"}"#,
        ] {
            let mut claims = Registered::default();
            read_unverified(payload.as_bytes(), (policy.watch(), 8), &mut Skip::<true>, &mut claims).unwrap();
            let listed = CLAIM_CHECKS.iter().try_for_each(|(_, check)| check(&policy, &claims, NOW));
            assert_eq!(policy.check(&claims, NOW), listed, "{payload}");
        }
    }

    #[test]
    fn names_of_parties() {
        let policy = Policy { issuers: names(&["a", "b"]), audiences: names(&["x"]), ..Policy::default() };
        for (payload, wanted) in [
            (r#"{"iss":"b","aud":"x"}"#, None),
            (r#"{"iss":"a","aud":["y","x"],"sub":"","jti":""}"#, None),
            (r#"{"aud":"x"}"#, Some("claim_missing")),
            (r#"{"iss":"a"}"#, Some("claim_missing")),
            (r#"{"iss":["a"],"aud":"x"}"#, Some("iss_invalid")),
            (r#"{"iss":"ab","aud":"x"}"#, Some("iss_mismatch")),
            (r#"{"iss":"a","aud":["x",1]}"#, Some("aud_invalid")),
            (r#"{"iss":"a","aud":null}"#, Some("aud_invalid")),
            (r#"{"iss":"a","aud":[]}"#, Some("aud_mismatch")),
            (r#"{"iss":"a","aud":"xy"}"#, Some("aud_mismatch")),
            (r#"{"iss":"a","aud":"x","sub":1}"#, Some("sub_invalid")),
            (r#"{"iss":"a","aud":"x","jti":1}"#, Some("jti_invalid")),
        ] {
            assert_eq!(check(&policy, payload), wanted, "{payload}");
        }
        for payload in [r#"{"aud":"x"}"#, r#"{"aud":[]}"#, r#"{"aud":""}"#] {
            assert_eq!(check(&Policy::default(), payload), Some("aud_unexpected"), "{payload}");
        }
    }

    #[test]
    fn required_claims_and_ages() {
        let mut policy =
            Policy { subject: Some("s".into()), max_age: Some(10.0), max_lifetime: Some(20.0), ..Policy::default() };
        policy.require(["tenant", "exp"]);
        for (payload, wanted) in [
            (r#"{"exp":1700000010,"iat":1699999995,"sub":"s","tenant":0}"#, None),
            (r#"{"exp":1700000010,"iat":1699999995,"sub":"s","tenant":null}"#, Some("claim_missing")),
            (r#"{"exp":1700000010,"iat":1699999995,"sub":"s"}"#, Some("claim_missing")),
            (r#"{"exp":1700000010,"iat":1699999995,"tenant":1}"#, Some("claim_missing")),
            (r#"{"exp":1700000010,"sub":"s","tenant":1}"#, Some("claim_missing")),
            (r#"{"exp":1700000010,"iat":1699999995,"sub":"t","tenant":1}"#, Some("sub_mismatch")),
            (r#"{"exp":1700000010,"iat":1699999990,"sub":"s","tenant":1}"#, Some("too_old")),
            (r#"{"exp":1700000016,"iat":1699999995,"sub":"s","tenant":1}"#, Some("lifetime_too_long")),
        ] {
            assert_eq!(check(&policy, payload), wanted, "{payload}");
        }
        let mut claims = Registered::default();
        read_unverified(b"{}", (policy.watch(), 8), &mut Skip::<true>, &mut claims).unwrap();
        let missing: Vec<_> =
            policy.required(&claims).filter(|(_, result)| result.is_err()).map(|(name, _)| name).collect();
        assert_eq!(missing, ["tenant", "exp", "sub", "iat"]);
    }
}
