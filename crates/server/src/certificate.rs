//! The certificate: one for HTTPS, SIP over TLS and SIP over WSS. From the files that are configured, else one that an
//! authority gave by ACME, else one that this installation made for itself.
//!
//! The files are looked at again every few seconds. A new pair serves new connections from then on and disturbs none that
//! are open; a pair that cannot be used changes nothing but the log and `alo_certificate_refused`. `acme` fetches
//! certificates, `own` makes them.

mod acme;
mod expiry;
mod own;
mod pair;
#[cfg(test)]
mod tests;

pub(crate) use acme::Acme;

use crate::config::Config;
use acme::Answers;
use anyhow::Context;
use pair::{Files, Pair};
use std::sync::{Arc, PoisonError, RwLock};
use std::time::{Duration, SystemTime, UNIX_EPOCH};
use tokio::task::JoinHandle;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::crypto::{CryptoProvider, aws_lc_rs};
use tokio_rustls::rustls::server::{ClientHello, ResolvesServerCert};
use tokio_rustls::rustls::sign::CertifiedKey;

/// How often the files are looked at.
const LOOK: Duration = Duration::from_secs(5);
/// How often an end that comes near is told again.
const TELL: Duration = Duration::from_secs(24 * 3600);
const DAY_S: i64 = 24 * 3600;

/// The certificate in force; clones are handles to the same one.
#[derive(Debug, Clone)]
pub(crate) struct Certificate {
    source: Source,
    current: Arc<Current>,
}

/// Where it comes from.
#[derive(Debug, Clone)]
enum Source {
    /// Files that somebody else renews.
    Given(Files),
    /// Files of our own, made anew in time, for these names.
    Own(Files, Vec<String>),
    /// Files that an authority gives anew in time; until the first ones have come, our own.
    Acme { given: Files, own: Files, names: Vec<String> },
}

/// What connections are shown.
#[derive(Debug)]
struct Current {
    pair: RwLock<Pair>,
    /// What an authority is shown that asks in a handshake.
    answers: Answers,
}

impl Current {
    fn pair(&self) -> Pair {
        // Only whole pairs are ever put in.
        self.pair.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn replace(&self, pair: Pair) {
        *self.pair.write().unwrap_or_else(PoisonError::into_inner) = pair;
    }
}

impl ResolvesServerCert for Current {
    fn resolve(&self, hello: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        if acme::is_question(&hello) { self.answers.shown(hello.server_name()?) } else { Some(self.pair().key) }
    }
}

impl Certificate {
    /// Reads the configured files, or makes a certificate where there are none.
    pub(crate) fn open(config: &Config) -> anyhow::Result<Certificate> {
        let source = Source::of(config)?;
        source.make_when_needed().context("cannot make a certificate in the data directory")?;
        let pair = source.files().read().context("cannot use the TLS certificate")?;
        tell(&pair, now_s());
        let current = Current { pair: RwLock::new(pair), answers: Answers::default() };
        Ok(Certificate { source, current: Arc::new(current) })
    }

    /// How SIP listeners speak TLS.
    pub(crate) fn for_sip(&self) -> Arc<ServerConfig> {
        Arc::new(self.server_config())
    }

    /// How the web side speaks TLS.
    pub(crate) fn for_http(&self) -> Arc<ServerConfig> {
        let mut config = self.server_config();
        config.alpn_protocols = vec![b"http/1.1".to_vec()];
        if matches!(self.source, Source::Acme { .. }) {
            config.alpn_protocols.push(acme::PROTOCOL.to_vec());
        }
        Arc::new(config)
    }

    fn server_config(&self) -> ServerConfig {
        let builder = ServerConfig::builder_with_provider(provider()).with_safe_default_protocol_versions();
        let builder = builder.expect("the provider speaks both versions of TLS").with_no_client_auth();
        builder.with_cert_resolver(self.current.clone())
    }

    /// Looks after the files for ever.
    pub(crate) fn watch(self) -> JoinHandle<()> {
        tokio::spawn(async move {
            let mut seen = self.source.files().stamp();
            let mut told_at = tokio::time::Instant::now();
            loop {
                tokio::time::sleep(LOOK).await;
                let certificate = self.clone();
                let looked = tokio::task::spawn_blocking(move || certificate.look(seen)).await;
                seen = looked.unwrap_or(seen);
                if told_at.elapsed() >= TELL {
                    told_at = tokio::time::Instant::now();
                    tell(&self.current.pair(), now_s());
                }
            }
        })
    }

