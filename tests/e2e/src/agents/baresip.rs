//! baresip: a real softphone without a screen. It says a tone from a file and keeps what it hears in another.

use crate::Server;
use crate::tone;
use crate::wait::until;
use crate::wav::{self, Wav};
use serde_json::Value;
use std::fmt::Write as _;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicU16, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// The file it plays into calls, and for how long that lasts.
const TONE: &str = "tone.wav";
const TONE_S: u32 = 120;
/// Windows of 100 ms that must hold a tone before it counts as heard.
const SURE: usize = 5;

/// A running baresip.
#[derive(Debug)]
pub struct Baresip {
    child: Child,
    folder: PathBuf,
    domain: String,
    control: tokio::net::tcp::OwnedWriteHalf,
    events: Arc<Mutex<Vec<Value>>>,
}

/// How one is started.
#[derive(Debug, Clone)]
pub struct Softphone<'a> {
    server: &'a Server,
    user: &'a str,
    transport: &'a str,
    tone: f64,
    codec: &'a str,
    encryption: Option<&'a str>,
}

impl<'a> Softphone<'a> {
    /// The softphone of an extension: over UDP, G.711, in the clear, saying silence.
    pub fn of(server: &'a Server, user: &'a str) -> Softphone<'a> {
        Softphone { server, user, transport: "udp", tone: 0.0, codec: "g711", encryption: None }
    }

    /// Says a tone of this frequency, in Hz.
    #[must_use]
    pub fn saying(self, tone: f64) -> Self {
        Softphone { tone, ..self }
    }

    /// Over `udp`, `tcp` or `tls`.
    #[must_use]
    pub fn over(self, transport: &'a str) -> Self {
        Softphone { transport, ..self }
    }

    /// With the module of the only codec that it speaks: `g711`, `g722`, `opus`.
    #[must_use]
    pub fn speaking(self, codec: &'a str) -> Self {
        Softphone { codec, ..self }
    }

    /// Protects its sound by `srtp`, `srtp-mand` or `dtls_srtp`.
    #[must_use]
    pub fn protected_by(self, encryption: &'a str) -> Self {
        Softphone { encryption: Some(encryption), ..self }
    }

    /// Starts it in a folder of its own and waits until it has registered.
    ///
    /// # Panics
    /// When there is no `baresip` (`scripts/deps.sh test` installs it), or when it does not register.
    pub async fn start(&self) -> Baresip {
        Baresip::start(self).await
    }

    fn server(&self) -> SocketAddr {
        if self.transport == "tls" { self.server.sip_tls() } else { self.server.sip() }
    }
}

/// How one is started as a carrier's switch, which registers nowhere and listens over TLS.
#[derive(Debug, Clone)]
pub struct Switch<'a> {
    /// Where it listens over UDP and TCP; over TLS one port above.
    pub listen: SocketAddr,
    /// The file with its certificate and its key.
    pub certificate: &'a Path,
    /// The number that is behind it.
    pub number: &'a str,
    /// The tone it says, in Hz.
    pub tone: f64,
    /// How it protects its sound: `srtp` or `srtp-mand`.
    pub encryption: Option<&'a str>,
}

/// What both kinds need to run.
struct Setup<'a> {
    /// Whose address its control port is on.
    near: SocketAddr,
    domain: &'a str,
    user: &'a str,
    transport: &'a str,
    tone: f64,
    codec: &'a str,
    account: String,
    /// Further lines of its configuration.
    more: String,
}

impl Baresip {
    /// Starts it as a carrier's switch.
    ///
    /// # Panics
    /// When there is no `baresip`, or when it does not listen.
    pub async fn switch(switch: &Switch<'_>, folder: &Path) -> Baresip {
        let Switch { listen, number, tone, .. } = *switch;
        let (domain, transport) = ("carrier.test", "tls");
        let account = format!(
            "<sip:{number}@{domain};transport={transport}>;regint=0;answermode=manual{}\n",
            encryption_of(switch.encryption)
        );
        let more = format!("sip_listen {listen}\nsip_certificate {}\n", switch.certificate.display());
        let setup = Setup { near: listen, domain, user: number, transport, tone, codec: "g711", account, more };
        let baresip = Baresip::launch(&setup, folder).await;
        let tls = SocketAddr::new(listen.ip(), listen.port() + 1);
        until("baresip listens over TLS", async || TcpStream::connect(tls).await.ok().map(|_| ())).await;
        baresip
    }

