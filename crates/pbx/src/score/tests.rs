use super::*;
use crate::calls::{self, CallRecord};
use crate::extension::{self, ExtensionPatch};
use crate::fixture::{an_extension, company, fields, told};
use ::call::Direction;
use model::{Actor, CallId, Cause, EndedBy, ExtensionId, Id, Kind, PageRequest, Role, UserId};
use store::Db;
use store::testing::{TestDb, on_both};

fn question(key: &str, weight: i64, most: i64) -> Question {
    Question { key: key.into(), text: format!("How was the {key}?"), weight, most, critical: false }
}

async fn a_card(actor: &Actor, db: &Db) -> Card {
    let questions = vec![question("greeting", 1, 5), question("advice", 3, 10)];
    create(actor, db, NewCard { name: "Service".into(), questions }).await.expect("a card")
}

fn points(greeting: Option<i64>, advice: Option<i64>) -> Given {
    let answer = |question: &str, points| Answer { question: question.into(), points, most: 0, comment: "so".into() };
    Given { answers: vec![answer("advice", advice), answer("greeting", greeting)], comment: "well".into() }
}

async fn a_call(actor: &Actor, db: &Db, number: u128, extension: Option<ExtensionId>) -> CallId {
    let record = CallRecord {
        id: CallId::from_bits(number),
        tenant: actor.tenant,
        direction: Direction::Inbound,
        hotline: None,
        trunk: None,
        extension,
        caller_number: "+84901234567".into(),
        caller_name: String::new(),
        callee_number: "+842873000001".into(),
        started_at: 1_000 * number as i64,
        ringing_at: None,
        answered_at: Some(2_000),
        ended_at: 62_000,
        cause: Cause::Normal,
        ended_by: EndedBy::Caller,
        queue: None,
        queue_wait_ms: None,
        legs: Vec::new(),
        trail: Vec::new(),
    };
    let mut tx = db.system_write().await.expect("a transaction");
    calls::record(&mut tx, &record).await.expect("recorded");
    tx.commit().await.expect("committed");
    record.id
}

/// An agent with an extension.
async fn an_agent(acme: &Actor, db: &Db, number: &str) -> (Actor, ExtensionId) {
    let extension = an_extension(acme, db, number).await;
    let user: UserId = store::mint();
    let patch = ExtensionPatch { user: Some(Some(user)), ..ExtensionPatch::default() };
    extension::update(acme, db, extension, patch).await.expect("given to a person");
    (Actor { role: Role::Agent, user: Some(user), ..acme.clone() }, extension)
}

#[tokio::test]
async fn a_call_is_scored_once_by_each_and_changed_by_the_same() {
    on_both(async |db: &TestDb| {
        let acme = company(db, "acme.test").await;
        let (lan, extension) = an_agent(&acme, db, "101").await;
        let (card, call) = (a_card(&acme, db).await, a_call(&acme, db, 7, Some(extension)).await);
        let first = give(&acme, db, call, card.id, points(Some(5), Some(5))).await.expect("scored");
        assert_eq!((first.score, first.extension, first.called_at), (6_250, extension, 7_000));
        let again = give(&acme, db, call, card.id, points(None, Some(10))).await.expect("changed");
        assert_eq!((again.id, again.score, again.state), (first.id, 10_000, State::Given));
        let user = Actor { user: Some(store::mint()), role: Role::Manager, ..acme.clone() };
        give(&user, db, call, card.id, points(Some(0), Some(0))).await.expect("by another");
        assert_eq!(of_call(&lan, db, call).await.expect("scores").len(), 2);
        assert_eq!(of_call(&acme, db, call).await.expect("scores")[0].answers[0].question, "greeting");
        take_back(&acme, db, first.id).await.expect("taken back");
        assert_eq!(of_call(&acme, db, call).await.expect("scores").len(), 1);
        assert!(told(db).await.contains(&"call.scored".to_owned()));
    })
    .await;
}

#[tokio::test]
async fn a_new_version_leaves_old_scores_as_they_were() {
    on_both(async |db: &TestDb| {
        let acme = company(db, "acme.test").await;
        let (_, extension) = an_agent(&acme, db, "101").await;
        let (card, call) = (a_card(&acme, db).await, a_call(&acme, db, 7, Some(extension)).await);
        give(&acme, db, call, card.id, points(Some(5), Some(5))).await.expect("scored");
        let same = CardPatch { questions: Some(card.questions.clone()), ..CardPatch::default() };
        assert_eq!(update(&acme, db, card.id, same).await.expect("the same").version, 1);
        let patch = CardPatch { questions: Some(vec![question("advice", 1, 1)]), ..CardPatch::default() };
        assert_eq!(update(&acme, db, card.id, patch).await.expect("changed").version, 2);
        let again = give(&acme, db, call, card.id, points(Some(5), Some(10))).await.expect("by its version");
        assert_eq!((again.card_version, again.score), (1, 10_000));
        assert_eq!(questions(&acme, db, card.id, 1).await.expect("the old ones"), card.questions);
        assert_eq!(delete(&acme, db, card.id).await.expect_err("used").code, "in_use");
        let off = CardPatch { enabled: Some(false), ..CardPatch::default() };
        update(&acme, db, card.id, off).await.expect("off");
        let refused = give(&acme, db, call, card.id, points(Some(5), Some(10))).await.expect_err("off");
        assert_eq!(refused.code, "scorecard_off");
        let other = a_card(&acme, db).await;
        delete(&acme, db, other.id).await.expect("unused");
    })
    .await;
}

