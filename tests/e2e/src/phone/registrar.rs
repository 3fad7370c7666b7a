//! The carrier's side of a trunk by registration: a registrar that asks for a digest, and a switch that takes calls only
//! from those who answer its challenge.

use super::digest::{self, Credentials};
use super::line::{Line, response, unique};
use super::message::{Message, address};
use crate::wait;
use std::sync::Arc;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender};

/// What a carrier knows of its one customer. Part of the line's state.
#[derive(Debug)]
pub(super) struct Customer {
    login: String,
    password: String,
    grant_s: u32,
    /// What proven registrations are answered instead of 200.
    refusal: Option<String>,
    nonce: String,
    /// The customer's Contact.
    contact: Option<String>,
    told: UnboundedSender<Message>,
}

/// What the switch answers to a request of its customer.
pub(super) struct Verdict {
    pub(super) status: String,
    pub(super) more: String,
}

impl Customer {
    pub(super) fn new(login: &str, password: &str, grant_s: u32, told: UnboundedSender<Message>) -> Customer {
        let (login, password) = (login.into(), password.into());
        Customer { login, password, grant_s, refusal: None, nonce: unique(), contact: None, told }
    }

    /// The answer to a REGISTER.
    pub(super) fn register(&mut self, request: &Message) -> Verdict {
        if !self.is_proven(request, "Authorization") {
            return self.challenge("401 Unauthorized", "WWW-Authenticate");
        }
        let contact = request.header("Contact").to_owned();
        let verdict = match &self.refusal {
            Some(status) => Verdict { status: status.clone(), more: String::new() },
            None => {
                self.contact = Some(contact.clone());
                Verdict { status: "200 OK".into(), more: format!("Contact: {contact};expires={}\r\n", self.grant_s) }
            }
        };
        // Nobody listens when the test has seen enough.
        let _ = self.told.send(request.clone());
        verdict
    }

    /// The answer to an INVITE that is not proven; none when it is.
    pub(super) fn invite(&mut self, request: &Message) -> Option<Verdict> {
        (!self.is_proven(request, "Proxy-Authorization"))
            .then(|| self.challenge("407 Proxy Authentication Required", "Proxy-Authenticate"))
    }

    fn challenge(&mut self, status: &str, header: &str) -> Verdict {
        self.nonce = unique();
        let challenge =
            format!("Digest realm=\"carrier.example\", nonce=\"{}\", algorithm=MD5, qop=\"auth\"", self.nonce);
        Verdict { status: status.into(), more: format!("{header}: {challenge}\r\n") }
    }

    fn is_proven(&self, request: &Message, header: &str) -> bool {
        let proof = request.header(header);
        let who = Credentials { user: &self.login, password: &self.password };
        digest::field(proof, "nonce").as_deref() == Some(&self.nonce) && digest::proves(proof, request.method(), who)
    }
}

/// A carrier that its customers register with.
#[derive(Debug)]
pub struct Registrar {
    pub(super) line: Arc<Line>,
    pub(super) told: UnboundedReceiver<Message>,
}

impl Registrar {
    /// The next REGISTER with a right digest, whatever it was answered.
    ///
    /// # Panics
    /// When none comes in time.
    pub async fn asked(&mut self) -> Message {
        wait::within("a registration at the carrier", self.told.recv()).await.expect("the line keeps the other end")
    }

    /// From now on answers right registrations with this status (`503 Service Unavailable`), or with 200 again.
    pub fn refuse(&self, status: Option<&str>) {
        self.line.customer(|customer| customer.refusal = status.map(str::to_owned));
    }

    /// Where the customer wants its calls.
    ///
    /// # Panics
    /// When nobody registered.
    pub fn contact(&self) -> String {
        let contact = self.line.customer(|customer| customer.contact.clone());
        address(&contact.flatten().expect("somebody registered")).to_owned()
    }
}

/// Answers a request on a line.
pub(super) async fn tell(line: &Line, request: &Message, verdict: Verdict) {
    let end = if verdict.more.is_empty() { String::new() } else { "Content-Length: 0\r\n\r\n".to_owned() };
    let bytes = response(request, &verdict.status, &unique(), &(verdict.more + &end));
    line.answer(request, bytes).await;
}
