use super::message::{self, Counts, Filter, Left};
use super::{Mailbox, MailboxPatch, get, patch};
use crate::calls::Journal;
use crate::fixture::{an_extension, company, fields, pages_of, told};
use crate::{extension, greeting};
use model::{Actor, Cause, ExtensionId, GreetingId, Id, Kind, Role};
use std::collections::HashMap;
use store::spool::Options;
use store::testing::{TestDb, on_both};
use store::{Db, mail, mint};

fn on(patch: MailboxPatch) -> MailboxPatch {
    MailboxPatch { enabled: Some(true), ..patch }
}

fn left(actor: &Actor, extension: ExtensionId) -> Left {
    Left {
        id: mint(),
        tenant: actor.tenant,
        extension,
        call: mint(),
        from_number: "+84901234567".into(),
        from_name: "Khách".into(),
        size_bytes: 32_044,
        duration_ms: 2_000,
        complete: true,
        created_at: 1_795_000_000_000,
    }
}

async fn arrives(db: &Db, left: &Left) {
    let mut tx = db.system_write().await.expect("a transaction");
    message::arrived(&mut tx, left).await.expect("written");
    tx.commit().await.expect("committed");
}

#[test]
fn each_cause_leads_to_the_mailbox_as_it_is_set() {
    let mailbox = Mailbox { enabled: true, on_busy: false, ..Mailbox::default() };
    assert!(mailbox.takes(Cause::NoAnswer) && mailbox.takes(Cause::NotRegistered));
    assert!(!mailbox.takes(Cause::Busy) && !mailbox.takes(Cause::Declined) && !mailbox.takes(Cause::Cancelled));
    assert!(!Mailbox::default().takes(Cause::NoAnswer), "off");
}

#[tokio::test]
async fn a_mailbox_is_set_kept_and_cleared_and_its_pin_is_never_shown() {
    on_both(async |db: &TestDb| {
        let actor = company(db, "acme.alo").await;
        let lan = an_extension(&actor, db, "101").await;
        assert_eq!(get(&actor, db, lan).await, Ok(Mailbox::default()));
        let set = MailboxPatch {
            pin: Some(Some("2468".into())),
            email: Some(Some("lan@acme.vn".into())),
            ..Default::default()
        };
        let set = patch(&actor, db, lan, on(set)).await.expect("set");
        assert!(set.enabled && set.has_pin && set.attach && set.pin() == Some("2468"));
        assert!(!serde_json::to_string(&set).expect("JSON").contains("2468"));
        assert_eq!(get(&actor, db, lan).await, Ok(set));
        let cleared = MailboxPatch { pin: Some(None), email: Some(None), ..Default::default() };
        let cleared = patch(&actor, db, lan, cleared).await.expect("cleared");
        assert!(cleared.enabled && !cleared.has_pin && cleared.email.is_none());
        extension::delete(&actor, db, lan).await.expect("a mailbox holds no extension back");
    })
    .await;
}

#[tokio::test]
async fn wrong_settings_are_named() {
    on_both(async |db: &TestDb| {
        let actor = company(db, "acme.alo").await;
        let lan = an_extension(&actor, db, "101").await;
        let cases = [
            (MailboxPatch { pin: Some(Some("12".into())), ..Default::default() }, "pin"),
            (MailboxPatch { pin: Some(Some("12a4".into())), ..Default::default() }, "pin"),
            (MailboxPatch { max_ms: Some(1), ..Default::default() }, "max_ms"),
            (MailboxPatch { email: Some(Some("nobody".into())), ..Default::default() }, "email"),
            (MailboxPatch { email: Some(Some("a@b.vn, c@d.vn".into())), ..Default::default() }, "email"),
            (MailboxPatch { greeting: Some(Some(GreetingId::from_bits(7))), ..Default::default() }, "greeting"),
        ];
        for (wrong, field) in cases {
            let problem = patch(&actor, db, lan, wrong).await.expect_err(field);
            assert_eq!(fields(&problem), [field]);
        }
        let stranger = company(db, "beta.alo").await;
        let foreign = patch(&stranger, db, lan, on(MailboxPatch::default())).await.expect_err("another company's");
        assert_eq!(foreign.kind, Kind::NotFound);
    })
    .await;
}

#[tokio::test]
async fn a_greeting_that_a_mailbox_plays_stays() {
    on_both(async |db: &TestDb| {
        let actor = company(db, "acme.alo").await;
        let lan = an_extension(&actor, db, "101").await;
        let new =
            greeting::NewGreeting { id: mint(), name: "Hello".into(), duration_ms: 1, size_bytes: 1, speech: None };
        let hello = greeting::create(&actor, db, new).await.expect("a greeting").id;
        let plays = MailboxPatch { greeting: Some(Some(hello)), ..Default::default() };
        patch(&actor, db, lan, plays).await.expect("set");
        let refused = greeting::delete(&actor, db, hello).await.expect_err("in use");
        assert!(refused.message.contains("the mailbox of 101"), "{refused:?}");
        extension::delete(&actor, db, lan).await.expect("deleted with its mailbox");
        greeting::delete(&actor, db, hello).await.expect("free again");
    })
    .await;
}