#[tokio::test]
async fn who_was_scored_disputes_and_a_supervisor_settles() {
    on_both(async |db: &TestDb| {
        let acme = company(db, "acme.test").await;
        let ((lan, extension), (minh, _)) = (an_agent(&acme, db, "101").await, an_agent(&acme, db, "102").await);
        let (card, call) = (a_card(&acme, db).await, a_call(&acme, db, 7, Some(extension)).await);
        let given = give(&acme, db, call, card.id, points(Some(1), Some(1))).await.expect("scored");
        assert_eq!(dispute(&minh, db, given.id, "mine?").await.expect_err("not minh's").code, "not_found");
        assert_eq!(dispute(&acme, db, given.id, "mine?").await.expect_err("nobody's").code, "not_your_call");
        assert_eq!(settle(&acme, db, given.id, "so be it").await.expect_err("too soon").code, "not_disputed");
        let disputed = dispute(&lan, db, given.id, "I did greet").await.expect("disputed");
        assert_eq!((disputed.state, disputed.dispute.as_str()), (State::Disputed, "I did greet"));
        assert_eq!(dispute(&lan, db, given.id, "again").await.expect_err("once").code, "disputed_already");
        assert_eq!(settle(&lan, db, given.id, "ok").await.expect_err("no right").kind, Kind::Forbidden);
        let better = give(&acme, db, call, card.id, points(Some(5), Some(1))).await.expect("changed");
        assert_eq!((better.state, better.dispute.as_str()), (State::Settled, "I did greet"));
        let settled = settle(&acme, db, given.id, "you are right").await.expect("settled");
        assert_eq!(settled.reply, "you are right");
        let own = Actor { role: Role::Manager, ..lan };
        let refused = give(&own, db, call, card.id, points(Some(5), Some(10))).await.expect_err("the own call");
        assert_eq!(refused.code, "own_call");
    })
    .await;
}

#[tokio::test]
async fn wrong_points_and_cards_are_refused_by_their_field() {
    on_both(async |db: &TestDb| {
        let acme = company(db, "acme.test").await;
        let (lan, extension) = an_agent(&acme, db, "101").await;
        let (card, call) = (a_card(&acme, db).await, a_call(&acme, db, 7, Some(extension)).await);
        let mut wrong = points(Some(6), None);
        wrong.answers[0].question = "tone".into();
        let problem = give(&acme, db, call, card.id, wrong).await.expect_err("refused");
        assert_eq!(fields(&problem), ["answers[0].question", "answers[1].points", "answers"]);
        let nothing = give(&acme, db, call, card.id, points(None, None)).await.expect_err("nothing applies");
        assert_eq!(fields(&nothing), ["answers"]);
        let nobodys = a_call(&acme, db, 8, None).await;
        let refused = give(&acme, db, nobodys, card.id, points(Some(1), Some(1))).await.expect_err("nobody");
        assert_eq!(refused.code, "nobody_to_score");
        let refused = give(&lan, db, call, card.id, points(Some(1), Some(1))).await.expect_err("no right");
        assert_eq!(refused.kind, Kind::Forbidden);
        let new = NewCard {
            name: " ".into(),
            questions: vec![question("A", 0, 0), question("b", 1, 1), question("b", 1, 1)],
        };
        let problem = create(&acme, db, new).await.expect_err("refused");
        let expected = ["name", "questions[0].key", "questions[0].weight", "questions[0].most", "questions[2].key"];
        assert_eq!(fields(&problem), expected);
        let other = company(db, "other.test").await;
        assert_eq!(get(&other, db, card.id).await.expect_err("unknown").code, "not_found");
        assert_eq!(of_call(&other, db, call).await.expect_err("unknown").code, "not_found");
        let refused = give(&other, db, call, card.id, points(Some(1), Some(1))).await.expect_err("unknown");
        assert_eq!(refused.code, "not_found");
    })
    .await;
}

#[tokio::test]
async fn the_report_equals_a_recount_and_agents_see_their_own() {
    on_both(async |db: &TestDb| {
        let acme = company(db, "acme.test").await;
        let ((lan, a), (_, b)) = (an_agent(&acme, db, "101").await, an_agent(&acme, db, "102").await);
        let card = a_card(&acme, db).await;
        for (number, extension, given) in [(1, a, (5, 10)), (2, a, (0, 5)), (3, b, (5, 0))] {
            let call = a_call(&acme, db, number, Some(extension)).await;
            give(&acme, db, call, card.id, points(Some(given.0), Some(given.1))).await.expect("scored");
        }
        let all = report(&acme, db, Wanted::default()).await.expect("a report");
        let page = search(&acme, db, Wanted::default(), PageRequest { limit: 2, after: None }).await.expect("scores");
        assert_eq!(page.items.iter().map(|score| score.score).collect::<Vec<_>>(), [2_500, 3_750]);
        let rest = PageRequest { limit: 2, after: page.next };
        assert_eq!(search(&acme, db, Wanted::default(), rest).await.expect("scores").items[0].score, 10_000);
        assert_eq!((all.scores, all.average), (3, Some((10_000 + 3_750 + 2_500) / 3)));
        let agents: Vec<_> = all.agents.iter().map(|one| (one.extension, one.scores, one.average)).collect();
        assert_eq!(agents, [(a, 2, 6_875), (b, 1, 2_500)]);
        assert_eq!(all.questions.iter().map(|one| one.average).collect::<Vec<_>>(), [5_000, 6_666]);
        let own = report(&lan, db, Wanted { extension: Some(b), ..Wanted::default() }).await.expect("a report");
        assert_eq!(own.agents.iter().map(|one| one.extension).collect::<Vec<_>>(), [a]);
        let late = Wanted { from: Some(2_500), ..Wanted::default() };
        assert_eq!(report(&acme, db, late).await.expect("a report").scores, 1);
    })
    .await;
}
