//! One order: from the names to a certificate (RFC 8555 section 7.4).

use super::Acme;
use anyhow::Context;
use instant_acme::{
    AuthorizationStatus, ChallengeType, Error, Identifier, NewOrder, Order, OrderStatus, Problem, RetryPolicy,
};
use std::net::IpAddr;
use std::time::Duration;

/// How long the authority may take to look, and to sign.
const PATIENCE: RetryPolicy = RetryPolicy::new().timeout(Duration::from_secs(120));
/// The authority has removed the account (RFC 8555 section 6.7).
const NO_ACCOUNT: &str = "urn:ietf:params:acme:error:accountDoesNotExist";

impl Acme {
    /// A chain and the key of its first certificate, both PEM.
    pub(super) async fn order(&self) -> anyhow::Result<(String, String)> {
        let account = self.account().await?;
        let names: Vec<Identifier> = self.settings.names.iter().map(|name| identifier(name)).collect();
        let mut order = match account.new_order(&NewOrder::new(&names)).await {
            Ok(order) => order,
            Err(error) => {
                if matches!(&error, Error::Api(problem) if problem.r#type.as_deref() == Some(NO_ACCOUNT)) {
                    self.forget_account();
                }
                return Err(error).context("the authority takes no order");
            }
        };
        self.prove(&mut order).await?;
        match order.poll_ready(&PATIENCE).await {
            Ok(OrderStatus::Invalid) => return Err(why(&mut order).await),
            Ok(_) => {}
            Err(error) => return Err(anyhow::Error::new(error).context(why(&mut order).await)),
        }
        let key = order.finalize().await.context("the authority does not sign")?;
        let chain = order.poll_certificate(&PATIENCE).await.context("the authority gives no certificate")?;
        Ok((chain, key))
    }

    /// Lays out the answers, then lets the authority ask.
    async fn prove(&self, order: &mut Order) -> anyhow::Result<()> {
        let over_http = !self.settings.listen.is_empty();
        let kind = if over_http { ChallengeType::Http01 } else { ChallengeType::TlsAlpn01 };
        let mut authorizations = order.authorizations();
        while let Some(authorization) = authorizations.next().await {
            let mut authorization = authorization?;
            let name = authorization.identifier().to_string();
            match authorization.status {
                AuthorizationStatus::Valid => continue,
                AuthorizationStatus::Pending => {}
                other => anyhow::bail!("the authority holds {name} to be {other:?}"),
            }
            let challenge = authorization.challenge(kind.clone());
            let mut challenge = challenge.with_context(|| format!("the authority does not ask {name} by {kind:?}"))?;
            let authorized = challenge.key_authorization();
            if over_http {
                self.answers().tell(&challenge.token, authorized.as_str());
            } else {
                self.answers().show(&name, authorized.digest().as_ref())?;
            }
            challenge.set_ready().await.with_context(|| format!("the authority does not ask {name}"))?;
        }
        Ok(())
    }
}

fn identifier(name: &str) -> Identifier {
    match name.parse::<IpAddr>() {
        Ok(address) => Identifier::Ip(address),
        Err(_) => Identifier::Dns(name.to_ascii_lowercase()),
    }
}

/// What the authority says of the questions it asked.
async fn why(order: &mut Order) -> anyhow::Error {
    let mut said = String::from("the authority could not prove the names");
    let mut authorizations = order.authorizations();
    while let Some(Ok(mut authorization)) = authorizations.next().await {
        let name = authorization.identifier().to_string();
        let Ok(state) = authorization.refresh().await else { continue };
        for problem in state.challenges.iter().filter_map(|challenge| challenge.error.as_ref()) {
            said.push_str(&format!("; {name}: {}", text(problem)));
        }
    }
    anyhow::anyhow!(said)
}

fn text(problem: &Problem) -> &str {
    problem.detail.as_deref().or(problem.r#type.as_deref()).unwrap_or("no reason given")
}
