//! The real binary under test.

use crate::wait::{self, until};
use crate::{binary, phone::Phone, postgres::Postgres};
use serde_json::{Value, json};
use std::fs::File;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::sync::atomic::{AtomicU32, AtomicUsize, Ordering};

/// The hotline of every test company.
pub const HOTLINE: &str = "02873000001";
/// What must be 0 when no call is up.
const GAUGES: [&str; 5] =
    ["alo_calls", "alo_sip_dialogs", "alo_media_legs", "alo_media_sockets", "alo_media_recordings"];
/// The carrier's SIP port.
const CARRIER_PORT: u16 = 5060;

/// How a server is to be started.
#[derive(Debug, Clone)]
pub struct Plan {
    environment: Vec<(String, String)>,
    extensions: String,
    data: Option<PathBuf>,
}

impl Default for Plan {
    fn default() -> Self {
        Plan { environment: Vec::new(), extensions: "101-105".into(), data: None }
    }
}

impl Plan {
    /// Sets a variable.
    #[must_use]
    pub fn set(mut self, name: &str, value: impl ToString) -> Plan {
        self.environment.push((name.into(), value.to_string()));
        self
    }

    /// Keeps the data in this directory, which the caller owns.
    #[must_use]
    pub fn data_in(mut self, folder: &Path) -> Plan {
        self.data = Some(folder.to_path_buf());
        self
    }

    /// Stores in PostgreSQL instead of SQLite.
    #[must_use]
    pub fn on(self, postgres: &Postgres) -> Plan {
        self.set("ALO_DATABASE_URL", postgres.url())
    }

    /// Makes the company and starts the server.
    ///
    /// # Panics
    /// When either does not work.
    pub async fn start(self) -> Server {
        let address = own_address();
        let folder = std::env::temp_dir().join(format!("alo-e2e-{address}"));
        std::fs::create_dir_all(&folder).expect("a directory for the test");
        let data = self.data.unwrap_or_else(|| folder.join("data"));
        let mut environment = vec![
            ("ALO_DATA_DIR".to_owned(), data.display().to_string()),
            ("ALO_DEMO".to_owned(), "0".to_owned()),
            ("ALO_HTTP__LISTEN".to_owned(), format!("{address}:8080")),
            ("ALO_SIP__UDP".to_owned(), format!("{address}:5060")),
            ("ALO_SIP__TCP".to_owned(), format!("{address}:5060")),
            ("ALO_SIP__TLS".to_owned(), format!("{address}:5061")),
            ("ALO_SIP__WSS".to_owned(), format!("{address}:7443")),
            ("ALO_HTTP__TLS_LISTEN".to_owned(), format!("{address}:8443")),
            ("ALO_MEDIA__ADDRESS".to_owned(), address.to_string()),
            ("ALO_MEDIA__PORTS".to_owned(), "20000-20999".to_owned()),
            ("ALO_RECORDING".to_owned(), "all".to_owned()),
            // The receivers of the tests listen on loopback, where webhooks otherwise never go.
            ("ALO_WEBHOOKS__ALLOW".to_owned(), "127.0.0.0/8".to_owned()),
        ];
        environment.extend(self.environment);
        // Each request has its own connection, so that none stands among the server's tasks afterwards.
        let client = reqwest::Client::builder().no_proxy().timeout(wait::PATIENCE).pool_max_idle_per_host(0);
        let mut server = Server {
            address,
            folder,
            data,
            environment,
            client: client.build().expect("an HTTP client"),
            child: None,
            idle_tasks: 0.0,
            webhooks: AtomicUsize::new(0),
            company: Value::Null,
        };
        server.company = server.bootstrap("Test Company", &["--extensions", &self.extensions, "--hotline", HOTLINE]);
        server.serve().await;
        server
    }
}

/// A running `alo`, ended and cleaned away on drop.
#[derive(Debug)]
pub struct Server {
    address: Ipv4Addr,
    folder: PathBuf,
    data: PathBuf,
    environment: Vec<(String, String)>,
    client: reqwest::Client,
    child: Option<Child>,
    /// The tasks of the server when it had nothing to do.
    idle_tasks: f64,
    /// Webhook endpoints made: each has a task of its own from its first delivery on.
    webhooks: AtomicUsize,
    /// What `alo bootstrap --json` printed.
    pub company: Value,
}

impl Server {
    /// A server with the usual plan.
    pub async fn start() -> Server {
        Plan::default().start().await
    }

