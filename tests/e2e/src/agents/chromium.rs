//! Chromium without a screen, with other people's SIP phones in its page (`tests/e2e/browser`). It says a tone from a
//! file in place of a microphone, and its own analyser tells what it hears. Driven over the DevTools protocol.

use crate::tone;
use crate::wait::until;
use crate::wav;
use futures_util::{SinkExt, StreamExt};
use serde_json::{Value, json};
use std::fs::File;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::OnceLock;
use tokio::net::TcpStream;
use tokio::sync::Mutex;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async};

/// How far what is heard may be from a tone: a bin of the analyser and its neighbour, in Hz.
const NEAR: f64 = 15.0;
/// Louder than this is sound, in dB.
const LOUD: f64 = -60.0;

/// A phone's program.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Agent {
    /// JsSIP.
    JsSip,
    /// SIP.js.
    SipJs,
}

/// A running Chromium with one page.
#[derive(Debug)]
pub struct Chromium {
    child: Child,
    page: Mutex<Page>,
    agent: Agent,
}

#[derive(Debug)]
struct Page {
    socket: WebSocketStream<MaybeTlsStream<TcpStream>>,
    asked: u64,
}

/// Who the phone in the page is.
#[derive(Debug, Clone)]
pub struct Identity<'a> {
    /// Where the server speaks SIP over WebSockets.
    pub server: &'a str,
    /// The company's domain.
    pub domain: &'a str,
    /// The extension.
    pub user: &'a str,
    /// Its password.
    pub password: &'a str,
}

impl Chromium {
    /// Starts it with a phone that says this tone, and waits until that has registered.
    ///
    /// # Panics
    /// When there is no `chromium` or `npm` (`scripts/deps.sh test` installs them), or it does not register.
    pub async fn start(agent: Agent, identity: &Identity<'_>, tone: f64, folder: &Path) -> Chromium {
        let page = page();
        let folder = folder.join(format!("chromium-{}", identity.user));
        std::fs::create_dir_all(&folder).expect("a directory for Chromium");
        let sound: Vec<i16> = (0..10 * tone::RATE as u32).map(|at| tone::sample(tone, at)).collect();
        let file = folder.join("tone.wav");
        std::fs::write(&file, wav::write(&sound)).expect("a sound file");
        let mut command = Command::new("chromium");
        command.args([
            "--headless=new",
            "--no-sandbox",
            "--no-first-run",
            "--disable-gpu",
            "--disable-dev-shm-usage",
            "--disable-background-networking",
            "--remote-debugging-port=0",
            "--ignore-certificate-errors",
            "--autoplay-policy=no-user-gesture-required",
            "--use-fake-ui-for-media-stream",
            "--use-fake-device-for-media-stream",
        ]);
        command.arg(format!("--use-file-for-fake-audio-capture={}", file.display()));
        command.arg(format!("--user-data-dir={}", folder.join("profile").display()));
        command.arg(format!("file://{}", page.display()));
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::piped());
        let mut child = command.spawn().expect("chromium is there; scripts/deps.sh test installs it");
        let stderr = child.stderr.take().expect("it was piped");
        let port = tokio::task::spawn_blocking(move || devtools_port(stderr)).await.expect("a thread that reads");
        let page = Mutex::new(Page { socket: devtools(port).await, asked: 0 });
        let chromium = Chromium { child, page, agent };
        let kind = match agent {
            Agent::JsSip => "jssip",
            Agent::SipJs => "sipjs",
        };
        until("the page is there", async || (chromium.evaluate("typeof window.phone").await == "object").then_some(()))
            .await;
        let settings = json!({
            "server": identity.server,
            "user": identity.user,
            "domain": identity.domain,
            "password": identity.password,
        });
        chromium.evaluate(&format!("phone.start('{kind}', {settings})")).await;
        chromium.tells("registered").await;
        chromium
    }

    /// The program of its phone.
    pub fn agent(&self) -> Agent {
        self.agent
    }

    /// What an expression in the page is; a promise is awaited.
    ///
    /// # Panics
    /// When the page throws, or does not answer.
    pub async fn evaluate(&self, expression: &str) -> Value {
        let mut page = self.page.lock().await;
        page.asked += 1;
        let id = page.asked;
        let parameters =
            json!({ "expression": expression, "awaitPromise": true, "returnByValue": true, "userGesture": true });
        let question = json!({ "id": id, "method": "Runtime.evaluate", "params": parameters }).to_string();
        page.socket.send(Message::text(question)).await.expect("the page takes questions");
        let answer = crate::wait::within(expression, async {
            loop {
                let message = page.socket.next().await.expect("the page lives").expect("a message");
                let Ok(text) = message.into_text() else { continue };
                let Ok(value) = serde_json::from_str::<Value>(&text) else { continue };
                if value["id"] == id {
                    break value;
                }
            }
        })
        .await;
        assert!(answer["result"]["exceptionDetails"].is_null(), "{expression}: {answer}");
        answer["result"]["result"]["value"].clone()
    }

    /// Calls a number.
    pub async fn dial(&self, number: &str) {
        self.evaluate(&format!("phone.dial('{number}') && true")).await;
    }

    /// Takes the call that came in.
    pub async fn answer(&self) {
        self.evaluate("void phone.answer()").await;
    }

    /// Holds the call, or takes it up again.
    pub async fn hold(&self, hold: bool) {
        self.evaluate(if hold { "phone.hold()" } else { "phone.resume()" }).await;
    }

    /// Presses a key, told by RFC 4733 or else by INFO.
    pub async fn press(&self, key: char, rfc4733: bool) {
        self.evaluate(&format!("void phone.key('{key}', {rfc4733})")).await;
    }

    /// Ends the call.
    pub async fn hang_up(&self) {
        self.evaluate("void phone.hangUp()").await;
    }

    /// Logs out and closes the connection to the server.
    pub async fn leave(&self) {
        self.evaluate("phone.stop()").await;
    }

    /// The figures of the call: packets `sent`, `received`, `lost`, the `codec`, the round trip `rtt`.
    pub async fn figures(&self) -> Value {
        self.evaluate("phone.figures()").await
    }

    /// Waits for a word of the phone, such as `confirmed`, that begins so.
    pub async fn tells(&self, word: &str) -> String {
        let find = format!("phone.told.find((told) => told.startsWith('{word}'))");
        let what = format!("the browser tells {word}");
        until(&what, async || self.evaluate(&find).await.as_str().map(str::to_owned)).await
    }

    /// Forgets what was told.
    pub async fn forget(&self) {
        self.evaluate("void phone.told.splice(0)").await;
    }

    /// Waits until it hears this tone, and nothing louder.
    pub async fn hears(&self, frequency: f64) {
        until(&format!("the browser hears {frequency} Hz"), async || {
            let heard = self.evaluate("phone.heard()").await;
            let (hz, db) = (heard["hz"].as_f64()?, heard["db"].as_f64()?);
            ((hz - frequency).abs() < NEAR && db > LOUD).then_some(())
        })
        .await;
    }

    /// Waits until it hears sound of any kind.
    pub async fn hears_something(&self) {
        until("the browser hears something", async || (self.level().await > LOUD).then_some(())).await;
    }

    /// Waits until it hears nothing.
    pub async fn hears_nothing(&self) {
        until("the browser hears nothing", async || (self.level().await < LOUD).then_some(())).await;
    }

    async fn level(&self) -> f64 {
        self.evaluate("phone.heard()").await["db"].as_f64().unwrap_or(f64::NEG_INFINITY)
    }
}

