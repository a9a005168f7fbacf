//! Ordinary requests: which rule is about one, where its token stands, and whether the token's scopes are enough. Says nothing
//! about any other request; `rapidjwt/web/_bearer.py` decides about those.

/// One rule of a guard.
#[derive(Debug)]
pub struct Rule {
    /// The methods it is about, in capitals; none: all.
    pub methods: Vec<String>,
    /// The paths it is about.
    pub place: Place,
    /// Whose requests it lets pass.
    pub needs: Needs,
}

/// Paths of one kind.
#[derive(Debug)]
pub enum Place {
    /// One path of these segments, with or without a slash at its end. `None` stands for any segment.
    Exact(Vec<Option<String>>),
    /// A path and all below it, by whole segments; without a slash at its end.
    Below(String),
}

/// What a rule wants.
#[derive(Debug)]
pub enum Needs {
    /// No token is looked at.
    Nothing,
    /// A token with these scopes.
    Scopes(Vec<String>),
    /// A token of which more is asked than its scopes.
    More,
}

impl Place {
    /// As rules write one path: a segment in braces stands for any.
    pub fn exact(path: &str) -> Self {
        let segment = |text: &str| (!text.starts_with('{')).then(|| text.to_owned());
        Self::Exact(path.trim_end_matches('/').split('/').map(segment).collect())
    }

    /// As rules write a prefix.
    pub fn below(prefix: &str) -> Self {
        Self::Below(prefix.trim_end_matches('/').to_owned())
    }

    fn has(&self, path: &str) -> bool {
        match self {
            Self::Exact(segments) => {
                let path = path.strip_suffix('/').unwrap_or(path);
                let mut wanted = segments.iter();
                let fits = path.split('/').all(|given| match wanted.next() {
                    Some(Some(segment)) => segment == given,
                    Some(None) => !given.is_empty(),
                    None => false,
                });
                fits && wanted.next().is_none()
            }
            Self::Below(prefix) => {
                path.strip_prefix(prefix.as_str()).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
            }
        }
    }
}

/// The first rule that is about a request. `None` too where the method or the path is out of the ordinary.
pub fn rule_for(rules: &[Rule], method: &str, path: &str) -> Option<usize> {
    // OPTIONS may be a preflight of CORS; a method in small letters counts as one in capitals with some frameworks.
    if method == "OPTIONS" || !method.bytes().all(|byte| byte.is_ascii_uppercase()) || !is_plain(path) {
        return None;
    }
    let about =
        |rule: &Rule| (rule.methods.is_empty() || rule.methods.iter().any(|one| one == method)) && rule.place.has(path);
    rules.iter().position(about)
}

/// Can the path be read in one way only, since it consists of harmless characters, and no segment begins with a dot?
fn is_plain(path: &str) -> bool {
    let mut at_start = true;
    path.starts_with('/')
        && path.bytes().skip(1).all(|byte| {
            let harmless = match byte {
                b'/' | b'.' => !at_start,
                b'_' | b'~' | b'!' | b'$' | b'&' | b'\'' | b'(' | b')' | b'*' | b'+' | b',' | b'=' | b':' | b'@'
                | b'-' => true,
                _ => byte.is_ascii_alphanumeric(),
            };
            at_start = byte == b'/';
            harmless
        })
}

/// The token of a request, from the values of its `Authorization` headers (RFC 6750 section 2.1).
pub fn bearer<'a>(mut values: impl Iterator<Item = &'a [u8]>) -> Option<&'a [u8]> {
    let credentials = values.next().filter(|_| values.next().is_none())?;
    let (scheme, token) = credentials.split_at_checked(7)?;
    let token = trim_spaces(token);
    // Some servers join two headers by a comma.
    (scheme.eq_ignore_ascii_case(b"bearer ") && !token.is_empty() && memchr::memchr(b',', token).is_none())
        .then_some(token)
}

fn trim_spaces(mut text: &[u8]) -> &[u8] {
    while let [b' ', rest @ ..] | [rest @ .., b' '] = text {
        text = rest;
    }
    text
}

