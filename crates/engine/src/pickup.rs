//! Picking up what rings elsewhere: `**` and an extension, or `*8` for whatever rings at the others of one's ring groups.
//! The call that is picked up sees an INVITE that takes the ringing leg's place (RFC 3891), as if the phone had asked for it.

use model::ExtensionId;
use pbx::snapshot::Tenant;

use crate::lines::Lines;

/// What a phone wants to pick up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Wanted<'a> {
    /// What rings at the extension of this number.
    Extension(&'a str),
    /// What rings at another member of its groups.
    Group,
}

/// The code in what was dialled; none when it is something else.
pub(crate) fn read(dialled: &str) -> Option<Wanted<'_>> {
    let digits = |text: &&str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    match dialled {
        "*8" => Some(Wanted::Group),
        _ => dialled.strip_prefix("**").filter(digits).map(Wanted::Extension),
    }
}

/// The leg that is to be picked up, by its number at the edge: of several calls the oldest.
pub(crate) fn find(tenant: &Tenant, lines: &Lines, by: ExtensionId, wanted: Wanted<'_>) -> Option<u64> {
    let found = match wanted {
        Wanted::Extension(number) => lines.ringing_at(tenant.by_number(number)?.id),
        Wanted::Group => {
            let ours = tenant.groups.values().filter(|group| group.members.iter().any(|member| member.extension == by));
            let others = ours.flat_map(|group| &group.members).filter(|member| member.extension != by);
            others.filter_map(|member| lines.ringing_at(member.extension)).min()
        }
    };
    found.map(|(_, leg)| leg)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_read_and_nothing_else() {
        assert_eq!(read("**101"), Some(Wanted::Extension("101")));
        assert_eq!(read("*8"), Some(Wanted::Group));
        for other in ["**", "*81", "101", "**1x", "***1", "*72101", ""] {
            assert_eq!(read(other), None, "{other}");
        }
    }
}
