//! Accounts read from what the vendors' own pages show, as real vendors answer: not as our faces do.

use compat::import::{Asked, Line, Question, Reply, Source, Step, Vendor};
use model::{Digit, Role};
use pbx::greeting::Voice;
use pbx::group::Strategy;
use serde_json::{Value, json};
use std::sync::Mutex;

/// A vendor that answers each address so, and no other.
struct Recorded {
    answers: Vec<(&'static str, Value)>,
    asked: Mutex<Vec<String>>,
}

impl Recorded {
    fn new(answers: Vec<(&'static str, Value)>) -> Recorded {
        Recorded { answers, asked: Mutex::default() }
    }

    fn asked(&self, start: &str) -> usize {
        self.asked.lock().unwrap().iter().filter(|path| path.starts_with(start)).count()
    }
}

impl Line for Recorded {
    fn ask<'a>(&'a self, question: Question) -> Asked<'a> {
        Box::pin(async move {
            self.asked.lock().unwrap().push(question.path.clone());
            let found = self.answers.iter().find(|(start, _)| question.path.starts_with(start));
            let refused = json!({ "status_code": -9999, "message": "permission_denied", "payload": null });
            let body = found.map_or(refused, |(_, answer)| answer.clone());
            Ok(Reply { status: 200, body: body.to_string() })
        })
    }
}

fn good(payload: Value) -> Value {
    json!({ "status_code": 9999, "instance_id": "stg", "instance_version": "1.2.163", "payload": payload, "key_enabled": false })
}

fn page(items: Value) -> Value {
    good(
        json!({ "items": items, "page_number": 1, "page_size": 50, "total_items": 1, "total_pages": 1, "has_next": false,
                 "next_page": 1, "has_previous": false, "previous_page": 1, "extension": null }),
    )
}

/// The answers of the vendor's pages, with invented people.
fn omicall() -> Recorded {
    let person = |code: &str, kind: &str, value: &str| {
        json!({ "identify": null, "field_code": code, "field_type": kind,
                "value": [{ "display_value": value, "data_type": "personal", "value_type": "Cá nhân" }] })
    };
    let key = |ivr: &str, kind: &str, action: &str| json!({ "key": null, "action_type": kind, "action": action, "action_name": null, "ivr": ivr });
    let member = |agent: &str| {
        json!({ "agent_id": agent, "contact_id": "62d563113127de2eac6b8cbe", "order": 0, "view": null, "timeout": 25,
                "sip_user": null, "hold_music_id": null })
    };
    Recorded::new(vec![
        ("/api/auth", good(json!({ "access_token": "a.b.c", "access_type": "normal", "token_type": "Bearer" }))),
        (
            "/api/call_center/internal_phone/list",
            page(json!([
                { "domain": "sen", "outbound_proxy": "wss://w.example", "sip_user": "147", "password": "rvld582289",
                  "full_name": "Đỗ Vy", "agent_id": "a1", "email": "Vy@sen.vn", "public_number": "842563360001",
                  "last_updated_date": 1575269373331_i64, "created_date": 1575251355778_i64 },
                { "domain": "sen", "sip_user": "145", "password": "kiyyzsefxx", "full_name": "Ngọc", "agent_id": "a2",
                  "email": "ngoc@sen.vn", "public_number": "842563360001" },
            ])),
        ),
        (
            "/api/agent/list",
            page(json!([
                { "is_active": true, "identify_info": "vy@sen.vn", "attribute_structure": [person("full_name", "single_text", "Đỗ Hồng Vy")] },
                { "is_active": true, "identify_info": "an@sen.vn", "attribute_structure": [person("full_name", "single_text", "Lê An")] },
                { "is_active": false, "identify_info": "cu@sen.vn", "attribute_structure": [] },
            ])),
        ),
        ("/api/call_center/hotline/list", good(json!(["0256336000", "842563360001"]))),
        (
            "/api/call_center/internal_group/list",
            page(json!([
                { "_id": "g1", "group_name": "Nhóm Tech", "strategy": "rollover", "members": [member("a1"), member("a2"), member("gone")],
                  "target_timeout_type": "Ivr_menu", "target_timeout": "s1" },
                { "_id": "g2", "group_name": "Nhóm CSKH", "strategy": "enterprise", "members": [member("a2")],
                  "target_timeout_type": "Voice_mail", "target_timeout": "62da34652a310904dfbbf13b" },
            ])),
        ),
        (
            "/api/call_center/greeting/list",
            page(json!([
                { "_id": "r1", "greeting_name": "Nhắc lịch", "formality": "Robot đọc", "recording_file": "a.mp3",
                  "content": "Bạn có một lịch họp", "voice": "lannhi", "speed": -1 },
                { "_id": "r2", "greeting_name": "Chào", "formality": "Tải lên", "recording_file": "b.mp3", "content": null,
                  "voice": null, "speed": 0 },
            ])),
        ),
        (
            "/api/call_center/key-interaction/list",
            page(json!([{ "_id": "s1", "script_name": "KỊCH BẢN", "greeting_id": "r2", "greeting_short_id": "",
                "scripts": [key("1", "Ring_group", "g1"), key("2", "Ivr_menu", "s1"), key("3", "", ""), key("12", "Ring_group", "g1")],
                "time_out": 3, "action_type": "Recording", "action": "r1", "invalid_sound_id": "", "max_failure": 1,
                "ivr_direct_menu_dial": null }])),
        ),
        (
            "/api/contacts/list",
            page(
                json!([{ "public_id": "ad1a7e78d80b94544ab92456", "contact_type": "contact", "tags_view": null, "is_deleted": false,
                "tags": ["VIP"], "attribute_structure": [
                    person("full_name", "single_text", "Trần Khôi"), person("phone_number", "phone", "0395187319"),
                    person("mail", "email", "khoi@example.vn"), person("gender", "radio", "male"), person("passport", "single_text", ""),
                    { "identify": false, "field_code": "more_infomation", "field_type": "customize",
                      "value": [{ "display_value": "Vàng", "data_type": "label2", "value_type": "Màu sắc" }] } ] }]),
            ),
        ),
        (
            "/api/call_transaction/list",
            page(json!([
                { "transaction_id": "91d3e842", "direction": "outbound", "source_number": "842563360001",
                  "destination_number": "0979816773", "disposition": "answered", "bill_sec": 232, "record_seconds": 232,
                  "time_start_to_answer": 1589015432, "sip_user": "147", "created_date": 1589015422000_i64,
                  "last_updated_date": 1589999999999_i64, "duration": 242 },
                { "transaction_id": "91d3e843", "direction": "inbound", "source_number": "0979816773",
                  "destination_number": "842563360001", "disposition": "cancelled", "bill_sec": 0, "time_start_to_answer": 0,
                  "sip_user": "", "created_date": 1589020000000_i64, "last_updated_date": 1589020009000_i64, "duration": 9 },
            ])),
        ),
    ])
}

