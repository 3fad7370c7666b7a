//! What the logs never hold, and what the first start gives away (R34).

use crate::stranger::{Stranger, answer_to};
use crate::talk;
use e2e::{Phone, Plan};
use serde_json::json;

#[tokio::test(flavor = "multi_thread")]
async fn no_log_holds_a_password_a_digest_or_a_key_however_much_is_logged() {
    let mut server = Plan::default().set("ALO_LOG__LEVEL", "trace").start().await;
    let carrier_secret = "c4rrier-s3cret-word";
    let carrier = Phone::at(([127, 0, 0, 1], 0).into(), server.sip(), &server.ip().to_string(), "carrier", "").await;
    let mut registrar = carrier.serve("acme", carrier_secret, 300);
    let trunk = json!({
        "name": "T", "kind": "registration", "login": "acme", "password": carrier_secret,
        "server": format!("localhost:{}", carrier.address().port()),
    });
    server.post("/trunks", &trunk).await;
    let register = registrar.asked().await;
    let hook = server.webhook("http://127.0.0.1:9/", "call.*").await;
    let extension = server.post("/extensions", &json!({ "number": "150", "password": "ext3nsion-s3cret" })).await;
    server.note_idle().await;
    let secret_phone = Phone::new(server.sip(), server.domain(), "150", "ext3nsion-s3cret").await;
    assert_eq!(secret_phone.register().await, 200);
    let minh = server.phone("102").await;
    let mut caller = secret_phone.dial("102").await;
    let mut callee = minh.rings().await;
    callee.answer().await;
    caller.answered().await;
    talk(&caller, &callee).await;
    assert_eq!(caller.hang_up().await, 200);
    callee.hung_up().await;
    // A wrong proof, and a broken request that carries one.
    let stranger = Stranger::new(&server).await;
    let challenge = stranger.ask(&stranger.register("101", "")).await;
    let proof = answer_to(&challenge, 0, "REGISTER", &format!("sip:{}", stranger.domain), "101", "gu3ssed-word");
    stranger.ask(&stranger.register("101", &proof)).await;
    stranger.send(&stranger.register("101", &proof).replace("CSeq: 1 REGISTER", "CSeq: x")).await;
    stranger.hears_all().await;
    server.settles().await;

    let field = |line: &str, name: &str| {
        let (_, rest) = line.split_once(&format!("{name}=\"")).unwrap_or_else(|| panic!("{name} in {line}"));
        rest.split('"').next().unwrap_or_default().to_owned()
    };
    let mut secrets = vec![
        carrier_secret.to_owned(),
        "ext3nsion-s3cret".to_owned(),
        "gu3ssed-word".to_owned(),
        field(&proof, "response"),
        field(register.header("Authorization"), "response"),
        server.company["api_key"].as_str().expect("a key").to_owned(),
        server.company["admin"]["password"].as_str().expect("a password").to_owned(),
        hook["secret"].as_str().expect("a secret").to_owned(),
        extension["password"].as_str().expect("a password").to_owned(),
    ];
    secrets
        .extend(caller.invite.headers.iter().filter(|(n, _)| n == "Authorization").map(|(_, v)| field(v, "response")));
    assert!(secrets.len() >= 10, "the call was proven by a digest");
    let log = server.log();
    assert!(log.lines().any(|line| line.contains("\"level\":\"TRACE\"")), "the log is full of detail");
    for secret in secrets {
        let found = log.lines().find(|line| line.contains(&secret));
        assert!(found.is_none(), "a secret stands in the log: {}", found.unwrap_or_default());
    }
}
