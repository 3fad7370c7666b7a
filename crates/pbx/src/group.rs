//! Extensions that ring together or one after another.

pub(crate) mod repo;
mod service;
#[cfg(test)]
mod tests;

pub(crate) use service::{add_member, amend, insert};
pub use service::{create, delete, get, list, update};

use crate::target::{Target, TargetText};
use model::{ExtensionId, Faults, GroupId};
use serde::{Deserialize, Serialize};

/// How the members ring.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "openapi", schema(as = RingStrategy))]
pub enum Strategy {
    /// All at once, on one clock.
    #[default]
    Simultaneous,
    /// One after another, in the order of the list.
    #[serde(alias = "sequential")]
    Sequence,
    /// One after another, in an order drawn for each call.
    Random,
    /// One after another; who is on a call is passed over.
    Rollover,
    /// All at once, each on a clock of its own.
    Enterprise,
}

impl Strategy {
    pub(crate) const ALL: [(Strategy, &'static str); 5] = [
        (Strategy::Simultaneous, "simultaneous"),
        (Strategy::Sequence, "sequence"),
        (Strategy::Random, "random"),
        (Strategy::Rollover, "rollover"),
        (Strategy::Enterprise, "enterprise"),
    ];
}

impl From<Strategy> for call::Strategy {
    fn from(strategy: Strategy) -> call::Strategy {
        match strategy {
            Strategy::Simultaneous => call::Strategy::Simultaneous,
            Strategy::Sequence => call::Strategy::Sequence,
            Strategy::Random => call::Strategy::Random,
            Strategy::Rollover => call::Strategy::Rollover,
            Strategy::Enterprise => call::Strategy::Enterprise,
        }
    }
}

/// One of those who ring. The id alone, as a text, is read as one without times of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "MemberText")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "openapi", schema(as = RingMember))]
pub struct Member {
    /// Who.
    #[serde(with = "crate::text::id")]
    #[cfg_attr(feature = "openapi", schema(value_type = String, example = "ext_01hv3k0000000000000000000"))]
    pub extension: ExtensionId,
    /// How long after the others it joins, 0–600,000, where several ring together; sooner when nobody else rings. 0 when
    /// missing.
    #[cfg_attr(feature = "openapi", schema(required = false))]
    pub delay_ms: i64,
    /// How long it rings, 1,000–600,000; the group's time when missing.
    pub ring_ms: Option<i64>,
}

#[derive(Deserialize)]
#[serde(untagged, expecting = "a member is an extension's id, or an object of extension, delay_ms and ring_ms")]
enum MemberText {
    Id(String),
    Full(MemberFields),
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct MemberFields {
    extension: String,
    #[serde(default)]
    delay_ms: i64,
    #[serde(default)]
    ring_ms: Option<i64>,
}

impl TryFrom<MemberText> for Member {
    type Error = model::id::BadId;

    fn try_from(text: MemberText) -> Result<Member, Self::Error> {
        match text {
            MemberText::Id(id) => Ok(Member::from(id.parse::<ExtensionId>()?)),
            MemberText::Full(MemberFields { extension, delay_ms, ring_ms }) => {
                Ok(Member { extension: extension.parse()?, delay_ms, ring_ms })
            }
        }
    }
}

impl From<ExtensionId> for Member {
    fn from(extension: ExtensionId) -> Member {
        Member { extension, delay_ms: 0, ring_ms: None }
    }
}

/// A ring group.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "openapi", schema(as = RingGroup))]
pub struct Group {
    /// The id.
    #[serde(with = "crate::text::id")]
    #[cfg_attr(feature = "openapi", schema(value_type = String, example = "grp_01hv3k0000000000000000000"))]
    pub id: GroupId,
    /// Its name.
    pub name: String,
    /// How the members ring.
    pub strategy: Strategy,
    /// How long to ring: all together (`simultaneous`), or each member that has no time of its own.
    pub ring_ms: i64,
    /// Who rings, in order.
    pub members: Vec<Member>,
    /// Where the call goes when nobody answers; without it the call ends, or goes on in the flow that led here.
    #[cfg_attr(feature = "openapi", schema(value_type = Option<TargetText>))]
    pub on_no_answer: Option<Target>,
    /// When it was created, milliseconds since 1970.
    pub created_at: i64,
    /// When it was last changed.
    pub updated_at: i64,
}

/// A ring group to create.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "openapi", schema(as = NewRingGroup))]
pub struct NewGroup {
    /// Its name.
    pub name: String,
    /// How the members ring, `simultaneous` when missing.
    #[serde(default)]
    pub strategy: Strategy,
    /// How long to ring, 1,000–600,000; 20,000 when missing.
    #[serde(default = "twenty_seconds")]
    pub ring_ms: i64,
    /// Who rings, in order.
    pub members: Vec<Member>,
    /// Where the call goes when nobody answers.
    #[serde(default)]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<TargetText>))]
    pub on_no_answer: Option<Target>,
}

/// Changes to a ring group; what is missing stays.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "openapi", schema(as = RingGroupPatch))]
pub struct GroupPatch {
    /// Its name.
    pub name: Option<String>,
    /// How the members ring.
    pub strategy: Option<Strategy>,
    /// How long to ring.
    pub ring_ms: Option<i64>,
    /// Who rings, in order; replaces the whole list.
    pub members: Option<Vec<Member>>,
    /// Where the call goes when nobody answers; `null` for nowhere.
    #[serde(default, deserialize_with = "crate::text::patch")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<TargetText>))]
    pub on_no_answer: Option<Option<Target>>,
}

/// Puts the items into an order that the number decides, each order as likely as any other (Fisher and Yates); the
/// numbers behind it are those of SplitMix64.
pub(crate) fn shuffle<T>(items: &mut [T], dice: u64) {
    let mut state = dice;
    for last in (1..items.len()).rev() {
        state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = state;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^= mixed >> 31;
        // The remainder's lean towards small numbers is below one in 10^15 here.
        items.swap(last, (mixed % (last as u64 + 1)) as usize);
    }
}

pub(crate) fn twenty_seconds() -> i64 {
    20_000
}

impl NewGroup {
    /// A group of these members that all ring at once.
    pub fn of(name: impl Into<String>, members: impl IntoIterator<Item = ExtensionId>) -> NewGroup {
        NewGroup {
            name: name.into(),
            strategy: Strategy::Simultaneous,
            ring_ms: twenty_seconds(),
            members: members.into_iter().map(Member::from).collect(),
            on_no_answer: None,
        }
    }
}

impl Group {
    fn check(&self, faults: &mut Faults) {
        if !crate::config::good_name(&self.name) {
            faults.add("name", "Use 1 to 200 characters.");
        }
        if !(1_000..=600_000).contains(&self.ring_ms) {
            faults.add("ring_ms", "Use 1000 to 600000 milliseconds.");
        }
        if self.members.len() > 10_000 {
            faults.add("members", "Use at most 10000 extensions.");
        }
        for (place, member) in self.members.iter().enumerate().take(10_000) {
            if !(0..=600_000).contains(&member.delay_ms) {
                faults.add(format!("members[{place}].delay_ms"), "Use 0 to 600000 milliseconds.");
            }
            if member.ring_ms.is_some_and(|time| !(1_000..=600_000).contains(&time)) {
                faults.add(format!("members[{place}].ring_ms"), "Use 1000 to 600000 milliseconds, or null.");
            }
        }
    }
}
