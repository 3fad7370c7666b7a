//! The record of a call, made of the machine's summary and the legs' figures; and its draft, which stands for it
//! should the process die.

use call::{Direction, Summary};
use model::{Cause, EndedBy, ExtensionId, LegId, PhoneNumber};
use pbx::calls::{CallRecord, Quality};

use super::Driver;

impl Driver {
    pub(super) fn record_of(&self, summary: &Summary) -> CallRecord {
        let figures: Vec<(LegId, Quality)> =
            self.legs.iter().filter_map(|(id, leg)| Some((*id, quality(leg.quality?)?))).collect();
        let mut record =
            CallRecord::from_summary(&self.tenant, summary, &self.caller.1, self.anchor.started(), &figures);
        if let Some(back) = &self.calling_back {
            record.queue = Some(back.queue());
            record.queue_wait_ms = record.answered_at.map(|at| (at - back.asked_at()).max(0));
        }
        record
    }

    /// What is known at the beginning, told as if the call had ended there.
    pub(super) fn draft(
        &self,
        direction: Direction,
        from: &str,
        to: &str,
        extension: Option<ExtensionId>,
    ) -> CallRecord {
        let started_at = self.anchor.started().as_millis();
        CallRecord {
            id: self.id,
            tenant: self.tenant.id,
            direction,
            hotline: None,
            trunk: None,
            extension,
            caller_number: self.one_form(from),
            caller_name: self.caller.1.clone(),
            callee_number: self.one_form(to),
            started_at,
            ringing_at: None,
            answered_at: None,
            ended_at: started_at,
            cause: Cause::Failed,
            ended_by: EndedBy::System,
            queue: None,
            queue_wait_ms: None,
            legs: Vec::new(),
            trail: Vec::new(),
        }
    }

    /// Extensions' numbers and what is no number at all stay as they are.
    fn one_form(&self, number: &str) -> String {
        if self.tenant.by_number(number).is_some() {
            return number.to_owned();
        }
        PhoneNumber::parse(number, &self.tenant.country).map_or_else(|| number.to_owned(), |parsed| parsed.to_string())
    }
}

/// None for a leg that carried nothing.
fn quality(figures: media::Quality) -> Option<Quality> {
    let silent = figures.rx_packets == 0 && figures.tx_packets == 0;
    (!silent).then(|| Quality {
        security: Some(figures.security.as_str().to_owned()),
        codec: figures.codec.map(|codec| codec.name().to_owned()),
        rx_packets: figures.rx_packets,
        tx_packets: figures.tx_packets,
        lost: figures.lost,
        jitter_ms: figures.jitter_ms,
        rtt_ms: figures.rtt_ms,
        mos: figures.mos,
        foreign_packets: figures.foreign_packets,
        forged_packets: figures.forged_packets,
    })
}
