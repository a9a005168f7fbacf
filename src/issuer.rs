//! Many issuers, each with its own policy and keys: the payload of a token that nobody verified yet in, the one issuer out
//! that may have made it. A token's `iss` chooses among those that are configured, and is compared again once the signature
//! is good; keys of different issuers never meet.

use std::borrow::Cow;
use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use crate::alg::Algorithm;
use crate::compact::Limits;
use crate::error::{Code, Error};
use crate::header::Known;
use crate::json::{Reader, plain_length};
use crate::keys::{Candidates, Held, KeySet, Slot};
use crate::policy::Policy;

/// Longest text that stands in a template's placeholder, in bytes.
const LONGEST_SEGMENT: usize = 128;

/// What stands in the place of the tenant in the `issuer` of a JWK of Microsoft Entra.
const TENANT: &str = "{tenantid}";

/// Longest spelling of one byte of a JSON string.
const LONGEST_ESCAPE: usize = 6;

/// What is accepted of one issuer, and its keys.
#[derive(Debug)]
pub struct Issuer {
    /// What its tokens must be like. Its `issuers` is the one name, or None for a template.
    pub policy: Policy,
    /// Its keys.
    pub slot: Arc<Slot>,
}

/// Which `iss` an issuer writes.
#[derive(Clone, Debug)]
pub enum Name {
    /// This.
    Exact(Box<str>),
    /// One for each tenant.
    Template(Template),
}

/// An `iss` with one path segment left open.
#[derive(Clone, Debug)]
pub struct Template {
    before: Box<str>,
    after: Box<str>,
    /// The tenants that are accepted; None: the owner asks about them himself, once the signature is good.
    tenants: Option<HashSet<Box<str>>>,
}

impl Template {
    /// From what stands before and after the open segment.
    pub fn new(before: &str, after: &str, tenants: Option<HashSet<Box<str>>>) -> Self {
        Self { before: before.into(), after: after.into(), tenants }
    }

    fn admits(&self, iss: &str) -> bool {
        let tenant = segment(&self.before, &self.after, iss);
        tenant.is_some_and(|tenant| self.tenants.as_ref().is_none_or(|tenants| tenants.contains(tenant)))
    }
}

/// What `iss` has between two texts, if that is one plain path segment.
fn segment<'a>(before: &str, after: &str, iss: &'a str) -> Option<&'a str> {
    let tenant = iss.strip_prefix(before)?.strip_suffix(after)?;
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.');
    let starts_well = tenant.bytes().next().is_some_and(|first| first.is_ascii_alphanumeric());
    (starts_well && tenant.len() <= LONGEST_SEGMENT && tenant.bytes().all(plain)).then_some(tenant)
}

/// Is a key whose JWK says `own` meant for tokens of `iss`?
fn speaks_for(own: &str, iss: &str) -> bool {
    own == iss || own.split_once(TENANT).is_some_and(|(before, after)| segment(before, after, iss).is_some())
}

/// The keys to try on a token of `iss`: `key_unknown` where the JWK itself names another issuer.
pub fn select<'k>(
    keys: &'k KeySet,
    kid: Option<&str>,
    algorithm: Algorithm,
    iss: &str,
) -> Result<Candidates<'k>, Error> {
    let candidates = keys.select(kid, algorithm)?;
    if candidates.iter().all(|key| key.issuer().is_none_or(|own| speaks_for(own, iss))) {
        Ok(candidates)
    } else {
        Err(Code::KeyUnknown.into())
    }
}

/// The issuers of a verifier: one whose name is no matter of choice, or any number that are told apart by `iss`.
#[derive(Debug)]
pub struct Issuers {
    list: Vec<Issuer>,
    routes: Option<Routes>,
}

#[derive(Debug)]
struct Routes {
    names: HashMap<Box<[u8]>, usize>,
    templates: Vec<(Template, usize)>,
    /// No text in a token that is longer than this can be an accepted `iss`.
    longest: usize,
    limits: Limits,
}

