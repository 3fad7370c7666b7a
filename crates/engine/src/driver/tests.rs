//! A panic ends its own call and nothing else. The engine is whole here: real sockets, real phones, a real database.

use super::Letter;
use crate::{Config, Engine};
use account::tenant::{self, NewTenant};
use bus::Bus;
use e2e::{Call, Phone, until};
use model::{Actor, CallId, Cause, EndedBy, PageRequest};
use pbx::calls::Filter;
use pbx::extension::{self, NewExtension};
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use store::testing::{TestDb, sqlite};

/// Where the panic comes from: nothing outside tests hangs up with this cause.
pub(super) fn explode_if_told(letter: &Letter) {
    assert!(!matches!(letter, Letter::Hangup(Cause::Failed)), "a bug in a call's task");
}

struct House {
    engine: Engine,
    bus: Bus,
    actor: Actor,
    domain: String,
    db: TestDb,
}

impl House {
    async fn build() -> House {
        let db = sqlite().await;
        let operator = Actor::system(store::mint());
        let company = tenant::create(&operator, &db, NewTenant::named("Acme")).await.expect("a company");
        let actor = Actor::system(company.id);
        for number in ["101", "102", "103", "104"] {
            let new = NewExtension { password: Some(format!("pw{number}")), ..NewExtension::number(number) };
            extension::create(&actor, &db, new).await.expect("an extension");
        }
        let here = IpAddr::from(Ipv4Addr::LOCALHOST);
        let any = SocketAddr::from((here, 0));
        let config = Config {
            sip: sip::Config { udp: vec![any], tcp: Vec::new(), ..sip::Config::default() },
            media: media::Config { bind: here, advertise: here, ports: 40_000..=40_999, ..media::Config::default() },
            data: db.folder().join("data"),
            spool: db.folder().join("spool"),
            limits: call::Limits::default(),
            never_record: false,
            probe_every: std::time::Duration::from_secs(10),
            capture: crate::capture::Config::default(),
            outside: std::sync::Arc::new(crate::outside::Nobody),
        };
        let (bus, orders) = Bus::new();
        let engine = Engine::start(config, db.clone(), bus.clone(), orders).await.expect("an engine");
        House { engine, bus, actor, domain: company.domain, db }
    }

    async fn phone(&self, number: &str) -> Phone {
        let server = self.engine.udp_addr().expect("it listens");
        let phone = Phone::new(server, &self.domain, number, &format!("pw{number}")).await;
        assert_eq!(phone.register().await, 200);
        phone
    }

    /// The newest call that is up.
    fn newest(&self) -> CallId {
        self.bus.live(self.actor.tenant).last().expect("a call is up").id
    }

    fn explode(&self, call: CallId) {
        assert!(self.engine.shared.routes.hang_up(self.actor.tenant, call, Cause::Failed));
    }

    async fn record(&self, id: CallId) -> pbx::calls::Call {
        until("the record", async || {
            let page = PageRequest { limit: 10, after: None };
            let list = pbx::calls::list(&self.actor, &self.db, Filter::default(), page).await.expect("a page");
            list.items.into_iter().find(|call| call.id == id)
        })
        .await
    }

    /// Waits until only so many calls are left, of two legs each.
    async fn leaves(&self, calls: usize) {
        until(&format!("what {calls} calls need is left"), async || {
            let counts = self.engine.counts();
            let left = [counts.legs, counts.sip.dialogs, counts.media.legs];
            let good = counts.calls == calls && left == [2 * calls; 3] && counts.media.recordings == calls;
            (good && self.bus.live_count() == calls).then_some(())
        })
        .await;
    }
}

async fn connect(caller: &Phone, number: &str, callee: &Phone) -> (Call, Call) {
    let mut calling = caller.dial(number).await;
    let mut called = callee.rings().await;
    called.answer().await;
    calling.answered().await;
    talk(&calling, &called).await;
    (calling, called)
}

async fn talk(one: &Call, other: &Call) {
    one.voice.say(Some(440.0));
    other.voice.say(Some(1_000.0));
    tokio::join!(one.voice.hears(1_000.0), other.voice.hears(440.0));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_panic_ends_its_call_alone() {
    let house = House::build().await;
    let phones = ["101", "102", "103", "104"].map(|number| house.phone(number));
    let [a, b, c, d] = futures_util::future::join_all(phones).await.try_into().expect("four phones");
    let (mut one, mut two) = connect(&a, "102", &b).await;
    let broken = house.newest();
    let (mut three, mut four) = connect(&c, "104", &d).await;
    let healthy = house.newest();
    three.voice.forget();

    house.explode(broken);
    tokio::join!(one.hung_up(), two.hung_up());
    house.leaves(1).await;
    let record = house.record(broken).await;
    assert_eq!((record.cause, record.ended_by), (Cause::Failed, EndedBy::System));
    assert!(record.answered_at.is_some() && record.ended_at >= record.started_at, "{record:?}");
    until("its recording is kept", async || pbx::calls::recording(&house.actor, &house.db, broken).await.ok()).await;

    talk(&three, &four).await;
    assert_eq!(three.voice.heard().lost, 0, "the other call did not notice");
    assert_eq!(three.hang_up().await, 200);
    four.hung_up().await;
    house.leaves(0).await;
    assert_eq!(house.record(healthy).await.cause, Cause::Normal);

    let (mut again, mut answered) = connect(&a, "102", &b).await;
    again.hang_up().await;
    answered.hung_up().await;
    house.leaves(0).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_panic_while_it_rings_refuses_the_caller_and_stops_the_ringing() {
    let house = House::build().await;
    let (a, b) = (house.phone("101").await, house.phone("102").await);
    let mut calling = a.dial("102").await;
    let mut called = b.rings().await;
    calling.ringing().await;
    let broken = house.newest();
    house.explode(broken);
    assert_eq!(calling.refused().await.status(), 500);
    called.cancelled().await;
    let record = house.record(broken).await;
    assert_eq!((record.cause, record.answered_at), (Cause::Failed, None));
    house.leaves(0).await;
}
