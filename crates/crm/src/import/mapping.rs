//! What a column means, and the contact a row describes. Pure.

use crate::contact::{Email, Kind, Phone, Profile};
use crate::text::words;
use model::{Problem, UserId};
use std::collections::HashMap;

/// What a column means.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Meaning {
    Nothing,
    Name,
    Phone(Kind),
    Email,
    Company,
    JobTitle,
    Address,
    Note,
    Labels,
    Owner,
    Field(String),
    External(String),
}

const PLAIN: [(&str, Meaning); 12] = [
    ("", Meaning::Nothing),
    ("name", Meaning::Name),
    ("phone", Meaning::Phone(Kind::Personal)),
    ("phone_home", Meaning::Phone(Kind::Home)),
    ("phone_office", Meaning::Phone(Kind::Office)),
    ("email", Meaning::Email),
    ("company", Meaning::Company),
    ("job_title", Meaning::JobTitle),
    ("address", Meaning::Address),
    ("note", Meaning::Note),
    ("labels", Meaning::Labels),
    ("owner", Meaning::Owner),
];

/// Words of titles, most telling first, without accents.
const TITLES: [(&str, &str); 29] = [
    ("dien thoai nha", "phone_home"),
    ("home phone", "phone_home"),
    ("dien thoai co quan", "phone_office"),
    ("office phone", "phone_office"),
    ("work phone", "phone_office"),
    ("email", "email"),
    ("e mail", "email"),
    ("thu dien tu", "email"),
    ("dien thoai", "phone"),
    ("di dong", "phone"),
    ("so dt", "phone"),
    ("sdt", "phone"),
    ("phone", "phone"),
    ("mobile", "phone"),
    ("tel", "phone"),
    ("cong ty", "company"),
    ("company", "company"),
    ("organization", "company"),
    ("chuc vu", "job_title"),
    ("chuc danh", "job_title"),
    ("job", "job_title"),
    ("dia chi", "address"),
    ("address", "address"),
    ("ghi chu", "note"),
    ("note", "note"),
    ("label", "labels"),
    ("tag", "labels"),
    ("ten", "name"),
    ("name", "name"),
];

/// What a column of this title probably means.
pub(super) fn guess(title: &str) -> String {
    let title = words(title).join(" ");
    let fits = |(start, _): &&(&str, &str)| {
        let begins = title.starts_with(start) || title.ends_with(start) || title.contains(&format!(" {start} "));
        begins && (start.len() > 3 || title.split(' ').any(|word| word == *start))
    };
    match title.as_str() {
        "nhan vien" | "nguoi phu trach" | "phu trach" | "owner" => "owner".to_owned(),
        "nhan" | "nhan khach hang" => "labels".to_owned(),
        "khach hang" | "ho va ten" | "customer" => "name".to_owned(),
        _ => TITLES.iter().find(fits).map_or_else(String::new, |(_, meaning)| (*meaning).to_owned()),
    }
}

/// Reads the mapping that somebody chose.
pub(super) fn meanings(mapping: &[String], columns: usize) -> Result<Vec<Meaning>, Problem> {
    if mapping.len() != columns {
        return Err(Problem::invalid("mapping", format!("Give one meaning for each of the {columns} columns.")));
    }
    let mut meanings = Vec::with_capacity(columns);
    for (place, word) in mapping.iter().enumerate() {
        let named = |prefix: &str| {
            let name = word.strip_prefix(prefix)?.trim();
            (1..=60).contains(&name.chars().count()).then(|| name.to_owned())
        };
        let plain = PLAIN.iter().find(|(known, _)| known == word).map(|(_, meaning)| meaning.clone());
        let meaning =
            plain.or_else(|| named("field:").map(Meaning::Field)).or_else(|| named("external:").map(Meaning::External));
        meanings.push(meaning.ok_or_else(|| {
            let known = PLAIN[1..].iter().map(|(word, _)| *word).collect::<Vec<_>>().join(", ");
            Problem::invalid(
                format!("mapping[{place}]"),
                format!("Use {known}, field:NAME, external:SYSTEM or nothing."),
            )
        })?);
    }
    let finds = |meaning: &Meaning| matches!(meaning, Meaning::Name | Meaning::Phone(_));
    if !meanings.iter().any(finds) {
        return Err(Problem::invalid("mapping", "One column must be the name or a phone number."));
    }
    Ok(meanings)
}