    async fn start(phone: &Softphone<'_>) -> Baresip {
        let Softphone { user, transport, tone, codec, .. } = *phone;
        let (domain, server) = (phone.server.domain(), phone.server());
        let account = format!(
            "<sip:{user}@{domain};transport={transport}>;auth_pass=pw{user};outbound=\"sip:{server};transport={transport}\";\
             regint=300;answermode=manual{}\n",
            encryption_of(phone.encryption)
        );
        let near = phone.server.sip();
        let setup = Setup { near, domain, user, transport, tone, codec, account, more: String::new() };
        let baresip = Baresip::launch(&setup, phone.server.folder()).await;
        // It registers at once, perhaps before we listen, so the log is asked too.
        until("baresip is registered", async || {
            let log = std::fs::read_to_string(baresip.folder.join("log")).unwrap_or_default();
            (log.contains("200 OK") || baresip.has("REGISTER_OK")).then_some(())
        })
        .await;
        baresip
    }

    async fn launch(setup: &Setup<'_>, folder: &Path) -> Baresip {
        let folder = folder.join(format!("baresip-{}-{}", setup.user, setup.transport));
        std::fs::create_dir_all(&folder).expect("a directory for baresip");
        let control = control_address(setup.near);
        std::fs::write(folder.join("config"), config(setup, &folder, control)).expect("a config file");
        let sound: Vec<i16> = (0..TONE_S * tone::RATE as u32).map(|at| tone::sample(setup.tone, at)).collect();
        std::fs::write(folder.join(TONE), wav::write(&sound)).expect("a sound file");
        std::fs::write(folder.join("accounts"), &setup.account).expect("an accounts file");
        std::fs::write(folder.join("contacts"), "").expect("a contacts file");
        let log = std::fs::File::create(folder.join("log")).expect("a log file");
        let mut command = Command::new("baresip");
        command.arg("-f").arg(&folder).current_dir(&folder).stdin(Stdio::null());
        command.stdout(log.try_clone().expect("a second handle")).stderr(log);
        let child = command.spawn().expect("baresip is there; scripts/deps.sh test installs it");
        let stream = until("baresip listens", async || TcpStream::connect(control).await.ok()).await;
        let (mut reader, control) = stream.into_split();
        let events = Arc::new(Mutex::new(Vec::new()));
        let kept = Arc::clone(&events);
        tokio::spawn(async move {
            let mut pending = Vec::new();
            let mut buffer = [0; 4_096];
            while let Ok(length @ 1..) = reader.read(&mut buffer).await {
                pending.extend_from_slice(&buffer[..length]);
                while let Some(event) = take_netstring(&mut pending) {
                    kept.lock().unwrap_or_else(PoisonError::into_inner).push(event);
                }
            }
        });
        let domain = setup.domain.to_owned();
        Baresip { child, folder, domain, control, events }
    }

    /// Calls a number.
    pub async fn dial(&mut self, number: &str) {
        let domain = self.domain.clone();
        self.command("dial", &format!("sip:{number}@{domain}")).await;
    }

    /// Waits for a call and takes it.
    pub async fn accept(&mut self) {
        self.tells("CALL_INCOMING").await;
        self.command("accept", "").await;
    }

    /// Hands whom it talks with over to a number.
    pub async fn transfer(&mut self, number: &str) {
        let domain = self.domain.clone();
        self.command("transfer", &format!("sip:{number}@{domain}")).await;
    }

    /// Waits until it has heard half a second of this tone from now on. Not after a hold: then baresip 1.0 no longer writes
    /// down what it hears; see [`Baresip::decodes`].
    pub async fn hears(&self, frequency: f64) {
        let before = self.heard(frequency);
        let what = format!("baresip hears {frequency} Hz");
        until(&what, async || (self.heard(frequency) >= before + SURE).then_some(())).await;
    }

    fn has(&self, kind: &str) -> bool {
        let events = self.events.lock().unwrap_or_else(PoisonError::into_inner);
        events.iter().any(|event| event["type"] == kind)
    }

    /// Waits for an event: `CALL_INCOMING`, `CALL_ESTABLISHED`, `CALL_CLOSED`…
    pub async fn tells(&self, kind: &str) {
        until(&format!("baresip tells {kind}"), async || self.has(kind).then_some(())).await;
    }

    /// Gives a command: `dial`, `accept`, `hangup`, `hold`, `resume`.
    pub async fn command(&mut self, command: &str, parameters: &str) {
        let json = serde_json::json!({ "command": command, "params": parameters, "token": "e2e" }).to_string();
        let text = format!("{}:{json},", json.len());
        self.control.write_all(text.as_bytes()).await.expect("baresip takes commands");
    }

