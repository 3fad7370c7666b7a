//! Companies brought over from our own faces, as another vendor's.

use super::{Report, Wanted, run};
use account::key::{self, NewKey};
use account::tenant::{self, NewTenant, Tenant};
use account::user::{self, NewUser};
use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::Request;
use compat::import::{Asked, Line, Question, Reply, Source, Vendor};
use crm::contact::{self, Kind as ContactKind, Phone, Profile};
use model::{Actor, Dialect, PageRequest, Problem, Role};
use pbx::calls::{self, Filter, Foreign, take_over};
use pbx::extension::{self, ExtensionPatch, NewExtension};
use pbx::flow::{self, FlowPatch, NewFlow};
use pbx::greeting::{self, NewGreeting, Speech, Voice};
use pbx::group::{self, GroupPatch, NewGroup, Strategy};
use pbx::hotline::{self, NewHotline, Target};
use pbx::trunk::{self, NewTrunk};
use serde_json::json;
use std::sync::atomic::{AtomicUsize, Ordering};
use store::testing::{TestDb, sqlite};
use tower::ServiceExt;
use worker::sound::Sounds;
use worker::speech::{Program, Speaker};
use worker::webhook::Guard;

/// Our faces as the far end of a line that stops answering after so many questions.
struct Far {
    router: Router,
    base: &'static str,
    patience: AtomicUsize,
}

impl Line for Far {
    fn ask<'a>(&'a self, question: Question) -> Asked<'a> {
        Box::pin(async move {
            let left = self.patience.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |left| left.checked_sub(1));
            if left.is_err() {
                return Err(Problem::busy("vendor_unreachable", "The line is cut."));
            }
            let request = Request::builder()
                .method(question.method)
                .uri(format!("{}{}", self.base, question.path))
                .header("content-type", "application/json")
                .header("authorization", format!("Bearer {}", question.bearer));
            let body = question.body.map_or_else(Body::empty, |body| Body::from(body.to_string()));
            let response = self.router.clone().oneshot(request.body(body).unwrap()).await.unwrap();
            let status = response.status().as_u16();
            let bytes = to_bytes(response.into_body(), usize::MAX).await.unwrap();
            Ok(Reply { status, body: String::from_utf8(bytes.to_vec()).unwrap() })
        })
    }
}

struct World {
    db: TestDb,
    theirs: Actor,
    ours: Tenant,
    far: Far,
    key: String,
    vendor: Vendor,
    sounds: Sounds,
}

const SPAN: (i64, i64) = (0, 90 * 24 * 3600 * 1000);

impl World {
    /// A company with people, phones, a hotline, a ring group and 250 calls, and one that has a trunk only.
    async fn new(vendor: Vendor) -> World {
        let db = sqlite().await;
        let operator = Actor::system(store::mint());
        let mut companies = Vec::new();
        for (name, address) in [("Theirs", "127.0.0.30"), ("Ours", "127.0.0.31")] {
            let made = tenant::create(&operator, &db, NewTenant::named(name)).await.unwrap();
            let trunk = NewTrunk::by_address("Carrier", address);
            trunk::create(&Actor::system(made.id), &db, trunk).await.unwrap();
            companies.push(made);
        }
        let (ours, theirs) = (companies.pop().unwrap(), Actor::system(companies.pop().unwrap().id));
        furnish(&db, &theirs).await;
        let (dialect, base) = match vendor {
            Vendor::Etelecom => (Dialect::Etelecom, "/etelecom/v1/shop"),
            Vendor::Omicall => (Dialect::Omicall, "/omicrm"),
            Vendor::Antring => (Dialect::Antring, "/antring"),
            Vendor::Voicecloud => (Dialect::Voicecloud, "/voicecloud"),
        };
        let new = NewKey { name: "Import".into(), dialect, role: Some(Role::Owner), ..NewKey::default() };
        let made = key::create(&theirs, &db, new).await.unwrap();
        let key = match (vendor, made.key.public_id) {
            (Vendor::Antring, Some(id)) => format!("{id}:{}", made.secret),
            _ => made.secret,
        };
        let sounds = Sounds::new((*db).clone(), db.folder().to_owned()).spoken_by(speaker(&db));
        let state = compat::State {
            sounds: sounds.clone(),
            gate: account::Gate::new((*db).clone()),
            bus: bus::Bus::new().0,
            objects: store::objects::Objects::local(db.folder().to_owned()),
            root: "https://theirs.example".into(),
            guard: Guard::new(Vec::new()),
            logins: rest::Logins::default(),
            sip_port: 5060,
            carrier: std::sync::Arc::new(sms::Nobody),
        };
        let router = compat::router(state, &compat::Prefixes::default());
        let far = Far { router, base, patience: AtomicUsize::new(usize::MAX) };
        World { db, theirs, ours, far, key, vendor, sounds }
    }

