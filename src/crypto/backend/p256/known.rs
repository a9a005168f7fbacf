//! Known answers: the public key and the two SHA-256 signatures of RFC 6979 section A.2.5, and what becomes of them when a
//! number is changed. Words, the least significant first.

use super::super::Decision;
use super::super::ecdsa::Known;

/// The public key.
pub const X: [u64; 4] = [0xe669_622e_60f2_9fb6, 0xc049_b892_3b61_fa6c, 0xc961_eb74_c635_6d68, 0x60fe_d4ba_255a_9d31];
/// The public key.
pub const Y: [u64; 4] = [0x77a3_c294_d446_2299, 0xf2f1_b20c_2d7e_9f51, 0xa41a_e9e9_5628_bc64, 0x7903_fe10_08b8_bc99];

/// Good ones, bad ones, exceptional ones.
pub const SIGNATURES: [Known<[u64; 4]>; 16] = [
    // "sample"
    (
        [0x6211_3d8a_62ad_d1bf, 0x1a83_1d02_68e9_8915, 0xe2ad_e1d6_94f4_1fc7, 0xaf2b_dbe1_aa9b_6ec1],
        [0xc34d_0ea8_4eaf_3716, 0x9d2c_877b_56aa_f991, 0x1140_dd9c_d45e_81d6, 0xefd4_8b2a_acb6_a8fd],
        [0x4dc4_ab2f_843a_cda8, 0xf3e9_00db_b9af_f406, 0xd436_c7a1_b6e2_9f65, 0xf7cb_1c94_2d65_7c41],
        Decision::Good,
    ),
    // the negative of s
    (
        [0x6211_3d8a_62ad_d1bf, 0x1a83_1d02_68e9_8915, 0xe2ad_e1d6_94f4_1fc7, 0xaf2b_dbe1_aa9b_6ec1],
        [0xc34d_0ea8_4eaf_3716, 0x9d2c_877b_56aa_f991, 0x1140_dd9c_d45e_81d6, 0xefd4_8b2a_acb6_a8fd],
        [0xa5f5_1f93_7828_57a9, 0xc8fd_f9d1_ed67_aa7e, 0x2bc9_385e_491d_6099, 0x0834_e36a_d29a_83bf],
        Decision::Good,
    ),
    // another hash
    (
        [0x6211_3d8a_62ad_d1be, 0x1a83_1d02_68e9_8915, 0xe2ad_e1d6_94f4_1fc7, 0xaf2b_dbe1_aa9b_6ec1],
        [0xc34d_0ea8_4eaf_3716, 0x9d2c_877b_56aa_f991, 0x1140_dd9c_d45e_81d6, 0xefd4_8b2a_acb6_a8fd],
        [0x4dc4_ab2f_843a_cda8, 0xf3e9_00db_b9af_f406, 0xd436_c7a1_b6e2_9f65, 0xf7cb_1c94_2d65_7c41],
        Decision::Bad,
    ),
    // another r
    (
        [0x6211_3d8a_62ad_d1bf, 0x1a83_1d02_68e9_8915, 0xe2ad_e1d6_94f4_1fc7, 0xaf2b_dbe1_aa9b_6ec1],
        [0xc34d_0ea8_4eaf_3714, 0x9d2c_877b_56aa_f991, 0x1140_dd9c_d45e_81d6, 0xefd4_8b2a_acb6_a8fd],
        [0x4dc4_ab2f_843a_cda8, 0xf3e9_00db_b9af_f406, 0xd436_c7a1_b6e2_9f65, 0xf7cb_1c94_2d65_7c41],
        Decision::Bad,
    ),
    // another s
    (
        [0x6211_3d8a_62ad_d1bf, 0x1a83_1d02_68e9_8915, 0xe2ad_e1d6_94f4_1fc7, 0xaf2b_dbe1_aa9b_6ec1],
        [0xc34d_0ea8_4eaf_3716, 0x9d2c_877b_56aa_f991, 0x1140_dd9c_d45e_81d6, 0xefd4_8b2a_acb6_a8fd],
        [0x4dc4_ab2f_843a_cdaa, 0xf3e9_00db_b9af_f406, 0xd436_c7a1_b6e2_9f65, 0xf7cb_1c94_2d65_7c41],
        Decision::Bad,
    ),
    // s = 0
    (
        [0x6211_3d8a_62ad_d1bf, 0x1a83_1d02_68e9_8915, 0xe2ad_e1d6_94f4_1fc7, 0xaf2b_dbe1_aa9b_6ec1],
        [0xc34d_0ea8_4eaf_3716, 0x9d2c_877b_56aa_f991, 0x1140_dd9c_d45e_81d6, 0xefd4_8b2a_acb6_a8fd],
        [0x0000_0000_0000_0000, 0x0000_0000_0000_0000, 0x0000_0000_0000_0000, 0x0000_0000_0000_0000],
        Decision::Exceptional,
    ),
    // r = n
    (
        [0x6211_3d8a_62ad_d1bf, 0x1a83_1d02_68e9_8915, 0xe2ad_e1d6_94f4_1fc7, 0xaf2b_dbe1_aa9b_6ec1],
        [0xf3b9_cac2_fc63_2551, 0xbce6_faad_a717_9e84, 0xffff_ffff_ffff_ffff, 0xffff_ffff_0000_0000],
        [0x4dc4_ab2f_843a_cda8, 0xf3e9_00db_b9af_f406, 0xd436_c7a1_b6e2_9f65, 0xf7cb_1c94_2d65_7c41],
        Decision::Exceptional,
    ),
    // hash 0, so that u1 = 0
    (
        [0x0000_0000_0000_0000, 0x0000_0000_0000_0000, 0x0000_0000_0000_0000, 0x0000_0000_0000_0000],
        [0xc34d_0ea8_4eaf_3716, 0x9d2c_877b_56aa_f991, 0x1140_dd9c_d45e_81d6, 0xefd4_8b2a_acb6_a8fd],
        [0x4dc4_ab2f_843a_cda8, 0xf3e9_00db_b9af_f406, 0xd436_c7a1_b6e2_9f65, 0xf7cb_1c94_2d65_7c41],
        Decision::Exceptional,
    ),
    // "test"
    (
        [0xd15d_6c15_b0f0_0a08, 0xa3bf_4f1b_2b0b_822c, 0x9a2f_eaa0_c55a_d015, 0x9f86_d081_884c_7d65],
        [0x4f28_d3b0_b7d3_8367, 0xed3e_fcf6_c513_2b35, 0x71d8_8156_7b1e_a663, 0xf1ab_b023_5183_51cd],
        [0x0cc8_4250_e46f_0083, 0x5f26_7e60_d381_4b4c, 0xbd25_926b_49c6_4915, 0x019f_4113_742a_2b14],
        Decision::Good,
    ),
    // the negative of s
    (
        [0xd15d_6c15_b0f0_0a08, 0xa3bf_4f1b_2b0b_822c, 0x9a2f_eaa0_c55a_d015, 0x9f86_d081_884c_7d65],
        [0x4f28_d3b0_b7d3_8367, 0xed3e_fcf6_c513_2b35, 0x71d8_8156_7b1e_a663, 0xf1ab_b023_5183_51cd],
        [0xe6f1_8872_17f4_24ce, 0x5dc0_7c4c_d396_5338, 0x42da_6d94_b639_b6ea, 0xfe60_beeb_8bd5_d4ec],
        Decision::Good,
    ),
    // another hash
    (
        [0xd15d_6c15_b0f0_0a09, 0xa3bf_4f1b_2b0b_822c, 0x9a2f_eaa0_c55a_d015, 0x9f86_d081_884c_7d65],
        [0x4f28_d3b0_b7d3_8367, 0xed3e_fcf6_c513_2b35, 0x71d8_8156_7b1e_a663, 0xf1ab_b023_5183_51cd],
        [0x0cc8_4250_e46f_0083, 0x5f26_7e60_d381_4b4c, 0xbd25_926b_49c6_4915, 0x019f_4113_742a_2b14],
        Decision::Bad,
    ),
    // another r
    (
        [0xd15d_6c15_b0f0_0a08, 0xa3bf_4f1b_2b0b_822c, 0x9a2f_eaa0_c55a_d015, 0x9f86_d081_884c_7d65],
        [0x4f28_d3b0_b7d3_8365, 0xed3e_fcf6_c513_2b35, 0x71d8_8156_7b1e_a663, 0xf1ab_b023_5183_51cd],
        [0x0cc8_4250_e46f_0083, 0x5f26_7e60_d381_4b4c, 0xbd25_926b_49c6_4915, 0x019f_4113_742a_2b14],
        Decision::Bad,
    ),
    // another s
    (
        [0xd15d_6c15_b0f0_0a08, 0xa3bf_4f1b_2b0b_822c, 0x9a2f_eaa0_c55a_d015, 0x9f86_d081_884c_7d65],
        [0x4f28_d3b0_b7d3_8367, 0xed3e_fcf6_c513_2b35, 0x71d8_8156_7b1e_a663, 0xf1ab_b023_5183_51cd],
        [0x0cc8_4250_e46f_0081, 0x5f26_7e60_d381_4b4c, 0xbd25_926b_49c6_4915, 0x019f_4113_742a_2b14],
        Decision::Bad,
    ),
    // s = 0
    (
        [0xd15d_6c15_b0f0_0a08, 0xa3bf_4f1b_2b0b_822c, 0x9a2f_eaa0_c55a_d015, 0x9f86_d081_884c_7d65],
        [0x4f28_d3b0_b7d3_8367, 0xed3e_fcf6_c513_2b35, 0x71d8_8156_7b1e_a663, 0xf1ab_b023_5183_51cd],
        [0x0000_0000_0000_0000, 0x0000_0000_0000_0000, 0x0000_0000_0000_0000, 0x0000_0000_0000_0000],
        Decision::Exceptional,
    ),
    // r = n
    (
        [0xd15d_6c15_b0f0_0a08, 0xa3bf_4f1b_2b0b_822c, 0x9a2f_eaa0_c55a_d015, 0x9f86_d081_884c_7d65],
        [0xf3b9_cac2_fc63_2551, 0xbce6_faad_a717_9e84, 0xffff_ffff_ffff_ffff, 0xffff_ffff_0000_0000],
        [0x0cc8_4250_e46f_0083, 0x5f26_7e60_d381_4b4c, 0xbd25_926b_49c6_4915, 0x019f_4113_742a_2b14],
        Decision::Exceptional,
    ),
    // hash 0, so that u1 = 0
    (
        [0x0000_0000_0000_0000, 0x0000_0000_0000_0000, 0x0000_0000_0000_0000, 0x0000_0000_0000_0000],
        [0x4f28_d3b0_b7d3_8367, 0xed3e_fcf6_c513_2b35, 0x71d8_8156_7b1e_a663, 0xf1ab_b023_5183_51cd],
        [0x0cc8_4250_e46f_0083, 0x5f26_7e60_d381_4b4c, 0xbd25_926b_49c6_4915, 0x019f_4113_742a_2b14],
        Decision::Exceptional,
    ),
];
