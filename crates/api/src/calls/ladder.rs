//! How a call was signalled: the ladder of its messages over all legs, and the same for a packet analyser.

use crate::State;
use axum::extract;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use bus::capture::{self, What};
use model::Permission;
use rest::{Answer, Caller, Path, id};
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

pub(super) fn routes() -> OpenApiRouter<State> {
    OpenApiRouter::new().routes(routes!(ladder)).routes(routes!(pcap))
}

/// A call's signalling over all its legs. Secrets are masked.
#[derive(Serialize, ToSchema)]
struct Ladder {
    call_id: String,
    /// Whether the call is over, so that nothing will be added.
    ended: bool,
    /// The legs, in order of appearance: each is one column beside ours.
    participants: Vec<Participant>,
    /// What happened, oldest first.
    entries: Vec<Entry>,
}

/// One leg's far end.
#[derive(Serialize, ToSchema)]
struct Participant {
    leg: u16,
    /// For people: `extension 101`, or a trunk's name and a number.
    name: String,
    /// Where its first message came from or went to.
    address: Option<String>,
    transport: Option<&'static str>,
    /// We called it.
    outgoing: bool,
    /// Messages that were not kept, because there were too many.
    left_out: usize,
    /// The figures of its sound, once it has ended.
    quality: Option<Sound>,
}

/// The figures of a leg's sound.
#[derive(Serialize, ToSchema)]
#[schema(as = LadderQuality)]
struct Sound {
    codec: Option<String>,
    rx_packets: u64,
    tx_packets: u64,
    lost: u64,
    jitter_ms: f64,
    rtt_ms: Option<f64>,
    mos: Option<f64>,
}

/// One line of the ladder.
#[derive(Serialize, ToSchema)]
#[schema(as = LadderEntry)]
struct Entry {
    /// Microseconds since 1970.
    at_us: i64,
    leg: u16,
    /// `message`, `digit`, `held`, `resumed`, `silent` or `recorded`.
    kind: &'static str,
    /// What stands on the arrow: `INVITE`, `200 OK`, or the key pressed.
    label: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    message: Option<Said>,
}

/// A SIP message.
#[derive(Serialize, ToSchema)]
#[schema(as = LadderMessage)]
struct Said {
    /// We sent it.
    sent: bool,
    source: String,
    target: String,
    transport: &'static str,
    /// The method; of an answer that of its request.
    method: String,
    /// Of an answer.
    status: Option<u16>,
    cseq: Option<String>,
    /// The direction its session description asks for: `sendrecv`, `sendonly`, `recvonly`, `inactive`.
    session: Option<&'static str>,
    /// The message as it was on the wire, but for masked secrets.
    text: String,
}

/// How the call was signalled, while it is up or after it has ended.
#[utoipa::path(get, path = "/calls/{call_id}/ladder", tag = "calls", params(("call_id" = String, Path)),
    responses((status = 200, body = Ladder)))]
async fn ladder(
    Caller(actor): Caller,
    extract::State(state): extract::State<State>,
    Path(call): Path<String>,
) -> Answer<axum::Json<Ladder>> {
    actor.require(Permission::ViewCalls)?;
    let capture = state.bus.capture(actor.tenant, id("capture", &call)?).await?;
    Ok(axum::Json(view(&capture)))
}

/// The same as a libpcap file, for a packet analyser. The sound is in it when it was captured (`POST /captures`) and the
/// role may read it; that it was read is told by the event `capture.read`. Signalling over streams is shown as UDP.
#[utoipa::path(get, path = "/calls/{call_id}/pcap", tag = "calls", params(("call_id" = String, Path)),
    responses((status = 200, content_type = "application/vnd.tcpdump.pcap", body = Vec<u8>)))]
async fn pcap(
    Caller(actor): Caller,
    extract::State(state): extract::State<State>,
    Path(call): Path<String>,
) -> Answer<Response> {
    actor.require(Permission::ViewCalls)?;
    let (call, media) = (id("capture", &call)?, actor.role.may(Permission::CaptureCalls));
    let file = state.bus.pcap(actor.tenant, call, media).await?;
    if media {
        pbx::capture::tell_read(&actor, &state.db, call).await?;
    }
    let headers = [
        (header::CONTENT_TYPE, "application/vnd.tcpdump.pcap".to_owned()),
        (header::CONTENT_DISPOSITION, format!("attachment; filename=\"{call}.pcap\"")),
    ];
    Ok((headers, file).into_response())
}

fn view(capture: &capture::Capture) -> Ladder {
    let mut entries: Vec<Entry> = capture.messages.iter().map(said).chain(capture.notes.iter().map(noted)).collect();
    entries.sort_by_key(|entry| entry.at_us);
    let participants = capture.legs.iter().map(|leg| participant(leg, capture)).collect();
    Ladder { call_id: capture.call.to_string(), ended: capture.ended, participants, entries }
}

