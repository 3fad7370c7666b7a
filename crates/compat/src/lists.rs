//! Whole lists of what a company has few of, read page by page.

use crate::State;
use account::department::{self, Department};
use account::user::{self, User};
use model::{Actor, Page, PageRequest, Problem};
use pbx::extension::{self, Extension};
use pbx::flow::{self, Flow};
use pbx::greeting::{self, Greeting};
use pbx::group::{self, Group};
use pbx::hotline::{self, Hotline};
use pbx::trunk::{self, Trunk};

pub(crate) async fn hotlines(actor: &Actor, state: &State) -> Result<Vec<Hotline>, Problem> {
    all(|page| hotline::list(actor, state.db(), page)).await
}

pub(crate) async fn departments(actor: &Actor, state: &State) -> Result<Vec<Department>, Problem> {
    all(|page| department::list(actor, state.db(), page)).await
}

pub(crate) async fn users(actor: &Actor, state: &State) -> Result<Vec<User>, Problem> {
    all(|page| user::list(actor, state.db(), page)).await
}

pub(crate) async fn extensions(actor: &Actor, state: &State) -> Result<Vec<Extension>, Problem> {
    all(|page| extension::list(actor, state.db(), None, page)).await
}

pub(crate) async fn trunks(actor: &Actor, state: &State) -> Result<Vec<Trunk>, Problem> {
    all(|page| trunk::list(actor, state.db(), page)).await
}

pub(crate) async fn flows(actor: &Actor, state: &State) -> Result<Vec<Flow>, Problem> {
    all(|page| flow::list(actor, state.db(), page)).await
}

pub(crate) async fn groups(actor: &Actor, state: &State) -> Result<Vec<Group>, Problem> {
    all(|page| group::list(actor, state.db(), page)).await
}

pub(crate) async fn greetings(actor: &Actor, state: &State) -> Result<Vec<Greeting>, Problem> {
    all(|page| greeting::list(actor, state.db(), page)).await
}

/// All pages of a list.
pub(crate) async fn all<T, F: Future<Output = Result<Page<T>, Problem>>>(
    list: impl Fn(PageRequest) -> F,
) -> Result<Vec<T>, Problem> {
    let mut all = Vec::new();
    let mut page = Some(PageRequest { limit: PageRequest::MAX, after: None });
    while let Some(wanted) = page.take() {
        let found = list(wanted).await?;
        all.extend(found.items);
        page = found.next.map(|after| PageRequest { limit: PageRequest::MAX, after: Some(after) });
    }
    Ok(all)
}
