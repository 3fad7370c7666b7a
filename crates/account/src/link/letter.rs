//! What the mails say.

use super::Purpose;
use serde::{Deserialize, Serialize};
use store::mail::NewMail;

/// The language of a mail.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", try_from = "String")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum Language {
    /// Vietnamese.
    #[default]
    Vi,
    /// English.
    En,
}

/// By way of a text, so that a number is a wrong field like any other word.
impl TryFrom<String> for Language {
    type Error = &'static str;

    fn try_from(word: String) -> Result<Language, Self::Error> {
        match word.as_str() {
            "vi" => Ok(Language::Vi),
            "en" => Ok(Language::En),
            _ => Err("a language is vi or en"),
        }
    }
}

/// Whom a letter is for, and what it tells.
pub(super) struct Letter<'a> {
    pub(super) to: &'a str,
    pub(super) name: &'a str,
    pub(super) login: &'a str,
    pub(super) company: &'a str,
    pub(super) link: &'a str,
}

pub(super) fn write(purpose: Purpose, language: Language, letter: &Letter<'_>) -> NewMail {
    let Letter { to, name, login, company, link } = letter;
    let called = if name.is_empty() { login } else { name };
    let (subject, text) = match (purpose, language) {
        (Purpose::Invitation, Language::Vi) => (
            format!("Mời bạn vào tổng đài của {company}"),
            format!(
                "Chào {called},\n\n{company} mời bạn dùng tổng đài Alo. Hãy mở liên kết này để đặt mật khẩu:\n\n{link}\n\n\
                 Tên đăng nhập của bạn: {login}\nLiên kết dùng được một lần, trong 7 ngày.\n\n\
                 Nếu bạn không biết {company}, hãy bỏ qua thư này."
            ),
        ),
        (Purpose::Invitation, Language::En) => (
            format!("Your invitation to the phone system of {company}"),
            format!(
                "Hello {called},\n\n{company} invites you to its phone system, Alo. Open this link to choose a password:\n\n\
                 {link}\n\nYour login: {login}\nThe link works once, within 7 days.\n\n\
                 If you do not know {company}, ignore this mail."
            ),
        ),
        (Purpose::Reset, Language::Vi) => (
            "Đặt lại mật khẩu Alo".to_owned(),
            format!(
                "Chào {called},\n\nHãy mở liên kết này để đặt mật khẩu mới cho {login}:\n\n{link}\n\n\
                 Liên kết dùng được một lần, trong 1 giờ. Nếu bạn không yêu cầu, hãy bỏ qua thư này: mật khẩu giữ nguyên."
            ),
        ),
        (Purpose::Reset, Language::En) => (
            "A new password for Alo".to_owned(),
            format!(
                "Hello {called},\n\nOpen this link to choose a new password for {login}:\n\n{link}\n\n\
                 The link works once, within an hour. If you did not ask for it, ignore this mail: your password stays."
            ),
        ),
    };
    NewMail { to: (*to).to_owned(), subject, text, attachment: None }
}
