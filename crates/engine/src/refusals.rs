//! What is told of those who were refused by the SIP stack, and the end of calls that have used up their minutes.

use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use model::{Cause, ExtensionId, Id};
use pbx::snapshot::Tenant;
use serde_json::json;
use sip::{Origin, Refusal};

use crate::alerts::Alert;
use crate::load::ALL;
use crate::shared::Shared;
use crate::shares::Bound;

/// How often it is looked which calls have lasted too long.
const LOOK: Duration = Duration::from_secs(10);

/// A company asked for more than its quota.
const QUOTA: &str = "overload.quota_reached";

/// A company wants more than its quota, or in need more than its part: counts it, and tells it.
pub(crate) fn over_quota(shared: &Shared, tenant: &Tenant, bound: Bound) {
    let name = bound.as_str();
    metrics::counter!("alo_quota_refused_total", "quota" => name).increment(1);
    tracing::debug!(tenant.id = %tenant.id, quota = name, "a company has reached a bound; a call is refused");
    let data = json!({ "quota": name, "most": bound.most(&tenant.quota) });
    shared.alerts.raise(Alert { tenant: tenant.id, kind: QUOTA, subject: name.to_owned(), data });
}

/// New calls are shed; this is whose call it was at this moment.
pub(crate) fn shed(shared: &Shared, origin: Origin, dialled: &str) {
    let snapshot = shared.directory.snapshot();
    let tenant = match origin {
        Origin::Account(account) => snapshot.extension(ExtensionId::from_bits(account)).map(|(tenant, _)| tenant.id),
        Origin::Carrier(source) => shared.directory.inbound(source, dialled, "").map(|inbound| inbound.tenant.id),
    };
    let Some(tenant) = tenant else { return };
    let data = json!({ "admitted": f64::from(shared.stack.admitted()) / f64::from(ALL) });
    shared.alerts.raise(Alert { tenant, kind: "overload.calls_shed", subject: String::new(), data });
}

/// Tells the company whose domain it is. A domain that nobody has is nobody's business.
pub(crate) fn told(shared: &Shared, realm: &str, user: &str, source: IpAddr, why: Refusal) {
    let snapshot = shared.directory.snapshot();
    let Some(tenant) = snapshot.by_domain(realm) else { return };
    let extension = tenant.by_number(user).map(|extension| extension.number.as_str());
    let (kind, data) = match why {
        Refusal::Blocked(time) => {
            let user: String = user.chars().filter(|c| !c.is_control()).take(64).collect();
            let blocked_s = time.as_secs();
            let data = json!({ "source": source, "user": user, "extension": extension, "blocked_s": blocked_s });
            ("security.blocked", data)
        }
        Refusal::Source => ("security.source_refused", json!({ "source": source, "extension": extension })),
        Refusal::Full => {
            metrics::counter!("alo_quota_refused_total", "quota" => "registrations").increment(1);
            let data = json!({ "quota": "registrations", "most": tenant.quota.registrations });
            return shared.alerts.raise(Alert {
                tenant: tenant.id,
                kind: QUOTA,
                subject: "registrations".into(),
                data,
            });
        }
    };
    let subject = format!("{source} {}", extension.unwrap_or_default());
    shared.alerts.raise(Alert { tenant: tenant.id, kind, subject, data });
}

/// Ends calls to the outside that have lasted beyond their minutes, for as long as the engine runs.
pub(crate) async fn end_overdue(shared: Arc<Shared>) {
    let mut look = tokio::time::interval(LOOK);
    look.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    loop {
        look.tick().await;
        let overdue = shared.spending.overdue(shared.clock.now(), &shared.directory.snapshot());
        for (tenant, call, exceeded) in overdue {
            tracing::warn!(call.id = %call, tenant.id = %tenant, "a call has used up the minutes to the outside");
            let (limit, most) = (exceeded.bound.as_str(), exceeded.most);
            let of = if exceeded.own { "extension" } else { "company" };
            let data = json!({ "call_id": call.to_string(), "limit": limit, "most": most, "of": of });
            shared.alerts.raise(Alert { tenant, kind: "security.limit_reached", subject: call.to_string(), data });
            // A call that ended by itself meanwhile needs no order.
            let _ = shared.routes.hang_up(tenant, call, Cause::Forbidden);
        }
    }
}
