use super::*;
use axum::Router;
use axum::middleware::from_fn_with_state;
use axum::routing::post;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use store::testing::on_both;
use tower::ServiceExt;

/// A router whose one route counts how often it was run; it fails when the body says so.
fn router(db: &Db, runs: &Arc<AtomicUsize>) -> Router {
    let runs = runs.clone();
    let run = move |body: String| async move {
        let count = runs.fetch_add(1, Ordering::SeqCst) + 1;
        if body == "fail" { Err(Failure::from(Problem::invalid("x", "Wrong."))) } else { Ok(format!("run {count}")) }
    };
    Router::new().route("/do", post(run)).layer(from_fn_with_state(Gate::new(db.clone()), replay))
}

async fn ask(router: &Router, bearer: &str, key: &str, body: &str) -> (u16, String, bool) {
    let request = Request::builder().method("POST").uri("/do").header("authorization", format!("Bearer {bearer}"));
    let request = request.header("idempotency-key", key).body(Body::from(body.to_owned())).unwrap();
    let response = router.clone().oneshot(request).await.unwrap();
    let (status, replayed) = (response.status().as_u16(), response.headers().contains_key("idempotency-replayed"));
    let bytes = axum::body::to_bytes(response.into_body(), 10_000).await.unwrap();
    (status, String::from_utf8(bytes.to_vec()).unwrap(), replayed)
}

#[tokio::test]
async fn a_request_is_run_once_for_each_key_that_succeeds() {
    on_both(async |db| {
        let bearer = account::bootstrap::run(db, "Alpha").await.unwrap().api_key;
        let runs = Arc::new(AtomicUsize::new(0));
        let router = router(db, &runs);
        assert_eq!(ask(&router, &bearer, "a", "x").await, (200, "run 1".into(), false));
        assert_eq!(ask(&router, &bearer, "a", "x").await, (200, "run 1".into(), true));
        assert_eq!(ask(&router, &bearer, "a", "y").await.0, 422);
        assert_eq!(ask(&router, &bearer, "b", "fail").await.0, 422);
        assert_eq!(ask(&router, &bearer, "b", "x").await, (200, "run 3".into(), false));
        assert_eq!(runs.load(Ordering::SeqCst), 3);
    })
    .await;
}

#[tokio::test]
async fn a_key_is_taken_over_after_a_crash_and_forgotten_after_a_day() {
    on_both(async |db| {
        let bearer = account::bootstrap::run(db, "Alpha").await.unwrap().api_key;
        let actor = Gate::new(Db::clone(db)).admit(&bearer, std::net::Ipv4Addr::LOCALHOST.into()).await.unwrap();
        let owner = actor.key.unwrap().to_string();
        let (key, fingerprint) = ("k".to_owned(), "f".to_owned());
        let claim = Claim { caller: Caller(actor.clone()), owner, key, fingerprint };
        let now = store::now().as_millis();
        let mut tx = db.write(actor.tenant).await.unwrap();
        assert!(repo::claim(&mut tx, &claim, now).await.unwrap().is_none());
        tx.commit().await.unwrap();
        let in_progress = claimed_before(db, &claim).await.unwrap_err();
        assert_eq!(in_progress.problem().code, "idempotency_in_progress");

        for age in [CLAIM_MS, KEPT_MS] {
            let mut tx = db.write(actor.tenant).await.unwrap();
            repo::reclaim(&mut tx, &claim, now - age - 1_000).await.unwrap();
            if age == KEPT_MS {
                let sealed = db.vault().seal("old", &claim.place());
                repo::answer(&mut tx, &claim, 200, "text/plain", &sealed).await.unwrap();
            }
            tx.commit().await.unwrap();
            assert!(claimed_before(db, &claim).await.unwrap().is_none(), "{age}");
        }
        let mut tx = db.write(actor.tenant).await.unwrap();
        repo::forget(&mut tx, now + 10_000).await.unwrap();
        assert!(repo::claim(&mut tx, &claim, now).await.unwrap().is_none(), "the row was gone");
    })
    .await;
}
