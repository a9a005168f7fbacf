//! The choice of the issuer, by any payload: where the strict reader accepts it, the route has found the same `iss`.

use std::sync::{Arc, LazyLock};

use rapidjwt::claims::{Registered, read_unverified};
use rapidjwt::compact::Limits;
use rapidjwt::error::Code;
use rapidjwt::issuer::{Issuer, Issuers, Name, Template};
use rapidjwt::json::{Member, Skip};
use rapidjwt::keys::Slot;
use rapidjwt::policy::Policy;

use crate::{edits, seeds};

const NAMES: [&str; 5] = ["i", "https://b.example/", "\u{e9}", "q\"", "\u{1f600}"];

static ISSUERS: LazyLock<Issuers> = LazyLock::new(|| {
    let issuer = |iss: Option<&str>| {
        let mut policy = Policy::default();
        policy.issuers = iss.map(|iss| [Box::from(iss)].into());
        Issuer { policy, slot: Arc::new(Slot::new(None).expect("no keys are never misplaced")) }
    };
    let mut named: Vec<_> = NAMES.iter().map(|&name| (Name::Exact(name.into()), issuer(Some(name)))).collect();
    named.push((Name::Template(Template::new("https://t/", "/v2", None)), issuer(None)));
    Issuers::named(named, Limits::default()).expect("no name stands twice")
});

pub fn body(data: &[u8]) {
    let payload = edits::one_of(&seeds::ISSUERS, data);
    let route = ISSUERS.route(&payload).map(|route| (route.index, route.iss.into_owned()));
    if let Ok((index, iss)) = &route {
        assert!(
            NAMES.get(*index).map_or_else(|| iss.starts_with("https://t/") && iss.ends_with("/v2"), |name| name == iss)
        );
    }
    let mut claims = Registered::default();
    if read_unverified(&payload, (&[], 128), &mut Skip::<true>, &mut claims).is_err() {
        return;
    }
    let code = route.as_ref().map_err(|error| error.code());
    match &claims.iss {
        Member::Absent => assert_eq!(code.err(), Some(Code::ClaimMissing)),
        Member::Null | Member::Invalid => assert_eq!(code.err(), Some(Code::IssInvalid)),
        Member::Is(text) => match code {
            Ok((_, iss)) => assert_eq!(iss, text),
            Err(code) => {
                assert_eq!(code, Code::IssuerUnknown);
                assert!(!NAMES.contains(&&**text));
            }
        },
    }
}
