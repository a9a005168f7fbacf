//! DER: SubjectPublicKeyInfo and certificates (RFC 5280), PKCS#1 (RFC 8017), PKCS#8 (RFC 5958) and SEC 1 (RFC 5915) in,
//! parts of a key out; and SubjectPublicKeyInfo and PKCS#8 out. What is not of the form is `key_malformed`, another kind of
//! key `key_unsupported`. Certificates are not validated.

use der::asn1::{AnyRef, BitStringRef, ContextSpecific, ObjectIdentifier, OctetStringRef, UintRef};
use der::referenced::OwnedToRef;
use der::{Decode, Encode, Reader, SliceReader, Tag, TagNumber, Tagged};
use pkcs1::{RsaPrivateKeyRef, RsaPublicKeyRef};
use pkcs8::PrivateKeyInfoRef;
use sec1::{EcParameters, EcPrivateKey};
use spki::{AlgorithmIdentifierRef, SubjectPublicKeyInfoRef};
use x509_cert::Certificate;
use zeroize::Zeroizing;

use super::material::{Hidden, Material, Parts, RsaPrivate, RsaPublic};
use super::{numbers, pbes2};
use crate::alg::Curve;
use crate::crypto::ecdsa;
use crate::error::{Code, Error};

const RSA: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.1.1");
const EC: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.10045.2.1");
const ED25519: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.101.112");

const CURVES: [(Curve, ObjectIdentifier); 4] = [
    (Curve::P256, ObjectIdentifier::new_unwrap("1.2.840.10045.3.1.7")),
    (Curve::P384, ObjectIdentifier::new_unwrap("1.3.132.0.34")),
    (Curve::P521, ObjectIdentifier::new_unwrap("1.3.132.0.35")),
    (Curve::Secp256k1, ObjectIdentifier::new_unwrap("1.3.132.0.10")),
];

fn malformed<T>(_: T) -> Error {
    Code::KeyMalformed.into()
}

/// Read a key of any of the structures; they differ in the tags of their first members.
pub fn parse(der: &[u8], password: Option<&[u8]>) -> Result<Parts, Error> {
    let [first, second, third] = first_tags(der).map_err(malformed)?;
    match (first, second, third) {
        (Some(Tag::Sequence), Some(Tag::BitString), _) => parse_spki(der),
        (Some(Tag::Sequence), Some(Tag::OctetString), _) => parse_pkcs8(&pbes2::decrypt(der, password)?),
        (Some(Tag::Sequence), Some(Tag::Sequence), _) => parse_certificate(der),
        (Some(Tag::Integer), Some(Tag::Sequence), _) => parse_pkcs8(der),
        (Some(Tag::Integer), Some(Tag::OctetString), _) => parse_sec1(der),
        (Some(Tag::Integer), Some(Tag::Integer), Some(_)) => parse_rsa_private(der),
        (Some(Tag::Integer), Some(Tag::Integer), None) => parse_rsa_public(der),
        _ => Err(Code::KeyMalformed.into()),
    }
}

fn first_tags(der: &[u8]) -> der::Result<[Option<Tag>; 3]> {
    let outer = AnyRef::from_der(der)?;
    outer.tag().assert_eq(Tag::Sequence)?;
    let mut inner = SliceReader::new(outer.value())?;
    let mut tags = [None; 3];
    for tag in &mut tags {
        if !inner.is_finished() {
            *tag = Some(AnyRef::decode(&mut inner)?.tag());
        }
    }
    Ok(tags)
}

/// Read the public key of a certificate.
pub fn parse_certificate(der: &[u8]) -> Result<Parts, Error> {
    let certificate = Certificate::from_der(der).map_err(malformed)?;
    public_parts(certificate.tbs_certificate().subject_public_key_info().owned_to_ref())
}

/// Read a SubjectPublicKeyInfo.
pub fn parse_spki(der: &[u8]) -> Result<Parts, Error> {
    public_parts(SubjectPublicKeyInfoRef::from_der(der).map_err(malformed)?)
}

