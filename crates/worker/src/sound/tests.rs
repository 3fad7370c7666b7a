use super::Sounds;
use account::bootstrap;
use model::{Actor, Problem, Role};
use pbx::greeting::{Speech, Voice};
use store::testing::sqlite;

fn wav() -> Vec<u8> {
    media::sound::to_wav(&media::sound::tone(440.0, 500))
}

#[tokio::test]
async fn an_uploaded_sound_lies_in_its_place_until_it_is_deleted() {
    let db = sqlite().await;
    let sounds = Sounds::new((*db).clone(), db.folder().to_owned());
    let actor = Actor::system(bootstrap::run(&db, "Alpha").await.unwrap().tenant.id);
    let kept = sounds.upload(&actor, "Hello".into(), wav()).await.unwrap();
    assert_eq!((kept.duration_ms, kept.speech), (500, None));
    let file = sounds.file(&actor, kept.id);
    assert_eq!(std::fs::metadata(&file).unwrap().len(), kept.size_bytes as u64);
    sounds.delete(&actor, kept.id).await.unwrap();
    assert!(!file.exists());
    assert_eq!(sounds.delete(&actor, kept.id).await, Err(Problem::not_found("greeting")));
}

#[tokio::test]
async fn what_is_no_sound_or_has_no_name_leaves_nothing_behind() {
    let db = sqlite().await;
    let sounds = Sounds::new((*db).clone(), db.folder().to_owned());
    let actor = Actor::system(bootstrap::run(&db, "Alpha").await.unwrap().tenant.id);
    assert_eq!(sounds.upload(&actor, "Hello".into(), b"hello".to_vec()).await.unwrap_err().fields[0].name, "file");
    assert_eq!(sounds.upload(&actor, String::new(), wav()).await.unwrap_err().fields[0].name, "name");
    let speech = Speech { text: String::new(), voice: Voice::default(), speed: 4 };
    let problem = sounds.speak(&actor, "Hello".into(), speech).await.unwrap_err();
    let fields: Vec<&str> = problem.fields.iter().map(|field| field.name.as_str()).collect();
    assert_eq!(fields, ["speech.text", "speech.speed"]);
    let speech = Speech { text: "Xin chào".into(), voice: Voice::default(), speed: 0 };
    assert_eq!(sounds.speak(&actor, "Hello".into(), speech).await.unwrap_err().code, "speech_off");
    let agent = Actor { role: Role::Agent, ..actor.clone() };
    assert_eq!(sounds.upload(&agent, "Hello".into(), wav()).await.unwrap_err().kind, model::Kind::Forbidden);
    let folder = sounds.file(&actor, store::mint());
    let left = std::fs::read_dir(folder.parent().unwrap()).unwrap().count();
    assert_eq!(left, 0, "no file stays behind");
}
