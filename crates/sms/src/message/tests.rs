use super::{NewMessage, State, find_by_code, list, send};
use crate::template::{self, NewTemplate};
use crate::{Channel, Nobody, Sandbox};
use model::{Kind, PageRequest};
use store::testing::{TestDb, on_both};

pub(crate) mod testing {
    //! Companies without the crate that makes them.
    use model::Actor;
    use store::{Db, mint};

    pub(crate) async fn company(db: &Db) -> Actor {
        let tenant: model::TenantId = mint();
        let mut tx = db.write(tenant).await.expect("a transaction");
        sqlx::query(
            "insert into tenants (id, name, domain, country, time_zone, record_calls, dial_countries, blocked_prefixes,
                                  config_version, created_at, updated_at)
             values ($1, 'Company', $1, '84', 'UTC', 1, '84', '', 0, 0, 0)",
        )
        .bind(tenant.to_string())
        .execute(tx.conn())
        .await
        .expect("a company");
        tx.commit().await.expect("committed");
        Actor::system(tenant)
    }
}

const ALL: [Channel; 3] = [Channel::Zns, Channel::Call, Channel::Sms];

fn new(to: &str, channels: &[Channel]) -> NewMessage {
    let parameters = [("otp".to_owned(), "123456".to_owned())].into();
    NewMessage { to: to.into(), channels: channels.to_vec(), template: "otp".into(), parameters }
}

async fn with_template(db: &TestDb) -> model::Actor {
    let actor = testing::company(db).await;
    let template = NewTemplate { code: "otp".into(), text: "Ma {otp}".into() };
    template::create(&actor, db, template).await.expect("created");
    actor
}

#[tokio::test]
async fn the_first_channel_that_leads_there_carries_the_message() {
    on_both(async |db: &TestDb| {
        let actor = with_template(db).await;
        for (to, channels, expected) in [
            ("0901234567", &ALL[..], (Channel::Zns, State::Delivered, 0)),
            ("0901230001", &ALL, (Channel::Call, State::Delivered, 0)),
            ("84901230002", &ALL, (Channel::Sms, State::Delivered, 1)),
            ("+84901230003", &ALL, (Channel::Sms, State::Failed, 0)),
            ("0901230001", &[Channel::Sms, Channel::Zns], (Channel::Sms, State::Delivered, 1)),
            ("0901230001", &[Channel::Zns], (Channel::Zns, State::Failed, 0)),
        ] {
            let sent = send(&actor, db, &Sandbox, new(to, channels)).await.expect("an outcome");
            assert_eq!((sent.channel, sent.state, sent.parts), expected, "{to}");
            assert_eq!((sent.code.len(), sent.finished_at.is_some()), (24, true));
            assert_eq!(sent.fault.is_some(), sent.state == State::Failed);
            assert_eq!(find_by_code(&actor, db, &sent.code).await.expect("found"), Some(sent.clone()));
            let stranger = testing::company(db).await;
            assert_eq!(find_by_code(&stranger, db, &sent.code).await.expect("looked for"), None);
        }
        let page = list(&actor, db, PageRequest { limit: 4, after: None }).await.expect("a page");
        let rest = list(&actor, db, PageRequest { limit: 4, after: page.next }).await.expect("a page");
        assert_eq!((page.items.len(), rest.items.len(), rest.next), (4, 2, None));
        let kinds: Vec<String> =
            store::outbox::read(db, None, 0, 100).await.expect("events").into_iter().map(|event| event.kind).collect();
        assert_eq!(kinds.iter().filter(|kind| *kind == "text.delivered").count(), 4);
        assert_eq!(kinds.iter().filter(|kind| *kind == "text.failed").count(), 2);
    })
    .await;
}

#[tokio::test]
async fn each_fault_has_its_code() {
    on_both(async |db: &TestDb| {
        let actor = with_template(db).await;
        let refused = async |new| send(&actor, db, &Sandbox, new).await.expect_err("refused").code;
        assert_eq!(refused(new("12", &ALL)).await, "phone_invalid");
        assert_eq!(refused(new("x", &ALL)).await, "phone_invalid");
        assert_eq!(refused(NewMessage { template: "x".into(), ..new("0901234567", &ALL) }).await, "template_unknown");
        assert_eq!(refused(NewMessage { parameters: [].into(), ..new("0901234567", &ALL) }).await, "parameter_invalid");
        assert_eq!(refused(new("0901234567", &[])).await, "no_route");
        assert_eq!(refused(new("0901230004", &ALL)).await, "account_empty");
        let nobody = send(&actor, db, &Nobody, new("0901234567", &ALL)).await.expect_err("nobody carries it");
        assert_eq!((nobody.kind, nobody.code), (Kind::Invalid, "no_route"));
    })
    .await;
}