#[tokio::test]
async fn an_account_of_omicall_is_read_from_the_forms_of_its_pages() {
    let vendor = omicall();
    let source = Source::open(Vendor::Omicall, &vendor, "98589AFB-key").await.unwrap();
    let account = source.account().await.unwrap();
    let people: Vec<(&str, &str)> = account.people.iter().map(|one| (one.key.as_str(), one.name.as_str())).collect();
    assert_eq!(people, [("vy@sen.vn", "Đỗ Hồng Vy"), ("an@sen.vn", "Lê An"), ("ngoc@sen.vn", "Ngọc")]);
    assert!(account.people.iter().all(|one| one.role == Role::Agent));
    let first = &account.extensions[0];
    assert_eq!((first.number.as_str(), first.password.as_str()), ("147", "rvld582289"));
    assert_eq!((first.person.as_deref(), first.hotline.as_deref()), (Some("vy@sen.vn"), Some("842563360001")));
    let numbers: Vec<&str> = account.hotlines.iter().map(|one| one.number.as_str()).collect();
    assert_eq!(numbers, ["0256336000", "+842563360001"], "the older list, where the newer is refused");
    let tech = &account.groups[0];
    assert_eq!(
        (tech.members.join(" "), tech.strategy, tech.ring_ms),
        ("147 145".into(), Some(Strategy::Rollover), Some(25_000))
    );
    assert_eq!(tech.on_no_answer, Some(Step::Flow("s1".into())));
    assert_eq!(account.groups[1].on_no_answer, None);
    let spoken = account.greetings[0].speech.clone().unwrap();
    assert_eq!((spoken.text.as_str(), spoken.voice, spoken.speed), ("Bạn có một lịch họp", Voice::SouthernWoman, -1));
    assert_eq!(account.greetings[1].speech, None);
    let menu = &account.flows[0].menu;
    let keys: Vec<(Digit, Step)> = menu.keys.clone().into_iter().collect();
    let digit = |sign| Digit::new(sign).unwrap();
    assert_eq!(keys, [(digit('1'), Step::Group("g1".into())), (digit('2'), Step::Flow("s1".into()))]);
    assert_eq!((menu.greeting.as_deref(), menu.again.as_deref()), (Some("r2"), None));
    assert_eq!((menu.otherwise.clone(), menu.timeout_s, menu.max_failures), (Some(Step::Greeting("r1".into())), 3, 1));
    for note in ["mailbox", "cannot log in there any more", "Where numbers lead"] {
        assert!(account.missing.iter().any(|missing| missing.contains(note)), "{note}: {:?}", account.missing);
    }
}

