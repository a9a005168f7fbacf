//! Known answers: the public key and the two SHA-384 signatures of RFC 6979 section A.2.6, and what becomes of them when a
//! number is changed. Words, the least significant first.

use super::super::Decision;
use super::super::ecdsa::Known;
use super::scalar::N;

/// The public key.
pub const X: [u64; 6] = [
    0x64a2_5451_5480_bc13,
    0xdef8_f0ea_9055_8660,
    0x06aa_e528_6b30_0c64,
    0xda9a_8bc4_ae92_e02e,
    0x5686_1802_9f42_7fa5,
    0xec3a_4e41_5b4e_19a4,
];
/// The public key.
pub const Y: [u64; 6] = [
    0x7344_fd25_3326_4720,
    0x288b_231c_3ae0_d4fe,
    0xf54c_a84b_3f1c_9db1,
    0x6708_a593_67f9_dfb9,
    0x4ea8_ef9a_c0c6_2189,
    0x8015_d9b7_2d7d_5724,
];

/// SHA-384 of "sample".
const SAMPLE_HASH: [u64; 6] = [
    0xfee4_2c77_b1ee_25fe,
    0x313b_ca4a_9b5b_890e,
    0x96a0_29f3_4058_5312,
    0xf3bf_603f_4bbd_3811,
    0xaec4_be31_2696_ef7b,
    0x9a90_8350_5bc9_2276,
];
/// r.
const SAMPLE_R: [u64; 6] = [
    0x6e36_dd1e_80fa_be46,
    0x81a6_4815_2e44_acf9,
    0x3d64_c4ea_95ad_133c,
    0x3f88_1406_66ce_9fa7,
    0xd473_6e56_c691_916b,
    0x94ed_bb92_a5ec_b8aa,
];
/// s.
const SAMPLE_S: [u64; 6] = [
    0x7b82_c71a_3862_8ac8,
    0xa329_c145_786e_679e,
    0x203b_6351_d0a3_a94f,
    0x130e_740a_1962_4526,
    0xa1fe_40db_2603_138f,
    0x99ef_4aeb_15f1_78ce,
];
/// n - s.
const SAMPLE_NEGATIVE_S: [u64; 6] = [
    0x7169_5250_9462_9eab,
    0xb4f0_4c6c_d042_3fdc,
    0xa727_ea30_2393_848f,
    0xecf1_8bf5_e69d_bad9,
    0x5e01_bf24_d9fc_ec70,
    0x6610_b514_ea0e_8731,
];

/// SHA-384 of "test".
const TEST_HASH: [u64; 6] = [
    0x9604_7dfe_df17_a0a9,
    0xb7ef_1ccb_1262_55d1,
    0x6a78_2249_bfe8_efc4,
    0x3cae_50e0_2a64_caa1,
    0x812f_ce42_8dc4_706b,
    0x7684_1232_0f7b_0aa5,
];
/// r.
const TEST_R: [u64; 6] = [
    0x8f1d_d3ca_3cf0_23db,
    0x0542_a7f0_8129_98da,
    0xab77_5d50_9d7a_5feb,
    0xb772_e978_92a8_0f36,
    0x7722_7fb3_77bc_f7b7,
    0x8203_b63d_3c85_3e8d,
];
/// s.
const TEST_S: [u64; 6] = [
    0xbf3b_8282_46ba_a5a5,
    0x6a73_9f04_0649_a667,
    0x827c_2f13_1739_23e0,
    0xe8be_06b4_85e9_b61b,
    0x43af_45af_836f_ce4d,
    0xddd0_7604_48d4_2d8a,
];
/// n - s.
const TEST_NEGATIVE_S: [u64; 6] = [
    0x2db0_96e8_860a_83ce,
    0xeda6_6eae_4267_0113,
    0x44e7_1e6e_dcfe_09fe,
    0x1741_f94b_7a16_49e4,
    0xbc50_ba50_7c90_31b2,
    0x222f_89fb_b72b_d275,
];

const ZERO: [u64; 6] = [0; 6];

/// Good ones, bad ones, exceptional ones.
pub const SIGNATURES: [Known<[u64; 6]>; 16] = [
    (SAMPLE_HASH, SAMPLE_R, SAMPLE_S, Decision::Good),
    (SAMPLE_HASH, SAMPLE_R, SAMPLE_NEGATIVE_S, Decision::Good),
    (changed(SAMPLE_HASH), SAMPLE_R, SAMPLE_S, Decision::Bad),
    (SAMPLE_HASH, changed(SAMPLE_R), SAMPLE_S, Decision::Bad),
    (SAMPLE_HASH, SAMPLE_R, changed(SAMPLE_S), Decision::Bad),
    // out of range
    (SAMPLE_HASH, SAMPLE_R, ZERO, Decision::Exceptional),
    (SAMPLE_HASH, N, SAMPLE_S, Decision::Exceptional),
    // u1 = 0
    (ZERO, SAMPLE_R, SAMPLE_S, Decision::Exceptional),
    (TEST_HASH, TEST_R, TEST_S, Decision::Good),
    (TEST_HASH, TEST_R, TEST_NEGATIVE_S, Decision::Good),
    (changed(TEST_HASH), TEST_R, TEST_S, Decision::Bad),
    (TEST_HASH, changed(TEST_R), TEST_S, Decision::Bad),
    (TEST_HASH, TEST_R, changed(TEST_S), Decision::Bad),
    // out of range
    (TEST_HASH, TEST_R, ZERO, Decision::Exceptional),
    (TEST_HASH, N, TEST_S, Decision::Exceptional),
    // u1 = 0
    (ZERO, TEST_R, TEST_S, Decision::Exceptional),
];

/// Another number, by one bit.
const fn changed([a, b, c, d, e, f]: [u64; 6]) -> [u64; 6] {
    [a ^ 2, b, c, d, e, f]
}