#[tokio::test]
async fn a_message_is_told_once_mailed_listed_read_and_deleted() {
    on_both(async |db: &TestDb| {
        let actor = company(db, "acme.alo").await;
        let lan = an_extension(&actor, db, "101").await;
        let mailed = MailboxPatch { email: Some(Some("lan@acme.vn".into())), ..Default::default() };
        patch(&actor, db, lan, on(mailed)).await.expect("set");
        let mut both = [left(&actor, lan), left(&actor, lan)];
        // Of one millisecond, the dice decide.
        both.sort_by_key(|one| one.id);
        let [first, second] = both;
        arrives(db, &first).await;
        arrives(db, &first).await;
        arrives(db, &second).await;
        let received = told(db).await.into_iter().filter(|kind| kind == "voicemail.received").count();
        assert_eq!(received, 2, "each once");
        let mut attached = Vec::new();
        for _ in 0..2 {
            let mail = mail::take(db, i64::MAX, i64::MAX).await.expect("a look").expect("a mail").mail;
            assert!(mail.to == "lan@acme.vn" && mail.text.contains("+84901234567") && mail.text.contains("101"));
            attached.extend(mail.attachment);
        }
        attached.sort();
        let file = |one| message::file(actor.tenant, one).to_string_lossy().into_owned();
        let mut files = [file(first.id), file(second.id)];
        files.sort();
        assert_eq!(attached, files);

        let all = message::list(&actor, db, Filter::default(), pages_of(1)).await.expect("a page");
        assert_eq!((all.items[0].id, all.next.is_some()), (second.id, true), "the newest first");
        let counts = async || message::counts(db, actor.tenant, lan).await.expect("counts");
        assert_eq!(counts().await, Counts { new: 2, old: 0 });
        let read = message::change(&actor, db, first.id, true).await.expect("read");
        assert_eq!(message::change(&actor, db, first.id, true).await.expect("twice").read_at, read.read_at);
        assert_eq!(counts().await, Counts { new: 1, old: 1 });
        let new = Filter { read: Some(false), ..Filter::default() };
        let new = message::list(&actor, db, new, pages_of(9)).await.expect("a page");
        assert_eq!(new.items.iter().map(|one| one.id).collect::<Vec<_>>(), [second.id]);
        assert_eq!(message::change(&actor, db, first.id, false).await.expect("new again").read_at, None);
        assert_eq!(message::delete(&actor, db, first.id).await, Ok(lan));
        assert_eq!(message::delete(&actor, db, first.id).await.expect_err("gone").kind, Kind::NotFound);
        assert_eq!(counts().await, Counts { new: 1, old: 0 });
    })
    .await;
}

#[tokio::test]
async fn messages_of_others_are_not_there() {
    on_both(async |db: &TestDb| {
        let actor = company(db, "acme.alo").await;
        let stranger = company(db, "beta.alo").await;
        let lan = an_extension(&actor, db, "101").await;
        let message = left(&actor, lan);
        arrives(db, &message).await;
        assert_eq!(message::get(&stranger, db, message.id).await.expect_err("foreign").kind, Kind::NotFound);
        assert!(message::list(&stranger, db, Filter::default(), pages_of(9)).await.expect("a page").items.is_empty());
        let key = Actor { role: Role::Agent, ..actor.clone() };
        let refused = message::list(&key, db, Filter::default(), pages_of(9)).await.expect_err("no phone, no right");
        assert_eq!(refused.kind, Kind::Forbidden);
        let other = an_extension(&actor, db, "102").await;
        assert!(message::keep(db, actor.tenant, other, message.id, None).await.is_err(), "another's telephone");
        message::keep(db, actor.tenant, lan, message.id, Some(true)).await.expect("the owner's");
        message::keep(db, actor.tenant, lan, message.id, None).await.expect("the owner's");
    })
    .await;
}

#[tokio::test]
async fn the_journal_brings_a_message_to_the_database_once() {
    on_both(async |db: &TestDb| {
        let actor = company(db, "acme.alo").await;
        let lan = an_extension(&actor, db, "101").await;
        let folder = db.folder().join("spool");
        let journal =
            Journal::start((*db).clone(), &folder, Options::default(), HashMap::new()).await.expect("a journal");
        let message = left(&actor, lan);
        journal.message(message.clone()).expect("written");
        journal.message(message.clone()).expect("written again");
        journal.flush().await;
        let all = message::of_extension(db, actor.tenant, lan).await.expect("messages");
        assert_eq!(all.iter().map(|one| one.id).collect::<Vec<_>>(), [message.id]);
        journal.stop().await;
    })
    .await;
}
