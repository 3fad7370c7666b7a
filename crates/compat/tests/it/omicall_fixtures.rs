//! What OMICall documents, asked for as its clients do: the files of `tests/fixtures/omicall`.

use crate::fixtures::{Known, Stage, replay_all};
use crate::heard;
use crate::receiver::Receiver;
use crate::world::World;
use account::key::{self, KeyPatch, NewKey};
use account::user::NewUser;
use base64::Engine as _;
use bus::{Command, Phone, Presence};
use model::{Actor, Dialect, Role};
use pbx::broadcast::{self, Kind, NewBroadcast, Part, Plan, Script};
use pbx::extension::{self, ExtensionPatch, NewExtension};
use pbx::greeting::Voice;
use pbx::group::{self, NewGroup};
use pbx::hotline::{self, NewHotline, Target};
use pbx::trunk::{self, NewTrunk};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use worker::speech::{Program, Speaker};
use worker::webhook::Sender;

/// A company that OMICall's client asks, with one extension, 101, and an engine in which nothing is up.
struct Omicall {
    w: World,
    /// Whether 101 has a phone that is registered.
    online: Arc<AtomicBool>,
    /// Who tells the registered addresses.
    sender: Option<Sender>,
    /// A key of the owner's; the usual one is a manager's.
    owner: String,
}

impl Stage for Omicall {
    async fn new() -> Omicall {
        let mut w = World::new(Dialect::Omicall).await;
        let online = Arc::new(AtomicBool::new(false));
        let extension = w.extension().await;
        let mut orders = std::mem::replace(&mut w.orders, tokio::sync::mpsc::channel(1).1);
        let registered = Arc::clone(&online);
        tokio::spawn(async move {
            while let Some(order) = orders.recv().await {
                match order {
                    Command::Originate(_, reply) => _ = reply.send(Ok(store::mint())),
                    Command::Presence { reply, .. } => {
                        let phone = Phone {
                            extension,
                            transport: "wss".into(),
                            address: "127.0.0.1:5".into(),
                            user_agent: String::new(),
                            expires_in_ms: 1_000,
                        };
                        let phones = registered.load(Ordering::Relaxed).then_some(phone).into_iter().collect();
                        _ = reply.send(Ok(Presence { phones, ..Presence::default() }));
                    }
                    other => panic!("{other:?}"),
                }
            }
        });
        let new =
            NewKey { name: "CRM".into(), dialect: Dialect::Omicall, role: Some(Role::Owner), ..NewKey::default() };
        let owner = key::create(&w.alpha.actor, &w.db, new).await.unwrap().secret;
        Omicall { w, online, sender: None, owner }
    }

    fn world(&self) -> &World {
        &self.w
    }

    fn known(&self) -> Known {
        let words = "lời ".repeat(60).trim().to_owned();
        let mut frame = vec![0xff, 0xfb, 0x90, 0x00];
        frame.resize(417, 0);
        let mp3 = base64::engine::general_purpose::STANDARD.encode(frame.repeat(39));
        let known = [
            ("key", self.w.alpha.key.clone()),
            ("owner", self.owner.clone()),
            ("domain", self.w.alpha.domain.clone()),
            ("60 words", words),
            ("mp3", mp3),
        ];
        known.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
    }

    async fn act(&mut self, what: &str, known: &mut Known) {
        match what {
            "Lan works at 101" => self.lan().await,
            "an extension 102" => self.extension("102").await,
            "two hotlines" => self.hotlines().await,
            "a machine speaks" => self.speaks(),
            "101 has a phone" => self.online.store(true, Ordering::Relaxed),
            "all numbers of phones are given" => self.all_numbers().await,
            "a call from outside that 101 answered" => {
                known.insert("call".to_owned(), self.w.talked().await.to_string());
            }
            "a call from outside rings, is answered and ends" => {
                known.insert("call".to_owned(), self.w.talked().await.to_string());
                self.sender = Some(self.w.sender());
            }
            "a receiver" => self.receiver(known).await,
            "2900 words were ordered today" => self.words_of_today().await,
            "the minutes of the day are used up" => self.minutes_used().await,
            "the key may ask once a minute" => self.slow_key().await,
            "the company is suspended" => {
                let operator = Actor::system(store::mint());
                account::tenant::suspend(&operator, &self.w.db, self.actor().tenant).await.unwrap();
            }
            other => panic!("nobody knows how to do: {other}"),
        }
    }
}

impl Omicall {
    fn actor(&self) -> &Actor {
        &self.w.alpha.actor
    }

