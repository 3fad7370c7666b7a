//! Where the outside comes in: INVITEs become calls, signals and media events go to the mailbox of their call, orders
//! from the bus are carried out. Nothing here waits.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use bus::{Command as Order, Originate, Place};
use bytes::Bytes;
use call::{Input, Origin};
use model::{CallId, Cause, ExtensionId, Id, Kind, Problem};
use pbx::snapshot::Tenant;
use sip::{Command, Event, Incoming};
use tokio::sync::{Semaphore, oneshot};

use crate::blf;
use crate::directory::Inbound;
use crate::driver::{Driver, Replacing};
use crate::load;
use crate::mwi;
use crate::pickup;
use crate::placing;
use crate::recordings::{End, Recordings};
use crate::refusals;
use crate::routes::Letter;
use crate::shared::Shared;
use crate::shares::{Bound, Seat};
use crate::wants;

/// How many calls are looked into at once.
const LOOKS: usize = 4;

/// The three inlets share this.
pub(crate) struct Intake {
    shared: Arc<Shared>,
    draining: AtomicBool,
    looks: Arc<Semaphore>,
}

impl Intake {
    pub(crate) fn new(shared: Arc<Shared>) -> Self {
        Self { shared, draining: AtomicBool::new(false), looks: Arc::new(Semaphore::new(LOOKS)) }
    }

    /// From now on no call begins.
    pub(crate) fn drain(&self) {
        self.draining.store(true, Ordering::Relaxed);
        self.shared.stack.drain();
    }

    pub(crate) fn on_sip(&self, event: Event) {
        match event {
            Event::Incoming(incoming) => self.on_incoming(incoming),
            Event::Leg(leg, signal) => {
                let owed = matches!(signal, sip::Signal::Bye { .. });
                let delivered = self.shared.routes.deliver(leg.0, |id| Letter::Sip(id, signal));
                if !delivered && owed {
                    // The call is gone already; its record is written.
                    self.shared.stack.send(leg, Command::FinishBye);
                }
            }
            Event::Text(text) => self.on_text(&text),
            Event::Subscribed(subscribed) => self.on_subscribed(subscribed),
            Event::Unsubscribed(leg) => {
                self.shared.mwi.unsubscribed(leg);
                self.shared.blf.unsubscribed(leg);
            }
            Event::Bindings { account, contacts } => {
                let extension = ExtensionId::from_bits(account);
                tracing::debug!(extension.id = %extension, contacts, "registrations changed");
                let snapshot = self.shared.directory.snapshot();
                if let Some((tenant, _)) = snapshot.extension(extension).filter(|(t, _)| !t.queues.is_empty()) {
                    self.shared.queues.phones(tenant.id, extension, contacts > 0);
                }
                if contacts > 0 && snapshot.extension(extension).is_some_and(|(_, one)| one.mailbox.enabled) {
                    self.shared.mwi.changed(extension);
                }
            }
            Event::Registration { id, state } => self.shared.carriers.on_registration(id, state),
            Event::Probed { id, status } => self.shared.health.on_probed(id, status),
            Event::Trusted { host, state } => {
                self.shared.carriers.on_trusted(&self.shared.directory.snapshot(), &host, state);
            }
            Event::Traces(traces) => self.shared.captures.take_traces(traces, &self.shared.routes),
            Event::Shed { origin, dialled } => refusals::shed(&self.shared, origin, &dialled),
            Event::Refused { realm, user, source, why } => refusals::told(&self.shared, &realm, &user, source, why),
        }
    }

