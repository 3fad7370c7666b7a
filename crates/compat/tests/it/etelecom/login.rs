//! The cycle of AuthorizeShop: asked, granted on the page, used, taken back, granted anew.

use super::Face;
use crate::world::{Answer, World};
use account::Gate;
use account::factor;
use account::partner::{self, Authorization, NewRequest};
use account::user::{self, NewUser};
use axum::body::{Body, to_bytes};
use axum::http::{HeaderMap, Request};
use model::{Actor, Dialect, Id, Role};
use serde_json::{Value, json};
use tower::ServiceExt;

/// A page, with its headers.
struct Page {
    status: u16,
    headers: HeaderMap,
    text: String,
}

impl Page {
    fn header(&self, name: &str) -> &str {
        self.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
    }
}

async fn send(w: &World, request: Request<Body>) -> Page {
    let response = w.router.clone().oneshot(request).await.unwrap();
    let (status, headers) = (response.status().as_u16(), response.headers().clone());
    let bytes = to_bytes(response.into_body(), usize::MAX).await.unwrap();
    Page { status, headers, text: String::from_utf8(bytes.to_vec()).unwrap() }
}

async fn open(w: &World, token: &str, query: &str) -> Page {
    send(w, Request::get(format!("/etelecom/login?token={token}{query}")).body(Body::empty()).unwrap()).await
}

async fn enter(w: &World, fields: &[(&str, &str)]) -> Page {
    let body = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
    let request = Request::post("/etelecom/login").header("content-type", "application/x-www-form-urlencoded");
    send(w, request.body(Body::from(body)).unwrap()).await
}

async fn ask(face: &Face, body: Value) -> Answer {
    face.ask("partner", "partner.Shop/AuthorizeShop", &body).await
}

fn first(redirect_url: &str) -> Value {
    json!({ "email": "chu@alpha.example", "phone": "0900000001", "name": "Alpha", "redirect_url": redirect_url })
}

/// The person who runs Alpha.
async fn owner(w: &World) -> (String, String) {
    let made = account::bootstrap::run(&w.db, "Alpha").await.unwrap();
    (made.login, made.password)
}

#[tokio::test]
async fn a_shop_lets_a_partner_in_takes_it_back_and_lets_it_in_anew() {
    let face = Face::new().await;
    let (w, shop) = (&face.w, face.w.alpha.actor.tenant.number().to_string());
    let (login, password) = owner(w).await;
    // Beta was let in when the world was made; Alpha takes that back first.
    let keys = account::key::list(&w.alpha.actor, &w.db, model::PageRequest::first()).await.unwrap().items;
    let key = keys.iter().find(|key| key.name == "Beta").unwrap();
    assert_eq!((key.hint.as_str(), key.dialect), (&face.shop_key[..8], Dialect::Etelecom));
    account::key::revoke(&w.alpha.actor, &w.db, key.id).await.unwrap();
    assert_eq!(face.ask("shop_key", "partner.Shop/CurrentShop", &json!({})).await.status, 401);

    let again = ask(&face, json!({ "shop_id": shop, "redirect_url": "https://crm.example/r?a=1&b=x%20y" })).await;
    assert_eq!((again.status, &again.json()["type"]), (200, &json!("shop_request")), "{}", again.text);
    let token = again.json()["auth_token"].as_str().unwrap().to_owned();
    assert_eq!(again.json()["auth_url"], format!("https://alo.example/etelecom/login?token={token}"));
    let pending = face.ask(&token, "shop.Misc/CurrentAccount", &json!({})).await;
    assert_eq!((pending.status, &pending.json()["code"]), (401, &json!("unauthenticated")));

    assert_eq!(open(w, &token, "").await.status, 200);
    let fields = [("token", token.as_str()), ("login", login.as_str()), ("password", password.as_str())];
    let wrong = enter(w, &[fields[0], fields[1], ("password", "nonsense")]).await;
    assert_eq!(wrong.status, 401);
    assert!(wrong.text.contains("Tên đăng nhập hoặc mật khẩu không đúng.") && !wrong.text.contains("nonsense"));
    let right = enter(w, &fields).await;
    assert_eq!(right.status, 303, "{}", right.text);
    let back = format!("https://crm.example/r?a=1&b=x%20y&token={}&shop_id={shop}", token.replace(':', "%3A"));
    assert_eq!(right.header("location"), back);
    // Nobody stays logged in by it.
    let page =
        account::session::list(&Actor { user: person(w, &login).await, ..w.alpha.actor.clone() }, &w.db, "").await;
    assert_eq!(page.unwrap(), []);

    for over in [enter(w, &fields).await, open(w, &token, "").await, open(w, "request:unknown", "").await] {
        assert_eq!(over.status, 404);
        assert!(over.text.contains("Yêu cầu không còn hiệu lực"), "{}", over.text);
    }
    let granted = ask(&face, json!({ "shop_id": shop, "redirect_url": "https://crm.example/r" })).await.json();
    assert_eq!((&granted["type"], &granted["expires_in"]), (&json!("shop_key"), &json!(-1)));
    let key = granted["auth_token"].as_str().unwrap().to_owned();
    assert!(key.starts_with(&format!("shop{shop}:")) && key.split_once(':').unwrap().1.len() == 64, "{key}");
    for call in ["partner.Shop/CurrentShop", "shop.Misc/CurrentAccount"] {
        assert_eq!(face.good(&key, call, json!({})).await["id"], json!(shop));
    }
    // An operator gives away no more than a company.
    let source = std::net::Ipv4Addr::LOCALHOST.into();
    let actor = Gate::new((*w.db).clone()).admit_key(Dialect::Etelecom, &key, source).await.unwrap();
    assert_eq!(actor.role, Role::Owner);
}

