//! `internal_group`: ring groups. What a group has no word for here keeps the vendor's empty forms, which differ between a
//! group that was just made and one that was changed or is listed.

use super::answer::{Outcome, Payload, Refusal, page};
use super::auth::Client;
use super::input::{self, Body, Listing, needed};
use super::words;
use crate::State;
use axum::extract::State as Shared;
use axum::routing::{MethodRouter, delete as delete_at, get, post};
use model::{Actor, ExtensionId, GroupId, Permission};
use pbx::extension::Extension;
use pbx::group::{self, Group, GroupPatch, Member, NewGroup, Strategy};
use pbx::hotline::Target;
use rest::{Failure, Path, Query};
use serde::Deserialize;
use serde_json::{Value, json};

const USUAL_SIZE: u32 = 10;
/// The longest list of members in one request.
const MOST_MEMBERS: usize = 1_000;

/// The vendor's words for how members ring.
const STRATEGIES: [(&str, Strategy); 5] = [
    ("enterprise", Strategy::Enterprise),
    ("rollover", Strategy::Rollover),
    ("random", Strategy::Random),
    ("simultaneous", Strategy::Simultaneous),
    ("sequence", Strategy::Sequence),
];

pub(super) fn routes() -> [(&'static str, MethodRouter<State>); 6] {
    [
        ("/api/call_center/internal_group/list", get(list)),
        ("/api/call_center/internal_group/add", post(add)),
        ("/api/call_center/internal_group/update/{id}", post(update)),
        ("/api/call_center/internal_group/add-members", post(add_members)),
        ("/api/call_center/internal_group/remove-members", post(remove_members)),
        ("/api/call_center/internal_group/delete/{id}", delete_at(delete)),
    ]
}

/// A group as it is sent.
#[derive(Deserialize)]
struct Sent {
    group_name: Option<String>,
    strategy: Option<String>,
    sip_members: Option<Vec<Number>>,
    /// Seconds for each member.
    timeout: Option<i64>,
    #[serde(default)]
    target_timeout_type: Option<String>,
    #[serde(default)]
    target_timeout: Option<String>,
}

/// Members to add or to take out.
#[derive(Deserialize)]
struct Members {
    group_id: Option<String>,
    sip_users: Option<Vec<Number>>,
}

/// An extension's number, which may come as a number.
#[derive(Deserialize)]
struct Number(#[serde(deserialize_with = "crate::loose::text")] String);

async fn list(Shared(state): Shared<State>, Client(actor): Client, wanted: Result<Query<Listing>, Failure>) -> Outcome {
    let Query(wanted) = wanted?;
    let paging = wanted.paging(USUAL_SIZE);
    let mut groups = input::groups(&actor, &state).await?;
    groups.reverse();
    groups.retain(|group| wanted.fits(&group.name));
    let book = Book::of(&actor, &state).await?;
    let items = paging.cut(&groups).map(|group| book.listed(group)).collect();
    Ok(page(items, paging, groups.len() as u64))
}

async fn add(Shared(state): Shared<State>, Client(actor): Client, Body(sent): Body<Sent>) -> Outcome {
    actor.require(Permission::EditConfig)?;
    let book = Book::of(&actor, &state).await?;
    let (name, strategy) = (sent.name()?, sent.strategy()?);
    let (members, ring_ms) = (book.members(sent.sip_members.as_deref(), "sip_members_is_required")?, sent.ring_ms()?);
    let on_no_answer = target(&actor, &state, &sent, None).await?;
    let new = NewGroup { name, strategy, ring_ms, members, on_no_answer };
    let made = group::create(&actor, state.db(), new).await.map_err(wrong)?;
    Ok(Payload(book.made(&made)))
}

async fn update(
    Shared(state): Shared<State>,
    Client(actor): Client,
    id: Result<Path<String>, Failure>,
    Body(sent): Body<Sent>,
) -> Outcome {
    let Path(id) = id?;
    actor.require(Permission::EditConfig)?;
    let found = find(&actor, &state, &id).await?;
    let book = Book::of(&actor, &state).await?;
    let patch = GroupPatch {
        name: Some(sent.name()?),
        strategy: Some(sent.strategy()?),
        ring_ms: Some(sent.ring_ms()?),
        members: Some(book.members(sent.sip_members.as_deref(), "sip_members_is_required")?),
        on_no_answer: Some(target(&actor, &state, &sent, found.on_no_answer).await?),
    };
    let saved = group::update(&actor, state.db(), found.id, patch).await.map_err(wrong)?;
    Ok(Payload(book.with_members(book.listed(&saved), &saved)))
}

async fn add_members(Shared(state): Shared<State>, Client(actor): Client, Body(wanted): Body<Members>) -> Outcome {
    let (found, book) = of_members(&actor, &state, wanted.group_id).await?;
    let more = book.members(wanted.sip_users.as_deref(), "sip_users_is_required")?;
    let mut members = found.members.clone();
    // Who is in it already stays in the place.
    members.extend(more.into_iter().filter(|new| !found.members.iter().any(|old| old.extension == new.extension)));
    save(&state, &actor, &book, found.id, members).await
}

async fn remove_members(Shared(state): Shared<State>, Client(actor): Client, Body(wanted): Body<Members>) -> Outcome {
    let (found, book) = of_members(&actor, &state, wanted.group_id).await?;
    let gone = book.members(wanted.sip_users.as_deref(), "sip_users_is_required")?;
    let mut members = found.members;
    members.retain(|old| !gone.iter().any(|gone| gone.extension == old.extension));
    save(&state, &actor, &book, found.id, members).await
}

async fn of_members(actor: &Actor, state: &State, id: Option<String>) -> Result<(Group, Book), Refusal> {
    actor.require(Permission::EditConfig)?;
    let id = needed(id, "group_id_is_required")?;
    Ok((find(actor, state, &id).await?, Book::of(actor, state).await?))
}

async fn save(state: &State, actor: &Actor, book: &Book, id: GroupId, members: Vec<Member>) -> Outcome {
    let patch = GroupPatch { members: Some(members), ..GroupPatch::default() };
    let saved = group::update(actor, state.db(), id, patch).await.map_err(wrong)?;
    Ok(Payload(book.with_members(book.listed(&saved), &saved)))
}

async fn delete(Shared(state): Shared<State>, Client(actor): Client, id: Result<Path<String>, Failure>) -> Outcome {
    let Path(id) = id?;
    let found = find(&actor, &state, &id).await?;
    group::delete(&actor, state.db(), found.id).await?;
    Ok(Payload(json!(true)))
}

async fn find(actor: &Actor, state: &State, id: &str) -> Result<Group, Refusal> {
    let found = input::groups(actor, state).await?.into_iter().find(|group| input::is(group.id, id));
    found.ok_or(Refusal::Word("group_id_invalid"))
}

/// What the feature's own check says, in the vendor's words.
fn wrong(problem: model::Problem) -> Refusal {
    let at = |start: &str| problem.fields.iter().any(|field| field.name.starts_with(start));
    match problem.code {
        _ if at("name") => Refusal::Told("group_name_invalid", problem.message),
        _ if at("ring_ms") => Refusal::Told("timeout_invalid", "Use 1 to 600 seconds.".to_owned()),
        _ if at("members") => Refusal::Told("sip_members_invalid", problem.message),
        _ if at("on_no_answer") => Refusal::Told("target_timeout_invalid", problem.message),
        _ => problem.into(),
    }
}

impl Sent {
    fn name(&self) -> Result<String, Refusal> {
        needed(self.group_name.clone(), "group_name_is_required")
    }

    fn strategy(&self) -> Result<Strategy, Refusal> {
        let word = needed(self.strategy.clone(), "strategy_is_required")?;
        let known = STRATEGIES.iter().find(|(known, _)| *known == word);
        known.map(|(_, strategy)| *strategy).ok_or(Refusal::Word("strategy_invalid"))
    }

    fn ring_ms(&self) -> Result<i64, Refusal> {
        let seconds = self.timeout.ok_or(Refusal::Word("timeout_is_required"))?;
        seconds.checked_mul(1_000).ok_or(Refusal::Word("timeout_invalid"))
    }
}

/// Where the group's calls go when nobody answers: what was sent, or what is when nothing was.
async fn target(actor: &Actor, state: &State, sent: &Sent, before: Option<Target>) -> Result<Option<Target>, Refusal> {
    let Some(kind) = sent.target_timeout_type.as_deref() else { return Ok(before) };
    let id = sent.target_timeout.as_deref().unwrap_or_default();
    let unknown = || Refusal::Word("target_timeout_invalid");
    Ok(match kind {
        "" => None,
        "Recording" => {
            let all = input::greetings(actor, state).await?;
            Some(Target::Greeting(all.iter().find(|found| input::is(found.id, id)).ok_or_else(unknown)?.id))
        }
        "Ivr_menu" => {
            let all = input::flows(actor, state).await?;
            Some(Target::Flow(all.iter().find(|found| input::is(found.id, id)).ok_or_else(unknown)?.id))
        }
        "Ring_group" => {
            let all = input::groups(actor, state).await?;
            Some(Target::Group(all.iter().find(|found| input::is(found.id, id)).ok_or_else(unknown)?.id))
        }
        // A mailbox is an extension's: its number or its id stands here.
        "Voice_mail" => {
            let all = input::extensions(actor, state).await?;
            let found = all.iter().find(|found| found.number == id || input::is(found.id, id));
            Some(Target::Voicemail(found.ok_or_else(unknown)?.id))
        }
        _ => return Err(Refusal::Word("target_timeout_type_invalid")),
    })
}

/// What groups are shown with.
struct Book {
    tenant: String,
    name: String,
    extensions: Vec<Extension>,
}

impl Book {
    async fn of(actor: &Actor, state: &State) -> Result<Book, Refusal> {
        let tenant = account::tenant::get(actor, state.db(), actor.tenant).await?;
        let extensions = input::extensions(actor, state).await?;
        Ok(Book { tenant: words::object_id(tenant.id), name: tenant.name, extensions })
    }

    /// The extensions with these numbers; who is named twice rings once.
    fn members(&self, numbers: Option<&[Number]>, missing: &'static str) -> Result<Vec<Member>, Refusal> {
        let numbers = numbers.filter(|numbers| !numbers.is_empty()).ok_or(Refusal::Word(missing))?;
        if numbers.len() > MOST_MEMBERS {
            return Err(Refusal::Told("data_is_too_long", format!("Send {MOST_MEMBERS} members at most.")));
        }
        let mut members: Vec<Member> = Vec::with_capacity(numbers.len());
        for Number(number) in numbers {
            let found = self.extensions.iter().find(|extension| extension.number == *number);
            let id = found.ok_or(Refusal::Word("extension_invalid"))?.id;
            if !members.iter().any(|member| member.extension == id) {
                members.push(Member::from(id));
            }
        }
        Ok(members)
    }

    fn extension(&self, id: ExtensionId) -> Option<&Extension> {
        self.extensions.iter().find(|extension| extension.id == id)
    }

    /// A group that was just made: what was not asked for is null.
    fn made(&self, group: &Group) -> Value {
        let mut item = self.listed(group);
        let unset = [
            "last_update_by",
            "ring_back_id",
            "is_answer",
            "ring_group_type",
            "ring_group_wait_time",
            "ring_group_wait_time_sequence",
            "enable_criteria",
            "criterias",
        ];
        let target = ["target_timeout_type", "target_timeout"];
        let targets = target.iter().filter(|_| group.on_no_answer.is_none());
        for name in unset.iter().chain(targets) {
            item[*name] = Value::Null;
        }
        self.with_members(item, group)
    }

    fn with_members(&self, mut item: Value, group: &Group) -> Value {
        let numbers = group.members.iter().filter_map(|member| self.extension(member.extension));
        item["sip_members"] = numbers.map(|extension| extension.number.as_str()).collect();
        item["timeout"] = (group.ring_ms / 1_000).into();
        item
    }

    fn listed(&self, group: &Group) -> Value {
        let by = json!({ "id": self.tenant, "name": self.name });
        let changed = group.updated_at != group.created_at;
        let (kind, target) = match group.on_no_answer {
            None => ("", String::new()),
            Some(Target::Greeting(id)) => ("Recording", words::object_id(id)),
            Some(Target::Flow(id)) => ("Ivr_menu", words::object_id(id)),
            Some(Target::Group(id)) => ("Ring_group", words::object_id(id)),
            Some(Target::Voicemail(id)) => ("Voice_mail", words::object_id(id)),
            // Set elsewhere, and the vendor has no word for it.
            Some(_) => ("", String::new()),
        };
        let strategy = STRATEGIES.iter().find(|(_, known)| *known == group.strategy).map(|(word, _)| *word);
        json!({
            "_id": words::object_id(group.id),
            "tenant_id": self.tenant,
            "group_name": group.name,
            "group_name_unsigned": words::unsigned(&group.name),
            "group_number": null,
            "created_date": group.created_at,
            "last_updated_date": group.updated_at,
            "create_by": by,
            "last_update_by": if changed { by.clone() } else { Value::Null },
            "is_deleted": false,
            "note": null,
            "members": group.members.iter().map(|member| self.member(group, member)).collect::<Vec<_>>(),
            "is_forward_to_user_owner": null,
            "is_forward_to_outer_group": false,
            "outer_group_id": null,
            "strategy": strategy,
            "ring_back_id": "",
            "ring_back_name": null,
            "is_answer": "false",
            "target_timeout_type": kind,
            "target_timeout": target,
            "target_timeout_name": null,
            "ring_group_type": 0,
            "ring_group_wait_time": 0,
            "ring_group_wait_time_sequence": 0,
            "ring_group_type_result": null,
            "enable_criteria": false,
            "criterias": [],
        })
    }

    fn member(&self, group: &Group, member: &Member) -> Value {
        let user = self.extension(member.extension).and_then(|extension| extension.user);
        json!({
            "agent_id": user.map(words::object_id),
            "contact_id": user.map(words::object_id),
            "order": 0,
            "view": null,
            "timeout": member.ring_ms.unwrap_or(group.ring_ms) / 1_000,
            // The vendor tells people by their ids only; a phone without a person is told by its number.
            "sip_user": self.extension(member.extension).filter(|_| user.is_none()).map(|phone| phone.number.as_str()),
            "hold_music_id": null,
        })
    }
}
