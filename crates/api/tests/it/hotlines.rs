use crate::world::{Company, World};
use serde_json::{Value, json};

async fn prepared(w: &World, company: &Company) -> (String, String) {
    let new = json!({ "name": "C", "kind": "address", "addresses": ["203.0.113.7"] });
    let trunk = w.post(&company.key, "/trunks", new).await.text("id");
    let extension = w.post(&company.key, "/extensions", json!({ "number": "101" })).await.text("id");
    (trunk, extension)
}

fn to(extension: &str) -> Value {
    json!({ "kind": "extension", "id": extension })
}

#[tokio::test]
async fn a_hotline_is_created_changed_and_removed() {
    let w = World::new().await;
    let (trunk, extension) = prepared(&w, &w.alpha).await;
    let new = json!({ "number": "028 7300 0001", "trunk": trunk, "target": to(&extension) });
    let made = w.post(&w.alpha.key, "/hotlines", new.clone()).await;
    assert_eq!((made.status.as_u16(), made.text("number").as_str()), (201, "+842873000001"), "{}", made.json());
    let twice = w.post(&w.alpha.key, "/hotlines", new).await;
    assert_eq!((twice.status.as_u16(), twice.field().as_str()), (409, "number"));
    let path = format!("/hotlines/{}", made.text("id"));
    let changed = w.patch(&w.alpha.key, &path, json!({ "name": "Sales" })).await.json();
    assert_eq!((changed["name"].as_str(), changed["target"]["id"].as_str()), (Some("Sales"), Some(extension.as_str())));
    let used = w.delete(&w.alpha.key, &format!("/extensions/{extension}")).await;
    assert_eq!((used.status.as_u16(), used.code().as_str()), (409, "in_use"));
    assert_eq!(w.delete(&w.alpha.key, &path).await.status, 204);
}

#[tokio::test]
async fn wrong_fields_and_things_of_others_are_refused() {
    let w = World::new().await;
    let (trunk, extension) = prepared(&w, &w.alpha).await;
    for (body, field) in [
        (json!({ "target": to(&extension) }), "number"),
        (json!({ "number": "abc", "target": to(&extension) }), "number"),
        (json!({ "number": "19001000" }), "target"),
        (json!({ "number": "19001000", "target": { "kind": "door", "id": extension } }), "target"),
        (json!({ "number": "19001000", "target": to(&extension), "trunk": "trk_x" }), "trunk"),
        (json!({ "number": "19001000", "target": to(&extension), "y": 1 }), "y"),
    ] {
        let answer = w.post(&w.alpha.key, "/hotlines", body.clone()).await;
        assert_eq!((answer.status.as_u16(), answer.field().as_str()), (422, field), "{body}");
    }
    let foreign = json!({ "number": "19001000", "trunk": trunk, "target": to(&extension) });
    let answer = w.post(&w.beta.key, "/hotlines", foreign).await;
    assert_eq!((answer.status.as_u16(), answer.field().as_str()), (422, "trunk"));
    w.post(&w.alpha.key, "/hotlines", json!({ "number": "19001000", "target": to(&extension) })).await;
    assert!(w.get(&w.beta.key, "/hotlines").await.items().is_empty(), "another company sees nothing");
    let agent = w.key(&w.alpha, "agent").await;
    let new = json!({ "number": "19002000", "target": to(&extension) });
    assert_eq!(w.post(&agent, "/hotlines", new).await.status, 403);
}
