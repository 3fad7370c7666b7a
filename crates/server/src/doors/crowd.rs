//! Who is connected: so many in all, and of one source so many that have not asked for anything yet. When one more comes,
//! the one that has been silent longest goes.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tokio::sync::Notify;

/// Connections in all.
const CONNECTIONS: usize = 8_192;
/// Connections of one source on which there was no request yet.
const SILENT: usize = 50;

/// All connections.
#[derive(Default)]
pub(super) struct Crowd {
    table: Mutex<Table>,
}

#[derive(Default)]
struct Table {
    connections: usize,
    next: u64,
    /// The silent ones of each source, the oldest first.
    silent: HashMap<IpAddr, Vec<(u64, Arc<Notify>)>>,
}

/// One connection; leaves when dropped.
pub(super) struct Guest {
    crowd: Arc<Crowd>,
    source: IpAddr,
    id: u64,
    away: Arc<Notify>,
}

impl Crowd {
    fn table(&self) -> MutexGuard<'_, Table> {
        // The table is whole after every statement.
        self.table.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Takes one more in; none when all places are taken.
    pub(super) fn enter(self: &Arc<Crowd>, source: IpAddr) -> Option<Guest> {
        let mut table = self.table();
        if table.connections >= CONNECTIONS {
            metrics::counter!("alo_http_refused_total").increment(1);
            return None;
        }
        table.connections += 1;
        table.next += 1;
        let (id, away) = (table.next, Arc::new(Notify::new()));
        let silent = table.silent.entry(source).or_default();
        if silent.len() >= SILENT {
            let (_, oldest) = silent.remove(0);
            oldest.notify_one();
        }
        silent.push((id, away.clone()));
        Some(Guest { crowd: self.clone(), source, id, away })
    }
}

impl Guest {
    /// There was a request.
    pub(super) fn has_asked(&self) {
        self.crowd.table().forget(self.source, self.id);
    }

    /// Waits until the place is needed for others.
    pub(super) async fn sent_away(&self) {
        self.away.notified().await;
    }
}

impl Drop for Guest {
    fn drop(&mut self) {
        let mut table = self.crowd.table();
        table.connections -= 1;
        table.forget(self.source, self.id);
    }
}

impl Table {
    fn forget(&mut self, source: IpAddr, id: u64) {
        if let Some(silent) = self.silent.get_mut(&source) {
            silent.retain(|(other, _)| *other != id);
            if silent.is_empty() {
                self.silent.remove(&source);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    async fn is_sent_away(guest: &Guest) -> bool {
        tokio::time::timeout(Duration::ZERO, guest.sent_away()).await.is_ok()
    }

    #[tokio::test]
    async fn the_longest_silent_of_a_source_makes_room_and_nobody_else() {
        let crowd = Arc::new(Crowd::default());
        let (flooder, other) = ([192, 0, 2, 1].into(), [192, 0, 2, 2].into());
        let neighbour = crowd.enter(other).expect("room");
        let talker = crowd.enter(flooder).expect("room");
        talker.has_asked();
        let crowded: Vec<Guest> = (0..=SILENT).map(|_| crowd.enter(flooder).expect("room")).collect();
        assert!(is_sent_away(&crowded[0]).await);
        assert!(!is_sent_away(&crowded[1]).await && !is_sent_away(&talker).await && !is_sent_away(&neighbour).await);
        drop((crowded, talker, neighbour));
        let table = crowd.table();
        assert!(table.connections == 0 && table.silent.is_empty());
    }

    #[test]
    fn there_are_only_so_many_places() {
        let crowd = Arc::new(Crowd::default());
        let source = |n: usize| [10, 0, (n >> 8) as u8, n as u8].into();
        let all: Vec<Guest> = (0..CONNECTIONS).filter_map(|n| crowd.enter(source(n))).collect();
        assert_eq!(all.len(), CONNECTIONS);
        assert!(crowd.enter(source(0)).is_none());
        drop(all);
        assert!(crowd.enter(source(0)).is_some());
    }
}
