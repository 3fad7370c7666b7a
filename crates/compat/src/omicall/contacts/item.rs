//! A contact in the vendor's shape: a list of attributes, each with a list of values.

use crate::omicall::words;
use account::user::User;
use crm::contact::{Contact, Kind};
use serde_json::{Value, json};

/// A contact as lists show it; `users` are the people of the company.
pub(in crate::omicall) fn item(contact: &Contact, users: &[User]) -> Value {
    let profile = &contact.profile;
    let fact = |name: &str| profile.fields.get(name).map_or("", String::as_str);
    let one = |code: &str, kind: &str, text: &str| {
        attribute(
            code,
            kind,
            [json!({
                "display_value": text, "data_type": kind, "value_type": null,
            })],
        )
    };
    let reach = |text: &str, kind: Kind| {
        let (word, name) = kind_words(kind);
        json!({ "display_value": text, "data_type": word, "value_type": name })
    };
    let phones = profile.phones.iter().map(|phone| reach(words::number(&phone.number), phone.kind));
    let emails = profile.emails.iter().map(|email| reach(&email.address, email.kind));
    let known = ["gender", "birthday", "passport"];
    let more = profile.fields.iter().filter(|(name, _)| !known.contains(&name.as_str()));
    let more =
        more.map(|(name, value)| json!({ "display_value": value, "data_type": "customize", "value_type": name }));
    let owner = profile.owner.and_then(|id| users.iter().find(|user| user.id == id));
    let external = |name: &str| profile.external_ids.get(name);
    json!({
        "_id": words::object_id(contact.id),
        "public_id": words::object_id(contact.id),
        "contact_type": "contact",
        "create_by": { "name": null },
        "last_update_by": { "name": null },
        "created_date": contact.created_at,
        "last_updated_date": contact.updated_at,
        "full_name": profile.name,
        "full_name_unsigned": words::unsigned(&profile.name),
        "user_owner_email": owner.map(|user| user.address().unwrap_or(&user.login)),
        "ref_id": external(super::REF_ID),
        "ref_code": external(super::REF_CODE),
        "is_deleted": false,
        "tags": profile.labels,
        "tags_view": profile.labels.iter().map(|label| json!({ "name": label })).collect::<Vec<_>>(),
        "attribute_structure": [
            one("full_name", "single_text", &profile.name),
            one("job_title", "single_text", &profile.job_title),
            one("gender", "radio", fact("gender")),
            one("birthday", "date", fact("birthday")),
            attribute("phone_number", "phone", phones),
            attribute("mail", "email", emails),
            one("address", "single_text", &profile.address),
            one("passport", "single_text", fact("passport")),
            one("note", "multi_text", &profile.note),
            attribute("more_infomation", "customize", more),
        ],
    })
}

fn attribute(code: &str, kind: &str, values: impl IntoIterator<Item = Value>) -> Value {
    let values: Vec<Value> = values.into_iter().collect();
    json!({ "identify": null, "field_code": code, "field_type": kind, "value": values })
}

fn kind_words(kind: Kind) -> (&'static str, &'static str) {
    match kind {
        Kind::Personal => ("personal", "Cá nhân"),
        Kind::Home => ("home", "Nhà riêng"),
        Kind::Office => ("office", "Cơ quan"),
    }
}
