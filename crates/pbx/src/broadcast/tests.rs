use super::*;
use crate::fixture::{company, fields};
use model::{Actor, Kind as Fault, PageRequest};
use store::testing::{TestDb, on_both};

fn script(parts: Vec<Part>, times: u32) -> Script {
    Script { parts, times, voice: Voice::English, speed: 0, code: None }
}

fn new(numbers: &[&str]) -> NewBroadcast {
    NewBroadcast {
        kind: Kind::Message,
        name: "Delivery".into(),
        hotline: None,
        script: script(vec![Part::Text("Your parcel is here.".into())], 2),
        plan: Plan { retries: 1, retry_gap_ms: 0, at_once: 2 },
        numbers: numbers.iter().map(|number| (*number).to_owned()).collect(),
    }
}

#[test]
fn a_script_is_told_so_often_and_ends_with_its_flow() {
    let (greeting, spoken, flow) = (model::Id::from_bits(1), model::Id::from_bits(2), model::Id::from_bits(3));
    let told = |parts: Vec<Part>, times| -> Vec<String> {
        let graph = script(parts, times).graph(&[spoken]);
        assert!(graph.nodes.contains_key(&graph.start));
        let mut at = graph.start.clone();
        let mut story = Vec::new();
        loop {
            match &graph.nodes[&at] {
                Node::Play { greeting, next } => {
                    story.push(greeting.to_string());
                    at.clone_from(next);
                }
                Node::Flow { flow } => return [story, vec![flow.to_string()]].concat(),
                Node::Hangup { cause: Cause::Normal } => return story,
                other => panic!("{other:?}"),
            }
        }
    };
    let (sound, voice) = (greeting_text(greeting), greeting_text(spoken));
    let parts = vec![Part::Greeting(greeting), Part::Text("One".into())];
    assert_eq!(told(parts.clone(), 2), [&sound[..], &voice, &sound, &voice]);
    let with_flow = [parts, vec![Part::Flow(flow)]].concat();
    assert_eq!(told(with_flow, 1), [sound, voice, FlowId::to_string(&flow)]);
}

fn greeting_text(id: GreetingId) -> String {
    id.to_string()
}

#[tokio::test]
async fn a_number_is_called_as_often_as_the_plan_says_and_by_one_at_a_time() {
    on_both(async |db: &TestDb| {
        let shop = company(db, "shop").await;
        let made = create(&shop, db, new(&["0901 234 567", "+84901234567", "101"])).await.expect("made");
        let told = numbers(&shop, db, made.id).await.expect("numbers");
        assert_eq!(told.iter().map(|one| one.number.as_str()).collect::<Vec<_>>(), ["+84901234567", "101"]);
        assert_eq!(get(&shop, db, made.id).await.expect("there"), made);

        let waiting = due(db, 10).await.expect("due");
        assert_eq!(waiting.len(), 2);
        let first = &waiting[0];
        assert!(claim(db, first).await.expect("claimed"));
        assert!(!claim(db, first).await.expect("once only"), "another process was faster");
        let call = store::mint();
        placed(db, first, call).await.expect("placed");
        assert_eq!(calling(db).await.expect("calling")[0].call, Some(call));
        let state = settle(db, first, false, Cause::Busy, None).await.expect("settled");
        assert_eq!(state, State::Waiting, "there is one more attempt");
        put_off(db, &waiting[1], 60_000).await.expect("put off");
        assert_eq!(due(db, 10).await.expect("due").len(), 1, "who was put off is not due");

        assert!(claim(db, first).await.expect("claimed"));
        let state = settle(db, first, false, Cause::NoAnswer, None).await.expect("settled");
        assert_eq!(state, State::Failed);
        let told = numbers(&shop, db, made.id).await.expect("numbers");
        assert_eq!((told[0].attempts, told[0].cause, told[0].key), (2, Some(Cause::NoAnswer), None));
    })
    .await;
}

#[tokio::test]
async fn a_key_is_kept_and_another_company_sees_nothing() {
    on_both(async |db: &TestDb| {
        let (shop, other) = (company(db, "shop").await, company(db, "other").await);
        let made = create(&shop, db, new(&["101"])).await.expect("made");
        let waiting = due(db, 10).await.expect("due");
        assert!(claim(db, &waiting[0]).await.expect("claimed"));
        settle(db, &waiting[0], true, Cause::Normal, Some('2')).await.expect("settled");
        let told = numbers(&shop, db, made.id).await.expect("numbers");
        assert_eq!((told[0].state, told[0].key), (State::Reached, Some('2')));
        assert_eq!(get(&other, db, made.id).await.expect_err("not theirs").kind, Fault::NotFound);
        assert_eq!(numbers(&other, db, made.id).await.expect("none"), []);
        let page = |actor: Actor| async move { list(&actor, db, Kind::Message, PageRequest::first()).await };
        assert_eq!(page(shop.clone()).await.expect("list").items, [made]);
        assert!(page(other).await.expect("list").items.is_empty());
    })
    .await;
}

#[tokio::test]
async fn what_cannot_be_told_is_refused_by_name() {
    on_both(async |db: &TestDb| {
        let shop = company(db, "shop").await;
        let refused = async |new: NewBroadcast| -> Vec<String> {
            let problem = create(&shop, db, new).await.expect_err("refused");
            fields(&problem).into_iter().map(str::to_owned).collect()
        };
        assert_eq!(refused(new(&[])).await, ["numbers"]);
        assert_eq!(refused(new(&["pizza"])).await, ["numbers"]);
        assert_eq!(refused(NewBroadcast { hotline: Some(store::mint()), ..new(&["101"]) }).await, ["hotline"]);
        let says = |parts, times| NewBroadcast { script: script(parts, times), ..new(&["101"]) };
        assert_eq!(refused(says(vec![], 1)).await, ["script"]);
        assert_eq!(refused(says(vec![Part::Greeting(store::mint())], 1)).await, ["script"]);
        assert_eq!(refused(says(vec![Part::Text("x".repeat(301))], 11)).await, ["times", "speech.text"]);
        let plan = Plan { retries: 11, retry_gap_ms: -1, at_once: 0 };
        assert_eq!(refused(NewBroadcast { plan, ..new(&["101"]) }).await, ["retries", "retry_gap_ms", "at_once"]);
        let reader = Actor { role: model::Role::Agent, ..shop.clone() };
        assert_eq!(create(&reader, db, new(&["101"])).await.expect_err("no right").kind, Fault::Forbidden);
    })
    .await;
}
