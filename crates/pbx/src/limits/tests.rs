use super::*;
use crate::fixture::{an_extension, company, fields, told};
use crate::{Snapshot, extension};
use store::testing::sqlite;

#[tokio::test]
async fn who_has_set_no_limits_has_the_usual_ones_and_changes_are_kept() {
    let db = sqlite().await;
    let acme = company(&db, "acme.test").await;
    let lan = an_extension(&acme, &db, "101").await;
    assert_eq!(get(&acme, &db, None).await, Ok(Limits::of_company()));
    assert_eq!(get(&acme, &db, Some(lan)).await, Ok(Limits::of_extension()));

    let patch = LimitsPatch {
        outbound_calls: Some(2),
        dial_countries: Some(Some(vec!["84".into(), "1".into()])),
        ..LimitsPatch::default()
    };
    let changed = change(&acme, &db, Some(lan), patch).await.expect("changed");
    assert_eq!((changed.outbound_calls, changed.outbound_minutes_per_day), (2, 600));
    change(&acme, &db, None, LimitsPatch { outbound_calls: Some(7), ..LimitsPatch::default() }).await.expect("changed");

    let snapshot = Snapshot::load(&db).await.expect("a snapshot");
    let tenant = snapshot.tenant(&acme.tenant).expect("the company");
    assert_eq!(tenant.limits.outbound_calls, 7);
    assert_eq!(tenant.extensions[&lan].limits, changed);
    assert!(told(&db).await.contains(&"limits.updated".to_owned()));

    let back = LimitsPatch { dial_countries: Some(None), ..LimitsPatch::default() };
    assert_eq!(change(&acme, &db, Some(lan), back).await.expect("changed").dial_countries, None);
}

#[tokio::test]
async fn figures_out_of_bounds_are_refused_and_countries_belong_to_extensions() {
    let db = sqlite().await;
    let acme = company(&db, "acme.test").await;
    let patch = LimitsPatch {
        outbound_calls: Some(-1),
        dial_countries: Some(Some(vec!["abc".into()])),
        ..LimitsPatch::default()
    };
    let problem = change(&acme, &db, None, patch).await.expect_err("refused");
    assert_eq!(fields(&problem), ["outbound_calls", "dial_countries", "dial_countries"]);
}

#[tokio::test]
async fn another_company_sees_and_changes_nothing() {
    let db = sqlite().await;
    let (acme, other) = (company(&db, "acme.test").await, company(&db, "other.test").await);
    let lan = an_extension(&acme, &db, "101").await;
    assert_eq!(get(&other, &db, Some(lan)).await.expect_err("unknown").code, "not_found");
    let patch = LimitsPatch { outbound_calls: Some(1), ..LimitsPatch::default() };
    assert_eq!(change(&other, &db, Some(lan), patch).await.expect_err("unknown").code, "not_found");
}

#[tokio::test]
async fn the_limits_of_a_deleted_extension_are_forgotten() {
    let db = sqlite().await;
    let acme = company(&db, "acme.test").await;
    let lan = an_extension(&acme, &db, "101").await;
    change(&acme, &db, Some(lan), LimitsPatch { outbound_calls: Some(1), ..LimitsPatch::default() })
        .await
        .expect("changed");
    extension::delete(&acme, &db, lan).await.expect("deleted");
    let mut tx = db.read(acme.tenant).await.expect("a transaction");
    assert!(repo::all(&mut tx).await.expect("rows").is_empty());
}
