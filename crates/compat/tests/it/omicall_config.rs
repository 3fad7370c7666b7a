//! OMICall's configuration of the call centre: groups, key scripts, greetings, hotlines.

use crate::omicall::refused;
use crate::world::{Answer, Company, World};
use account::user::NewUser;
use axum::body::Body;
use axum::http::Request;
use model::{Actor, Dialect, Role};
use pbx::extension::{ExtensionPatch, NewExtension};
use pbx::group::NewGroup;
use pbx::hotline::{NewHotline, Target};
use pbx::trunk::NewTrunk;
use serde_json::{Value, json};
use std::os::unix::fs::PermissionsExt;
use worker::speech::{Program, Speaker};

impl World {
    async fn set(&self, path: &str, token: &str, body: Value) -> Answer {
        self.ask("POST", &format!("/api/call_center/{path}"), token, body).await
    }

    async fn look(&self, path: &str, token: &str) -> Value {
        let answer = self.ask("GET", &format!("/api/call_center/{path}"), token, Value::Null).await;
        assert_eq!(answer.json()["status_code"], 9999, "{}", answer.text);
        answer.json()["payload"].clone()
    }

    async fn gone(&self, path: &str, token: &str) -> Answer {
        self.ask("DELETE", &format!("/api/call_center/{path}"), token, Value::Null).await
    }

    /// A hotline of the company that rings at a group of 101.
    async fn hotline(&self, company: &Company, number: &str) -> model::HotlineId {
        let lan = pbx::extension::find_by_number(&company.actor, &self.db, "101").await.unwrap().unwrap().id;
        let group = pbx::group::create(&company.actor, &self.db, NewGroup::of("First", [lan])).await.unwrap();
        let trunk = pbx::trunk::create(&company.actor, &self.db, NewTrunk::by_address("Carrier", "127.0.0.30")).await;
        let trunk = match trunk {
            Ok(trunk) => trunk.id,
            Err(_) => {
                pbx::trunk::list(&company.actor, &self.db, model::PageRequest::first()).await.unwrap().items[0].id
            }
        };
        let target = Target::Group(group.id);
        let new = NewHotline { trunk: Some(trunk), ..NewHotline::to(number, target) };
        pbx::hotline::create(&company.actor, &self.db, new).await.unwrap().id
    }

    /// A person of the company with the phone.
    async fn person(&self, login: &str, phone: &str) {
        let owner = Actor { role: Role::Owner, ..self.alpha.actor.clone() };
        let new =
            NewUser { login: login.into(), name: "Lê Lan".into(), email: None, role: Role::Agent, password: None };
        let user = account::user::create(&owner, &self.db, new).await.unwrap().id;
        let phone = pbx::extension::find_by_number(&owner, &self.db, phone).await.unwrap().unwrap().id;
        let patch = ExtensionPatch { user: Some(Some(user)), ..ExtensionPatch::default() };
        pbx::extension::update(&owner, &self.db, phone, patch).await.unwrap();
    }

    async fn upload(&self, path: &str, token: &str, name: &str, file: &[u8]) -> Answer {
        let mut body = format!(
            "--x\r\ncontent-disposition: form-data; name=\"{name}\"; filename=\"chao.mp3\"\r\ncontent-type: audio/mpeg\r\n\r\n"
        )
        .into_bytes();
        body.extend_from_slice(file);
        body.extend_from_slice(b"\r\n--x--\r\n");
        let request = Request::post(format!("/omicrm/api/call_center/{path}")).header("authorization", token);
        let request = request.header("content-type", "multipart/form-data; boundary=x");
        self.send(request.body(Body::from(body)).unwrap()).await
    }
}

/// A second of silence as MP3: 39 frames of MPEG-1 layer III, 128 kbit/s, 44.1 kHz, whose side information is empty.
fn mp3() -> Vec<u8> {
    let mut frame = vec![0xff, 0xfb, 0x90, 0x00];
    frame.resize(417, 0);
    frame.repeat(39)
}

async fn more_phones(w: &World) {
    for number in ["102", "103"] {
        pbx::extension::create(&w.alpha.actor, &w.db, NewExtension::number(number)).await.unwrap();
    }
}

