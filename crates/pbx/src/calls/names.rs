//! What the ids in a list of calls stand for, read at once for the whole list.

use super::Call;
use crate::{extension, hotline};
use call::Direction;
use model::{Actor, ExtensionId, HotlineId, Permission, Problem, UserId};
use std::collections::{HashMap, HashSet};
use store::Db;

/// The extensions and hotlines of some calls; what was removed since is missing.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Names {
    /// The calling code of the company's country.
    pub country: String,
    /// The numbers of extensions, and whose they are.
    pub extensions: HashMap<ExtensionId, (String, Option<UserId>)>,
    /// The extensions of calls inside, by number.
    pub inside: HashMap<String, ExtensionId>,
    /// The numbers of hotlines.
    pub hotlines: HashMap<HotlineId, String>,
}

/// The names in these calls.
pub async fn names(actor: &Actor, db: &Db, calls: &[Call]) -> Result<Names, Problem> {
    actor.require(Permission::ViewCalls)?;
    let mut tx = db.read(actor.tenant).await?;
    let mut names = Names { country: hotline::repo::country(&mut tx).await?, ..Names::default() };
    let ids: HashSet<ExtensionId> = calls.iter().filter_map(|call| call.extension).collect();
    let hotlines: HashSet<HotlineId> = calls.iter().filter_map(|call| call.hotline).collect();
    let inside = calls.iter().filter(|call| call.direction == Direction::Internal);
    let numbers: HashSet<&str> = inside.flat_map(|call| [&*call.caller_number, &*call.callee_number]).collect();
    if !ids.is_empty() || !numbers.is_empty() {
        let ids: Vec<ExtensionId> = ids.into_iter().collect();
        for found in extension::repo::named(&mut tx, &ids, &numbers.iter().copied().collect::<Vec<_>>()).await? {
            if numbers.contains(found.number.as_str()) {
                names.inside.insert(found.number.clone(), found.id);
            }
            names.extensions.insert(found.id, (found.number, found.user));
        }
    }
    if !hotlines.is_empty() {
        let ids: Vec<HotlineId> = hotlines.into_iter().collect();
        let found = hotline::repo::some(&mut tx, &ids).await?;
        names.hotlines = found.into_iter().map(|hotline| (hotline.id, hotline.number)).collect();
    }
    Ok(names)
}