fn public_parts(info: SubjectPublicKeyInfoRef<'_>) -> Result<Parts, Error> {
    let key = info.subject_public_key.as_bytes().ok_or(Code::KeyMalformed)?;
    match info.algorithm.oid {
        RSA => check_rsa_parameters(&info.algorithm).and_then(|()| parse_rsa_public(key)),
        EC => Ok(Parts::Ec { curve: curve(&info.algorithm)?, point: key.to_vec() }),
        ED25519 => {
            check_no_parameters(&info.algorithm)?;
            Ok(Parts::Ed25519 { public: key.try_into().map_err(malformed)? })
        }
        _ => Err(Code::KeyUnsupported.into()),
    }
}

/// Read a PKCS#8 PrivateKeyInfo, or OneAsymmetricKey with the public key in it.
pub fn parse_pkcs8(der: &[u8]) -> Result<Parts, Error> {
    let info = PrivateKeyInfoRef::from_der(der).map_err(malformed)?;
    let key = info.private_key.as_bytes();
    match info.algorithm.oid {
        RSA => check_rsa_parameters(&info.algorithm).and_then(|()| parse_rsa_private(key)),
        EC => ec_private(key, Some(curve(&info.algorithm)?)),
        ED25519 => {
            check_no_parameters(&info.algorithm)?;
            let seed = <&OctetStringRef>::from_der(key).map_err(malformed)?.as_bytes();
            let public = info.public_key.map(|public| public.as_bytes().and_then(|public| public.try_into().ok()));
            let public = public.map(|public| public.ok_or(Code::KeyMalformed)).transpose()?;
            Ok(Parts::Ed25519Private { seed: Zeroizing::new(seed.try_into().map_err(malformed)?), public })
        }
        _ => Err(Code::KeyUnsupported.into()),
    }
}

/// RFC 8017 appendix A.1 and RFC 3279 section 2.3.1 want NULL; absent is seen and harmless.
fn check_rsa_parameters(algorithm: &AlgorithmIdentifierRef<'_>) -> Result<(), Error> {
    if algorithm.parameters.is_none_or(|parameters| parameters.is_null()) {
        Ok(())
    } else {
        Err(Code::KeyMalformed.into())
    }
}

/// RFC 8410 section 3.
fn check_no_parameters(algorithm: &AlgorithmIdentifierRef<'_>) -> Result<(), Error> {
    if algorithm.parameters.is_none() { Ok(()) } else { Err(Code::KeyMalformed.into()) }
}

/// The curve by its name; curves spelt out (the attack of CVE-2020-0601) are not supported.
fn curve(algorithm: &AlgorithmIdentifierRef<'_>) -> Result<Curve, Error> {
    let parameters = algorithm.parameters.ok_or(Code::KeyMalformed)?;
    named_curve(parameters.decode_as::<ObjectIdentifier>().map_err(|_| Code::KeyUnsupported)?)
}

fn named_curve(name: ObjectIdentifier) -> Result<Curve, Error> {
    let row = CURVES.iter().find(|(_, oid)| *oid == name);
    row.map(|(curve, _)| *curve).ok_or(Code::KeyUnsupported.into())
}

/// Read a SEC 1 ECPrivateKey, which must name its curve.
pub fn parse_sec1(der: &[u8]) -> Result<Parts, Error> {
    ec_private(der, None)
}

/// The members of an ECPrivateKey: scalar, curve, point. The curve may be spelt out, which the `sec1` crate cannot tell from
/// a broken key.
type EcMembers<'a> = (&'a [u8], Option<AnyRef<'a>>, Option<BitStringRef<'a>>);

