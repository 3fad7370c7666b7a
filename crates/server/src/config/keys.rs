//! The table of keys, in the order in which `config.default.toml` shows them. What belongs to TLS stands in `tls`.

mod recordings;
mod tls;

use super::raw::{Raw, Read};
use super::{Config, Demo, LogFormat, Recording, Secret, SmsProvider, SpeechDriver};
use std::fmt::Write;
use std::net::IpAddr;
use std::path::PathBuf;

/// One key.
pub(super) struct Key {
    /// Its place in the file: `sip.udp`.
    pub(super) path: &'static str,
    /// What it means, for the file and the error texts.
    pub(super) help: &'static str,
    /// Reads it into the configuration.
    pub(super) read: fn(&mut Config, &Raw) -> Read<()>,
    /// Shows the value as TOML. Secrets show as stars.
    pub(super) show: fn(&Config) -> String,
}

/// The variable that sets the key: `ALO_SIP__UDP`.
pub(crate) fn variable(path: &str) -> String {
    format!("ALO_{}", path.replace('.', "__").to_uppercase())
}

const RECORDING: [(&str, Recording); 2] = [("all", Recording::All), ("none", Recording::None)];
/// The first word of each meaning is the one shown.
const DEMO: [(&str, Demo); 6] = [
    ("auto", Demo::Auto),
    ("off", Demo::Off),
    ("1", Demo::Auto),
    ("0", Demo::Off),
    ("true", Demo::Auto),
    ("false", Demo::Off),
];
const SMS: [(&str, SmsProvider); 2] = [("off", SmsProvider::Off), ("sandbox", SmsProvider::Sandbox)];
const SPEECH: [(&str, SpeechDriver); 3] =
    [("off", SpeechDriver::Off), ("espeak", SpeechDriver::Espeak), ("http", SpeechDriver::Http)];
const FORMATS: [(&str, LogFormat); 3] =
    [("auto", LogFormat::Auto), ("pretty", LogFormat::Pretty), ("json", LogFormat::Json)];

/// All keys, in their order.
pub(super) fn all() -> impl Iterator<Item = &'static Key> {
    [GENERAL, tls::KEYS, CALLS, recordings::KEYS, BOUNDS].into_iter().flatten()
}

/// The data, the first words and the web.
const GENERAL: &[Key] = &[
    Key {
        path: "data_dir",
        help: "Where Alo keeps everything of its own: the SQLite database, recordings, greetings, the spool of call\n\
               records and the key that seals phone passwords. Back up this directory.",
        read: |c, raw| {
            c.data_dir = PathBuf::from(filled(raw)?);
            Ok(())
        },
        show: |c| quoted(&c.data_dir.display().to_string()),
    },
    Key {
        path: "database_url",
        help: "Empty: SQLite in the data directory. Or \"postgres://user:password@host/alo\".",
        read: |c, raw| {
            c.database_url = raw.optional()?;
            match c.database_url.as_deref() {
                None => Ok(()),
                Some(url) if ["sqlite:", "postgres://", "postgresql://"].iter().any(|s| url.starts_with(s)) => Ok(()),
                Some(_) => Err("must start with \"sqlite://\" or \"postgres://\", or be empty".into()),
            }
        },
        // The address may hold a password.
        show: |c| hidden(c.database_url.is_some()),
    },
    Key {
        path: "secret_key",
        help: "The key that seals phone and trunk passwords in the database: 64 hexadecimal digits. Empty: made on the\n\
               first start and kept in the data directory. Several servers on one database need the same key.",
        read: |c, raw| {
            c.secret_key = raw.optional()?.map(Secret::new);
            match &c.secret_key {
                Some(s) if s.expose().len() != 64 || !s.expose().bytes().all(|b| b.is_ascii_hexdigit()) => {
                    Err("must be 64 hexadecimal digits: `openssl rand -hex 32` makes one".into())
                }
                _ => Ok(()),
            }
        },
        show: |c| hidden(c.secret_key.is_some()),
    },
    Key {
        path: "recording",
        help: "\"all\" records each answered call of every company that wants recording; \"none\" records nothing.",
        read: |c, raw| {
            c.recording = raw.word(&RECORDING)?;
            Ok(())
        },
        show: |c| shown(&RECORDING, c.recording),
    },
    Key {
        path: "demo",
        help: "\"auto\" runs a simulated carrier, customers and agents while the demo company of the first start is the\n\
               only company; \"off\" (or 0) never does.",
        read: |c, raw| {
            c.demo = raw.word(&DEMO)?;
            Ok(())
        },
        show: |c| shown(&DEMO, c.demo),
    },
    Key {
        path: "http.listen",
        help: "The API, /healthz, /readyz and /metrics, and SIP for browsers at /ws/sip. Loopback until you decide\n\
               otherwise: there is no TLS here, so set http.tls_listen or put a proxy with TLS in front before the\n\
               world may come in.",
        read: |c, raw| {
            c.http.listen = raw.socket()?;
            Ok(())
        },
        show: |c| quoted(&c.http.listen.to_string()),
    },
    Key {
        path: "http.tls_listen",
        help: "The same over HTTPS, with the certificate below: \"0.0.0.0:8443\". Empty: off. Away from this machine,\n\
               browsers give a microphone to pages over HTTPS only.",
        read: |c, raw| {
            c.http.tls_listen = if raw.optional()?.is_some() { Some(raw.socket()?) } else { None };
            Ok(())
        },
        show: |c| quoted(&c.http.tls_listen.map(|a| a.to_string()).unwrap_or_default()),
    },
    Key {
        path: "http.public_url",
        help: "How clients reach the API when a proxy stands in front: \"https://alo.example.vn\". Empty: http.listen.",
        read: |c, raw| {
            c.http.public_url = raw.optional()?;
            match c.http.public_url.as_deref() {
                Some(url) if !url.starts_with("http://") && !url.starts_with("https://") => {
                    Err(format!("must start with \"https://\" or \"http://\", not {url:?}"))
                }
                _ => Ok(()),
            }
        },
        show: |c| quoted(c.http.public_url.as_deref().unwrap_or_default()),
    },
];

