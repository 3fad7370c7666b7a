//! One PostgreSQL server per test process, listening on a socket in a folder of its own. A shell stands between: it
//! waits for the end of its input, which comes when the test process ends in whatever way, then stops the server and
//! removes the folder. So no server outlives its tests, even after `kill -9`.

use super::options;
use crate::{Db, mint::secret_text};
use sqlx::{AssertSqlSafe, Connection};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use tokio::sync::{Mutex, OnceCell};

const TEMPLATE: &str = "alo_template";
const RUN: &str = r#"
"$@" & server=$!
read _
kill -INT $server
wait $server
rm -rf "$ALO_TEST_FOLDER"
"#;

/// The shell that keeps the server; its input stays open as long as this process lives.
struct Server {
    folder: PathBuf,
    _keeper: Child,
}

/// The URL of a new database with all tables.
pub(super) async fn new_database() -> String {
    static SERVER: OnceCell<Server> = OnceCell::const_new();
    // PostgreSQL refuses to copy a template that another session is copying or using.
    static COPYING: Mutex<()> = Mutex::const_new(());
    let server = SERVER.get_or_init(start).await;
    let name = format!("t_{}", secret_text(16));
    let _turn = COPYING.lock().await;
    run(server, &format!("create database {name} template {TEMPLATE}")).await.expect("a copy of the template");
    url(server, &name)
}

fn url(server: &Server, database: &str) -> String {
    format!("postgres:///{database}?host={}&user=postgres", server.folder.display())
}

async fn run(server: &Server, sql: &str) -> Result<(), sqlx::Error> {
    sqlx::any::install_default_drivers();
    let mut conn = sqlx::AnyConnection::connect(&url(server, "postgres")).await?;
    sqlx::raw_sql(AssertSqlSafe(sql.to_owned())).execute(&mut conn).await?;
    conn.close().await
}

async fn start() -> Server {
    let server = tokio::task::spawn_blocking(launch).await.expect("the server is launched");
    // The socket appears a moment after the start; there is nothing to await but the socket itself.
    let mut tries = 0;
    while let Err(error) = run(&server, &format!("create database {TEMPLATE}")).await {
        tries += 1;
        assert!(tries < 600, "PostgreSQL does not answer: {error}; see {}/log", server.folder.display());
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
    let db = Db::open(&url(&server, TEMPLATE), options()).await.expect("the template opens");
    db.migrate().await.expect("the tables");
    db.close().await;
    server
}

fn launch() -> Server {
    let bin = programs();
    let folder = std::env::temp_dir().join(format!("alo-pg-{}", secret_text(12)));
    std::fs::create_dir_all(&folder).expect("a folder for PostgreSQL");
    // The server refuses to run as root; the package's user takes its place.
    let root = std::fs::metadata("/proc/self").is_ok_and(|meta| std::os::unix::fs::MetadataExt::uid(&meta) == 0);
    let prefix: &[&str] =
        if root { &["setpriv", "--reuid=postgres", "--regid=postgres", "--init-groups"] } else { &[] };
    if root {
        std::fs::set_permissions(&folder, std::fs::Permissions::from_mode(0o700)).expect("permissions");
        expect(Command::new("chown").arg("postgres:postgres").arg(&folder).output(), "chown");
    }
    let data = folder.join("data");
    let mut initdb = command(prefix, &bin.join("initdb"));
    initdb.args(["--no-sync", "--auth=trust", "--username=postgres", "--encoding=UTF8", "--locale=C", "-D"]).arg(&data);
    expect(initdb.output(), "initdb");
    let log = std::fs::File::create(folder.join("log")).expect("a log file");
    let mut keeper = Command::new("sh");
    keeper
        .args(["-c", RUN, "keeper"])
        .args(prefix)
        .arg(bin.join("postgres"))
        .arg("-D")
        .arg(&data)
        .arg("-k")
        .arg(&folder);
    for setting in ["listen_addresses=", "fsync=off", "max_connections=300", "shared_buffers=32MB", "jit=off"] {
        keeper.args(["-c", setting]);
    }
    let keeper = keeper
        .env("ALO_TEST_FOLDER", &folder)
        .current_dir("/")
        .stdin(Stdio::piped())
        .stdout(log.try_clone().expect("the log file"))
        .stderr(log)
        .spawn()
        .expect("the shell starts");
    Server { folder, _keeper: keeper }
}

fn command(prefix: &[&str], program: &Path) -> Command {
    let mut command = match prefix {
        [] => Command::new(program),
        [first, rest @ ..] => {
            let mut command = Command::new(first);
            command.args(rest).arg(program);
            command
        }
    };
    command.current_dir("/");
    command
}

fn expect(output: std::io::Result<Output>, what: &str) {
    let output = output.unwrap_or_else(|error| panic!("{what} does not run: {error}"));
    assert!(output.status.success(), "{what} failed: {}", String::from_utf8_lossy(&output.stderr));
}

/// The newest `/usr/lib/postgresql/<version>/bin`.
fn programs() -> PathBuf {
    let versions = std::fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten();
    versions
        .map(|entry| entry.path().join("bin"))
        .filter(|bin| bin.join("initdb").exists())
        .max()
        .expect("PostgreSQL is needed for this test: apt-get install postgresql, or set ALO_TEST_POSTGRES=0")
}