/// What `issuer.route` found.
#[derive(Debug)]
pub struct Route<'i> {
    /// Place in the list.
    pub index: usize,
    /// The issuer.
    pub issuer: &'i Issuer,
    /// The token's `iss`.
    pub iss: Cow<'i, str>,
}

/// What became known on a token's way through the engine, whether it was accepted or not.
#[derive(Clone, Debug, Default)]
pub struct Trail {
    /// The issuer that it was routed to, by its place in the list.
    pub issuer: Option<usize>,
    /// The source of the issuer's keys wants to hear of the time.
    pub is_due: bool,
    /// No key was found: the token's header, which says for which one to ask.
    pub missed: Option<Arc<Known>>,
    /// The cache of tokens answered for the signature.
    pub is_hit: bool,
}

impl Trail {
    /// Remember for which key to ask: one that is not there, not one that does not fit.
    pub fn note_miss(&mut self, error: Error, held: &Held, header: &Arc<Known>) {
        let has = |kid: &str| held.loaded().is_some_and(|keys| keys.get(kid).is_some());
        let is_miss = match error.code() {
            Code::KeysUnavailable => true,
            Code::KeyUnknown => !header.header.kid.as_deref().is_some_and(has),
            _ => false,
        };
        self.missed = is_miss.then(|| Arc::clone(header));
    }
}

impl Issuers {
    /// One issuer for all tokens.
    pub fn lone(issuer: Issuer) -> Self {
        Self { list: vec![issuer], routes: None }
    }

    /// Issuers by name. None when two have the same one. Their tokens are taken apart within `limits`.
    pub fn named(issuers: Vec<(Name, Issuer)>, limits: Limits) -> Option<Self> {
        let mut routes =
            Routes { names: HashMap::with_capacity(issuers.len()), templates: Vec::new(), longest: 0, limits };
        let mut list = Vec::with_capacity(issuers.len());
        for (name, issuer) in issuers {
            let length = match name {
                Name::Exact(name) => {
                    let length = name.len();
                    if routes.names.insert(name.into_boxed_bytes(), list.len()).is_some() {
                        return None;
                    }
                    length
                }
                Name::Template(template) => {
                    let length = template.before.len() + LONGEST_SEGMENT + template.after.len();
                    let same = |(other, _): &(Template, usize)| {
                        other.before == template.before && other.after == template.after
                    };
                    if routes.templates.iter().any(same) {
                        return None;
                    }
                    routes.templates.push((template, list.len()));
                    length
                }
            };
            routes.longest = routes.longest.max(length);
            list.push(issuer);
        }
        Some(Self { list, routes: Some(routes) })
    }

    /// All of them, in the order in which they were given.
    pub fn list(&self) -> &[Issuer] {
        &self.list
    }

    /// The one issuer of all tokens, if there is no choice.
    #[inline]
    pub fn without_choice(&self) -> Option<&Issuer> {
        match &self.routes {
            None => self.list.first(),
            Some(_) => None,
        }
    }

    /// How much of a token is looked at.
    pub fn limits(&self) -> Limits {
        let lone = || self.list.first().map_or_else(Limits::default, |issuer| issuer.policy.limits);
        self.routes.as_ref().map_or_else(lone, |routes| routes.limits)
    }

    /// Choose by the payload of a token that nobody verified: `claim_missing`, `iss_invalid`, `issuer_unknown`. One pass up to the
    /// first `iss`; nothing is kept or parsed beside it.
    pub fn route(&self, payload: &[u8]) -> Result<Route<'_>, Error> {
        let unknown = Error::from(Code::IssuerUnknown);
        let routes = self.routes.as_ref().ok_or(unknown)?;
        let quoted = match find_iss(payload) {
            Found::Nothing => return Err(Error::Missing(crate::policy::ISS)),
            Found::NoString => return Err(Code::IssInvalid.into()),
            Found::String(quoted) => quoted,
        };
        let raw = inside(quoted);
        if raw.len() > routes.longest.saturating_mul(LONGEST_ESCAPE) {
            return Err(unknown);
        }
        let iss = if raw.contains(&b'\\') { unescaped(quoted).ok_or(unknown)? } else { Cow::Borrowed(raw) };
        self.named_route(routes, &iss).ok_or(unknown)
    }

    fn named_route(&self, routes: &Routes, iss: &[u8]) -> Option<Route<'_>> {
        if let Some(&index) = routes.names.get(iss) {
            let issuer = self.list.get(index)?;
            let name = issuer.policy.issuers.as_ref()?.first()?;
            return Some(Route { index, issuer, iss: Cow::Borrowed(name) });
        }
        if routes.templates.is_empty() {
            return None;
        }
        let iss = std::str::from_utf8(iss).ok()?;
        let (_, index) = routes.templates.iter().find(|(template, _)| template.admits(iss))?;
        Some(Route { index: *index, issuer: self.list.get(*index)?, iss: Cow::Owned(iss.to_owned()) })
    }
}