async fn person(w: &World, login: &str) -> Option<model::UserId> {
    let people = user::list(&w.alpha.actor, &w.db, model::PageRequest::first()).await.unwrap().items;
    people.iter().find(|user| user.login == login).map(|user| user.id)
}

#[tokio::test]
async fn only_who_runs_the_right_company_may_let_a_partner_in() {
    let face = Face::new().await;
    let w = &face.w;
    let token = ask(&face, first("https://crm.example/")).await.json()["auth_token"].as_str().unwrap().to_owned();
    let new = NewUser {
        login: "lan".into(),
        name: "Lan".into(),
        email: None,
        role: Role::Agent,
        password: Some("mat-khau-cua-lan".into()),
    };
    user::create(&w.alpha.actor, &w.db, new).await.unwrap();
    let agent = [("token", token.as_str()), ("login", "lan"), ("password", "mat-khau-cua-lan"), ("lang", "en")];
    let refused = enter(w, &agent).await;
    assert_eq!(refused.status, 403);
    assert!(refused.text.contains("Only a manager or an owner"), "{}", refused.text);

    // Alpha let Beta in, so that a request for Alpha can be granted by Alpha alone once it took that back.
    let keys = account::key::list(&w.alpha.actor, &w.db, model::PageRequest::first()).await.unwrap().items;
    let key = keys.iter().find(|key| key.name == "Beta").unwrap().id;
    account::key::revoke(&w.alpha.actor, &w.db, key).await.unwrap();
    let wish = NewRequest {
        company: Some(w.alpha.actor.tenant),
        redirect_url: "https://crm.example/".into(),
        ..NewRequest::default()
    };
    let asked = partner::authorize(&w.beta.actor, &w.db, wish).await.unwrap();
    let Authorization::Asked(token) = asked else { panic!("it was taken back") };
    let beta = account::bootstrap::run(&w.db, "Beta").await.unwrap();
    let fields = [("token", token.as_str()), ("login", &beta.login), ("password", &beta.password), ("lang", "en")];
    let other = enter(w, &fields).await;
    assert_eq!(other.status, 403);
    assert!(other.text.contains("another company"), "{}", other.text);
}

