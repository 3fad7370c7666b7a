//! An authority that gives certificates by ACME (RFC 8555), small but strict: every signature and nonce is checked, every
//! name is asked, and the first nonce of each server is refused as a busy authority would.
//!
//! - `jws` checks what requests are signed with, `request` reads certificate signing requests, `ask` asks names.

mod ask;
mod jws;
mod request;

use crate::authority::Authority;
use crate::wait::until;
use aws_lc_rs::rand::{SecureRandom, SystemRandom};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD as BASE64;
use jws::{Key, Signed};
use request::Request;
use serde_json::{Value, json};
use std::collections::{BTreeSet, HashMap};
use std::net::{IpAddr, SocketAddr};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;

/// The authority; it ends when dropped.
#[derive(Debug)]
pub struct Acme {
    address: SocketAddr,
    authority: Arc<Authority>,
    state: Arc<Mutex<State>>,
    task: tokio::task::JoinHandle<()>,
}

/// How names are asked.
#[derive(Debug, Clone, Copy)]
pub enum Asking {
    /// At this address instead of port 80 of each name: HTTP-01.
    Http(SocketAddr),
    /// At this address instead of port 443 of each name: TLS-ALPN-01.
    Tls(SocketAddr),
}

#[derive(Debug)]
struct State {
    asking: Asking,
    life: Duration,
    refusing: bool,
    nonces: BTreeSet<String>,
    spoiled: bool,
    accounts: Vec<Key>,
    orders: Vec<Order>,
    /// What was given, as DER.
    given: Vec<Vec<u8>>,
    /// Requests that broke the protocol.
    faults: Vec<String>,
}

#[derive(Debug)]
struct Order {
    account: usize,
    names: Vec<Name>,
    chain: Option<String>,
}

#[derive(Debug)]
struct Name {
    host: String,
    token: String,
    /// What came of asking it, or why it was not proven.
    asked: Option<Result<(), String>>,
}

impl Order {
    fn is_proven(&self) -> bool {
        self.names.iter().all(|name| matches!(name.asked, Some(Ok(()))))
    }
}

