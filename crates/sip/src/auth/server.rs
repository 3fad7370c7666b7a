//! Asking phones for a proof, and checking it.

use std::borrow::Cow;
use std::net::IpAddr;

use model::{Moment, Timestamp};
use subtle::ConstantTimeEq as _;
use thiserror::Error;

use super::header::DigestParams;
use super::nonce::{Nonces, Worth};
use super::replay::{Replay, Use};
use super::{Algorithm, hex, response};
use crate::directory::Account;
use crate::message::Message;
use crate::name::Name;
use crate::uri::{Uri, decode};

/// How many Authorization lines of one request are looked at.
const MAX_LINES: usize = 4;

/// Why a request is not proven. Unknown users and wrong passwords are both [`AuthFailure::Wrong`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum AuthFailure {
    /// There is no proof for our realm that can be read: challenge.
    #[error("no credentials")]
    Missing,
    /// The proof is right but its nonce is old or used, or the nonce is none of ours, so that nothing was checked:
    /// challenge with `stale`. Not a failure: anyone could send it under a phone's address.
    #[error("an old nonce")]
    Stale,
    /// The proof is wrong: challenge, and count a failure.
    #[error("wrong credentials")]
    Wrong,
    /// Too many nonces are in use: 503.
    #[error("too many nonces in use")]
    Busy,
}

/// Challenges and checks. Shared by all shards, so that a proof is good once in the whole process.
pub struct Authenticator {
    nonces: Nonces,
    replay: Replay,
    nobody: Account,
}

impl Authenticator {
    /// One that signs its nonces with `secret`; `born` is the wall clock at the process's start.
    pub fn new(secret: &[u8; 32], born: Timestamp) -> Authenticator {
        let nobody = Account { key: 0, realm: String::new(), ha1_md5: [0x5a; 16], ha1_sha256: [0x5a; 32] };
        Authenticator { nonces: Nonces::new(secret, born), replay: Replay::new(), nobody }
    }

    /// The values of the two WWW-Authenticate lines, MD5 first: JsSIP, sipp and other agents read the first line only
    /// and give up on SHA-256. Who knows both may choose the second by its own policy (RFC 8760 section 2.4).
    pub fn challenge(&self, realm: &str, source: IpAddr, now: Moment, stale: bool) -> [String; 2] {
        let nonce = self.nonces.make(source, now);
        let realm: String = realm.chars().filter(|c| !c.is_control() && !matches!(c, '"' | '\\')).collect();
        let stale = if stale { ",stale=true" } else { "" };
        [Algorithm::Md5, Algorithm::Sha256].map(|algorithm| {
            let algorithm = algorithm.as_str();
            format!(r#"Digest realm="{realm}",nonce="{nonce}",algorithm={algorithm},qop="auth"{stale}"#)
        })
    }

    /// Checks that `message` is proven by `user`, whose `account` the directory knows or not. An unknown user costs
    /// and answers what a wrong password does.
    pub fn verify(
        &self,
        message: &Message,
        user: &str,
        account: Option<&Account>,
        realm: &str,
        source: IpAddr,
        now: Moment,
    ) -> Result<(), AuthFailure> {
        let params = credentials(message, realm).ok_or(AuthFailure::Missing)?;
        let proof = Proof::read(&params).ok_or(AuthFailure::Missing)?;
        // A nonce that was not made for this address ends the check before the password is looked at: else a forged
        // source could get a phone banned, or guesses on made-up nonces would go uncounted.
        let worth = self.nonces.check(proof.nonce, source, now);
        if worth == Worth::Foreign {
            return Err(AuthFailure::Stale);
        }
        let known = account.filter(|account| account.realm == realm);
        let expected = proof.expected(known.unwrap_or(&self.nobody), message.method_text());
        let matches = bool::from(expected.as_bytes().ct_eq(proof.response.to_ascii_lowercase().as_bytes()));
        let named = is_user(proof.username, user, realm) && is_target(proof.uri, message.request_uri());
        if known.is_none() || !matches || !named {
            return Err(AuthFailure::Wrong);
        }
        let Worth::Good(nonce) = worth else { return Err(AuthFailure::Stale) };
        match self.replay.use_count(nonce, proof.count) {
            Use::New => Ok(()),
            Use::Again => Err(AuthFailure::Stale),
            Use::Full => Err(AuthFailure::Busy),
        }
    }
}

/// The user name a request brings a proof for, before it is checked: to find the account.
pub fn presented_user(message: &Message, realm: &str) -> Option<String> {
    credentials(message, realm)?.username.map(Cow::into_owned)
}

/// The credentials for our realm with a hash we speak.
fn credentials<'a>(message: &'a Message, realm: &str) -> Option<DigestParams<'a>> {
    message
        .headers(Name::Authorization)
        .chain(message.headers(Name::ProxyAuthorization))
        .take(MAX_LINES)
        .filter_map(DigestParams::parse)
        .find(|params| params.realm.as_deref() == Some(realm) && params.algorithm().is_some())
}

/// What a proof must hold.
struct Proof<'a> {
    algorithm: Algorithm,
    username: &'a str,
    nonce: &'a str,
    uri: &'a str,
    response: &'a str,
    /// nc, cnonce and qop as written.
    qop: Option<(&'a str, &'a str, &'a str)>,
    /// The count; a nonce without qop can be used once.
    count: u32,
}

impl<'a> Proof<'a> {
    fn read(params: &'a DigestParams<'a>) -> Option<Proof<'a>> {
        let (qop, count) = match params.qop.as_deref() {
            None => (None, 1),
            Some(qop) if qop.eq_ignore_ascii_case("auth") => {
                let nc = params.nc.as_deref()?;
                let is_hex = (1..=8).contains(&nc.len()) && nc.bytes().all(|b| b.is_ascii_hexdigit());
                let count = if is_hex { u32::from_str_radix(nc, 16).ok()? } else { return None };
                (Some((nc, params.cnonce.as_deref()?, qop)), count)
            }
            Some(_) => return None,
        };
        Some(Proof {
            algorithm: params.algorithm()?,
            username: params.username.as_deref()?,
            nonce: params.nonce.as_deref()?,
            uri: params.uri.as_deref()?,
            response: params.response.as_deref()?,
            qop,
            count,
        })
    }

    fn expected(&self, account: &Account, method: &str) -> String {
        let ha1 = match self.algorithm {
            Algorithm::Md5 => hex(&account.ha1_md5),
            Algorithm::Sha256 => hex(&account.ha1_sha256),
        };
        response(self.algorithm, &ha1, self.nonce, self.qop, method, self.uri)
    }
}

/// Whether the digest's user name is the user, bare or with the realm behind it.
fn is_user(presented: &str, user: &str, realm: &str) -> bool {
    presented == user || presented.strip_suffix(realm).and_then(|p| p.strip_suffix('@')) == Some(user)
}

/// Whether the digest was made for this request's target. Phones and gateways differ in port and parameters, so only
/// user and host are compared; sipp and some gateways hash the bare IP address they send to, which also counts. The
/// nonce is good once for one method all the same.
fn is_target(hashed: &str, request_uri: &str) -> bool {
    if hashed == request_uri {
        return true;
    }
    match (Uri::parse(hashed), Uri::parse(request_uri)) {
        (Ok(a), Ok(b)) => {
            let server = a.user.is_empty() && a.host.trim_matches(['[', ']']).parse::<IpAddr>().is_ok();
            server || (decode(a.user) == decode(b.user) && a.host.eq_ignore_ascii_case(b.host))
        }
        (Err(_), _) | (_, Err(_)) => false,
    }
}
