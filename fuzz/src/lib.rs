//! The bodies of the fuzz targets: bytes in, a panic where an invariant does not hold. The targets give them what libFuzzer
//! makes up, the smoke test a small corpus of its own.

pub mod claims;
pub mod compact;
pub mod der;
pub mod edits;
pub mod header;
pub mod issuer;
pub mod json;
pub mod jwk;
pub mod model;
pub mod seeds;

/// Every body, by the name of its target.
pub const BODIES: [(&str, fn(&[u8])); 7] = [
    ("compact", compact::body),
    ("header", header::body),
    ("json", json::body),
    ("jwk", jwk::body),
    ("der", der::body),
    ("claims", claims::body),
    ("issuer", issuer::body),
];
