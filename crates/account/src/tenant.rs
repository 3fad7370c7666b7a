//! A company: its name, the SIP domain that tells its extensions from those of others, its country and its rules for
//! calls to the outside.

pub(crate) mod repo;
mod service;
#[cfg(test)]
mod tests;

pub use service::{create, get, list, resume, suspend, update};
pub(crate) use service::{find_by_name, oldest};

use model::{Faults, Problem, TenantId};
use serde::{Deserialize, Serialize};

/// A company.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "openapi", schema(as = Tenant))]
pub struct Tenant {
    /// Its id.
    #[serde(with = "crate::text::id")]
    #[cfg_attr(feature = "openapi", schema(value_type = String, example = "ten_01hv3k0000000000000000000"))]
    pub id: TenantId,
    /// Its name.
    pub name: String,
    /// The SIP domain its phones register with.
    pub domain: String,
    /// The country's calling code, digits only.
    pub country: String,
    /// The IANA time zone.
    pub time_zone: String,
    /// Whether its calls are recorded.
    pub record_calls: bool,
    /// Calling codes that its extensions may dial; `*` stands for all.
    pub dial_countries: Vec<String>,
    /// Numbers that begin so are never dialled.
    pub blocked_prefixes: Vec<String>,
    /// When it was created, milliseconds since 1970.
    pub created_at: i64,
    /// When it was last changed.
    pub updated_at: i64,
    /// Since when it may do nothing, by the operator's order; null for one that works.
    pub suspended_at: Option<i64>,
}

/// A company to create.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "openapi", schema(as = NewTenant))]
pub struct NewTenant {
    /// Its name, 1–200 characters.
    pub name: String,
    /// The SIP domain; made from the name when missing.
    pub domain: Option<String>,
    /// The country's calling code, `84` when missing.
    pub country: Option<String>,
    /// The IANA time zone, `Asia/Ho_Chi_Minh` when missing.
    pub time_zone: Option<String>,
    /// Whether its calls are recorded; yes when missing.
    pub record_calls: Option<bool>,
    /// Calling codes that may be dialled; its own country when missing.
    pub dial_countries: Option<Vec<String>>,
    /// Numbers that begin so are never dialled; the country's premium numbers, as far as we know them, when missing.
    pub blocked_prefixes: Option<Vec<String>>,
}

/// Changes to a company; what is missing stays.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "openapi", schema(as = TenantPatch))]
pub struct TenantPatch {
    /// The name.
    pub name: Option<String>,
    /// The SIP domain; phones must be set up anew.
    pub domain: Option<String>,
    /// The country's calling code.
    pub country: Option<String>,
    /// The IANA time zone.
    pub time_zone: Option<String>,
    /// Whether calls are recorded.
    pub record_calls: Option<bool>,
    /// Calling codes that may be dialled.
    pub dial_countries: Option<Vec<String>>,
    /// Numbers that begin so are never dialled.
    pub blocked_prefixes: Option<Vec<String>>,
}

impl NewTenant {
    /// A company of this name with the usual settings.
    pub fn named(name: impl Into<String>) -> NewTenant {
        NewTenant { name: name.into(), ..NewTenant::default() }
    }

    fn complete(self, id: TenantId, now: i64) -> Tenant {
        let country = self.country.unwrap_or_else(|| "84".to_owned());
        Tenant {
            id,
            domain: self.domain.map_or_else(|| domain_of(&self.name), |domain| domain.to_lowercase()),
            name: self.name.trim().to_owned(),
            time_zone: self.time_zone.unwrap_or_else(|| "Asia/Ho_Chi_Minh".to_owned()),
            record_calls: self.record_calls.unwrap_or(true),
            dial_countries: self.dial_countries.unwrap_or_else(|| vec![country.clone()]),
            blocked_prefixes: self.blocked_prefixes.unwrap_or_else(|| premium(&country)),
            country,
            created_at: now,
            updated_at: now,
            suspended_at: None,
        }
    }
}

/// Numbers of a country that cost the caller much more than a call does: what thieves dial. Also the islands that share
/// North America's calling code.
fn premium(country: &str) -> Vec<String> {
    let prefixes: &[&str] = match country {
        "84" => &["1900"],
        "1" => &[
            "+1900", "+1976", "+1242", "+1246", "+1264", "+1268", "+1284", "+1345", "+1441", "+1473", "+1649", "+1658",
            "+1664", "+1758", "+1767", "+1784", "+1809", "+1829", "+1849", "+1868", "+1869", "+1876",
        ],
        "33" => &["+3389"],
        "44" => &["+449", "+4470", "+44871", "+44872", "+44873"],
        "49" => &["+49900", "+49137"],
        "61" => &["+6119"],
        "65" => &["1900"],
        "66" => &["1900"],
        _ => &[],
    };
    prefixes.iter().map(|prefix| (*prefix).to_owned()).collect()
}

