//! Decoding with AVX2, 32 characters at a time: half the instructions of the crate's way, which was a tenth of what `verify`
//! does beside the hash (gateway token, callgrind). Says the same as the crate to the byte, or nothing at all.

use std::arch::x86_64::{
    __m256i, _mm256_add_epi8, _mm256_and_si256, _mm256_cmpeq_epi8, _mm256_loadu_si256, _mm256_madd_epi16,
    _mm256_maddubs_epi16, _mm256_or_si256, _mm256_permutevar8x32_epi32, _mm256_set1_epi8, _mm256_set1_epi16,
    _mm256_set1_epi32, _mm256_setr_epi8, _mm256_setr_epi32, _mm256_setzero_si256, _mm256_shuffle_epi8,
    _mm256_srli_epi32, _mm256_storeu_si256, _mm256_testz_si256,
};

/// So many characters are read at once,
const READ: usize = 32;
/// and so many bytes come of them.
const MADE: usize = READ / 4 * 3;

/// Decode canonical text into `out`, which has the length of what comes of it. False for any other text: `out` is then worth
/// nothing. None where the processor has no AVX2.
#[inline]
pub fn decode(text: &[u8], out: &mut [u8]) -> Option<bool> {
    // SAFETY: what it needs was found.
    std::arch::is_x86_feature_detected!("avx2").then(|| unsafe { decode_all(text, out) })
}

#[target_feature(enable = "avx2")]
fn decode_all(text: &[u8], out: &mut [u8]) -> bool {
    let (blocks, rest) = text.as_chunks::<READ>();
    let mut wrong = _mm256_setzero_si256();
    let mut out = out;
    for block in blocks {
        let (bytes, faults) = decode_block(block);
        wrong = _mm256_or_si256(wrong, faults);
        match out.first_chunk_mut() {
            Some(room) => store(bytes, room),
            None => {
                let mut made = [0; READ];
                store(bytes, &mut made);
                let Some(room) = out.first_chunk_mut() else { return false };
                *room = *made.first_chunk::<MADE>().unwrap_or(&[0; MADE]);
            }
        }
        let Some(behind) = out.get_mut(MADE..) else { return false };
        out = behind;
    }
    decode_rest(rest, out) && _mm256_testz_si256(wrong, wrong) == 1
}

/// Fewer characters than a block, as if zeros followed: what is unused of the last one is then the next byte (RFC 4648
/// section 3.5).
#[target_feature(enable = "avx2")]
fn decode_rest(rest: &[u8], out: &mut [u8]) -> bool {
    if rest.is_empty() {
        return out.is_empty();
    }
    let (mut block, mut made) = ([b'A'; READ], [0; READ]);
    let Some(start) = block.get_mut(..rest.len()) else { return false };
    start.copy_from_slice(rest);
    let (bytes, wrong) = decode_block(&block);
    store(bytes, &mut made);
    let length = rest.len() * 3 / 4;
    let Some((bytes, [unused, ..])) = made.split_at_checked(length) else { return false };
    if out.len() != length || rest.len() % 4 == 1 {
        return false;
    }
    out.copy_from_slice(bytes);
    *unused == 0 && _mm256_testz_si256(wrong, wrong) == 1
}

/// The bytes, in front of zeros, and what is not zero when a character is none of the alphabet.
#[target_feature(enable = "avx2")]
fn decode_block(block: &[u8; READ]) -> (__m256i, __m256i) {
    // SAFETY: the block has the 32 bytes that are read, and this load asks for no alignment.
    let text = unsafe { _mm256_loadu_si256(block.as_ptr().cast()) };
    let nibble = _mm256_set1_epi8(0x0f);
    let high = _mm256_and_si256(_mm256_srli_epi32::<4>(text), nibble);
    let low = _mm256_and_si256(text, nibble);
    // A bit for each kind of column of the ASCII table, and for each row those of the columns in which it is not allowed.
    let column =
        twice([0x20, 0x20, 0x01, 0x02, 0x04, 0x08, 0x04, 0x10, 0x20, 0x20, 0x20, 0x20, 0x20, 0x20, 0x20, 0x20]);
    let row = twice([0x25, 0x21, 0x21, 0x21, 0x21, 0x21, 0x21, 0x21, 0x21, 0x21, 0x23, 0x3b, 0x3b, 0x3a, 0x3b, 0x33]);
    let wrong = _mm256_and_si256(_mm256_shuffle_epi8(column, high), _mm256_shuffle_epi8(row, low));
    // From a character to its value: `-`, digits, capitals, small letters; `_` stands in a column of capitals.
    let step = twice([0, 0, 17, 4, -65, -65, -71, -71, 0, 0, 0, 0, 0, 0, 0, 0]);
    let is_underscore = _mm256_cmpeq_epi8(text, _mm256_set1_epi8(b'_' as i8));
    let more = _mm256_and_si256(is_underscore, _mm256_set1_epi8(33));
    let values = _mm256_add_epi8(text, _mm256_add_epi8(_mm256_shuffle_epi8(step, high), more));
    // Four times six bits to 24, their bytes in order, the two halves together.
    let pairs = _mm256_maddubs_epi16(values, _mm256_set1_epi16(0x0140));
    let fours = _mm256_madd_epi16(pairs, _mm256_set1_epi32(0x0001_1000));
    let order = twice([2, 1, 0, 6, 5, 4, 10, 9, 8, 14, 13, 12, -1, -1, -1, -1]);
    let halves = _mm256_shuffle_epi8(fours, order);
    (_mm256_permutevar8x32_epi32(halves, _mm256_setr_epi32(0, 1, 2, 4, 5, 6, 7, 7)), wrong)
}

#[target_feature(enable = "avx2")]
fn store(bytes: __m256i, out: &mut [u8; READ]) {
    // SAFETY: there is room for the 32 bytes that are written, and this store asks for no alignment.
    unsafe { _mm256_storeu_si256(out.as_mut_ptr().cast(), bytes) }
}

/// A table for both halves of a register.
#[target_feature(enable = "avx2")]
fn twice(table: [i8; 16]) -> __m256i {
    let [a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p] = table;
    _mm256_setr_epi8(a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p, a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p)
}
