//! The customers.

use super::super::{Contact, Source, items, some_text, text};
use super::{SIZE, attribute, payload, values};
use crate::omicall::contacts::{OWN_ID, REF_CODE, REF_ID};
use crm::contact::{Email, Kind, Phone, Profile};
use model::Problem;
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// The cursor is the number of the page.
pub(in crate::import) async fn contacts(
    source: &Source<'_>,
    cursor: Option<&str>,
) -> Result<(Vec<Contact>, Option<String>), Problem> {
    let page: u32 = cursor.and_then(|text| text.parse().ok()).unwrap_or(1);
    let path = format!("/api/contacts/list?page={page}&size={SIZE}");
    let answer = payload(source.ask("POST", path, Some(json!({ "keyword": "" }))).await?)?;
    let rows = items(&answer, "items");
    let next = (answer["has_next"] == true && !rows.is_empty()).then(|| (page + 1).to_string());
    Ok((rows.iter().filter(|row| row["is_deleted"] != true).filter_map(contact).collect(), next))
}

fn contact(row: &Value) -> Option<Contact> {
    let key = some_text(row, "public_id").or_else(|| some_text(row, "_id"))?;
    let reached = |code: &str| {
        let all = values(row, code).iter();
        all.filter_map(|value| Some((some_text(value, "display_value")?, kind(&text(value, "data_type")))))
    };
    let phones: Vec<Phone> = reached("phone_number").map(|(number, kind)| Phone { number, kind }).collect();
    let emails = reached("mail").map(|(address, kind)| Email { address, kind }).collect();
    let mut name = attribute(row, "full_name");
    if name.is_empty() {
        // Customers who only called have no name there; here each has one.
        name = phones.first().map_or_else(|| key.clone(), |phone| phone.number.clone());
    }
    let facts = ["gender", "birthday", "passport"].into_iter().map(|code| (code.to_owned(), attribute(row, code)));
    let more = values(row, "more_infomation").iter();
    let more = more.map(|value| (text(value, "value_type"), text(value, "display_value")));
    let fields: BTreeMap<String, String> =
        facts.chain(more).filter(|(name, value)| !name.is_empty() && !value.is_empty()).collect();
    let tags = |name: &str| -> Vec<String> {
        let word = |tag: &Value| tag.as_str().map(str::to_owned).or_else(|| some_text(tag, "name"));
        items(row, name).iter().filter_map(word).collect()
    };
    let labels = Some(tags("tags_view")).filter(|all| !all.is_empty()).unwrap_or_else(|| tags("tags"));
    let external =
        [(OWN_ID, Some(key.clone())), (REF_ID, some_text(row, "ref_id")), (REF_CODE, some_text(row, "ref_code"))];
    let external_ids = external.into_iter().filter_map(|(system, id)| Some((system.to_owned(), id?))).collect();
    let profile = Profile {
        name,
        phones,
        emails,
        job_title: attribute(row, "job_title"),
        address: attribute(row, "address"),
        note: attribute(row, "note"),
        labels,
        fields,
        external_ids,
        ..Profile::default()
    };
    Some(Contact { key, profile, owner: some_text(row, "user_owner_email").map(|email| email.to_lowercase()) })
}

fn kind(word: &str) -> Kind {
    match word {
        "home" => Kind::Home,
        "office" => Kind::Office,
        _ => Kind::Personal,
    }
}