    /// Runs `alo bootstrap` and returns what it printed. The trunk's address is [`Server::carrier_address`].
    ///
    /// # Panics
    /// When it fails.
    pub fn bootstrap(&self, company: &str, more: &[&str]) -> Value {
        let carrier = self.carrier_address();
        let (ip, port) = (carrier.ip().to_string(), carrier.port().to_string());
        let mut arguments = vec!["bootstrap", "--company", company, "--password-pattern", "pw{ext}", "--json"];
        if more.contains(&"--hotline") {
            arguments.extend(["--trunk-ip", &ip, "--trunk-port", &port]);
        }
        arguments.extend(more);
        let output = self.alo(&arguments);
        assert!(output.status.success(), "bootstrap failed: {}", String::from_utf8_lossy(&output.stderr));
        let text = String::from_utf8_lossy(&output.stdout);
        serde_json::from_str(&text).unwrap_or_else(|error| panic!("bootstrap printed no JSON ({error}): {text}"))
    }

    /// Runs a subcommand with this server's settings.
    pub fn alo(&self, arguments: &[&str]) -> Output {
        self.command().args(arguments).output().expect("alo starts")
    }

    /// Starts the process and waits until it is ready.
    pub async fn serve(&mut self) {
        let log = File::options().create(true).append(true).open(self.log_path()).expect("a log file");
        let mut command = self.command();
        command.arg("serve").stdin(Stdio::null()).stdout(log.try_clone().expect("a second handle")).stderr(log);
        self.child = Some(command.spawn().expect("alo starts"));
        let ready = self.url("/readyz");
        until("the server is ready", async || {
            let ended = self.child.as_mut().and_then(|child| child.try_wait().expect("a child can be asked"));
            assert!(ended.is_none(), "alo serve ended with {ended:?}");
            self.client.get(&ready).send().await.ok().filter(|r| r.status().is_success()).map(|_| ())
        })
        .await;
        self.note_idle().await;
    }

    /// Notes how many tasks the server has while no call is up: after it was set up in a way that takes tasks of its own,
    /// such as a trunk with a host name.
    pub async fn note_idle(&mut self) {
        self.idle_tasks = f64::INFINITY;
        // The connection of the question before may still be closing: the lowest figure is the true one.
        for _ in 0..5 {
            let tasks = self.metric("alo_tasks").await.expect("the server counts its tasks");
            self.idle_tasks = self.idle_tasks.min(tasks);
        }
    }

    /// `kill -9`.
    pub async fn kill(&mut self) {
        self.signal(libc::SIGKILL);
        self.wait_for_end().await;
    }

    /// Asks it to stop.
    pub fn ask_to_stop(&self) {
        self.signal(libc::SIGTERM);
    }

    /// Waits until the process has ended; returns its exit code.
    pub async fn wait_for_end(&mut self) -> Option<i32> {
        let mut child = self.child.take().expect("the server runs");
        until("the process ends", async || child.try_wait().expect("a child can be asked")).await.code()
    }

    fn signal(&self, signal: libc::c_int) {
        let child = self.child.as_ref().expect("the server runs");
        // SAFETY: kill takes no pointers; the child is ours and has not been waited for.
        let result = unsafe { libc::kill(child.id().cast_signed(), signal) };
        assert_eq!(result, 0, "the process is there");
    }

    fn command(&self) -> Command {
        let mut command = Command::new(binary::alo());
        let inherited = std::env::vars_os().map(|(name, _)| name);
        inherited.filter(|name| name.to_string_lossy().starts_with("ALO_")).for_each(|name| {
            command.env_remove(name);
        });
        command.current_dir(&self.folder).envs(self.environment.iter().map(|(k, v)| (k, v)));
        command
    }

    /// The server's address, on which nobody else listens.
    pub fn ip(&self) -> IpAddr {
        self.address.into()
    }

    /// Where SIP is spoken, over UDP and TCP.
    pub fn sip(&self) -> SocketAddr {
        (self.address, 5060).into()
    }

    /// Where SIP is spoken over TLS.
    pub fn sip_tls(&self) -> SocketAddr {
        (self.address, 5061).into()
    }

    /// Where SIP is spoken over secure WebSockets.
    pub fn sip_wss(&self) -> SocketAddr {
        (self.address, 7443).into()
    }

    /// Where the API is served over HTTPS.
    pub fn https(&self) -> SocketAddr {
        (self.address, 8443).into()
    }

    /// Where the company's trunk leads, and the address its calls come from.
    pub fn carrier_address(&self) -> SocketAddr {
        let [a, b, c, d] = self.address.octets();
        (Ipv4Addr::new(a, b, c, d + 1), CARRIER_PORT).into()
    }

    /// The company's SIP domain.
    pub fn domain(&self) -> &str {
        self.company["sip"]["domain"].as_str().expect("bootstrap names the domain")
    }

