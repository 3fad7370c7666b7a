//! What a REGISTER asks for.

use super::{Limits, Refusal};
use crate::header::{self, NameAddr, Via};
use crate::message::Message;
use crate::name::Name;
use crate::uri::Scheme;

/// The most of a text that is only shown to people.
const MAX_AGENT: usize = 128;
/// The longest host of a Via.
const MAX_HOST: usize = 255;
/// The most proxies on the way back.
const MAX_PATH: usize = 8;
/// The longest device name.
const MAX_DEVICE: usize = 128;

pub(super) struct Request {
    pub(super) call_id: String,
    pub(super) cseq: u32,
    pub(super) path: Vec<String>,
    pub(super) user_agent: String,
    /// The host of the Via that the phone itself wrote: the last one.
    pub(super) sent_by: String,
    pub(super) asked: Asked,
    /// The phone keeps flows as RFC 5626 has it, and so does whatever stands between.
    pub(super) outbound: bool,
}

pub(super) enum Asked {
    /// No Contact: tell what is there.
    Query,
    /// `Contact: *`.
    RemoveAll,
    /// Each with its time; zero removes.
    Set(Vec<Wanted>),
}

/// One contact as asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Wanted {
    pub(super) uri: String,
    pub(super) q: u16,
    /// Granted already: within the limits.
    pub(super) expires_s: u32,
    /// `+sip.instance`: the device.
    pub(super) instance: Option<String>,
    /// `reg-id`: which of the device's flows.
    pub(super) reg_id: Option<u32>,
}

impl Request {
    pub(super) fn read(message: &Message, limits: &Limits) -> Result<Request, Refusal> {
        let (cseq, _) = message.cseq().ok_or(Refusal::new(400, "Bad CSeq"))?;
        let path: Vec<String> = message.list(Name::Path).take(MAX_PATH + 1).map(str::to_owned).collect();
        if path.len() > MAX_PATH {
            return Err(Refusal::new(400, "Path Too Long"));
        }
        let asked = Asked::read(message, limits)?;
        let outbound = message.list(Name::Supported).any(|word| word.eq_ignore_ascii_case("outbound"))
            && matches!(&asked, Asked::Set(wanted) if wanted.iter().any(|w| w.device().is_some()));
        // Section 6: the hop next to the phone must know how to keep a flow, which its Path says.
        let hop_knows = path.last().is_some_and(|hop| NameAddr::parse(hop).is_ok_and(|hop| has_ob(&hop)));
        if outbound && !hop_knows && (!path.is_empty() || message.list(Name::Via).nth(1).is_some()) {
            return Err(Refusal::new(439, "First Hop Lacks Outbound Support"));
        }
        let own = message.list(Name::Via).last().and_then(|via| Via::parse(via).ok());
        let sent_by = own.map(|via| via.host.chars().take(MAX_HOST).collect()).unwrap_or_default();
        Ok(Request {
            sent_by,
            call_id: message.call_id().to_owned(),
            cseq,
            path,
            user_agent: message.header(Name::UserAgent).unwrap_or("").chars().take(MAX_AGENT).collect(),
            asked,
            outbound,
        })
    }

    /// Whether the request would change a contact like this.
    pub(super) fn touches(&self, known: &Wanted) -> bool {
        match &self.asked {
            Asked::Query => false,
            Asked::RemoveAll => true,
            Asked::Set(wanted) => wanted.iter().any(|w| w.is_same(known)),
        }
    }
}

impl Asked {
    fn read(message: &Message, limits: &Limits) -> Result<Asked, Refusal> {
        let bad = Refusal::new(400, "Bad Contact");
        let mut wanted = Vec::new();
        let mut all = false;
        for item in message.list(Name::Contact) {
            if item == "*" {
                all = true;
                continue;
            }
            if wanted.len() > limits.contacts_per_account {
                return Err(Refusal::new(403, "Too Many Contacts"));
            }
            let address = NameAddr::parse(item).map_err(|_| bad)?;
            wanted.push(Wanted::read(&address, message, limits)?);
        }
        match (all, wanted.is_empty()) {
            (false, true) => Ok(Asked::Query),
            (false, false) => Ok(Asked::Set(wanted)),
            (true, true) if message.expires() == Some(0) => Ok(Asked::RemoveAll),
            (true, _) => Err(bad),
        }
    }
}

impl Wanted {
    fn read(address: &NameAddr<'_>, message: &Message, limits: &Limits) -> Result<Wanted, Refusal> {
        let uri = address.uri().map_err(|_| Refusal::new(400, "Bad Contact"))?;
        if !matches!(uri.scheme, Scheme::Sip | Scheme::Sips) {
            return Err(Refusal::new(400, "Contact Is No SIP URI"));
        }
        let instance = address.params.get("+sip.instance").filter(|text| text.len() <= MAX_DEVICE);
        let reg_id = address.params.get("reg-id").and_then(header::parse_number);
        Ok(Wanted {
            uri: address.uri.to_owned(),
            q: address.params.get("q").and_then(parse_q).unwrap_or(1000),
            expires_s: granted(address, message, limits)?,
            instance: instance.map(str::to_owned),
            reg_id,
        })
    }
}

/// Whether the proxy of a Path keeps flows.
fn has_ob(hop: &NameAddr<'_>) -> bool {
    hop.uri().is_ok_and(|uri| uri.params.has("ob"))
}

/// The time granted: the contact's own, else the request's, else ours (RFC 3261 section 10.3 step 7).
fn granted(address: &NameAddr<'_>, message: &Message, limits: &Limits) -> Result<u32, Refusal> {
    let asked = address
        .params
        .get("expires")
        .map(|text| header::parse_seconds(text).unwrap_or(limits.default_expires_s))
        .or_else(|| message.expires())
        .unwrap_or(limits.default_expires_s);
    // Only a time under an hour may be called too brief.
    if asked > 0 && asked < limits.min_expires_s.min(3600) {
        return Err(Refusal { min_expires: Some(limits.min_expires_s), ..Refusal::new(423, "Interval Too Brief") });
    }
    Ok(asked.min(limits.max_expires_s))
}

/// A preference in thousandths: `0`, `0.5`, `1`, `1.000`.
fn parse_q(text: &str) -> Option<u16> {
    let (whole, part) = text.split_once('.').unwrap_or((text, ""));
    if part.len() > 3 || !part.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    let thousandths = format!("{part:0<3}").parse().ok()?;
    match (whole, thousandths) {
        ("0", n) => Some(n),
        ("1", 0) => Some(1000),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn preferences_are_thousandths() {
        for (text, q) in
            [("0", 0), ("0.5", 500), ("0.05", 50), ("0.123", 123), ("1", 1000), ("1.0", 1000), ("1.", 1000)]
        {
            assert_eq!(parse_q(text), Some(q), "{text}");
        }
        for text in ["", "2", "1.1", "0.1234", "-1", "0.x", ".5"] {
            assert_eq!(parse_q(text), None, "{text}");
        }
    }
}
