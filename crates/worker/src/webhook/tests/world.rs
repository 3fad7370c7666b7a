//! A company with an owner, a clock that stands still until it is moved, and senders that follow it.

use super::super::sign::Secret;
use super::super::{Config, Delivery, Endpoint, Guard, NewEndpoint, Sender, State, service};
use super::receiver::Receiver;
use model::{Actor, CallId, EndpointId, PageRequest, Role, Timestamp};
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;
use store::{Db, NewEvent};

pub(super) struct World {
    db: Db,
    pub(super) owner: Actor,
    clock: Arc<AtomicI64>,
}

pub(super) fn loopback() -> Guard {
    Guard::new(vec!["127.0.0.0/8".parse().unwrap()])
}

pub(super) fn hours(count: u64) -> Duration {
    Duration::from_secs(count * 3600)
}

impl World {
    pub(super) async fn new(db: &Db) -> World {
        let name = format!("Company {}", store::mint::secret_text(8));
        let new = account::tenant::NewTenant::named(name);
        let tenant = account::tenant::create(&Actor::system(store::mint()), db, new).await.unwrap();
        let owner = Actor { tenant: tenant.id, role: Role::Owner, user: None, key: None };
        World { db: db.clone(), owner, clock: Arc::new(AtomicI64::new(store::now().as_millis())) }
    }

    pub(super) async fn endpoint(&self, receiver: &Receiver, kinds: &[&str]) -> (Endpoint, Secret) {
        let url = format!("http://{}/hook", receiver.address);
        let kinds = kinds.iter().map(|k| (*k).to_owned()).collect();
        let new = NewEndpoint { url, kinds, ..NewEndpoint::default() };
        service::create(&self.owner, &self.db, &loopback(), new).await.unwrap()
    }

    pub(super) fn sender(&self) -> Sender {
        self.sender_with(|_| {})
    }

    pub(super) fn sender_with(&self, change: impl FnOnce(&mut Config)) -> Sender {
        let clock = self.clock.clone();
        let mut config = Config::new(loopback());
        config.clock = Arc::new(move || Timestamp(clock.load(Ordering::Relaxed)));
        config.poll = Duration::from_millis(20);
        config.timeout = Duration::from_millis(500);
        change(&mut config);
        Sender::start(self.db.clone(), config).unwrap()
    }

    pub(super) fn advance(&self, by: Duration) {
        self.clock.fetch_add(by.as_millis() as i64, Ordering::Relaxed);
    }

    pub(super) async fn tell(&self, kind: &'static str, call: Option<CallId>, data: &str) {
        let mut tx = self.db.write(self.owner.tenant).await.unwrap();
        tx.emit(NewEvent { kind, call, data: data.to_owned() });
        tx.commit().await.unwrap();
    }

    /// Waits until the newest delivery is in this state.
    pub(super) async fn reaches(&self, id: EndpointId, state: State) -> Delivery {
        self.eventually(id, |delivery| delivery.state == state).await
    }

    /// Waits until the newest delivery has been attempted so often.
    pub(super) async fn attempts_are(&self, id: EndpointId, attempts: i64) {
        self.eventually(id, |delivery| delivery.attempts == attempts).await;
    }

    /// Waits until so many deliveries have been tried so often.
    pub(super) async fn tried(&self, id: EndpointId, count: usize, attempts: i64) {
        for _ in 0..2_000 {
            let page = service::deliveries(&self.owner, &self.db, id, None, PageRequest::first()).await.unwrap();
            if page.items.iter().filter(|delivery| delivery.attempts >= attempts).count() == count {
                return;
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        panic!("the deliveries were never tried {attempts} times");
    }

    /// Waits until so many deliveries are there, all delivered.
    pub(super) async fn are_delivered(&self, id: EndpointId, count: usize) {
        for _ in 0..2_000 {
            let page = service::deliveries(&self.owner, &self.db, id, None, PageRequest::first()).await.unwrap();
            if page.items.len() == count && page.items.iter().all(|delivery| delivery.state == State::Delivered) {
                return;
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        panic!("the deliveries never got there");
    }

    async fn eventually(&self, id: EndpointId, holds: impl Fn(&Delivery) -> bool) -> Delivery {
        for _ in 0..2_000 {
            let page = service::deliveries(&self.owner, &self.db, id, None, PageRequest::first()).await.unwrap();
            if let Some(delivery) = page.items.into_iter().next().filter(&holds) {
                return delivery;
            }
            // The database tells nobody when a delivery changes, so the test looks again.
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        panic!("the delivery never got there");
    }
}
