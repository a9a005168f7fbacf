//! Known answers: a signature for each size of key, and what becomes of it when it, its hash or its form is changed. Words, the
//! most significant first.

use super::{E, Item, Key};
use crate::alg::Hash;
use crate::crypto::backend::Decision;
use crate::crypto::backend::lanes::Lanes;

/// A good signature.
pub struct Known {
    n: &'static [u64],
    hash: Hash,
    digest: &'static [u64],
    signature: &'static [u64],
}

impl Known {
    /// Of a modulus of so many bytes.
    pub fn of(bytes: usize) -> Option<&'static Self> {
        [&BITS_2048, &BITS_3072, &BITS_4096].into_iter().find(|known| known.n.len() * 8 == bytes)
    }

    /// Show somebody the modulus, big-endian, and what is to be decided, good and bad.
    pub fn items<T>(&self, show: impl FnOnce(&[u8], &[(Item<'_>, Decision); 8]) -> T) -> Option<T> {
        let [n, digest, good] = [self.n, self.digest, self.signature].map(bytes);
        let with = |place: usize, bit: u8, bytes: &[u8]| {
            let mut changed = bytes.to_vec();
            if let Some(byte) = changed.get_mut(place) {
                *byte ^= bit;
            }
            changed
        };
        let (last, other_digest) = (n.len() - 1, with(0, 1, &digest));
        let zero = vec![0; n.len()];
        let (one, other) = (with(last, 1, &zero), with(last, 1, &good));
        let items: [(Item<'_>, Decision); 8] = [
            ((self.hash, &digest, &good), Decision::Good),
            ((self.hash, &other_digest, &good), Decision::Bad),
            ((self.hash, &digest, &good), Decision::Good),
            ((self.hash, &digest, &other), Decision::Bad),
            ((self.hash, &digest, &zero), Decision::Bad),
            ((self.hash, &digest, &n), Decision::Exceptional),
            ((self.hash, &digest, &one), Decision::Bad),
            ((self.hash, &digest, good.get(1..)?), Decision::Exceptional),
        ];
        Some(show(&n, &items))
    }

    /// Do lanes say what is known, of one signature and of eight with good and bad ones side by side?
    pub fn passes(&self, lanes: impl Lanes) -> Option<bool> {
        self.items(|n, items| {
            let key = Key::new(n, &E)?;
            let alone = items.iter().all(|(item, decision)| key.decide(lanes, *item) == *decision);
            Some(alone && are_decided_in_each_lane(items, |items| key.decide_eight(lanes, items)))
        })?
    }
}

/// Are the first K of these decided as they should be, side by side, when they are turned so often that each is once in each lane?
pub fn are_decided_in_each_lane<const K: usize>(
    items: &[(Item<'_>, Decision); 8],
    decide: impl Fn(&[Item<'_>]) -> [Decision; K],
) -> bool {
    let turned = |by: usize| {
        let mut items = *items;
        items.rotate_left(by);
        let wanted = items.iter().map(|(_, decision)| decision).take(K);
        decide(&items.map(|(item, _)| item)).iter().eq(wanted)
    };
    (0..8).all(turned)
}

fn bytes(words: &[u64]) -> Vec<u8> {
    words.iter().flat_map(|word| word.to_be_bytes()).collect()
}

/// RFC 7515 section A.2.
const BITS_2048: Known = Known {
    n: &[
        0xa1f8_160a_e2e3_c9b4,
        0x65ce_8d2d_6562_6336,
        0x2b92_7dbe_29e1_f024,
        0x77fc_1625_cc90_a136,
        0xe38b_d934_97c5_b6ea,
        0x63dd_7711_e67c_7429,
        0xf956_b0fb_8a8f_089a,
        0xdc4b_6989_3cc1_333f,
        0x53ed_d019_b877_8425,
        0x2fec_914f_e485_7769,
        0x594b_ea42_80d3_2c0f,
        0x55bf_6294_4f13_0396,
        0xbc6e_9bdf_6ebd_d2bd,
        0xa367_8eec_a0c6_68f7,
        0x01b3_8dbf_fb38_c834,
        0x2ce2_fe6d_27fa_de4a,
        0x5a48_7497_9dd4_b9cf,
        0x9ade_c4c7_5b05_852c,
        0x2c0f_5ef8_a5c1_7503,
        0x92f9_44e8_ed64_c110,
        0xc6b6_4760_9aa4_783a,
        0xeb9c_6c9a_d755_3130,
        0x5063_8b83_665c_6f6f,
        0x7a82_a396_702a_1f64,
        0x1b82_d3eb_f239_2219,
        0x491f_b686_872c_5716,
        0xf50a_f835_8d9a_8b9d,
        0x17c3_4072_8f7f_87d8,
        0x9a18_d8fc_ab67_ad84,
        0x590c_2ecf_7593_3936,
        0x3c07_034d_6f60_6f9e,
        0x21e0_5456_cae5_e9a1,
    ],
    hash: Hash::Sha256,
    digest: &[0xc88a_3484_7b4f_fb12, 0xa932_6e54_0f14_4b3d, 0xcc4d_5515_f187_01e7, 0xd6e0_ee78_66c9_c705],
    signature: &[
        0x702e_2189_43e8_8fd1,
        0x1eb5_d82d_bf78_45f3,
        0x4106_ae1b_81ff_f773,
        0x1116_add1_717d_8365,
        0x6d42_0afd_3c96_eedd,
        0x73a2_663e_5166_687b,
        0x000b_8722_6e01_87ed,
        0x1073_f945_e582_adfc,
        0xef16_d85a_798e_e8c6,
        0x6ddb_3db8_975b_17d0,
        0x9402_beed_d5d9_d970,
        0x0710_8db2_8160_d5f8,
        0x040c_a744_5762_b81f,
        0xbe7f_f9d9_2e0a_e76f,
        0x24f2_5b33_bbe6_f44a,
        0xe61e_b104_0acb_2004,
        0x4d3e_f912_8ed4_0130,
        0x795b_d4bd_3b41_eeca,
        0xd066_ab65_1981_fde4,
        0x8df7_7f37_2dc3_8b9f,
        0xafdd_3bef_b18b_5da3,
        0xcc3c_2eb0_2f9e_3a41,
        0xd612_caad_1591_1273,
        0xa05f_23b9_e838_faaf,
        0x849d_6984_29ef_5a1e,
        0x8879_8236_c3d4_0e60,
        0x4522_a544_c8f2_7a7a,
        0x2db8_0663_d16c_f7ca,
        0xea56_de40_5cb2_215a,
        0x45b2_c255_66b5_5ac1,
        0xa748_a070_dfc8_a32a,
        0x4695_43d0_19ee_fb47,
    ],
};

/// Of a key made for this, of the text: known answer
const BITS_3072: Known = Known {
    n: &[
        0xc3a3_94b7_d0f0_e762,
        0x6374_a803_471d_7e62,
        0xda0a_eb00_c6bf_adac,
        0xb097_2669_de6d_043d,
        0x60cf_15cb_735c_4143,
        0x4dbb_8f27_2baf_16eb,
        0x4940_b9e7_bb84_cb98,
        0x2cab_6a5b_b339_f3e4,
        0xf9d0_d3c4_b5a4_9397,
        0x4bc9_df78_88a6_9833,
        0xece3_77d0_0b74_3ec4,
        0x5168_bad9_93e2_7ff3,
        0xd632_9dac_ebd6_6792,
        0x4597_114b_659a_7c7b,
        0x90c7_3ac3_41b4_03da,
        0x80e8_12c0_3fe6_544d,
        0x9457_560f_8c9d_9faf,
        0xbc2b_c6ca_0222_0bd7,
        0x31fa_891a_7040_a1ca,
        0xa4ad_b924_5b53_3b44,
        0xb322_0bad_0bf8_1b97,
        0x32e2_7e36_6dc1_3392,
        0x3fb9_d97c_d47e_13f9,
        0x1329_4fd9_31cf_ecde,
        0xed31_e254_1899_7253,
        0xcfbe_428e_b0c6_aee8,
        0xaac1_36f1_02fb_5858,
        0xbcc6_11a8_0a93_70b8,
        0xbedd_0af3_2303_b8e8,
        0xd526_a47a_91b0_1129,
        0xb0b7_8c13_1978_4529,
        0xf995_ade2_2a6d_d6b3,
        0x85fb_8dbd_7e95_d876,
        0xbf0c_0237_4bf2_de9d,
        0xb0af_6ae7_a8db_f19d,
        0xa82d_1d44_d1fa_33e2,
        0xf746_1c4e_c1e8_b173,
        0xdbfe_509a_4f68_1301,
        0xeb8f_df75_e2fb_22de,
        0xd1f5_9e28_423c_29af,
        0xba57_b47d_de72_b0c3,
        0x5001_dcc3_0de5_7386,
        0x6f64_4d2d_80d0_ff1f,
        0xe46c_66be_5670_2991,
        0xa8b9_f61d_e8bd_23b0,
        0x7316_59b8_1538_b6ad,
        0x5ef4_645e_a9d4_9d42,
        0x9b7e_1671_791d_73b1,
    ],
    hash: Hash::Sha384,
    digest: &[
        0xbb72_3687_8ffa_7f86,
        0x7189_0bcd_1c8d_d0ec,
        0x07f2_f982_6a06_b8aa,
        0x24f2_8631_b315_4355,
        0x6142_4bf8_c1c7_e3ef,
        0xa4c2_cb19_c476_ba36,
    ],
    signature: &[
        0xa4f9_3885_f916_1e0c,
        0x8b57_30e5_4cef_970c,
        0xe570_77e1_a67f_6b3c,
        0x6db4_f71c_fead_4594,
        0xaca1_f3d0_5f50_69ac,
        0x7a4f_e0fc_00a3_ef83,
        0x5135_dfd7_f6ab_26c8,
        0x978e_c797_a180_c909,
        0x2b78_bd7a_ef7e_8dc6,
        0x6231_be3f_d1e0_3ef1,
        0x17ee_4ca4_c2ea_9d4e,
        0x0264_cba7_8428_5fa7,
        0x6c76_642f_ed00_f3e4,
        0x7291_48b1_a2aa_c706,
        0xd143_04f6_26ef_5f72,
        0x328a_ff16_b5ef_7493,
        0x36d4_53bd_df49_dd72,
        0x3c33_39bf_32f3_b2b7,
        0x8dbe_71eb_81bc_32cc,
        0x9412_e893_54b7_8788,
        0xecad_b353_a8b6_207d,
        0x84d0_8758_64b6_c406,
        0xb78b_2e84_1910_dadd,
        0xdcd0_f76e_08bf_6356,
        0x97a5_4b8c_0b9f_f115,
        0x26e4_59d8_8a7f_e4fe,
        0xe169_a520_7094_df96,
        0xa3ef_eff0_8940_b9f3,
        0x5cb5_c4d9_6ad6_04bc,
        0x52a7_270b_3e3e_e743,
        0xa1d2_23bf_620c_7998,
        0xf464_795d_0d69_d484,
        0x7249_6eb4_b483_957f,
        0xfc31_dbcd_7a56_e901,
        0xe1a0_16cd_b2ee_e8bc,
        0x7a38_5b03_cbff_c566,
        0xeb45_9607_d974_0e71,
        0xa6d0_499e_4cc3_26d2,
        0x4d7b_ba8b_3ddf_a51d,
        0x3442_15c7_799b_aca8,
        0xe7a7_38ae_cec2_ae1b,
        0xeed7_35b8_1259_903a,
        0xedbf_f273_65c3_d624,
        0xf68d_18e0_a80e_aa0d,
        0xe320_5a2a_9161_cd56,
        0x2a4e_df99_3a99_3955,
        0x6c5c_aa7c_098c_eb74,
        0xa357_dcce_860c_51fa,
    ],
};

/// Of a key made for this, of the text: known answer
const BITS_4096: Known = Known {
    n: &[
        0xb07f_7415_2593_4c9e,
        0xe73e_0281_0795_d72e,
        0xc8fa_b7a8_4085_d539,
        0x5018_0ea4_8a86_152a,
        0xd58a_df7f_7ad5_bb20,
        0x2c65_78a8_9e6a_27cf,
        0xd797_0067_fe3d_7ec3,
        0xe234_31cc_e414_39c0,
        0xcf3a_0ecb_c6a5_299e,
        0x3a74_24f9_79ca_7924,
        0x4d1f_cd6a_220b_37f0,
        0xb7da_823a_58b7_f56b,
        0x6e6b_361d_5c2f_3988,
        0xe101_dfb7_bbaf_6a51,
        0xe71b_97e8_72c5_cb63,
        0x5085_51fd_32a4_ede5,
        0xe9b6_9cdb_0770_9382,
        0x8604_3bc4_c655_024b,
        0xcca1_0fd3_26d5_2435,
        0xd379_2983_b37d_7213,
        0x8354_b33b_fc18_513f,
        0x9b07_c892_4e9a_6551,
        0x4579_b598_725d_6ced,
        0x6e78_96c0_7c33_8c31,
        0x7274_e4b8_443a_a051,
        0x0d2d_438a_c5d2_265c,
        0x979c_58dd_126c_1a79,
        0x16f4_d083_76de_0ef7,
        0x69a0_52fe_ee27_6652,
        0x63db_32e9_007b_d04f,
        0xbe6f_4383_9bff_4521,
        0x9d14_e1d5_3825_8494,
        0xe784_37e1_878d_0434,
        0xfd38_6625_3a9c_515a,
        0x99a9_0d7f_0977_f85e,
        0xed03_9302_419b_7c62,
        0x0baa_432b_e650_d18d,
        0x9d81_b768_08ab_c51a,
        0xedbf_6ff4_8ea6_152a,
        0xd637_5269_96f0_a2af,
        0x38c7_0efc_d821_7c03,
        0x7034_e1c9_8f5c_873f,
        0xa62a_a1d5_4e4d_422f,
        0xe02c_667a_57dd_524e,
        0x9bca_6f10_74a5_d3de,
        0x7945_1ad0_922b_9ba4,
        0xd106_fd30_c764_4478,
        0xbd81_b594_8d55_7434,
        0x74c0_9394_eccb_a63d,
        0x3d2d_4d48_58a4_4874,
        0x1e59_f9ea_97eb_6767,
        0x58c2_c4cb_dbe2_f4b9,
        0xbf7c_26c1_26b0_67e4,
        0x8660_0971_d5d3_7b5e,
        0x334a_7e6b_363a_4488,
        0x4ee5_a32c_a8fa_2bcd,
        0xa199_e0b7_d2cd_2c70,
        0x45f5_7e34_85eb_e262,
        0xcada_9955_fd99_9588,
        0x3d88_ec54_9f8c_e5a0,
        0xfac4_d2ea_0201_e37d,
        0x7ac1_88cc_f1f6_11de,
        0x4c1e_6f09_d30d_d105,
        0x6fb2_3e31_8b44_2ca3,
    ],
    hash: Hash::Sha512,
    digest: &[
        0x7264_acb3_2b1f_3013,
        0xf065_5a78_e70a_956a,
        0xe9da_60de_02a7_2d7f,
        0xf99c_0c71_94ed_e890,
        0xc48f_5468_ad97_72d5,
        0x3220_06a0_26dd_d024,
        0xadd0_6dca_8a2f_9015,
        0xd140_977f_6f13_9f4b,
    ],
    signature: &[
        0x95d9_5621_7155_2c39,
        0xc470_3de2_e841_261b,
        0x59d4_416f_ddec_db53,
        0xa6b9_0941_746b_1af4,
        0xb8c2_4df5_3dc8_f174,
        0xfcde_b777_2cf6_8f98,
        0x0cd9_28bb_318b_c66e,
        0x1e27_c1de_d27d_096f,
        0xb92c_acc5_874c_3283,
        0x6524_d524_4635_58c2,
        0x5239_e83e_ccf1_c679,
        0x2c32_2c98_4b69_d4dd,
        0x21ee_e03d_2d7e_272e,
        0xbff3_f6f7_c1fe_6b01,
        0xebd6_6c24_769a_6551,
        0xd750_a829_9442_753f,
        0xba62_d989_af73_7320,
        0x9dd3_8c51_6c45_f14d,
        0x7cee_e72f_2e76_8bc8,
        0x74cd_bb29_33a2_2e90,
        0xb931_b8d4_0a25_c8b8,
        0x46e8_6230_74b5_fc93,
        0xf299_1e45_ff04_5f3f,
        0x1645_20dd_da83_97b4,
        0x85a2_654f_a5a7_abe1,
        0xcb7f_a308_1044_c84a,
        0x9aeb_4d72_8ecf_2322,
        0x0237_66ad_43b4_c05b,
        0x04ed_760a_3cdb_6fa4,
        0xd0ca_87e4_3ae4_1889,
        0x14ff_5082_6b59_ab2f,
        0x2237_b9d4_c415_77ff,
        0xcdfc_88c4_d836_185a,
        0xddeb_42b6_2f69_a9d7,
        0xa329_eed4_deb3_74a2,
        0x83a8_1e33_cc9a_3d75,
        0x8831_6a56_7d92_281e,
        0xcdec_b51c_4822_d547,
        0x10d2_b408_e1bf_9b2d,
        0xaa18_e831_c8b1_8416,
        0x01b2_e4a0_62c0_42ab,
        0xa02e_4d70_8116_aa58,
        0x4c33_26a3_31d4_213e,
        0x8a10_9e38_9ab1_ccbb,
        0x764c_0c1a_48e2_7796,
        0xe761_f7f5_8e17_0906,
        0x5f33_b9f7_bdfa_c4d3,
        0x3a89_9abb_3217_685f,
        0x6b59_9233_99eb_00e9,
        0xc895_5e7c_ff4d_3471,
        0xf1f8_1ba7_e4eb_8eaa,
        0xc96a_4b5c_f713_f468,
        0xc702_c7ca_cb77_8309,
        0xeda5_d511_780f_ed7d,
        0xf91b_de44_1575_0e61,
        0x019c_0579_b149_934e,
        0x9e56_53e8_3351_9024,
        0x983c_0f39_b2e0_424f,
        0x7194_6a09_8cf0_2730,
        0x2d1f_b3f7_5ffa_b65e,
        0x3186_18a7_e51c_4e56,
        0x9ecd_2ee2_0191_1b5a,
        0xaaff_48cd_4f96_786a,
        0x9281_e090_67cc_c4ea,
    ],
};
