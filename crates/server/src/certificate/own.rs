//! The certificate that an installation makes for itself, so that TLS works from the first start on. Browsers and phones
//! have to be told to trust it.

use super::now_s;
use super::pair::Files;
use crate::config::Config;
use anyhow::Context;
use rcgen::{CertificateParams, DnType, ExtendedKeyUsagePurpose, KeyPair, SanType};
use std::net::IpAddr;
use std::path::Path;
use std::time::Duration;

/// How long it lasts; phones of some makers take none that last longer than 825 days.
const LIFE_S: u64 = 397 * 24 * 3600;
/// How long before its end the next one is made.
const RENEW_S: i64 = 30 * 24 * 3600;
/// Clocks of phones may be a little behind.
const BEHIND_S: u64 = 24 * 3600;

/// Where it lies.
pub(super) fn files(data: &Path) -> Files {
    let folder = data.join("tls");
    Files::new(&folder.join("own.crt"), &folder.join("own.key"))
}

/// What it is for: the configured names, and the addresses this machine is reached at.
pub(super) fn names(config: &Config) -> Vec<String> {
    let mut names = config.tls.names.clone();
    let own = ["localhost".to_owned(), "127.0.0.1".to_owned(), "::1".to_owned(), config.media_address().to_string()];
    let listeners = [&config.sip.tls, &config.sip.wss].into_iter().flatten().chain(&config.http.tls_listen);
    let listeners = listeners.map(|address| address.ip()).filter(|ip| !ip.is_unspecified());
    names.extend(own.into_iter().chain(config.sip.address.into_iter().chain(listeners).map(|ip| ip.to_string())));
    let mut seen = std::collections::BTreeSet::new();
    names.retain(|name| seen.insert(name.clone()));
    names
}

/// Makes it when there is none, when it cannot be read, or when its end is near.
pub(super) fn make_when_needed(files: &Files, names: &[String], now: i64) -> anyhow::Result<()> {
    let lasts = files.read().is_ok_and(|pair| pair.ends_s - now > RENEW_S);
    if lasts { Ok(()) } else { make(files, names) }
}

fn make(files: &Files, names: &[String]) -> anyhow::Result<()> {
    let mut wanted = CertificateParams::default();
    for name in names {
        wanted.subject_alt_names.push(match name.parse::<IpAddr>() {
            Ok(ip) => SanType::IpAddress(ip),
            Err(_) => SanType::DnsName(name.as_str().try_into().with_context(|| format!("tls.names: {name:?}"))?),
        });
    }
    wanted.distinguished_name.push(DnType::CommonName, "Alo, made by itself");
    wanted.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
    let now = Duration::from_secs(now_s().max(0).cast_unsigned());
    let epoch = rcgen::date_time_ymd(1970, 1, 1);
    wanted.not_before = epoch + now.saturating_sub(Duration::from_secs(BEHIND_S));
    wanted.not_after = epoch + now + Duration::from_secs(LIFE_S);
    let key = KeyPair::generate().context("no key could be made")?;
    let certificate = wanted.self_signed(&key).context("no certificate could be made")?;
    files.save(&certificate.pem(), &key.serialize_pem())?;
    tracing::info!(file = %files.certificate.display(), "made a certificate of our own");
    Ok(())
}
