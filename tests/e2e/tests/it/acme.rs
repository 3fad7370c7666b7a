//! Certificates by ACME (RFC 8555), from an authority that really asks.

use e2e::acme::{Acme, Asking};
use e2e::secure::certificate;
use e2e::server::Plan;
use e2e::{Server, until};
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::os::unix::fs::PermissionsExt;
use std::time::Duration;

const LOOPBACK: IpAddr = IpAddr::V4(Ipv4Addr::LOCALHOST);
/// The next one is ordered four seconds after such a certificate.
const SHORT: Duration = Duration::from_secs(6);
const LONG: Duration = Duration::from_secs(90 * 24 * 3600);

/// An address that no other process of these tests takes: the authority must know it before the server starts.
fn place(port: u16) -> SocketAddr {
    let [_, _, c, d] = std::process::id().to_be_bytes();
    (Ipv4Addr::new(127, 90, c, d), port).into()
}

/// A folder and a plan for a server with certificates of this authority.
fn plan(acme: &Acme, folder: &std::path::Path) -> Plan {
    std::fs::create_dir_all(folder).expect("a folder");
    Plan::default()
        .set("ALO_TLS__ACME__DIRECTORY", acme.directory())
        .set("ALO_TLS__ACME__ROOTS", acme.root(folder).display())
        .set("ALO_TLS__ACME__NAMES", "pbx.test,Phone.pbx.test")
        .set("ALO_TLS__ACME__TERMS_AGREED", true)
        .set("ALO_TLS__ACME__CONTACT", "it@pbx.test")
}

async fn shows(server: &Server, wanted: &[u8]) {
    let what = "new connections get the authority's certificate";
    until(what, async || (certificate(server.https()).await == wanted).then_some(())).await;
    assert_eq!(certificate(server.sip_tls()).await, wanted);
    assert_eq!(certificate(server.sip_wss()).await, wanted);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_certificate_is_fetched_and_renewed_and_stays_when_the_authority_refuses() {
    let questions = place(8555);
    let acme = Acme::start(LOOPBACK, Asking::Http(questions), SHORT).await;
    let folder = std::env::temp_dir().join(format!("alo-e2e-acme-{}", std::process::id()));
    let plan = plan(&acme, &folder).set("ALO_TLS__ACME__LISTEN", questions).data_in(&folder.join("data"));
    let mut server = plan.start().await;
    shows(&server, &acme.gives(0).await).await;
    // Ordered anew in time, by the same account.
    shows(&server, &acme.gives(1).await).await;
    assert_eq!(acme.accounts(), 1);

    // Nothing but answers is to be had where the authority asks.
    for path in ["/", "/healthz", "/.well-known/acme-challenge/", "/.well-known/acme-challenge/guess"] {
        let answer = reqwest::get(format!("http://{questions}{path}")).await.expect("an answer");
        assert_eq!(answer.status(), 404, "{path}");
    }

    // When the authority refuses, the old one stays, and it is told why.
    acme.refuse(true);
    let failing = async || server.metric("alo_acme_failures").await.filter(|failures| *failures >= 1.0);
    until("the failure is told", failing).await;
    let last = acme.gives(acme.given() - 1).await;
    shows(&server, &last).await;
    let log = server.log();
    assert!(log.contains("no certificate by ACME; the old one stays") && log.contains("the test says no"), "{log}");

    // The account's key is sealed and everything is the owner's only; after a new start the same account goes on.
    let kept = std::fs::read_dir(folder.join("data/tls/acme")).expect("the folder is there");
    let kept: Vec<_> = kept.map(|file| file.expect("a file").path()).collect();
    assert_eq!(kept.len(), 3, "{kept:?}");
    for file in kept {
        let mode = std::fs::metadata(&file).expect("there").permissions().mode() & 0o777;
        let text = std::fs::read_to_string(&file).expect("readable");
        match file.extension().and_then(|ending| ending.to_str()) {
            Some("account") => assert!(mode == 0o600 && text.starts_with("v1.") && !text.contains("key"), "{text}"),
            Some("key") => assert_eq!(mode, 0o600),
            _ => assert!(text.contains("BEGIN CERTIFICATE")),
        }
    }
    acme.refuse(false);
    acme.give_for(LONG);
    let before = acme.given();
    server.kill().await;
    server.serve().await;
    shows(&server, &acme.gives(before).await).await;
    assert_eq!((acme.accounts(), acme.faults()), (1, Vec::new()));

    // A third start finds all it needs.
    server.kill().await;
    server.serve().await;
    shows(&server, &acme.gives(before).await).await;
    assert_eq!(acme.given(), before + 1);
    drop(server);
    std::fs::remove_dir_all(&folder).expect("the test's own folder");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_name_is_proven_in_a_handshake_where_no_port_is_free_for_http() {
    let web = place(8443);
    let acme = Acme::start(LOOPBACK, Asking::Tls(web), LONG).await;
    let folder = std::env::temp_dir().join(format!("alo-e2e-acme-tls-{}", std::process::id()));
    let plan = plan(&acme, &folder).set("ALO_TLS__ACME__LISTEN", "").set("ALO_HTTP__TLS_LISTEN", web);
    let server = plan.start().await;
    let given = acme.gives(0).await;
    until("the certificate is in use", async || (certificate(web).await == given).then_some(())).await;
    assert_eq!(certificate(server.sip_tls()).await, given);
    // The answer is gone with the order.
    assert_eq!(e2e::secure::certificate_by(web, "pbx.test", &[b"acme-tls/1"]).await, None);
    assert_eq!((acme.accounts(), acme.faults()), (1, Vec::new()));
    std::fs::remove_dir_all(&folder).expect("the test's own folder");
}
