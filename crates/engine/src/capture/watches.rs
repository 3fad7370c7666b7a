//! Orders to look at the next calls of a kind. They live in memory, are few, and end by themselves.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

use bus::capture::{Target, Watch};
use model::{CallId, CaptureId, Problem, TenantId, Timestamp};

/// Orders of one company at a time.
const MOST: usize = 16;

/// All orders.
#[derive(Debug, Default)]
pub(crate) struct Watches {
    all: Mutex<Vec<Watch>>,
    /// How many are open: calls look here first, and nearly always it is zero.
    open: AtomicUsize,
}

impl Watches {
    fn all(&self) -> MutexGuard<'_, Vec<Watch>> {
        // Each change is one push, removal or assignment.
        self.all.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Takes an order.
    pub(crate) fn add(&self, watch: Watch, now: Timestamp) -> Result<(), Problem> {
        let mut all = self.all();
        all.retain(|other| other.tenant != watch.tenant || is_open(other, now) || !other.calls.is_empty());
        if all.iter().filter(|other| other.tenant == watch.tenant).count() >= MOST {
            let oldest = all.iter().position(|other| other.tenant == watch.tenant && !is_open(other, now));
            let Some(oldest) = oldest else {
                let message = format!("There are {MOST} open captures already; end one with DELETE.");
                return Err(Problem::conflict("too_many_captures", message));
            };
            all.remove(oldest);
        }
        all.push(watch);
        self.count(&all, now);
        Ok(())
    }

    /// Ends an order.
    pub(crate) fn remove(&self, tenant: TenantId, id: CaptureId, now: Timestamp) -> Result<(), Problem> {
        let mut all = self.all();
        let place = all.iter().position(|watch| watch.tenant == tenant && watch.id == id);
        all.remove(place.ok_or_else(|| Problem::not_found("capture"))?);
        self.count(&all, now);
        Ok(())
    }

    /// A company's orders, the ended ones that found calls included.
    pub(crate) fn of(&self, tenant: TenantId) -> Vec<Watch> {
        self.all().iter().filter(|watch| watch.tenant == tenant).cloned().collect()
    }

    /// A call touches `target`: whether its sound is wanted. None when nobody looks at it.
    pub(crate) fn meets(&self, tenant: TenantId, call: CallId, target: Target, now: Timestamp) -> Option<bool> {
        if self.open.load(Ordering::Relaxed) == 0 {
            return None;
        }
        let mut all = self.all();
        let mut media = None;
        for watch in all.iter_mut().filter(|watch| watch.tenant == tenant && watch.target == target) {
            if !watch.calls.contains(&call) {
                if !is_open(watch, now) {
                    continue;
                }
                watch.calls.push(call);
                watch.calls_left -= 1;
            }
            media = Some(media.unwrap_or(false) | watch.media);
        }
        self.count(&all, now);
        media
    }

    fn count(&self, all: &[Watch], now: Timestamp) {
        self.open.store(all.iter().filter(|watch| is_open(watch, now)).count(), Ordering::Relaxed);
    }
}

fn is_open(watch: &Watch, now: Timestamp) -> bool {
    watch.calls_left > 0 && now < watch.until
}

#[cfg(test)]
mod tests {
    use super::*;
    use model::{ExtensionId, Id};

    const NOW: Timestamp = Timestamp(1_000);

    fn watch(id: u128, tenant: u128, calls_left: u32) -> Watch {
        Watch {
            id: CaptureId::from_bits(id),
            tenant: TenantId::from_bits(tenant),
            target: Target::Extension(ExtensionId::from_bits(101)),
            media: id % 2 == 1,
            calls_left,
            until: Timestamp(2_000),
            calls: Vec::new(),
        }
    }

    fn meets(watches: &Watches, tenant: u128, call: u128, at: Timestamp) -> Option<bool> {
        let target = Target::Extension(ExtensionId::from_bits(101));
        watches.meets(TenantId::from_bits(tenant), CallId::from_bits(call), target, at)
    }

    #[test]
    fn so_many_calls_are_met_and_no_more_nor_later_nor_of_others() {
        let watches = Watches::default();
        assert_eq!(meets(&watches, 1, 7, NOW), None);
        watches.add(watch(1, 1, 2), NOW).expect("room");
        assert_eq!(meets(&watches, 2, 7, NOW), None, "another company's call");
        assert_eq!(meets(&watches, 1, 7, NOW), Some(true));
        assert_eq!(meets(&watches, 1, 7, NOW), Some(true), "its second leg does not count again");
        assert_eq!(meets(&watches, 1, 8, NOW), Some(true));
        assert_eq!(meets(&watches, 1, 9, NOW), None);
        assert_eq!(watches.of(TenantId::from_bits(1))[0].calls.len(), 2);
        let late = Watches::default();
        late.add(watch(1, 1, 2), NOW).expect("room");
        assert_eq!(meets(&late, 1, 7, Timestamp(2_000)), None);
    }

    #[test]
    fn orders_are_few_and_a_company_cannot_end_those_of_another() {
        let watches = Watches::default();
        for id in 0..MOST as u128 {
            watches.add(watch(id, 1, 1), NOW).expect("room");
        }
        assert_eq!(watches.add(watch(99, 1, 1), NOW).expect_err("full").code, "too_many_captures");
        watches.add(watch(99, 2, 1), NOW).expect("another company has room");
        let first = CaptureId::from_bits(0);
        assert!(watches.remove(TenantId::from_bits(2), first, NOW).is_err());
        watches.remove(TenantId::from_bits(1), first, NOW).expect("its own");
        watches.add(watch(100, 1, 1), Timestamp(5_000)).expect("the others are over");
        assert_eq!(watches.of(TenantId::from_bits(1)).len(), 1);
    }
}