#[tokio::test]
async fn contacts_and_calls_of_omicall_are_read_from_the_forms_of_its_pages() {
    let vendor = omicall();
    let source = Source::open(Vendor::Omicall, &vendor, "98589AFB-key").await.unwrap();
    let (contacts, next) = source.contacts(None).await.unwrap();
    assert_eq!((contacts.len(), next), (1, None));
    let (contact, profile) = (&contacts[0], &contacts[0].profile);
    assert_eq!((contact.key.as_str(), profile.name.as_str()), ("ad1a7e78d80b94544ab92456", "Trần Khôi"));
    assert_eq!((profile.phones[0].number.as_str(), profile.labels.join("")), ("0395187319", "VIP".into()));
    let facts: Vec<(&str, &str)> = profile.fields.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    assert_eq!(facts, [("Màu sắc", "Vàng"), ("gender", "male")]);

    let span = (1_589_000_000_000, 1_589_100_000_000);
    let (calls, next) = source.calls(span, None).await.unwrap();
    assert_eq!((calls.len(), next), (2, None));
    assert_eq!(vendor.asked("/api/v3/call-transaction/search"), 1, "the newer search is asked first");
    let (talked, missed) = (&calls[0], &calls[1]);
    assert_eq!((talked.answered_at, talked.ended_at), (Some(1_589_015_432_000), 1_589_015_664_000));
    assert_eq!((talked.hotline.as_deref(), talked.extension.as_deref()), (Some("842563360001"), Some("147")));
    assert_eq!((missed.answered_at, missed.ended_at), (None, 1_589_020_009_000));
    assert_eq!((missed.hotline.as_deref(), missed.extension.as_deref()), (Some("842563360001"), None));
}

#[tokio::test]
async fn what_a_vendor_answers_strangely_is_told_and_never_a_panic() {
    for answer in [
        json!(null),
        json!([]),
        json!({ "status_code": 9999 }),
        good(json!(7)),
        good(json!({ "items": [7, {}, null] })),
    ] {
        let mut answers = omicall().answers;
        answers.retain(|(path, _)| *path == "/api/auth");
        answers.push(("/api/", answer));
        let vendor = Recorded::new(answers);
        let source = Source::open(Vendor::Omicall, &vendor, "key").await.unwrap();
        // Refused or empty, whatever came.
        _ = source.account().await;
        _ = source.contacts(None).await;
        _ = source.calls((0, 1_000), Some("n.x.☃")).await;
    }
    let vendor = Recorded::new(vec![]);
    let refused = Source::open(Vendor::Omicall, &vendor, "key").await.err().unwrap();
    assert!(refused.message.contains("permission_denied"), "{}", refused.message);
}

#[tokio::test]
async fn extensions_of_voicecloud_are_read_in_either_form() {
    let rows = json!([{ "ext": "101", "name": "Lan" }, { "ext": 102 }, { "ext": "x" }, 7]);
    for answer in [rows.clone(), json!({ "result": rows })] {
        let report = json!({ "result": [] });
        let vendor = Recorded::new(vec![("/internal/Reports", report), ("/api/Agent/status", answer)]);
        let source = Source::open(Vendor::Voicecloud, &vendor, "98589afb55de863cf4d5cd4ec2c41072").await.unwrap();
        let account = source.account().await.unwrap();
        let numbers: Vec<(&str, &str)> =
            account.extensions.iter().map(|one| (one.number.as_str(), one.name.as_str())).collect();
        assert_eq!(numbers, [("101", "Lan"), ("102", "")]);
        assert!(account.extensions.iter().all(|one| one.password.is_empty() && one.enabled));
    }
}
