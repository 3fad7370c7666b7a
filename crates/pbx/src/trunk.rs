//! A way to a carrier: by its addresses, or by registering with it.

pub(crate) mod network;
pub(crate) mod repo;
mod service;
#[cfg(test)]
mod tests;

pub use network::parse_address;
pub use service::{create, delete, get, list, update};

use crate::srtp::Srtp;
use model::{Faults, PhoneNumber, TrunkId};
use serde::{Deserialize, Serialize};

/// How we and the carrier know each other.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "openapi", schema(as = TrunkKind))]
pub enum Kind {
    /// By the addresses its calls come from.
    Address,
    /// We register with it, with a login and a password.
    Registration,
}

/// The transport to the carrier.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "openapi", schema(as = TrunkTransport))]
pub enum Transport {
    /// UDP.
    #[default]
    Udp,
    /// TCP.
    Tcp,
    /// TLS; the carrier's certificate has to be for the host in `server`.
    Tls,
}

/// How the carrier wants numbers written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "openapi", schema(as = NumberFormat))]
pub enum NumberFormat {
    /// `+842873000001`.
    E164,
    /// `842873000001`.
    Plain,
    /// `02873000001`; numbers abroad as `00…`.
    #[default]
    National,
}

impl Kind {
    pub(crate) const ALL: [(Kind, &'static str); 2] =
        [(Kind::Address, "address"), (Kind::Registration, "registration")];
}

impl Transport {
    pub(crate) const ALL: [(Transport, &'static str); 3] =
        [(Transport::Udp, "udp"), (Transport::Tcp, "tcp"), (Transport::Tls, "tls")];
}

impl NumberFormat {
    pub(crate) const ALL: [(NumberFormat, &'static str); 3] =
        [(NumberFormat::E164, "e164"), (NumberFormat::Plain, "plain"), (NumberFormat::National, "national")];

    /// The number in this form; short numbers stay as they are.
    pub fn write(self, number: &PhoneNumber, country: &str) -> String {
        let Some(digits) = number.as_str().strip_prefix('+') else { return number.as_str().to_owned() };
        match self {
            NumberFormat::E164 => number.as_str().to_owned(),
            NumberFormat::Plain => digits.to_owned(),
            NumberFormat::National if digits.starts_with(country) => number.national(country),
            NumberFormat::National => format!("00{digits}"),
        }
    }
}

/// The stored word of a value.
pub(crate) fn word<T: Copy + PartialEq>(all: &[(T, &'static str)], value: T) -> &'static str {
    all.iter().find(|(known, _)| *known == value).map_or("", |(_, word)| word)
}

/// The value of a stored word.
pub(crate) fn value<T: Copy>(all: &[(T, &'static str)], word: &str) -> Option<T> {
    all.iter().find(|(_, known)| *known == word).map(|(value, _)| *value)
}

/// A way to a carrier, without its password.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "openapi", schema(as = Trunk))]
pub struct Trunk {
    /// The id.
    #[serde(with = "crate::text::id")]
    #[cfg_attr(feature = "openapi", schema(value_type = String, example = "trk_01hv3k0000000000000000000"))]
    pub id: TrunkId,
    /// Its name.
    pub name: String,
    /// How we and the carrier know each other.
    pub kind: Kind,
    /// Where the carrier's calls come from: addresses or networks (`203.0.113.0/28`).
    pub addresses: Vec<String>,
    /// Where our calls go: host, or host:port.
    pub server: String,
    /// The transport of our calls.
    pub transport: Transport,
    /// Whether the sound is protected (SRTP).
    pub srtp: Srtp,
    /// Who we are to the carrier; empty when it asks for no password.
    pub login: String,
    /// How the carrier wants numbers written.
    pub number_format: NumberFormat,
    /// The most calls at once; 0 sets no bound.
    pub max_calls: i64,
    /// Whether the carrier is asked by OPTIONS if it is there. Turn it off for one that never answers such questions.
    pub probe: bool,
    /// Whether it is used.
    pub enabled: bool,
    /// When it was created, milliseconds since 1970.
    pub created_at: i64,
    /// When it was last changed.
    pub updated_at: i64,
}

/// A way to a carrier to create.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "openapi", schema(as = NewTrunk))]
pub struct NewTrunk {
    /// Its name.
    pub name: String,
    /// How we and the carrier know each other.
    pub kind: Kind,
    /// Where the carrier's calls come from; needed for kind `address`.
    #[serde(default)]
    pub addresses: Vec<String>,
    /// Where our calls go; the first address when missing. Needed for kind `registration`.
    #[serde(default)]
    pub server: Option<String>,
    /// The transport of our calls, `udp` when missing.
    #[serde(default)]
    pub transport: Transport,
    /// Whether the sound is protected (SRTP), `optional` when missing.
    #[serde(default)]
    pub srtp: Srtp,
    /// Who we are to the carrier; needed for kind `registration`.
    #[serde(default)]
    pub login: Option<String>,
    /// The password that goes with the login.
    #[serde(default)]
    pub password: Option<String>,
    /// How the carrier wants numbers written, `national` when missing.
    #[serde(default)]
    pub number_format: NumberFormat,
    /// The most calls at once; 0 sets no bound.
    #[serde(default)]
    pub max_calls: i64,
    /// Whether the carrier is asked by OPTIONS if it is there; yes when missing.
    #[serde(default = "yes")]
    pub probe: bool,
}

fn yes() -> bool {
    true
}

/// Changes to a way to a carrier; what is missing stays.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "openapi", schema(as = TrunkPatch))]
pub struct TrunkPatch {
    /// Its name.
    pub name: Option<String>,
    /// Where the carrier's calls come from.
    pub addresses: Option<Vec<String>>,
    /// Where our calls go.
    pub server: Option<String>,
    /// The transport of our calls.
    pub transport: Option<Transport>,
    /// Whether the sound is protected (SRTP).
    pub srtp: Option<Srtp>,
    /// Who we are to the carrier.
    pub login: Option<String>,
    /// The password that goes with the login.
    pub password: Option<String>,
    /// How the carrier wants numbers written.
    pub number_format: Option<NumberFormat>,
    /// The most calls at once.
    pub max_calls: Option<i64>,
    /// Whether the carrier is asked by OPTIONS if it is there.
    pub probe: Option<bool>,
    /// Whether it is used.
    pub enabled: Option<bool>,
}

impl NewTrunk {
    /// A carrier known by one address, with the usual settings.
    pub fn by_address(name: impl Into<String>, address: impl Into<String>) -> NewTrunk {
        NewTrunk {
            name: name.into(),
            kind: Kind::Address,
            addresses: vec![address.into()],
            server: None,
            transport: Transport::Udp,
            srtp: Srtp::default(),
            login: None,
            password: None,
            number_format: NumberFormat::National,
            max_calls: 0,
            probe: true,
        }
    }

    fn complete(self, id: TrunkId, now: i64) -> (Trunk, Option<String>) {
        let first = self.addresses.first().map(|address| address.split('/').next().unwrap_or_default().to_owned());
        let trunk = Trunk {
            id,
            name: self.name.trim().to_owned(),
            kind: self.kind,
            addresses: self.addresses,
            server: self.server.or(first).unwrap_or_default(),
            transport: self.transport,
            srtp: self.srtp,
            login: self.login.unwrap_or_default(),
            number_format: self.number_format,
            max_calls: self.max_calls,
            probe: self.probe,
            enabled: true,
            created_at: now,
            updated_at: now,
        };
        (trunk, self.password)
    }
}

impl Trunk {
    fn apply(&mut self, patch: TrunkPatch, now: i64) {
        fn set<T>(field: &mut T, value: Option<T>) {
            if let Some(value) = value {
                *field = value;
            }
        }
        set(&mut self.name, patch.name.map(|name| name.trim().to_owned()));
        set(&mut self.addresses, patch.addresses);
        set(&mut self.server, patch.server);
        set(&mut self.transport, patch.transport);
        set(&mut self.srtp, patch.srtp);
        set(&mut self.login, patch.login);
        set(&mut self.number_format, patch.number_format);
        set(&mut self.max_calls, patch.max_calls);
        set(&mut self.probe, patch.probe);
        set(&mut self.enabled, patch.enabled);
        self.updated_at = now;
    }

    /// Checks all fields and writes addresses in their one form.
    fn settle(&mut self, password: Option<&str>, faults: &mut Faults) {
        if !crate::config::good_name(&self.name) {
            faults.add("name", "Use 1 to 200 characters.");
        }
        for (place, address) in self.addresses.iter_mut().enumerate() {
            match parse_address(address) {
                Some(network) => *address = network.to_string(),
                None => faults.add(
                    format!("addresses[{place}]"),
                    "Use an IP address, or a network of at most 256 of them: 203.0.113.0/28.",
                ),
            }
        }
        self.addresses.sort();
        self.addresses.dedup();
        if self.addresses.len() > 64 {
            faults.add("addresses", "Use at most 64 addresses.");
        }
        if self.kind == Kind::Address && self.addresses.is_empty() {
            faults.add("addresses", "Name at least one address that the carrier's calls come from.");
        }
        if self.kind == Kind::Registration && self.login.is_empty() {
            faults.add("login", "Name the login that the carrier gave you.");
        }
        if !good_server(&self.server) {
            faults.add("server", "Use a host name or an IP address, with :port when it is not the usual one.");
        }
        let printable =
            |text: &str, most: usize| text.len() <= most && text.bytes().all(|byte| byte.is_ascii_graphic());
        if !printable(&self.login, 128) {
            faults.add("login", "Use at most 128 letters, digits and signs without spaces or accents.");
        }
        if password.is_some_and(|password| !printable(password, 128)) {
            faults.add("password", "Use at most 128 letters, digits and signs without spaces or accents.");
        }
        if !(0..=100_000).contains(&self.max_calls) {
            faults.add("max_calls", "Use 0 (no bound) to 100000.");
        }
    }
}

fn good_server(server: &str) -> bool {
    if server.parse::<std::net::IpAddr>().is_ok()
        || server.parse::<std::net::SocketAddr>().is_ok_and(|at| at.port() > 0)
    {
        return true;
    }
    let (host, port) = server.split_once(':').unwrap_or((server, "5060"));
    let label = |label: &str| {
        (1..=63).contains(&label.len()) && label.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
    };
    host.len() <= 253 && host.split('.').all(label) && port.parse::<u16>().is_ok_and(|port| port > 0)
}
