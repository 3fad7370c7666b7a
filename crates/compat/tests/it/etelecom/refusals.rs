//! What is refused, byte for byte, and what belongs to others.

use super::{Face, of_role};
use axum::body::Body;
use axum::http::Request;
use model::{Actor, Id, Role};
use serde_json::{Value, json};

/// An error as it stands on the wire.
fn error(code: &str, msg: &str) -> String {
    format!(r#"{{"code":"{code}","msg":"{msg}"}}"#)
}

#[tokio::test]
async fn each_documented_error_is_told_byte_for_byte() {
    let face = Face::new().await;
    let send = async |method: &str, path: &str, kind: Option<&str>, key: &str, body: &str| {
        let mut request = Request::builder().method(method).uri(format!("/etelecom{path}"));
        if let Some(kind) = kind {
            request = request.header("content-type", kind);
        }
        if !key.is_empty() {
            request = request.header("authorization", format!("Bearer {}", face.key(key)));
        }
        let answer = face.w.send(request.body(Body::from(body.to_owned())).unwrap()).await;
        (answer.status, answer.text)
    };
    let (json, account) = (Some("application/json"), "/v1/shop.Misc/CurrentAccount");
    let nobody = error("unauthenticated", "send a valid key in the header Authorization: Bearer <api_key>");
    let no_handler = |path: &str| error("bad_route", &format!(r#"no handler for path \"{path}\""#));
    let undecodable = "The body is not JSON: EOF while parsing an object at line 1 column 1.";
    for (method, path, kind, key, body, status, expected) in [
        ("POST", account, None, "shop", "{}", 404, error("bad_route", r#"unexpected Content-Type: \"\""#)),
        ("POST", account, Some("text/plain"), "shop", "{}", 404, error("bad_route", r#"unexpected Content-Type: \"text/plain\""#)),
        (
            "POST",
            account,
            Some("application/x-www-form-urlencoded"),
            "shop",
            "a=b",
            404,
            error("bad_route", r#"unexpected Content-Type: \"application/x-www-form-urlencoded\""#),
        ),
        ("GET", account, json, "shop", "", 404, error("bad_route", r#"unsupported method \"GET\" (only POST is allowed)"#)),
        ("POST", "/v1/shop.Misc/Nothing", json, "shop", "{}", 404, no_handler("/etelecom/v1/shop.Misc/Nothing")),
        ("POST", "/v1/king.Misc/CurrentAccount", json, "shop", "{}", 404, no_handler("/etelecom/v1/king.Misc/CurrentAccount")),
        ("POST", "/v2/x", json, "shop", "{}", 404, no_handler("/etelecom/v2/x")),
        ("DELETE", "/login", json, "shop", "{}", 404, error("bad_route", "DELETE is not possible at this address.")),
        ("POST", account, json, "", "{}", 401, nobody.clone()),
        ("POST", account, json, "123:abc", "{}", 401, nobody.clone()),
        ("POST", account, json, "shop1:abc", "{}", 401, nobody.clone()),
        (
            "POST",
            account,
            json,
            "request:abc",
            "{}",
            401,
            error("unauthenticated", "the shop has not logged in yet; ask for its shop_key once it was sent to your redirect_url"),
        ),
        ("POST", "/v1/shop.Etelecom/GetExtensions", json, "shop", "{", 400, error("malformed", undecodable)),
        ("POST", "/v1/shop.Etelecom/GetExtensions", json, "shop", "", 400, error("malformed", "Send a JSON object as body.")),
        ("POST", "/v1/shop.Etelecom/GetExtensions", json, "shop", "[]", 400, error("invalid_argument", "Send a JSON object.")),
        (
            "POST",
            "/v1/shop.Etelecom/GetExtensions",
            json,
            "shop",
            r#"{"paging":{"sort":"-colour"}}"#,
            400,
            error("invalid_argument", "sort by -colour is not allowed"),
        ),
        (
            "POST",
            "/v1/partner.Shop/AuthorizeShop",
            json,
            "partner",
            r#"{"shop_id":"123","redirect_url":"https://crm.example/"}"#,
            403,
            r#"{"code":"permission_denied","msg":"the shop has never logged in through this partner; leave shop_id out","meta":{"reason":"shop_not_connected"}}"#.to_owned(),
        ),
        (
            "POST",
            "/v1/partner.Etelecom/GetTenant",
            json,
            "partner",
            "{}",
            403,
            r#"{"code":"permission_denied","msg":"this is done as a shop: send the shop_key of Shop/AuthorizeShop","meta":{"reason":"shop_key_required"}}"#.to_owned(),
        ),
        (
            "POST",
            "/v1/partner.Etelecom/GetPartnerTenantList",
            json,
            "shop_key",
            "{}",
            403,
            r#"{"code":"permission_denied","msg":"only a partner may do this: send the partner's own key","meta":{"reason":"partner_key_required"}}"#.to_owned(),
        ),
        (
            "POST",
            "/v1/shop.Etelecom/GetExtensionInfo",
            json,
            "agent",
            r#"{"extension_number":"101"}"#,
            403,
            r#"{"code":"permission_denied","msg":"This needs the right EditConfig, which the role agent lacks.","meta":{"reason":"permission_missing"}}"#.to_owned(),
        ),
    ] {
        assert_eq!(send(method, path, kind, key, body).await, (status, expected), "{method} {path} {body}");
    }
    // A charset behind the type is fine, and so is a key without the word in front.
    let plain = Request::post("/etelecom/v1/shop.Misc/CurrentAccount")
        .header("content-type", "application/json; charset=utf-8")
        .header("authorization", &face.w.alpha.key);
    assert_eq!(face.w.send(plain.body(Body::from("{}")).unwrap()).await.status, 200);
    let large = json!({ "filter": { "call_number": "9".repeat(1_100_000) } }).to_string();
    let (status, text) = send("POST", "/v1/shop.Etelecom/ListCallLogs", json, "shop", &large).await;
    assert_eq!((status, text), (400, error("malformed", "The request body is larger than this address takes.")));
}

#[tokio::test]
async fn a_rate_is_told_as_exhausted_and_a_strange_address_as_denied() {
    let face = Face::new().await;
    let shop = Actor { role: Role::Owner, ..face.w.alpha.actor.clone() };
    let secret = of_role(&face.w, &shop, Role::Manager).await;
    let keys = account::key::list(&shop, &face.w.db, model::PageRequest::first()).await.unwrap().items;
    let key = keys.iter().find(|key| secret.starts_with(&key.hint)).unwrap().id;
    let patch = |patch| account::key::update(&shop, &face.w.db, key, patch);
    patch(account::key::KeyPatch { requests_per_minute: Some(Some(1)), ..Default::default() }).await.unwrap();
    face.good(&secret, "shop.Misc/CurrentAccount", json!({})).await;
    let answer = face.ask(&secret, "shop.Misc/CurrentAccount", &json!({})).await;
    assert_eq!((answer.status, &answer.json()["code"]), (429, &json!("resource_exhausted")));
    patch(account::key::KeyPatch { allowed_addresses: Some(vec!["203.0.113.7".into()]), ..Default::default() })
        .await
        .unwrap();
    let answer = face.ask(&secret, "shop.Misc/CurrentAccount", &json!({})).await;
    assert_eq!((answer.status, &answer.json()["meta"]["reason"]), (403, &json!("address_not_allowed")));
}

#[tokio::test]
async fn bad_values_are_invalid_arguments_that_name_the_field() {
    let face = Face::new().await;
    let company = face.w.alpha.actor.tenant.number().to_string();
    let authorize = |field: &str, value: &str| {
        let mut body =
            json!({ "email": "a@b.example", "phone": "0900", "name": "A", "redirect_url": "https://crm.example/" });
        body[field] = value.into();
        body
    };
    let cases: Vec<(&str, &str, Value, &str)> = vec![
        ("partner", "partner.Shop/AuthorizeShop", authorize("email", ""), "email"),
        ("partner", "partner.Shop/AuthorizeShop", authorize("phone", ""), "phone"),
        ("partner", "partner.Shop/AuthorizeShop", authorize("name", ""), "name"),
        ("partner", "partner.Shop/AuthorizeShop", authorize("redirect_url", ""), "redirect_url"),
        ("partner", "partner.Shop/AuthorizeShop", authorize("redirect_url", "javascript:alert(1)"), "redirect_url"),
        (
            "partner",
            "partner.Shop/AuthorizeShop",
            authorize("redirect_url", "https://u:p@crm.example/"),
            "redirect_url",
        ),
        ("partner", "partner.Shop/AuthorizeShop", json!({ "shop_id": company }), "redirect_url"),
        (
            "partner",
            "partner.Shop/AuthorizeShop",
            json!({ "shop_id": "abc", "redirect_url": "https://x.example" }),
            "shop_id",
        ),
        ("shop", "shop.Etelecom/CreateExtension", json!({ "extension_number": 102 }), "hotline_id"),
        ("shop", "shop.Etelecom/CreateExtension", json!({ "hotline_id": "1" }), "extension_number"),
        ("shop", "shop.Etelecom/GetExtensionInfo", json!({}), "send one of"),
        ("shop", "shop.Etelecom/GetExtensionInfo", json!({ "email": "a@b", "phone": "1" }), "send one of"),
        ("shop", "shop.Etelecom/AssignUserToExtension", json!({ "extension_id": "1" }), "user_id"),
        ("shop", "shop.Etelecom/CreateAccountUser", json!({ "phone": "0901234567" }), "full_name"),
        ("shop", "shop.Etelecom/CreateAccountUser", json!({ "full_name": "A" }), "phone"),
        ("shop", "shop.Etelecom/CreateAccountUser", json!({ "full_name": "A", "phone": "x" }), "phone"),
        (
            "shop",
            "shop.Etelecom/CreateAccountUser",
            json!({ "full_name": "A", "phone": "0901234567", "password": "short" }),
            "password",
        ),
        (
            "shop",
            "shop.Etelecom/CreateAccountUser",
            json!({ "full_name": "A", "phone": "0901234567", "roles": ["king"] }),
            "roles",
        ),
        ("partner", "partner.Etelecom/PartnerAddHotline", json!({ "name": "A" }), "hotline"),
        ("partner", "partner.Etelecom/PartnerAddHotline", json!({ "hotline": "02873000001" }), "name"),
        (
            "partner",
            "partner.Etelecom/PartnerAddHotline",
            json!({ "hotline": "02873000001", "name": "A", "network": "mars" }),
            "network",
        ),
        ("shop", "shop.Etelecom/ListCallLogs", json!({ "paging": { "limit": -1 } }), "paging.limit"),
        ("shop", "shop.Etelecom/ListCallLogs", json!({ "paging": { "limit": "ten" } }), "paging.limit"),
        ("shop", "shop.Etelecom/ListCallLogs", json!({ "paging": { "after": "x" } }), "paging.after"),
        ("shop", "shop.Etelecom/ListCallLogs", json!({ "paging": { "after": "1.x" } }), "paging"),
        ("shop", "shop.Etelecom/ListCallLogs", json!({ "paging": { "after": "1.a", "before": "1.b" } }), "paging"),
        ("shop", "shop.Etelecom/ListCallLogs", json!({ "filter": { "date_from": "yesterday" } }), "filter.date_from"),
        ("shop", "shop.Etelecom/ListCallLogs", json!({ "filter": { "direction": "up" } }), "filter.direction"),
        ("shop", "shop.Etelecom/ListCallLogs", json!({ "filter": { "call_state": "maybe" } }), "filter.call_state"),
        (
            "shop",
            "shop.Etelecom/ListCallLogs",
            json!({ "filter": { "duration": { "comparison": "x" } } }),
            "filter.duration",
        ),
        ("shop", "shop.Etelecom/ListCallLogs", json!({ "filter": { "extension_ids": vec!["1"; 201] } }), "filter"),
        ("shop", "shop.Etelecom/ListCallLogs", json!({ "filter": [] , "paging": 7 }), "paging"),
        ("shop_owner", "shop.Webhook/CreateWebhook", json!({}), "url"),
        ("shop_owner", "shop.Webhook/DeleteWebhook", json!({}), "id"),
    ];
    for (key, call, body, field) in cases {
        let answer = face.ask(key, call, &body).await;
        let told = answer.json();
        assert_eq!((answer.status, &told["code"]), (400, &json!("invalid_argument")), "{call} {body}: {}", answer.text);
        assert!(told["msg"].as_str().unwrap().contains(field), "{call} {body}: {}", answer.text);
    }
    let twice = json!({ "full_name": "A", "phone": "0901234567" });
    face.good("shop", "shop.Etelecom/CreateAccountUser", twice.clone()).await;
    let again = face.ask("shop", "shop.Etelecom/CreateAccountUser", &twice).await;
    assert_eq!((again.status, &again.json()["code"]), (409, &json!("already_exists")));
}

/// Every method that takes an id, asked with ids of another company.
#[tokio::test]
async fn what_belongs_to_another_company_is_not_there() {
    let face = Face::new().await;
    let (w, alpha) = (&face.w, &face.w.alpha);
    let found = pbx::extension::find_by_number(&alpha.actor, &w.db, "101").await.unwrap().unwrap();
    let person = account::user::list(&alpha.actor, &w.db, model::PageRequest::first()).await.unwrap().items.remove(0);
    let call = w.ended(alpha, |_| {}).await;
    let number = |id: u64| id.to_string();
    let (extension, user) = (number(found.id.number()), number(person.id.number()));
    let both = json!({ "extension_id": extension, "user_id": user });
    // Beta asks as the shop that it is itself.
    for (call, body) in [
        ("shop.Etelecom/AssignUserToExtension", both.clone()),
        ("shop.Etelecom/RemoveUserOfExtension", both),
        ("shop.Etelecom/UpdateExtensionHotline", json!({ "extension_id": extension, "hotline_id": "1" })),
        ("shop.Etelecom/GetExtensionInfo", json!({ "email": person.login })),
        ("shop.Etelecom/ListCallLogs", json!({ "filter": { "user_id": user } })),
    ] {
        let answer = face.ask("partner", call, &body).await;
        assert_eq!((answer.status, &answer.json()["code"]), (404, &json!("not_found")), "{call}: {}", answer.text);
    }
    for filter in [
        json!({}),
        json!({ "external_id": call.to_string() }),
        json!({ "extension_ids": [extension] }),
        json!({ "call_number": "0901234567" }),
    ] {
        let list = face.good("partner", "shop.Etelecom/ListCallLogs", json!({ "filter": filter })).await;
        assert_eq!(list["call_logs"], json!([]), "{filter}");
    }
    let others = json!({ "filter": { "owner_id": number(alpha.actor.tenant.number()) } });
    let hotlines = face.good("partner", "shop.Etelecom/GetHotlines", others.clone()).await;
    assert_eq!(hotlines["hotlines"], json!([]));
    // Alpha lets nobody work for it whom it did not let in, and is itself nobody's partner.
    let tenants = face.good("shop", "partner.Etelecom/GetPartnerTenantList", others).await;
    assert_eq!(tenants["tenants"], json!([]));
    let beta = number(w.beta.actor.tenant.number());
    let held =
        face.good("shop", "partner.Etelecom/PartnerAddHotline", json!({ "hotline": "02873000001", "name": "A" })).await;
    for (call, body) in [
        ("partner.Etelecom/PartnerActivateTenant", json!({ "tenant_id": beta, "owner_id": beta })),
        ("partner.Etelecom/PartnerAddHotlineToTenant", json!({ "hotline_id": held["id"], "tenant_id": beta })),
        ("partner.Etelecom/PartnerAddHotline", json!({ "hotline": "02873000002", "name": "A", "owner_id": beta })),
    ] {
        let answer = face.ask("shop", call, &body).await;
        assert_eq!((answer.status, &answer.json()["code"]), (404, &json!("not_found")), "{call}: {}", answer.text);
    }
    let theirs = json!({ "hotline_id": held["id"] });
    for call in ["partner.Etelecom/PartnerRemoveHotline", "partner.Etelecom/PartnerRemoveHotlineOutOfTenant"] {
        assert_eq!(face.ask("partner", call, &theirs).await.status, 404, "{call}");
    }
}

#[tokio::test]
async fn no_method_fails_on_our_side_whatever_it_is_sent() {
    let face = Face::new().await;
    let methods: Vec<&str> = "Misc/CurrentAccount Misc/VersionInfo Shop/AuthorizeShop Shop/CurrentShop Webhook/CreateWebhook \
        Webhook/GetWebhooks Webhook/DeleteWebhook Etelecom/GetPartnerTenantList Etelecom/PartnerAddHotline \
        Etelecom/GetPartnerHotlineList Etelecom/PartnerActivateTenant Etelecom/PartnerAddHotlineToTenant \
        Etelecom/PartnerRemoveHotlineOutOfTenant Etelecom/PartnerRemoveHotline Etelecom/CreateTenant Etelecom/GetTenant \
        Etelecom/GetDriverConfig Etelecom/GetHotlines Etelecom/CreateAccountUser Etelecom/GetAccountUsers \
        Etelecom/CreateExtension Etelecom/GetExtensionInfo Etelecom/GetExtensions Etelecom/AssignUserToExtension \
        Etelecom/UpdateExtensionHotline Etelecom/RemoveUserOfExtension Etelecom/ListCallLogs Zalo/ListOA"
        .split_whitespace()
        .collect();
    let huge = "9".repeat(40);
    let values = [
        json!(null),
        json!(-1),
        json!(1.5),
        json!(huge),
        json!("\u{0}"),
        json!([]),
        json!({}),
        json!(true),
        json!("é'\"<>"),
    ];
    for method in methods {
        for value in &values {
            let fields = "id url entities shop_id email phone name redirect_url hotline hotline_id tenant_id owner_id full_name \
                roles extension_number extension_id user_id filter paging network description is_free_charge";
            let all: serde_json::Map<String, Value> =
                fields.split_whitespace().map(|name| (name.to_owned(), value.clone())).collect();
            for body in [
                value.clone(),
                Value::Object(all),
                json!({ "filter": { "call_number": value }, "paging": { "after": value } }),
            ] {
                for (role, key) in [("shop", "shop_owner"), ("partner", "partner"), ("partner", "shop_key")] {
                    let answer = face.ask(key, &format!("{role}.{method}"), &body).await;
                    assert!(answer.status < 500, "{role}.{method} {body}: {}", answer.text);
                    assert_eq!(answer.content_type, "application/json");
                }
            }
        }
    }
}
