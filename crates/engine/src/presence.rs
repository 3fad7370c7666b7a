//! Which phones and trunks of a company can be reached right now.

use bus::{Phone, Presence};
use model::{Id, TenantId};

use crate::shared::Shared;

pub(crate) fn of(shared: &Shared, tenant: TenantId) -> Presence {
    let snapshot = shared.directory.snapshot();
    let Some(tenant) = snapshot.tenant(&tenant) else { return Presence::default() };
    let phones = tenant.extensions.keys().flat_map(|extension| {
        shared.stack.contacts(extension.bits()).into_iter().map(|contact| Phone {
            extension: *extension,
            transport: format!("{:?}", contact.transport).to_lowercase(),
            address: contact.source.to_string(),
            user_agent: contact.user_agent,
            expires_in_ms: u64::try_from(contact.expires_in.as_millis()).unwrap_or(u64::MAX),
        })
    });
    let trunks = tenant.trunks.values().map(|trunk| shared.carriers.state(trunk.id));
    Presence { phones: phones.collect(), trunks: trunks.collect() }
}
