//! Pages by cursor, cut in the database: whoever follows `next` from the beginning, or `prev` from the end, sees each thing once
//! and in order, whatever was made at the same moment.

use super::Face;
use model::Id;
use pbx::extension::{self, NewExtension};
use pbx::held::{self, NewHeld};
use proptest::prelude::*;
use proptest::test_runner::{Config, TestCaseError, TestRunner};
use serde_json::{Value, json};
use store::Sql;

/// A list: whose key, the method, and the name of its items.
const LISTS: [(&str, &str, &str); 2] = [
    ("shop", "shop.Etelecom/GetExtensions", "extensions"),
    ("partner", "partner.Etelecom/GetPartnerHotlineList", "hotlines"),
];

impl Face {
    /// An extension and a held number made at each of these moments; their ids in the order of the lists.
    async fn made_at(&self, moments: &[i64]) -> [Vec<String>; 2] {
        let (alpha, beta) = (&self.w.alpha.actor, &self.w.beta.actor);
        let mut made: [Vec<(i64, String, String)>; 2] = Default::default();
        for (at, number) in moments.iter().zip(200..) {
            let new = NewExtension::number(number.to_string());
            let id = extension::create(alpha, &self.w.db, new).await.unwrap().extension.id;
            self.dates("update extensions set created_at = ", alpha, *at, &id.to_string()).await;
            made[0].push((*at, id.to_string(), id.number().to_string()));
            let new = NewHeld { number: format!("02873000{number}"), name: "A".into(), ..NewHeld::default() };
            let id = held::hold(beta, &self.w.db, NewHeld { network: "unknown".into(), ..new }).await.unwrap().id;
            self.dates("update held_numbers set created_at = ", beta, *at, &id.to_string()).await;
            made[1].push((*at, id.to_string(), id.number().to_string()));
        }
        made.map(|mut list| {
            list.sort();
            list.into_iter().map(|(_, _, id)| id).collect()
        })
    }

    async fn dates(&self, statement: &'static str, of: &model::Actor, at: i64, id: &str) {
        let mut tx = self.w.db.write(of.tenant).await.unwrap();
        let mut sql = Sql::new(statement);
        sql.bind(at).push(" where tenant_id = ").bind(of.tenant.to_string()).push(" and id = ").bind(id);
        sql.execute(&mut tx).await.unwrap();
        tx.commit().await.unwrap();
    }

    /// The ids of a page, and its `next` and `prev`.
    async fn page(&self, list: (&str, &str, &str), cursor: (&str, &str), limit: u32, sort: &str) -> [Vec<String>; 3] {
        let paging = json!({ cursor.0: cursor.1, "limit": limit, "sort": sort });
        let answer = self.good(list.0, list.1, json!({ "paging": paging })).await;
        let ids = answer[list.2].as_array().unwrap().iter().map(|row| row["id"].as_str().unwrap().to_owned());
        let key = |name: &str| {
            answer["paging"][name].as_str().filter(|key| !key.is_empty()).map(str::to_owned).into_iter().collect()
        };
        [ids.collect(), key("next"), key("prev")]
    }
}

async fn walked(moments: Vec<i64>, limit: u32, sort: &str) -> Result<(), TestCaseError> {
    let face = Face::new().await;
    // The world has one extension of its own, which stands at the end of time.
    let own = extension::find_by_number(&face.w.alpha.actor, &face.w.db, "101").await.unwrap().unwrap().id;
    face.dates("update extensions set created_at = ", &face.w.alpha.actor, 100, &own.to_string()).await;
    let mut expected = face.made_at(&moments).await;
    expected[0].push(own.number().to_string());
    for (list, mut expected) in LISTS.into_iter().zip(expected) {
        if sort != "created_at" {
            expected.reverse();
        }
        let (mut forward, mut pages, mut cursor) = (Vec::new(), Vec::new(), Some(".".to_owned()));
        while let Some(after) = cursor {
            let [ids, next, prev] = face.page(list, ("after", &after), limit, sort).await;
            prop_assert!(ids.len() <= limit as usize);
            forward.extend(ids.clone());
            pages.push((ids, prev.first().cloned()));
            cursor = next.first().cloned();
            prop_assert!(pages.len() <= moments.len() + 2, "{list:?} has an end");
        }
        prop_assert_eq!(&forward, &expected, "{:?}", list);
        // And back again.
        let mut back = pages.last().and_then(|(_, prev)| prev.clone());
        for (ids, _) in pages.iter().rev().skip(1) {
            let before = back.expect("there is a page before");
            let [found, _, prev] = face.page(list, ("before", &before), limit, sort).await;
            prop_assert_eq!(&found, ids, "{:?}", list);
            back = prev.first().cloned();
        }
        prop_assert_eq!(back, None);
    }
    Ok(())
}

#[test]
fn all_pages_together_are_the_list_in_both_directions() {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let mut runner = TestRunner::new(Config { cases: 8, ..Config::default() });
    let sorts = prop_oneof![Just(""), Just("-created_at"), Just("created_at")];
    let cases = (proptest::collection::vec(0i64..6, 0..14), 1u32..6, sorts);
    runner.run(&cases, |(moments, limit, sort)| runtime.block_on(walked(moments, limit, sort))).unwrap();
}

#[tokio::test]
async fn a_thing_that_went_away_still_marks_its_place_and_filters_page_too() {
    let face = Face::new().await;
    let [made, _] = face.made_at(&[1, 2, 3, 4, 5]).await;
    let [first, next, _] = face.page(LISTS[0], ("after", "."), 2, "created_at").await;
    assert_eq!(first, made[..2]);
    let gone = extension::find_by_number(&face.w.alpha.actor, &face.w.db, "201").await.unwrap().unwrap().id;
    extension::delete(&face.w.alpha.actor, &face.w.db, gone).await.unwrap();
    let [second, ..] = face.page(LISTS[0], ("after", &next[0]), 2, "created_at").await;
    assert_eq!(second, made[2..4]);

    let listed = async |filter: Value| {
        let body = json!({ "filter": filter, "paging": { "limit": 1, "sort": "created_at" } });
        let answer = face.good("shop", "shop.Etelecom/GetExtensions", body).await;
        (answer["extensions"][0]["extension_number"].clone(), answer["paging"]["next"] != "")
    };
    assert_eq!(listed(json!({ "extension_numbers": ["204", 203] })).await, (json!("203"), true));
    assert_eq!(listed(json!({ "extension_numbers": ["999"] })).await, (Value::Null, false));
    assert_eq!(listed(json!({ "hotline_id": "7" })).await, (Value::Null, false));

    // Names are looked through piece by piece: one of the last is found on the first page.
    for (number, name) in (0..8).zip(["An", "Binh", "Chi", "Dung", "Em", "Giang", "Hoa", "Khanh"]) {
        let body = json!({ "full_name": name, "phone": format!("090123450{number}") });
        face.good("shop", "shop.Etelecom/CreateAccountUser", body).await;
    }
    let body = json!({ "filter": { "name": "an" }, "paging": { "limit": 2, "sort": "created_at" } });
    let found = face.good("shop", "shop.Etelecom/GetAccountUsers", body).await;
    let names: Vec<&str> =
        found["account_users"].as_array().unwrap().iter().filter_map(|user| user["full_name"].as_str()).collect();
    assert_eq!((names, &found["paging"]["next"] != ""), (vec!["An", "Giang"], true), "{found}");
}
