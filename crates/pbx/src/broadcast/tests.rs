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

#[tokio::test]
async fn a_broadcast_begins_in_its_time_and_can_be_called_off() {
    on_both(async |db: &TestDb| {
        let shop = company(db, "shop").await;
        let later = store::now().as_millis() + 3_600_000;
        let when = When { starts_at: Some(later), schedule: None };
        let made = create_at(&shop, db, new(&["0901234567"]), when).await.expect("made");
        assert_eq!(get(&shop, db, made.id).await.expect("there"), made);
        assert_eq!(due(db, 10).await.expect("due"), [], "its time has not come");
        let tally = tallies(&shop, db, &[made.id]).await.expect("a tally")[0];
        assert_eq!((tally.waiting, made.progress(&tally, later - 1)), (1, Progress::Scheduled));
        assert_eq!(made.progress(&tally, later), Progress::Running);

        let called_off = cancel(&shop, db, made.id).await.expect("called off");
        assert_eq!(cancel(&shop, db, made.id).await.expect("twice").cancelled_at, called_off.cancelled_at);
        let tally = tallies(&shop, db, &[made.id]).await.expect("a tally")[0];
        assert_eq!((tally.cancelled, called_off.progress(&tally, later)), (1, Progress::Cancelled));

        // One that is being called when its broadcast is called off is not called again.
        let running = create(&shop, db, new(&["0901234567", "0901234568"])).await.expect("made");
        let first = due(db, 10).await.expect("due").remove(0);
        assert!(claim(db, &first).await.expect("claimed"));
        cancel(&shop, db, running.id).await.expect("called off");
        assert_eq!(settle(db, &first, false, Cause::Busy, None).await.expect("settled"), State::Failed);
        let page = page_of_numbers(&shop, db, running.id, Some(State::Cancelled), PageRequest::first()).await;
        assert_eq!(page.expect("a page").items.iter().map(|one| one.place).collect::<Vec<_>>(), [1]);

        let far = When { starts_at: Some(later * 2), schedule: Some(store::mint()) };
        let problem = create_at(&shop, db, new(&["101"]), far).await.expect_err("refused");
        assert_eq!(fields(&problem), ["schedule", "starts_at"]);
        let agent = Actor { role: model::Role::Agent, ..shop.clone() };
        assert_eq!(cancel(&agent, db, running.id).await.expect_err("no right").kind, Fault::Forbidden);
        let other = company(db, "other").await;
        assert_eq!(cancel(&other, db, running.id).await.expect_err("not theirs").kind, Fault::NotFound);
        assert_eq!(newest(&other, db, Kind::Message, PageRequest::first()).await.expect("a page").items, []);
        let newest = newest(&shop, db, Kind::Message, PageRequest::first()).await.expect("a page").items;
        assert_eq!(newest.iter().map(|one| one.id).collect::<Vec<_>>(), [running.id, made.id]);
    })
    .await;
}

#[tokio::test]
async fn no_broadcast_waits_behind_the_many_numbers_of_another() {
    on_both(async |db: &TestDb| {
        let shop = company(db, "shop").await;
        let many: Vec<String> = (0..50).map(|number| format!("09012345{number:02}")).collect();
        let many: Vec<&str> = many.iter().map(String::as_str).collect();
        let long = create(&shop, db, new(&many)).await.expect("made");
        let short = create(&shop, db, new(&["101"])).await.expect("made");
        let due_now = due(db, 3).await.expect("due");
        let of: Vec<BroadcastId> = due_now.iter().map(|one| one.broadcast).collect();
        assert_eq!(of, [long.id, short.id, long.id]);
        hold_back(db, &due_now[0], 60_000).await.expect("held back");
        assert_eq!(due(db, 10).await.expect("due").len(), 1, "one whose schedule is closed is not due");
    })
    .await;
}
