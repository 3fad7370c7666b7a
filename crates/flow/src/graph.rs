//! What is stored: nodes by their names, and where to start.

use crate::nodes::{Collect, Compare, DialExtension, Lookup, Rate, Say, Set, Speak};
use crate::text;
use model::{Cause, Digit, ExtensionId, FlowId, GreetingId, GroupId, QueueId, ScheduleId};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// The name of a node, chosen by whoever wrote the graph; stable over edits.
pub type NodeId = String;

/// An IVR.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Graph {
    /// The node that a caller meets first.
    pub start: NodeId,
    /// All nodes by name.
    pub nodes: BTreeMap<NodeId, Node>,
}

/// One place in the graph.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case", deny_unknown_fields)]
pub enum Node {
    /// Play a greeting to its end, then go on.
    Play {
        /// What to play.
        #[serde(with = "text::one")]
        greeting: GreetingId,
        /// Where to go then.
        next: NodeId,
    },
    /// Play a greeting and wait for a key.
    Menu(Menu),
    /// Hand the caller to a ring group.
    RingGroup {
        /// Which group.
        #[serde(with = "text::one")]
        group: GroupId,
        /// Where to go when nobody could be reached; without it the call ends with the group's cause.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        on_no_answer: Option<NodeId>,
    },
    /// Hand the caller to one extension.
    Extension {
        /// Which extension.
        #[serde(with = "text::one")]
        extension: ExtensionId,
        /// Where to go when it could not be reached; without it the call ends with the extension's cause.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        on_no_answer: Option<NodeId>,
    },
    /// Let the caller leave a message for an extension; there is no way back.
    Voicemail {
        /// Whose mailbox.
        #[serde(with = "text::one")]
        extension: ExtensionId,
    },
    /// Go on in another flow; there is no way back.
    Flow {
        /// Which flow.
        #[serde(with = "text::one")]
        flow: FlowId,
    },
    /// Go on by what a schedule says of the present moment.
    Schedule {
        /// Which schedule.
        #[serde(with = "text::one")]
        schedule: ScheduleId,
        /// Where to go while it is open.
        open: NodeId,
        /// Where to go while it is closed.
        closed: NodeId,
        /// Where to go on a holiday; without it, as when closed.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        holiday: Option<NodeId>,
    },
    /// Go on by who calls.
    Caller {
        /// Where callers go that are to be treated with care.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        vip: Option<NodeId>,
        /// Where callers go that show no number.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        anonymous: Option<NodeId>,
        /// Where all others go.
        otherwise: NodeId,
    },
    /// Let the caller wait for an agent of a queue.
    Queue {
        /// Which queue.
        #[serde(with = "text::one")]
        queue: QueueId,
        /// Higher ones come first, -100 to 100.
        #[serde(default, skip_serializing_if = "is_zero")]
        priority: i32,
        /// What the agent must be able to do: skill and the least level, 1 to 10.
        #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
        skills: BTreeMap<String, u8>,
        /// Where to go when no agent takes the caller; without it the caller goes where the queue sends them.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        on_overflow: Option<NodeId>,
    },
    /// Say something.
    Say(Say),
    /// Take several keys into a variable.
    Collect(Collect),
    /// Let the caller dial an extension.
    DialExtension(DialExtension),
    /// Ask how content the caller is.
    Rate(Rate),
    /// Choose the language of what the house says.
    Language(Speak),
    /// Put something into a variable.
    Set(Set),
    /// Go on by the value of a variable.
    Compare(Compare),
    /// Ask a service of the company.
    Lookup(Lookup),
    /// Go on by whether the caller is a contact.
    Contact {
        /// Where contacts go.
        known: NodeId,
        /// Where all others go.
        otherwise: NodeId,
    },
    /// Hand the caller to who looks after the contact that calls.
    Owner {
        /// Where to go when nobody does.
        otherwise: NodeId,
        /// Where to go when they could not be reached; as `otherwise` when missing.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        on_no_answer: Option<NodeId>,
    },
    /// End the call.
    Hangup {
        /// The cause in the record.
        #[serde(default = "flow_ended", with = "text::cause", skip_serializing_if = "is_flow_ended")]
        cause: Cause,
    },
}