/// Does the claim `scope`, as JSON text, name all of these (RFC 8693 section 4.2)? False where it has to be read to know.
pub fn grants(scope: &[u8], wanted: &[String]) -> bool {
    let [b'"', scopes @ .., b'"'] = scope else { return false };
    let has = |one: &String| scopes.split(|&byte| byte == b' ').any(|granted| granted == one.as_bytes());
    // What is escaped may be a space.
    !scopes.contains(&b'\\') && wanted.iter().all(has)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rule(methods: &[&str], place: Place) -> Rule {
        Rule { methods: methods.iter().map(ToString::to_string).collect(), place, needs: Needs::More }
    }

    #[test]
    fn the_first_rule_that_fits_is_found() {
        let rules = [
            rule(&["GET", "HEAD"], Place::exact("/orders/{id}/")),
            rule(&[], Place::exact("/")),
            rule(&["POST"], Place::below("/orders/")),
            rule(&[], Place::below("/orders/7")),
        ];
        let found = |method, path| rule_for(&rules, method, path);
        assert_eq!(found("GET", "/orders/7"), Some(0));
        assert_eq!(found("HEAD", "/orders/7/"), Some(0));
        assert_eq!(found("POST", "/orders"), Some(2));
        assert_eq!(found("POST", "/orders/"), Some(2));
        assert_eq!(found("PUT", "/orders/7/lines"), Some(3));
        assert_eq!(found("DELETE", "/"), Some(1));
        for (method, path) in
            [("GET", "/orders"), ("GET", "/orders/"), ("PUT", "/orders/70"), ("POST", "/orders-old"), ("GET", "")]
        {
            assert_eq!(found(method, path), None, "{method} {path}");
        }
        assert_eq!(rule_for(&[rule(&[], Place::below("/"))], "GET", "/any/path"), Some(0));
    }

    #[test]
    fn what_is_out_of_the_ordinary_has_no_rule() {
        let all = [rule(&[], Place::below("/"))];
        for path in ["/a", "/a.b/", "/a/b..", "/-:@!$&'()*+,=~_"] {
            assert_eq!(rule_for(&all, "GET", path), Some(0), "{path}");
        }
        for path in [
            "", "a", "//", "/a//", "/.", "/..", "/a/.b", "/a%20", "/a;b", "/a?b", "/a\\b", "/\u{e9}", "/a\0", "/a b",
            "/a\n",
        ] {
            assert_eq!(rule_for(&all, "GET", path), None, "{path}");
        }
        for method in ["get", "OPTIONS", "G\u{c9}T", "GET "] {
            assert_eq!(rule_for(&all, method, "/a"), None, "{method}");
        }
    }

    #[test]
    fn one_token_is_found() {
        let found = |values: &[&'static str]| bearer(values.iter().map(|value| value.as_bytes()));
        assert_eq!(found(&["Bearer a.b.c"]), Some(&b"a.b.c"[..]));
        assert_eq!(found(&["bEARER   a.b.c  "]), Some(&b"a.b.c"[..]));
        assert_eq!(found(&[]), None);
        assert_eq!(found(&["Bearer a", "Bearer a"]), None);
        for value in ["", "Bear", "Bearer ", "Bearer    ", "Bearer\ta", "Basic a, Bearer b", "Bearer a,b"] {
            assert_eq!(found(&[value]), None, "{value:?}");
        }
    }

    #[test]
    fn scopes_are_compared_whole() {
        let wanted = |names: &[&str]| names.iter().map(ToString::to_string).collect::<Vec<_>>();
        assert!(grants(br#""a orders:read b""#, &wanted(&["orders:read", "a"])));
        assert!(grants(br#""a""#, &[]));
        let others = [
            r#""orders:reader""#,
            r#""x orders:rea""#,
            r#""""#,
            r#"["orders:read"]"#,
            r#""orders:\u0072ead""#,
            "1",
            "\"",
            "",
        ];
        for scope in others.map(str::as_bytes) {
            assert!(!grants(scope, &wanted(&["orders:read"])), "{scope:?}");
        }
        assert!(!grants(br#""orders:read \n""#, &wanted(&["orders:read"])));
    }
}
