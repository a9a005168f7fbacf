//! The spine the other way: header and payload in, a compact JWS out (RFC 7515 section 5.1). The caller has written the
//! JSON; its `alg` must be the name of `algorithm`.

use crate::alg::{Algorithm, Family};
use crate::error::{Code, Error};
use crate::keys::Key;
use crate::{base64url, crypto};

/// An RSA signature that comes from elsewhere is as long as a modulus that we would accept.
const RSA_SIGNATURE_BYTES: std::ops::RangeInclusive<usize> = 256..=1024;

/// Sign with a key: `key_algorithm`, `key_public`.
pub fn sign_compact(key: &Key, algorithm: Algorithm, header: &[u8], payload: &[u8]) -> Result<String, Error> {
    let input = signing_input(header, payload);
    let signature = crypto::sign(key, algorithm, input.as_bytes())?;
    Ok(append(input, &signature))
}

/// `base64url(header) . base64url(payload)`.
pub fn signing_input(header: &[u8], payload: &[u8]) -> String {
    // Room for the signature too: 342 characters are those of RSA with 2048 bits.
    let mut input = String::with_capacity((header.len() + payload.len()) * 4 / 3 + 350);
    base64url::encode_append(header, &mut input);
    input.push('.');
    base64url::encode_append(payload, &mut input);
    input
}

/// Put a signature made elsewhere (KMS, HSM) behind its input. It must have the form that RFC 7518 gives it: a DER-encoded
/// ECDSA signature, which many services return, is `external_signature`.
pub fn append_signature(input: String, algorithm: Algorithm, signature: &[u8]) -> Result<String, Error> {
    let row = algorithm.row();
    let fits = match row.family {
        Family::RsaPkcs1 | Family::RsaPss => RSA_SIGNATURE_BYTES.contains(&signature.len()),
        Family::Hmac | Family::Ecdsa | Family::EdDsa => row.signature_bytes == Some(signature.len()),
    };
    if !fits {
        return Err(Code::ExternalSignature.into());
    }
    Ok(append(input, signature))
}

fn append(mut input: String, signature: &[u8]) -> String {
    input.push('.');
    base64url::encode_append(signature, &mut input);
    input
}
