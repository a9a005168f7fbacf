//! rapidjwt verifies JSON Web Tokens. The modules stand in the order in which a token passes them.

pub mod alg;
pub mod error;

pub mod base64url;
pub mod json;

pub mod compact;
pub mod header;
pub mod policy;

pub mod crypto;
pub mod keys;

pub mod claims;
pub mod issuer;
pub mod verify;

pub mod batch;
pub mod cache;

pub mod admission;
pub mod clock;
pub mod explain;
pub mod shortcut;
pub mod sign;

#[cfg(feature = "python")]
mod python;
