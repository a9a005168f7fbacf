//! The JWK thumbprint (RFC 7638 section 3, RFC 8037 section 2): the members that make a key, sorted, hashed.

use zeroize::Zeroizing;

use super::jwk::{self, JwkMember};
use super::material::Material;
use crate::alg::Hash;
use crate::{base64url, crypto};

/// The thumbprint, in base64url. That of a secret covers the secret itself.
pub fn thumbprint(material: &Material, hash: Hash) -> String {
    let (kty, mut members, private) = jwk::members(material);
    if let Material::Secret(_) = material {
        members.extend(private);
    }
    members.push(("kty", JwkMember::Text(Zeroizing::new(kty.name().to_owned()))));
    members.sort_by_key(|(name, _)| *name);
    // No value needs an escape: they are base64url and names from our table.
    let mut json = Zeroizing::new(String::with_capacity(4096));
    for (name, member) in &members {
        let JwkMember::Text(value) = member else { continue };
        let comma = if json.is_empty() { '{' } else { ',' };
        json.push(comma);
        for part in ["\"", name, "\":\"", value, "\""] {
            json.push_str(part);
        }
    }
    json.push('}');
    base64url::encode(&crypto::hash(hash, json.as_bytes()))
}