#[tokio::test]
async fn groups_are_made_changed_listed_and_deleted() {
    let w = World::new(Dialect::Omicall).await;
    more_phones(&w).await;
    w.person("lan@alpha.vn", "101").await;
    let token = w.token().await;
    let add =
        |name: &str| json!({ "group_name": name, "strategy": "random", "sip_members": ["101", 102], "timeout": 30 });
    let made = w.set("internal_group/add", &token, add("Nhóm Tech")).await.json()["payload"].clone();
    let mut shape = made.clone();
    for name in ["_id", "tenant_id"] {
        assert_eq!(shape[name].take().as_str().map(str::len), Some(24), "{name}");
    }
    let (created, member) = (shape["created_date"].take(), shape["members"][0].clone());
    assert_eq!(shape["last_updated_date"].take(), created);
    shape["create_by"]["id"].take();
    shape["members"].take();
    let expected = json!({
        "_id": null, "tenant_id": null, "group_name": "Nhóm Tech", "group_name_unsigned": "Nhom Tech", "group_number": null,
        "created_date": null, "last_updated_date": null, "create_by": { "id": null, "name": "Alpha" },
        "last_update_by": null, "is_deleted": false, "note": null, "members": null, "is_forward_to_user_owner": null,
        "is_forward_to_outer_group": false, "outer_group_id": null, "strategy": "random", "ring_back_id": null,
        "ring_back_name": null, "is_answer": null, "target_timeout_type": null, "target_timeout": null,
        "target_timeout_name": null, "ring_group_type": null, "ring_group_wait_time": null,
        "ring_group_wait_time_sequence": null, "ring_group_type_result": null, "enable_criteria": null,
        "criterias": null, "sip_members": ["101", "102"], "timeout": 30,
    });
    assert_eq!(shape, expected);
    assert_eq!(member["agent_id"].as_str().map(str::len), Some(24));
    assert_eq!((&member["timeout"], &member["order"], &member["sip_user"]), (&json!(30), &json!(0), &Value::Null));

    let id = made["_id"].as_str().unwrap();
    let greeting = w.upload("greeting/upload", &token, "file", &mp3()).await.json()["payload"]["file"]["_id"].clone();
    let changed = json!({
        "group_name": "Nhóm Tech", "strategy": "rollover", "sip_members": ["103"], "timeout": 15,
        "target_timeout_type": "Recording", "target_timeout": greeting,
    });
    let saved = w.set(&format!("internal_group/update/{id}"), &token, changed).await.json()["payload"].clone();
    assert_eq!(
        (&saved["_id"], &saved["strategy"], &saved["sip_members"], &saved["timeout"]),
        (&made["_id"], &json!("rollover"), &json!(["103"]), &json!(15))
    );
    assert_eq!(
        (&saved["target_timeout_type"], &saved["target_timeout"], &saved["is_answer"], &saved["criterias"]),
        (&json!("Recording"), &greeting, &json!("false"), &json!([]))
    );
    let members = |numbers: Value| json!({ "group_id": id, "sip_users": numbers });
    for _ in 0..2 {
        let grown = w.set("internal_group/add-members", &token, members(json!(["101", "103"]))).await;
        assert_eq!(grown.json()["payload"]["sip_members"], json!(["103", "101"]), "{}", grown.text);
        assert_eq!(grown.json()["payload"]["target_timeout_type"], "Recording", "the target stays");
    }
    let shrunk = w.set("internal_group/remove-members", &token, members(json!(["103", "102"]))).await;
    assert_eq!(shrunk.json()["payload"]["sip_members"], json!(["101"]));

    w.set("internal_group/add", &token, add("Nhóm Sales")).await;
    let page = w.look("internal_group/list", &token).await;
    let names: Vec<&str> = page["items"].as_array().unwrap().iter().filter_map(|i| i["group_name"].as_str()).collect();
    assert_eq!((names, &page["page_size"]), (vec!["Nhóm Sales", "Nhóm Tech"], &json!(10)));
    assert_eq!(page["items"][0]["target_timeout_type"], "", "a list has the empty forms");
    assert_eq!(w.look("internal_group/list?keyword=nhom%20te", &token).await["total_items"], 1);
    assert_eq!(w.look("internal_group/list?page=2&size=1", &token).await["items"][0]["group_name"], "Nhóm Tech");

    assert_eq!(w.gone(&format!("internal_group/delete/{id}"), &token).await.json()["payload"], json!(true));
    refused(&w.gone(&format!("internal_group/delete/{id}"), &token).await, "group_id_invalid");
}

