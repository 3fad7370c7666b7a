//! One company in memory.

use crate::callers::{self, Callers, List};
use crate::extension::CallFrom;
use crate::handling::Handling;
use crate::hotline::Hotline;
use crate::limits::Limits;
use crate::queue::Queue;
use crate::recording::Policy;
use crate::schedule::{Schedule, State};
use crate::srtp::Srtp;
use crate::target::Target;
use crate::trunk::{Kind, NumberFormat, Transport};
use crate::voicemail::Mailbox;
use ::flow::Graph;
use call::RouteTarget;
use jiff::tz::TimeZone;
use model::flow::{FlowAnswer, FlowQuestion};
use model::{
    ExtensionId, FlowId, GreetingId, GroupId, HotlineId, Moment, Network, PhoneNumber, QueueId, ScheduleId, TenantId,
    Timestamp, TrailEntry, TrunkId,
};
use std::collections::{BTreeMap, HashMap};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

/// A company.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tenant {
    /// Its id.
    pub id: TenantId,
    /// Its name.
    pub name: String,
    /// The SIP domain of its phones.
    pub domain: String,
    /// The calling code of its country.
    pub country: String,
    /// Its IANA time zone.
    pub time_zone: String,
    /// Whether its calls may be recorded at all.
    pub record: bool,
    /// Which of them are.
    pub recording: Policy,
    /// Calling codes that may be dialled; `*` stands for all.
    pub dial_countries: Vec<String>,
    /// Numbers that begin so are never dialled.
    pub blocked_prefixes: Vec<String>,
    /// How much all its extensions together may call to the outside.
    pub limits: Limits,
    /// What it may take of the installation.
    pub quota: crate::quota::Quota,
    /// The configuration change it was read at.
    pub version: i64,
    /// Extensions.
    pub extensions: HashMap<ExtensionId, Extension>,
    /// Extensions by number.
    pub numbers: HashMap<String, ExtensionId>,
    /// Public numbers, oldest first.
    pub hotlines: BTreeMap<HotlineId, Hotline>,
    /// Ways to carriers, oldest first.
    pub trunks: BTreeMap<TrunkId, Trunk>,
    /// Ring groups.
    pub groups: HashMap<GroupId, Group>,
    /// Queues, oldest first.
    pub queues: BTreeMap<QueueId, Queue>,
    /// Flows, as they were last published.
    pub flows: HashMap<FlowId, Published>,
    /// When it is open, each schedule with the time zone of its hours.
    pub schedules: HashMap<ScheduleId, (Schedule, TimeZone)>,
    /// What it knows of callers.
    pub callers: Callers,
    /// Sounds: their files from the data directory on.
    pub greetings: HashMap<GreetingId, PathBuf>,
}

/// An extension.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Extension {
    /// Its id.
    pub id: ExtensionId,
    /// Its number.
    pub number: String,
    /// Whose it is.
    pub name: String,
    /// The hotline it shows when calling out.
    pub hotline: Option<HotlineId>,
    /// Whether phones may register and call.
    pub enabled: bool,
    /// Where its phones must be; empty for anywhere.
    pub networks: Vec<Network>,
    /// From where it may call otherwise.
    pub call_from: CallFrom,
    /// Whether the sound of its phones is protected.
    pub srtp: Srtp,
    /// How much it may call to the outside.
    pub limits: Limits,
    /// How it handles calls.
    pub handling: Handling,
    /// What its mailbox does with callers.
    pub mailbox: Mailbox,
    /// MD5 of `number:domain:password`.
    pub ha1_md5: [u8; 16],
    /// SHA-256 of `number:domain:password`.
    pub ha1_sha256: [u8; 32],
}

/// A way to a carrier.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Trunk {
    /// Its id.
    pub id: TrunkId,
    /// Its name.
    pub name: String,
    /// How we and the carrier know each other.
    pub kind: Kind,
    /// Where its calls come from.
    pub networks: Vec<Network>,
    /// Where our calls go: host, or host:port.
    pub server: String,
    /// The transport of our calls.
    pub transport: Transport,
    /// Whether the sound is protected.
    pub srtp: Srtp,
    /// Who we are to the carrier; empty when it asks for no password.
    pub login: String,
    /// The password that goes with the login.
    pub password: Option<String>,
    /// How the carrier wants numbers written.
    pub number_format: NumberFormat,
    /// The most calls at once; 0 sets no bound.
    pub max_calls: i64,
    /// Whether the carrier is asked if it is there.
    pub probe: bool,
    /// Whether it is used.
    pub enabled: bool,
}

/// A flow as calls walk it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Published {
    /// Its name.
    pub name: String,
    /// Which version it is.
    pub version: i64,
    /// Who published it.
    pub author: String,
    /// The graph.
    pub graph: Arc<Graph>,
}

impl Published {
    /// For the trail of a call: which version the caller meets, and whose it is.
    pub fn met(&self, id: FlowId, now: Moment) -> TrailEntry {
        let Published { name, version, author, .. } = self;
        let reason = match author.as_str() {
            "" => format!("It is version {version} of the flow {name:?}."),
            _ => format!("It is version {version} of the flow {name:?}, published by {author}."),
        };
        let entry = TrailEntry::new(now, "flow_version", reason).fact("flow", id);
        entry.fact("version", version).fact("author", author)
    }
}

