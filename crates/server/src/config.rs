//! The configuration: one TOML file, then `ALO_*` variables on top, `__` for nesting (`ALO_HTTP__LISTEN`).
//!
//! [`keys`] is the one table of all keys: how each is read, what it means, what it is by default. The file
//! `config.default.toml` is printed from that table, so file, documentation and struct cannot disagree.
//! A key nobody knows or a value that makes no sense stops the program with the key, its place and the mend.

mod keys;
mod load;
mod raw;
mod render;

pub(crate) use keys::variable;
#[cfg(test)]
use load::ConfigError;
pub(crate) use load::{Sources, load};
pub(crate) use render::{default_file, effective};

use std::fmt;
use std::net::{IpAddr, Ipv4Addr, SocketAddr, UdpSocket};
use std::ops::RangeInclusive;
use std::path::PathBuf;
use std::time::Duration;

/// Everything that can be set.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Config {
    pub(crate) data_dir: PathBuf,
    /// None: SQLite in the data directory.
    pub(crate) database_url: Option<String>,
    /// None: a key file in the data directory, made on the first start.
    pub(crate) secret_key: Option<Secret>,
    pub(crate) recording: Recording,
    pub(crate) demo: Demo,
    pub(crate) http: Http,
    pub(crate) tls: Tls,
    pub(crate) sip: Sip,
    pub(crate) media: Media,
    pub(crate) webhooks: Webhooks,
    pub(crate) mail: Mail,
    pub(crate) sms: Sms,
    pub(crate) speech: Speech,
    pub(crate) recordings: Recordings,
    pub(crate) limits: Limits,
    pub(crate) capture: Capture,
    pub(crate) stop: Stop,
    pub(crate) log: Log,
}

/// Which calls are recorded, where a company does not say otherwise.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Recording {
    /// Every answered call of each company that wants recording.
    All,
    /// No call at all, whatever a company says.
    None,
}

/// Whether the simulated carrier, customers and agents run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Demo {
    /// While the demo company of the first start is the only company.
    Auto,
    /// Never.
    Off,
}

/// The web and API listener.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Http {
    pub(crate) listen: SocketAddr,
    /// The same under TLS.
    pub(crate) tls_listen: Option<SocketAddr>,
    /// How clients reach us when a proxy stands in front.
    pub(crate) public_url: Option<String>,
}

/// The certificate of every listener under TLS.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Tls {
    /// PEM files; both, or none for a certificate of our own making.
    pub(crate) certificate: Option<PathBuf>,
    pub(crate) key: Option<PathBuf>,
    /// The names clients know us by.
    pub(crate) names: Vec<String>,
    /// A PEM file of authorities; none: the system's.
    pub(crate) roots: Option<PathBuf>,
    pub(crate) acme: Acme,
}

/// Certificates by an authority that speaks ACME.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Acme {
    /// The URL of its directory; none: off.
    pub(crate) directory: Option<String>,
    /// What the certificate is for.
    pub(crate) names: Vec<String>,
    pub(crate) terms_agreed: bool,
    /// Mail addresses.
    pub(crate) contact: Vec<String>,
    /// Where HTTP-01 is answered; empty: TLS-ALPN-01 at the web's listener under TLS.
    pub(crate) listen: Vec<SocketAddr>,
    /// None: in the data directory.
    pub(crate) folder: Option<PathBuf>,
    /// A PEM file of authorities that vouch for the directory; none: the system's.
    pub(crate) roots: Option<PathBuf>,
}

/// The SIP listeners and what phones are told.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Sip {
    pub(crate) udp: Vec<SocketAddr>,
    pub(crate) tcp: Vec<SocketAddr>,
    pub(crate) tls: Vec<SocketAddr>,
    pub(crate) ws: Vec<SocketAddr>,
    pub(crate) wss: Vec<SocketAddr>,
    /// Name servers; none: the system's.
    pub(crate) dns: Vec<SocketAddr>,
    /// The address put into Contact and Via; none: the one a packet leaves from.
    pub(crate) address: Option<IpAddr>,
    pub(crate) server_name: String,
    /// 0: one for each core.
    pub(crate) shards: usize,
    pub(crate) register_min_s: u32,
    pub(crate) register_default_s: u32,
    pub(crate) register_max_s: u32,
    pub(crate) probe_s: u64,
}