    /// The data directory.
    pub fn data(&self) -> &Path {
        &self.data
    }

    /// A directory of the test, removed at its end.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// A phone of the company, registered.
    pub async fn phone(&self, extension: &str) -> Phone {
        let phone = self.unregistered(extension).await;
        assert_eq!(phone.register().await, 200, "extension {extension} registers");
        phone
    }

    /// A phone of the company that has not registered.
    pub async fn unregistered(&self, extension: &str) -> Phone {
        Phone::new(self.sip(), self.domain(), extension, &format!("pw{extension}")).await
    }

    /// The carrier behind the trunk.
    pub async fn carrier(&self) -> Phone {
        Phone::at(self.carrier_address(), self.sip(), &self.sip().ip().to_string(), "carrier", "").await
    }

    /// A URL of this server.
    pub fn url(&self, path: &str) -> String {
        format!("http://{}:8080{path}", self.address)
    }

    /// `GET` under `/api/v1` with the company's key.
    ///
    /// # Panics
    /// When the answer is no success or no JSON.
    pub async fn get(&self, path: &str) -> Value {
        let request = self.client.get(self.url(&format!("/api/v1{path}"))).bearer_auth(self.api_key());
        self.json(path, request).await
    }

    /// `POST` under `/api/v1` with the company's key.
    ///
    /// # Panics
    /// When the answer is no success or no JSON.
    pub async fn post(&self, path: &str, body: &Value) -> Value {
        let request = self.client.post(self.url(&format!("/api/v1{path}"))).bearer_auth(self.api_key()).json(body);
        self.json(path, request).await
    }

    /// Asks another vendor's face with a key of its kind.
    ///
    /// # Panics
    /// When the answer is no success or no JSON.
    pub async fn ask(&self, path: &str, key: &str, body: &Value) -> Value {
        let request = self.client.post(self.url(path)).bearer_auth(key).json(body);
        self.json(path, request).await
    }

    /// Makes a webhook endpoint; returns it with its secret.
    pub async fn webhook(&self, url: &str, kinds: &str) -> Value {
        self.webhooks.fetch_add(1, Ordering::Relaxed);
        self.post("/webhooks", &json!({ "url": url, "kinds": [kinds] })).await
    }

    /// An endpoint that is told everything in another vendor's words.
    pub async fn webhook_of(&self, dialect: &str, url: &str) {
        self.webhooks.fetch_add(1, Ordering::Relaxed);
        self.post("/webhooks", &json!({ "url": url, "dialect": dialect })).await;
    }

    /// `PATCH` under `/api/v1` with the company's key.
    ///
    /// # Panics
    /// When the answer is no success or no JSON.
    pub async fn patch(&self, path: &str, body: &Value) -> Value {
        let request = self.client.patch(self.url(&format!("/api/v1{path}"))).bearer_auth(self.api_key()).json(body);
        self.json(path, request).await
    }

    /// `PUT` under `/api/v1` with the company's key.
    ///
    /// # Panics
    /// When the answer is no success or no JSON.
    pub async fn put(&self, path: &str, body: &Value) -> Value {
        let request = self.client.put(self.url(&format!("/api/v1{path}"))).bearer_auth(self.api_key()).json(body);
        self.json(path, request).await
    }

    /// Ends a live call, if it is still up.
    pub async fn end_call(&self, id: &str) {
        let request = self.client.delete(self.url(&format!("/api/v1/calls/{id}"))).bearer_auth(self.api_key());
        // It may have ended by itself.
        let _ = request.send().await;
    }

    /// The bytes under `/api/v1`, if the answer is a success.
    pub async fn download(&self, path: &str) -> Option<Vec<u8>> {
        let request = self.client.get(self.url(&format!("/api/v1{path}"))).bearer_auth(self.api_key());
        let answer = request.send().await.ok()?;
        if !answer.status().is_success() {
            return None;
        }
        answer.bytes().await.ok().map(|bytes| bytes.to_vec())
    }

    /// Uploads a second of this tone as a greeting; its id.
    ///
    /// # Panics
    /// When it is refused.
    pub async fn upload_tone(&self, name: &str, frequency: f64) -> Value {
        let pcm: Vec<u8> = (0..8_000).flat_map(|at| crate::tone::sample(frequency, at).to_le_bytes()).collect();
        let size = u32::try_from(pcm.len()).expect("a second");
        let mut wav = Vec::from(*b"RIFF");
        wav.extend((size + 36).to_le_bytes());
        wav.extend(b"WAVEfmt \x10\0\0\0\x01\0\x01\0\x40\x1f\0\0\x80\x3e\0\0\x02\0\x10\0data");
        wav.extend(size.to_le_bytes());
        wav.extend(pcm);
        let head = "--part\r\nContent-Disposition: form-data; name=";
        let mut body =
            format!("{head}\"name\"\r\n\r\n{name}\r\n{head}\"file\"; filename=\"a.wav\"\r\n\r\n").into_bytes();
        body.extend(wav);
        body.extend(b"\r\n--part--\r\n");
        let request = self.client.post(self.url("/api/v1/greetings")).bearer_auth(self.api_key());
        let request = request.header("content-type", "multipart/form-data; boundary=part").body(body);
        self.json("/greetings", request).await["id"].clone()
    }