#[tokio::test]
async fn a_wrong_group_is_told_by_its_field() {
    let w = World::new(Dialect::Omicall).await;
    let token = w.token().await;
    let whole = json!({ "group_name": "A", "strategy": "random", "sip_members": ["101"], "timeout": 30 });
    let but = |name: &str, value: Value| {
        let mut body = whole.clone();
        body[name] = value;
        body
    };
    for (body, expected) in [
        (but("group_name", Value::Null), "group_name_is_required"),
        (but("group_name", json!("x".repeat(201))), "group_name_invalid"),
        (but("strategy", Value::Null), "strategy_is_required"),
        (but("strategy", json!("loudest")), "strategy_invalid"),
        (but("sip_members", json!([])), "sip_members_is_required"),
        (but("sip_members", json!(["999"])), "extension_invalid"),
        (but("sip_members", json!(vec!["101"; 1_001])), "data_is_too_long"),
        (but("timeout", Value::Null), "timeout_is_required"),
        (but("timeout", json!(0)), "timeout_invalid"),
        (but("timeout", json!(i64::MAX)), "timeout_invalid"),
        (but("timeout", json!("long")), "request_invalid"),
        (but("target_timeout_type", json!("Moon")), "target_timeout_type_invalid"),
        (but("target_timeout_type", json!("Ring_group")), "target_timeout_invalid"),
        (but("target_timeout_type", json!("Voice_mail")), "target_timeout_invalid"),
        (Value::Null, "request_body_required"),
        (json!([]), "data_is_required"),
    ] {
        refused(&w.set("internal_group/add", &token, body).await, expected);
    }
    refused(&w.set("internal_group/update/62ff11b208d4bf3ea694a6f3", &token, whole).await, "group_id_invalid");
    refused(
        &w.set("internal_group/add-members", &token, json!({ "sip_users": ["101"] })).await,
        "group_id_is_required",
    );
    let unknown = json!({ "group_id": "x", "sip_users": ["101"] });
    refused(&w.set("internal_group/remove-members", &token, unknown).await, "group_id_invalid");
    assert_eq!(w.look("internal_group/list", &token).await["total_items"], 0, "nothing was made");
}