/// A greeting, then a key.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Menu {
    /// What to play first; the caller may press a key while it plays.
    #[serde(default, with = "text::option", skip_serializing_if = "Option::is_none")]
    pub greeting: Option<GreetingId>,
    /// What to play in place of the greeting when the caller hears the menu again.
    #[serde(default, with = "text::option", skip_serializing_if = "Option::is_none")]
    pub again_greeting: Option<GreetingId>,
    /// How long to wait for a key after the greeting, 500–60,000.
    pub timeout_ms: u32,
    /// After how many wrong or missing keys `on_failures` is taken, 1–10.
    #[serde(default = "three")]
    pub max_failures: u32,
    /// What to play after a wrong key, before the greeting comes again.
    #[serde(default, with = "text::option", skip_serializing_if = "Option::is_none")]
    pub invalid_greeting: Option<GreetingId>,
    /// Where each key leads.
    #[serde(with = "text::keys")]
    pub options: BTreeMap<Digit, NodeId>,
    /// Where to go when no key comes in time; without it, that counts as a failure and the greeting comes again.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub on_timeout: Option<NodeId>,
    /// Where to go after too many failures; without it the call ends.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub on_failures: Option<NodeId>,
}

/// Something of the company that a graph names.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Reference {
    /// A greeting.
    Greeting(GreetingId),
    /// A ring group.
    Group(GroupId),
    /// An extension.
    Extension(ExtensionId),
    /// Another flow.
    Flow(FlowId),
    /// A schedule.
    Schedule(ScheduleId),
    /// A queue.
    Queue(QueueId),
}

impl Graph {
    /// The most nodes a graph may have.
    pub const MAX_NODES: usize = 500;

    /// Everything the graph names outside itself, each with the path of the field that names it
    /// (`nodes.sales.group`), so that a missing one can be reported there.
    pub fn references(&self) -> Vec<(String, Reference)> {
        let mut found = Vec::new();
        for (name, node) in &self.nodes {
            let mut add = |field: &str, what| found.push((format!("nodes.{name}.{field}"), what));
            match node {
                Node::Play { greeting, .. } => add("greeting", Reference::Greeting(*greeting)),
                Node::Menu(menu) => {
                    if let Some(greeting) = menu.greeting {
                        add("greeting", Reference::Greeting(greeting));
                    }
                    if let Some(greeting) = menu.again_greeting {
                        add("again_greeting", Reference::Greeting(greeting));
                    }
                    if let Some(greeting) = menu.invalid_greeting {
                        add("invalid_greeting", Reference::Greeting(greeting));
                    }
                }
                Node::RingGroup { group, .. } => add("group", Reference::Group(*group)),
                Node::Extension { extension, .. } | Node::Voicemail { extension } => {
                    add("extension", Reference::Extension(*extension))
                }
                Node::Queue { queue, .. } => add("queue", Reference::Queue(*queue)),
                Node::Flow { flow } => add("flow", Reference::Flow(*flow)),
                Node::Schedule { schedule, .. } => add("schedule", Reference::Schedule(*schedule)),
                Node::Collect(Collect { greeting, invalid_greeting, .. })
                | Node::DialExtension(DialExtension { greeting, invalid_greeting, .. }) => {
                    if let Some(greeting) = greeting {
                        add("greeting", Reference::Greeting(*greeting));
                    }
                    if let Some(greeting) = invalid_greeting {
                        add("invalid_greeting", Reference::Greeting(*greeting));
                    }
                }
                Node::Rate(Rate { greeting: Some(greeting), .. }) => add("greeting", Reference::Greeting(*greeting)),
                Node::Rate(_)
                | Node::Say(_)
                | Node::Language(_)
                | Node::Set(_)
                | Node::Compare(_)
                | Node::Lookup(_)
                | Node::Contact { .. }
                | Node::Owner { .. }
                | Node::Caller { .. }
                | Node::Hangup { .. } => {}
            }
        }
        found
    }
}