    /// How many 100 ms windows with this tone it has heard so far.
    pub fn heard(&self, frequency: f64) -> usize {
        let Ok(entries) = std::fs::read_dir(&self.folder) else { return 0 };
        let files = entries.filter_map(|entry| Some(entry.ok()?.path()));
        files
            .filter(|path| path.to_string_lossy().contains("dec.wav"))
            .filter_map(|path| std::fs::read(path).ok())
            .map(|bytes| windows(&bytes, frequency))
            .sum()
    }

    /// Waits until it has opened, decoded and played half a second of sound from now on, as its own figures tell.
    pub async fn decodes(&mut self) {
        let before = self.decoded_s().await;
        until("baresip decodes sound", async || (self.decoded_s().await >= before + 0.5).then_some(())).await;
    }

    /// How many seconds of sound it has decoded since the call began.
    async fn decoded_s(&mut self) -> f64 {
        let told = |event: &Value| {
            let figures = event["data"].as_str().filter(|data| data.contains("--- Audio stream ---"))?;
            let (_, time) = figures.split_once("rx:")?.1.split_once("time = ")?;
            time.split(' ').next()?.parse::<f64>().ok()
        };
        self.events.lock().unwrap_or_else(PoisonError::into_inner).retain(|event| told(event).is_none());
        self.command("audio_debug", "").await;
        until("baresip tells its figures", async || {
            self.events.lock().unwrap_or_else(PoisonError::into_inner).iter().find_map(told)
        })
        .await
    }

    /// What it printed.
    pub fn log(&self) -> String {
        std::fs::read_to_string(self.folder.join("log")).unwrap_or_default()
    }
}

impl Drop for Baresip {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
        if std::thread::panicking() {
            eprintln!("--- baresip's log ---\n{}", self.log());
        }
    }
}

fn windows(bytes: &[u8], frequency: f64) -> usize {
    if bytes.len() < 44 {
        return 0;
    }
    Wav::parse_growing(bytes).tone_windows(0, frequency)
}

/// Where the next baresip of this test takes commands: on the test's own address, below the ports that the system gives away,
/// so that no other test and no connection of ours can hold it.
fn control_address(server: SocketAddr) -> SocketAddr {
    static NEXT: AtomicU16 = AtomicU16::new(4_444);
    let ip = if server.is_ipv4() { server.ip() } else { Ipv4Addr::LOCALHOST.into() };
    SocketAddr::new(ip, NEXT.fetch_add(1, Ordering::Relaxed))
}

fn take_netstring(pending: &mut Vec<u8>) -> Option<Value> {
    let colon = pending.iter().position(|b| *b == b':')?;
    let length: usize = std::str::from_utf8(&pending[..colon]).ok()?.parse().ok()?;
    if pending.len() < colon + 1 + length + 1 {
        return None;
    }
    let body = pending[colon + 1..colon + 1 + length].to_vec();
    pending.drain(..colon + 1 + length + 1);
    serde_json::from_slice(&body).ok()
}

fn encryption_of(name: Option<&str>) -> String {
    name.map_or_else(String::new, |name| format!(";mediaenc={name}"))
}

fn config(setup: &Setup<'_>, folder: &Path, control: SocketAddr) -> String {
    let mut text = String::from("module_path /usr/lib/baresip/modules\n");
    for module in [setup.codec, "aufile", "aubridge", "sndfile", "uuid", "srtp", "dtls_srtp"] {
        let _ = writeln!(text, "module {module}.so");
    }
    for module in ["account.so", "contact.so", "menu.so", "ctrl_tcp.so"] {
        let _ = writeln!(text, "module_app {module}");
    }
    // Without sip_listen it takes free ports; with it, TLS wants the port above.
    let _ = writeln!(text, "net_interface 127.0.0.1\nctrl_tcp_listen {control}");
    let _ = writeln!(text, "audio_source aufile,{}", folder.join(TONE).display());
    // A bridge that nobody reads from is a loudspeaker without a room; sndfile keeps what goes there.
    let _ = writeln!(text, "audio_player aubridge,{0}\naudio_alert aubridge,{0}-alert", setup.user);
    let _ = writeln!(text, "ausrc_srate 8000\nauplay_srate 8000\nausrc_channels 1\nauplay_channels 1");
    let _ = writeln!(text, "ausrc_format s16\nauplay_format s16\nauenc_format s16\naudec_format s16");
    let _ = writeln!(text, "rtp_ports 30000-39999\naudio_path /usr/share/baresip\nsnd_path {}", folder.display());
    text + &setup.more
}