#[tokio::test]
async fn key_scripts_become_flows_and_come_back() {
    let w = World::new(Dialect::Omicall).await;
    let token = w.token().await;
    let group = w.set(
        "internal_group/add",
        &token,
        json!({ "group_name": "CSKH", "strategy": "enterprise", "sip_members": ["101"], "timeout": 30 }),
    );
    let group = group.await.json()["payload"]["_id"].clone();
    let greeting = w.upload("greeting/upload", &token, "file", &mp3()).await.json()["payload"]["file"]["_id"].clone();
    let script = |name: &str, scripts: Value| {
        json!({
            "script_name": name, "greeting_id": greeting, "max_failure": 1, "time_out": 3, "scripts": scripts,
            "action_type": "Recording", "action": greeting, "invalid_sound_id": greeting, "greeting_short_id": "",
        })
    };
    let keys = json!([
        { "ivr": "1", "action_type": "Ring_group", "action": group },
        { "ivr": "5", "action_type": "", "action": "" },
    ]);
    let made = w.set("key-interaction/add", &token, script("KỊCH BẢN BẤM PHÍM", keys.clone())).await;
    let made = made.json()["payload"].clone();
    let mut shape = made.clone();
    for name in ["_id", "tenant_id", "created_date", "last_updated_date", "created_by", "last_updated_by"] {
        shape[name].take();
    }
    let expected = json!({
        "_id": null, "tenant_id": null, "script_name": "KỊCH BẢN BẤM PHÍM", "script_name_unsigned": "KICH BAN BAM PHIM",
        "script_number": null, "greeting_id": greeting, "greeting_name": null, "greeting_short_id": "",
        "greeting_short_name": null, "note": null, "created_date": null, "created_by": null, "last_updated_date": null,
        "last_updated_by": null, "is_deleted": false,
        "scripts": [{ "key": null, "action_type": "Ring_group", "action": group, "action_name": null, "ivr": "1" }],
        "time_out": 3, "action_type": "Recording", "action": greeting, "action_name": null,
        "invalid_sound_id": greeting, "invalid_sound_name": null, "max_failure": 1, "ivr_direct_menu_dial": "false",
    });
    assert_eq!(shape, expected);
    let id = made["_id"].as_str().unwrap();
    let up = json!([{ "ivr": "1", "action_type": "Ivr_menu", "action": id }, { "ivr": "#", "action_type": "Ring_group", "action": group }]);
    let second = w.set("key-interaction/add", &token, script("Second", up)).await.json()["payload"].clone();
    assert_eq!((&second["scripts"][0]["ivr"], &second["scripts"][1]["action"]), (&json!("#"), &made["_id"]));

    // What a caller lives through, by the flow's own simulator: key 1 of the second leads into the first.
    let flows = pbx::flow::list(&w.alpha.actor, &w.db, model::PageRequest::first()).await.unwrap().items;
    let graph = flows.iter().find(|flow| flow.name == "Second").unwrap().graph.clone();
    let lines = pbx::flow::simulate(&w.alpha.actor, &w.db, graph.clone(), "0912345678", "1", None).await.unwrap();
    assert!(lines.iter().any(|line| line.step == "flow_key" && line.reason.contains("pressed 1")), "{lines:?}");
    let wrong = pbx::flow::simulate(&w.alpha.actor, &w.db, graph, "0912345678", "9", None).await.unwrap();
    assert!(wrong.iter().any(|line| line.step == "flow_failures"), "one wrong key is one too many: {wrong:?}");

    refused(&w.set("key-interaction/add", &token, script("Second", keys.clone())).await, "script_name_exists");
    let mut slower = script("KỊCH BẢN BẤM PHÍM", keys);
    slower["time_out"] = json!(10);
    let saved = w.set(&format!("key-interaction/update/{id}"), &token, slower.clone()).await;
    assert_eq!((&saved.json()["payload"]["_id"], &saved.json()["payload"]["time_out"]), (&made["_id"], &json!(10)));
    let page = w.look("key-interaction/list?page=1&size=10&keyword=phim", &token).await;
    assert_eq!((&page["total_items"], &page["items"][0]["time_out"]), (&json!(1), &json!(10)));

    let used = w.gone(&format!("key-interaction/delete/{id}"), &token).await;
    refused(&used, "in_use");
    let second = second["_id"].as_str().unwrap();
    assert_eq!(w.gone(&format!("key-interaction/delete/{second}"), &token).await.json()["payload"], json!(true));
    assert_eq!(w.gone(&format!("key-interaction/delete/{id}"), &token).await.json()["payload"], json!(true));
    refused(&w.gone(&format!("key-interaction/delete/{id}"), &token).await, "key_interaction_id_invalid");
    refused(&w.set(&format!("key-interaction/update/{id}"), &token, slower).await, "key_interaction_id_invalid");
}

#[tokio::test]
async fn a_wrong_key_script_is_told_by_its_field() {
    let w = World::new(Dialect::Omicall).await;
    let token = w.token().await;
    let greeting = w.upload("greeting/upload", &token, "file", &mp3()).await.json()["payload"]["file"]["_id"].clone();
    let whole = json!({ "script_name": "A", "greeting_id": greeting, "max_failure": 1, "time_out": 3, "scripts": [] });
    let but = |name: &str, value: Value| {
        let mut body = whole.clone();
        body[name] = value;
        body
    };
    let key =
        |key: &str, kind: &str| json!([{ "ivr": key, "action_type": kind, "action": "62ff119508d4bf3ea694a44a" }]);
    for (body, expected) in [
        (but("script_name", Value::Null), "script_name_is_required"),
        (but("script_name", json!("x".repeat(201))), "script_name_invalid"),
        (but("greeting_id", Value::Null), "greeting_id_is_required"),
        (but("greeting_id", json!("62ff119508d4bf3ea694a44a")), "greeting_id_invalid"),
        (but("max_failure", Value::Null), "max_failure_is_required"),
        (but("max_failure", json!(0)), "max_failure_invalid"),
        (but("time_out", Value::Null), "time_out_is_required"),
        (but("time_out", json!(61)), "time_out_invalid"),
        (but("time_out", json!(-1)), "request_invalid"),
        (but("scripts", Value::Null), "scripts_is_required"),
        (but("scripts", key("12", "Ring_group")), "ivr_invalid"),
        (but("scripts", key("1", "Ring_group")), "action_invalid"),
        (but("scripts", key("1", "Ivr_menu")), "action_invalid"),
        (but("scripts", key("1", "Teleport")), "action_type_invalid"),
        (but("action_type", json!("Recording")), "action_invalid"),
        (but("ivr_direct_menu_dial", json!("true")), "limit_service"),
    ] {
        refused(&w.set("key-interaction/add", &token, body).await, expected);
    }
}

