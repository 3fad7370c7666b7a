use super::{Hosted, Program, Speaker};
use pbx::greeting::{Speech, Voice};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;

fn speech() -> Speech {
    Speech { text: "Xin chào \"quý khách\"; $(id)".into(), voice: Voice::SouthernWoman, speed: 1 }
}

/// A program in place of espeak-ng that does this, in a folder of its own.
fn program(folder: &Path, script: &str) -> Speaker {
    let path = folder.join("speaks");
    std::fs::write(&path, format!("#!/bin/sh\n{script}\n")).unwrap();
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o755)).unwrap();
    Speaker::Program(Program { path })
}

fn folder(name: &str) -> PathBuf {
    let folder = std::env::temp_dir().join(format!("alo-speech-{}-{name}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    folder
}

#[tokio::test]
async fn nobody_speaks_unless_told_to() {
    assert_eq!(Speaker::Off.speak(&speech()).await.unwrap_err().code, "speech_off");
}

#[tokio::test]
async fn a_program_is_given_the_text_on_its_input_and_the_voice_beside_it() {
    let folder = folder("told");
    let speaker = program(&folder, &format!("echo \"$@\" > {0}/args; cat > {0}/text; printf sound", folder.display()));
    assert_eq!(speaker.speak(&speech()).await.unwrap(), b"sound");
    let read = |name: &str| std::fs::read_to_string(folder.join(name)).unwrap();
    assert_eq!(read("args").trim(), "-b 1 -v vi-vn-x-south+f3 -s 175 --stdin --stdout");
    assert_eq!(read("text"), speech().text);
    std::fs::remove_dir_all(folder).unwrap();
}

#[tokio::test]
async fn a_program_that_fails_is_silent_or_is_not_there_is_told_alike() {
    let folder = folder("fails");
    for script in ["exit 3", "true", "exec cat /dev/zero"] {
        assert_eq!(program(&folder, script).speak(&speech()).await.unwrap_err().code, "speech_failed", "{script}");
    }
    let nowhere = Speaker::Program(Program { path: folder.join("nowhere") });
    assert_eq!(nowhere.speak(&speech()).await.unwrap_err().code, "speech_failed");
    std::fs::remove_dir_all(folder).unwrap();
}

#[tokio::test]
async fn espeak_ng_speaks_vietnamese() {
    let path = PathBuf::from("espeak-ng");
    let sound = Speaker::Program(Program { path }).speak(&speech()).await.unwrap();
    let sound = media::sound::load(sound).unwrap();
    assert!(sound.duration().as_millis() > 500, "{:?}", sound.duration());
    assert!(sound.pcm().iter().any(|sample| sample.unsigned_abs() > 1_000), "somebody is heard");
}

/// A service that answers one request with this, and what it was asked.
async fn service(answer: &'static [u8]) -> (Speaker, tokio::task::JoinHandle<String>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/v1/tts", listener.local_addr().unwrap());
    let asked = tokio::spawn(async move {
        let (mut socket, _) = listener.accept().await.unwrap();
        let (mut request, mut part) = (Vec::new(), [0u8; 4096]);
        while !request.ends_with(b"}") {
            let read = socket.read(&mut part).await.unwrap();
            request.extend_from_slice(&part[..read]);
        }
        socket.write_all(answer).await.unwrap();
        String::from_utf8(request).unwrap()
    });
    (Speaker::Hosted(Hosted::new(url, Some("s3cret".into())).unwrap()), asked)
}

#[tokio::test]
async fn a_service_is_asked_with_its_key() {
    let (speaker, asked) = service(b"HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\nsound").await;
    assert_eq!(speaker.speak(&speech()).await.unwrap(), b"sound");
    let asked = asked.await.unwrap();
    assert!(asked.to_lowercase().contains("authorization: bearer s3cret"), "{asked}");
    let body: serde_json::Value = serde_json::from_str(asked.split("\r\n\r\n").nth(1).unwrap()).unwrap();
    assert_eq!(body, serde_json::json!({ "text": speech().text, "voice": "southern_woman", "speed": 1 }));
}

#[tokio::test]
async fn a_service_that_refuses_or_breaks_off_is_told_alike() {
    for answer in [
        b"HTTP/1.1 403 Forbidden\r\ncontent-length: 0\r\n\r\n".as_slice(),
        b"HTTP/1.1 302 Found\r\nlocation: /elsewhere\r\ncontent-length: 0\r\n\r\n",
        b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n",
        b"HTTP/1.1 200 OK\r\ncontent-length: 500\r\n\r\nsou",
    ] {
        let (speaker, _asked) = service(answer).await;
        assert_eq!(speaker.speak(&speech()).await.unwrap_err().code, "speech_failed");
    }
}
