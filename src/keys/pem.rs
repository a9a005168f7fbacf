//! PEM (RFC 7468): text in, the parts of its first key out, and back. Text around the block and any line length are
//! accepted; the base64 inside must be canonical.

use memchr::memmem;
use pem_rfc7468::LineEnding;
use zeroize::Zeroizing;

use super::material::{Hidden, Parts};
use super::{der, openssh, pbes2};
use crate::error::{Code, Error};

const BEGIN: &[u8] = b"-----BEGIN ";
const DASHES: &[u8] = b"-----";
const LINE_WIDTH: usize = 64;

/// The blocks that hold a key.
#[derive(Clone, Copy)]
enum Label {
    PublicKey,
    RsaPublicKey,
    PrivateKey,
    EncryptedPrivateKey,
    RsaPrivateKey,
    EcPrivateKey,
    Certificate,
}

impl Label {
    fn from_name(name: &[u8]) -> Option<Self> {
        Some(match name {
            b"PUBLIC KEY" => Self::PublicKey,
            b"RSA PUBLIC KEY" => Self::RsaPublicKey,
            b"PRIVATE KEY" => Self::PrivateKey,
            b"ENCRYPTED PRIVATE KEY" => Self::EncryptedPrivateKey,
            b"RSA PRIVATE KEY" => Self::RsaPrivateKey,
            b"EC PRIVATE KEY" => Self::EcPrivateKey,
            b"CERTIFICATE" => Self::Certificate,
            _ => return None,
        })
    }

    fn parse(self, der: &[u8], password: Option<&[u8]>) -> Result<Parts, Error> {
        match self {
            Self::PublicKey => der::parse_spki(der),
            Self::RsaPublicKey => der::parse_rsa_public(der),
            Self::PrivateKey => der::parse_pkcs8(der),
            Self::EncryptedPrivateKey => der::parse_pkcs8(&pbes2::decrypt(der, password)?),
            Self::RsaPrivateKey => der::parse_rsa_private(der),
            Self::EcPrivateKey => der::parse_sec1(der),
            Self::Certificate => der::parse_certificate(der),
        }
    }
}

/// Is there the beginning of any PEM block?
pub fn is_pem(text: &[u8]) -> bool {
    memmem::find(text, BEGIN).is_some()
}

/// Read the first block with a label that we know, or else an OpenSSH public key line. Other blocks only: `key_unsupported`;
/// none: `key_malformed`.
pub fn parse(text: &[u8], password: Option<&[u8]>) -> Result<Parts, Error> {
    if !is_pem(text) {
        return openssh::parse(text);
    }
    let mut code = Code::KeyMalformed;
    for begin in memmem::find_iter(text, BEGIN) {
        let Some((name, rest)) = text.get(begin + BEGIN.len()..).and_then(split_label) else { continue };
        if let Some(label) = Label::from_name(name) {
            return label.parse(&decode(name, rest)?, password);
        }
        if name != b"EC PARAMETERS" {
            code = Code::KeyUnsupported;
        }
    }
    Err(code.into())
}

/// The label up to its dashes, and what follows. A label does not span lines.
fn split_label(text: &[u8]) -> Option<(&[u8], &[u8])> {
    let end = memmem::find(text, DASHES)?;
    let (name, rest) = (text.get(..end)?, text.get(end + DASHES.len()..)?);
    (!name.contains(&b'\n')).then_some((name, rest))
}

/// Decode the block that `text` begins with. Rewritten in lines of one length first, since the decoder takes no others; it
/// works in constant time.
fn decode(name: &[u8], text: &[u8]) -> Result<Hidden, Error> {
    let malformed = || Error::from(Code::KeyMalformed);
    let end = [b"-----END ", name, DASHES].concat();
    let body = memmem::find(text, &end).and_then(|end| text.get(..end)).ok_or_else(malformed)?;
    if memmem::find(body, b"Proc-Type:").is_some() {
        // Encryption as OpenSSL did it before PKCS#8: MD5 for a key derivation, no authentication.
        return Err(Code::KeyUnsupported.into());
    }
    let base64 = body.iter().copied().filter(|byte| !b" \t\r\n".contains(byte));
    let base64 = Zeroizing::new(base64.collect::<Vec<u8>>());
    let mut pem = Hidden::new(Vec::with_capacity(body.len() * 2 + 256));
    for part in [BEGIN, name, DASHES, b"\n"] {
        pem.extend_from_slice(part);
    }
    for line in base64.chunks(LINE_WIDTH) {
        pem.extend_from_slice(line);
        pem.push(b'\n');
    }
    pem.extend_from_slice(&end);
    pem_rfc7468::decode_vec(&pem).map(|(_, der)| Hidden::new(der)).map_err(|_| malformed())
}

/// Write `PUBLIC KEY` or `PRIVATE KEY`.
pub fn write(der: &[u8], private: bool) -> Result<Zeroizing<String>, Error> {
    let label = if private { "PRIVATE KEY" } else { "PUBLIC KEY" };
    let text = pem_rfc7468::encode_string(label, LineEnding::LF, der).map_err(|_| Code::KeyInvalid)?;
    Ok(Zeroizing::new(text))
}
