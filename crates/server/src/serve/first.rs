//! The first start: an empty installation gets a company to look at. Its secrets are random, and are shown on the
//! terminal, never in a log, until a company of its own comes.

use crate::bootstrap::{self, Company, Wanted};
use crate::config::{Config, Demo};
use crate::{cli, company, demo};
use engine::Engine;
use std::io::Write;
use store::Db;

/// The name of the company of the first start.
pub(crate) const COMPANY: &str = "Alo Demo";
/// Its hotline.
pub(crate) const HOTLINE: &str = "02899990000";
/// Its extensions: robots man the first four, the last two are for whoever looks.
pub(crate) const EXTENSIONS: &str = "101-106";
/// How many extensions the robots man.
pub(crate) const ROBOTS: usize = 4;

/// What the company of the first start is to be.
pub(crate) fn wanted() -> Wanted {
    Wanted {
        company: COMPANY.into(),
        extensions: Some(bootstrap::expand(EXTENSIONS).expect("the constant is a range")),
        hotline: Some(HOTLINE.into()),
        trunk: Some(demo::CARRIER),
        ..Wanted::default()
    }
}

/// Makes the company when there is none at all, and tells it again while it is the only one. A company that a former
/// start left half made is finished.
pub(super) async fn company(db: &Db, config: &Config) -> anyhow::Result<Option<Company>> {
    match company::all(db).await?.as_slice() {
        [] => Ok(Some(bootstrap::run(db, config, &wanted()).await?)),
        [only] if only.name == COMPANY => match bootstrap::run(db, config, &wanted()).await {
            Ok(company) => Ok(Some(company)),
            Err(error) => {
                // Somebody has changed it: that is no reason not to serve.
                tracing::warn!(error = format!("{error:#}"), "the demo company is no longer as it was made");
                Ok(None)
            }
        },
        [..] => Ok(None),
    }
}

/// Tells on the terminal where everything is.
pub(super) fn greet(config: &Config, engine: &Engine, demo: Option<&Company>) {
    let alo = cli::program();
    let mut text = String::from("\nAlo is running.\n\n");
    match demo {
        Some(company) => {
            let own = &company.extensions[ROBOTS.min(company.extensions.len())..];
            text.push_str(&bootstrap::as_text(config, company, own));
            text.push_str(&format!(
                "\n  Told at each start while this company is the only one; `{alo} bootstrap --company \"{COMPANY}\"` tells it too.\n",
            ));
            if config.demo == Demo::Auto {
                text.push_str(&format!(
                    "  The demo's customers are calling: `{alo} calls --follow` shows it; ALO_DEMO=0 turns it off.\n",
                ));
            }
        }
        None => {
            text.push_str(&format!("  console     {0}\n  API         {0}/docs\n", config.http_url()));
            for transport in super::SIP {
                if let Some(address) = engine.sip_addr(transport) {
                    text.push_str(&format!("  SIP {:<7} {address}\n", transport.parameter()));
                }
            }
            text.push_str(&format!("\n  Logins, phones and numbers of a company: {alo} bootstrap --company NAME\n"));
        }
    }
    text.push('\n');
    // Nobody may be reading the terminal any more; that is no reason to end.
    let _ = std::io::stdout().write_all(text.as_bytes()).and_then(|()| std::io::stdout().flush());
}
