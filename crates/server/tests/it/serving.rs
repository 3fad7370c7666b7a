//! The running server, from its first start to its end.

use crate::{Place, err, out};
use std::collections::BTreeSet;
use std::fs::File;
use std::io::{Read, Write};
use std::net::TcpStream;
use std::os::unix::fs::PermissionsExt;
use std::process::{Child, Stdio};
use std::time::{Duration, Instant};

/// A running `alo serve`; killed if the test ends before it.
struct Server<'a> {
    place: &'a Place,
    child: Child,
}

impl<'a> Server<'a> {
    fn start(place: &'a Place) -> Server<'a> {
        let file = |name| File::create(place.path().join(name)).expect("a file");
        let child = place
            .command(&["serve"])
            .stdin(Stdio::null())
            .stdout(file("out"))
            .stderr(file("err"))
            .spawn()
            .expect("alo starts");
        let mut server = Server { place, child };
        server.until("ready", |server| server.get("/readyz").starts_with("HTTP/1.1 200"));
        server
    }

    fn until(&mut self, what: &str, done: impl Fn(&Server) -> bool) {
        let began = Instant::now();
        while !done(self) {
            let ended = self.child.try_wait().expect("a child can be asked");
            assert!(ended.is_none(), "alo serve ended with {ended:?}: {}", self.read("err"));
            assert!(began.elapsed() < Duration::from_secs(60), "not {what} within a minute: {}", self.read("err"));
            // A look every now and then; the machine has other work.
            std::thread::park_timeout(Duration::from_millis(20));
        }
    }

    /// The whole answer, headers and all; empty when there is none.
    fn get(&self, path: &str) -> String {
        let mut text = String::new();
        let answer = TcpStream::connect((self.place.address, 8080)).and_then(|mut stream| {
            write!(stream, "GET {path} HTTP/1.1\r\nHost: alo\r\nConnection: close\r\n\r\n")?;
            stream.read_to_string(&mut text)
        });
        answer.map(|_| text).unwrap_or_default()
    }

    fn read(&self, name: &str) -> String {
        std::fs::read_to_string(self.place.path().join(name)).expect("the file is there")
    }

    /// Asks it to stop and waits for its end.
    fn stop(&mut self) -> Option<i32> {
        signal(&self.child, libc::SIGTERM);
        self.child.wait().expect("a child can be waited for").code()
    }
}

fn signal(child: &Child, signal: libc::c_int) {
    let pid = libc::pid_t::try_from(child.id()).expect("a process id");
    // SAFETY: kill takes no pointers; the child is ours and has not been waited for.
    assert_eq!(unsafe { libc::kill(pid, signal) }, 0);
}

impl Drop for Server<'_> {
    fn drop(&mut self) {
        // It has usually ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[test]
fn each_start_tells_the_demo_company_on_the_terminal_only() {
    let place = Place::new("first");
    let mut server = Server::start(&place);
    let banner = server.read("out");
    let secret = |line: &str| {
        banner.lines().find(|l| l.contains(line)).and_then(|l| l.split(' ').next_back()).map(str::to_owned)
    };
    let password = secret("admin").expect("the admin's password");
    let key = secret("API key").expect("the API key");
    assert!(password.len() >= 16 && key.starts_with("alo_"), "{banner}");
    assert!(banner.contains("105") && banner.contains("106") && banner.contains("02899990000"), "{banner}");
    assert_eq!(server.stop(), Some(0));
    let log = server.read("err");
    assert!(!log.contains(&password) && !log.contains(&key), "{log}");

    let mut server = Server::start(&place);
    assert_eq!(server.read("out"), banner);
    assert_eq!(server.stop(), Some(0));

    assert!(place.run(&["bootstrap", "--company", "Own"]).status.success());
    let mut server = Server::start(&place);
    let banner = server.read("out");
    assert!(!banner.contains(&password) && !banner.contains(&key), "{banner}");
    assert_eq!(server.stop(), Some(0));
}

/// R34: what the first start makes is random, and what is kept of it is for the owner of the process alone.
#[test]
fn two_installations_share_no_secret_and_nobody_else_may_look_into_them() {
    let made = ["one", "other"].map(|name| {
        let place = Place::new(name);
        let mut server = Server::start(&place);
        let banner = server.read("out");
        assert_eq!(server.stop(), Some(0));
        let mode = std::fs::metadata(place.data()).expect("the data directory").permissions().mode();
        assert_eq!(mode & 0o077, 0, "others may look into it: {mode:o}");
        let words = banner.split_whitespace().filter(|word| word.len() >= 12 && !word.contains(['.', '/', ':']));
        words.map(str::to_owned).collect::<BTreeSet<String>>()
    });
    assert!(made.iter().all(|secrets| secrets.len() >= 2), "{made:?}");
    let shared: Vec<_> =
        made[0].intersection(&made[1]).filter(|word| word.bytes().any(|b| b.is_ascii_digit())).collect();
    assert!(shared.is_empty(), "{shared:?}");
}

#[test]
fn a_first_start_that_fails_makes_no_secrets_and_names_the_mend() {
    let place = Place::new("taken");
    let holder = std::net::UdpSocket::bind((place.address, 5060)).expect("a socket");
    let refused = place.run(&["serve"]);
    assert_eq!(refused.status.code(), Some(1));
    let said = err(&refused);
    assert!(said.contains("ALO_SIP__UDP") && said.contains(&format!("udp {}:5060: Address", place.address)), "{said}");
    assert_eq!(said.matches("Address already in use").count(), 1, "{said}");
    drop(holder);
    let mut server = Server::start(&place);
    assert!(server.read("out").contains("API key"), "{}", server.read("out"));
    assert_eq!(server.stop(), Some(0));
}

#[test]
fn health_readiness_and_figures_are_told() {
    let place = Place::new("health");
    let mut server = Server::start(&place);
    assert!(server.get("/healthz").contains("\"status\":\"ok\""));
    assert!(server.get("/readyz").contains("\"database\":\"ok\""));
    let figures = server.get("/metrics");
    for name in ["alo_calls 0", "alo_sip_dialogs 0", "alo_media_sockets 0", "alo_draining 0", "alo_open_files"] {
        assert!(figures.contains(name), "{name} in {figures}");
    }
    assert!(server.get("/api/v1/extensions").starts_with("HTTP/1.1 401"), "{}", server.get("/api/v1/extensions"));
    assert_eq!(server.stop(), Some(0));
}

#[test]
fn a_company_can_be_made_while_the_server_runs() {
    let place = Place::new("while");
    let mut server = Server::start(&place);
    let made = place.run(&["bootstrap", "--company", "Late", "--extensions", "201-203", "--json"]);
    assert!(made.status.success(), "{}", err(&made));
    let doctor = place.run(&["doctor"]);
    assert!(doctor.status.success() && out(&doctor).contains("an alo runs and answers"), "{}", out(&doctor));
    assert_eq!(server.stop(), Some(0));
}

#[test]
fn a_second_server_in_the_same_place_is_refused_with_the_reason() {
    let place = Place::new("second");
    let mut server = Server::start(&place);
    let second = place.run(&["serve"]);
    assert_eq!(second.status.code(), Some(1));
    assert!(err(&second).contains("another alo runs in"), "{}", err(&second));
    assert_eq!(server.stop(), Some(0));
}

#[test]
fn the_demo_places_calls_that_are_heard_recorded_and_listed() {
    let place = Place::new("demo");
    let mut server = Server::start(&place);
    let demo = place.run(&["demo", "--calls", "4", "--every", "0.3", "--talk", "6"]);
    assert!(demo.status.success(), "{}{}", out(&demo), err(&demo));
    assert!(out(&demo).contains("4 calls placed"), "{}", out(&demo));
    server.until("rid of all legs and records", |server| {
        let figures = server.get("/metrics");
        ["alo_calls 0", "alo_sip_dialogs 0", "alo_media_sockets 0", "alo_spooled 0"]
            .iter()
            .all(|idle| figures.contains(idle))
    });
    let listed = out(&place.run(&["calls"]));
    assert_eq!(listed.lines().filter(|line| line.contains("inbound")).count(), 4, "{listed}");
    assert_eq!(server.stop(), Some(0));
}

#[test]
fn a_stopping_server_waits_for_calls_until_a_second_signal() {
    let place = Place::new("stop");
    let mut server = Server::start(&place);
    let mut people =
        place.command(&["demo", "--every", "0.5", "--talk", "300"]).stdout(Stdio::null()).spawn().expect("alo starts");
    server.until("recording", |server| {
        let figures = server.get("/metrics");
        figures.contains("alo_media_recordings ") && !figures.contains("alo_media_recordings 0")
    });
    signal(&server.child, libc::SIGTERM);
    server.until("draining", |server| server.get("/readyz").starts_with("HTTP/1.1 503"));
    signal(&server.child, libc::SIGINT);
    assert_eq!(server.child.wait().expect("a child can be waited for").code(), Some(0));
    signal(&people, libc::SIGINT);
    people.wait().expect("a child can be waited for");
    let listed = out(&place.run(&["calls"]));
    assert!(listed.contains("server_stopping"), "{listed}");
}
