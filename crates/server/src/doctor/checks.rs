//! The single checks. Each opens what it looks at for a moment and closes it again.

use super::Finding;
use crate::config::{Config, reachable};
use crate::{home, limits};
use std::io::ErrorKind;
use std::net::{IpAddr, SocketAddr, TcpListener, UdpSocket};
use std::os::unix::fs::PermissionsExt;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

const GIB: u64 = 1 << 30;
/// One call: two legs with RTP and RTCP, a recording; and some for streams, files and the database.
const DESCRIPTORS_PER_CALL: u64 = 5;
const DESCRIPTORS_BESIDE: u64 = 500;
/// 2026-01-01: a clock before the making of this program is wrong.
const EPOCH_S: u64 = 1_767_225_600;

/// Whether an alo answers at our own HTTP address.
pub(super) async fn running(config: &Config) -> bool {
    let url = format!("http://{}/healthz", reachable(config.http.listen));
    let client = reqwest::Client::builder().timeout(Duration::from_secs(2)).no_proxy().build();
    let Ok(client) = client else { return false };
    match client.get(url).send().await {
        Ok(answer) => answer.text().await.is_ok_and(|text| text.contains("\"alo\"")),
        Err(_) => false,
    }
}

pub(super) fn configuration(config: &Config) -> Vec<Finding> {
    let warnings = config.warnings();
    if warnings.is_empty() {
        return vec![Finding::good(
            "configuration",
            format!("reads well; `{} config show` prints what is in force.", crate::cli::program()),
        )];
    }
    let mend = "Change the configuration as said, or leave it if this is meant.";
    warnings.into_iter().map(|w| Finding::doubtful("configuration", w, mend)).collect()
}

pub(super) fn data_dir(config: &Config) -> Finding {
    const ABOUT: &str = "data directory";
    let dir = &config.data_dir;
    if let Err(error) = home::prepare(config) {
        return Finding::bad(ABOUT, format!("{error:#}."), "Set data_dir to a place this user may write to.");
    }
    let probe = dir.join(format!(".doctor-{}", std::process::id()));
    if let Err(error) = std::fs::write(&probe, b"alo").and_then(|()| std::fs::remove_file(&probe)) {
        let mend = format!("Let this user write there: chown -R $(whoami) {}", dir.display());
        return Finding::bad(ABOUT, format!("{} cannot be written to: {error}.", dir.display()), mend);
    }
    let key = home::key_file(config);
    if let Ok(meta) = std::fs::metadata(&key)
        && meta.permissions().mode() & 0o077 != 0
    {
        let says = format!("{} can be read by other users.", key.display());
        return Finding::doubtful(ABOUT, says, format!("chmod 600 {}", key.display()));
    }
    Finding::good(ABOUT, format!("{} can be written to.", dir.display()))
}

pub(super) fn disk(config: &Config) -> Finding {
    const ABOUT: &str = "disk";
    const MEND: &str = "Make room or move data_dir: a recorded hour of talk takes 115 MB.";
    match limits::free_bytes(&config.data_dir) {
        None => Finding::doubtful(ABOUT, "cannot tell how much is free.", "Look yourself: df -h"),
        Some(free) if free < GIB / 8 => Finding::bad(ABOUT, format!("only {} MiB are free.", free >> 20), MEND),
        Some(free) if free < 2 * GIB => Finding::doubtful(ABOUT, format!("{} MiB are free.", free >> 20), MEND),
        Some(free) => Finding::good(ABOUT, format!("{} GiB are free.", free / GIB)),
    }
}

pub(super) async fn database(config: &Config) -> Vec<Finding> {
    const ABOUT: &str = "database";
    let file = config.data_dir.join(home::DATABASE);
    if config.database_url.is_none() && !file.exists() {
        return vec![Finding::good(ABOUT, format!("SQLite; the first start makes {}.", file.display()))];
    }
    let opened = tokio::time::timeout(Duration::from_secs(10), home::open(config)).await;
    let db = match opened {
        Ok(Ok(db)) => db,
        Ok(Err(error)) => {
            let mend = "Start the database, or mend database_url (ALO_DATABASE_URL); empty means SQLite.";
            return vec![Finding::bad(ABOUT, format!("{error:#}."), mend)];
        }
        Err(_) => {
            let mend = "Is the host in database_url right, and does a firewall stand between?";
            return vec![Finding::bad(ABOUT, "does not answer within 10 seconds.", mend)];
        }
    };
    let finding = match db.ping().await {
        Ok(()) => Finding::good(ABOUT, format!("{:?} answers.", db.engine())),
        Err(error) if error.is_away() => {
            Finding::bad(ABOUT, format!("does not answer: {error}."), "Start it, or mend database_url.")
        }
        Err(_) => Finding::doubtful(
            ABOUT,
            format!("{:?} answers, but its tables are not of this version yet.", db.engine()),
            format!("{0} migrate ({0} serve does it too).", crate::cli::program()),
        ),
    };
    db.close().await;
    vec![finding]
}

