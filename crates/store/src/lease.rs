//! Work that only one process on a database does at a time. Whoever takes a lease gets a fence, a number that grows with each
//! taker: what the work writes checks it in its own transaction, so that a process which was held up for longer than its
//! lease does no harm when it wakes.
//!
//! The holder counts on while it lives. The others take the lease when they have seen the count stand still for its whole
//! time by their own monotonic clock: clocks of machines need not agree.

use crate::{Db, Error, Tx};
use model::Moment;
use sqlx::Row;
use std::time::Duration;

/// Who wants a lease and looks for it now and then.
#[derive(Debug)]
pub struct Candidate {
    name: &'static str,
    /// The holder's fence and count, and since when they stand so.
    seen: Option<(i64, i64, Moment)>,
}

/// A lease that was taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lease {
    name: &'static str,
    fence: i64,
}

impl Candidate {
    /// Of the lease of this name.
    pub fn new(name: &'static str) -> Candidate {
        Candidate { name, seen: None }
    }

    /// Takes the lease when nobody has it, or when its holder gave no sign of life for `time`; none otherwise.
    pub async fn take(&mut self, db: &Db, now: Moment, time: Duration) -> Result<Option<Lease>, Error> {
        let Some((fence, beat, free)) = self.look(db).await? else { return self.make(db).await };
        let unchanged = self.seen.filter(|(f, b, _)| (*f, *b) == (fence, beat));
        let since = unchanged.map_or(now, |(.., since)| since);
        self.seen = Some((fence, beat, since));
        if !free && now.since(since) < time {
            return Ok(None);
        }
        let mut tx = db.system_write().await?;
        // Of several who saw the same, one wins.
        let done = sqlx::query(
            "update leases
             set fence = fence + 1, free = 0
             where name = $1
             and fence = $2
             and beat = $3",
        )
        .bind(self.name)
        .bind(fence)
        .bind(beat)
        .execute(tx.conn())
        .await?;
        tx.commit().await?;
        Ok((done.rows_affected() == 1).then_some(Lease { name: self.name, fence: fence + 1 }))
    }

    async fn look(&self, db: &Db) -> Result<Option<(i64, i64, bool)>, Error> {
        let mut tx = db.system().await?;
        let row = sqlx::query("select fence, beat, free from leases where name = $1")
            .bind(self.name)
            .fetch_optional(tx.conn())
            .await?;
        let Some(row) = row else { return Ok(None) };
        Ok(Some((row.try_get(0)?, row.try_get(1)?, row.try_get::<i64, _>(2)? != 0)))
    }

    /// The first of all takers makes the row.
    async fn make(&self, db: &Db) -> Result<Option<Lease>, Error> {
        let mut tx = db.system_write().await?;
        let done = sqlx::query(
            "insert into leases (name, fence, beat, free)
             values ($1, 1, 0, 0)
             on conflict (name) do nothing",
        )
        .bind(self.name)
        .execute(tx.conn())
        .await?;
        tx.commit().await?;
        Ok((done.rows_affected() == 1).then_some(Lease { name: self.name, fence: 1 }))
    }
}

impl Lease {
    /// Gives a sign of life; false when the lease is another's by now.
    pub async fn renew(&self, db: &Db) -> Result<bool, Error> {
        let mut tx = db.system_write().await?;
        let held = self.update(&mut tx, "update leases set beat = beat + 1 where name = $1 and fence = $2").await?;
        tx.commit().await?;
        Ok(held)
    }

    /// Gives it back, so that another need not wait.
    pub async fn give_back(self, db: &Db) -> Result<(), Error> {
        let mut tx = db.system_write().await?;
        self.update(&mut tx, "update leases set free = 1 where name = $1 and fence = $2").await?;
        tx.commit().await
    }

    /// Whether it is still ours, to be asked in the transaction that writes what the lease is for: nobody takes it before
    /// that transaction ends.
    pub async fn holds(&self, tx: &mut Tx) -> Result<bool, Error> {
        self.update(tx, "update leases set beat = beat + 1 where name = $1 and fence = $2").await
    }

    async fn update(&self, tx: &mut Tx, sql: &'static str) -> Result<bool, Error> {
        let done = sqlx::query(sql).bind(self.name).bind(self.fence).execute(tx.conn()).await?;
        Ok(done.rows_affected() == 1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{TestDb, on_both};

    const TIME: Duration = Duration::from_secs(10);

    fn at(seconds: u64) -> Moment {
        Moment::from_millis(seconds * 1_000)
    }

    async fn takes(one: &mut Candidate, db: &Db, seconds: u64) -> Option<Lease> {
        one.take(db, at(seconds), TIME).await.expect("an answer")
    }

    #[tokio::test]
    async fn one_at_a_time_and_a_late_holder_is_known() {
        on_both(async |db: &TestDb| {
            let (mut one, mut two, mut three) =
                (Candidate::new("work"), Candidate::new("work"), Candidate::new("work"));
            let first = takes(&mut one, db, 0).await.expect("it is free");
            assert_eq!(takes(&mut two, db, 5).await, None, "somebody has it");
            assert!(first.renew(db).await.expect("an answer"));
            assert_eq!(takes(&mut two, db, 16).await, None, "it gave a sign of life");
            assert_eq!(takes(&mut two, db, 25).await, None, "that was 9 s ago");
            // Its clock shows something else: only what it has seen itself counts.
            assert_eq!(takes(&mut three, db, 9_000).await, None);
            let second = takes(&mut two, db, 26).await.expect("the first is gone");
            assert_eq!(takes(&mut three, db, 9_010).await, None, "the second is there");
            assert!(!first.renew(db).await.expect("an answer"));
            let mut tx = db.system_write().await.expect("a transaction");
            assert!(!first.holds(&mut tx).await.expect("an answer"), "what it writes now must not count");
            assert!(second.holds(&mut tx).await.expect("an answer"));
            tx.commit().await.expect("committed");
            assert_eq!(takes(&mut three, db, 9_020).await, None, "to write for it is a sign of life too");
        })
        .await;
    }

    #[tokio::test]
    async fn of_two_who_see_it_given_up_one_gets_it() {
        on_both(async |db: &TestDb| {
            let (mut one, mut two, mut three) =
                (Candidate::new("work"), Candidate::new("work"), Candidate::new("work"));
            takes(&mut one, db, 0).await.expect("it is free");
            assert_eq!((takes(&mut two, db, 1).await, takes(&mut three, db, 1).await), (None, None));
            let (a, b) = tokio::join!(takes(&mut two, db, 20), takes(&mut three, db, 20));
            assert_eq!(usize::from(a.is_some()) + usize::from(b.is_some()), 1);
        })
        .await;
    }

    #[tokio::test]
    async fn what_is_given_back_is_free_at_once() {
        on_both(async |db: &TestDb| {
            let (mut one, mut two) = (Candidate::new("work"), Candidate::new("work"));
            let first = takes(&mut one, db, 0).await.expect("it is free");
            assert_eq!(takes(&mut two, db, 0).await, None);
            let late = first.clone();
            first.give_back(db).await.expect("given back");
            let second = takes(&mut two, db, 1).await.expect("it was given back");
            late.give_back(db).await.expect("no fault");
            assert!(second.renew(db).await.expect("an answer"), "an old holder gives back nothing of a new one's");
            assert_eq!(takes(&mut one, db, 2).await, None);
        })
        .await;
    }
}