/// The RTP side.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Media {
    /// The address phones and carriers send sound to; none: found out at start.
    pub(crate) address: Option<IpAddr>,
    pub(crate) bind: IpAddr,
    pub(crate) ports: RangeInclusive<u16>,
    /// Best first.
    pub(crate) codecs: media::Codecs,
    pub(crate) threads: usize,
    /// Silence that ends a call; zero: never.
    pub(crate) silence_s: u64,
}

/// Who speaks texts.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Speech {
    pub(crate) driver: SpeechDriver,
    /// Where espeak-ng lies.
    pub(crate) program: PathBuf,
    /// Where the service is; empty for nowhere.
    pub(crate) url: String,
    pub(crate) key: Option<Secret>,
}

/// The bucket where recordings go after the call.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Recordings {
    /// Empty: there is none.
    pub(crate) url: String,
    pub(crate) bucket: String,
    pub(crate) region: String,
    pub(crate) key_id: String,
    pub(crate) key: Option<Secret>,
}

/// The kinds of speakers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum SpeechDriver {
    Off,
    Espeak,
    Http,
}

/// How mail is sent.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Mail {
    /// None: no mail is sent. May hold a password.
    pub(crate) url: Option<Secret>,
    pub(crate) from: String,
}

/// How messages reach customers' telephones.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Sms {
    pub(crate) provider: SmsProvider,
}

/// Who carries messages to customers' telephones.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum SmsProvider {
    /// Nobody.
    Off,
    /// One that carries nothing and answers by the number.
    Sandbox,
}

/// Where webhooks may go.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Webhooks {
    /// Private address blocks that are allowed all the same.
    pub(crate) allow: Vec<String>,
}

/// What one machine takes on.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Limits {
    pub(crate) calls: usize,
    pub(crate) open_files: u64,
}

/// What is kept of how calls were signalled.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Capture {
    /// 0: nothing.
    pub(crate) signalling_mb: u64,
    pub(crate) keep_days: u64,
    /// 0: no sound can be captured.
    pub(crate) sound_mb: u64,
}

/// How the server ends.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Stop {
    pub(crate) wait_s: u64,
}

/// What the log looks like.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Log {
    pub(crate) level: String,
    pub(crate) format: LogFormat,
}

/// For people or for machines.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum LogFormat {
    /// Pretty on a terminal, JSON elsewhere.
    Auto,
    /// Lines for people.
    Pretty,
    /// One JSON object a line.
    Json,
}

/// A text that never shows itself in logs or dumps.
#[derive(Clone, PartialEq)]
pub(crate) struct Secret(String);

impl Secret {
    pub(crate) fn new(text: String) -> Secret {
        Secret(text)
    }

    /// The text; only for the one place that needs it.
    pub(crate) fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("***")
    }
}

impl Default for Config {
    fn default() -> Config {
        let any = |port| SocketAddr::new(Ipv4Addr::UNSPECIFIED.into(), port);
        Config {
            data_dir: PathBuf::from("data"),
            database_url: None,
            secret_key: None,
            recording: Recording::All,
            demo: Demo::Auto,
            http: Http {
                listen: SocketAddr::new(Ipv4Addr::LOCALHOST.into(), 8080),
                tls_listen: None,
                public_url: None,
            },
            tls: Tls {
                certificate: None,
                key: None,
                names: Vec::new(),
                roots: None,
                acme: Acme {
                    directory: None,
                    names: Vec::new(),
                    terms_agreed: false,
                    contact: Vec::new(),
                    listen: vec![any(80)],
                    folder: None,
                    roots: None,
                },
            },
            sip: Sip {
                udp: vec![any(5060)],
                tcp: vec![any(5060)],
                tls: Vec::new(),
                ws: Vec::new(),
                wss: Vec::new(),
                dns: Vec::new(),
                address: None,
                server_name: "Alo".into(),
                shards: 0,
                register_min_s: 60,
                register_default_s: 300,
                register_max_s: 3600,
                probe_s: 10,
            },
            media: Media {
                address: None,
                bind: Ipv4Addr::UNSPECIFIED.into(),
                ports: 20_000..=29_999,
                codecs: media::Codec::ALL.into_iter().collect(),
                threads: 1,
                silence_s: 60,
            },
            webhooks: Webhooks { allow: Vec::new() },
            mail: Mail { url: None, from: "Alo <alo@localhost>".into() },
            sms: Sms { provider: SmsProvider::Off },
            speech: Speech { driver: SpeechDriver::Off, program: "espeak-ng".into(), url: String::new(), key: None },
            recordings: Recordings {
                url: String::new(),
                bucket: String::new(),
                region: "us-east-1".into(),
                key_id: String::new(),
                key: None,
            },
            limits: Limits { calls: 2_000, open_files: 65_536 },
            capture: Capture { signalling_mb: 256, keep_days: 7, sound_mb: 256 },
            stop: Stop { wait_s: 30 },
            log: Log { level: "info".into(), format: LogFormat::Auto },
        }
    }
}

