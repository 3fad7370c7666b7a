//! baresip: a real softphone without a screen. It says a tone from a file and keeps what it hears in another.

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

/// A running baresip.
#[derive(Debug)]
pub struct Baresip {
    child: Child,
    folder: PathBuf,
    control: tokio::net::tcp::OwnedWriteHalf,
    events: Arc<Mutex<Vec<Value>>>,
}

/// How it is started.
#[derive(Debug, Clone)]
pub struct Settings<'a> {
    /// The server.
    pub server: SocketAddr,
    /// The company's domain.
    pub domain: &'a str,
    /// The extension.
    pub user: &'a str,
    /// Its password.
    pub password: &'a str,
    /// `udp`, `tcp` or `tls`.
    pub transport: &'a str,
    /// The tone it says, in Hz.
    pub tone: f64,
    /// The module of the only codec that it speaks: `g711`, `g722`, `opus`.
    pub codec: &'a str,
    /// How it protects its sound: `srtp`, `srtp-mand` or `dtls_srtp`.
    pub encryption: Option<&'a str>,
}

impl Baresip {
    /// Starts it in a folder of its own below `folder` and waits until it has registered.
    ///
    /// # Panics
    /// When there is no `baresip` (`scripts/deps.sh test` installs it), or when it does not register.
    pub async fn start(settings: &Settings<'_>, folder: &Path) -> Baresip {
        let folder = folder.join(format!("baresip-{}-{}", settings.user, settings.transport));
        std::fs::create_dir_all(&folder).expect("a directory for baresip");
        let control = control_address(settings.server);
        std::fs::write(folder.join("config"), config(settings, &folder, control)).expect("a config file");
        let rate = tone::RATE as u32;
        let sound: Vec<i16> = (0..TONE_S * rate).map(|at| tone::sample(settings.tone, at)).collect();
        std::fs::write(folder.join(TONE), wav::write(&sound)).expect("a sound file");
        let encryption = settings.encryption.map_or_else(String::new, |name| format!(";mediaenc={name}"));
        let account = format!(
            "<sip:{}@{};transport={}>;auth_pass={};outbound=\"sip:{};transport={}\";regint=300;answermode=manual{encryption}\n",
            settings.user, settings.domain, settings.transport, settings.password, settings.server, settings.transport
        );
        std::fs::write(folder.join("accounts"), account).expect("an accounts file");
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
        let baresip = Baresip { child, folder, control, events };
        // It registers at once, perhaps before we listen, so the log is asked too.
        until("baresip is registered", async || {
            let log = std::fs::read_to_string(baresip.folder.join("log")).unwrap_or_default();
            (log.contains("200 OK") || baresip.has("REGISTER_OK")).then_some(())
        })
        .await;
        baresip
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

fn config(settings: &Settings<'_>, folder: &Path, control: SocketAddr) -> String {
    let mut text = String::from("module_path /usr/lib/baresip/modules\n");
    for module in [settings.codec, "aufile", "aubridge", "sndfile", "uuid", "srtp", "dtls_srtp"] {
        let _ = writeln!(text, "module {module}.so");
    }
    for module in ["account.so", "contact.so", "menu.so", "ctrl_tcp.so"] {
        let _ = writeln!(text, "module_app {module}");
    }
    // Without sip_listen it takes free ports; with it, TLS wants the port above.
    let _ = writeln!(text, "net_interface 127.0.0.1\nctrl_tcp_listen {control}");
    let _ = writeln!(text, "audio_source aufile,{}", folder.join(TONE).display());
    // A bridge that nobody reads from is a loudspeaker without a room; sndfile keeps what goes there.
    let _ = writeln!(text, "audio_player aubridge,{0}\naudio_alert aubridge,{0}-alert", settings.user);
    let _ = writeln!(text, "ausrc_srate 8000\nauplay_srate 8000\nausrc_channels 1\nauplay_channels 1");
    let _ = writeln!(text, "ausrc_format s16\nauplay_format s16\nauenc_format s16\naudec_format s16");
    let _ = writeln!(text, "rtp_ports 30000-39999\naudio_path /usr/share/baresip\nsnd_path {}", folder.display());
    text
}
