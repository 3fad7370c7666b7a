//! A robot that works as an extension: registers with its password, then answers, declines or lets it ring.

use super::call::{self, Call, Waited};
use super::line::{Line, Ring};
use super::sound::Sound;
use super::{dice, session};
use sip::{Message, Method, Name, RequestBuilder};
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::{mpsc, watch};

const LASTS_S: u32 = 120;
const RENEW: Duration = Duration::from_secs(100);
const RETRY: Duration = Duration::from_secs(3);

/// One robot.
pub(super) struct Agent {
    pub(super) number: String,
    pub(super) password: String,
    pub(super) domain: String,
    pub(super) ip: IpAddr,
    pub(super) server: SocketAddr,
}

impl Agent {
    /// Works until the demo ends.
    pub(super) async fn work(self, stop: watch::Receiver<bool>) {
        let opened = Line::open(SocketAddr::new(self.ip, 0), self.server, stop).await;
        let (line, mut rings) = match opened {
            Ok(opened) => opened,
            Err(error) => {
                tracing::warn!(%error, ip = %self.ip, "a demo agent cannot open its line");
                return;
            }
        };
        let call_id = format!("{}@{}", store::mint::secret_text(20), self.ip);
        let mut seq = 1;
        let mut renew = tokio::time::Instant::now();
        loop {
            tokio::select! {
                () = tokio::time::sleep_until(renew) => {
                    let registered = self.register(&line, &call_id, &mut seq).await;
                    renew = tokio::time::Instant::now() + if registered { RENEW } else { RETRY };
                }
                ring = rings.recv() => {
                    let Some(ring) = ring else { return };
                    self.take(&line, ring, &mut rings).await;
                }
                () = line.stopped() => return,
            }
        }
    }

    async fn register(&self, line: &Arc<Line>, call_id: &str, seq: &mut u32) -> bool {
        let first = self.register_with(line, call_id, seq, None).await;
        let Some(challenge) = first.as_ref().filter(|m| m.status() == Some(401)) else {
            tracing::debug!(extension = %self.number, "a demo agent's REGISTER found no challenge");
            return first.is_some_and(|m| m.status() == Some(200));
        };
        let uri = format!("sip:{}", self.domain);
        let cnonce = store::mint::secret_text(16);
        let credentials = sip::auth::best_challenge(challenge).and_then(|(_, asked)| {
            sip::auth::answer_challenge(asked, "REGISTER", &uri, &self.number, &self.password, &cnonce, 1)
        });
        let Some(credentials) = credentials else { return false };
        let second = self.register_with(line, call_id, seq, Some(credentials)).await;
        let registered = second.as_ref().is_some_and(|m| m.status() == Some(200));
        if !registered {
            let code = second.and_then(|m| m.status());
            tracing::warn!(extension = %self.number, ?code, "a demo agent could not register");
        }
        registered
    }

    async fn register_with(
        &self,
        line: &Arc<Line>,
        call_id: &str,
        seq: &mut u32,
        credentials: Option<String>,
    ) -> Option<Message> {
        let aor = format!("<sip:{}@{}>", self.number, self.domain);
        let mut request = RequestBuilder::new(Method::Register, &format!("sip:{}", self.domain))
            .header(Name::Via, call::via(line))
            .header(Name::MaxForwards, 70)
            .header(Name::From, format_args!("{aor};tag=agent{}", self.number))
            .header(Name::To, &aor)
            .header(Name::CallId, call_id)
            .header(Name::CSeq, format_args!("{seq} REGISTER"))
            .header(Name::Contact, format_args!("<sip:{}@{}>", self.number, line.local()))
            .header(Name::Expires, LASTS_S)
            .header(Name::UserAgent, "Alo demo");
        if let Some(credentials) = credentials {
            request = request.header(Name::Authorization, credentials);
        }
        *seq += 1;
        call::ask(line, call_id, request.finish()).await
    }

    /// One call, from its ringing to its end. While it lasts, others find this robot busy.
    async fn take(&self, line: &Arc<Line>, ring: Ring, others: &mut mpsc::Receiver<Ring>) {
        let work = self.serve(line, ring);
        tokio::pin!(work);
        loop {
            tokio::select! {
                () = &mut work => return,
                Some(ring) = others.recv() => {
                    let line = line.clone();
                    tokio::spawn(async move { Call::take(&line, ring, String::new()).refuse(486, "Busy Here").await });
                }
            }
        }
    }

    async fn serve(&self, line: &Arc<Line>, ring: Ring) {
        let Ok(mut sound) = Sound::open(line.ip()).await else { return };
        let mut incoming = Call::take(line, ring, session::write(sound.local()));
        let far = session::read(incoming.offer());
        let (declines, ignores) = (dice::chance(10), dice::chance(10));
        let patience = if ignores { Duration::from_secs(90) } else { dice::seconds(1.0, 4.0) };
        if incoming.ring(patience).await == Waited::Gone {
            return;
        }
        if declines || line.stopping() {
            return incoming.refuse(603, "Decline").await;
        }
        let Some(mut call) = incoming.answer().await else { return };
        if let Some(far) = far {
            sound.talk(far, 140.0 + dice::below(80) as f64);
        }
        if call.talk(dice::seconds(6.0, 30.0)).await == Waited::Elapsed {
            call.bye().await;
        }
    }
}
