//! The encoded block of PKCS#1 v1.5 (RFC 8017 section 9.2): a hash in, the whole block that its signature must open to out. What
//! is expected is built and compared as one; what a signature opens to is never parsed.

use crate::alg::Hash;

/// DER of a `DigestInfo` up to the hash (RFC 8017 section 9.2, note 1), and the hash's length in bytes.
fn digest_info(hash: Hash) -> ([u8; 19], usize) {
    let (sequence, last_arc, length) = match hash {
        Hash::Sha256 => (0x31, 0x01, 0x20),
        Hash::Sha384 => (0x41, 0x02, 0x30),
        Hash::Sha512 => (0x51, 0x03, 0x40),
    };
    let [a, b, c, d, e, f, g, h] = [0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02];
    let der = [0x30, sequence, 0x30, 0x0d, 0x06, 0x09, a, b, c, d, e, f, g, h, last_arc, 0x05, 0x00, 0x04, length];
    (der, usize::from(length))
}

/// Fill `block`, which is as long as the modulus: 00 01 ff .. ff 00, then the `DigestInfo`. None unless `digest` is as long as the
/// hash and eight bytes ff fit.
pub fn encode(hash: Hash, digest: &[u8], block: &mut [u8]) -> Option<()> {
    let (der, length) = digest_info(hash);
    let padding = block.len().checked_sub(3 + der.len() + length).filter(|padding| *padding >= 8)?;
    if digest.len() != length {
        return None;
    }
    block.fill(0xff);
    let (start, end) = block.split_at_mut(2 + padding);
    start.first_chunk_mut::<2>()?.copy_from_slice(&[0, 1]);
    let (zero, end) = end.split_first_mut()?;
    *zero = 0;
    let (info, rest) = end.split_first_chunk_mut::<19>()?;
    *info = der;
    rest.copy_from_slice(digest);
    Some(())
}