pub(super) fn http(config: &Config, running: bool) -> Finding {
    const ABOUT: &str = "http";
    let listen = config.http.listen;
    if running {
        return Finding::good(ABOUT, format!("an alo runs and answers at http://{}.", reachable(listen)));
    }
    port(ABOUT, "http.listen", listen, TcpListener::bind(listen).err())
}

/// The certificate of every listener under TLS. One that does not exist yet is made by the first start.
pub(super) fn certificate(config: &Config) -> Finding {
    const ABOUT: &str = "certificate";
    let mend = "Renew it, or mend tls.certificate and tls.key; empty means one that Alo makes for itself.";
    match crate::certificate::look(config) {
        None => Finding::good(ABOUT, "the first start makes one."),
        Some(Ok(days)) if days > 14 => Finding::good(ABOUT, format!("good for {days} days.")),
        Some(Ok(days)) if days > 3 => Finding::doubtful(ABOUT, format!("ends in {days} days."), mend),
        Some(Ok(days)) => Finding::bad(ABOUT, format!("ends in {days} days."), mend),
        Some(Err(error)) => Finding::bad(ABOUT, format!("cannot be used: {error:#}."), mend),
    }
}

pub(super) fn listeners(config: &Config, running: bool) -> Vec<Finding> {
    let (sip, tls_listen, acme) = (&config.sip, config.http.tls_listen, &config.tls.acme);
    let questions = if acme.directory.is_some() { &acme.listen[..] } else { &[] };
    let udp = sip.udp.iter().map(|a| ("sip udp", "sip.udp", *a, UdpSocket::bind(a).err()));
    let lists = [
        ("sip tcp", "sip.tcp", &sip.tcp[..]),
        ("sip tls", "sip.tls", &sip.tls),
        ("sip ws", "sip.ws", &sip.ws),
        ("sip wss", "sip.wss", &sip.wss),
        ("https", "http.tls_listen", tls_listen.as_slice()),
        ("acme", "tls.acme.listen", questions),
    ];
    let streams = lists.into_iter().flat_map(|(about, key, list)| list.iter().map(move |a| (about, key, *a)));
    let streams = streams.map(|(about, key, address)| (about, key, address, TcpListener::bind(address).err()));
    udp.chain(streams)
        .map(|(about, key, address, error)| {
            if running && error.as_ref().is_some_and(|e| e.kind() == ErrorKind::AddrInUse) {
                return Finding::good(about, format!("{address} is in use, as it should be while alo runs."));
            }
            port(about, key, address, error)
        })
        .collect()
}

fn port(about: &'static str, key: &str, address: SocketAddr, error: Option<std::io::Error>) -> Finding {
    let Some(error) = error else { return Finding::good(about, format!("{address} is free.")) };
    let mend = match error.kind() {
        ErrorKind::AddrInUse => {
            format!("Find who has it (ss -lntup | grep :{}) and stop it, or set {key} to another port.", address.port())
        }
        ErrorKind::PermissionDenied => format!("Ports below 1024 need privileges: set {key} to a higher one."),
        ErrorKind::AddrNotAvailable => {
            format!("This machine has no address {}: set {key} to one it has.", address.ip())
        }
        _ => format!("Set {key} to an address and port that can be opened."),
    };
    Finding::bad(about, format!("{address} cannot be opened: {error}."), mend)
}

pub(super) fn media_ports(config: &Config, running: bool) -> Finding {
    const ABOUT: &str = "sound ports";
    let (first, last) = (*config.media.ports.start(), *config.media.ports.end());
    let calls = (usize::from(last - first) + 1) / 4;
    let step = usize::from((last - first) / 16).max(1);
    let tried = (first..=last).step_by(step);
    let taken = tried.filter(|port| UdpSocket::bind((config.media.bind, *port)).is_err()).count();
    if taken > 8 && !running {
        let says = format!("of the ports {first}-{last} most are taken on {}.", config.media.bind);
        return Finding::bad(
            ABOUT,
            says,
            "Set media.ports to a free range, and media.bind to an address of this machine.",
        );
    }
    if calls < config.limits.calls {
        return Finding::doubtful(
            ABOUT,
            format!("{first}-{last} is room for {calls} calls, but limits.calls is {}.", config.limits.calls),
            "Widen media.ports or lower limits.calls.",
        );
    }
    Finding::good(ABOUT, format!("{first}-{last} is room for {calls} calls; the firewall must let UDP in there."))
}