/// SIP, sound and all that comes after them.
const CALLS: &[Key] = &[
    Key {
        path: "sip.udp",
        help: "Where phones and carriers reach SIP over UDP. A list; empty: off.",
        read: |c, raw| {
            c.sip.udp = raw.sockets()?;
            Ok(())
        },
        show: |c| list(&c.sip.udp),
    },
    Key {
        path: "sip.tcp",
        help: "The same over TCP.",
        read: |c, raw| {
            c.sip.tcp = raw.sockets()?;
            Ok(())
        },
        show: |c| list(&c.sip.tcp),
    },
    Key {
        path: "sip.tls",
        help: "The same over TLS: [\"0.0.0.0:5061\"].",
        read: |c, raw| {
            c.sip.tls = raw.sockets()?;
            Ok(())
        },
        show: |c| list(&c.sip.tls),
    },
    Key {
        path: "sip.ws",
        help: "SIP over WebSockets, for browsers on this machine and for a proxy that speaks TLS to the world. The web\n\
               listeners take them too, at /ws/sip.",
        read: |c, raw| {
            c.sip.ws = raw.sockets()?;
            Ok(())
        },
        show: |c| list(&c.sip.ws),
    },
    Key {
        path: "sip.wss",
        help: "SIP over secure WebSockets, for browsers: [\"0.0.0.0:7443\"].",
        read: |c, raw| {
            c.sip.wss = raw.sockets()?;
            Ok(())
        },
        show: |c| list(&c.sip.wss),
    },
    Key {
        path: "sip.dns",
        help: "The name servers that are asked where carriers are: [\"192.0.2.53:53\"]. A list; empty: the system's.",
        read: |c, raw| {
            c.sip.dns = raw.sockets()?;
            Ok(())
        },
        show: |c| list(&c.sip.dns),
    },
    Key {
        path: "sip.address",
        help: "The address phones and carriers are told to send SIP to, when Alo stands behind NAT. \"auto\": the one a\n\
               packet leaves from.",
        read: |c, raw| {
            c.sip.address = raw.address()?;
            Ok(())
        },
        show: |c| address(c.sip.address),
    },
    Key {
        path: "sip.server_name",
        help: "What the Server and User-Agent headers say.",
        read: |c, raw| {
            c.sip.server_name = filled(raw)?;
            if c.sip.server_name.chars().all(|ch| ch.is_ascii_graphic() || ch == ' ') {
                return Ok(());
            }
            Err("must be plain letters, digits and signs".into())
        },
        show: |c| quoted(&c.sip.server_name),
    },
    Key {
        path: "sip.shards",
        help: "Tasks that share the SIP work. 0: one for each core.",
        read: |c, raw| {
            c.sip.shards = raw.number(0..=256)? as usize;
            Ok(())
        },
        show: |c| c.sip.shards.to_string(),
    },
    Key {
        path: "sip.register_min_s",
        help: "The shortest registration a phone may ask for, in seconds; shorter is answered 423.",
        read: |c, raw| {
            c.sip.register_min_s = seconds(raw, 10..=86_400)?;
            Ok(())
        },
        show: |c| c.sip.register_min_s.to_string(),
    },
    Key {
        path: "sip.register_default_s",
        help: "The registration of a phone that asks for nothing.",
        read: |c, raw| {
            c.sip.register_default_s = seconds(raw, 10..=86_400)?;
            Ok(())
        },
        show: |c| c.sip.register_default_s.to_string(),
    },
    Key {
        path: "sip.register_max_s",
        help: "The longest registration; longer is cut to this.",
        read: |c, raw| {
            c.sip.register_max_s = seconds(raw, 10..=86_400)?;
            Ok(())
        },
        show: |c| c.sip.register_max_s.to_string(),
    },
    Key {
        path: "sip.probe_s",
        help: "Seconds between the OPTIONS that ask a carrier whether it is there. One that is away is asked less often.",
        read: |c, raw| {
            c.sip.probe_s = raw.number(2..=10)?;
            Ok(())
        },
        show: |c| c.sip.probe_s.to_string(),
    },
    Key {
        path: "media.address",
        help: "The address phones and carriers are told to send sound to. \"auto\": media.bind, sip.address or the\n\
               listener's address when one is named, else that of the default route. Behind NAT: the public address.",
        read: |c, raw| {
            c.media.address = raw.address()?;
            Ok(())
        },
        show: |c| address(c.media.address),
    },
    Key {
        path: "media.bind",
        help: "The address the sound ports are opened on.",
        read: |c, raw| {
            c.media.bind = raw.address()?.ok_or("must be an IP address such as \"0.0.0.0\"")?;
            Ok(())
        },
        show: |c| quoted(&c.media.bind.to_string()),
    },
    Key {
        path: "media.ports",
        help: "UDP ports for sound; a call takes four (two legs, RTP and RTCP). Open them in the firewall.",
        read: |c, raw| {
            c.media.ports = raw.ports()?;
            Ok(())
        },
        show: |c| quoted(&format!("{}-{}", c.media.ports.start(), c.media.ports.end())),
    },
    Key {
        path: "media.codecs",
        help: "The voice codecs that phones and carriers may use, best first, of \"PCMA\", \"PCMU\", \"G722\", \"opus\" and\n\
               \"G729\" (which is only passed through). Two sides with the same codec are never transcoded. A list.",
        read: |c, raw| {
            let words = raw.words()?;
            c.media.codecs = words.iter().map(|word| codec(word)).collect::<Read<_>>()?;
            if words.is_empty() { Err("must name one codec at least".into()) } else { Ok(()) }
        },
        show: |c| list(&c.media.codecs.iter().map(|codec| codec.name().to_owned()).collect::<Vec<_>>()),
    },
    Key {
        path: "media.threads",
        help: "Threads that carry sound. One carries about a thousand calls.",
        read: |c, raw| {
            c.media.threads = raw.number(1..=64)? as usize;
            Ok(())
        },
        show: |c| c.media.threads.to_string(),
    },
    Key {
        path: "media.silence_s",
        help: "A call with no sound for so many seconds is ended. 0: never.",
        read: |c, raw| {
            c.media.silence_s = raw.number(0..=86_400)?;
            Ok(())
        },
        show: |c| c.media.silence_s.to_string(),
    },
    Key {
        path: "webhooks.allow",
        help: "Blocks of private addresses that webhooks may reach all the same: [\"10.1.0.0/16\"]. A list.",
        read: |c, raw| {
            c.webhooks.allow = raw.words()?;
            match c.webhooks.allow.iter().find_map(|text| text.parse::<model::Network>().err()) {
                None => Ok(()),
                Some(error) => Err(format!("must be a list of address blocks: {error}")),
            }
        },
        show: |c| list(&c.webhooks.allow),
    },
    Key {
        path: "mail.url",
        help: "The server that takes mail for invitations and forgotten passwords:\n\
               \"smtp://user:password@smtp.example.vn:587?tls=required\" or \"smtps://…:465\"; signs such as @ in the password as\n\
               %40. Empty: no mail; invitations are links to hand over by other means.",
        read: |c, raw| {
            c.mail.url = raw.optional()?.map(Secret::new);
            match &c.mail.url {
                Some(url) if !["smtp://", "smtps://"].iter().any(|start| url.expose().starts_with(start)) => {
                    Err("must start with \"smtp://\" or \"smtps://\", or be empty".into())
                }
                _ => Ok(()),
            }
        },
        show: |c| hidden(c.mail.url.is_some()),
    },
    Key {
        path: "mail.from",
        help: "Whom mail comes from.",
        read: |c, raw| {
            c.mail.from = filled(raw)?;
            if c.mail.from.contains('@') {
                return Ok(());
            }
            Err("must hold an address: \"Alo <no-reply@example.vn>\"".into())
        },
        show: |c| quoted(&c.mail.from),
    },
    Key {
        path: "sms.provider",
        help: "Who carries messages to customers' telephones: \"off\" (nobody; they are refused), or \"sandbox\", which carries\n\
               nothing and answers by the last digits of the number, to try programs.",
        read: |c, raw| {
            c.sms.provider = raw.word(&SMS)?;
            Ok(())
        },
        show: |c| shown(&SMS, c.sms.provider),
    },
    Key {
        path: "speech.driver",
        help: "Who speaks the texts of greetings and of automatic calls: \"espeak\" the program espeak-ng on this machine,\n\
               \"http\" a service, \"off\" nobody: sounds are uploaded then.",
        read: |c, raw| {
            c.speech.driver = raw.word(&SPEECH)?;
            Ok(())
        },
        show: |c| shown(&SPEECH, c.speech.driver),
    },
    Key {
        path: "speech.program",
        help: "Where espeak-ng lies.",
        read: |c, raw| {
            c.speech.program = PathBuf::from(filled(raw)?);
            Ok(())
        },
        show: |c| quoted(&c.speech.program.display().to_string()),
    },
    Key {
        path: "speech.url",
        help: "The service: it is sent {\"text\", \"voice\", \"speed\"} by POST and answers with a WAV or MP3 file. Voices are\n\
               northern_woman, northern_man, southern_woman and english, speeds -3 to 3.",
        read: |c, raw| {
            c.speech.url = raw.optional()?.unwrap_or_default();
            let http = ["http://", "https://"].iter().any(|start| c.speech.url.starts_with(start));
            if http || c.speech.url.is_empty() {
                return Ok(());
            }
            Err("must start with \"https://\" or \"http://\", or be empty".into())
        },
        show: |c| quoted(&c.speech.url),
    },
    Key {
        path: "speech.key",
        help: "The service's key, sent as Authorization: Bearer. Empty: none is sent.",
        read: |c, raw| {
            c.speech.key = raw.optional()?.map(Secret::new);
            Ok(())
        },
        show: |c| hidden(c.speech.key.is_some()),
    },
];