#[tokio::test]
async fn greetings_are_uploaded_as_mp3_only() {
    let w = World::new(Dialect::Omicall).await;
    let token = w.token().await;
    let file = w.upload("greeting/upload?greeting_name=Xin%20Ch%C3%A0o", &token, "file", &mp3()).await;
    let file = file.json()["payload"]["file"].clone();
    assert_eq!(
        (&file["greeting_name"], &file["greeting_name_unsigned"], &file["formality"], &file["content"]),
        (&json!("Xin Chào"), &json!("Xin Chao"), &json!("Tải lên"), &Value::Null)
    );
    let unnamed = w.upload("greeting/upload", &token, "file", &mp3()).await;
    assert_eq!(unnamed.json()["payload"]["file"]["greeting_name"], "chao");
    let page = w.look("greeting/list?page=1&size=1", &token).await;
    assert_eq!((&page["total_items"], &page["has_next"]), (&json!(2), &json!(true)));
    let second = w.look("greeting/list?page=2&size=1", &token).await;
    assert_eq!(second["items"][0]["greeting_name_unsigned"], "xin chao", "a list has them in small letters");

    let wav = media::sound::to_wav(&media::sound::tone(440.0, 200));
    refused(&w.upload("greeting/upload", &token, "file", &wav).await, "file_invalid");
    refused(&w.upload("greeting/upload", &token, "file", b"ID3 and nothing").await, "file_invalid");
    refused(&w.upload("greeting/upload", &token, "sound", &mp3()).await, "file_is_required");
    refused(&w.set("greeting/upload", &token, json!({})).await, "file_is_required");
    refused(&w.upload("greeting/upload", &token, "file", &vec![0; 10_200_000]).await, "request_invalid");
    let long = format!("greeting/upload?greeting_name={}", "x".repeat(201));
    refused(&w.upload(&long, &token, "file", &mp3()).await, "greeting_name_invalid");

    let id = file["_id"].as_str().unwrap();
    assert_eq!(w.gone(&format!("greeting/delete/{id}"), &token).await.json()["payload"], json!(true));
    refused(&w.gone(&format!("greeting/delete/{id}"), &token).await, "greeting_id_invalid");
}

