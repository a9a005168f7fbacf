//! Every way in which a token, a key or a key set can be refused: one variant each, no text, no allocation.
//! The sentence and the exception class belong to the Python table that `code` names.

use std::fmt;

/// A refusal. `code` is its stable name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Error {
    /// The failure named by its code alone.
    Plain(Code),
    /// A size or depth was over the limit given.
    Limit(Code, usize),
    /// A claim that the policy requires is absent; the index is into `Policy::claim_name`.
    Missing(usize),
}

impl Error {
    /// Which failure it is.
    pub fn code(self) -> Code {
        match self {
            Self::Plain(code) | Self::Limit(code, _) => code,
            Self::Missing(_) => Code::ClaimMissing,
        }
    }

    /// The limit that was exceeded, in bytes or levels.
    pub fn limit(self) -> Option<usize> {
        match self {
            Self::Limit(_, limit) => Some(limit),
            Self::Plain(_) | Self::Missing(_) => None,
        }
    }
}

impl From<Code> for Error {
    fn from(code: Code) -> Self {
        Self::Plain(code)
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code().name())
    }
}

impl std::error::Error for Error {}

macro_rules! codes {
    ($($variant:ident = $name:literal),+ $(,)?) => {
        /// The stable names of all failures; `rapidjwt.exceptions.CODES` has one row for each.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        #[allow(missing_docs, reason = "each variant is documented by its row in the Python table")]
        pub enum Code { $($variant),+ }

        impl Code {
            /// Every code, in the order of the steps.
            pub const ALL: &[Self] = &[$(Self::$variant),+];

            /// The lower snake case name that users see.
            pub const fn name(self) -> &'static str {
                match self { $(Self::$variant => $name),+ }
            }
        }
    };
}

codes! {
    TokenTooLarge = "token_too_large",
    SegmentCount = "segment_count",
    HeaderTooLarge = "header_too_large",
    HeaderBase64 = "header_base64",
    PayloadBase64 = "payload_base64",
    SignatureBase64 = "signature_base64",
    HeaderUtf8 = "header_utf8",
    HeaderJson = "header_json",
    HeaderNotObject = "header_not_object",
    HeaderDuplicate = "header_duplicate",
    HeaderTooDeep = "header_too_deep",
    AlgMissing = "alg_missing",
    AlgInvalid = "alg_invalid",
    KidInvalid = "kid_invalid",
    TypInvalid = "typ_invalid",
    CritInvalid = "crit_invalid",
    IssuerUnknown = "issuer_unknown",
    AlgUnsupported = "alg_unsupported",
    AlgNotAllowed = "alg_not_allowed",
    CritUnsupported = "crit_unsupported",
    TypMismatch = "typ_mismatch",
    KeysUnavailable = "keys_unavailable",
    KeyUnknown = "key_unknown",
    KeyAmbiguous = "key_ambiguous",
    BadSignature = "bad_signature",
    PayloadUtf8 = "payload_utf8",
    PayloadJson = "payload_json",
    PayloadNotObject = "payload_not_object",
    PayloadDuplicate = "payload_duplicate",
    PayloadTooDeep = "payload_too_deep",
    ClaimMissing = "claim_missing",
    IatInvalid = "iat_invalid",
    IatInFuture = "iat_in_future",
    NbfInvalid = "nbf_invalid",
    NbfInFuture = "nbf_in_future",
    ExpInvalid = "exp_invalid",
    Expired = "expired",
    IssInvalid = "iss_invalid",
    IssMismatch = "iss_mismatch",
    AudInvalid = "aud_invalid",
    AudUnexpected = "aud_unexpected",
    AudMismatch = "aud_mismatch",
    SubInvalid = "sub_invalid",
    SubMismatch = "sub_mismatch",
    JtiInvalid = "jti_invalid",
    TooOld = "too_old",
    LifetimeTooLong = "lifetime_too_long",
    ProfileMismatch = "profile_mismatch",
    ClaimsType = "claims_type",
    CheckFailed = "check_failed",
    Revoked = "revoked",
    Replayed = "replayed",
    BindingMismatch = "binding_mismatch",
    StoreUnavailable = "store_unavailable",
    KeyMalformed = "key_malformed",
    KeyUnsupported = "key_unsupported",
    KeyInvalid = "key_invalid",
    KeyAlgorithm = "key_algorithm",
    KeyWeak = "key_weak",
    KeyTooLarge = "key_too_large",
    KeyPrivate = "key_private",
    KeyPublic = "key_public",
    KeyEncrypted = "key_encrypted",
    KeyPassword = "key_password",
    SecretEmpty = "secret_empty",
    SecretIsKey = "secret_is_key",
    ExternalSignature = "external_signature",
    JwkInvalid = "jwk_invalid",
    JwksInvalid = "jwks_invalid",
    JwksEmpty = "jwks_empty",
}
