//! The client side of TLS: a connection that takes any certificate and tells which one it was shown.

use crate::wait::within;
use std::net::SocketAddr;
use std::sync::Arc;
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;
use tokio_rustls::rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use tokio_rustls::rustls::crypto::{CryptoProvider, aws_lc_rs};
use tokio_rustls::rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use tokio_rustls::rustls::{ClientConfig, DigitallySignedStruct, Error, SignatureScheme};

/// Connects and does the handshake.
///
/// # Panics
/// When either does not work.
pub async fn connect(server: SocketAddr) -> TlsStream<TcpStream> {
    within("a TLS handshake", shake(server, ServerName::from(server.ip()), &[])).await.expect("the handshake works")
}

/// The certificate a new connection is shown.
pub async fn certificate(server: SocketAddr) -> Vec<u8> {
    first(&connect(server).await)
}

/// The certificate shown to whoever asks for this host and speaks one of these protocols; none when the handshake fails or
/// ends without a protocol.
pub async fn certificate_by(server: SocketAddr, name: &str, protocols: &[&[u8]]) -> Option<Vec<u8>> {
    let name = ServerName::try_from(name.to_owned()).ok()?;
    let stream = within("a TLS handshake", shake(server, name, protocols)).await.ok()?;
    stream.get_ref().1.alpn_protocol()?;
    Some(first(&stream))
}

async fn shake(
    server: SocketAddr,
    name: ServerName<'static>,
    protocols: &[&[u8]],
) -> std::io::Result<TlsStream<TcpStream>> {
    let provider = Arc::new(aws_lc_rs::default_provider());
    // Some protocols show certificates that nobody but they understand.
    let any = Arc::new(AnyCertificate { provider: provider.clone(), unread: !protocols.is_empty() });
    let config = ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions();
    let config = config.expect("the provider speaks TLS").dangerous().with_custom_certificate_verifier(any);
    let mut config = config.with_no_client_auth();
    config.alpn_protocols = protocols.iter().map(|protocol| protocol.to_vec()).collect();
    TlsConnector::from(Arc::new(config)).connect(name, TcpStream::connect(server).await?).await
}

fn first(stream: &TlsStream<TcpStream>) -> Vec<u8> {
    let chain = stream.get_ref().1.peer_certificates().expect("the handshake is done");
    chain.first().expect("a certificate").to_vec()
}

#[derive(Debug)]
struct AnyCertificate {
    provider: Arc<CryptoProvider>,
    /// The certificate is not looked into, nor what is signed with it.
    unread: bool,
}

impl ServerCertVerifier for AnyCertificate {
    fn verify_server_cert(
        &self,
        _end_entity: &CertificateDer<'_>,
        _intermediates: &[CertificateDer<'_>],
        _server_name: &ServerName<'_>,
        _ocsp_response: &[u8],
        _now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        if self.unread {
            return Ok(HandshakeSignatureValid::assertion());
        }
        let algorithms = &self.provider.signature_verification_algorithms;
        tokio_rustls::rustls::crypto::verify_tls12_signature(message, cert, dss, algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        if self.unread {
            return Ok(HandshakeSignatureValid::assertion());
        }
        let algorithms = &self.provider.signature_verification_algorithms;
        tokio_rustls::rustls::crypto::verify_tls13_signature(message, cert, dss, algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.provider.signature_verification_algorithms.supported_schemes()
    }
}
