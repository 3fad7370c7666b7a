//! Contacts as rows of a table for people. The columns' words are among those an import knows, so that a file that was
//! exported can be changed and taken in again.

use crate::contact::{Contact, Kind};

/// The language of the head.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Language {
    /// Vietnamese.
    #[default]
    Vi,
    /// English.
    En,
}

/// The words above the columns.
pub fn head(language: Language) -> [&'static str; 11] {
    match language {
        Language::Vi => [
            "Tên",
            "Điện thoại",
            "Điện thoại nhà",
            "Điện thoại cơ quan",
            "Email",
            "Công ty",
            "Chức vụ",
            "Địa chỉ",
            "Ghi chú",
            "Nhãn",
            "Ngày tạo",
        ],
        Language::En => [
            "Name",
            "Phone",
            "Home phone",
            "Office phone",
            "Email",
            "Company",
            "Job title",
            "Address",
            "Note",
            "Labels",
            "Created",
        ],
    }
}

/// The cells of one contact; the day of its making is UTC's.
pub fn cells(contact: &Contact) -> [String; 11] {
    let profile = &contact.profile;
    let phones = |kind: Kind| {
        let numbers = profile.phones.iter().filter(|phone| phone.kind == kind).map(|phone| phone.number.as_str());
        numbers.collect::<Vec<_>>().join(", ")
    };
    let emails: Vec<&str> = profile.emails.iter().map(|email| email.address.as_str()).collect();
    let day = jiff::Timestamp::from_millisecond(contact.created_at).unwrap_or_default();
    [
        profile.name.clone(),
        phones(Kind::Personal),
        phones(Kind::Home),
        phones(Kind::Office),
        emails.join(", "),
        profile.company.clone(),
        profile.job_title.clone(),
        profile.address.clone(),
        profile.note.clone(),
        profile.labels.join(", "),
        day.strftime("%Y-%m-%d").to_string(),
    ]
}
