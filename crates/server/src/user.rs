//! Looking after people who log in.

use account::user;
use model::{Actor, PageRequest};
use store::Db;

/// Gives somebody a new random password and returns it. Their sessions end.
pub(crate) async fn reset_password(db: &Db, login: &str, company: Option<&str>) -> anyhow::Result<String> {
    let companies = match company {
        Some(word) => vec![crate::company::choose(db, Some(word)).await?],
        None => crate::company::all(db).await?,
    };
    let mut known = Vec::new();
    for company in companies {
        let actor = Actor::system(company.id);
        let mut request = PageRequest { limit: PageRequest::MAX, after: None };
        loop {
            let page = user::list(&actor, db, request.clone()).await?;
            if let Some(found) = page.items.iter().find(|u| u.login.eq_ignore_ascii_case(login)) {
                let password = store::mint::secret_text(20);
                user::change_password(&actor, db, found.id, None, password.clone()).await?;
                return Ok(password);
            }
            known.extend(page.items.into_iter().map(|u| u.login));
            if page.next.is_none() {
                break;
            }
            request.after = page.next;
        }
    }
    known.truncate(20);
    anyhow::bail!("nobody has the login {login:?}; there are: {}", known.join(", "))
}