impl Config {
    /// Where the database is.
    pub(crate) fn database_url(&self) -> String {
        match &self.database_url {
            Some(url) => url.clone(),
            None => format!("sqlite://{}?mode=rwc", self.data_dir.join(crate::home::DATABASE).display()),
        }
    }

    /// The address sound is sent to: the configured one, else the listener's, else the one that reaches the world.
    pub(crate) fn media_address(&self) -> IpAddr {
        let named = |ip: IpAddr| (!ip.is_unspecified()).then_some(ip);
        self.media
            .address
            .or_else(|| named(self.media.bind))
            .or(self.sip.address)
            .or_else(|| self.sip.udp.first().and_then(|a| named(a.ip())))
            .or_else(outward_address)
            .unwrap_or(IpAddr::V4(Ipv4Addr::LOCALHOST))
    }

    /// How clients reach the API.
    pub(crate) fn http_url(&self) -> String {
        match &self.http.public_url {
            Some(url) => url.trim_end_matches('/').to_owned(),
            None => format!("http://{}", reachable(self.http.listen)),
        }
    }

    /// Where a browser's phone speaks SIP, beside the API.
    pub(crate) fn web_socket_url(&self) -> String {
        let url = self.http_url();
        let address = url.strip_prefix("http").map_or_else(|| url.clone(), |rest| format!("ws{rest}"));
        format!("{address}{}", crate::doors::sip::PATH)
    }

    /// How long a stopping server waits for calls to end.
    pub(crate) fn stop_wait(&self) -> Duration {
        Duration::from_secs(self.stop.wait_s)
    }

    /// What is set, but cannot be had in this version or will surprise.
    pub(crate) fn warnings(&self) -> Vec<String> {
        let mut found = Vec::new();
        let sip = &self.sip;
        if [&sip.udp, &sip.tcp, &sip.tls, &sip.ws, &sip.wss].into_iter().all(Vec::is_empty) {
            found.push("no SIP listener is set (sip.udp, sip.tcp, …): only browsers can register.".into());
        }
        if !self.http.listen.ip().is_loopback() && self.http.public_url.is_none() {
            found.push(format!(
                "http.listen is {} without TLS: let it be on loopback and set http.tls_listen, or put a proxy with TLS in \
                 front and set http.public_url.",
                self.http.listen
            ));
        }
        if let Some(url) = self.mail.url.as_ref().map(Secret::expose)
            && url.starts_with("smtp://")
            && url.contains('@')
            && !url.contains("tls=required")
        {
            found
                .push("mail.url holds a password that may travel in clear: add ?tls=required, or use smtps://.".into());
        }
        found
    }
}

/// An address another program on this machine can connect to.
pub(crate) fn reachable(listen: SocketAddr) -> SocketAddr {
    if listen.ip().is_unspecified() {
        return SocketAddr::new(Ipv4Addr::LOCALHOST.into(), listen.port());
    }
    listen
}

/// The address of the interface the default route uses. Connecting a datagram socket sends nothing.
fn outward_address() -> Option<IpAddr> {
    let socket = UdpSocket::bind((Ipv4Addr::UNSPECIFIED, 0)).ok()?;
    socket.connect((Ipv4Addr::new(192, 0, 2, 1), 9)).ok()?;
    Some(socket.local_addr().ok()?.ip())
}

#[cfg(test)]
mod tests;
