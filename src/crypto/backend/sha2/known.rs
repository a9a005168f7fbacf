//! Known answers: the examples of FIPS 180-4 that NIST published (CSRC, "Examples with intermediate values"), and messages whose
//! lengths are around the ends of blocks, as the library hashes them; each in every lane.

use aws_lc_rs::digest::digest;

use super::{Digest, Message, digests, function_of};
use crate::alg::Hash;
use crate::crypto::backend::lanes::{Lanes, Task};

/// Is what is known of these functions found in lanes?
pub struct KnownAnswers<'a>(pub &'a [Hash]);

impl Task for KnownAnswers<'_> {
    type Output = bool;

    #[inline(always)]
    fn run<L: Lanes>(self, lanes: L) -> bool {
        let mut is_right = true;
        for hash in self.0 {
            is_right &= agree(lanes, *hash, &examples(*hash)) && agree(lanes, *hash, &ends_of_blocks(*hash));
        }
        is_right
    }
}

/// A message and its digest.
type Known = (Vec<u8>, Digest);

/// Sixteen messages in a row, which begins with each of them once, so that each comes to each lane. All are hashed in lanes,
/// whether it is worth it or not. Each message is in three pieces.
fn agree<L: Lanes>(lanes: L, hash: Hash, known: &[Known]) -> bool {
    let mut agree = true;
    for start in 0..known.len() {
        let row = || known.iter().cycle().skip(start).take(16);
        let messages: Vec<Message<'_>> = row().map(|(message, _)| in_pieces(message)).collect();
        let digests = digests(lanes, hash, &messages, 1);
        agree &= digests.iter().eq(row().map(|(_, digest)| digest));
    }
    agree
}

fn in_pieces(message: &[u8]) -> Message<'_> {
    let (start, rest) = message.split_at(message.len() / 3);
    let (middle, end) = rest.split_at(rest.len() / 2);
    Message::new([start, middle, end])
}

fn ends_of_blocks(hash: Hash) -> Vec<Known> {
    let lengths = [1, 55, 56, 63, 64, 65, 111, 112, 119, 120, 127, 128, 129, 239, 240, 256];
    let known = lengths.iter().map(|length| {
        let message: Vec<u8> = (0..*length).map(|at| (at ^ length) as u8).collect();
        let mut found = [0; 64];
        for (place, byte) in found.iter_mut().zip(digest(function_of(hash), &message).as_ref()) {
            *place = *byte;
        }
        (message, found)
    });
    known.collect()
}

fn examples(hash: Hash) -> Vec<Known> {
    let (long, digests): (&[u8], &[[u64; 8]; 3]) = match hash {
        Hash::Sha256 => (LONG_256, &EXAMPLES_256),
        Hash::Sha384 => (LONG_512, &EXAMPLES_384),
        Hash::Sha512 => (LONG_512, &EXAMPLES_512),
    };
    let digest = |words: &[u64; 8]| {
        let mut digest = [0; 64];
        for (place, word) in digest.as_chunks_mut().0.iter_mut().zip(words) {
            *place = word.to_be_bytes();
        }
        digest
    };
    [&[], &b"abc"[..], long]
        .into_iter()
        .zip(digests)
        .map(|(message, words)| (message.to_vec(), digest(words)))
        .collect()
}

/// Of two blocks.
const LONG_256: &[u8] = b"abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq";
const LONG_512: &[u8] = b"abcdefghbcdefghicdefghijdefghijkefghijklfghijklmghijklmnhijklmno\
    ijklmnopjklmnopqklmnopqrlmnopqrsmnopqrstnopqrstu";

/// Of nothing, `abc` and the long one.
const EXAMPLES_256: [[u64; 8]; 3] = [
    [0xe3b0_c442_98fc_1c14, 0x9afb_f4c8_996f_b924, 0x27ae_41e4_649b_934c, 0xa495_991b_7852_b855, 0, 0, 0, 0],
    [0xba78_16bf_8f01_cfea, 0x4141_40de_5dae_2223, 0xb003_61a3_9617_7a9c, 0xb410_ff61_f200_15ad, 0, 0, 0, 0],
    [0x248d_6a61_d206_38b8, 0xe5c0_2693_0c3e_6039, 0xa33c_e459_64ff_2167, 0xf6ec_edd4_19db_06c1, 0, 0, 0, 0],
];

/// The same.
const EXAMPLES_384: [[u64; 8]; 3] = [
    [
        0x38b0_60a7_51ac_9638,
        0x4cd9_327e_b1b1_e36a,
        0x21fd_b711_14be_0743,
        0x4c0c_c7bf_63f6_e1da,
        0x274e_debf_e76f_65fb,
        0xd51a_d2f1_4898_b95b,
        0,
        0,
    ],
    [
        0xcb00_753f_45a3_5e8b,
        0xb5a0_3d69_9ac6_5007,
        0x272c_32ab_0ede_d163,
        0x1a8b_605a_43ff_5bed,
        0x8086_072b_a1e7_cc23,
        0x58ba_eca1_34c8_25a7,
        0,
        0,
    ],
    [
        0x0933_0c33_f711_47e8,
        0x3d19_2fc7_82cd_1b47,
        0x5311_1b17_3b3b_05d2,
        0x2fa0_8086_e3b0_f712,
        0xfcc7_c71a_557e_2db9,
        0x66c3_e9fa_9174_6039,
        0,
        0,
    ],
];

/// The same.
const EXAMPLES_512: [[u64; 8]; 3] = [
    [
        0xcf83_e135_7eef_b8bd,
        0xf154_2850_d66d_8007,
        0xd620_e405_0b57_15dc,
        0x83f4_a921_d36c_e9ce,
        0x47d0_d13c_5d85_f2b0,
        0xff83_18d2_877e_ec2f,
        0x63b9_31bd_4741_7a81,
        0xa538_327a_f927_da3e,
    ],
    [
        0xddaf_35a1_9361_7aba,
        0xcc41_7349_ae20_4131,
        0x12e6_fa4e_89a9_7ea2,
        0x0a9e_eee6_4b55_d39a,
        0x2192_992a_274f_c1a8,
        0x36ba_3c23_a3fe_ebbd,
        0x454d_4423_643c_e80e,
        0x2a9a_c94f_a54c_a49f,
    ],
    [
        0x8e95_9b75_dae3_13da,
        0x8cf4_f728_14fc_143f,
        0x8f77_79c6_eb9f_7fa1,
        0x7299_aead_b688_9018,
        0x501d_289e_4900_f7e4,
        0x331b_99de_c4b5_433a,
        0xc7d3_29ee_b6dd_2654,
        0x5e96_e55b_874b_e909,
    ],
];