#[tokio::test]
async fn the_page_asks_for_the_second_factor_and_stops_who_guesses() {
    let face = Face::new().await;
    let w = &face.w;
    let (login, password) = owner(w).await;
    let actor = Actor { user: person(w, &login).await, ..w.alpha.actor.clone() };
    let enrolment = factor::begin(&actor, &w.db, password.clone()).await.unwrap();
    let code = totp(&enrolment.secret, store::now().as_millis() / 30_000);
    let recovery = factor::confirm(&actor, &w.db, &code).await.unwrap().codes.remove(0);
    let token = ask(&face, first("https://crm.example/")).await.json()["auth_token"].as_str().unwrap().to_owned();
    let mut fields = vec![("token", token.as_str()), ("login", &login), ("password", &password), ("lang", "en")];
    let needed = enter(w, &fields).await;
    assert_eq!(needed.status, 401);
    assert!(needed.text.contains("together with the code"), "{}", needed.text);
    fields.push(("code", "000000"));
    assert!(enter(w, &fields).await.text.contains("The code is wrong"));
    fields.pop();
    fields.push(("code", &recovery));
    assert_eq!(enter(w, &fields).await.status, 303);

    let token = ask(&face, first("https://crm.example/")).await.json()["auth_token"].as_str().unwrap().to_owned();
    let guess = [("token", token.as_str()), ("login", login.as_str()), ("password", "wrong-password")];
    for _ in 0..10 {
        assert_eq!(enter(w, &guess).await.status, 401);
    }
    let stopped = enter(w, &[guess[0], guess[1], ("password", &password)]).await;
    assert_eq!(stopped.status, 429);
    assert!(stopped.text.contains("Sai quá nhiều lần"), "{}", stopped.text);
}

/// A code of RFC 6238 with the usual values.
fn totp(secret: &str, step: i64) -> String {
    use hmac::{Hmac, KeyInit, Mac};
    let bits: Vec<u8> = secret
        .bytes()
        .flat_map(|c| {
            let value = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567".iter().position(|known| *known == c).unwrap() as u8;
            (0..5).rev().map(move |bit| value >> bit & 1)
        })
        .collect();
    let key: Vec<u8> = bits.chunks_exact(8).map(|bits| bits.iter().fold(0, |sum, bit| sum << 1 | bit)).collect();
    let mut mac = Hmac::<sha1::Sha1>::new_from_slice(&key).unwrap();
    mac.update(&step.to_be_bytes());
    let hash = mac.finalize().into_bytes();
    let at = usize::from(hash[19] & 15);
    let number = u32::from_be_bytes([hash[at] & 0x7f, hash[at + 1], hash[at + 2], hash[at + 3]]);
    format!("{:06}", number % 1_000_000)
}

#[tokio::test]
async fn the_page_has_no_scripts_and_says_who_asks_in_both_languages() {
    let face = Face::new().await;
    let patch = account::tenant::TenantPatch { name: Some("<b>Beta & Co</b>".into()), ..Default::default() };
    let w = &face.w;
    account::tenant::update(&w.beta.actor, &w.db, w.beta.actor.tenant, patch).await.unwrap();
    let asked = ask(&face, first("https://crm.example:8443/r")).await.json();
    let token = asked["auth_token"].as_str().unwrap();
    let page = open(w, token, "").await;
    assert_eq!((page.status, page.header("content-type")), (200, "text/html; charset=utf-8"));
    let policy = "default-src 'none'; style-src 'self'; form-action 'self' https://crm.example:8443; base-uri 'none'; \
                  frame-ancestors 'none'";
    assert_eq!(page.header("content-security-policy"), policy);
    assert_eq!((page.header("x-frame-options"), page.header("cache-control")), ("DENY", "no-store"));
    assert!(page.text.contains("&lt;b&gt;Beta &amp; Co&lt;/b&gt; muốn làm việc") && !page.text.contains("<b>"));
    assert!(page.text.contains("chu@alpha.example") && page.text.contains("crm.example"));
    assert!(!page.text.contains("<script") && !page.text.contains("style="));
    assert!(open(w, token, "&lang=en").await.text.contains("wants to work for your company"));
    let browser = Request::get(format!("/etelecom/login?token={token}")).header("accept-language", "en-GB,vi;q=0.5");
    assert!(send(w, browser.body(Body::empty()).unwrap()).await.text.contains(r#"<html lang="en">"#));
    let style = send(w, Request::get("/etelecom/login.css").body(Body::empty()).unwrap()).await;
    assert_eq!((style.status, style.header("content-type")), (200, "text/css; charset=utf-8"));
    let strange = enter(w, &[("token", token), ("login", "\"><img src=x>"), ("password", "x")]).await;
    assert!(strange.status == 401 && !strange.text.contains("<img"), "{}", strange.text);
}
