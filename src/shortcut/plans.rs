//! A policy for each combination of arguments, made once.

use std::borrow::Cow;
use std::sync::Arc;

use arc_swap::ArcSwap;

use crate::alg::AlgorithmSet;
use crate::cache;
use crate::policy::Policy;

/// So many combinations are remembered; then it begins anew. A program has a handful.
const MAX_PLANS: usize = 64;

/// Names as a call gives them: mostly one.
#[derive(Debug)]
pub enum Names<'a> {
    /// A string.
    One(&'a str),
    /// A container.
    Many(Vec<Cow<'a, str>>),
}

impl Names<'_> {
    fn iter(&self) -> impl Iterator<Item = &str> {
        let (one, many) = match self {
            Self::One(one) => (Some(*one), &[][..]),
            Self::Many(many) => (None, many.as_slice()),
        };
        one.into_iter().chain(many.iter().map(|name| &**name))
    }

    /// Is one of them the empty string?
    pub fn has_empty(&self) -> bool {
        self.iter().any(str::is_empty)
    }
}

/// The arguments of one call that say what is accepted.
#[derive(Debug)]
pub struct Asked<'a> {
    /// Accepted `alg` values, as far as they are known.
    pub algorithms: AlgorithmSet,
    /// Accepted `iss` values; None: not checked.
    pub issuers: Option<Names<'a>>,
    /// Accepted `aud` values; None: a token must not have one.
    pub audiences: Option<Names<'a>>,
    /// The only accepted `sub`.
    pub subject: Option<&'a str>,
    /// Forgiven clock difference in seconds.
    pub leeway: f64,
    /// Names of claims that must be there.
    pub require: Names<'a>,
    /// Claims that are not checked, see `Policy::unchecked`.
    pub unchecked: u8,
    /// The signature is not checked either.
    pub unverified: bool,
}

/// A policy, with the arguments that it was made of.
#[derive(Debug)]
pub struct Plan {
    number: u64,
    policy: Policy,
    require: Box<[Box<str>]>,
}

impl Plan {
    fn new(asked: &Asked<'_>) -> Self {
        let mut policy = Policy {
            algorithms: asked.algorithms,
            issuers: asked.issuers.as_ref().map(owned),
            audiences: asked.audiences.as_ref().map(owned),
            subject: asked.subject.map(Into::into),
            leeway: asked.leeway,
            unchecked: asked.unchecked,
            ..Policy::default()
        };
        policy.require(asked.require.iter());
        Self { number: cache::number(), policy, require: owned(&asked.require) }
    }

    /// No other plan has it.
    pub fn number(&self) -> u64 {
        self.number
    }

    /// The policy.
    pub fn policy(&self) -> &Policy {
        &self.policy
    }

    fn is_for(&self, asked: &Asked<'_>) -> bool {
        let policy = &self.policy;
        policy.algorithms == asked.algorithms
            && policy.unchecked == asked.unchecked
            && policy.leeway.to_bits() == asked.leeway.to_bits()
            && policy.subject.as_deref() == asked.subject
            && same_option(policy.issuers.as_deref(), asked.issuers.as_ref())
            && same_option(policy.audiences.as_deref(), asked.audiences.as_ref())
            && same(&self.require, &asked.require)
    }
}

fn owned(names: &Names<'_>) -> Box<[Box<str>]> {
    names.iter().map(Into::into).collect()
}

fn same(kept: &[Box<str>], asked: &Names<'_>) -> bool {
    kept.iter().map(|name| &**name).eq(asked.iter())
}

fn same_option(kept: Option<&[Box<str>]>, asked: Option<&Names<'_>>) -> bool {
    match (kept, asked) {
        (None, None) => true,
        (Some(kept), Some(asked)) => same(kept, asked),
        _ => false,
    }
}

/// The plans so far.
#[derive(Debug, Default)]
pub struct Plans(ArcSwap<Vec<Arc<Plan>>>);

impl Plans {
    /// Do something with the plan for these arguments.
    pub fn with<T>(&self, asked: &Asked<'_>, act: impl FnOnce(&Plan) -> T) -> T {
        let plans = self.0.load();
        match plans.iter().find(|plan| plan.is_for(asked)) {
            Some(plan) => act(plan),
            None => act(&self.add(asked)),
        }
    }

    /// Two threads may add the same plan at once; one of them is then made again later.
    fn add(&self, asked: &Asked<'_>) -> Arc<Plan> {
        let plan = Arc::new(Plan::new(asked));
        let mut plans = if self.count() < MAX_PLANS { Vec::clone(&self.0.load()) } else { Vec::new() };
        plans.push(Arc::clone(&plan));
        self.0.store(Arc::new(plans));
        plan
    }

    /// Forget all.
    pub fn clear(&self) {
        self.0.store(Arc::default());
    }

    /// How many there are.
    pub fn count(&self) -> usize {
        self.0.load().len()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::alg::Algorithm;

    fn asked<'a>(audience: Option<&'a str>, issuer: Option<&'a str>) -> Asked<'a> {
        Asked {
            algorithms: AlgorithmSet::default().with(Algorithm::Hs256),
            issuers: issuer.map(Names::One),
            audiences: audience.map(Names::One),
            subject: None,
            leeway: 0.0,
            require: Names::Many(vec![]),
            unchecked: 0,
            unverified: false,
        }
    }

    #[test]
    fn each_combination_has_its_own_policy() {
        let plans = Plans::default();
        let all = [
            asked(None, None),
            asked(Some("a"), None),
            asked(Some("b"), None),
            asked(None, Some("a")),
            Asked { subject: Some("a"), ..asked(None, None) },
            Asked { leeway: 1.0, ..asked(None, None) },
            Asked { require: Names::Many(vec!["exp".into()]), ..asked(None, None) },
            Asked { require: Names::Many(vec!["exp".into(), "tenant".into()]), ..asked(None, None) },
            Asked { unchecked: 1, ..asked(None, None) },
            Asked { audiences: Some(Names::Many(vec!["a".into(), "b".into()])), ..asked(None, None) },
            Asked { audiences: Some(Names::Many(vec![])), ..asked(None, None) },
            Asked { algorithms: AlgorithmSet::default().with(Algorithm::Hs512), ..asked(None, None) },
        ];
        for round in 0..3 {
            for one in &all {
                plans.with(one, |plan| {
                    let policy = plan.policy();
                    assert_eq!(policy.algorithms, one.algorithms);
                    assert!(same_option(policy.issuers.as_deref(), one.issuers.as_ref()));
                    assert!(same_option(policy.audiences.as_deref(), one.audiences.as_ref()));
                    assert_eq!((policy.subject.as_deref(), policy.leeway), (one.subject, one.leeway));
                    assert_eq!(policy.unchecked, one.unchecked);
                });
            }
            assert_eq!(plans.count(), all.len(), "{round}");
        }
    }

    #[test]
    fn it_is_bounded() {
        let plans = Plans::default();
        for number in 0..200 {
            let name = number.to_string();
            plans.with(&asked(Some(&name), None), |plan| assert!(plan.policy.audiences.is_some()));
            assert!(plans.count() <= MAX_PLANS);
        }
    }
}