fn split_sec1(der: &[u8]) -> der::Result<EcMembers<'_>> {
    let mut reader = SliceReader::new(der)?;
    let members = reader.sequence(|inner| {
        if u8::decode(inner)? != 1 {
            return Err(Tag::Integer.value_error().into());
        }
        let scalar = <&OctetStringRef>::decode(inner)?.as_bytes();
        let curve = ContextSpecific::<AnyRef<'_>>::decode_explicit(inner, TagNumber(0))?;
        let point = ContextSpecific::<BitStringRef<'_>>::decode_explicit(inner, TagNumber(1))?;
        Ok::<_, der::Error>((scalar, curve.map(|curve| curve.value), point.map(|point| point.value)))
    })?;
    reader.finish()?;
    Ok(members)
}

/// Read an ECPrivateKey; inside PKCS#8 the curve is named outside, and may be named again.
fn ec_private(der: &[u8], outer: Option<Curve>) -> Result<Parts, Error> {
    let (scalar, inner, point) = split_sec1(der).map_err(malformed)?;
    let point = point.map(|point| point.as_bytes().map(<[u8]>::to_vec).ok_or(Code::KeyMalformed)).transpose()?;
    let inner = inner.map(inner_curve).transpose()?;
    let curve = match (outer, inner) {
        (Some(outer), Some(inner)) if outer != inner => None,
        (outer, inner) => outer.or(inner),
    };
    Ok(Parts::EcPrivate { curve: curve.ok_or(Code::KeyMalformed)?, scalar: Hidden::new(scalar.to_vec()), point })
}

fn inner_curve(parameters: AnyRef<'_>) -> Result<Curve, Error> {
    match parameters.tag() {
        Tag::ObjectIdentifier => named_curve(parameters.decode_as().map_err(malformed)?),
        Tag::Sequence => Err(Code::KeyUnsupported.into()),
        _ => Err(Code::KeyMalformed.into()),
    }
}

/// Read a PKCS#1 RSAPublicKey.
pub fn parse_rsa_public(der: &[u8]) -> Result<Parts, Error> {
    let key = RsaPublicKeyRef::from_der(der).map_err(malformed)?;
    Ok(Parts::Rsa { public: rsa_public(key.modulus, key.public_exponent), private: None })
}

/// Read a PKCS#1 RSAPrivateKey; more than two primes are not supported.
pub fn parse_rsa_private(der: &[u8]) -> Result<Parts, Error> {
    let key = RsaPrivateKeyRef::from_der(der).map_err(malformed)?;
    if key.other_prime_infos.is_some() {
        return Err(Code::KeyUnsupported.into());
    }
    let hidden = |number: UintRef<'_>| Hidden::new(number.as_bytes().to_vec());
    let private = RsaPrivate {
        d: hidden(key.private_exponent),
        p: hidden(key.prime1),
        q: hidden(key.prime2),
        dp: hidden(key.exponent1),
        dq: hidden(key.exponent2),
        qi: hidden(key.coefficient),
    };
    Ok(Parts::Rsa { public: rsa_public(key.modulus, key.public_exponent), private: Some(private) })
}

fn rsa_public(n: UintRef<'_>, e: UintRef<'_>) -> RsaPublic {
    RsaPublic { n: numbers::stripped(n.as_bytes()).into(), e: numbers::stripped(e.as_bytes()).into() }
}

/// The public point of a private scalar.
pub fn derive_point(curve: Curve, scalar: &[u8]) -> Result<Vec<u8>, Error> {
    let der = write_sec1(curve, scalar, None).map_err(|_| Code::KeyInvalid)?;
    ecdsa::Signer::from_der(curve, &der).map(|signer| signer.point()).ok_or(Code::KeyInvalid.into())
}

/// Write a SubjectPublicKeyInfo, or with `private` an unencrypted PKCS#8: `key_unsupported` for a secret, `key_public`
/// where there is no private part.
pub fn write(material: &Material, private: bool) -> Result<Hidden, Error> {
    match (material, private) {
        (Material::Secret(_), _) => Err(Code::KeyUnsupported.into()),
        (_, true) if !material.is_private() => Err(Code::KeyPublic.into()),
        // Sizes of checked keys are far below what DER can say.
        (_, true) => write_pkcs8(material).map_err(|_| Code::KeyInvalid.into()),
        (_, false) => write_spki(material).map_err(|_| Code::KeyInvalid.into()),
    }
}

