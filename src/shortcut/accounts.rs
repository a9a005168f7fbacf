//! What a cache of tokens is asked for: one key under one plan. Entries of one are never found for another.

use std::sync::Arc;

use arc_swap::ArcSwap;

use super::plans::Plan;
use crate::cache;
use crate::issuer::{Issuer, Issuers};
use crate::keys::{KeySet, Slot};

/// So many plans of a key are remembered; then it begins anew.
const MAX_ACCOUNTS: usize = 64;

/// A key under a plan.
#[derive(Debug)]
pub struct Account {
    /// Whose entries are meant.
    pub number: u64,
    /// The policy and the key.
    pub issuers: Issuers,
    plan: u64,
}

/// The accounts of one key.
#[derive(Debug, Default)]
pub struct Accounts(ArcSwap<Vec<Arc<Account>>>);

impl Accounts {
    /// The account for a plan.
    pub fn of(&self, plan: &Plan, keys: &Arc<KeySet>) -> Arc<Account> {
        let known = self.0.load();
        let found = known.iter().find(|account| account.plan == plan.number());
        found.map_or_else(|| self.open(plan, keys), Arc::clone)
    }

    /// Two threads may open the same one at once; what one of them keeps is then verified again later.
    fn open(&self, plan: &Plan, keys: &Arc<KeySet>) -> Arc<Account> {
        let issuer = Issuer { policy: plan.policy().clone(), slot: Arc::new(Slot::own(Arc::clone(keys))) };
        let account =
            Arc::new(Account { number: cache::number(), issuers: Issuers::lone(issuer), plan: plan.number() });
        let known = self.0.load();
        let mut accounts = if known.len() < MAX_ACCOUNTS { Vec::clone(&known) } else { Vec::new() };
        accounts.push(Arc::clone(&account));
        self.0.store(Arc::new(accounts));
        account
    }
}
