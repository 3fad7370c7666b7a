use super::{trunks, usage};
use crate::fixture::{a_trunk, an_extension, company, fields};
use model::{Actor, Kind, Role};
use store::testing::{TestDb, on_both};

#[tokio::test]
async fn the_operator_sees_all_companies_and_nobody_else_does() {
    on_both(async |db: &TestDb| {
        let (ours, theirs) = (company(db, "ours").await, company(db, "theirs").await);
        an_extension(&ours, db, "101").await;
        a_trunk(&ours, db, "127.0.0.30").await;
        a_trunk(&theirs, db, "127.0.0.31").await;
        let all = trunks(&ours, db).await.expect("the operator may");
        let names: Vec<_> = all.iter().map(|one| one.company_name.as_str()).collect();
        assert_eq!(names, ["ours", "theirs"]);
        let used = usage(&ours, db, 0, 900_000).await.expect("the operator may");
        assert_eq!((used[0].extensions, used[1].extensions, used[0].calls), (1, 0, 0));
        assert_eq!(fields(&usage(&ours, db, 10, 10).await.expect_err("no time")), ["to"]);
        for role in [Role::Owner, Role::Manager, Role::Agent] {
            let actor = Actor { role, ..ours.clone() };
            assert_eq!(trunks(&actor, db).await.expect_err("not theirs to see").kind, Kind::Forbidden);
            assert_eq!(usage(&actor, db, 0, 1).await.expect_err("not theirs to see").kind, Kind::Forbidden);
        }
    })
    .await;
}