    async fn lan(&self) {
        let login = "lan@alpha.vn".to_owned();
        let new = NewUser { login, name: "Lan".into(), email: None, role: Role::Agent, password: None };
        let user = account::user::create(self.actor(), &self.w.db, new).await.unwrap().id;
        let patch = ExtensionPatch { user: Some(Some(user)), ..ExtensionPatch::default() };
        extension::update(self.actor(), &self.w.db, self.w.extension().await, patch).await.unwrap();
    }

    async fn extension(&self, number: &str) {
        extension::create(self.actor(), &self.w.db, NewExtension::number(number)).await.unwrap();
    }

    async fn hotlines(&self) {
        let (actor, db) = (self.actor(), &self.w.db);
        trunk::create(actor, db, NewTrunk::by_address("Carrier", "127.0.0.30")).await.unwrap();
        let group = group::create(actor, db, NewGroup::of("First", [self.w.extension().await])).await.unwrap().id;
        for number in ["02873000001", "02873000002"] {
            hotline::create(actor, db, NewHotline::to(number, Target::Group(group))).await.unwrap();
        }
    }

    /// Whatever it is to say, it says the same tone.
    fn speaks(&mut self) {
        use std::os::unix::fs::PermissionsExt;
        let (sound, program) = (self.w.db.folder().join("said.wav"), self.w.db.folder().join("speaks"));
        std::fs::write(&sound, media::sound::to_wav(&media::sound::tone(440.0, 200))).unwrap();
        std::fs::write(&program, format!("#!/bin/sh\ncat > /dev/null; cat {}\n", sound.display())).unwrap();
        std::fs::set_permissions(&program, PermissionsExt::from_mode(0o755)).unwrap();
        self.w.spoken_by(Speaker::Program(Program { path: program }));
    }

    async fn all_numbers(&self) {
        let there =
            extension::list(self.actor(), &self.w.db, None, model::PageRequest { limit: 200, after: None }).await;
        let there: Vec<String> = there.unwrap().items.into_iter().map(|one| one.number).collect();
        let free: Vec<String> =
            (101..=9_999).map(|number| number.to_string()).filter(|number| !there.contains(number)).collect();
        for part in free.chunks(500) {
            let new = part.iter().map(|number| NewExtension::number(number.clone())).collect();
            extension::create_many(self.actor(), &self.w.db, new).await.unwrap();
        }
    }

    async fn receiver(&mut self, known: &mut Known) {
        let receiver = Receiver::start().await;
        known.insert("crm".to_owned(), format!("http://{}", receiver.address));
        self.w.router = heard::beside(self.w.router.clone(), receiver);
    }

    async fn words_of_today(&self) {
        let text = || Part::Text("lời ".repeat(58).trim().to_owned());
        for _ in 0..10 {
            let parts = vec![text(), text(), text(), text(), text()];
            let script = Script { parts, times: 1, voice: Voice::default(), speed: 0, code: None };
            let new = NewBroadcast {
                kind: Kind::Message,
                name: "Trước đó".into(),
                hotline: None,
                script,
                plan: Plan { retries: 0, retry_gap_ms: 0, at_once: 1 },
                numbers: vec!["0901234567".into()],
            };
            broadcast::create(self.actor(), &self.w.db, new).await.unwrap();
        }
    }

    async fn minutes_used(&self) {
        let patch = pbx::limits::LimitsPatch { outbound_minutes_per_day: Some(1), ..Default::default() };
        pbx::limits::change(self.actor(), &self.w.db, None, patch).await.unwrap();
        let now = store::now().as_millis();
        let talked = |record: &mut pbx::calls::CallRecord| {
            record.direction = call::Direction::Outbound;
            (record.started_at, record.answered_at, record.ended_at) =
                (now - 120_000, Some(now - 100_000), now - 1_000);
        };
        self.w.ended(&self.w.alpha, talked).await;
    }

    async fn slow_key(&self) {
        let page = model::PageRequest::first();
        let all = key::list(self.actor(), &self.w.db, page).await.unwrap().items;
        let own = all.iter().find(|key| key.dialect == Dialect::Omicall).unwrap();
        let patch = KeyPatch { requests_per_minute: Some(Some(1)), ..KeyPatch::default() };
        key::update(self.actor(), &self.w.db, own.id, patch).await.unwrap();
    }
}

#[tokio::test]
async fn all_that_omicall_documents_is_answered_so() {
    replay_all::<Omicall>("omicall").await;
}