enum Found<'p> {
    Nothing,
    NoString,
    /// With its quotes.
    String(&'p [u8]),
}

/// The first member `iss` of the outermost object. Only strings and brackets are looked at, whether or not the text is JSON:
/// what it says is believed when the signature is good and all of it was read.
fn find_iss(payload: &[u8]) -> Found<'_> {
    let (mut at, mut depth) = (0, 0_usize);
    while let Some(&byte) = payload.get(at) {
        match byte {
            b'"' => {
                let Some(text) = string_at(payload, at) else { break };
                at += text.len();
                if depth == 1 {
                    let colon = past_space(payload, at);
                    if payload.get(colon) == Some(&b':') {
                        at = colon + 1;
                        if is_iss(text) {
                            let value = past_space(payload, at);
                            return string_at(payload, value).map_or(Found::NoString, Found::String);
                        }
                    }
                }
                continue;
            }
            b'{' | b'[' => depth += 1,
            b'}' | b']' if depth <= 1 => break,
            b'}' | b']' => depth -= 1,
            _ => {}
        }
        at += 1;
    }
    Found::Nothing
}

fn past_space(payload: &[u8], mut at: usize) -> usize {
    while let Some(b' ' | b'\t' | b'\n' | b'\r') = payload.get(at) {
        at += 1;
    }
    at
}

/// The string that begins here, with its quotes; None when none does, or it has no end.
fn string_at(payload: &[u8], start: usize) -> Option<&[u8]> {
    if payload.get(start) != Some(&b'"') {
        return None;
    }
    let mut at = start + 1;
    loop {
        at += plain_length(payload.get(at..)?);
        at += match payload.get(at)? {
            b'"' => return payload.get(start..=at),
            b'\\' => 2,
            // A control character, of which only the reader makes an error.
            _ => 1,
        };
    }
}

fn inside(quoted: &[u8]) -> &[u8] {
    quoted.get(1..quoted.len().saturating_sub(1)).unwrap_or_default()
}

fn is_iss(quoted: &[u8]) -> bool {
    let raw = inside(quoted);
    raw == b"iss"
        || (raw.len() <= 3 * LONGEST_ESCAPE
            && raw.contains(&b'\\')
            && unescaped(quoted).is_some_and(|name| *name == *b"iss"))
}

