//! The compact serialisation (RFC 7515 section 3.1): bytes in, the three segments out. Looks at form and size only, and
//! gives out the payload only against the proof that its signature was verified.

use crate::base64url;
use crate::crypto::SignatureVerified;
use crate::error::{Code, Error};

/// How much of a token is looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Longest token, in bytes.
    pub max_token_bytes: usize,
    /// Longest header segment, in bytes.
    pub max_header_bytes: usize,
    /// Deepest nesting of header and payload.
    pub max_depth: usize,
    /// Accept segments with their correct padding, as AWS ALB sends them.
    pub allow_padding: bool,
}

impl Default for Limits {
    fn default() -> Self {
        Self { max_token_bytes: 262_144, max_header_bytes: 16_384, max_depth: 128, allow_padding: false }
    }
}

/// A token of good form. Its segments are canonical base64url, without padding.
#[derive(Clone, Debug)]
pub struct Compact<'t> {
    signing_input: &'t [u8],
    header: &'t [u8],
    payload: &'t [u8],
    signature: base64url::Short,
}

/// The decoded payload of a token whose signature nobody has looked at.
#[derive(Clone, Debug)]
pub struct Sealed(Vec<u8>);

impl Sealed {
    /// What whoever sent the token wrote.
    pub fn unverified(&self) -> &[u8] {
        &self.0
    }

    /// The payload of a token whose signature is good.
    pub fn open(self, _proof: &SignatureVerified) -> Vec<u8> {
        self.0
    }
}

/// Take a token apart.
pub fn split<'t>(token: &'t [u8], limits: &Limits) -> Result<Compact<'t>, Error> {
    let form = |payload: &[u8]| base64url::is_canonical(payload).then_some(());
    split_and(token, limits, |_| false, form).map(|(compact, ())| compact)
}

/// The same, with the payload, which is decoded in place of a look at its form. `seen` may vouch for the form of the header's
/// text, by having seen exactly this text before.
pub fn split_sealed<'t>(
    token: &'t [u8],
    limits: &Limits,
    seen: impl FnOnce(&[u8]) -> bool,
) -> Result<(Compact<'t>, Sealed), Error> {
    split_and(token, limits, seen, |payload| base64url::decode(payload).map(Sealed))
}

fn split_and<'t, P>(
    token: &'t [u8],
    limits: &Limits,
    seen: impl FnOnce(&[u8]) -> bool,
    payload_form: impl FnOnce(&[u8]) -> Option<P>,
) -> Result<(Compact<'t>, P), Error> {
    if token.len() > limits.max_token_bytes {
        return Err(Error::Limit(Code::TokenTooLarge, limits.max_token_bytes));
    }
    let dots = (memchr::memchr(b'.', token), memchr::memrchr(b'.', token));
    let (Some(first), Some(last)) = dots else { return Err(Code::SegmentCount.into()) };
    let (signing_input, signature) = (token.get(..last), token.get(last + 1..));
    let (header, payload) = (token.get(..first), token.get(first + 1..last));
    let (Some(signing_input), Some(header), Some(payload), Some(signature)) =
        (signing_input, header, payload, signature)
    else {
        return Err(Code::SegmentCount.into());
    };
    // A third dot stands in the payload, whose form is then wrong: only a refused token has to be searched for it.
    check_form(signing_input, [header, payload, signature], limits, seen, payload_form).map_err(|error| {
        match memchr::memchr(b'.', payload) {
            Some(_) => Code::SegmentCount.into(),
            None => error,
        }
    })
}

/// Decoding the signature is its check; the others are only looked at.
fn check_form<'t, P>(
    signing_input: &'t [u8],
    [header, payload, signature]: [&'t [u8]; 3],
    limits: &Limits,
    seen: impl FnOnce(&[u8]) -> bool,
    payload_form: impl FnOnce(&[u8]) -> Option<P>,
) -> Result<(Compact<'t>, P), Error> {
    if header.len() > limits.max_header_bytes {
        return Err(Error::Limit(Code::HeaderTooLarge, limits.max_header_bytes));
    }
    let [header, payload, signature] = [header, payload, signature].map(|text| unpadded(text, limits.allow_padding));
    if !seen(header) && !base64url::is_canonical(header) {
        return Err(Code::HeaderBase64.into());
    }
    let formed = payload_form(payload).ok_or(Code::PayloadBase64)?;
    let signature = base64url::decode_short(signature).ok_or(Code::SignatureBase64)?;
    Ok((Compact { signing_input, header, payload, signature }, formed))
}