    fn api_key(&self) -> &str {
        self.company["api_key"].as_str().expect("bootstrap gives an API key")
    }

    async fn json(&self, path: &str, request: reqwest::RequestBuilder) -> Value {
        let answer = request.send().await.unwrap_or_else(|error| panic!("{path}: {error}"));
        let (status, text) = (answer.status(), answer.text().await.unwrap_or_default());
        assert!(status.is_success(), "{path}: {status} {text}");
        serde_json::from_str(&text).unwrap_or_else(|error| panic!("{path}: {error}: {text}"))
    }

    /// The newest call record that satisfies `wanted`, with its legs, once there is one.
    pub async fn record(&self, what: &str, wanted: impl Fn(&Value) -> bool) -> Value {
        let id = until(&format!("a call record: {what}"), async || {
            let list = self.get("/calls?limit=50").await;
            let found = list["items"].as_array()?.iter().find(|call| wanted(call))?;
            found["id"].as_str().map(str::to_owned)
        })
        .await;
        self.get(&format!("/calls/{id}")).await
    }

    /// Asks for something whose answer is its status.
    pub async fn send(&self, method: &str, path: &str, body: &Value) -> u16 {
        let method = reqwest::Method::from_bytes(method.as_bytes()).expect("a method");
        let request = self.client.request(method, self.url(&format!("/api/v1{path}"))).bearer_auth(self.api_key());
        let request = if body.is_null() { request } else { request.json(body) };
        request.send().await.unwrap_or_else(|error| panic!("{path}: {error}")).status().as_u16()
    }

    /// A figure of `/metrics`; the sum over its labels. None when it was never set.
    pub async fn metric(&self, name: &str) -> Option<f64> {
        let text = self.client.get(self.url("/metrics")).send().await.ok()?.text().await.ok()?;
        let values = text.lines().filter_map(|line| {
            let rest = line.strip_prefix(name)?;
            let value = rest.strip_prefix(' ').or_else(|| rest.starts_with('{').then(|| rest.rsplit(' ').next())?)?;
            value.trim().parse::<f64>().ok()
        });
        values.reduce(|sum, value| sum + value)
    }

    /// Waits until no dialog, no media socket, no call and no task of a call is left.
    pub async fn settles(&self) {
        for gauge in GAUGES {
            until(&format!("{gauge} is 0 again"), async || {
                let value = self.metric(gauge).await.unwrap_or_else(|| panic!("/metrics has no {gauge}"));
                (value == 0.0).then_some(())
            })
            .await;
        }
        let allowed = self.idle_tasks + self.webhooks.load(Ordering::Relaxed) as f64;
        until("no task of a call is left", async || {
            // A phone that registered over TCP keeps its connection, which is one task.
            let connections = self.metric("alo_sip_connections").await?;
            (self.metric("alo_tasks").await? <= allowed + connections).then_some(())
        })
        .await;
    }

    fn log_path(&self) -> PathBuf {
        self.folder.join("alo.log")
    }

    /// What the server logged so far.
    pub fn log(&self) -> String {
        std::fs::read_to_string(self.log_path()).unwrap_or_default()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        if let Some(mut child) = self.child.take() {
            // It may have ended by itself, which is no failure of the cleaning up.
            let _ = child.kill();
            let _ = child.wait();
        }
        if std::thread::panicking() {
            let log = self.log();
            let lines: Vec<&str> = log.lines().collect();
            eprintln!("--- the end of the server's log ---\n{}", lines[lines.len().saturating_sub(60)..].join("\n"));
        }
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}

/// A loopback address that no other server of this or another test process uses, so that ports never collide.
fn own_address() -> Ipv4Addr {
    static NEXT: AtomicU32 = AtomicU32::new(0);
    let number = NEXT.fetch_add(1, Ordering::Relaxed);
    let process = std::process::id();
    let last = 2 + 2 * (number % 120);
    Ipv4Addr::new(127, 100 + (process / 250 % 100) as u8, 1 + (process % 250) as u8, last as u8)
}
