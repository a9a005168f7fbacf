//! Encrypted PKCS#8 (RFC 5958 section 3) with PBES2 (RFC 8018 section 6.2): DER and a password in, PKCS#8 out. The cost of
//! the key derivation is bounded before it begins, since whoever wrote the file chose it.

use der::asn1::OctetStringRef;
use der::{AnyRef, Decode, Reader, SliceReader, Tag, Tagged};
use pkcs8::pkcs5;
use pkcs8::pkcs5::pbes2::{EncryptionScheme, Kdf, PBES2_OID, Parameters, Pbkdf2Prf, ScryptParams};
use spki::AlgorithmIdentifierRef;

use super::material::Hidden;
use crate::error::{Code, Error};

const MAX_ITERATIONS: u32 = 10_000_000;
/// 256 MiB, in blocks of 128 bytes.
const MAX_SCRYPT_MEMORY: u64 = 1 << 21;
/// The time that 1 GiB takes to fill, whatever the memory.
const MAX_SCRYPT_WORK: u64 = 1 << 23;

/// In this order: not of the form, `key_malformed`; no password, `key_encrypted`; another scheme than PBKDF2 with SHA-2 or
/// scrypt and AES-CBC, or too much work, `key_unsupported`; the wrong password, `key_password`.
pub fn decrypt(der: &[u8], password: Option<&[u8]>) -> Result<Hidden, Error> {
    let (scheme, data) = split(der).map_err(|_| Code::KeyMalformed)?;
    let password = password.ok_or(Code::KeyEncrypted)?;
    let parameters = scheme.parameters.filter(|_| scheme.oid == PBES2_OID);
    let parameters = parameters.and_then(|parameters| Parameters::try_from(parameters).ok());
    let parameters = parameters.filter(is_supported).ok_or(Code::KeyUnsupported)?;
    // In place, so that nothing that is decrypted stays behind.
    let mut buffer = Hidden::new(data.to_vec());
    let length = match parameters.decrypt_in_place(password, &mut buffer) {
        // Padding may come out right by chance, a SEQUENCE of just this length hardly.
        Ok(plain) if is_sequence(plain) => plain.len(),
        Ok(_) | Err(pkcs5::Error::DecryptFailed) => return Err(Code::KeyPassword.into()),
        Err(_) => return Err(Code::KeyUnsupported.into()),
    };
    buffer.truncate(length);
    Ok(buffer)
}

fn split(der: &[u8]) -> der::Result<(AlgorithmIdentifierRef<'_>, &[u8])> {
    let mut reader = SliceReader::new(der)?;
    let parts = reader.sequence(|inner| {
        let scheme = AlgorithmIdentifierRef::decode(inner)?;
        let data = <&OctetStringRef>::decode(inner)?;
        Ok::<_, der::Error>((scheme, data.as_bytes()))
    })?;
    reader.finish()?;
    Ok(parts)
}

fn is_sequence(der: &[u8]) -> bool {
    AnyRef::from_der(der).is_ok_and(|any| any.tag() == Tag::Sequence)
}

fn is_supported(parameters: &Parameters) -> bool {
    let cipher = matches!(
        parameters.encryption,
        EncryptionScheme::Aes128Cbc { .. } | EncryptionScheme::Aes192Cbc { .. } | EncryptionScheme::Aes256Cbc { .. }
    );
    let derivation = match &parameters.kdf {
        Kdf::Pbkdf2(pbkdf2) => {
            pbkdf2.prf != Pbkdf2Prf::HmacWithSha1 && (1..=MAX_ITERATIONS).contains(&pbkdf2.iteration_count)
        }
        Kdf::Scrypt(scrypt) => is_bounded(scrypt),
        _ => false,
    };
    cipher && derivation
}

fn is_bounded(scrypt: &ScryptParams) -> bool {
    let (n, r, p) = (scrypt.cost_parameter, u64::from(scrypt.block_size), u64::from(scrypt.parallelization));
    let memory = n.saturating_add(p).saturating_mul(r);
    let work = n.saturating_mul(r).saturating_mul(p);
    n > 1 && n.is_power_of_two() && r > 0 && p > 0 && memory <= MAX_SCRYPT_MEMORY && work <= MAX_SCRYPT_WORK
}