impl Drop for Chromium {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The page with its script. That is bundled when it is not there yet, once for all test processes.
fn page() -> PathBuf {
    static PAGE: OnceLock<PathBuf> = OnceLock::new();
    let made = PAGE.get_or_init(|| {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("browser");
        let lock = File::create(folder.join(".lock")).expect("a lock file");
        lock.lock().expect("the lock");
        let age = |name: &str| std::fs::metadata(folder.join(name)).and_then(|file| file.modified()).ok();
        if age("node_modules/.package-lock.json") < age("package-lock.json") {
            npm(&folder, &["ci", "--ignore-scripts", "--no-audit", "--no-fund"]);
        }
        if age("dist/page.js") < age("page.js") || age("dist/page.js") < age("node_modules/.package-lock.json") {
            npm(&folder, &["run", "build"]);
        }
        folder.join("page.html")
    });
    made.clone()
}

fn npm(folder: &Path, arguments: &[&str]) {
    let output = Command::new("npm").args(arguments).current_dir(folder).output();
    let output = output.expect("npm is there; scripts/deps.sh test installs it");
    assert!(output.status.success(), "npm {arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
}

/// Reads on for ever, so that Chromium can go on complaining.
fn devtools_port(stderr: std::process::ChildStderr) -> u16 {
    let mut lines = BufReader::new(stderr).lines().map_while(Result::ok);
    let port = lines.find_map(|line| {
        let rest = line.split_once("DevTools listening on ws://")?.1;
        rest.split('/').next()?.rsplit(':').next()?.parse().ok()
    });
    std::thread::spawn(move || lines.for_each(drop));
    port.expect("Chromium names the port of its DevTools")
}

async fn devtools(port: u16) -> WebSocketStream<MaybeTlsStream<TcpStream>> {
    let client = reqwest::Client::builder().no_proxy().build().expect("an HTTP client");
    let url = until("Chromium has a page", async || {
        let list = client.get(format!("http://127.0.0.1:{port}/json/list")).send().await.ok()?.text().await.ok()?;
        let list: Value = serde_json::from_str(&list).ok()?;
        let page = list.as_array()?.iter().find(|target| target["type"] == "page")?;
        page["webSocketDebuggerUrl"].as_str().map(str::to_owned)
    })
    .await;
    connect_async(url).await.expect("the page's DevTools").0
}