    pub(crate) fn on_media(&self, event: media::Event) {
        let tag = match &event {
            media::Event::Digit { tag, .. }
            | media::Event::PlayDone { tag }
            | media::Event::Silent { tag }
            | media::Event::Quiet { tag }
            | media::Event::Recorded { tag, .. }
            | media::Event::Closed { tag, .. } => *tag,
        };
        let orphan = match &event {
            media::Event::Recorded { path, bytes, duration_ms, complete, .. } => {
                Some((path.clone(), End { bytes: *bytes, duration_ms: *duration_ms, complete: *complete }))
            }
            media::Event::Digit { .. }
            | media::Event::PlayDone { .. }
            | media::Event::Silent { .. }
            | media::Event::Quiet { .. }
            | media::Event::Closed { .. } => None,
        };
        let delivered = self.shared.routes.deliver(tag, |id| Letter::Media(id, event));
        // The call's task is gone, or gave up waiting; the recording still belongs to the call's record.
        if let Some((path, end)) = orphan.filter(|_| !delivered) {
            Recordings::finish_file(&self.shared, &path, end);
        }
    }

    pub(crate) fn on_order(&self, order: Order) {
        match order {
            Order::Originate(originate, reply) => {
                // Whoever asked may have gone away; the call goes on.
                let _ = reply.send(self.originate(&originate));
            }
            Order::Place(place, reply) => self.place(*place, reply),
            Order::Hangup { tenant, call, reply } => {
                let found = self.shared.routes.hang_up(tenant, call, Cause::Normal);
                let _ = reply.send(if found { Ok(()) } else { Err(Problem::not_found("live call")) });
            }
            Order::Want { tenant, call, by, want, reply } => {
                wants::hand_over(&self.shared, (tenant, call), wants::Wanted { by, want, reply });
            }
            Order::Presence { tenant, reply } => {
                let _ = reply.send(Ok(crate::presence::of(&self.shared, tenant)));
            }
            Order::Queues { tenant, reply } => self.shared.queues.show(tenant, reply),
            Order::AgentsChanged => self.shared.queues.wished(),
            Order::MessagesChanged(extension) => self.shared.mwi.changed(extension),
            Order::Capture { tenant, call, reply } => {
                self.look(reply, move |shared| async move { shared.captures.of(tenant, call, &shared.routes).await });
            }
            Order::Pcap { tenant, call, media, reply } => {
                self.look(reply, move |shared| async move {
                    shared.captures.pcap((tenant, call), media, &shared.routes).await
                });
            }
            Order::Watch(watch, reply) => {
                let _ = reply.send(self.watch(watch));
            }
            Order::Unwatch { tenant, watch, reply } => {
                let _ = reply.send(self.shared.captures.watches.remove(tenant, watch, store::now()));
            }
            Order::Watches(tenant, reply) => {
                let _ = reply.send(Ok(self.shared.captures.watches.of(tenant)));
            }
        }
    }

    /// Looks into a call, a few at a time: each may read many megabytes.
    fn look<T, W>(&self, reply: oneshot::Sender<Result<T, Problem>>, work: impl FnOnce(Arc<Shared>) -> W)
    where
        T: Send + 'static,
        W: Future<Output = Result<T, Problem>> + Send + 'static,
    {
        let Ok(permit) = self.looks.clone().try_acquire_owned() else {
            let _ =
                reply.send(Err(Problem::busy("too_many_looks", "Several calls are looked into already; try again.")));
            return;
        };
        let work = work(self.shared.clone());
        tokio::spawn(async move {
            // Whoever asked may have gone away.
            let _ = reply.send(work.await);
            drop(permit);
        });
    }

    fn watch(&self, watch: bus::capture::Watch) -> Result<(), Problem> {
        let (tenant, target) = (watch.tenant, watch.target);
        self.shared.captures.watches.add(watch, store::now())?;
        if let bus::capture::Target::Call(call) = target
            && !self.shared.routes.ask(tenant, call, Letter::Watched)
        {
            return Err(Problem::not_found("live call"));
        }
        Ok(())
    }