/// The segment without its padding, where that is allowed. Two characters need two `=`, three need one: anything else then
/// has the wrong length, or an inner `=`.
fn unpadded(text: &[u8], allow_padding: bool) -> &[u8] {
    if !allow_padding || !text.len().is_multiple_of(4) {
        return text;
    }
    text.strip_suffix(b"==").or_else(|| text.strip_suffix(b"=")).unwrap_or(text)
}

impl<'t> Compact<'t> {
    /// What the signature covers, as sent (RFC 7515 section 5.2).
    pub fn signing_input(&self) -> &'t [u8] {
        self.signing_input
    }

    /// The header as sent, without padding.
    pub fn header_text(&self) -> &'t [u8] {
        self.header
    }

    /// The decoded header.
    pub fn header(&self) -> Result<Vec<u8>, Error> {
        base64url::decode(self.header).ok_or(Code::HeaderBase64.into())
    }

    /// The decoded signature.
    pub fn signature(&self) -> &[u8] {
        &self.signature
    }

    /// The decoded payload of a token whose signature is good.
    pub fn payload(&self, _proof: &SignatureVerified) -> Result<Vec<u8>, Error> {
        self.payload_unverified()
    }

    /// The decoded payload, whoever wrote it.
    pub fn payload_unverified(&self) -> Result<Vec<u8>, Error> {
        base64url::decode(self.payload).ok_or(Code::PayloadBase64.into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn code(token: &str, limits: &Limits) -> Option<Code> {
        split(token.as_bytes(), limits).err().map(Error::code)
    }

    #[test]
    fn exactly_two_dots() {
        let limits = Limits::default();
        assert_eq!(code("AA.AA.AA", &limits), None);
        assert_eq!(code("..", &limits), None);
        for token in
            ["", ".", ".AA", "AA.", "A.A.A.A", "+.AA.AA.AA", "AA", "AA.AA", "...", "AA.AA.AA.AA", "AA.AA.AA.AA.AA"]
        {
            assert_eq!(code(token, &limits), Some(Code::SegmentCount), "{token}");
        }
    }

    #[test]
    fn sizes_come_first() {
        let limits = Limits { max_token_bytes: 8, max_header_bytes: 2, ..Limits::default() };
        assert_eq!(code("AA.AA.AA", &limits), None);
        assert_eq!(code("AA.AA.AAA", &limits), Some(Code::TokenTooLarge));
        assert_eq!(code("AAA.AA.A", &limits), Some(Code::HeaderTooLarge));
    }

    #[test]
    fn padding_only_where_it_is_allowed_and_right() {
        let strict = Limits::default();
        let lax = Limits { allow_padding: true, ..strict };
        for segment in ["AA==", "AAA=", "AAAA", "AA", "AAA", ""] {
            assert_eq!(code(&format!("AAAA.AAAA.{segment}"), &lax), None, "{segment}");
        }
        for segment in
            ["AA=", "AAA==", "AAAA=", "AAAA==", "AAAA====", "A===", "=", "==", "====", "AB==", "AA=A", "=AAA", "A=A="]
        {
            assert_eq!(code(&format!("AAAA.AAAA.{segment}"), &lax), Some(Code::SignatureBase64), "{segment}");
        }
        assert_eq!(code("AA==.AAAA.AAAA", &strict), Some(Code::HeaderBase64));
    }

    #[test]
    fn the_signature_covers_the_text_as_sent() {
        let lax = Limits { allow_padding: true, ..Limits::default() };
        let compact = split(b"AA==.AAA=.AAAA", &lax).ok();
        assert_eq!(compact.map(|compact| compact.signing_input()), Some(&b"AA==.AAA="[..]));
    }
}
