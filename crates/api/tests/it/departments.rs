use crate::world::World;
use serde_json::json;

#[tokio::test]
async fn people_are_put_into_departments_and_moved_when_one_goes() {
    let w = World::new().await;
    let made = w.post(&w.alpha.key, "/departments", json!({ "name": "Sales" })).await;
    assert_eq!((made.status.as_u16(), &made.json()["users"]), (201, &json!(0)), "{}", made.json());
    assert_eq!(w.post(&w.alpha.key, "/departments", json!({ "name": "Sales" })).await.field(), "name");
    let (sales, care) =
        (made.text("id"), w.post(&w.alpha.key, "/departments", json!({ "name": "Care" })).await.text("id"));
    let lan = w.post(&w.alpha.key, "/users", json!({ "login": "lan@alpha", "role": "agent" })).await.text("id");
    let lan = format!("/users/{lan}");
    assert_eq!(w.patch(&w.alpha.key, &lan, json!({ "department": sales })).await.text("department"), sales);
    let theirs = w.post(&w.beta.key, "/departments", json!({ "name": "Sales" })).await.text("id");
    for wrong in [json!(theirs), json!("sales"), json!(7)] {
        let refused = w.patch(&w.alpha.key, &lan, json!({ "department": wrong })).await;
        assert_eq!((refused.status.as_u16(), refused.field().as_str()), (422, "department"), "{wrong}");
    }
    let path = format!("/departments/{sales}");
    assert_eq!(w.delete(&w.alpha.key, &path).await.code(), "department_not_empty");
    for wrong in [&theirs, &sales, "nothing"] {
        assert_eq!(w.delete(&w.alpha.key, &format!("{path}?move_to={wrong}")).await.field(), "move_to");
    }
    assert_eq!(w.delete(&w.alpha.key, &format!("{path}?move_to={care}")).await.status, 204);
    assert_eq!(w.get(&w.alpha.key, &lan).await.text("department"), care);
    assert_eq!(w.get(&w.alpha.key, "/departments").await.items()[0]["users"], 1);
    assert_eq!(w.get(&w.beta.key, "/departments").await.items().len(), 1, "another company sees its own");
    let agent = w.key(&w.alpha, "agent").await;
    assert_eq!(w.get(&agent, "/departments").await.status, 403);
}