    fn on_incoming(&self, incoming: Box<Incoming>) {
        let edge = incoming.leg;
        let refuse = |cause| self.shared.stack.send(edge, Command::Reject { cause });
        if self.draining.load(Ordering::Relaxed) {
            return refuse(Cause::ServerStopping);
        }
        let snapshot = self.shared.directory.snapshot();
        let (tenant, origin, dialled, number, name) = match incoming.origin {
            sip::Origin::Account(account) => {
                let id = ExtensionId::from_bits(account);
                let Some((tenant, extension)) = snapshot.extension(id) else { return refuse(Cause::Forbidden) };
                let (number, name) = (extension.number.clone(), extension.name.clone());
                (tenant.clone(), Origin::Extension(id), incoming.dialled.clone(), number, name)
            }
            sip::Origin::Carrier(source) => {
                // A number that nobody has is blamed on the only company that could be meant, so that its trail can
                // tell why the call did not ring.
                let found = self.shared.directory.inbound(source, &incoming.dialled, &incoming.to.user);
                let blamed = || {
                    let (tenant, trunk) = snapshot.only_trunk(source)?;
                    Some(Inbound { tenant, trunk, dialled: incoming.dialled.clone() })
                };
                let Some(Inbound { tenant, trunk, dialled }) = found.or_else(blamed) else {
                    metrics::counter!("alo_calls_refused_total", "reason" => "unknown_number").increment(1);
                    tracing::info!(%source, "a carrier called a number that nobody has");
                    return refuse(Cause::NotFound);
                };
                let caller = incoming.asserted.as_ref().unwrap_or(&incoming.from);
                (tenant, Origin::Trunk(trunk), dialled, caller.user.clone(), caller.display.clone())
            }
        };
        if let Some(sip::Replaced::Leg { leg, early_only }) = incoming.replaces {
            let Origin::Extension(extension) = origin else { return refuse(Cause::Forbidden) };
            let replacing = Replacing { tenant: tenant.id, extension, early_only, incoming };
            if !self.shared.routes.deliver(leg.0, |id| Letter::Replace(id, Box::new(replacing))) {
                refuse(Cause::NotFound);
            }
            return;
        }
        if let Origin::Extension(extension) = origin
            && let Some(wanted) = pickup::read(&dialled)
        {
            let rings = pickup::find(&tenant, &self.shared.lines, extension, wanted);
            let replacing = Replacing { tenant: tenant.id, extension, early_only: true, incoming };
            let taken =
                rings.is_some_and(|leg| self.shared.routes.deliver(leg, |id| Letter::Replace(id, Box::new(replacing))));
            if !taken {
                refuse(Cause::NotFound);
            }
            return;
        }
        let seat = seat(&self.shared, &tenant);
        if let Err(bound) = seat {
            refusals::over_quota(&self.shared, &tenant, bound);
            // Not even a record of these: there may be thousands.
            if bound != Bound::Calls {
                return refuse(Cause::Overload);
            }
        }
        let mut driver = Driver::new(store::mint(), self.shared.clone(), tenant);
        driver.seat(seat);
        driver.take_in(edge);
        tokio::spawn(driver.run(move |driver| {
            driver.offered(&incoming, origin, &number, &name);
            Input::Offered { origin, dialled, caller_number: number, caller_name: name }
        }));
    }

    /// A text goes to the phones of an extension of the same company, and nowhere else.
    fn on_subscribed(&self, subscribed: Box<sip::Subscribed>) {
        let package = subscribed.package.as_str();
        let refused = if package.eq_ignore_ascii_case(mwi::PACKAGE) {
            self.shared.mwi.subscribed(subscribed).err().map(|refused| (refused, "probation"))
        } else if package.eq_ignore_ascii_case(blf::PACKAGE) {
            self.shared.blf.subscribed(subscribed).err().map(|refused| (refused, "probation"))
        } else {
            // No other event package is served, so none is asked for.
            Some((subscribed, "noresource"))
        };
        // RFC 6665 section 4.1.3: after `probation` a phone comes again later.
        if let Some((refused, reason)) = refused {
            metrics::counter!("alo_subscriptions_refused_total", "reason" => reason).increment(1);
            let end = Command::Notify { content_type: String::new(), body: Bytes::new(), end: Some(reason) };
            self.shared.stack.send(refused.id, end);
        }
    }

