//! HMAC with SHA-2 (RFC 7518 section 3.2): a secret in, tags out. Tags are compared in constant time. The computation is
//! the library's; it is called below its Rust wrapper, which moves a context of 700 bytes four times for each tag, 4 % of
//! a small token's whole cost (benches/rust/verify.rs).

use std::mem::MaybeUninit;

use aws_lc_rs::constant_time;
use aws_lc_sys::{
    EVP_MD, EVP_sha256, EVP_sha384, EVP_sha512, HMAC_CTX, HMAC_CTX_cleanup, HMAC_CTX_init, HMAC_Final, HMAC_Init_ex,
    HMAC_Update,
};

use crate::alg::{Algorithm, AlgorithmSet};

/// The longest tag, that of SHA-512.
const MAX_TAG: usize = 64;

/// A secret, expanded once for each algorithm that it may be used with.
pub struct Mac {
    hs256: Option<Keyed>,
    hs384: Option<Keyed>,
    hs512: Option<Keyed>,
}

impl Mac {
    /// Expand `secret` for `algorithms`.
    pub fn new(secret: &[u8], algorithms: AlgorithmSet) -> Self {
        let key = |algorithm| algorithms.contains(algorithm).then(|| Keyed::new(algorithm, secret)).flatten();
        Self { hs256: key(Algorithm::Hs256), hs384: key(Algorithm::Hs384), hs512: key(Algorithm::Hs512) }
    }

    fn key(&self, algorithm: Algorithm) -> Option<&Keyed> {
        match algorithm {
            Algorithm::Hs256 => self.hs256.as_ref(),
            Algorithm::Hs384 => self.hs384.as_ref(),
            Algorithm::Hs512 => self.hs512.as_ref(),
            _ => None,
        }
    }

    /// Is `tag` the whole tag of `input`?
    pub fn verify(&self, algorithm: Algorithm, input: &[u8], tag: &[u8]) -> bool {
        let mut buffer = [0; MAX_TAG];
        let wanted = self.key(algorithm).and_then(|key| key.tag(input, &mut buffer));
        wanted.is_some_and(|wanted| constant_time::verify_slices_are_equal(wanted, tag).is_ok())
    }

    /// The tag of `input`.
    pub fn sign(&self, algorithm: Algorithm, input: &[u8]) -> Option<Vec<u8>> {
        let mut buffer = [0; MAX_TAG];
        self.key(algorithm)?.tag(input, &mut buffer).map(<[u8]>::to_vec)
    }
}

/// A context that has taken in a secret and nothing else. It is copied for each tag, never changed.
struct Keyed(Context);

/// The library's context; cleared when it goes away. It is plain memory: the library's own copy is a memcpy, and its
/// binding says `Copy`.
struct Context(HMAC_CTX);

// SAFETY: a context is plain memory without ties to a thread. Through a shared reference it is only copied.
unsafe impl Send for Context {}
// SAFETY: as above.
unsafe impl Sync for Context {}

impl Drop for Context {
    fn drop(&mut self) {
        // SAFETY: every Context was initialised by HMAC_CTX_init.
        unsafe { HMAC_CTX_cleanup(&raw mut self.0) }
    }
}

impl Context {
    #[inline]
    fn new() -> Self {
        let mut context = MaybeUninit::uninit();
        // SAFETY: HMAC_CTX_init fills the whole context.
        unsafe {
            HMAC_CTX_init(context.as_mut_ptr());
            Self(context.assume_init())
        }
    }
}

impl Keyed {
    fn new(algorithm: Algorithm, secret: &[u8]) -> Option<Self> {
        let mut context = Context::new();
        // SAFETY: the context is initialised; pointer and length are those of one slice; the digest is a static of the
        // library; a null engine is the default one.
        let done = unsafe {
            HMAC_Init_ex(
                &raw mut context.0,
                secret.as_ptr().cast(),
                secret.len(),
                digest(algorithm)?,
                std::ptr::null_mut(),
            )
        };
        (done == 1).then_some(Self(context))
    }

    /// The tag of `input`, at the start of `buffer`. None when the library fails, which it does not.
    #[inline]
    fn tag<'b>(&self, input: &[u8], buffer: &'b mut [u8; MAX_TAG]) -> Option<&'b [u8]> {
        let mut context = Context(self.0.0);
        let mut length = 0;
        // SAFETY: the context is a copy of one that has its key; pointer and length are those of one slice; the longest tag
        // fits the buffer.
        let done = unsafe {
            HMAC_Update(&raw mut context.0, input.as_ptr(), input.len()) == 1
                && HMAC_Final(&raw mut context.0, buffer.as_mut_ptr(), &raw mut length) == 1
        };
        if done { buffer.get(..length as usize) } else { None }
    }
}

fn digest(algorithm: Algorithm) -> Option<*const EVP_MD> {
    // SAFETY: these return pointers to statics.
    unsafe {
        Some(match algorithm {
            Algorithm::Hs256 => EVP_sha256(),
            Algorithm::Hs384 => EVP_sha384(),
            Algorithm::Hs512 => EVP_sha512(),
            _ => return None,
        })
    }
}
