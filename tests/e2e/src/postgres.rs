//! A PostgreSQL server of the test's own, from Debian's package, that can be stopped and started again.
//!
//! A shell stands between: when the test process ends, in whatever way, the shell's input ends, and it stops the server
//! and removes the folder. So none outlives its test.

use crate::wait::until;
use std::io::Write;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};

const RUN: &str = r#"
"$@" & server=$!
read _ || gone=yes
kill -INT $server
wait $server
[ -z "$gone" ] || rm -rf "$ALO_E2E_FOLDER"
"#;

/// The server.
#[derive(Debug)]
pub struct Postgres {
    folder: PathBuf,
    keeper: Option<Child>,
}

impl Postgres {
    /// Makes an empty database and starts the server.
    ///
    /// # Panics
    /// When PostgreSQL is not installed.
    pub async fn start() -> Postgres {
        static NEXT: AtomicU32 = AtomicU32::new(0);
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        let folder = std::env::temp_dir().join(format!("alo-e2e-pg-{}-{number}", std::process::id()));
        std::fs::create_dir_all(&folder).expect("a folder for PostgreSQL");
        if is_root() {
            run(Command::new("chown").arg("postgres:postgres").arg(&folder));
        }
        let made = ["--no-sync", "--auth=trust", "--username=postgres", "--encoding=UTF8", "--locale=C", "-D"];
        run(program("initdb").args(made).arg(folder.join("data")));
        let mut postgres = Postgres { folder, keeper: None };
        postgres.resume().await;
        postgres
    }

    /// What goes into `ALO_DATABASE_URL`.
    pub fn url(&self) -> String {
        format!("postgres:///postgres?host={}&user=postgres", self.folder.display())
    }

    /// Where its socket is.
    pub(crate) fn folder(&self) -> &Path {
        &self.folder
    }

    /// Stops the server: connections are cut, new ones find nobody.
    ///
    /// # Panics
    /// When it does not run.
    pub async fn stop(&mut self) {
        let mut keeper = self.keeper.take().expect("PostgreSQL runs");
        keeper.stdin.take().expect("the input is ours").write_all(b"\n").expect("the shell reads");
        until("PostgreSQL ends", async || keeper.try_wait().expect("a child can be asked")).await;
    }

    /// Starts it again, with what it held.
    pub async fn resume(&mut self) {
        let log = std::fs::File::options().create(true).append(true).open(self.folder.join("log")).expect("a log");
        let server = program("postgres");
        let mut keeper = Command::new("sh");
        keeper.args(["-c", RUN, "keeper"]).arg(server.get_program()).args(server.get_args());
        keeper.arg("-D").arg(self.folder.join("data")).arg("-k").arg(&self.folder);
        for setting in ["listen_addresses=", "fsync=off", "shared_buffers=32MB", "jit=off"] {
            keeper.args(["-c", setting]);
        }
        keeper.env("ALO_E2E_FOLDER", &self.folder).current_dir("/");
        keeper.stdin(Stdio::piped()).stdout(log.try_clone().expect("a second handle")).stderr(log);
        self.keeper = Some(keeper.spawn().expect("the shell starts"));
        until("PostgreSQL answers", async || {
            let asked = program("pg_isready").arg("-q").arg("-h").arg(&self.folder).status();
            asked.is_ok_and(|status| status.success()).then_some(())
        })
        .await;
    }
}

impl Drop for Postgres {
    fn drop(&mut self) {
        if let Some(mut keeper) = self.keeper.take() {
            drop(keeper.stdin.take());
            // The shell stops the server and ends; there is nobody to tell if it does not.
            let _ = keeper.wait();
        }
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}

fn is_root() -> bool {
    std::fs::metadata("/proc/self").is_ok_and(|meta| meta.uid() == 0)
}

/// A program of the newest PostgreSQL; as its own user when we are root, which it refuses to be.
fn program(name: &str) -> Command {
    let path = programs().join(name);
    let mut command = if is_root() { Command::new("setpriv") } else { Command::new(&path) };
    if is_root() {
        command.args(["--reuid=postgres", "--regid=postgres", "--init-groups"]).arg(path);
    }
    command.current_dir("/");
    command
}

fn programs() -> PathBuf {
    let versions = std::fs::read_dir(Path::new("/usr/lib/postgresql")).into_iter().flatten().flatten();
    let programs = versions.map(|entry| entry.path().join("bin")).filter(|bin| bin.join("initdb").exists());
    programs.max().expect("this test needs PostgreSQL: apt-get install postgresql")
}

fn run(command: &mut Command) {
    let output = command.output().unwrap_or_else(|error| panic!("{command:?} does not run: {error}"));
    assert!(output.status.success(), "{command:?} failed: {}", String::from_utf8_lossy(&output.stderr));
}