fn participant(leg: &capture::Leg, capture: &capture::Capture) -> Participant {
    let first = capture.messages.iter().find(|message| message.leg == leg.leg);
    Participant {
        leg: leg.leg.0,
        name: leg.party.clone(),
        address: first.map(|message| message.remote.to_string()),
        transport: first.map(|message| message.transport),
        outgoing: leg.outgoing,
        left_out: leg.left_out,
        quality: leg.quality.clone().map(|quality| Sound {
            codec: quality.codec,
            rx_packets: quality.rx_packets,
            tx_packets: quality.tx_packets,
            lost: quality.lost,
            jitter_ms: quality.jitter_ms,
            rtt_ms: quality.rtt_ms,
            mos: quality.mos,
        }),
    }
}

fn noted(note: &capture::Note) -> Entry {
    let (kind, label) = match note.what {
        What::Digit(digit) => ("digit", digit.as_char().to_string()),
        What::InfoDigit(digit) => ("digit", format!("{} (INFO)", digit.as_char())),
        What::Held => ("held", "on hold".to_owned()),
        What::Resumed => ("resumed", "off hold".to_owned()),
        What::Silent => ("silent", "no sound".to_owned()),
        What::Recorded => ("recorded", "recording".to_owned()),
    };
    Entry { at_us: note.at_us, leg: note.leg.0, kind, label, message: None }
}

fn said(message: &capture::Message) -> Entry {
    let text = String::from_utf8_lossy(&message.bytes).into_owned();
    let (status, label) = first_line(&text);
    let cseq = header(&text, "CSeq");
    let method = match (status, &cseq) {
        (Some(_), Some(cseq)) => cseq.split_whitespace().nth(1).unwrap_or_default().to_owned(),
        (Some(_), None) => String::new(),
        (None, _) => label.clone(),
    };
    let (source, target) = if message.sent { (message.local, message.remote) } else { (message.remote, message.local) };
    let session = text.split_once("\r\n\r\n").and_then(|(_, body)| session(body));
    let said = Said {
        sent: message.sent,
        source: source.to_string(),
        target: target.to_string(),
        transport: message.transport,
        method,
        status,
        cseq,
        session,
        text,
    };
    Entry { at_us: message.at_us, leg: message.leg.0, kind: "message", label, message: Some(said) }
}

/// The status of an answer, and what stands on the arrow.
fn first_line(text: &str) -> (Option<u16>, String) {
    let line = text.lines().next().unwrap_or_default();
    match line.strip_prefix("SIP/2.0 ") {
        Some(status) => (status.get(..3).and_then(|code| code.parse().ok()), status.trim().to_owned()),
        None => (None, line.split(' ').next().unwrap_or_default().to_owned()),
    }
}

fn header(text: &str, name: &str) -> Option<String> {
    let head = text.lines().take_while(|line| !line.is_empty());
    let mut fields = head.filter_map(|line| line.split_once(':'));
    fields.find(|(found, _)| found.trim().eq_ignore_ascii_case(name)).map(|(_, value)| value.trim().to_owned())
}

/// What a session description asks for; none when there is none.
fn session(body: &str) -> Option<&'static str> {
    if !body.starts_with("v=") {
        return None;
    }
    let asked = |line: &str| {
        ["sendrecv", "sendonly", "recvonly", "inactive"].into_iter().find(|word| line.strip_prefix("a=") == Some(word))
    };
    Some(body.lines().find_map(|line| asked(line.trim_end())).unwrap_or("sendrecv"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_arrow_says_what_the_message_is() {
        assert_eq!(first_line("SIP/2.0 486 Busy Here\r\n"), (Some(486), "486 Busy Here".to_owned()));
        assert_eq!(first_line("INVITE sip:a@b SIP/2.0\r\n"), (None, "INVITE".to_owned()));
        assert_eq!(first_line(""), (None, String::new()));
        assert_eq!(first_line("SIP/2.0 é"), (None, "é".to_owned()));
        let text = "SIP/2.0 200 OK\r\ncseq : 7 INVITE\r\n\r\nCSeq: 9 BYE";
        assert_eq!(header(text, "CSeq").as_deref(), Some("7 INVITE"));
    }

    #[test]
    fn an_offer_on_hold_is_told() {
        assert_eq!(session("v=0\r\na=sendonly\r\n"), Some("sendonly"));
        assert_eq!(session("v=0\r\nm=audio 1 RTP/AVP 0\r\n"), Some("sendrecv"));
        assert_eq!(session("Signal=5"), None);
    }
}
