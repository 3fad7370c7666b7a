//! The account with the authority. Its key is kept sealed, like every secret, and opens for its directory only.

use super::Acme;
use super::http::Http;
use crate::certificate::pair::write;
use anyhow::Context;
use instant_acme::{Account, AccountCredentials, NewAccount};
use std::io::ErrorKind;

impl Acme {
    /// The account that is kept, else a new one.
    pub(super) async fn account(&self) -> anyhow::Result<Account> {
        let http = || Http::new(self.settings.roots.as_deref());
        if let Some(kept) = self.kept()? {
            let account = Account::builder_with_http(Box::new(http()?)).from_credentials(kept).await;
            return account.context("the account with the authority");
        }
        let contact: Vec<String> = self.settings.contact.iter().map(|address| format!("mailto:{address}")).collect();
        let wanted = NewAccount {
            contact: &contact.iter().map(String::as_str).collect::<Vec<_>>(),
            terms_of_service_agreed: self.settings.terms_agreed,
            only_return_existing: false,
        };
        let made = Account::builder_with_http(Box::new(http()?)).create(&wanted, self.directory.clone(), None).await;
        let (account, credentials) = made.context("a new account with the authority")?;
        let sealed = self.vault.seal(&serde_json::to_string(&credentials)?, &self.directory);
        write(&self.account, &sealed, 0o600).with_context(|| self.account.display().to_string())?;
        Ok(account)
    }

    fn kept(&self) -> anyhow::Result<Option<AccountCredentials>> {
        let sealed = match std::fs::read_to_string(&self.account) {
            Ok(sealed) => sealed,
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(error).with_context(|| self.account.display().to_string()),
        };
        let Ok(opened) = self.vault.unseal(&sealed, &self.directory) else {
            // An account costs nothing; that of another directory or under another master key is of no use.
            tracing::warn!(file = %self.account.display(), "the account does not open; a new one is made");
            return Ok(None);
        };
        Ok(Some(serde_json::from_str(&opened).with_context(|| self.account.display().to_string())?))
    }

    /// The authority does not know it any more: the next try makes a new one.
    pub(super) fn forget_account(&self) {
        if let Err(error) = std::fs::remove_file(&self.account) {
            tracing::warn!(%error, file = %self.account.display(), "the account cannot be removed");
        }
    }
}
