//! All methods: the service and name they are asked by, whose key they want, and where they are.

use super::answer::{Code, Outcome, Refusal};
use super::door::Ask;
use super::{account, authorize, calls, extensions, hooks, hotlines, numbers, tenants, users};

/// Whose key a method wants.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Who {
    /// None is looked at.
    Anybody,
    /// A partner's or a shop's.
    AnyKey,
    /// A partner's own.
    Partner,
    /// A shop's own, or the one it granted a partner.
    Shop,
}

/// What can be asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Method {
    CurrentAccount,
    VersionInfo,
    AuthorizeShop,
    CurrentShop,
    CreateWebhook,
    GetWebhooks,
    DeleteWebhook,
    GetChanges,
    GetPartnerTenantList,
    PartnerAddHotline,
    GetPartnerHotlineList,
    PartnerActivateTenant,
    PartnerAddHotlineToTenant,
    PartnerRemoveHotlineOutOfTenant,
    PartnerRemoveHotline,
    CreateTenant,
    GetTenant,
    GetDriverConfig,
    GetHotlines,
    CreateAccountUser,
    GetAccountUsers,
    CreateExtension,
    GetExtensionInfo,
    GetExtensions,
    AssignUserToExtension,
    UpdateExtensionHotline,
    RemoveUserOfExtension,
    ListCallLogs,
    /// Messages over Zalo, whatever of them.
    Zalo,
}

use Method as M;
use Who::{AnyKey, Anybody, Partner, Shop};

/// Service in lower case, method, whose key, what. Names that the vendor's pages leave out stand with those of its siblings.
const METHODS: [(&str, &str, Who, Method); 33] = [
    ("misc", "CurrentAccount", AnyKey, M::CurrentAccount),
    ("misc", "VersionInfo", Anybody, M::VersionInfo),
    ("shop", "AuthorizeShop", Partner, M::AuthorizeShop),
    ("shop", "CurrentShop", Shop, M::CurrentShop),
    ("webhook", "CreateWebhook", AnyKey, M::CreateWebhook),
    ("webhook", "GetWebhooks", AnyKey, M::GetWebhooks),
    ("webhook", "DeleteWebhook", AnyKey, M::DeleteWebhook),
    ("history", "GetChanges", AnyKey, M::GetChanges),
    ("etelecom", "GetPartnerTenantList", Partner, M::GetPartnerTenantList),
    ("etelecom", "PartnerAddHotline", Partner, M::PartnerAddHotline),
    ("etelecom", "GetPartnerHotlineList", Partner, M::GetPartnerHotlineList),
    ("etelecom", "PartnerActivateTenant", Partner, M::PartnerActivateTenant),
    ("etelecom", "PartnerAddHotlineToTenant", Partner, M::PartnerAddHotlineToTenant),
    ("etelecom", "AddHotlineToTenant", Partner, M::PartnerAddHotlineToTenant),
    ("etelecom", "PartnerRemoveHotlineOutOfTenant", Partner, M::PartnerRemoveHotlineOutOfTenant),
    ("etelecom", "RemoveHotlineOutOfTenant", Partner, M::PartnerRemoveHotlineOutOfTenant),
    ("etelecom", "PartnerRemoveHotline", Partner, M::PartnerRemoveHotline),
    ("etelecom", "CreateTenant", Shop, M::CreateTenant),
    ("etelecom", "GetTenant", Shop, M::GetTenant),
    ("etelecom", "GetDriverConfig", Shop, M::GetDriverConfig),
    ("etelecom", "GetHotlines", Shop, M::GetHotlines),
    ("etelecom", "CreateAccountUser", Shop, M::CreateAccountUser),
    ("accountuser", "CreateAccountUser", Shop, M::CreateAccountUser),
    ("etelecom", "GetAccountUsers", Shop, M::GetAccountUsers),
    ("accountuser", "GetAccountUsers", Shop, M::GetAccountUsers),
    ("etelecom", "CreateExtension", Shop, M::CreateExtension),
    ("etelecom", "GetExtensionInfo", Shop, M::GetExtensionInfo),
    ("etelecom", "GetExtensions", Shop, M::GetExtensions),
    ("etelecom", "AssignUserToExtension", Shop, M::AssignUserToExtension),
    ("etelecom", "UpdateExtensionHotline", Shop, M::UpdateExtensionHotline),
    ("etelecom", "RemoveUserOfExtension", Shop, M::RemoveUserOfExtension),
    ("etelecom", "ListCallLogs", Shop, M::ListCallLogs),
    ("etelecom", "GetCallLogs", Shop, M::ListCallLogs),
];