impl Node {
    /// The stable word of the node's type.
    pub const fn kind(&self) -> &'static str {
        match self {
            Node::Play { .. } => "play",
            Node::Menu(_) => "menu",
            Node::RingGroup { .. } => "ring_group",
            Node::Extension { .. } => "extension",
            Node::Voicemail { .. } => "voicemail",
            Node::Flow { .. } => "flow",
            Node::Schedule { .. } => "schedule",
            Node::Caller { .. } => "caller",
            Node::Queue { .. } => "queue",
            Node::Say(_) => "say",
            Node::Collect(_) => "collect",
            Node::DialExtension(_) => "dial_extension",
            Node::Rate(_) => "rate",
            Node::Language(_) => "language",
            Node::Set(_) => "set",
            Node::Compare(_) => "compare",
            Node::Lookup(_) => "lookup",
            Node::Contact { .. } => "contact",
            Node::Owner { .. } => "owner",
            Node::Hangup { .. } => "hangup",
        }
    }

    /// Where the node can lead: (field, target).
    pub fn targets(&self) -> Vec<(String, &NodeId)> {
        match self {
            Node::Play { next, .. } => vec![("next".into(), next)],
            Node::Menu(menu) => {
                let keys = menu.options.iter().map(|(key, to)| (format!("options.{}", key.as_char()), to));
                let timeout = menu.on_timeout.iter().map(|to| ("on_timeout".to_owned(), to));
                let failures = menu.on_failures.iter().map(|to| ("on_failures".to_owned(), to));
                keys.chain(timeout).chain(failures).collect()
            }
            Node::RingGroup { on_no_answer, .. } | Node::Extension { on_no_answer, .. } => {
                on_no_answer.iter().map(|to| ("on_no_answer".to_owned(), to)).collect()
            }
            Node::Queue { on_overflow, .. } => on_overflow.iter().map(|to| ("on_overflow".to_owned(), to)).collect(),
            Node::Schedule { open, closed, holiday, .. } => {
                let both = [("open".to_owned(), open), ("closed".to_owned(), closed)];
                both.into_iter().chain(holiday.iter().map(|to| ("holiday".to_owned(), to))).collect()
            }
            Node::Caller { vip, anonymous, otherwise } => {
                let vip = vip.iter().map(|to| ("vip".to_owned(), to));
                let anonymous = anonymous.iter().map(|to| ("anonymous".to_owned(), to));
                vip.chain(anonymous).chain([("otherwise".to_owned(), otherwise)]).collect()
            }
            Node::Say(Say { next, .. })
            | Node::Rate(Rate { next, .. })
            | Node::Language(Speak { next, .. })
            | Node::Set(Set { next, .. }) => vec![("next".into(), next)],
            Node::Collect(Collect { next, on_failures, .. }) => {
                let failures = on_failures.iter().map(|to| ("on_failures".to_owned(), to));
                [("next".to_owned(), next)].into_iter().chain(failures).collect()
            }
            Node::DialExtension(DialExtension { on_no_answer, on_failures, .. }) => {
                let no_answer = on_no_answer.iter().map(|to| ("on_no_answer".to_owned(), to));
                no_answer.chain(on_failures.iter().map(|to| ("on_failures".to_owned(), to))).collect()
            }
            Node::Compare(Compare { yes, no, .. }) => vec![("yes".into(), yes), ("no".into(), no)],
            Node::Lookup(Lookup { branches, otherwise, on_no_answer, .. }) => {
                let branches = branches.iter().map(|(word, to)| (format!("branches.{word}"), to));
                let no_answer = on_no_answer.iter().map(|to| ("on_no_answer".to_owned(), to));
                branches.chain([("otherwise".to_owned(), otherwise)]).chain(no_answer).collect()
            }
            Node::Contact { known, otherwise } => vec![("known".into(), known), ("otherwise".into(), otherwise)],
            Node::Owner { otherwise, on_no_answer } => {
                let no_answer = on_no_answer.iter().map(|to| ("on_no_answer".to_owned(), to));
                [("otherwise".to_owned(), otherwise)].into_iter().chain(no_answer).collect()
            }
            Node::Voicemail { .. } | Node::Flow { .. } | Node::Hangup { .. } => Vec::new(),
        }
    }

    /// Whether time passes here for sure, so that a loop through this node cannot spin. A ring group does not count:
    /// with no phone registered it comes back at once; nor does a queue, which may be full.
    pub const fn waits(&self) -> bool {
        match self {
            Node::Play { .. } | Node::Menu(_) | Node::Collect(_) | Node::DialExtension(_) | Node::Rate(_) => true,
            // What there is to say may be nothing.
            Node::Say(_)
            | Node::Language(_)
            | Node::Set(_)
            | Node::Compare(_)
            | Node::Lookup(_)
            | Node::Contact { .. }
            | Node::Owner { .. }
            | Node::RingGroup { .. }
            | Node::Extension { .. }
            | Node::Queue { .. }
            | Node::Voicemail { .. }
            | Node::Flow { .. }
            | Node::Schedule { .. }
            | Node::Caller { .. }
            | Node::Hangup { .. } => false,
        }
    }
}

fn flow_ended() -> Cause {
    Cause::FlowEnded
}

fn is_flow_ended(cause: &Cause) -> bool {
    *cause == Cause::FlowEnded
}

fn is_zero(number: &i32) -> bool {
    *number == 0
}

fn three() -> u32 {
    3
}