fn unescaped(quoted: &[u8]) -> Option<Cow<'_, [u8]>> {
    let text = Reader::new(quoted, 1).and_then(|mut reader| reader.string()).ok()?;
    Some(match text {
        Cow::Borrowed(text) => Cow::Borrowed(text.as_bytes()),
        Cow::Owned(text) => Cow::Owned(text.into_bytes()),
    })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn issuers(names: &[&str]) -> Issuers {
        let issuer = |name: &&str| {
            let policy = Policy { issuers: Some(Box::new([Box::from(*name)])), ..Policy::default() };
            (Name::Exact(Box::from(*name)), Issuer { policy, slot: Arc::new(Slot::new(None).unwrap()) })
        };
        Issuers::named(names.iter().map(issuer).collect(), Limits::default()).unwrap()
    }

    fn route(payload: &str) -> Result<usize, Code> {
        issuers(&["a", "https://b/x", "\u{e9}"]).route(payload.as_bytes()).map(|route| route.index).map_err(Error::code)
    }

    #[test]
    fn the_first_iss_of_the_outermost_object_chooses() {
        for (payload, wanted) in [
            (r#"{"iss":"a"}"#, Ok(0)),
            (r#" { "x" : [ { "iss" : "https://b/x" } , "iss" ] , "iss" : "a" } "#, Ok(0)),
            (r#"{"iss":"https:\/\/b\/x"}"#, Ok(1)),
            (r#"{"\u0069ss":"\u0061"}"#, Ok(0)),
            (r#"{"iss":"\u00e9"}"#, Ok(2)),
            (r#"{"iss":"é"}"#, Ok(2)),
            (r#"{"a\"iss\":":"\\","iss":"a"}"#, Ok(0)),
            (r#"{"iss":"a","iss":"b"}"#, Ok(0)),
            (r#"{"iss":"a""#, Ok(0)),
            (r#"{"iss":"A"}"#, Err(Code::IssuerUnknown)),
            (r#"{"iss":"a "}"#, Err(Code::IssuerUnknown)),
            (r#"{"iss":""}"#, Err(Code::IssuerUnknown)),
            (r#"{"iss":"\ud800"}"#, Err(Code::IssuerUnknown)),
            (r#"{"iss":"\x61"}"#, Err(Code::IssuerUnknown)),
            (r#"{"iss":["a"]}"#, Err(Code::IssInvalid)),
            (r#"{"iss":null,"iss":"a"}"#, Err(Code::IssInvalid)),
            (r#"{"iss":"a"#, Err(Code::IssInvalid)),
            (r#"{"iss":"#, Err(Code::IssInvalid)),
            (r#"{"x":{"iss":"a"}}"#, Err(Code::ClaimMissing)),
            (r#"{"x":"iss","Iss":"a"}"#, Err(Code::ClaimMissing)),
            (r#"{}"iss":"a""#, Err(Code::ClaimMissing)),
            (r#"{"x":"\"#, Err(Code::ClaimMissing)),
            (r#"}{"iss":"a"}"#, Err(Code::ClaimMissing)),
            (r#""iss":"a""#, Err(Code::ClaimMissing)),
            ("", Err(Code::ClaimMissing)),
        ] {
            assert_eq!(route(payload), wanted, "{payload}");
        }
    }

    #[test]
    fn a_long_name_is_not_looked_at() {
        let long = format!(r#"{{"iss":"{}"}}"#, "\\u0061".repeat(100_000));
        assert_eq!(route(&long), Err(Code::IssuerUnknown));
    }

    #[test]
    fn templates_take_one_plain_segment() {
        let template = |tenants: Option<&[&str]>| {
            let tenants = tenants.map(|tenants| tenants.iter().map(|&tenant| tenant.into()).collect());
            Template::new("https://l/", "/v2.0", tenants)
        };
        let open = template(None);
        assert!(open.admits("https://l/72f9-88bf_x.com/v2.0"));
        for iss in
            ["https://l//v2.0", "https://l/v2.0", "https://l/a/b/v2.0", "https://l/../v2.0", "https://l/a/v2.0/", "/a"]
        {
            assert!(!open.admits(iss), "{iss}");
        }
        for odd in ["%61", "a b", "\u{e9}", "-a", ".", "a?", "a#", "a\\b", &"a".repeat(129)] {
            assert!(!open.admits(&format!("https://l/{odd}/v2.0")), "{odd}");
        }
        let closed = template(Some(&["a"]));
        assert!(closed.admits("https://l/a/v2.0") && !closed.admits("https://l/b/v2.0"));
    }

    #[test]
    fn a_keys_own_issuer() {
        assert!(speaks_for("https://l/a/v2.0", "https://l/a/v2.0"));
        assert!(speaks_for("https://l/{tenantid}/v2.0", "https://l/a/v2.0"));
        for own in ["https://l/b/v2.0", "https://l/{tenantid}/v1.0", "https://l/{tenant}/v2.0", "{tenantid}", ""] {
            assert!(!speaks_for(own, "https://l/a/v2.0"), "{own}");
        }
    }
}
