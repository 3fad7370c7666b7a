//! What bootstrap tells: one JSON object for scripts, some lines for people.

use super::Company;
use crate::cli;
use crate::config::{Config, reachable};
use serde_json::{Value, json};
use std::net::SocketAddr;

/// For scripts.
pub(crate) fn as_json(config: &Config, company: &Company) -> Value {
    let first = |list: &[SocketAddr]| list.first().map(|a| reachable(*a).to_string());
    let extensions: Vec<Value> =
        company.extensions.iter().map(|(number, password)| json!({ "number": number, "password": password })).collect();
    json!({
        "http": config.http_url(),
        "company_id": company.account.tenant.id.to_string(),
        "admin": { "login": company.account.login, "password": company.admin_password },
        "api_key": company.account.api_key,
        "sip": {
            "domain": company.account.tenant.domain,
            "udp": first(&config.sip.udp),
            "tcp": first(&config.sip.tcp),
            "tls": first(&config.sip.tls),
            "ws": first(&config.sip.ws),
            "wss": first(&config.sip.wss),
            "web_socket": config.web_socket_url(),
        },
        "extensions": extensions,
        "hotline": company.hotline,
        "trunk": company.trunk.map(|id| id.to_string()),
        "ivr": company.ivr.map(|id| id.to_string()),
    })
}

/// For people; shows the phones numbered `shown`.
pub(crate) fn as_text(config: &Config, company: &Company, shown: &[(String, String)]) -> String {
    let tenant = &company.account.tenant;
    let reset = || format!("(changed since: {} user reset-password {})", cli::program(), company.account.login);
    let password = company.admin_password.clone().unwrap_or_else(reset);
    // A bare address says nothing about the company, so it means the one that was there first.
    let domain =
        if company.oldest { "or the server's address" } else { "its phones must use this, not the server's address" };
    let ports = |word: &str, list: &[SocketAddr]| {
        let address = config.media_address();
        list.iter()
            .map(|a| if a.ip().is_unspecified() { SocketAddr::new(address, a.port()) } else { *a })
            .map(move |a| format!("{word} {a}"))
            .collect::<Vec<_>>()
    };
    let sip = &config.sip;
    let lists = [("udp", &sip.udp), ("tcp", &sip.tcp), ("tls", &sip.tls), ("ws", &sip.ws), ("wss", &sip.wss)];
    let servers: Vec<String> = lists.into_iter().flat_map(|(word, list)| ports(word, list)).collect();
    let mut text = format!(
        "  company     {}\n  console     {}\n  API         {}/docs\n  admin       {}  password {password}\n  API key     {}\n  \
         SIP domain  {}  ({domain})\n  SIP server  {}\n  browsers    {}\n",
        tenant.name,
        config.http_url(),
        config.http_url(),
        company.account.login,
        company.account.api_key,
        tenant.domain,
        servers.join("  "),
        config.web_socket_url(),
    );
    for (number, password) in shown {
        text.push_str(&format!("  phone       {number}  password {password}\n"));
    }
    if company.extensions.len() > shown.len() {
        text.push_str(&format!("              … {} phones in all; --json lists them\n", company.extensions.len()));
    }
    if let Some(hotline) = &company.hotline {
        text.push_str(&format!("  hotline     {hotline}\n"));
    }
    text
}
