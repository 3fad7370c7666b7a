//! Which phones and trunks of a company can be reached right now.

use bus::{Phone, PhoneWay, Presence};
use model::{Id, TenantId};

use crate::shared::Shared;
use crate::ways;

pub(crate) fn of(shared: &Shared, tenant: TenantId) -> Presence {
    let snapshot = shared.directory.snapshot();
    let Some(tenant) = snapshot.tenant(&tenant) else { return Presence::default() };
    let (mut phones, mut ways) = (Vec::new(), Vec::new());
    for extension in tenant.extensions.keys() {
        for contact in shared.stack.contacts(extension.bits()) {
            let phone = Phone {
                extension: *extension,
                transport: format!("{:?}", contact.transport).to_lowercase(),
                address: contact.source.to_string(),
                user_agent: contact.user_agent.clone(),
                expires_in_ms: u64::try_from(contact.expires_in.as_millis()).unwrap_or(u64::MAX),
            };
            ways.push(PhoneWay {
                phone: phone.clone(),
                contact: contact.uri.clone(),
                sent_by: contact.sent_by.clone(),
                obstacle: ways::obstacle(&contact),
            });
            phones.push(phone);
        }
    }
    let trunks = tenant.trunks.values().map(|trunk| shared.carriers.state(trunk.id)).collect();
    Presence { phones, trunks, ways }
}