/// Bounds, and what the rest is.
const BOUNDS: &[Key] = &[
    Key {
        path: "limits.calls",
        help: "Calls at one time; one more is answered 503 with Retry-After.",
        read: |c, raw| {
            c.limits.calls = raw.number(1..=1_000_000)? as usize;
            Ok(())
        },
        show: |c| c.limits.calls.to_string(),
    },
    Key {
        path: "limits.open_files",
        help: "Open files and sockets the process asks the system for at start.",
        read: |c, raw| {
            c.limits.open_files = raw.number(256..=16_777_216)?;
            Ok(())
        },
        show: |c| c.limits.open_files.to_string(),
    },
    Key {
        path: "capture.signalling_mb",
        help: "Megabytes on the disk for the SIP messages of calls, which `alo capture` and the API show; the oldest go. A\n\
               call takes some ten kilobytes. 0: none are kept.",
        read: |c, raw| {
            c.capture.signalling_mb = raw.number(0..=1_048_576)?;
            Ok(())
        },
        show: |c| c.capture.signalling_mb.to_string(),
    },
    Key {
        path: "capture.keep_days",
        help: "The SIP messages of a call are kept so many days at most.",
        read: |c, raw| {
            c.capture.keep_days = raw.number(1..=3_650)?;
            Ok(())
        },
        show: |c| c.capture.keep_days.to_string(),
    },
    Key {
        path: "capture.sound_mb",
        help: "Megabytes on the disk for the sound of calls that somebody with the right asked to capture. 0: nobody can.",
        read: |c, raw| {
            c.capture.sound_mb = raw.number(0..=1_048_576)?;
            Ok(())
        },
        show: |c| c.capture.sound_mb.to_string(),
    },
    Key {
        path: "stop.wait_s",
        help: "A stopping server takes no new call and waits so many seconds for the others to end; then it ends them\n\
               with the cause server_stopping. A second signal ends them at once.",
        read: |c, raw| {
            c.stop.wait_s = raw.number(0..=86_400)?;
            Ok(())
        },
        show: |c| c.stop.wait_s.to_string(),
    },
    Key {
        path: "log.level",
        help: "error, warn, info, debug or trace; also per crate: \"info,sip=debug\". Phone numbers show at debug only.",
        read: |c, raw| {
            c.log.level = filled(raw)?;
            match tracing_subscriber::EnvFilter::try_new(&c.log.level) {
                Ok(_) => Ok(()),
                Err(error) => Err(format!("must be a level such as \"info\" or \"info,sip=debug\": {error}")),
            }
        },
        show: |c| quoted(&c.log.level),
    },
    Key {
        path: "log.format",
        help: "\"pretty\" for people, \"json\" for machines, \"auto\": pretty on a terminal, JSON elsewhere. On stderr.",
        read: |c, raw| {
            c.log.format = raw.word(&FORMATS)?;
            Ok(())
        },
        show: |c| shown(&FORMATS, c.log.format),
    },
];

