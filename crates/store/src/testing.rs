//! Databases for tests. Each test gets its own, with all tables: a SQLite file in memory-backed storage where there is
//! some, or a database of a PostgreSQL server that the test process starts from Debian's package and that ends with it.

mod postgres;

use crate::{Db, Engine, Options, Vault, mint::secret_text};
use std::ops::Deref;
use std::path::{Path, PathBuf};
use tokio::sync::OnceCell;

/// A database that goes away with the test.
#[derive(Debug)]
pub struct TestDb {
    db: Db,
    url: String,
    _folder: Folder,
}

impl Deref for TestDb {
    type Target = Db;

    fn deref(&self) -> &Db {
        &self.db
    }
}

impl TestDb {
    /// The URL, to open the same database a second time.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// A folder for files of the test; it goes away with the database.
    pub fn folder(&self) -> &Path {
        &self._folder.0
    }
}

#[derive(Debug)]
struct Folder(PathBuf);

impl Folder {
    fn new() -> Folder {
        let memory = Path::new("/dev/shm");
        let place = if memory.is_dir() { memory.to_owned() } else { std::env::temp_dir() };
        let folder = place.join(format!("alo-test-{}", secret_text(12)));
        std::fs::create_dir_all(&folder).expect("a folder for the test");
        Folder(folder)
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        // Left behind at worst: a test must not fail for it.
        std::fs::remove_dir_all(&self.0).ok();
    }
}

/// How the test databases are opened: few connections, no waiting for the disk.
pub fn options() -> Options {
    Options { connections: 3, durable: false, ..Options::new(Vault::new([1; 32])) }
}

async fn open(url: String, folder: Folder) -> TestDb {
    let db = Db::open(&url, options()).await.expect("the test database opens");
    TestDb { db, url, _folder: folder }
}

/// A fresh SQLite database with all tables.
pub async fn sqlite() -> TestDb {
    static TEMPLATE: OnceCell<Vec<u8>> = OnceCell::const_new();
    let template = TEMPLATE
        .get_or_init(|| async {
            let folder = Folder::new();
            let file = folder.0.join("template.db");
            let db = Db::open(&format!("sqlite://{}", file.display()), options()).await.expect("a template");
            db.migrate().await.expect("the tables");
            db.close().await;
            std::fs::read(file).expect("the template's file")
        })
        .await;
    let folder = Folder::new();
    let file = folder.0.join("alo.db");
    std::fs::write(&file, template).expect("a copy of the template");
    open(format!("sqlite://{}", file.display()), folder).await
}

/// A fresh PostgreSQL database with all tables.
pub async fn postgres() -> TestDb {
    let url = postgres::new_database().await;
    open(url, Folder::new()).await
}

/// Runs the test on SQLite and then on PostgreSQL. `ALO_TEST_POSTGRES=0` leaves the second out, for the inner loop.
pub async fn on_both(test: impl AsyncFn(&TestDb)) {
    let db = sqlite().await;
    eprintln!("on {:?}", Engine::Sqlite);
    test(&db).await;
    db.close().await;
    if std::env::var("ALO_TEST_POSTGRES").is_ok_and(|word| word == "0") {
        return;
    }
    let db = postgres().await;
    eprintln!("on {:?}", Engine::Postgres);
    test(&db).await;
    db.close().await;
}
