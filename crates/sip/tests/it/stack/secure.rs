//! TLS for the tests: a certificate that the stack shows and the phones trust, and what a stack does with handshakes
//! that come to nothing.

use std::sync::{Arc, LazyLock};
use std::time::Duration;

use sip::stack::Io;
use sip::{Config, Limits, Transport};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_rustls::client::TlsStream;
use tokio_rustls::rustls::pki_types::{PrivateKeyDer, ServerName};
use tokio_rustls::rustls::{ClientConfig, RootCertStore, ServerConfig};
use tokio_rustls::{TlsConnector, rustls};
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;

use super::phone::Phone;
use super::start_with;

static CERTIFICATE: LazyLock<rcgen::CertifiedKey<rcgen::KeyPair>> =
    LazyLock::new(|| rcgen::generate_simple_self_signed(vec!["alo.test".to_owned()]).expect("a certificate"));

/// What the stack shows.
pub(super) fn identity() -> Arc<ServerConfig> {
    let key = PrivateKeyDer::try_from(CERTIFICATE.signing_key.serialize_der()).expect("a key");
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let config = ServerConfig::builder_with_provider(provider).with_safe_default_protocol_versions();
    let config = config.expect("versions").with_no_client_auth();
    Arc::new(config.with_single_cert(vec![CERTIFICATE.cert.der().clone()], key).expect("a matching pair"))
}

/// The handshake of a phone.
pub(super) async fn client(stream: TcpStream) -> TlsStream<TcpStream> {
    let mut roots = RootCertStore::empty();
    roots.add(CERTIFICATE.cert.der().clone()).expect("a certificate");
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let config = ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions();
    let config = config.expect("versions").with_root_certificates(roots).with_no_client_auth();
    let name = ServerName::try_from("alo.test").expect("a name");
    TlsConnector::from(Arc::new(config)).connect(name, stream).await.expect("a handshake")
}

/// The handshake of a browser.
pub(super) async fn upgrade(stream: Box<dyn Io>) -> WebSocketStream<Box<dyn Io>> {
    let mut request = "ws://alo.test/".into_client_request().expect("a request");
    request.headers_mut().insert("Sec-WebSocket-Protocol", "sip".parse().expect("a value"));
    let (socket, response) = tokio_tungstenite::client_async(request, stream).await.expect("a handshake");
    assert_eq!(response.headers().get("Sec-WebSocket-Protocol").expect("a protocol"), "sip");
    socket
}

#[tokio::test]
async fn a_handshake_that_takes_too_long_or_is_none_is_closed() {
    let limits = Limits { handshake: Duration::from_millis(200), ..Limits::default() };
    let (stack, _) = start_with(Config { shards: 1, limits, ..Config::default() }).await;
    for transport in [Transport::Tls, Transport::Ws, Transport::Wss] {
        for first in [&b""[..], b"\x16\x03\x01", b"GET / HTTP/1.1\r\nHost: ", b"OPTIONS sip:a SIP/2.0\r\n\r\n"] {
            let mut stream = TcpStream::connect(stack.addr(transport).expect("bound")).await.expect("a connection");
            stream.write_all(first).await.expect("sent");
            let mut rest = Vec::new();
            // How it is closed does not matter: with an alert, an answer, a reset, or just so.
            let _ = timeout(Duration::from_secs(5), stream.read_to_end(&mut rest)).await.expect("closed in time");
        }
    }
    let mut phone = Phone::new(&stack, Transport::Wss, "101").await;
    phone.register().await;
    stack.stop().await;
}

#[tokio::test]
async fn tls_without_a_certificate_is_an_error_at_the_start() {
    let any = "127.0.0.1:0".parse().expect("an address");
    let config = Config { wss: vec![any], ..Config::default() };
    let started = sip::Stack::start(config, Arc::new(super::house::House)).await;
    assert!(started.is_err_and(|error| error.kind() == std::io::ErrorKind::InvalidInput));
}

#[tokio::test]
async fn tls_1_2_is_spoken_too() {
    let (stack, _) = start_with(Config { shards: 1, ..Config::default() }).await;
    let mut roots = RootCertStore::empty();
    roots.add(CERTIFICATE.cert.der().clone()).expect("a certificate");
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let config = ClientConfig::builder_with_provider(provider).with_protocol_versions(&[&rustls::version::TLS12]);
    let config = config.expect("versions").with_root_certificates(roots).with_no_client_auth();
    let stream = TcpStream::connect(stack.addr(Transport::Tls).expect("bound")).await.expect("a connection");
    let name = ServerName::try_from("alo.test").expect("a name");
    let mut stream = TlsConnector::from(Arc::new(config)).connect(name, stream).await.expect("a handshake");
    stream.write_all(b"\r\n\r\n").await.expect("sent");
    let mut pong = [0; 2];
    timeout(Duration::from_secs(5), stream.read_exact(&mut pong)).await.expect("in time").expect("a pong");
    assert_eq!(&pong, b"\r\n");
    stack.stop().await;
}
