//! What the vendor's webhooks post.

use super::Face;
use crate::receiver::Receiver;
use model::Id;
use serde_json::{Value, json};

#[tokio::test]
async fn changes_of_calls_and_extensions_are_posted_as_documented() {
    let face = Face::new().await;
    let crm = Receiver::start().await;
    let url = format!("http://{}/hook", crm.address);
    let hook = face.good("shop_owner", "shop.Webhook/CreateWebhook", json!({ "url": url })).await;
    let made = face.w.talked().await;
    let new = pbx::extension::NewExtension::number("301");
    let extension = pbx::extension::create(&face.w.alpha.actor, &face.w.db, new).await.unwrap().extension.id;
    pbx::extension::delete(&face.w.alpha.actor, &face.w.db, extension).await.unwrap();
    // Beta's changes go nowhere.
    let new = pbx::extension::NewExtension::number("302");
    pbx::extension::create(&face.w.beta.actor, &face.w.db, new).await.unwrap();
    let heard = face.w.told(&crm, 5).await;
    assert!(heard.iter().all(|heard| heard.method == "POST" && heard.target == "/hook"));
    let bodies: Vec<Value> = heard.iter().map(|heard| serde_json::from_str(&heard.body).unwrap()).collect();
    let changes: Vec<&Value> = bodies.iter().map(|body| &body["changes"][0]).collect();
    let of =
        |entity: &str| changes.iter().copied().filter(|change| change["entity"] == entity).collect::<Vec<&Value>>();
    let kinds = |changes: &[&Value]| changes.iter().map(|change| change["change_type"].clone()).collect::<Vec<Value>>();

    let calls = of("call_log");
    assert_eq!(kinds(&calls), ["create", "update", "update"]);
    let id = json!(made.number().to_string());
    let latest = |change: &Value| change["latest"]["call_log"].clone();
    assert!(
        calls.iter().all(|change| latest(change)["id"] == id && latest(change)["caller"] == "0901234567"),
        "{calls:#?}"
    );
    let states: Vec<Value> = calls.iter().map(|change| latest(change)["call_state"].clone()).collect();
    assert_eq!(states, ["unknown", "answered", "answered"]);
    assert_eq!(calls[1]["changed"]["call_log"]["call_state"], "answered");
    assert_eq!(calls[1]["changed"]["call_log"].as_object().unwrap().len(), 3);
    let ended = &calls[2];
    assert_eq!((&ended["changed"]["call_log"]["duration"], &latest(ended)["direction"]), (&json!(7), &json!("in")));
    let listed = face.good("shop", "shop.Etelecom/ListCallLogs", json!({})).await["call_logs"][0].clone();
    let without_link = |mut log: Value| {
        log["recording_urls"] = json!([]);
        log
    };
    assert_eq!(without_link(latest(ended)), without_link(listed));

    let extensions = of("extension");
    assert_eq!(kinds(&extensions), ["create", "delete"]);
    let gone = json!({ "id": extension.number().to_string(), "extension_number": "301" });
    assert_eq!(extensions[1]["latest"]["extension"], gone);
    assert!(bodies.iter().all(|body| body["id"].as_str().unwrap().parse::<i64>().is_ok()));

    let states = &face.good("shop_owner", "shop.Webhook/GetWebhooks", json!({})).await["webhooks"][0];
    assert_eq!((&states["id"], &states["states"]["state"]), (&hook["id"], &json!("P")), "{states}");
}

#[tokio::test]
async fn only_the_chosen_entities_are_posted_and_a_refusal_is_told_and_tried_again() {
    let face = Face::new().await;
    let crm = Receiver::start().await;
    crm.answers(&[(500, "not now")]);
    let new = json!({ "url": format!("http://{}/hook", crm.address), "entities": ["extension"], "metadata": "crm" });
    face.good("shop_owner", "shop.Webhook/CreateWebhook", new).await;
    face.w.talked().await;
    let new = pbx::extension::NewExtension::number("301");
    pbx::extension::create(&face.w.alpha.actor, &face.w.db, new).await.unwrap();
    let heard = face.w.told(&crm, 2).await;
    assert_eq!(heard[0].body, heard[1].body, "the same change, with the same id");
    assert!(heard.iter().all(|heard| heard.body.contains(r#""entity":"extension""#)));
    let hook = face.good("shop_owner", "shop.Webhook/GetWebhooks", json!({})).await["webhooks"][0].clone();
    assert_eq!((&hook["entities"], &hook["metadata"]), (&json!(["extension"]), &json!("crm")));
    let fault = &hook["states"]["last_error"];
    assert_eq!(
        (&fault["resp_status"], &fault["resp_body"], &fault["retried"]),
        (&json!(500), &json!("not now"), &json!(0))
    );
}