    /// Looks at the files once, which looked like `seen` the last time; how they look now.
    fn look(&self, seen: pair::Stamp) -> pair::Stamp {
        if let Err(error) = self.source.make_when_needed() {
            tracing::warn!(error = format!("{error:#}"), "the certificate cannot be made anew");
        }
        let files = self.source.files();
        let stamp = files.stamp();
        if stamp == seen {
            return seen;
        }
        match files.read() {
            Ok(pair) => {
                metrics::gauge!("alo_certificate_refused").set(0.0);
                tracing::info!(file = %files.certificate.display(), "new connections get the new certificate");
                tell(&pair, now_s());
                self.current.replace(pair);
            }
            // Files that are being written look like this too: the next look will tell.
            Err(error) => {
                metrics::gauge!("alo_certificate_refused").set(1.0);
                tracing::warn!(error = format!("{error:#}"), "the new certificate cannot be used; the old one stays");
            }
        }
        stamp
    }
}

impl Source {
    fn of(config: &Config) -> anyhow::Result<Source> {
        let own = own::files(&config.data_dir);
        match (&config.tls.certificate, &config.tls.key) {
            (Some(certificate), Some(key)) => Ok(Source::Given(Files::new(certificate, key))),
            (None, None) => Ok(match acme::files(config) {
                Some(given) => Source::Acme { given, own, names: own::names(config) },
                None => Source::Own(own, own::names(config)),
            }),
            (Some(_), None) | (None, Some(_)) => anyhow::bail!("set both tls.certificate and tls.key, or neither"),
        }
    }

    fn files(&self) -> &Files {
        match self {
            Source::Given(files) | Source::Own(files, _) => files,
            Source::Acme { given, own, .. } => {
                if given.read().is_ok() {
                    given
                } else {
                    own
                }
            }
        }
    }

    /// Makes one of our own where that is what is shown.
    fn make_when_needed(&self) -> anyhow::Result<()> {
        match self {
            Source::Given(_) => Ok(()),
            Source::Own(files, names) => own::make_when_needed(files, names, now_s()),
            Source::Acme { given, .. } if given.read().is_ok() => Ok(()),
            Source::Acme { own, names, .. } => own::make_when_needed(own, names, now_s()),
        }
    }
}

/// For how many days the certificate is good, without making or serving one; none when there is none yet.
pub(crate) fn look(config: &Config) -> Option<anyhow::Result<i64>> {
    let source = match Source::of(config) {
        Ok(source) => source,
        Err(error) => return Some(Err(error)),
    };
    let files = source.files();
    if !matches!(source, Source::Given(_)) && files.stamp() == [None; 2] {
        return None;
    }
    Some(files.read().map(|pair| (pair.ends_s - now_s()).div_euclid(DAY_S)))
}

/// What TLS is done with, everywhere in this process.
fn provider() -> Arc<CryptoProvider> {
    Arc::new(aws_lc_rs::default_provider())
}

/// How near an end is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Nearness {
    Far,
    /// Within 14 days.
    Near,
    /// Within 3 days.
    AtHand,
    Over,
}

fn nearness(ends_s: i64, now_s: i64) -> Nearness {
    match ends_s - now_s {
        ..=0 => Nearness::Over,
        left if left <= 3 * DAY_S => Nearness::AtHand,
        left if left <= 14 * DAY_S => Nearness::Near,
        _ => Nearness::Far,
    }
}

/// Tells how long the certificate lasts: a figure always, a line in the log when its end is near.
fn tell(pair: &Pair, now_s: i64) {
    metrics::gauge!("alo_certificate_ends_at").set(pair.ends_s as f64);
    let days = (pair.ends_s - now_s) / DAY_S;
    match nearness(pair.ends_s, now_s) {
        Nearness::Far => {}
        Nearness::Near => tracing::warn!(days, "the TLS certificate ends within 14 days"),
        Nearness::AtHand => tracing::error!(days, "the TLS certificate ends within 3 days"),
        Nearness::Over => tracing::error!("the TLS certificate has ended: phones and browsers will refuse it"),
    }
}

fn now_s() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since.as_secs()).unwrap_or(i64::MAX)
}
