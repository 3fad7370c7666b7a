//! Finding companies on the command line.

use crate::cli;
use account::tenant::{self, Tenant};
use model::{Actor, PageRequest};
use store::Db;

/// All companies, oldest first.
pub(crate) async fn all(db: &Db) -> anyhow::Result<Vec<Tenant>> {
    let actor = Actor::system(store::mint());
    let mut request = PageRequest { limit: PageRequest::MAX, after: None };
    let mut found = Vec::new();
    loop {
        let page = tenant::list(&actor, db, request.clone()).await?;
        found.extend(page.items);
        if page.next.is_none() {
            return Ok(found);
        }
        request.after = page.next;
    }
}

/// The company of this name, domain or id; without a word the only one there is.
pub(crate) async fn choose(db: &Db, word: Option<&str>) -> anyhow::Result<Tenant> {
    let companies = all(db).await?;
    let names = || companies.iter().map(|c| format!("  {}  {}", c.id, c.name)).collect::<Vec<_>>().join("\n");
    let Some(word) = word else {
        return match companies.as_slice() {
            [only] => Ok(only.clone()),
            [] => anyhow::bail!("there is no company yet: `{} bootstrap --company NAME` makes one", cli::program()),
            _ => anyhow::bail!("there are several companies; say which with --company:\n{}", names()),
        };
    };
    let fits = |c: &&Tenant| c.name == word || c.domain == word || c.id.to_string() == word;
    match companies.iter().find(fits) {
        Some(company) => Ok(company.clone()),
        None => anyhow::bail!("there is no company {word:?}; there are:\n{}", names()),
    }
}
