//! One OpenSSH public key line (RFC 4253 section 6.6, RFC 5656 section 3.1, RFC 8709): bytes in, parts of a key out. The
//! comment is not looked at.

use ssh_key::PublicKey;
use ssh_key::public::{EcdsaPublicKey, KeyData};

use super::material::{Parts, RsaPublic};
use super::numbers;
use crate::alg::Curve;
use crate::error::{Code, Error};

const KNOWN: [&[u8]; 5] =
    [b"ssh-rsa", b"ssh-ed25519", b"ecdsa-sha2-nistp256", b"ecdsa-sha2-nistp384", b"ecdsa-sha2-nistp521"];
/// How the names of other OpenSSH keys begin: DSA, Ed448, certificates, security keys.
const FOREIGN: [&[u8]; 3] = [b"ssh-", b"ecdsa-sha2-", b"sk-"];

/// Read a line: type, base64 and comment, separated by spaces or tabs. Another type of OpenSSH key is `key_unsupported`,
/// anything else `key_malformed`.
pub fn parse(line: &[u8]) -> Result<Parts, Error> {
    let malformed = || Error::from(Code::KeyMalformed);
    let line = line.trim_ascii();
    if line.iter().any(|byte| b"\r\n".contains(byte)) {
        return Err(malformed());
    }
    let mut fields = line.split(|byte| b" \t".contains(byte)).filter(|field| !field.is_empty());
    let (kind, data) = fields.next().zip(fields.next()).ok_or_else(malformed)?;
    if !KNOWN.contains(&kind) {
        let foreign = FOREIGN.iter().any(|prefix| kind.starts_with(prefix));
        return Err(if foreign { Code::KeyUnsupported.into() } else { malformed() });
    }
    let line = [kind, b" ", data].concat();
    let key = std::str::from_utf8(&line).ok().and_then(exactly).ok_or_else(malformed)?;
    parts(key.key_data()).ok_or_else(malformed)
}

/// Parse a line without comment. It must be written again as it was: the parser skips the length of an Ed25519 key.
fn exactly(line: &str) -> Option<PublicKey> {
    PublicKey::from_openssh(line).ok().filter(|key| key.to_openssh().is_ok_and(|again| again == line))
}

fn parts(key: &KeyData) -> Option<Parts> {
    Some(match key {
        KeyData::Rsa(key) => {
            let number = |number: &ssh_key::Mpint| Some(numbers::stripped(number.as_positive_bytes()?).into());
            Parts::Rsa { public: RsaPublic { n: number(&key.n)?, e: number(&key.e)? }, private: None }
        }
        KeyData::Ed25519(key) => Parts::Ed25519 { public: key.0 },
        KeyData::Ecdsa(key) => {
            let curve = match key {
                EcdsaPublicKey::NistP256(_) => Curve::P256,
                EcdsaPublicKey::NistP384(_) => Curve::P384,
                EcdsaPublicKey::NistP521(_) => Curve::P521,
            };
            Parts::Ec { curve, point: key.as_sec1_bytes().to_vec() }
        }
        _ => return None,
    })
}