    async fn bring(&self, dry: bool) -> anyhow::Result<Report> {
        let wanted = Wanted {
            company: self.ours.clone(),
            vendor: self.vendor.as_str(),
            source: Source::open(self.vendor, &self.far, &self.key).await?,
            span: SPAN,
            place: self.db.folder().join("import.json"),
            sounds: self.sounds.clone(),
            dry,
        };
        run(&self.db, &wanted).await
    }

    fn actor(&self) -> Actor {
        Actor::system(self.ours.id)
    }

    /// All that a company has, in words that are the same wherever it is.
    async fn furniture(&self, actor: &Actor) -> Vec<String> {
        let db = &self.db;
        let page = || PageRequest { limit: PageRequest::MAX, after: None };
        let mut all = Vec::new();
        let hotlines = hotline::list(actor, db, page()).await.unwrap().items;
        let groups = group::list(actor, db, page()).await.unwrap().items;
        let extensions = extension::list(actor, db, None, page()).await.unwrap().items;
        let number = |id| extensions.iter().find(|one| one.id == id).map(|one| one.number.clone()).unwrap();
        for one in &extensions {
            let shown = hotlines.iter().find(|hotline| Some(hotline.id) == one.hotline).map(|hotline| &hotline.number);
            let password = extension::password(actor, db, one.id).await.unwrap();
            all.push(format!("extension {} {password} {shown:?} {}", one.number, one.user.is_some()));
        }
        let flows = flow::list(actor, db, page()).await.unwrap().items;
        let greetings = greeting::list(actor, db, page()).await.unwrap().items;
        let sound = |id| greetings.iter().find(|one| one.id == id).map(|one| one.name.clone()).unwrap();
        let flow = |id| flows.iter().find(|one| one.id == id).map(|one| one.name.clone()).unwrap();
        let group_name = |id| groups.iter().find(|one| one.id == id).map(|one| one.name.clone()).unwrap();
        let named = |target: Target| match target {
            Target::Flow(id) => flow(id),
            Target::Group(id) => group_name(id),
            Target::Extension(id) | Target::Voicemail(id) => number(id),
            Target::Greeting(id) => sound(id),
            Target::Queue(id) => id.to_string(),
        };
        for group in &groups {
            let members: Vec<String> = group.members.iter().map(|member| number(member.extension)).collect();
            let (how, on) = (group.strategy, group.on_no_answer.map(named));
            all.push(format!("group {} {members:?} {how:?} {} {on:?}", group.name, group.ring_ms));
        }
        for one in &greetings {
            all.push(format!("greeting {} {:?}", one.name, one.speech));
        }
        // A graph in names instead of ids.
        for one in &flows {
            let mut graph = serde_json::to_string(&one.graph).unwrap();
            for (id, name) in flows.iter().map(|one| (one.id.to_string(), one.name.clone())).chain(
                groups
                    .iter()
                    .map(|one| (one.id.to_string(), one.name.clone()))
                    .chain(greetings.iter().map(|one| (one.id.to_string(), one.name.clone()))),
            ) {
                graph = graph.replace(&id, &name);
            }
            all.push(format!("flow {} {graph}", one.name));
        }
        let contacts = contact::list(actor, db, contact::Filter::default(), page()).await.unwrap().items;
        for one in contacts {
            let mut profile = one.profile;
            profile.external_ids.remove("omicall_id");
            profile.owner = None;
            all.push(format!("contact {profile:?}"));
        }
        for hotline in &hotlines {
            all.push(format!("hotline {} {} {}", hotline.number, hotline.name, named(hotline.target)));
        }
        // Each list has an order of its own.
        all.sort();
        let mut walk = calls::Walk { from: None, upward: true, limit: 200 };
        loop {
            let (found, more) = calls::walk(actor, db, Filter::default(), walk).await.unwrap();
            for call in found.iter().map(|detail| &detail.call) {
                let extension = call.extension.map(number);
                let [caller, callee] = [&call.caller_number, &call.callee_number];
                let (way, status, talked) = (call.direction.as_str(), call.status.as_str(), call.talk_ms);
                all.push(format!("call {} {way} {status} {caller} {callee} {extension:?} {talked}", call.started_at));
            }
            let last = found.last().map(|detail| (detail.call.started_at, detail.call.id));
            match (more, last) {
                (true, Some(last)) => walk.from = Some(last),
                _ => break,
            }
        }
        all
    }
}