/// A ring group.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Group {
    /// Its name.
    pub name: String,
    /// How the members ring.
    pub strategy: call::Strategy,
    /// Who rings, in order.
    pub members: Vec<call::RingMember>,
    /// How long to ring: all together, or each one.
    pub ring_for: Duration,
    /// Where the call goes when nobody answers.
    pub otherwise: Option<Target>,
}

impl Tenant {
    /// The extension of this number.
    pub fn by_number(&self, number: &str) -> Option<&Extension> {
        self.numbers.get(number).and_then(|id| self.extensions.get(id))
    }

    /// The queue of this internal number.
    pub fn queue_by_number(&self, number: &str) -> Option<&Queue> {
        self.queues.values().find(|queue| queue.number.as_deref() == Some(number))
    }

    /// The hotline of this number that comes in by this trunk.
    pub fn hotline_on(&self, trunk: TrunkId, number: &str) -> Option<HotlineId> {
        self.hotlines.values().find(|hotline| hotline.trunk == trunk && hotline.number == number).map(|found| found.id)
    }

    /// What a schedule says of a moment; none when it is gone.
    pub fn opening(&self, id: ScheduleId, at: Timestamp) -> Option<State<'_>> {
        self.schedules.get(&id).map(|(schedule, zone)| schedule.at(at, zone))
    }

    /// What a flow is told of the moment, or of who calls.
    pub fn know(&self, question: FlowQuestion, caller: &str, at: Timestamp) -> FlowAnswer {
        match question {
            FlowQuestion::Schedule(id) => match self.opening(id, at) {
                Some(State::Open) => FlowAnswer::Open,
                Some(State::Closed) => FlowAnswer::Closed,
                Some(State::Holiday(_)) => FlowAnswer::Holiday,
                None => FlowAnswer::Nothing,
            },
            FlowQuestion::Caller => match self.callers.find(&self.shown(caller)) {
                Some((List::Vip, _)) => FlowAnswer::Vip,
                _ if callers::is_anonymous(caller) => FlowAnswer::Anonymous,
                Some((List::Blocked, _)) | None => FlowAnswer::Nothing,
            },
            FlowQuestion::Extension(number) => {
                let found = self.by_number(&number).filter(|extension| extension.enabled);
                found.map_or(FlowAnswer::Nothing, |extension| FlowAnswer::Extension(extension.id))
            }
            // Whoever walks a flow in a call looks further.
            FlowQuestion::Contact | FlowQuestion::Owner | FlowQuestion::Lookup { .. } => FlowAnswer::Nothing,
        }
    }

    /// A caller's number as the company writes it; text that is no number stays as it is.
    pub fn shown(&self, number: &str) -> String {
        PhoneNumber::parse(number, &self.country).map_or_else(|| number.to_owned(), |number| number.to_string())
    }

    /// The hotline of this number, by whatever trunk.
    pub fn hotline(&self, number: &str) -> Option<&Hotline> {
        self.hotlines.values().find(|hotline| hotline.number == number)
    }

    /// The number of the only hotline that comes in by this trunk; none when there are more.
    pub fn only_hotline_on(&self, trunk: TrunkId) -> Option<&str> {
        let mut numbers = self.hotlines.values().filter(|hotline| hotline.trunk == trunk);
        let first = numbers.next()?;
        numbers.next().is_none().then_some(first.number.as_str())
    }

    /// How a group rings; disabled members are left out. `dice` decides the order of a group that draws it: the same
    /// number gives the same order.
    pub fn ring_plan(&self, id: GroupId, dice: u64) -> Option<call::RingPlan> {
        let group = self.groups.get(&id)?;
        let rings = |member: &&call::RingMember| {
            self.extensions.get(&member.extension).is_some_and(|extension| extension.enabled)
        };
        let mut members: Vec<call::RingMember> = group.members.iter().filter(rings).copied().collect();
        if group.strategy == call::Strategy::Random {
            crate::group::shuffle(&mut members, dice);
        }
        Some(call::RingPlan {
            strategy: group.strategy,
            members,
            ring_for: group.ring_for,
            otherwise: group.otherwise.map(RouteTarget::from),
        })
    }

    /// A number as this trunk's carrier wants it; text that is no number stays as it is.
    pub fn as_written(&self, trunk: TrunkId, number: &str) -> String {
        match (self.trunks.get(&trunk), PhoneNumber::parse(number, &self.country)) {
            (Some(trunk), Some(parsed)) => trunk.number_format.write(&parsed, &self.country),
            _ => number.to_owned(),
        }
    }
}

impl Trunk {
    /// The address of a number behind this carrier.
    pub fn uri(&self, number: &str) -> String {
        format!("sip:{number}@{}{}", self.host(), self.parameter())
    }

    /// The address of the carrier itself.
    pub fn home(&self) -> String {
        format!("sip:{}{}", self.host(), self.parameter())
    }

    fn parameter(&self) -> &'static str {
        match self.transport {
            Transport::Udp => "",
            Transport::Tcp => ";transport=tcp",
            Transport::Tls => ";transport=tls",
        }
    }

    fn host(&self) -> String {
        match self.server.parse::<std::net::Ipv6Addr>() {
            Ok(address) => format!("[{address}]"),
            Err(_) => self.server.clone(),
        }
    }
}