/// What two keys together must obey; the text names both.
pub(super) fn cross_check(config: &Config) -> Result<(), (&'static str, String)> {
    let sip = &config.sip;
    if !(sip.register_min_s..=sip.register_max_s).contains(&sip.register_default_s) {
        return Err((
            "sip.register_default_s",
            format!(
                "must lie between sip.register_min_s ({}) and sip.register_max_s ({}), not {}",
                sip.register_min_s, sip.register_max_s, sip.register_default_s
            ),
        ));
    }
    tls::cross_check(config)?;
    let room = usize::from(config.media.ports.end() - config.media.ports.start()) + 1;
    if room < 4 {
        return Err(("media.ports", "must hold at least four ports: one call takes four".into()));
    }
    Ok(())
}

fn path(path: Option<&std::path::Path>) -> String {
    path.map(|path| path.display().to_string()).unwrap_or_default()
}

fn filled(raw: &Raw) -> Read<String> {
    raw.optional()?.ok_or_else(|| "must not be empty".into())
}

fn seconds(raw: &Raw, bounds: std::ops::RangeInclusive<u64>) -> Read<u32> {
    Ok(raw.number(bounds)? as u32)
}

fn codec(word: &str) -> Read<media::Codec> {
    media::Codec::ALL
        .into_iter()
        .find(|codec| codec.name().eq_ignore_ascii_case(word))
        .ok_or_else(|| format!("must be a list of codecs, of which {word:?} is none"))
}

fn quoted(text: &str) -> String {
    format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""))
}

fn hidden(set: bool) -> String {
    quoted(if set { "***" } else { "" })
}

fn address(ip: Option<IpAddr>) -> String {
    quoted(&ip.map_or_else(|| "auto".into(), |ip| ip.to_string()))
}

fn list(items: &[impl std::fmt::Display]) -> String {
    let mut text = String::from("[");
    for (place, item) in items.iter().enumerate() {
        let comma = if place > 0 { ", " } else { "" };
        write!(text, "{comma}\"{item}\"").expect("writing into a String does not fail");
    }
    text + "]"
}

fn shown<T: PartialEq>(words: &[(&str, T)], value: T) -> String {
    quoted(words.iter().find(|(_, v)| *v == value).map_or("", |(word, _)| word))
}
