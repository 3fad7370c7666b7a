//! SIPp: runs a scenario of `tests/e2e/scenarios` against a server.

use crate::wait::until;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

/// How a scenario is run.
#[derive(Debug, Clone)]
pub struct Scenario<'a> {
    /// The file's name without `.xml`.
    pub name: &'a str,
    /// Where SIPp sends to.
    pub server: SocketAddr,
    /// Where SIPp listens; port 0 for any.
    pub local: SocketAddr,
    /// Over TCP instead of UDP.
    pub tcp: bool,
    /// `-key` values of the scenario.
    pub keys: &'a [(&'a str, &'a str)],
    /// Who answers a challenge.
    pub credentials: Option<(&'a str, &'a str)>,
}

/// A running SIPp.
#[derive(Debug)]
pub struct Sipp {
    name: String,
    child: Option<Child>,
    folder: PathBuf,
}

impl Scenario<'_> {
    /// Starts it; logs go to `folder`.
    ///
    /// # Panics
    /// When there is no `sipp`: `scripts/deps.sh test` installs it.
    pub fn start(&self, folder: &Path) -> Sipp {
        let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios").join(format!("{}.xml", self.name));
        let mut command = Command::new("sipp");
        command.current_dir(folder).arg(self.server.to_string()).arg("-sf").arg(file);
        command.args(["-i", &self.local.ip().to_string(), "-mi", &self.local.ip().to_string()]);
        if self.local.port() != 0 {
            command.args(["-p", &self.local.port().to_string()]);
        }
        command.args(["-t", if self.tcp { "t1" } else { "u1" }, "-m", "1", "-r", "1", "-l", "1", "-rtp_echo"]);
        command.args(["-timeout", "30s", "-timeout_error", "-nostdin", "-trace_err", "-error_file"]);
        command.arg(folder.join(format!("{}.errors", self.name)));
        if let Some((user, password)) = self.credentials {
            command.args(["-au", user, "-ap", password]);
        }
        for (key, value) in self.keys {
            command.args(["-key", key, value]);
        }
        let child = command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).spawn();
        let child = child.expect("sipp is there; scripts/deps.sh test installs it");
        Sipp { name: self.name.to_owned(), child: Some(child), folder: folder.to_path_buf() }
    }
}

impl Sipp {
    /// Waits until it listens on this address over TCP; over UDP a repeated request finds it anyway.
    pub async fn listens(&self, local: SocketAddr) {
        let SocketAddr::V4(v4) = local else { panic!("sipp runs on IPv4 here") };
        // The kernel's table: the address in the machine's byte order, the port, and 0A for a listener.
        let wanted = format!("{:08X}:{:04X}", u32::from_ne_bytes(v4.ip().octets()), v4.port());
        until("sipp listens", async || {
            let table = std::fs::read_to_string("/proc/net/tcp").ok()?;
            let mut lines = table.lines().map(|line| line.split_whitespace().collect::<Vec<_>>());
            lines.any(|line| line.get(1) == Some(&wanted.as_str()) && line.get(3) == Some(&"0A")).then_some(())
        })
        .await;
    }

    /// Waits for its end.
    ///
    /// # Panics
    /// When the scenario did not run as written.
    pub async fn succeeds(mut self) {
        let mut child = self.child.take().expect("it is waited for once");
        let status =
            tokio::task::spawn_blocking(move || child.wait()).await.expect("the waiter lives").expect("a child ends");
        if !status.success() {
            let errors = std::fs::read_to_string(self.folder.join(format!("{}.errors", self.name))).unwrap_or_default();
            panic!("sipp {}: {status}\n{errors}", self.name);
        }
    }
}

impl Drop for Sipp {
    fn drop(&mut self) {
        if let Some(mut child) = self.child.take() {
            let _ = child.kill();
            let _ = child.wait();
        }
    }
}
