use super::*;
use std::net::{TcpListener, UdpSocket};

fn config() -> (Config, std::path::PathBuf) {
    let dir = std::env::temp_dir().join(format!("alo-doctor-{}", store::mint::secret_text(10)));
    let mut config = Config { data_dir: dir.clone(), ..Config::default() };
    config.http.listen = "127.0.0.1:0".parse().expect("an address");
    config.sip.udp = vec!["127.0.0.1:0".parse().expect("an address")];
    config.sip.tcp = Vec::new();
    config.media.bind = "127.0.0.1".parse().expect("an address");
    (config, dir)
}

fn finding<'a>(findings: &'a [Finding], about: &str) -> &'a Finding {
    findings.iter().find(|f| f.about == about).expect("this was looked at")
}

#[tokio::test]
async fn a_fresh_machine_is_good() {
    let (config, dir) = config();
    let findings = examine(&config).await;
    assert!(report(&findings), "{findings:#?}");
    assert_eq!(finding(&findings, "data directory").state, State::Good);
    assert_eq!(finding(&findings, "sip udp").state, State::Good);
    std::fs::remove_dir_all(dir).expect("the directory was made");
}

#[tokio::test]
async fn taken_ports_are_bad_and_name_the_key() {
    let (mut config, dir) = config();
    let sip = UdpSocket::bind("127.0.0.1:0").expect("a free port");
    let http = TcpListener::bind("127.0.0.1:0").expect("a free port");
    config.sip.udp = vec![sip.local_addr().expect("bound")];
    config.http.listen = http.local_addr().expect("bound");
    // Whoever has the port is no alo: it hangs up on everybody.
    let other = http.try_clone().expect("a second handle");
    drop(std::thread::spawn(move || other.accept().map(drop)));
    let findings = examine(&config).await;
    for (about, key) in [("sip udp", "sip.udp"), ("http", "http.listen")] {
        let found = finding(&findings, about);
        assert_eq!(found.state, State::Bad, "{found:?}");
        assert!(found.mend.as_deref().is_some_and(|m| m.contains(key)), "{found:?}");
    }
    assert!(!report(&findings));
    drop(http);
    std::fs::remove_dir_all(dir).expect("the directory was made");
}

#[tokio::test]
async fn a_data_directory_that_cannot_be_is_bad() {
    let (mut config, _) = config();
    config.data_dir = "/proc/alo".into();
    let findings = examine(&config).await;
    assert_eq!(finding(&findings, "data directory").state, State::Bad);
}