/// A machine that speaks the same tone, whatever the text.
fn speaker(db: &TestDb) -> Speaker {
    use std::os::unix::fs::PermissionsExt;
    let (sound, program) = (db.folder().join("said.wav"), db.folder().join("speaks"));
    std::fs::write(&sound, media::sound::to_wav(&media::sound::tone(440.0, 200))).unwrap();
    std::fs::write(&program, format!("#!/bin/sh\ncat > /dev/null; cat {}\n", sound.display())).unwrap();
    std::fs::set_permissions(&program, PermissionsExt::from_mode(0o755)).unwrap();
    Speaker::Program(Program { path: program })
}

/// A greeting that a machine spoke, or one that somebody recorded.
async fn greeting_of(db: &TestDb, actor: &Actor, name: &str, text: Option<&str>) -> model::GreetingId {
    let speech = text.map(|text| Speech { text: text.into(), voice: Voice::SouthernWoman, speed: 1 });
    let new = NewGreeting { id: store::mint(), name: name.into(), duration_ms: 1, size_bytes: 1, speech };
    greeting::create(actor, db, new).await.unwrap().id
}

/// Two menus that lead to each other, the first of them to the group too; callers whom nobody of the group answers come to the
/// second.
async fn menus(db: &TestDb, actor: &Actor, group: model::GroupId) -> model::FlowId {
    let hello = greeting_of(db, actor, "Xin chào", Some("Xin chào quý khách")).await;
    let bye = greeting_of(db, actor, "Tạm biệt", None).await;
    let bare = || serde_json::from_value(json!({ "start": "e", "nodes": { "e": { "type": "hangup" } } })).unwrap();
    let top = flow::create(actor, db, NewFlow { name: "Chính".into(), graph: bare() }).await.unwrap().id;
    let sub = flow::create(actor, db, NewFlow { name: "Kỹ thuật".into(), graph: bare() }).await.unwrap().id;
    let menu = |options: serde_json::Value, failures: serde_json::Value| {
        json!({ "type": "menu", "greeting": hello.to_string(), "timeout_ms": 5000, "max_failures": 2,
                "options": options, "on_failures": failures })
    };
    let graph = json!({ "start": "menu", "nodes": {
        "menu": menu(json!({ "1": "key_1", "2": "key_2" }), json!("otherwise")),
        "key_1": { "type": "ring_group", "group": group.to_string() },
        "key_2": { "type": "flow", "flow": sub.to_string() },
        "otherwise": { "type": "play", "greeting": bye.to_string(), "next": "otherwise_end" },
        "otherwise_end": { "type": "hangup", "cause": "flow_ended" },
    } });
    let back = json!({ "start": "menu", "nodes": {
        "menu": menu(json!({ "0": "key_0" }), serde_json::Value::Null),
        "key_0": { "type": "flow", "flow": top.to_string() },
    } });
    for (id, graph) in [(top, graph), (sub, back)] {
        let patch = FlowPatch { graph: Some(serde_json::from_value(graph).unwrap()), ..FlowPatch::default() };
        flow::update(actor, db, id, patch).await.unwrap();
    }
    let patch = GroupPatch { on_no_answer: Some(Some(Target::Flow(sub))), ..GroupPatch::default() };
    group::update(actor, db, group, patch).await.unwrap();
    top
}

