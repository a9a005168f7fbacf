//! Messages as SHA-2 takes them (FIPS 180-4 section 5): pieces in, padded blocks out. A block of SHA-256 is one row of eight
//! big-endian words of 64 bits, one of SHA-384 and SHA-512 is two.

use aws_lc_rs::digest::{Algorithm, Context};

/// Bytes of a row.
const ROW: usize = 64;

/// What is hashed: three pieces, one after the other.
#[derive(Clone, Copy)]
pub struct Message<'a>([&'a [u8]; 3]);

impl<'a> Message<'a> {
    /// Of these pieces. They are in memory, so that their lengths add up without overflow.
    pub fn new(pieces: [&'a [u8]; 3]) -> Self {
        Self(pieces)
    }

    /// How many bytes.
    fn length(&self) -> usize {
        self.0.iter().map(|piece| piece.len()).sum()
    }

    /// How many blocks of so many rows: a bit 1 and the length, an eighth of a block, come behind the message.
    pub fn blocks<const ROWS: usize>(&self) -> usize {
        (self.length() + 1 + ROWS * ROW / 8).div_ceil(ROWS * ROW)
    }

    /// A block, below `blocks`.
    #[inline(always)]
    pub fn block<const ROWS: usize>(&self, number: usize) -> [[u64; 8]; ROWS] {
        let start = number * ROWS * ROW;
        match self.within_a_piece(start, ROWS * ROW) {
            Some(bytes) => words(bytes),
            None => self.assembled(start),
        }
    }

    /// So many bytes from `start` on, where they are all in one piece.
    #[inline(always)]
    fn within_a_piece(&self, mut start: usize, count: usize) -> Option<&'a [u8]> {
        for piece in self.0 {
            match start.checked_sub(piece.len()) {
                Some(rest) => start = rest,
                None => return piece.get(start..start + count),
            }
        }
        None
    }

    /// The block that begins at `start`, from several pieces or with padding: a byte 0x80, zeros, and at the end of the last
    /// block the number of bits, big-endian, in 64 bits (section 5.1.1) or in 128 (section 5.1.2).
    #[inline(never)]
    fn assembled<const ROWS: usize>(&self, start: usize) -> [[u64; 8]; ROWS] {
        let mut block = [[0; ROW]; ROWS];
        let bytes = block.as_flattened_mut();
        let (end, length) = (start + bytes.len(), self.length());
        let mut from = 0;
        for piece in self.0 {
            let (first, last) = (start.max(from), end.min(from + piece.len()));
            if let Some(part) = piece.get(first.saturating_sub(from)..last.saturating_sub(from))
                && let Some(place) = bytes.get_mut(first - start..).and_then(|rest| rest.get_mut(..part.len()))
            {
                place.copy_from_slice(part);
            }
            from += piece.len();
        }
        if let Some(place) = length.checked_sub(start).and_then(|at| bytes.get_mut(at)) {
            *place = 0x80;
        }
        if end == self.blocks::<ROWS>() * ROWS * ROW {
            let bits = (length as u128 * 8).to_be_bytes();
            let field = bits.len().min(bytes.len() / 8);
            for (place, byte) in bytes.iter_mut().rev().zip(bits.iter().rev()).take(field) {
                *place = *byte;
            }
        }
        words(block.as_flattened())
    }

    /// What the library makes of it.
    pub fn hashed_by_library(&self, algorithm: &'static Algorithm) -> [u8; 64] {
        let mut context = Context::new(algorithm);
        self.0.iter().for_each(|piece| context.update(piece));
        let mut digest = [0; 64];
        for (place, byte) in digest.iter_mut().zip(context.finish().as_ref()) {
            *place = *byte;
        }
        digest
    }
}

#[inline(always)]
fn words<const ROWS: usize>(bytes: &[u8]) -> [[u64; 8]; ROWS] {
    let mut rows = [[0; 8]; ROWS];
    for (word, bytes) in rows.as_flattened_mut().iter_mut().zip(bytes.as_chunks().0) {
        *word = u64::from_be_bytes(*bytes);
    }
    rows
}
