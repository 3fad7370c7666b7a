//! The TLS handshake of connections that we open: whether the far side is who it was asked to be.

use std::io;
use std::sync::Arc;

use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;
use tokio_rustls::rustls::pki_types::ServerName;
use tokio_rustls::rustls::{CertificateError, Error};

use super::Hub;
use super::shard::Order;
use crate::endpoint::event::{Distrust, Event};
use crate::transport::Flow;

/// Does the handshake; the house is told how it went. None when the far side did not prove to be who it should be.
pub(super) async fn proven(hub: &Arc<Hub>, flow: Flow, socket: TcpStream) -> Option<TlsStream<TcpStream>> {
    let host = hub.shared.peer_name(flow);
    let handshake = async {
        let config =
            hub.shared.config.trust.clone().ok_or((Distrust::Untrusted, "no authority is trusted".to_owned()))?;
        let name = ServerName::try_from(host.clone()).map_err(|error| (Distrust::WrongName, error.to_string()))?;
        let patience = hub.shared.config.limits.handshake;
        match timeout(patience, TlsConnector::from(config).connect(name, socket)).await {
            Ok(Ok(socket)) => Ok(socket),
            Ok(Err(error)) => Err((why(&error), error.to_string())),
            Err(_) => Err((Distrust::Failed, "it took too long".to_owned())),
        }
    };
    let made = handshake.await;
    let state = made.as_ref().map(|_| ()).map_err(|(distrust, _)| *distrust);
    // A shard that is gone tells nobody.
    let _ = hub.shards[0].orders.send(Order::Tell(Event::Trusted { host: host.clone(), state }));
    match made {
        Ok(socket) => Some(socket),
        Err((_, why)) => {
            metrics::counter!("alo_sip_trust_failed_total").increment(1);
            tracing::warn!(host, remote = %flow.remote, why, "a TLS server did not prove to be who it should be");
            None
        }
    }
}

fn why(error: &io::Error) -> Distrust {
    let error = error.get_ref().and_then(|inner| inner.downcast_ref::<Error>());
    let Some(Error::InvalidCertificate(error)) = error else { return Distrust::Failed };
    match error {
        CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. } => Distrust::WrongName,
        CertificateError::Expired
        | CertificateError::ExpiredContext { .. }
        | CertificateError::NotValidYet
        | CertificateError::NotValidYetContext { .. } => Distrust::Expired,
        _ => Distrust::Untrusted,
    }
}