/// More customers than one page of any list holds.
async fn customers(db: &TestDb, actor: &Actor) {
    for n in 0..230 {
        let phone = Phone { number: format!("0902{n:06}"), kind: ContactKind::Office };
        let profile = Profile {
            name: format!("Khách {n:03}"),
            phones: if n % 10 == 9 { Vec::new() } else { vec![phone] },
            note: "Gọi buổi sáng".into(),
            labels: vec!["VIP".into()],
            fields: [("Zalo".to_owned(), n.to_string())].into(),
            external_ids: [("omicall".to_owned(), format!("crm-{n}"))].into(),
            ..Profile::default()
        };
        contact::create(actor, db, profile).await.unwrap();
    }
}

async fn furnish(db: &TestDb, actor: &Actor) {
    let mut ids = Vec::new();
    for number in ["101", "102", "103"] {
        let new = NewExtension { password: Some(format!("secret-{number}")), ..NewExtension::number(number) };
        ids.push(extension::create(actor, db, new).await.unwrap().extension.id);
    }
    let ring = NewGroup { strategy: Strategy::Random, ring_ms: 15_000, ..NewGroup::of("Sales", ids[..2].to_vec()) };
    let group = group::create(actor, db, ring).await.unwrap();
    let new = NewHotline { name: Some("Sales".into()), ..NewHotline::to("02873000001", Target::Group(group.id)) };
    let hotline = hotline::create(actor, db, new).await.unwrap();
    let top = menus(db, actor, group.id).await;
    hotline::create(actor, db, NewHotline::to("02873000002", Target::Flow(top))).await.unwrap();
    customers(db, actor).await;
    let new = NewUser {
        login: "lan@theirs.example".into(),
        name: "Lan".into(),
        email: None,
        role: Role::Agent,
        password: None,
    };
    let lan = user::create(actor, db, new).await.unwrap();
    for (place, id) in ids[..2].iter().enumerate() {
        let user = (place == 0).then_some(Some(lan.id));
        let patch = ExtensionPatch { hotline: Some(Some(hotline.id)), user, ..ExtensionPatch::default() };
        extension::update(actor, db, *id, patch).await.unwrap();
    }
    let made: Vec<Foreign> = (0..250)
        .map(|n: i64| {
            let answered = n % 3 != 0;
            let started_at = 1_000_000 + n * 20_000_000;
            Foreign {
                key: n.to_string(),
                direction: if n % 2 == 0 { call::Direction::Inbound } else { call::Direction::Outbound },
                caller: if n % 2 == 0 { "+84901234567".into() } else { "101".into() },
                callee: if n % 2 == 0 { "+842873000001".into() } else { "+84901234567".into() },
                extension: Some(ids[usize::try_from(n % 3).unwrap()]),
                hotline: None,
                started_at,
                answered_at: answered.then_some(started_at + 4_000),
                ended_at: started_at + 4_000 + n * 1_000,
            }
        })
        .collect();
    take_over(actor, db, "test", &made).await.unwrap();
}

/// What is left of a line where the vendor does not tell all of it. eTelecom has groups for its hotlines, and neither flows,
/// greetings nor contacts; OMICall tells no hotlines' names and a number for each extension.
fn told_by(vendor: Vendor, line: &str) -> Option<String> {
    let kind = line.split(' ').next().unwrap();
    match (vendor, kind) {
        (_, "call") => Some(line.to_owned()),
        (Vendor::Omicall, "extension") => Some(line.split(' ').take(3).collect::<Vec<&str>>().join(" ")),
        (Vendor::Omicall, "hotline") => {
            let parts: Vec<&str> = line.splitn(4, ' ').collect();
            Some(format!("hotline {} {}", parts[1], parts[3]))
        }
        (Vendor::Omicall, _) => Some(line.to_owned()),
        (_, "extension") => Some(line.replace(" true", " false")),
        // The group with its members, and the number with its name.
        (_, "group") => line.split_once(']').map(|(start, _)| start.to_owned()),
        (_, "hotline") => line.rsplit_once(' ').map(|(start, _)| start.to_owned()),
        _ => None,
    }
}

/// Stops at the first line that is not the same: the lists are long.
fn same(found: &[String], expected: &[String]) {
    for (found, expected) in found.iter().zip(expected) {
        assert_eq!(found, expected);
    }
    assert_eq!(found.len(), expected.len());
}