    fn on_text(&self, text: &sip::Text) {
        let refuse = |cause| self.shared.stack.send(text.id, Command::Reject { cause });
        let snapshot = self.shared.directory.snapshot();
        let sender = ExtensionId::from_bits(text.account);
        let Some((tenant, from)) = snapshot.extension(sender) else { return refuse(Cause::Forbidden) };
        let ours = text.domain.eq_ignore_ascii_case(&tenant.domain) || text.domain.parse::<std::net::IpAddr>().is_ok();
        let Some(to) = tenant.by_number(&text.user).filter(|to| ours && to.enabled) else {
            return refuse(Cause::NotFound);
        };
        let contacts: Vec<u64> = self.shared.stack.contacts(to.id.bits()).into_iter().map(|c| c.key).collect();
        if contacts.is_empty() {
            return refuse(Cause::NotRegistered);
        }
        let (user, host, display) = (from.number.clone(), tenant.domain.clone(), from.name.clone());
        let from = sip::Party { user, host, display };
        self.shared.stack.send(text.id, Command::Deliver { contacts, from });
    }

    /// A call that the house places: its sounds are decoded aside, then it begins.
    fn place(&self, order: Place, reply: oneshot::Sender<Result<CallId, Problem>>) {
        if self.draining.load(Ordering::Relaxed) {
            _ = reply.send(Err(stopping()));
            return;
        }
        let shared = self.shared.clone();
        tokio::spawn(async move {
            // Whoever asked may have gone away; the call goes on.
            let _ = reply.send(placing::place(shared, order).await);
        });
    }

    fn originate(&self, order: &Originate) -> Result<CallId, Problem> {
        if self.draining.load(Ordering::Relaxed) {
            return Err(stopping());
        }
        let snapshot = self.shared.directory.snapshot();
        let tenant = snapshot.tenant(&order.tenant).ok_or_else(|| Problem::not_found("company"))?;
        let extension = tenant.by_number(&order.extension).ok_or_else(|| {
            Problem::invalid(
                "from_extension",
                format!("There is no extension {}; list them with GET /api/v1/extensions.", order.extension),
            )
        })?;
        if self.shared.stack.contacts(extension.id.bits()).is_empty() {
            let message = format!("No phone is registered as extension {}; log one in first.", order.extension);
            return Err(Problem::conflict("not_registered", message));
        }
        let seat = seat_for_order(&self.shared, tenant)?;
        let id = store::mint();
        let mut driver = Driver::new(id, self.shared.clone(), tenant.clone());
        driver.seat(Ok(seat));
        let first = Input::Originate {
            extension: extension.id,
            caller_number: extension.number.clone(),
            caller_name: extension.name.clone(),
            to: order.to.clone(),
        };
        tokio::spawn(driver.run(move |_| first));
        Ok(id)
    }
}

/// A seat among the company's calls.
fn seat(shared: &Arc<Shared>, tenant: &Tenant) -> Result<Seat, Bound> {
    let in_need = shared.stack.admitted() < load::ALL;
    shared.shares.take(tenant.id, &tenant.quota, in_need, shared.clock.now())
}

/// A seat for a call that somebody ordered; why there is none is told to them.
pub(crate) fn seat_for_order(shared: &Arc<Shared>, tenant: &Tenant) -> Result<Seat, Problem> {
    let clicked = shared.shares.clicks(tenant.id, &tenant.quota, shared.clock.now());
    clicked.and_then(|()| seat(shared, tenant)).map_err(|bound| {
        refusals::over_quota(shared, tenant, bound);
        let wait = bound.retry_s();
        let message = format!("The company's quota is reached: {}. Try again in {wait} s.", bound.as_str());
        Problem::limited("quota_reached", message, wait)
    })
}

fn stopping() -> Problem {
    Problem::new(Kind::Busy, "server_stopping", "The server is stopping; no new calls.")
}
