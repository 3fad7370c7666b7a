//! Calls to the outside: whether one more may be begun, and what is told when not.

use call::{Direction, Origin, Route, RouteTarget};
use model::{Cause, ExtensionId};
use serde_json::json;

use super::Driver;
use crate::alerts::Alert;
use crate::spending::{Exceeded, Spender};

impl Driver {
    /// Takes a place for a call that is about to go out; turns the route into a refusal when there is none.
    pub(super) fn bound(&mut self, origin: Origin, route: &mut Route, dialled: &str) {
        let id = match origin {
            Origin::Extension(id) => Some(id),
            Origin::Hotline(_) => None,
            Origin::Trunk(_) => return,
        };
        match route.to {
            RouteTarget::Trunk(_) => {
                if let Err(exceeded) = self.spend(id) {
                    route.to = RouteTarget::Reject(Cause::Forbidden);
                    route.reason = exceeded.reason();
                    route.facts.push(("limit", exceeded.bound.as_str().to_owned()));
                    metrics::counter!("alo_calls_refused_total", "reason" => "limit").increment(1);
                    self.tell_limit(id, exceeded);
                }
            }
            RouteTarget::Reject(Cause::Forbidden) if route.direction == Direction::Outbound => {
                metrics::counter!("alo_calls_refused_total", "reason" => "number").increment(1);
                let extension = self.number_of(id);
                let data = json!({ "extension": extension, "number": dialled, "why": route.reason });
                self.raise("security.number_refused", extension, data);
            }
            RouteTarget::Flow(_)
            | RouteTarget::Extension(_)
            | RouteTarget::Group(_)
            | RouteTarget::Announcement(_)
            | RouteTarget::Queue(_)
            | RouteTarget::Voicemail(_)
            | RouteTarget::Mailbox(_)
            | RouteTarget::Reject(_) => {}
        }
    }

    fn spend(&mut self, id: Option<ExtensionId>) -> Result<(), Exceeded> {
        if self.expense.is_some() {
            return Ok(());
        }
        let tenant = self.tenant.clone();
        let own = id.and_then(|id| tenant.extensions.get(&id));
        let who = Spender {
            company: tenant.id,
            company_limits: &tenant.limits,
            extension: own.map(|extension| (extension.id, &extension.limits)),
        };
        self.expense = Some(self.shared.spending.admit(self.shared.clock, self.id, who)?);
        Ok(())
    }

    fn tell_limit(&self, id: Option<ExtensionId>, exceeded: Exceeded) {
        let extension = self.number_of(id);
        let (limit, whose) = (exceeded.bound.as_str(), if exceeded.own { "extension" } else { "company" });
        tracing::warn!(tenant.id = %self.tenant.id, extension, limit, whose, "calls to the outside are stopped");
        let data = json!({ "extension": extension, "limit": limit, "most": exceeded.most, "of": whose });
        self.raise("security.limit_reached", format!("{extension} {limit} {whose}"), data);
    }

    /// The extension's number; empty for the house itself.
    fn number_of(&self, id: Option<ExtensionId>) -> String {
        id.and_then(|id| self.tenant.extensions.get(&id)).map(|extension| extension.number.clone()).unwrap_or_default()
    }

    fn raise(&self, kind: &'static str, subject: String, data: serde_json::Value) {
        self.shared.alerts.raise(Alert { tenant: self.tenant.id, kind, subject, data });
    }
}
