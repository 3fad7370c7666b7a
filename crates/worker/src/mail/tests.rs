use super::{Config, Courier};
use account::bootstrap;
use std::time::Duration;
use store::mail::{NewMail, queue, take};
use store::testing::{TestDb, on_both, sqlite};
use store::{Db, now};
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc;

/// A mail server that keeps what it is given; `refuse` is what it says to each sender.
async fn catcher(refuse: Option<&'static str>) -> (String, mpsc::UnboundedReceiver<String>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let url = format!("smtp://{}", listener.local_addr().expect("an address"));
    let (caught, inbox) = mpsc::unbounded_channel();
    tokio::spawn(async move {
        while let Ok((socket, _)) = listener.accept().await {
            tokio::spawn(one(socket, caught.clone(), refuse));
        }
    });
    (url, inbox)
}

async fn one(socket: TcpStream, caught: mpsc::UnboundedSender<String>, refuse: Option<&'static str>) {
    let (read, mut write) = socket.into_split();
    let mut lines = BufReader::new(read).lines();
    let mut say = async |text: &str| write.write_all(format!("{text}\r\n").as_bytes()).await.is_ok();
    say("220 catcher").await;
    while let Ok(Some(line)) = lines.next_line().await {
        if line == "DATA" {
            say("354 go on").await;
            let mut mail = String::new();
            while let Ok(Some(line)) = lines.next_line().await
                && line != "."
            {
                mail += &line;
                mail.push('\n');
            }
            // The test may be over.
            let _ = caught.send(mail);
        }
        let answer = if line.starts_with("MAIL") { refuse.unwrap_or("250 fine") } else { "250 fine" };
        if line.starts_with("MAIL") && refuse.is_some() {
            let _ = caught.send(answer.to_owned());
        }
        say(answer).await;
    }
}

async fn write(db: &Db, to: &str, at: i64) {
    let account = bootstrap::run(db, "Acme").await.expect("a company");
    let mut tx = db.write(account.tenant.id).await.expect("a transaction");
    let mail = NewMail {
        to: to.into(),
        subject: "Chào mừng\r\nBcc: x@y.vn".into(),
        text: "Xin chào.\n.\nHết.".into(),
        attachment: None,
    };
    queue(&mut tx, &mail, at).await.expect("queued");
    tx.commit().await.expect("committed");
}

fn courier(db: &Db, url: String) -> Courier {
    let config = Config {
        url,
        from: "Alo <no-reply@alo.vn>".into(),
        poll: Duration::from_millis(20),
        data: std::env::temp_dir(),
    };
    Courier::start(db.clone(), config).expect("a courier")
}

async fn waits(db: &Db) -> bool {
    take(db, i64::MAX, i64::MAX).await.expect("a look").is_some()
}

#[tokio::test]
async fn a_mail_is_sent_once_and_forgotten() {
    on_both(async |db: &TestDb| {
        let (url, mut inbox) = catcher(None).await;
        write(db, "lan@acme.vn", now().as_millis()).await;
        let courier = courier(db, url);
        let mail = inbox.recv().await.expect("a mail");
        assert!(mail.contains("To: lan@acme.vn") && mail.contains("From: Alo <no-reply@alo.vn>"), "{mail}");
        assert!(mail.contains("Auto-Submitted: auto-generated") && mail.contains("Message-ID: <mail_"), "{mail}");
        assert!(!mail.contains("\nBcc:"), "no header comes out of a subject: {mail}");
        courier.stop().await;
        assert!(!waits(db).await);
        assert!(inbox.try_recv().is_err());
    })
    .await;
}

#[tokio::test]
async fn what_is_refused_for_good_is_given_up_and_anything_else_waits() {
    for (answer, stays) in [("550 nobody here", false), ("451 come later", true)] {
        let db = sqlite().await;
        let (url, mut inbox) = catcher(Some(answer)).await;
        write(&db, "lan@acme.vn", now().as_millis()).await;
        let courier = courier(&db, url);
        assert_eq!(inbox.recv().await.as_deref(), Some(answer));
        courier.stop().await;
        assert_eq!(waits(&db).await, stays, "{answer}");
    }
}

#[tokio::test]
async fn an_address_that_cannot_be_read_stops_nothing() {
    let db = sqlite().await;
    let (url, mut inbox) = catcher(None).await;
    write(&db, "not an address", now().as_millis() - 1_000).await;
    write(&db, "lan@acme.vn", now().as_millis()).await;
    let courier = courier(&db, url);
    assert!(inbox.recv().await.expect("a mail").contains("lan@acme.vn"));
    courier.stop().await;
    assert!(!waits(&db).await);
}

#[tokio::test]
async fn settings_that_cannot_be_read_are_told() {
    let db = sqlite().await;
    for (url, from) in [("http://x", "a@b.vn"), ("smtp://x", "nobody")] {
        let config =
            Config { url: url.into(), from: from.into(), poll: Duration::from_secs(1), data: std::env::temp_dir() };
        assert!(Courier::start((*db).clone(), config).is_err());
    }
}
