//! A key that becomes hot, where the machine has lanes as far as it knows: the same answers as the library's, alone and together.

use std::sync::Arc;

use crate::alg::Algorithm;
use crate::crypto::backend::lanes::pretence;
use crate::crypto::{Choice, accepted, sign, verify};
use crate::keys::{Candidates, Key, KeyOptions};

#[test]
fn a_hot_key_answers_as_the_library_does() {
    pretence::begin();
    let private = Key::generate(Algorithm::Rs256, None, None).unwrap().to_der(true).unwrap();
    let private = Key::from_der(&private, &KeyOptions::default()).unwrap();
    let key = Arc::new(private.public().unwrap());
    let fits = |choice, algorithm, input: &[u8], signature: &[u8]| {
        verify(&Candidates::one(&key), algorithm, choice, input, signature).is_ok()
    };
    let together = |algorithm, choice| key.prepared().decides_together(algorithm, choice);
    let [rs256, rs384, ps256] = [Algorithm::Rs256, Algorithm::Rs384, Algorithm::Ps256]
        .map(|algorithm| (algorithm, sign(&private, algorithm, b"input").unwrap()));

    // What is refused, who asks for other arithmetic, and PSS, which has no use for it, heat nothing.
    for _ in 0..320 {
        assert!(!fits(Choice::Auto, rs256.0, b"other", &rs256.1));
        accepted(&key, rs256.0, Choice::Portable);
        accepted(&key, rs256.0, Choice::Library);
        accepted(&key, ps256.0, Choice::Auto);
    }
    assert!(!together(rs256.0, Choice::Auto));
    for _ in 0..302 {
        accepted(&key, rs256.0, Choice::Auto);
    }
    assert!(together(rs256.0, Choice::Auto) && together(rs384.0, Choice::Ifma));
    assert!(!together(ps256.0, Choice::Auto));
    assert!(!together(rs256.0, Choice::Portable) && !together(rs256.0, Choice::Library));

    let changed = |signature: &[u8]| {
        let mut changed = signature.to_vec();
        changed[100] ^= 1;
        changed
    };
    let (other, zero, long) = (changed(&rs256.1), vec![0; 256], [&rs256.1[..], &[0]].concat());
    for choice in [Choice::Auto, Choice::Ifma, Choice::Portable, Choice::Library] {
        for (algorithm, good) in [&rs256, &rs384, &ps256] {
            assert!(fits(choice, *algorithm, b"input", good));
            assert!(!fits(choice, *algorithm, b"inpux", good));
        }
        assert!(!fits(choice, rs256.0, b"input", &rs384.1) && !fits(choice, rs384.0, b"input", &rs256.1));
        for bad in [&other[..], &zero, &long, &[0xff; 256], &[], &ps256.1] {
            assert!(!fits(choice, rs256.0, b"input", bad));
        }
        let items: [(&[u8], &[u8]); 11] = [
            (b"input", &rs256.1),
            (b"other", &rs256.1),
            (b"input", &other),
            (b"input", &rs256.1),
            (b"input", &[0xff; 256]),
            (b"input", &rs384.1),
            (b"input", &zero),
            (b"input", &rs256.1),
            (b"input", &long),
            (b"", &rs256.1),
            (b"input", &rs256.1),
        ];
        let wanted: Vec<bool> = [1, 0, 0, 1, 0, 0, 0, 1, 0, 0, 1].map(|good| good == 1).to_vec();
        assert_eq!(key.prepared().verify_all(rs256.0, choice, &items), wanted);
    }
    // So many that inputs of every hash are hashed in lanes; of some the signature is to their neighbour's.
    for algorithm in [Algorithm::Rs256, Algorithm::Rs384, Algorithm::Rs512] {
        let inputs: Vec<Vec<u8>> = (0..19).map(|number| vec![number; 90 + 7 * usize::from(number)]).collect();
        let signatures: Vec<Vec<u8>> = inputs.iter().map(|input| sign(&private, algorithm, input).unwrap()).collect();
        let is_good = |place: usize| place % 5 != 2;
        let signature_of = |place: usize| &signatures[if is_good(place) { place } else { place + 1 }][..];
        let items: Vec<(&[u8], &[u8])> = (0..18).map(|place| (&inputs[place][..], signature_of(place))).collect();
        let decided = key.prepared().verify_all(algorithm, Choice::Auto, &items);
        assert_eq!(decided, (0..18).map(is_good).collect::<Vec<_>>());
    }
    assert_eq!(crate::crypto::backend::WATCH.disagreements(), 0);
}