pub(super) fn media_address(config: &Config) -> Finding {
    const ABOUT: &str = "sound address";
    let address = config.media_address();
    if address.is_loopback() {
        return Finding::doubtful(
            ABOUT,
            format!("{address}: only phones on this machine will hear anything."),
            "Set media.address to the address phones reach this machine at, if there are others.",
        );
    }
    let own = UdpSocket::bind((address, 0)).is_ok();
    let private = matches!(address, IpAddr::V4(v4) if v4.is_private());
    let says = match (own, private) {
        (true, true) => format!("{address}, a private address: phones outside this network will hear nothing."),
        (true, false) => format!("{address}."),
        (false, _) => format!("{address}, which is not on this machine: a NAT must forward the sound ports to it."),
    };
    if own && private {
        return Finding::doubtful(ABOUT, says, "If phones are elsewhere: set media.address to the public address.");
    }
    Finding::good(ABOUT, says)
}

pub(super) fn open_files(config: &Config) -> Finding {
    const ABOUT: &str = "open files";
    let needed = config.limits.calls as u64 * DESCRIPTORS_PER_CALL + DESCRIPTORS_BESIDE;
    match limits::raise_open_files(config.limits.open_files) {
        None => Finding::doubtful(ABOUT, "cannot tell the limit.", "Look yourself: ulimit -n"),
        Some(limit) if limit.soft < needed => Finding::doubtful(
            ABOUT,
            format!("{} may be open, but {} calls need {needed}.", limit.soft, config.limits.calls),
            "Raise it (ulimit -n, or LimitNOFILE= of the service) or lower limits.calls.",
        ),
        Some(limit) => Finding::good(ABOUT, format!("{} may be open.", limit.soft)),
    }
}

/// Whether the name of the site leads anywhere, as phones and browsers have to find it.
pub(super) async fn names(config: &Config) -> Finding {
    const ABOUT: &str = "names";
    const PATIENCE: Duration = Duration::from_secs(3);
    let url = config.http_url();
    let host = site_host(&url);
    if host.parse::<IpAddr>().is_ok() {
        return Finding::good(ABOUT, format!("the site is at {host}, which needs no name."));
    }
    let mend =
        "Give the name an A or AAAA record with this machine's address, or mend the resolver in /etc/resolv.conf.";
    match tokio::time::timeout(PATIENCE, tokio::net::lookup_host((host, 443))).await {
        Err(_) => Finding::bad(ABOUT, format!("no resolver answers for {host} within 3 seconds."), mend),
        Ok(Err(error)) => Finding::bad(ABOUT, format!("{host} leads nowhere: {error}."), mend),
        Ok(Ok(found)) => {
            let found: Vec<String> = found.map(|at| at.ip().to_string()).collect();
            Finding::good(ABOUT, format!("{host} leads to {}.", found.join(", ")))
        }
    }
}

/// The host of a URL, without the brackets of an IPv6 address.
fn site_host(url: &str) -> &str {
    let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
    let authority = rest.split('/').next().unwrap_or(rest);
    match authority.strip_prefix('[') {
        Some(v6) => v6.split(']').next().unwrap_or(v6),
        None => authority.rsplit_once(':').map_or(authority, |(host, _)| host),
    }
}

pub(super) fn clock() -> Finding {
    const ABOUT: &str = "clock";
    let now = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |d| d.as_secs());
    if now < EPOCH_S {
        let says = "stands before this program was made: records and certificates will be wrong.";
        return Finding::bad(ABOUT, says, "Set it, and keep it with a time service: timedatectl set-ntp true");
    }
    if limits::clock_is_kept() == Some(false) {
        let says = "no time service keeps it, as far as the kernel knows: the times of call records may drift.";
        return Finding::doubtful(ABOUT, says, "timedatectl set-ntp true (in a container: on its host)");
    }
    Finding::good(ABOUT, "is kept right by a time service.")
}

#[cfg(test)]
mod tests {
    use super::site_host;

    #[test]
    fn the_host_of_the_site_is_read_from_its_address() {
        for (url, host) in [
            ("https://pbx.example.vn", "pbx.example.vn"),
            ("http://127.0.0.1:8080/", "127.0.0.1"),
            ("https://[2001:db8::7]:8443/x", "2001:db8::7"),
        ] {
            assert_eq!(site_host(url), host);
        }
    }
}
