//! `alo import`: brings a company's account over from another vendor. Each step looks whether its work is done already, so a run
//! that was cut short is finished by the next: what is there by login, number or name stays as it is, a call comes once, and
//! how far the list of calls is read stands in a file.

mod calls;
mod contacts;
mod flows;
mod groups;
mod line;
mod place;
#[cfg(test)]
mod tests;
mod things;

pub(crate) use line::Web;

use account::tenant::Tenant;
use anyhow::Context;
use compat::import::Source;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan};
use model::Actor;
use std::collections::BTreeMap;
use std::fmt;
use std::path::PathBuf;
use store::Db;
use worker::sound::Sounds;

/// What is wanted.
pub(crate) struct Wanted<'a> {
    /// The company here.
    pub(crate) company: Tenant,
    /// The vendor's name.
    pub(crate) vendor: &'static str,
    /// The account there.
    pub(crate) source: Source<'a>,
    /// The calls that began in this span, milliseconds since 1970.
    pub(crate) span: (i64, i64),
    /// Where it stands how far the calls are read; the contacts beside it.
    pub(crate) place: PathBuf,
    /// Speaks greetings that a machine spoke there.
    pub(crate) sounds: Sounds,
    /// Tell only what would be done.
    pub(crate) dry: bool,
}

/// What was done.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Report {
    /// How many of each kind were made, and how many were there.
    pub(crate) counts: BTreeMap<&'static str, (usize, usize)>,
    /// What was left out, and why.
    pub(crate) notes: Vec<String>,
    /// Nothing was written.
    pub(crate) dry: bool,
}

impl Report {
    fn made(&mut self, kind: &'static str) {
        self.counts.entry(kind).or_default().0 += 1;
    }

    fn kept(&mut self, kind: &'static str) {
        self.counts.entry(kind).or_default().1 += 1;
    }

    fn note(&mut self, text: String) {
        if !self.notes.contains(&text) {
            self.notes.push(text);
        }
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let verb = if self.dry { "to make" } else { "made" };
        for (kind, (made, kept)) in &self.counts {
            writeln!(f, "{kind:<12} {made:>8} {verb}, {kept:>8} there already")?;
        }
        for note in &self.notes {
            writeln!(f, "left out: {note}")?;
        }
        Ok(())
    }
}

/// From the day on (a year back without one) to now, in milliseconds since 1970; days begin in the company's time zone.
pub(crate) fn span(since: Option<Date>, company: &Tenant) -> anyhow::Result<(i64, i64)> {
    let zone = TimeZone::get(&company.time_zone).unwrap_or(TimeZone::UTC);
    let now = Timestamp::from_millisecond(store::now().as_millis()).context("the clock lies outside the calendar")?;
    let outside = "--since lies outside the calendar";
    let day = match since {
        Some(day) => day,
        None => now.to_zoned(zone.clone()).date().checked_sub(1.year()).context(outside)?,
    };
    let begin = day.to_zoned(zone).context(outside)?.timestamp();
    anyhow::ensure!(begin < now, "--since must lie in the past");
    Ok((begin.as_millisecond(), now.as_millisecond()))
}

/// Brings it over.
pub(crate) async fn run(db: &Db, wanted: &Wanted<'_>) -> anyhow::Result<Report> {
    let actor = Actor::system(wanted.company.id);
    let account = wanted.source.account().await?;
    let mut report = Report { dry: wanted.dry, notes: account.missing.clone(), ..Report::default() };
    let known = things::bring(db, &actor, wanted, &account, &mut report).await?;
    contacts::bring(db, &actor, wanted, &known, &mut report).await?;
    calls::bring(db, &actor, wanted, &known, &mut report).await?;
    Ok(report)
}