#[tokio::test]
async fn a_text_is_spoken_where_somebody_speaks() {
    let mut w = World::new(Dialect::Omicall).await;
    let token = w.token().await;
    let path = "greeting/upload-text-to-speech?greeting_name=Nh%E1%BA%AFc%20l%E1%BB%8Bch";
    let text = json!({ "text": "Bạn có một lịch họp", "speed": 0, "voice": "banmai" });
    refused(&w.set(path, &token, text.clone()).await, "limit_service");

    let (sound, speaks) = (w.db.folder().join("sound.wav"), w.db.folder().join("speaks"));
    std::fs::write(&sound, media::sound::to_wav(&media::sound::tone(440.0, 200))).unwrap();
    std::fs::write(&speaks, format!("#!/bin/sh\ncat > /dev/null; cat {}\n", sound.display())).unwrap();
    std::fs::set_permissions(&speaks, std::fs::Permissions::from_mode(0o755)).unwrap();
    w.spoken_by(Speaker::Program(Program { path: speaks }));
    let file = w.set(path, &token, text.clone()).await.json()["payload"]["file"].clone();
    let shown = |name: &str| file[name].clone();
    assert_eq!(
        ["greeting_name", "formality", "content", "voice", "speed"].map(shown),
        [json!("Nhắc lịch"), json!("Robot đọc"), json!("Bạn có một lịch họp"), json!("banmai"), json!(0)]
    );
    let but = |name: &str, value: Value| {
        let mut body = text.clone();
        body[name] = value;
        body
    };
    for (body, expected) in [
        (but("text", Value::Null), "text_is_required"),
        (but("text", json!("x".repeat(301))), "text_invalid"),
        (but("speed", Value::Null), "speed_is_required"),
        (but("speed", json!(4)), "speed_invalid"),
        (but("voice", Value::Null), "voice_is_required"),
        (but("voice", json!("robot")), "voice_invalid"),
    ] {
        refused(&w.set(path, &token, body).await, expected);
    }
    refused(&w.set("greeting/upload-text-to-speech", &token, text).await, "greeting_name_is_required");
}

#[tokio::test]
async fn a_person_is_given_one_number() {
    let w = World::new(Dialect::Omicall).await;
    let (first, _second) = (w.hotline(&w.alpha, "02873000001").await, w.hotline(&w.alpha, "02873000002").await);
    w.person("lan@alpha.vn", "101").await;
    let token = w.token().await;
    let bind =
        |number: &str, ways: Value| json!({ "hotline": number, "user_email": "lan@alpha.vn", "directions": ways });
    let path = "hotline/extension/update";
    let done = w.set(path, &token, bind("842873000001", json!(["outbound", "inbound"]))).await;
    assert_eq!(done.json()["payload"], json!(true), "{}", done.text);
    assert_eq!(w.look("hotline/list?extension=101", &token).await, json!(["842873000001"]));
    assert_eq!(w.look("hotline/list", &token).await, json!(["842873000001", "842873000002"]));
    let lan = pbx::extension::find_by_number(&w.alpha.actor, &w.db, "101").await.unwrap().unwrap().id;
    let hotline = pbx::hotline::get(&w.alpha.actor, &w.db, first).await.unwrap();
    assert_eq!(hotline.target, Target::Extension(lan));

    for (body, expected) in [
        (bind("", json!(["outbound"])), "hotline_is_required"),
        (bind("02499999999", json!(["outbound"])), "hotline_invalid"),
        (bind("02873000001", json!([])), "directions_is_required"),
        (bind("02873000001", json!(["sideways"])), "directions_invalid"),
        (json!({ "hotline": "02873000001", "directions": ["outbound"] }), "user_email_is_required"),
        (json!({ "hotline": "02873000001", "user_email": "x@y.vn", "directions": ["outbound"] }), "user_email_invalid"),
    ] {
        refused(&w.set(path, &token, body).await, expected);
    }
    let page = w.look("hotline/search?keyword=02873000002", &token).await;
    assert_eq!((&page["total_items"], &page["items"][0]["number"]), (&json!(1), &json!("842873000002")));
    assert_eq!(page["items"][0]["accesses"][0]["type"], "group");
    assert_eq!(w.look("hotline/by-phone?hotline=02873000001", &token).await["accesses"][0]["type"], "extension");
    let group = page["items"][0]["accesses"][0]["id"].clone();
    let moved = json!({ "hotline": "02873000001", "group_ids": [group], "extensions": ["101"] });
    let moved = w.ask("PUT", "/api/call_center/hotline/update", &token, moved).await.json()["payload"].clone();
    assert_eq!(moved["accesses"], page["items"][0]["accesses"]);
    for (body, expected) in [
        (json!({}), "hotline_is_required"),
        (json!({ "hotline": "02873000001", "group_ids": ["x"] }), "group_ids_invalid"),
        (json!({ "hotline": "02873000001", "group_ids": ["x", "y"] }), "group_ids_invalid"),
        (json!({ "hotline": "02873000001", "call_script": "x" }), "call_script_invalid"),
        (json!({ "hotline": "02873000001", "extensions": ["999"] }), "extension_invalid"),
    ] {
        refused(&w.set("hotline/update", &token, body).await, expected);
    }
}