/// `Công ty Ánh Dương` → `cong-ty-anh-duong.alo.internal`; `.internal` is reserved for private use.
fn domain_of(name: &str) -> String {
    let mut label = String::new();
    for c in name.to_lowercase().chars() {
        match fold(c) {
            Some(c) => label.push(c),
            None if !label.ends_with('-') && !label.is_empty() => label.push('-'),
            None => {}
        }
    }
    label.truncate(60);
    let label = label.trim_end_matches('-');
    format!("{}.alo.internal", if label.is_empty() { "company" } else { label })
}

/// The same with a number, for a second company of almost the same name.
pub(crate) fn numbered_domain(name: &str, number: u32) -> String {
    let domain = domain_of(name);
    match domain.split_once('.') {
        Some((label, rest)) => format!("{label}-{number}.{rest}"),
        None => domain,
    }
}

/// The plain letter below a Vietnamese one.
fn fold(c: char) -> Option<char> {
    const FOLDED: [(&str, char); 7] = [
        ("àáảãạăằắẳẵặâầấẩẫậ", 'a'),
        ("đ", 'd'),
        ("èéẻẽẹêềếểễệ", 'e'),
        ("ìíỉĩị", 'i'),
        ("òóỏõọôồốổỗộơờớởỡợ", 'o'),
        ("ùúủũụưừứửữự", 'u'),
        ("ỳýỷỹỵ", 'y'),
    ];
    if c.is_ascii_alphanumeric() {
        return Some(c);
    }
    FOLDED.iter().find(|(letters, _)| letters.contains(c)).map(|(_, plain)| *plain)
}

impl Tenant {
    fn check(&self) -> Result<(), Problem> {
        let mut faults = Faults::default();
        if !(1..=200).contains(&self.name.chars().count()) {
            faults.add("name", "Give the company a name of 1 to 200 characters.");
        }
        if !good_domain(&self.domain) {
            faults.add("domain", "Use a host name such as acme.example.com: letters, digits, dashes and dots.");
        }
        if !digits(&self.country, 1..=3) {
            faults.add("country", "Use the country's calling code, digits only: 84.");
        }
        let zone = |c: char| c.is_ascii_alphanumeric() || "/_+-".contains(c);
        if !(1..=64).contains(&self.time_zone.len()) || !self.time_zone.chars().all(zone) {
            faults.add("time_zone", "Use an IANA name: Asia/Ho_Chi_Minh.");
        }
        if self.dial_countries.len() > 250 || !self.dial_countries.iter().all(|code| code == "*" || digits(code, 1..=3))
        {
            faults.add("dial_countries", "Use calling codes, digits only, or * for all countries.");
        }
        let prefix = |text: &String| digits(text.strip_prefix('+').unwrap_or(text), 1..=15);
        if self.blocked_prefixes.len() > 500 || !self.blocked_prefixes.iter().all(prefix) {
            faults.add("blocked_prefixes", "Use the first digits of numbers: +88216 or 1900.");
        }
        faults.done()
    }

    fn apply(&mut self, patch: TenantPatch, now: i64) {
        fn set<T>(field: &mut T, value: Option<T>) {
            if let Some(value) = value {
                *field = value;
            }
        }
        set(&mut self.name, patch.name.map(|name| name.trim().to_owned()));
        set(&mut self.domain, patch.domain.map(|domain| domain.to_lowercase()));
        set(&mut self.country, patch.country);
        set(&mut self.time_zone, patch.time_zone);
        set(&mut self.record_calls, patch.record_calls);
        set(&mut self.dial_countries, patch.dial_countries);
        set(&mut self.blocked_prefixes, patch.blocked_prefixes);
        self.updated_at = now;
    }
}

fn digits(text: &str, lengths: std::ops::RangeInclusive<usize>) -> bool {
    lengths.contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit())
}

fn good_domain(domain: &str) -> bool {
    let label = |label: &str| {
        let inside = label.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-');
        (1..=63).contains(&label.len()) && inside && !label.starts_with('-') && !label.ends_with('-')
    };
    domain.len() <= 253 && domain.split('.').all(label)
}