async fn comes_over(vendor: Vendor) {
    let mut w = World::new(vendor).await;
    let expected = w.furniture(&w.theirs).await;
    let empty = w.furniture(&w.actor()).await;
    let dry = w.bring(true).await.unwrap();
    assert_eq!(w.furniture(&w.actor()).await, empty, "a dry run writes nothing");
    assert_eq!((dry.counts["extensions"], dry.counts["calls"]), ((3, 0), (250, 0)), "{dry}");

    // The sound of what somebody recorded is told by no API: it is uploaded by hand.
    greeting_of(&w.db, &w.actor(), "Tạm biệt", None).await;
    // The line is cut again and again: each run goes on where the one before stopped.
    let mut runs = 0;
    let last = loop {
        w.far.patience = AtomicUsize::new(if vendor == Vendor::Omicall { 12 } else { 6 });
        runs += 1;
        match w.bring(false).await {
            Ok(report) => break report,
            Err(_) => assert!(runs < 20, "it never ends"),
        }
    };
    assert!(runs > 1, "the line was cut");
    // A login belongs to one company of a server: here their person cannot be ours as well.
    let others = |list: &[String]| list.iter().filter_map(|line| told_by(vendor, line)).collect::<Vec<String>>();
    same(&others(&w.furniture(&w.actor()).await), &others(&expected));
    assert!(last.notes.iter().any(|note| note.contains("lan@theirs.example")), "{last}");

    w.far.patience = AtomicUsize::new(usize::MAX);
    let again = w.bring(false).await.unwrap();
    assert_eq!((again.counts["extensions"], again.counts["calls"]), ((0, 3), (0, 250)), "{again}");
    same(&others(&w.furniture(&w.actor()).await), &others(&expected));
    assert!(!w.db.folder().join("import.json").exists());

    w.key = "wrong".into();
    assert!(w.bring(false).await.unwrap_err().to_string().contains("vendor"), "a wrong key is told");
}

#[tokio::test]
async fn a_company_comes_over_from_etelecom_once_however_often_the_line_is_cut() {
    comes_over(Vendor::Etelecom).await;
}

#[tokio::test]
async fn a_company_comes_over_from_omicall_once_however_often_the_line_is_cut() {
    comes_over(Vendor::Omicall).await;
}

/// The vendors whose API tells calls alone.
async fn calls_come_over(vendor: Vendor) {
    let mut w = World::new(vendor).await;
    let dry = w.bring(true).await.unwrap();
    assert_eq!(dry.counts["calls"], (250, 0), "{dry}");
    let mut runs = 0;
    loop {
        w.far.patience = AtomicUsize::new(4);
        runs += 1;
        match w.bring(false).await {
            Ok(report) => break assert!(report.notes.iter().any(|note| note.contains("the vendor's API tells none"))),
            Err(_) => assert!(runs < 20, "it never ends"),
        }
    }
    assert!(runs > 1, "the line was cut");
    w.far.patience = AtomicUsize::new(usize::MAX);
    assert_eq!(w.bring(false).await.unwrap().counts["calls"], (0, 250));
    let story = async |actor: &Actor| {
        let mut told = Vec::new();
        let mut page = Some(PageRequest { limit: PageRequest::MAX, after: None });
        while let Some(wanted) = page.take() {
            let found = calls::list(actor, &w.db, Filter::default(), wanted).await.unwrap();
            told.extend(found.items.iter().map(|call| {
                let talked = call.answered_at.is_some();
                // Of a call of ours AntRing tells the person's own number, whatever it showed.
                let caller = Some(&call.caller_number).filter(|number| number.starts_with('+'));
                format!("{} {} {caller:?} {talked}", call.started_at, call.duration_ms / 1000)
            }));
            page = found.next.map(|after| PageRequest { limit: PageRequest::MAX, after: Some(after) });
        }
        told
    };
    same(&story(&w.actor()).await, &story(&w.theirs).await);
    w.key = "wrong".into();
    assert!(w.bring(false).await.is_err(), "a wrong key is told");
}

#[tokio::test]
async fn the_calls_of_a_company_come_over_from_antring() {
    calls_come_over(Vendor::Antring).await;
}

#[tokio::test]
async fn the_calls_of_a_company_come_over_from_voicecloud() {
    calls_come_over(Vendor::Voicecloud).await;
}
