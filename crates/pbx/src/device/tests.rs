use super::{Model, NewDevice, Place, create, delete, list, mac, redeem, renew};
use crate::fixture::{an_extension, company, fields};
use model::{Actor, Kind, Problem, Role};
use std::path::Path;
use store::Db;
use store::testing::{TestDb, on_both};

const MAC: &str = "001565abcd12";

fn new(mac: &str, model: Model) -> NewDevice {
    NewDevice { mac: mac.into(), model }
}

async fn fetch(db: &Db, path: &str, file: &str, templates: &Path) -> Option<String> {
    let token = path.trim_start_matches("/provision/").trim_end_matches('/');
    let place = Place { host: "pbx.example.vn".into(), port: 5060 };
    let told = redeem(db, token, file, &place, "203.0.113.9", templates).await.expect("an answer");
    told.map(|settings| settings.text)
}

#[test]
fn addresses_of_network_cards_are_read_in_any_writing() {
    for text in ["00:15:65:AB:CD:12", "0015.65ab.cd12", " 00-15-65-ab-cd-12 ", MAC] {
        assert_eq!(mac(text).as_deref(), Some(MAC), "{text}");
    }
    for text in ["", "00:15:65", "00156512345g", "001565abcd1234"] {
        assert_eq!(mac(text), None, "{text}");
    }
}

#[tokio::test]
async fn a_phone_fetches_its_settings_once() {
    on_both(async |db: &TestDb| {
        let ours = company(db, "ours").await;
        let lan = an_extension(&ours, db, "101").await;
        let none = db.folder().join("templates");
        let made = create(&ours, db, lan, new("00:15:65:AB:CD:12", Model::YealinkT19E2)).await.expect("added");
        assert!(made.device.waits_until.is_some());
        assert_eq!(fetch(db, &made.path, "y000000000053.cfg", &none).await, None, "the common file is not ours");
        assert_eq!(fetch(db, &made.path, "001565abcd13.cfg", &none).await, None, "another phone's");
        assert_eq!(fetch(db, "/provision/guess/", "001565abcd12.cfg", &none).await, None, "a guess");
        let text = fetch(db, &made.path, "001565abcd12.cfg", &none).await.expect("its settings");
        assert!(text.starts_with("#!version:1.0.0.1\n"), "{text}");
        for line in [
            "account.1.password = pw101",
            "account.1.sip_server.1.address = ours",
            "account.1.outbound_proxy.1.address = pbx.example.vn",
            "local_time.time_zone = +7",
        ] {
            assert!(text.contains(line), "{line} in {text}");
        }
        assert_eq!(fetch(db, &made.path, "001565abcd12.cfg", &none).await, None, "once");
        let there = list(&ours, db, lan).await.expect("listed");
        assert_eq!((there[0].waits_until, there[0].fetched_from.as_str()), (None, "203.0.113.9"));
        let again = renew(&ours, db, lan, MAC).await.expect("renewed");
        assert!(fetch(db, &again.path, "001565abcd12.cfg", &none).await.is_some());
        let twice = create(&ours, db, lan, new(MAC, Model::YealinkT19E2)).await.expect_err("set up already");
        assert_eq!((twice.code, fields(&twice)), ("already_exists", vec!["mac"]));
        delete(&ours, db, lan, MAC).await.expect("deleted");
        assert_eq!(list(&ours, db, lan).await.expect("listed"), []);
        let wrong = create(&ours, db, lan, new("phone", Model::YealinkT19E2)).await.expect_err("no address");
        assert_eq!(fields(&wrong), ["mac"]);
    })
    .await;
}

#[tokio::test]
async fn the_operators_own_template_comes_before_the_built_in_one() {
    on_both(async |db: &TestDb| {
        let ours = company(db, "ours").await;
        let lan = an_extension(&ours, db, "101").await;
        let own = db.folder().join("own");
        std::fs::create_dir_all(&own).expect("a folder");
        let model = Model::GrandstreamGxp1610;
        let path = create(&ours, db, lan, new(MAC, model)).await.expect("added").path;
        let text = fetch(db, &path, "cfg001565abcd12.xml", &own).await.expect("built in");
        assert!(text.contains("<P34>pw101</P34>") && text.contains("<P64>TZA-7</P64>"), "{text}");
        std::fs::write(own.join(model.as_str()), "<P35>{{number}}</P35>").expect("written");
        let path = renew(&ours, db, lan, MAC).await.expect("renewed").path;
        assert_eq!(fetch(db, &path, "cfg001565abcd12.xml", &own).await.as_deref(), Some("<P35>101</P35>"));
    })
    .await;
}

#[tokio::test]
async fn phones_of_others_are_hidden() {
    on_both(async |db: &TestDb| {
        let (ours, theirs) = (company(db, "ours").await, company(db, "theirs").await);
        let lan = an_extension(&ours, db, "101").await;
        create(&ours, db, lan, new(MAC, Model::YealinkT19E2)).await.expect("added");
        let hidden = Problem::not_found("extension");
        assert_eq!(list(&theirs, db, lan).await, Err(hidden.clone()));
        assert_eq!(renew(&theirs, db, lan, MAC).await, Err(hidden.clone()));
        assert_eq!(delete(&theirs, db, lan, MAC).await, Err(hidden));
        let agent = Actor { role: Role::Agent, ..ours };
        assert_eq!(list(&agent, db, lan).await.expect_err("no right").kind, Kind::Forbidden);
    })
    .await;
}
