//! Keys in DER, PEM and OpenSSH lines: read or refused, never more; what is read survives every form. None of them is taken
//! for a secret.

use rapidjwt::alg::Algorithm;
use rapidjwt::error::Code;
use rapidjwt::keys::{Key, KeyOptions};

use crate::{edits, jwk, seeds};

pub fn body(data: &[u8]) {
    let (first, rest) = data.split_at(data.len().min(1));
    match first {
        [kind] if kind % 4 == 1 => read(&edits::one_of(seeds::pems(), rest), Key::from_pem),
        [kind] if kind % 4 == 2 => read(&edits::one_of(seeds::lines(), rest), Key::from_openssh),
        _ => read(&edits::one_of(seeds::ders(), rest), Key::from_der),
    }
}

type Read = fn(&[u8], &KeyOptions<'_>) -> Result<Key, rapidjwt::error::Error>;

fn read(text: &[u8], read: Read) {
    let Ok(key) = read(text, &KeyOptions { allow_weak: true, ..KeyOptions::default() }) else { return };
    jwk::survives(&key);
    let secret = KeyOptions { algorithm: Some(Algorithm::Hs256), ..KeyOptions::default() };
    let refused = Key::from_secret(text, &secret).map(|_| ()).map_err(|error| error.code());
    assert_eq!(refused, Err(Code::SecretIsKey), "a key passes for a secret");
}