#[tokio::test]
async fn a_phone_gets_a_new_password() {
    let w = World::new(Dialect::Omicall).await;
    let token = w.token().await;
    let path = "internal_phone/update";
    let saved = w.set(path, &token, json!({ "sip_user": 101, "password": "n3w-pass", "call_timeout": 30 })).await;
    assert_eq!(saved.json()["payload"]["password"], "n3w-pass", "{}", saved.text);
    refused(&w.set(path, &token, json!({ "password": "n3w-pass" })).await, "sip_user_is_required");
    refused(&w.set(path, &token, json!({ "sip_user": "101" })).await, "password_is_required");
    refused(&w.set(path, &token, json!({ "sip_user": "101", "password": "x" })).await, "password_invalid");
    refused(&w.set(path, &token, json!({ "sip_user": "999", "password": "n3w-pass" })).await, "extension_invalid");
}

#[tokio::test]
async fn another_companys_things_are_not_there_and_a_low_key_changes_nothing() {
    let w = World::new(Dialect::Omicall).await;
    let token = w.token().await;
    let group = json!({ "group_name": "A", "strategy": "random", "sip_members": ["101"], "timeout": 30 });
    let group_id = w.set("internal_group/add", &token, group.clone()).await.json()["payload"]["_id"].clone();
    let greeting = w.upload("greeting/upload", &token, "file", &mp3()).await.json()["payload"]["file"]["_id"].clone();
    let script = json!({ "script_name": "A", "greeting_id": greeting, "max_failure": 1, "time_out": 3, "scripts": [] });
    let script_id = w.set("key-interaction/add", &token, script.clone()).await.json()["payload"]["_id"].clone();
    w.hotline(&w.alpha, "02873000001").await;
    let text = |id: &Value| id.as_str().unwrap().to_owned();
    let theirs = &w.beta.key;
    for list in ["internal_group/list", "key-interaction/list", "greeting/list", "hotline/search"] {
        assert_eq!(w.look(list, theirs).await["total_items"], 0, "{list}");
    }
    refused(
        &w.set(&format!("internal_group/update/{}", text(&group_id)), theirs, group.clone()).await,
        "group_id_invalid",
    );
    let members = json!({ "group_id": group_id, "sip_users": ["101"] });
    refused(&w.set("internal_group/remove-members", theirs, members).await, "group_id_invalid");
    refused(&w.gone(&format!("internal_group/delete/{}", text(&group_id)), theirs).await, "group_id_invalid");
    refused(&w.set("key-interaction/add", theirs, script.clone()).await, "greeting_id_invalid");
    refused(
        &w.gone(&format!("key-interaction/delete/{}", text(&script_id)), theirs).await,
        "key_interaction_id_invalid",
    );
    refused(&w.gone(&format!("greeting/delete/{}", text(&greeting)), theirs).await, "greeting_id_invalid");
    let by_phone = w.ask("GET", "/api/call_center/hotline/by-phone?hotline=02873000001", theirs, Value::Null).await;
    refused(&by_phone, "hotline_invalid");

    let owner = Actor { role: Role::Owner, ..w.alpha.actor.clone() };
    let new = account::key::NewKey {
        name: "agent".into(),
        role: Some(Role::Agent),
        dialect: Dialect::Omicall,
        ..account::key::NewKey::default()
    };
    let low = account::key::create(&owner, &w.db, new).await.unwrap().secret;
    refused(&w.set("internal_group/add", &low, group).await, "permission_denied");
    refused(&w.set("key-interaction/add", &low, script).await, "permission_denied");
    refused(&w.upload("greeting/upload", &low, "file", &mp3()).await, "permission_denied");
    refused(&w.gone(&format!("internal_group/delete/{}", text(&group_id)), &low).await, "permission_denied");
    refused(&w.gone(&format!("greeting/delete/{}", text(&greeting)), &low).await, "permission_denied");
    refused(&w.set("hotline/update", &low, json!({ "hotline": "02873000001" })).await, "permission_denied");
    refused(
        &w.set("internal_phone/update", &low, json!({ "sip_user": "101", "password": "n3w-pass" })).await,
        "permission_denied",
    );
}
