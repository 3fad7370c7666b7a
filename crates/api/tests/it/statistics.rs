use crate::world::World;
use serde_json::json;

#[tokio::test]
async fn the_figures_of_a_day_are_told_to_those_who_see_calls() {
    let w = World::new().await;
    let call = crate::calls::ended(&w, &w.alpha, 1_795_366_800_000).await.to_string();
    let record = w.get(&w.alpha.key, &format!("/calls/{call}")).await.json();
    let path = "/statistics/calls?from=2026-11-23&to=2026-11-23&by=hour";
    let told = w.get(&w.alpha.key, path).await.json();
    assert_eq!((&told["total"]["calls"], &told["time_zone"]), (&json!(1), &json!("Asia/Ho_Chi_Minh")));
    assert_eq!(told["total"]["talk_ms"], record["talk_ms"]);
    assert_eq!(told["steps"].as_array().unwrap().len(), 24);
    assert_eq!(told["steps"][0]["from"], json!(1_795_366_800_000i64));
    assert_eq!(told["causes"][0]["cause"], record["cause"]);
    assert_eq!(w.get(&w.beta.key, path).await.json()["total"]["calls"], json!(0), "another company sees nothing");
    let agent = w.key(&w.alpha, "agent").await;
    assert_eq!(w.get(&agent, path).await.status, 403);
}

#[tokio::test]
async fn wrong_periods_and_filters_are_named() {
    let w = World::new().await;
    for (query, field) in [
        ("", "from"),
        ("from=2026-11-23", "to"),
        ("from=today&to=2026-11-23", "from"),
        ("from=2026-11-23&to=2026-11-01", "to"),
        ("from=2026-11-23&to=2026-11-23&by=minute", "by"),
        ("from=2020-11-23&to=2026-11-23&by=day", "by"),
        ("from=2026-11-23&to=2026-11-23&direction=up", "direction"),
        ("from=2026-11-23&to=2026-11-23&hotline=ext_1", "hotline"),
        ("from=2026-11-23&to=2026-11-23&extension=1", "extension"),
        ("from=2026-11-23&to=2026-11-23&colour=red", "colour"),
    ] {
        let answer = w.get(&w.alpha.key, &format!("/statistics/calls?{query}")).await;
        assert_eq!((answer.status.as_u16(), answer.field().as_str()), (422, field), "{query}");
    }
}

#[tokio::test]
async fn reports_of_queues_and_agents_are_told_and_exported_for_their_company() {
    let w = World::new().await;
    let key = &w.alpha.key;
    for path in ["/statistics/queues", "/statistics/agents"] {
        let days = format!("{path}?from=2026-11-23&to=2026-11-23");
        let told = w.get(key, &days).await;
        assert_eq!((told.status.as_u16(), &told.json()["time_zone"]), (200, &json!("Asia/Ho_Chi_Minh")));
        let wrong = w.get(key, &format!("{path}?from=2026-11-23&to=2026-11-22")).await;
        assert_eq!((wrong.status.as_u16(), wrong.field().as_str()), (422, "to"), "{path}");
    }
    crate::calls::ended(&w, &w.alpha, 1_795_400_000_000).await;
    for (report, language, word) in [
        ("extensions", "en", "Answered"),
        ("hotlines", "vi", "Đã nghe"),
        ("queues", "en", "Gave up"),
        ("agents", "vi", "Nhỡ"),
    ] {
        let path = format!("/statistics/export?report={report}&from=2026-11-01&to=2026-11-30&language={language}");
        let csv = w.get(key, &path).await;
        let text = String::from_utf8_lossy(&csv.bytes).into_owned();
        assert!(csv.status == 200 && text.contains(word), "{report}: {text}");
        let book = w.get(key, &format!("{path}&format=xlsx")).await;
        assert!(book.status == 200 && book.bytes.starts_with(b"PK"), "{report}");
    }
    let wrong = w.get(key, "/statistics/export?report=x&from=2026-11-01&to=2026-11-30").await;
    assert_eq!(wrong.field(), "report");
}
