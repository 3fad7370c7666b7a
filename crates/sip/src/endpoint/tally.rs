//! How many contacts each group of accounts has, over all parts of the registrar.

use std::collections::HashMap;

use crate::directory::Group;

/// The counts.
#[derive(Debug, Default)]
pub(crate) struct Tally {
    /// The group and the contacts of each account that has any.
    accounts: HashMap<u128, (u128, usize)>,
    groups: HashMap<u128, usize>,
}

impl Tally {
    /// Takes room for so many more contacts of an account; false when its group has none. What is taken and not used is
    /// given back by the next [`Tally::set`].
    pub(crate) fn take(&mut self, account: u128, group: Group, more: usize) -> bool {
        let used = self.groups.get(&group.key).copied().unwrap_or(0);
        if group.contacts > 0 && used + more > group.contacts {
            return false;
        }
        let held = self.accounts.get(&account).map_or(0, |(_, held)| *held);
        self.set(account, group.key, held + more);
        true
    }

    /// An account has so many contacts now.
    pub(crate) fn set(&mut self, account: u128, group: u128, contacts: usize) {
        self.drop(account);
        if contacts > 0 {
            self.accounts.insert(account, (group, contacts));
            *self.groups.entry(group).or_default() += contacts;
        }
    }

    /// An account that is counted already has so many contacts left.
    pub(crate) fn left(&mut self, account: u128, contacts: usize) {
        if let Some((group, _)) = self.accounts.get(&account) {
            self.set(account, *group, contacts);
        }
    }

    fn drop(&mut self, account: u128) {
        let Some((group, held)) = self.accounts.remove(&account) else { return };
        if let Some(used) = self.groups.get_mut(&group) {
            *used -= held.min(*used);
            if *used == 0 {
                self.groups.remove(&group);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_group_has_so_much_room_and_gets_back_what_was_not_used() {
        let mut tally = Tally::default();
        let (ours, theirs) = (Group { key: 1, contacts: 3 }, Group { key: 2, contacts: 0 });
        assert!(tally.take(10, ours, 2) && tally.take(11, ours, 1));
        assert!(!tally.take(12, ours, 1), "full");
        assert!(tally.take(20, theirs, 50), "another group has no bound");
        tally.left(10, 1);
        assert!(tally.take(12, ours, 1));
        tally.set(12, 1, 0);
        assert!(tally.take(12, ours, 1), "it was given back");
    }

    #[test]
    fn nothing_is_kept_of_who_is_gone() {
        let mut tally = Tally::default();
        assert!(tally.take(10, Group { key: 1, contacts: 3 }, 2));
        tally.left(10, 0);
        tally.left(99, 4);
        assert!(tally.accounts.is_empty() && tally.groups.is_empty());
    }
}