/// An answer: status, more headers, body.
type Answer = (u16, Vec<(&'static str, String)>, Value);

impl Acme {
    /// Listens on a port of its own; certificates are good for `life`.
    pub async fn start(ip: IpAddr, asking: Asking, life: Duration) -> Acme {
        let listener = TcpListener::bind((ip, 0)).await.expect("a port for the authority");
        let address = listener.local_addr().expect("a bound socket has an address");
        let authority = Arc::new(Authority::new());
        let state = State {
            asking,
            life,
            refusing: false,
            nonces: BTreeSet::new(),
            spoiled: false,
            accounts: Vec::new(),
            orders: Vec::new(),
            given: Vec::new(),
            faults: Vec::new(),
        };
        let state = Arc::new(Mutex::new(state));
        let tls = TlsAcceptor::from(authority.tls(&ip.to_string()));
        let desk = Desk { base: format!("https://{address}"), authority: authority.clone(), state: state.clone() };
        let task = tokio::spawn(async move {
            while let Ok((socket, _)) = listener.accept().await {
                let (tls, desk) = (tls.clone(), desk.clone());
                tokio::spawn(async move {
                    // A client that goes away is no matter of ours.
                    let Ok(socket) = tls.accept(socket).await else { return };
                    let _ = desk.serve(socket).await;
                });
            }
        });
        Acme { address, authority, state, task }
    }

    /// Where its directory is.
    pub fn directory(&self) -> String {
        format!("https://{}/directory", self.address)
    }

    /// Who vouches for the directory, written to a file in this folder.
    pub fn root(&self, folder: &Path) -> PathBuf {
        self.authority.root(folder)
    }

    /// From now on no name is found to be anybody's, or names are asked again.
    pub fn refuse(&self, refusing: bool) {
        lock(&self.state).refusing = refusing;
    }

    /// From now on certificates are good for so long.
    pub fn give_for(&self, life: Duration) {
        lock(&self.state).life = life;
    }

    /// How many accounts there are.
    pub fn accounts(&self) -> usize {
        lock(&self.state).accounts.len()
    }

    /// Requests that broke the protocol.
    pub fn faults(&self) -> Vec<String> {
        lock(&self.state).faults.clone()
    }

    /// How many certificates were given.
    pub fn given(&self) -> usize {
        lock(&self.state).given.len()
    }

    /// Waits for the certificate with this number, counted from 0.
    pub async fn gives(&self, number: usize) -> Vec<u8> {
        until("the authority gives a certificate", async || lock(&self.state).given.get(number).cloned()).await
    }
}

impl Drop for Acme {
    fn drop(&mut self) {
        self.task.abort();
    }
}

fn lock(state: &Mutex<State>) -> MutexGuard<'_, State> {
    state.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Where requests are handled.
#[derive(Clone)]
struct Desk {
    base: String,
    authority: Arc<Authority>,
    state: Arc<Mutex<State>>,
}

impl Desk {
    async fn serve(&self, socket: impl tokio::io::AsyncRead + tokio::io::AsyncWrite + Unpin) -> std::io::Result<()> {
        let mut socket = BufReader::new(socket);
        let mut head = String::new();
        while !head.ends_with("\r\n\r\n") {
            if socket.read_line(&mut head).await? == 0 {
                return Ok(());
            }
        }
        let first = head.lines().next().unwrap_or_default().to_owned();
        let headers: HashMap<String, String> = head
            .lines()
            .filter_map(|line| line.split_once(": "))
            .map(|(name, value)| (name.to_lowercase(), value.to_owned()))
            .collect();
        let mut body = vec![0; headers.get("content-length").and_then(|n| n.parse().ok()).unwrap_or(0)];
        socket.read_exact(&mut body).await?;
        let (status, more, body) = self.answer(&first, &body).await;
        let (kind, body) = match body {
            Value::Null => ("text/plain", String::new()),
            Value::String(chain) => ("application/pem-certificate-chain", chain),
            other => ("application/json", other.to_string()),
        };
        let mut answer = format!("HTTP/1.1 {status} As said\r\nConnection: close\r\nContent-Type: {kind}\r\n");
        answer.push_str(&format!("Content-Length: {}\r\nReplay-Nonce: {}\r\n", body.len(), self.nonce()));
        more.iter().for_each(|(name, value)| answer.push_str(&format!("{name}: {value}\r\n")));
        let body = if first.starts_with("HEAD") { "" } else { &body };
        socket.write_all(format!("{answer}\r\n{body}").as_bytes()).await?;
        socket.shutdown().await
    }

    fn nonce(&self) -> String {
        let nonce = secret();
        lock(&self.state).nonces.insert(nonce.clone());
        nonce
    }

    async fn answer(&self, first: &str, body: &[u8]) -> Answer {
        let mut words = first.split(' ');
        let (method, path) = (words.next().unwrap_or_default(), words.next().unwrap_or_default());
        match (method, path) {
            ("GET", "/directory") => (200, Vec::new(), self.directory()),
            ("HEAD", "/nonce") => (200, Vec::new(), Value::Null),
            ("POST", path) => match self.take(path, body).await {
                Ok(answer) => answer,
                Err((kind, why)) => {
                    if kind != "badNonce" && kind != "rejectedIdentifier" {
                        lock(&self.state).faults.push(format!("{path}: {why}"));
                    }
                    let problem = json!({ "type": format!("urn:ietf:params:acme:error:{kind}"), "detail": why });
                    (400, Vec::new(), problem)
                }
            },
            _ => (404, Vec::new(), json!({ "type": "about:blank", "detail": "there is nothing here" })),
        }
    }

    fn directory(&self) -> Value {
        let at = |path: &str| format!("{}/{path}", self.base);
        json!({ "newNonce": at("nonce"), "newAccount": at("account"), "newOrder": at("order"), "meta": {} })
    }

    /// A signed request (RFC 8555 section 6.2).
    async fn take(&self, path: &str, body: &[u8]) -> Result<Answer, (&'static str, String)> {
        let signed = Signed::read(body).map_err(|why| ("malformed", why))?;
        if signed.url != format!("{}{path}", self.base) {
            return Err(("unauthorized", format!("signed for {}", signed.url)));
        }
        {
            let mut state = lock(&self.state);
            let known = state.nonces.remove(&signed.nonce);
            // Whoever cannot bear this cannot bear a busy authority.
            if !known || !std::mem::replace(&mut state.spoiled, true) {
                return Err(("badNonce", "another nonce, please".into()));
            }
        }
        let parts: Vec<&str> = path.trim_matches('/').split('/').collect();
        if parts == ["account"] {
            return self.open_account(&signed);
        }
        let account = self.account_of(&signed)?;
        let number = |at: usize| parts.get(at).and_then(|text| text.parse::<usize>().ok()).unwrap_or(usize::MAX);
        match parts[0] {
            "order" if parts.len() == 1 => self.order(account, &signed.payload),
            "order" => Ok((200, Vec::new(), self.show_order(number(1)))),
            "name" => Ok((200, Vec::new(), self.show_name(number(1), number(2)))),
            "ask" => self.ask(&signed, account, number(1), number(2)).await,
            "sign" => self.sign(number(1), &signed.payload),
            "chain" => {
                let chain = lock(&self.state).orders[number(1)].chain.clone();
                Ok((200, Vec::new(), chain.map_or(Value::Null, Value::String)))
            }
            other => Err(("malformed", format!("nothing is called {other}"))),
        }
    }

    fn open_account(&self, signed: &Signed) -> Result<Answer, (&'static str, String)> {
        let key = signed.key.clone().ok_or(("malformed", "a new account brings its key".to_owned()))?;
        signed.check(&key).map_err(|why| ("unauthorized", why))?;
        if signed.payload["termsOfServiceAgreed"] != true {
            return Err(("userActionRequired", "agree to the terms".into()));
        }
        let mut state = lock(&self.state);
        state.accounts.push(key);
        let place = format!("{}/accounts/{}", self.base, state.accounts.len() - 1);
        Ok((201, vec![("Location", place)], json!({ "status": "valid" })))
    }

    fn account_of(&self, signed: &Signed) -> Result<usize, (&'static str, String)> {
        let state = lock(&self.state);
        let number = signed.account.as_deref().and_then(|url| url.rsplit('/').next()?.parse::<usize>().ok());
        let Some((number, key)) = number.and_then(|number| Some((number, state.accounts.get(number)?))) else {
            return Err(("accountDoesNotExist", "who is this?".into()));
        };
        signed.check(key).map_err(|why| ("unauthorized", why))?;
        Ok(number)
    }

    fn order(&self, account: usize, wanted: &Value) -> Result<Answer, (&'static str, String)> {
        let names = wanted["identifiers"].as_array().into_iter().flatten();
        let names: Vec<_> = names
            .filter(|name| name["type"] == "dns")
            .filter_map(|name| Some(Name { host: name["value"].as_str()?.to_owned(), token: secret(), asked: None }))
            .collect();
        if names.is_empty() {
            return Err(("malformed", "an order names hosts".into()));
        }
        let mut state = lock(&self.state);
        state.orders.push(Order { account, names, chain: None });
        let number = state.orders.len() - 1;
        drop(state);
        let place = format!("{}/order/{number}", self.base);
        Ok((201, vec![("Location", place)], self.show_order(number)))
    }

    fn show_order(&self, number: usize) -> Value {
        let state = lock(&self.state);
        let order = &state.orders[number];
        let status = match () {
            () if order.chain.is_some() => "valid",
            () if order.names.iter().any(|name| matches!(name.asked, Some(Err(_)))) => "invalid",
            () if order.is_proven() => "ready",
            () => "pending",
        };
        let places = (0..order.names.len()).map(|at| format!("{}/name/{number}/{at}", self.base));
        let mut shown = json!({
            "status": status,
            "identifiers": order.names.iter().map(|n| json!({ "type": "dns", "value": n.host })).collect::<Vec<_>>(),
            "authorizations": places.collect::<Vec<_>>(),
            "finalize": format!("{}/sign/{number}", self.base),
        });
        if order.chain.is_some() {
            shown["certificate"] = format!("{}/chain/{number}", self.base).into();
        }
        shown
    }

    fn show_name(&self, number: usize, at: usize) -> Value {
        let state = lock(&self.state);
        let Name { host, token, asked } = &state.orders[number].names[at];
        let kind = match state.asking {
            Asking::Http(_) => "http-01",
            Asking::Tls(_) => "tls-alpn-01",
        };
        let status = match asked {
            None => "pending",
            Some(Ok(())) => "valid",
            Some(Err(_)) => "invalid",
        };
        let url = format!("{}/ask/{number}/{at}", self.base);
        let mut challenge = json!({ "type": kind, "url": url, "token": token, "status": status });
        if let Some(Err(why)) = asked {
            challenge["error"] = json!({ "type": "urn:ietf:params:acme:error:unauthorized", "detail": why });
        }
        json!({ "status": status, "identifier": { "type": "dns", "value": host }, "challenges": [challenge] })
    }

    /// Asks the name, as RFC 8555 section 8.3 and RFC 8737 say, before it answers.
    async fn ask(
        &self,
        signed: &Signed,
        account: usize,
        number: usize,
        at: usize,
    ) -> Result<Answer, (&'static str, String)> {
        if signed.payload != json!({}) {
            return Err(("malformed", "a challenge is answered with {}".into()));
        }
        let (name, expected, token, asking, refusing) = {
            let state = lock(&self.state);
            let order = &state.orders[number];
            let Name { host, token, .. } = &order.names[at];
            assert_eq!(order.account, account, "an order is its account's own");
            let expected = format!("{token}.{}", state.accounts[account].thumbprint());
            (host.clone(), expected, token.clone(), state.asking, state.refusing)
        };
        let asked = match (refusing, asking) {
            (true, _) => Err("the test says no".to_owned()),
            (false, Asking::Http(place)) => ask::over_http(&name, place, &token, &expected).await,
            (false, Asking::Tls(place)) => ask::over_tls(&name, place, &expected).await,
        };
        lock(&self.state).orders[number].names[at].asked = Some(asked);
        Ok((200, Vec::new(), self.show_name(number, at)["challenges"][0].clone()))
    }

    fn sign(&self, number: usize, payload: &Value) -> Result<Answer, (&'static str, String)> {
        let csr = payload["csr"].as_str().and_then(|text| BASE64.decode(text).ok());
        let request = csr.as_deref().and_then(Request::read).ok_or(("badCSR", "this is no request".to_owned()))?;
        let mut state = lock(&self.state);
        let (life, order) = (state.life, &mut state.orders[number]);
        let names: Vec<String> = order.names.iter().map(|name| name.host.clone()).collect();
        if !order.is_proven() || !names.iter().all(|name| request.names(name)) {
            return Err(("orderNotReady", "the order's names are not proven, or not the request's".into()));
        }
        let made = self.authority.sign(&names, &request, life);
        order.chain = Some(made.pem());
        state.given.push(made.der().to_vec());
        drop(state);
        Ok((200, Vec::new(), self.show_order(number)))
    }
}

fn secret() -> String {
    let mut bytes = [0; 16];
    SystemRandom::new().fill(&mut bytes).expect("the operating system gives random bytes");
    BASE64.encode(bytes)
}
