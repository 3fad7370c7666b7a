//! Departments: people are made in one, and lists keep to one.

use super::Face;
use account::department::{self, NewDepartment};
use model::Id;
use pbx::extension::{self, ExtensionPatch, NewExtension};
use serde_json::{Value, json};

#[tokio::test]
async fn people_and_calls_are_listed_by_department() {
    let face = Face::new().await;
    let (actor, db) = (&face.w.alpha.actor, &face.w.db);
    let made = department::create(actor, db, NewDepartment { name: "Kinh doanh".into(), description: String::new() })
        .await
        .unwrap();
    let number = made.id.number().to_string();
    let new = json!({ "full_name": "Lan", "phone": "0901234567", "department_id": number });
    let lan = face.good("shop", "shop.Etelecom/CreateAccountUser", new).await;
    assert_eq!(lan["department_id"], json!(number));
    face.good("shop", "shop.Etelecom/CreateAccountUser", json!({ "full_name": "Minh", "phone": "0901234568" })).await;
    let listed = async |method: &str, department: &str| {
        face.ask("shop", &format!("shop.Etelecom/{method}"), &json!({ "filter": { "department_id": department } }))
            .await
    };
    let users = listed("GetAccountUsers", &number).await.json();
    let names: Vec<&Value> = users["account_users"].as_array().unwrap().iter().map(|user| &user["full_name"]).collect();
    assert_eq!(names, ["Lan"]);
    assert_eq!(listed("ListCallLogs", &number).await.json()["call_logs"], json!([]), "nobody of it has a phone");

    let user = account::user::find_by_id_number(actor, db, lan["user_id"].as_str().unwrap().parse().unwrap()).await;
    let user = user.unwrap().unwrap().id;
    let phone = extension::create(actor, db, NewExtension::number("201")).await.unwrap().extension.id;
    let patch = ExtensionPatch { user: Some(Some(user)), ..ExtensionPatch::default() };
    extension::update(actor, db, phone, patch).await.unwrap();
    let call = face.w.ended(&face.w.alpha, |record| record.extension = Some(phone)).await;
    face.w.ended(&face.w.alpha, |record| record.started_at = 2_000).await;
    let logs = listed("ListCallLogs", &number).await.json();
    let ids: Vec<&Value> = logs["call_logs"].as_array().unwrap().iter().map(|log| &log["external_id"]).collect();
    assert_eq!(ids, [&json!(call.to_string())]);
    for method in ["ListCallLogs", "CreateAccountUser"] {
        let body = json!({ "filter": { "department_id": "7" }, "department_id": "7", "full_name": "A", "phone": "0901234569" });
        let answer = face.ask("shop", &format!("shop.Etelecom/{method}"), &body).await;
        assert_eq!((answer.status, &answer.json()["code"]), (404, &json!("not_found")), "{method}");
    }
    assert_eq!(listed("GetAccountUsers", "7").await.json()["account_users"], json!([]));
}
