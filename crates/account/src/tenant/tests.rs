use super::{NewTenant, TenantPatch, create, get, list, update};
use model::{Actor, Kind, PageRequest, Problem, Role};
use store::testing::{TestDb, on_both};
use store::{mint, outbox};

fn operator() -> Actor {
    Actor::system(mint())
}

fn field(problem: &Problem) -> Vec<&str> {
    problem.fields.iter().map(|field| field.name.as_str()).collect()
}

#[tokio::test]
async fn a_new_company_gets_usual_settings_and_a_domain_from_its_name() {
    on_both(async |db: &TestDb| {
        let before = db.config_version().await.expect("a version");
        let made = create(&operator(), db, NewTenant::named("Công ty Ánh Dương")).await.expect("created");
        assert_eq!(made.domain, "cong-ty-anh-duong.alo.internal");
        assert_eq!(
            (made.country.as_str(), made.time_zone.as_str(), made.record_calls),
            ("84", "Asia/Ho_Chi_Minh", true)
        );
        assert_eq!(made.dial_countries, ["84"]);
        assert_eq!(get(&Actor::system(made.id), db, made.id).await.expect("found"), made);
        assert_eq!(db.config_version().await.expect("a version"), before + 1);
        let events = outbox::read(db, Some(made.id), 0, 10).await.expect("events");
        assert_eq!(events[0].kind, "tenant.created");
    })
    .await;
}

#[tokio::test]
async fn a_domain_belongs_to_one_company() {
    on_both(async |db: &TestDb| {
        create(&operator(), db, NewTenant::named("Acme")).await.expect("created");
        let clash = create(&operator(), db, NewTenant::named("ACME")).await.expect_err("taken");
        assert_eq!((clash.kind, clash.code, field(&clash)), (Kind::Conflict, "domain_taken", vec!["domain"]));
        let other = create(&operator(), db, NewTenant::named("Other")).await.expect("created");
        let patch = TenantPatch { domain: Some("acme.alo.internal".into()), ..TenantPatch::default() };
        assert_eq!(update(&operator(), db, other.id, patch).await.expect_err("taken").code, "domain_taken");
    })
    .await;
}

#[tokio::test]
async fn all_wrong_fields_are_named_at_once() {
    on_both(async |db: &TestDb| {
        let new = NewTenant {
            name: " ".into(),
            domain: Some("a b".into()),
            country: Some("+84".into()),
            time_zone: Some("x'; --".into()),
            dial_countries: Some(vec!["all".into()]),
            blocked_prefixes: Some(vec!["abc".into()]),
            record_calls: None,
        };
        let problem = create(&operator(), db, new).await.expect_err("wrong");
        let wanted = ["name", "domain", "country", "time_zone", "dial_countries", "blocked_prefixes"];
        assert_eq!((problem.kind, field(&problem)), (Kind::Invalid, wanted.to_vec()));
    })
    .await;
}

#[tokio::test]
async fn a_company_changes_itself_and_sees_no_other() {
    on_both(async |db: &TestDb| {
        let ours = create(&operator(), db, NewTenant::named("Ours")).await.expect("created");
        let theirs = create(&operator(), db, NewTenant::named("Theirs")).await.expect("created");
        let owner = Actor { role: Role::Owner, ..Actor::system(ours.id) };
        let patch = TenantPatch { record_calls: Some(false), name: Some(" We ".into()), ..TenantPatch::default() };
        let changed = update(&owner, db, ours.id, patch.clone()).await.expect("changed");
        assert_eq!((changed.name.as_str(), changed.record_calls, &changed.domain), ("We", false, &ours.domain));
        assert_eq!(get(&owner, db, ours.id).await.expect("found"), changed);
        for problem in [
            get(&owner, db, theirs.id).await.expect_err("hidden"),
            update(&owner, db, theirs.id, patch).await.expect_err("hidden"),
            get(&owner, db, mint()).await.expect_err("unknown"),
        ] {
            assert_eq!(problem, Problem::not_found("company"));
        }
        let agent = Actor { role: Role::Agent, ..owner };
        assert_eq!(
            update(&agent, db, ours.id, TenantPatch::default()).await.expect_err("no right").kind,
            Kind::Forbidden
        );
    })
    .await;
}

#[tokio::test]
async fn only_the_operator_lists_and_creates_companies() {
    on_both(async |db: &TestDb| {
        for name in ["A1", "B1", "C1"] {
            create(&operator(), db, NewTenant::named(name)).await.expect("created");
        }
        let first = list(&operator(), db, PageRequest { limit: 2, after: None }).await.expect("a page");
        let rest = list(&operator(), db, PageRequest { limit: 2, after: first.next.clone() }).await.expect("a page");
        let names = |page: &model::Page<super::Tenant>| page.items.iter().map(|t| t.name.clone()).collect::<Vec<_>>();
        let mut all = [names(&first), names(&rest)].concat();
        all.sort();
        assert_eq!((all.as_slice(), rest.next), (["A1", "B1", "C1"].map(String::from).as_slice(), None));
        let owner = Actor { role: Role::Owner, ..operator() };
        assert_eq!(list(&owner, db, PageRequest::first()).await.expect_err("no right").kind, Kind::Forbidden);
        assert_eq!(create(&owner, db, NewTenant::named("D1")).await.expect_err("no right").kind, Kind::Forbidden);
    })
    .await;
}
