//! The binary as people and scripts meet it: each test runs the real `alo` with a data directory and addresses of its
//! own.

mod commands;
mod serving;

use std::net::Ipv4Addr;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::atomic::{AtomicU8, Ordering};

/// A place for one installation, removed at the end.
struct Place {
    dir: PathBuf,
    address: Ipv4Addr,
}

impl Place {
    /// A new one, with a loopback address that no other test uses.
    fn new(name: &str) -> Place {
        static NEXT: AtomicU8 = AtomicU8::new(1);
        let process = std::process::id();
        let last = NEXT.fetch_add(1, Ordering::Relaxed);
        let address = Ipv4Addr::new(127, 80 + (process / 250 % 20) as u8, (process % 250) as u8, last);
        let dir = std::env::temp_dir().join(format!("alo-server-{name}-{address}"));
        std::fs::create_dir_all(&dir).expect("a directory");
        Place { dir, address }
    }

    /// `alo` with these arguments, in this place only.
    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_alo"));
        for (name, _) in std::env::vars().filter(|(name, _)| name.starts_with("ALO_")) {
            command.env_remove(name);
        }
        let address = self.address;
        command
            .current_dir(&self.dir)
            .args(arguments)
            .env("ALO_DATA_DIR", self.data())
            .env("ALO_HTTP__LISTEN", format!("{address}:8080"))
            .env("ALO_SIP__UDP", format!("{address}:5060"))
            .env("ALO_SIP__TCP", format!("{address}:5060"))
            .env("ALO_MEDIA__BIND", address.to_string())
            .env("ALO_DEMO", "0");
        command
    }

    fn run(&self, arguments: &[&str]) -> Output {
        self.command(arguments).output().expect("alo starts")
    }

    fn data(&self) -> PathBuf {
        self.dir.join("data")
    }

    fn path(&self) -> &Path {
        &self.dir
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        // What cannot be removed lies in the temporary directory, where nobody minds.
        let _ = std::fs::remove_dir_all(&self.dir);
    }
}

fn out(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned()
}

fn err(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}
