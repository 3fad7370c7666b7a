use crate::world::{Answer, World};
use axum::body::Body;
use axum::http::Request;

const BOUNDARY: &str = "a-line-between";

/// A form of (name, file name, content).
fn form(fields: &[(&str, Option<&str>, &[u8])]) -> Vec<u8> {
    let mut body = Vec::new();
    for (name, file, content) in fields {
        let file = file.map_or(String::new(), |f| format!("; filename=\"{f}\"\r\ncontent-type: audio/wav"));
        body.extend(format!("--{BOUNDARY}\r\ncontent-disposition: form-data; name=\"{name}\"{file}\r\n\r\n").bytes());
        body.extend_from_slice(content);
        body.extend(b"\r\n");
    }
    body.extend(format!("--{BOUNDARY}--\r\n").bytes());
    body
}

async fn upload(w: &World, key: &str, body: Vec<u8>) -> Answer {
    let request = Request::builder()
        .method("POST")
        .uri("/api/v1/greetings")
        .header("authorization", format!("Bearer {key}"))
        .header("content-type", format!("multipart/form-data; boundary={BOUNDARY}"));
    w.send(request.body(Body::from(body)).unwrap()).await
}

/// A second of a tone: WAV, 16 kHz, stereo.
fn wav() -> Vec<u8> {
    let (rate, channels) = (16_000u32, 2u16);
    let samples: Vec<u8> = (0..rate)
        .flat_map(|n| {
            let sample = ((f64::from(n) * 0.2).sin() * 9_000.0) as i16;
            [sample.to_le_bytes(), sample.to_le_bytes()].concat()
        })
        .collect();
    let mut file = Vec::new();
    file.extend(b"RIFF");
    file.extend((36 + samples.len() as u32).to_le_bytes());
    file.extend(b"WAVEfmt ");
    file.extend(16u32.to_le_bytes());
    file.extend(1u16.to_le_bytes());
    file.extend(channels.to_le_bytes());
    file.extend(rate.to_le_bytes());
    file.extend((rate * 4).to_le_bytes());
    file.extend(4u16.to_le_bytes());
    file.extend(16u16.to_le_bytes());
    file.extend(b"data");
    file.extend((samples.len() as u32).to_le_bytes());
    file.extend(samples);
    file
}

async fn audio(w: &World, key: &str, path: &str, range: Option<&str>) -> Answer {
    let request =
        Request::builder().uri(format!("/api/v1{path}/audio")).header("authorization", format!("Bearer {key}"));
    let request = match range {
        Some(range) => request.header("range", range),
        None => request,
    };
    w.send(request.body(Body::empty()).unwrap()).await
}

#[tokio::test]
async fn a_sound_is_converted_kept_served_in_ranges_and_removed() {
    let w = World::new().await;
    let made = upload(&w, &w.alpha.key, form(&[("name", None, b"Hello"), ("file", Some("../../x.exe"), &wav())])).await;
    assert_eq!(made.status, 201, "{}", made.json());
    assert!((990..=1010).contains(&made.json()["duration_ms"].as_i64().unwrap()), "{}", made.json());
    let path = format!("/greetings/{}", made.text("id"));
    let whole = audio(&w, &w.alpha.key, &path, None).await;
    assert_eq!(&whole.bytes[..4], b"RIFF");
    assert_eq!(whole.bytes[24..28], 8000u32.to_le_bytes());
    assert_eq!(
        whole.headers["content-disposition"].to_str().unwrap(),
        format!("attachment; filename=\"{}.wav\"", made.text("id"))
    );
    let part = audio(&w, &w.alpha.key, &path, Some("bytes=4-11")).await;
    assert_eq!((part.status.as_u16(), &part.bytes[..]), (206, &whole.bytes[4..12]));
    assert_eq!(part.headers["content-range"].to_str().unwrap(), format!("bytes 4-11/{}", whole.bytes.len()));
    let outside = audio(&w, &w.alpha.key, &path, Some("bytes=99999999-")).await;
    assert_eq!((outside.status.as_u16(), outside.code().as_str()), (416, "range_outside"));
    assert_eq!(audio(&w, &w.beta.key, &path, None).await.status, 404);
    assert!(w.get(&w.beta.key, "/greetings").await.items().is_empty(), "another company sees nothing");

    assert_eq!(w.delete(&w.alpha.key, &path).await.status, 204);
    let folder = w.db.folder().join("greetings").join(w.alpha.actor.tenant.to_string());
    assert_eq!(std::fs::read_dir(folder).unwrap().count(), 0, "no file stays behind");
}

#[tokio::test]
async fn what_is_no_sound_is_refused_by_field() {
    let w = World::new().await;
    let key = &w.alpha.key;
    let mut lying = wav();
    lying[40..44].copy_from_slice(&u32::MAX.to_le_bytes());
    for (fields, field) in [
        (vec![("name", None, &b"x"[..]), ("file", Some("a.wav"), &lying[..])], "file"),
        (vec![("name", None, &b"x"[..]), ("file", Some("a.wav"), &b"MZ not a sound at all"[..])], "file"),
        (vec![("name", None, b"x"), ("file", Some("a.wav"), b"")], "file"),
        (vec![("name", None, b"x")], "file"),
        (vec![("file", Some("a.wav"), b"RIFF")], "name"),
        (vec![("name", None, b"x"), ("name", None, b"y")], "name"),
        (vec![("name", None, b"x"), ("colour", None, b"red")], "colour"),
    ] {
        let answer = upload(&w, key, form(&fields)).await;
        assert_eq!((answer.status.as_u16(), answer.field().as_str()), (422, field), "{fields:?}");
    }
    let nameless = upload(&w, key, form(&[("name", None, b" "), ("file", Some("a.wav"), &wav())])).await;
    assert_eq!(nameless.field(), "name");
    let folder = w.db.folder().join("greetings").join(w.alpha.actor.tenant.to_string());
    assert_eq!(std::fs::read_dir(folder).unwrap().count(), 0, "no file stays behind");
}

#[tokio::test]
async fn too_large_the_wrong_form_and_the_wrong_role_are_refused() {
    let w = World::new().await;
    let large = vec![0; 10_100_000];
    assert_eq!(
        upload(&w, &w.alpha.key, form(&[("name", None, b"x"), ("file", Some("a.wav"), &large)])).await.status,
        413
    );
    let broken = form(&[("name", None, b"x")])[..30].to_vec();
    assert_eq!(upload(&w, &w.alpha.key, broken).await.code(), "form_malformed");
    let json = w.post(&w.alpha.key, "/greetings", serde_json::json!({ "name": "x" })).await;
    assert_eq!(json.status, 415);
    let agent = w.key(&w.alpha, "agent").await;
    assert_eq!(upload(&w, &agent, form(&[("name", None, b"x"), ("file", Some("a.wav"), &wav())])).await.status, 403);
}
