//! A wire that can be made slow: stands between a server and its PostgreSQL.

use crate::{Plan, Postgres};
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{UnixListener, UnixStream};

const SOCKET: &str = ".s.PGSQL.5432";

/// The wire.
#[derive(Debug)]
pub struct SlowWire {
    folder: PathBuf,
    delay_ms: Arc<AtomicU64>,
}

impl SlowWire {
    /// A wire to this server, as quick as any until it is told otherwise.
    ///
    /// # Panics
    /// When its socket cannot be made.
    pub fn to(postgres: &Postgres) -> SlowWire {
        let folder = std::env::temp_dir().join(format!("alo-e2e-wire-{}", std::process::id()));
        std::fs::create_dir_all(&folder).expect("a folder for the wire");
        let near = UnixListener::bind(folder.join(SOCKET)).expect("a socket");
        let (far, delay_ms) = (postgres.folder().join(SOCKET), Arc::<AtomicU64>::default());
        let delay = Arc::clone(&delay_ms);
        tokio::spawn(async move {
            while let Ok((client, _)) = near.accept().await {
                let (far, delay) = (far.clone(), Arc::clone(&delay));
                tokio::spawn(async move {
                    if let Ok(server) = UnixStream::connect(far).await {
                        carry(client, server, &delay).await;
                    }
                });
            }
        });
        SlowWire { folder, delay_ms }
    }

    /// Stores over this wire.
    #[must_use]
    pub fn under(&self, plan: Plan) -> Plan {
        plan.set("ALO_DATABASE_URL", format!("postgres:///postgres?host={}&user=postgres", self.folder.display()))
    }

    /// From now on each answer of the database takes so long.
    pub fn delay(&self, by: Duration) {
        self.delay_ms.store(u64::try_from(by.as_millis()).unwrap_or(u64::MAX), Ordering::SeqCst);
    }
}

impl Drop for SlowWire {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}

async fn carry(client: UnixStream, server: UnixStream, delay_ms: &AtomicU64) {
    let (mut asks, mut hears) = client.into_split();
    let (mut answers, mut is_asked) = server.into_split();
    let there = tokio::io::copy(&mut asks, &mut is_asked);
    let back = async {
        let mut buffer = vec![0; 65_536];
        while let Ok(length @ 1..) = answers.read(&mut buffer).await {
            tokio::time::sleep(Duration::from_millis(delay_ms.load(Ordering::SeqCst))).await;
            if hears.write_all(&buffer[..length]).await.is_err() {
                return;
            }
        }
    };
    // Whichever side goes first, the other's half is dropped with it.
    tokio::select! {
        _ = there => {}
        () = back => {}
    }
}