fn write_spki(material: &Material) -> der::Result<Hidden> {
    let spki = |algorithm, key: &[u8]| {
        SubjectPublicKeyInfoRef { algorithm, subject_public_key: BitStringRef::from_bytes(key)? }.to_der()
    };
    let der = match material {
        Material::Secret(_) => return Err(Tag::Null.value_error().into()),
        Material::Rsa { public, .. } => spki(rsa_algorithm(), &write_rsa_public(public)?)?,
        Material::Ec { curve, point, .. } => spki(ec_algorithm(&curve_name(*curve)?), point)?,
        Material::Ed25519 { public, .. } => spki(ed25519_algorithm(), public)?,
    };
    Ok(Hidden::new(der))
}

fn write_pkcs8(material: &Material) -> der::Result<Hidden> {
    let pkcs8 = |algorithm, key: &[u8]| PrivateKeyInfoRef::new(algorithm, OctetStringRef::new(key)?).to_der();
    let der = match material {
        Material::Rsa { public, private: Some(private) } => {
            pkcs8(rsa_algorithm(), &write_rsa_private(public, private)?)?
        }
        Material::Ec { curve, point, scalar: Some(scalar) } => {
            // Without the curve's name inside, as it stands outside (RFC 5915 section 3 and what OpenSSL writes).
            let key = EcPrivateKey { private_key: scalar, parameters: None, public_key: Some(point) };
            pkcs8(ec_algorithm(&curve_name(*curve)?), &Hidden::new(key.to_der()?))?
        }
        Material::Ed25519 { seed: Some(seed), .. } => {
            pkcs8(ed25519_algorithm(), &Hidden::new(OctetStringRef::new(&**seed)?.to_der()?))?
        }
        _ => return Err(Tag::Null.value_error().into()),
    };
    Ok(Hidden::new(der))
}

fn rsa_algorithm() -> AlgorithmIdentifierRef<'static> {
    AlgorithmIdentifierRef { oid: RSA, parameters: Some(AnyRef::NULL) }
}

fn ec_algorithm(curve: &ObjectIdentifier) -> AlgorithmIdentifierRef<'_> {
    AlgorithmIdentifierRef { oid: EC, parameters: Some(curve.into()) }
}

fn ed25519_algorithm() -> AlgorithmIdentifierRef<'static> {
    AlgorithmIdentifierRef { oid: ED25519, parameters: None }
}

fn curve_name(curve: Curve) -> der::Result<ObjectIdentifier> {
    let row = CURVES.iter().find(|(known, _)| *known == curve);
    row.map(|(_, oid)| *oid).ok_or_else(|| Tag::ObjectIdentifier.value_error().into())
}

fn write_rsa_public(public: &RsaPublic) -> der::Result<Vec<u8>> {
    RsaPublicKeyRef { modulus: UintRef::new(&public.n)?, public_exponent: UintRef::new(&public.e)? }.to_der()
}

fn write_rsa_private(public: &RsaPublic, private: &RsaPrivate) -> der::Result<Hidden> {
    let key = RsaPrivateKeyRef {
        modulus: UintRef::new(&public.n)?,
        public_exponent: UintRef::new(&public.e)?,
        private_exponent: UintRef::new(&private.d)?,
        prime1: UintRef::new(&private.p)?,
        prime2: UintRef::new(&private.q)?,
        exponent1: UintRef::new(&private.dp)?,
        exponent2: UintRef::new(&private.dq)?,
        coefficient: UintRef::new(&private.qi)?,
        other_prime_infos: None,
    };
    key.to_der().map(Hidden::new)
}

fn write_sec1(curve: Curve, scalar: &[u8], point: Option<&[u8]>) -> der::Result<Hidden> {
    let parameters = Some(EcParameters::NamedCurve(curve_name(curve)?));
    EcPrivateKey { private_key: scalar, parameters, public_key: point }.to_der().map(Hidden::new)
}
