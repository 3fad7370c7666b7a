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