/// The contact a row describes, not checked yet, and whether its name stands in the row itself.
pub(super) fn profile(
    cells: &[String],
    meanings: &[Meaning],
    people: &HashMap<String, UserId>,
    country: &str,
) -> Result<(Profile, bool), String> {
    let mut profile = Profile::default();
    for (cell, meaning) in cells.iter().zip(meanings) {
        let cell = cell.trim();
        if cell.is_empty() {
            continue;
        }
        match meaning {
            Meaning::Nothing => {}
            // A second column of the same meaning continues the first: family name, first name.
            Meaning::Name => append(&mut profile.name, cell, " "),
            Meaning::Company => append(&mut profile.company, cell, " "),
            Meaning::JobTitle => append(&mut profile.job_title, cell, " "),
            Meaning::Address => append(&mut profile.address, cell, ", "),
            Meaning::Note => append(&mut profile.note, cell, "\n"),
            Meaning::Phone(kind) => {
                let numbers = cell.split([',', ';', '\n', '|']).map(str::trim).filter(|part| !part.is_empty());
                profile.phones.extend(numbers.map(|part| Phone { number: dialled(part, country), kind: *kind }));
            }
            Meaning::Email => {
                let addresses = cell.split([',', ';', '\n', ' ']).map(str::trim).filter(|part| !part.is_empty());
                profile.emails.extend(addresses.map(|part| Email { address: part.to_owned(), kind: Kind::Personal }));
            }
            Meaning::Labels => {
                let labels = cell.split([',', ';', '\n']).map(str::trim).filter(|part| !part.is_empty());
                profile.labels.extend(labels.map(str::to_owned));
            }
            Meaning::Owner => match people.get(&cell.to_lowercase()) {
                Some(owner) => profile.owner = Some(*owner),
                None => return Err(format!("There is no person with the login {cell}.")),
            },
            Meaning::Field(name) => _ = profile.fields.insert(name.clone(), cell.to_owned()),
            Meaning::External(system) => _ = profile.external_ids.insert(system.clone(), cell.to_owned()),
        }
    }
    let named = !profile.name.is_empty();
    if let Some(phone) = profile.phones.first().filter(|_| !named) {
        profile.name = phone.number.clone();
    }
    Ok((profile, named))
}

fn append(text: &mut String, more: &str, between: &str) {
    if !text.is_empty() {
        text.push_str(between);
    }
    text.push_str(more);
}

/// Spreadsheets take the leading zero from a Vietnamese number: 901234567 is 0901234567. An apostrophe in front is
/// theirs too.
fn dialled(text: &str, country: &str) -> String {
    let text = text.strip_prefix('\'').unwrap_or(text);
    let digits = text.bytes().all(|byte| byte.is_ascii_digit());
    if country == "84" && text.len() == 9 && digits && text.starts_with(['3', '5', '7', '8', '9']) {
        return format!("0{text}");
    }
    text.to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_meaning_of_a_column_is_guessed_from_its_title() {
        for (title, meaning) in [
            ("Họ và tên", "name"),
            ("Tên khách hàng", "name"),
            ("Full name", "name"),
            ("Số điện thoại", "phone"),
            ("SĐT", "phone"),
            ("Điện thoại cơ quan", "phone_office"),
            ("E-mail", "email"),
            ("Công ty", "company"),
            ("Địa chỉ giao hàng", "address"),
            ("Ghi chú", "note"),
            ("Nhãn", "labels"),
            ("Người phụ trách", "owner"),
            ("Hotel", ""),
            ("Nhân khẩu", ""),
        ] {
            assert_eq!(guess(title), meaning, "{title}");
        }
        for language in [crate::export::Language::Vi, crate::export::Language::En] {
            let guessed = crate::export::head(language).map(guess);
            let wanted = [
                "name",
                "phone",
                "phone_home",
                "phone_office",
                "email",
                "company",
                "job_title",
                "address",
                "note",
                "labels",
                "",
            ];
            assert_eq!(guessed, wanted);
        }
    }

    #[test]
    fn a_row_becomes_a_contact() {
        let words = ["name", "name", "phone", "labels", "field:City", "owner"].map(str::to_owned);
        let meanings = meanings(&words, 6).expect("meanings");
        let cells = ["Trần", "Lan", "901234567; 028 7300 0001", "VIP, Huế", "Huế", ""].map(str::to_owned);
        let (profile, named) = profile(&cells, &meanings, &HashMap::new(), "84").expect("a contact");
        assert!(named);
        assert_eq!(profile.name, "Trần Lan");
        let numbers: Vec<&str> = profile.phones.iter().map(|phone| phone.number.as_str()).collect();
        assert_eq!(numbers, ["0901234567", "028 7300 0001"]);
        assert_eq!(profile.labels, ["VIP", "Huế"]);
        assert_eq!(profile.fields["City"], "Huế");
    }

    #[test]
    fn a_wrong_mapping_is_refused_by_its_column() {
        let field = |words: &[&str]| {
            let words: Vec<String> = words.iter().map(|word| (*word).to_owned()).collect();
            meanings(&words, 2).expect_err("refused").fields[0].name.clone()
        };
        assert_eq!(field(&["name"]), "mapping");
        assert_eq!(field(&["name", "colour"]), "mapping[1]");
        assert_eq!(field(&["name", "field:"]), "mapping[1]");
        assert_eq!(field(&["company", ""]), "mapping");
    }
}
