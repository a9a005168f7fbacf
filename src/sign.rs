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

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a panic is a failed test")]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::alg::TABLE;
    use crate::keys::{Candidates, KeyOptions};

    #[test]
    fn a_token_has_three_parts() {
        let options = KeyOptions { algorithm: Some(Algorithm::Hs256), ..KeyOptions::default() };
        let key = Arc::new(Key::from_secret(&[b'x'; 32], &options).unwrap());
        for (header, payload) in [(&b""[..], &b""[..]), (b"{}", b"\0\xff"), (&[b' '; 300], &[0; 3000])] {
            let token = sign_compact(&key, Algorithm::Hs256, header, payload).unwrap();
            let (input, signature) = token.rsplit_once('.').unwrap();
            assert_eq!(input, signing_input(header, payload));
            assert_eq!(input, format!("{}.{}", base64url::encode(header), base64url::encode(payload)));
            let signature = base64url::decode(signature.as_bytes()).unwrap();
            assert!(
                crypto::verify(
                    &Candidates::one(&key),
                    Algorithm::Hs256,
                    crypto::Choice::Library,
                    input.as_bytes(),
                    &signature
                )
                .is_ok()
            );
            assert_eq!(append_signature(input.to_owned(), Algorithm::Hs256, &signature), Ok(token));
        }
        assert_eq!(sign_compact(&key, Algorithm::Hs384, b"", b""), Err(Code::KeyAlgorithm.into()));
    }

    #[test]
    fn signatures_from_elsewhere_have_their_length() {
        for row in TABLE {
            let fits = |length| append_signature(String::new(), row.algorithm, &vec![0; length]).is_ok();
            let lengths: Vec<usize> = (0..1200).filter(|&length| fits(length)).collect();
            match row.signature_bytes {
                Some(length) => assert_eq!(lengths, [length]),
                None => assert_eq!(lengths, (256..=1024).collect::<Vec<_>>()),
            }
        }
        // What many services return for ES256.
        let der = [0x30, 0x45, 0x02, 0x21, 0x00];
        assert_eq!(append_signature(String::new(), Algorithm::Es256, &der), Err(Code::ExternalSignature.into()));
    }
}