/// What the vendor's package for messages over Zalo holds.
const ZALO: [&str; 26] = [
    "AuthorizeOA",
    "CheckConsent",
    "ConnectOA",
    "CreateJourney",
    "CreateTemplate",
    "GetJourney",
    "GetMessage",
    "GetOA",
    "GetRefreshToken",
    "GetTemplate",
    "ListFollowers",
    "ListJourneys",
    "ListMessages",
    "ListOA",
    "ListRequestConsent",
    "ListTemplates",
    "OASendFile",
    "OASendImage",
    "OASendSticker",
    "OASendText",
    "OASendTransaction",
    "RequestConsent",
    "RequestUserInfo",
    "SendZNS",
    "SendZNSJourney",
    "UpdateShopOA",
];

/// The brands under which the vendor's telephony is sold: each puts its own name in the place of the service.
const BRANDS: [&str; 2] = ["interits", "sencloud"];

/// The method of this service (in whatever case) and name.
pub(super) fn find(service: &str, name: &str) -> Option<(Who, Method)> {
    let service = service.to_ascii_lowercase();
    let service = if BRANDS.contains(&service.as_str()) { "etelecom" } else { &service };
    if service == "zalo" && ZALO.contains(&name) {
        return Some((Shop, M::Zalo));
    }
    METHODS.iter().find(|known| known.0 == service && known.1 == name).map(|known| (known.2, known.3))
}

impl Method {
    pub(super) async fn run(self, ask: &Ask<'_>) -> Outcome {
        match self {
            M::CurrentAccount => account::current(ask).await,
            M::VersionInfo => account::version(),
            M::AuthorizeShop => authorize::shop(ask).await,
            M::CurrentShop => account::shop(ask).await,
            M::CreateWebhook => hooks::create(ask).await,
            M::GetWebhooks => hooks::list(ask).await,
            M::DeleteWebhook => hooks::delete(ask).await,
            M::GetChanges => {
                let message = "GetChanges tells the form of what webhooks post; it cannot be asked for";
                Err(Refusal::new(Code::Unimplemented, message))
            }
            M::GetPartnerTenantList => tenants::of_partner(ask).await,
            M::PartnerAddHotline => numbers::add(ask).await,
            M::GetPartnerHotlineList => numbers::list(ask).await,
            M::PartnerActivateTenant => tenants::activate(ask).await,
            M::PartnerAddHotlineToTenant => numbers::give(ask).await,
            M::PartnerRemoveHotlineOutOfTenant => numbers::take_back(ask).await,
            M::PartnerRemoveHotline => numbers::remove(ask).await,
            M::CreateTenant | M::GetTenant => tenants::own(ask).await,
            M::GetDriverConfig => tenants::driver(ask).await,
            M::GetHotlines => hotlines::list(ask).await,
            M::CreateAccountUser => users::create(ask).await,
            M::GetAccountUsers => users::list(ask).await,
            M::CreateExtension => extensions::create(ask).await,
            M::GetExtensionInfo => extensions::info(ask).await,
            M::GetExtensions => extensions::list(ask).await,
            M::AssignUserToExtension => extensions::assign(ask).await,
            M::UpdateExtensionHotline => extensions::change_hotline(ask).await,
            M::RemoveUserOfExtension => extensions::release(ask).await,
            M::ListCallLogs => calls::list(ask).await,
            M::Zalo => {
                let message = "the package of this shop has no Zalo Cloud";
                Err(Refusal::denied("package_required", message))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Each method is listed among what the fixtures must ask.
    #[test]
    fn each_method_is_documented_for_the_fixtures() {
        let documented: serde_json::Value =
            serde_json::from_str(include_str!("../../tests/fixtures/etelecom/documented.json")).expect("JSON");
        let lists = [&documented["endpoints"], &documented["refused"]].map(|list| list.as_array().expect("a list"));
        let listed = |service: &str, name: &str| {
            let known = lists.iter().copied().flatten().filter_map(|endpoint| endpoint.as_str()?.split_once('/'));
            known.into_iter().any(|known| known.0.eq_ignore_ascii_case(service) && known.1 == name)
        };
        for (service, name, ..) in METHODS {
            assert!(listed(service, name), "{service}/{name}");
        }
        assert!(ZALO.iter().all(|name| listed("zalo", name)));
    }

    #[test]
    fn services_are_found_in_any_case_and_under_every_brand() {
        for service in ["Etelecom", "ETelecom", "etelecom", "Interits", "SenCloud"] {
            assert_eq!(find(service, "ListCallLogs"), Some((Shop, M::ListCallLogs)), "{service}");
        }
        assert_eq!(find("Zalo", "SendZNS"), Some((Shop, M::Zalo)));
        assert_eq!(find("Etelecom", "listcalllogs"), None);
        assert_eq!(find("Zalo", "ListCallLogs"), None);
        assert_eq!(find("AccountUser", "GetTenant"), None);
    }
}
