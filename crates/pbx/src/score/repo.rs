//! How scorecards and scores are stored.

use super::card::{Card, Question};
use super::scores::{Answer, Score, State, Wanted};
use crate::trunk::{value, word};
use model::{CallId, ScoreId, ScorecardId};
use sqlx::Row;
use sqlx::any::AnyRow;
use std::collections::HashMap;
use store::{Cell, Error, Rows, Sql, Tx};

pub(super) async fn insert_card(tx: &mut Tx, card: &Card, by: &str) -> Result<(), Error> {
    sqlx::query(
        "insert into scorecards (id, tenant_id, name, enabled, version, created_at, updated_at)
         values ($1, $2, $3, $4, $5, $6, $6)",
    )
    .bind(card.id.to_string())
    .bind(tx.tenant().to_owned())
    .bind(&card.name)
    .bind(i64::from(card.enabled))
    .bind(card.version)
    .bind(card.created_at)
    .execute(tx.conn())
    .await?;
    insert_version(tx, card, by).await
}

pub(super) async fn insert_version(tx: &mut Tx, card: &Card, by: &str) -> Result<(), Error> {
    sqlx::query(
        "insert into scorecard_versions (card_id, version, tenant_id, questions, created_at, created_by)
         values ($1, $2, $3, $4, $5, $6)",
    )
    .bind(card.id.to_string())
    .bind(card.version)
    .bind(tx.tenant().to_owned())
    .bind(serde_json::to_string(&card.questions).expect("questions have only text for keys"))
    .bind(card.updated_at)
    .bind(by.to_owned())
    .execute(tx.conn())
    .await?;
    Ok(())
}

pub(super) async fn save_card(tx: &mut Tx, card: &Card) -> Result<(), Error> {
    sqlx::query(
        "update scorecards set name = $3, enabled = $4, version = $5, updated_at = $6 where tenant_id = $1 and id = $2",
    )
    .bind(tx.tenant().to_owned())
    .bind(card.id.to_string())
    .bind(&card.name)
    .bind(i64::from(card.enabled))
    .bind(card.version)
    .bind(card.updated_at)
    .execute(tx.conn())
    .await?;
    Ok(())
}

const CARD: &str = "select c.id, c.name, c.enabled, c.version, c.created_at, c.updated_at, v.questions
from scorecards c
join scorecard_versions v on v.card_id = c.id and v.version = c.version and v.tenant_id = c.tenant_id
where c.tenant_id = ";

pub(super) async fn find_card(tx: &mut Tx, id: ScorecardId) -> Result<Option<Card>, Error> {
    let mut sql = Sql::new(CARD);
    sql.bind(tx.tenant()).push("\nand c.id = ").bind(id.to_string());
    sql.fetch_all(tx).await?.first().map(read_card).transpose()
}

/// The same; it stays as it is until the transaction ends.
pub(super) async fn lock_card(tx: &mut Tx, id: ScorecardId) -> Result<Option<Card>, Error> {
    sqlx::query("update scorecards set version = version where tenant_id = $1 and id = $2")
        .bind(tx.tenant().to_owned())
        .bind(id.to_string())
        .execute(tx.conn())
        .await?;
    find_card(tx, id).await
}

pub(super) async fn list_cards(tx: &mut Tx, after: Option<&str>, limit: u32) -> Result<Vec<Card>, Error> {
    let mut sql = Sql::new(CARD);
    sql.bind(tx.tenant()).push("\nand c.id > ").bind(after.unwrap_or_default());
    sql.push("\norder by c.id\nlimit ").bind(i64::from(limit) + 1);
    sql.fetch_all(tx).await?.iter().map(read_card).collect()
}

fn read_card(row: &AnyRow) -> Result<Card, Error> {
    Ok(Card {
        id: row.try_get::<&str, _>(0)?.parse().map_err(|_| Error::Corrupt("scorecard id"))?,
        name: row.try_get(1)?,
        enabled: row.try_get::<i64, _>(2)? != 0,
        version: row.try_get(3)?,
        created_at: row.try_get(4)?,
        updated_at: row.try_get(5)?,
        questions: read_questions(row.try_get(6)?)?,
    })
}

fn read_questions(text: &str) -> Result<Vec<Question>, Error> {
    serde_json::from_str(text).map_err(|_| Error::Corrupt("questions of a scorecard"))
}

pub(super) async fn questions(tx: &mut Tx, id: ScorecardId, version: i64) -> Result<Option<Vec<Question>>, Error> {
    let row =
        sqlx::query("select questions from scorecard_versions where tenant_id = $1 and card_id = $2 and version = $3")
            .bind(tx.tenant().to_owned())
            .bind(id.to_string())
            .bind(version)
            .fetch_optional(tx.conn())
            .await?;
    row.map(|row| read_questions(row.try_get(0)?)).transpose()
}

pub(super) async fn has_scores(tx: &mut Tx, id: ScorecardId) -> Result<bool, Error> {
    let row = sqlx::query("select 1 from call_scores where tenant_id = $1 and card_id = $2 limit 1")
        .bind(tx.tenant().to_owned())
        .bind(id.to_string())
        .fetch_optional(tx.conn())
        .await?;
    Ok(row.is_some())
}

pub(super) async fn delete_card(tx: &mut Tx, id: ScorecardId) -> Result<(), Error> {
    for sql in [
        "delete from scorecard_versions where tenant_id = $1 and card_id = $2",
        "delete from scorecards where tenant_id = $1 and id = $2",
    ] {
        sqlx::query(sql).bind(tx.tenant().to_owned()).bind(id.to_string()).execute(tx.conn()).await?;
    }
    Ok(())
}

/// Writes a score with its answers, in place of what it was.
pub(super) async fn save_score(tx: &mut Tx, score: &Score) -> Result<(), Error> {
    sqlx::query(
        "insert into call_scores (id, tenant_id, call_id, card_id, card_version, extension_id, scorer, score, comment,
                                  state, dispute, reply, called_at, created_at, updated_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)
         on conflict (id) do update
         set score = excluded.score, comment = excluded.comment, state = excluded.state, updated_at = excluded.updated_at
         where call_scores.tenant_id = excluded.tenant_id",
    )
    .bind(score.id.to_string())
    .bind(tx.tenant().to_owned())
    .bind(score.call.to_string())
    .bind(score.card.to_string())
    .bind(score.card_version)
    .bind(score.extension.to_string())
    .bind(&score.scorer)
    .bind(score.score)
    .bind(&score.comment)
    .bind(word(&State::ALL, score.state))
    .bind(&score.dispute)
    .bind(&score.reply)
    .bind(score.called_at)
    .bind(score.created_at)
    .bind(score.updated_at)
    .execute(tx.conn())
    .await?;
    delete_answers(tx, score.id).await?;
    let head = "insert into call_score_answers (score_id, question, tenant_id, place, points, most, comment)";
    let mut rows = Rows::new(head, "", 7);
    for (place, answer) in score.answers.iter().enumerate() {
        rows.push([
            Cell::from(score.id.to_string()),
            Cell::from(answer.question.as_str()),
            Cell::from(tx.tenant()),
            Cell::from(place as i64),
            Cell::from(answer.points),
            Cell::from(answer.most),
            Cell::from(answer.comment.as_str()),
        ]);
    }
    rows.insert(tx).await?;
    Ok(())
}

async fn delete_answers(tx: &mut Tx, id: ScoreId) -> Result<(), Error> {
    sqlx::query("delete from call_score_answers where tenant_id = $1 and score_id = $2")
        .bind(tx.tenant().to_owned())
        .bind(id.to_string())
        .execute(tx.conn())
        .await?;
    Ok(())
}

pub(super) async fn save_state(tx: &mut Tx, score: &Score) -> Result<(), Error> {
    sqlx::query(
        "update call_scores
         set state = $3, dispute = $4, reply = $5, updated_at = $6
         where tenant_id = $1
         and id = $2",
    )
    .bind(tx.tenant().to_owned())
    .bind(score.id.to_string())
    .bind(word(&State::ALL, score.state))
    .bind(&score.dispute)
    .bind(&score.reply)
    .bind(score.updated_at)
    .execute(tx.conn())
    .await?;
    Ok(())
}

pub(super) async fn delete_score(tx: &mut Tx, id: ScoreId) -> Result<(), Error> {
    delete_answers(tx, id).await?;
    sqlx::query("delete from call_scores where tenant_id = $1 and id = $2")
        .bind(tx.tenant().to_owned())
        .bind(id.to_string())
        .execute(tx.conn())
        .await?;
    Ok(())
}

const SCORE: &str =
    "select s.id, s.call_id, s.card_id, c.name, s.card_version, s.extension_id, s.scorer, s.score, s.comment,
       s.state, s.dispute, s.reply, s.called_at, s.created_at, s.updated_at
from call_scores s
join scorecards c on c.id = s.card_id and c.tenant_id = s.tenant_id
where s.tenant_id = ";

pub(super) async fn find_score(tx: &mut Tx, id: ScoreId) -> Result<Option<Score>, Error> {
    let mut sql = Sql::new(SCORE);
    sql.bind(tx.tenant()).push("\nand s.id = ").bind(id.to_string());
    Ok(scores(sql, tx).await?.pop())
}

pub(super) async fn find_by(
    tx: &mut Tx,
    call: CallId,
    card: ScorecardId,
    scorer: &str,
) -> Result<Option<Score>, Error> {
    let mut sql = Sql::new(SCORE);
    sql.bind(tx.tenant()).push("\nand s.call_id = ").bind(call.to_string());
    sql.push("\nand s.card_id = ").bind(card.to_string()).push("\nand s.scorer = ").bind(scorer);
    Ok(scores(sql, tx).await?.pop())
}

pub(super) async fn of_call(tx: &mut Tx, call: CallId) -> Result<Vec<Score>, Error> {
    let mut sql = Sql::new(SCORE);
    sql.bind(tx.tenant()).push("\nand s.call_id = ").bind(call.to_string()).push("\norder by s.id");
    scores(sql, tx).await
}

pub(super) async fn search(
    tx: &mut Tx,
    wanted: &Wanted,
    after: Option<(i64, ScoreId)>,
    limit: u32,
) -> Result<Vec<Score>, Error> {
    let mut sql = Sql::new(SCORE);
    sql.bind(tx.tenant());
    narrow(&mut sql, wanted);
    if let Some((at, id)) = after {
        sql.push("\nand (s.called_at, s.id) < (").bind(at).push(", ").bind(id.to_string()).push(")");
    }
    sql.push("\norder by s.called_at desc, s.id desc\nlimit ").bind(i64::from(limit) + 1);
    scores(sql, tx).await
}

/// The conditions on `call_scores s`.
fn narrow(sql: &mut Sql, wanted: &Wanted) {
    if let Some(extension) = wanted.extension {
        sql.push("\nand s.extension_id = ").bind(extension.to_string());
    }
    if let Some(card) = wanted.card {
        sql.push("\nand s.card_id = ").bind(card.to_string());
    }
    if let Some(state) = wanted.state {
        sql.push("\nand s.state = ").bind(word(&State::ALL, state));
    }
    if let Some(from) = wanted.from {
        sql.push("\nand s.called_at >= ").bind(from);
    }
    if let Some(to) = wanted.to {
        sql.push("\nand s.called_at < ").bind(to);
    }
}

/// Reads scores, then all their answers at once.
async fn scores(sql: Sql, tx: &mut Tx) -> Result<Vec<Score>, Error> {
    let rows = sql.fetch_all(tx).await?;
    let mut found: Vec<Score> = rows.iter().map(read_score).collect::<Result<_, _>>()?;
    if found.is_empty() {
        return Ok(found);
    }
    let mut sql =
        Sql::new("select score_id, question, points, most, comment\nfrom call_score_answers\nwhere tenant_id = ");
    let ids = found.iter().map(|score| Cell::from(score.id.to_string())).collect();
    sql.bind(tx.tenant()).push("\nand score_id in (").bind_list(ids).push(")\norder by score_id, place");
    let mut answers: HashMap<String, Vec<Answer>> = HashMap::new();
    for row in sql.fetch_all(tx).await? {
        let (question, points, most, comment) = (row.try_get(1)?, row.try_get(2)?, row.try_get(3)?, row.try_get(4)?);
        answers.entry(row.try_get(0)?).or_default().push(Answer { question, points, most, comment });
    }
    for score in &mut found {
        score.answers = answers.remove(&score.id.to_string()).unwrap_or_default();
    }
    Ok(found)
}

fn read_score(row: &AnyRow) -> Result<Score, Error> {
    Ok(Score {
        id: row.try_get::<&str, _>(0)?.parse().map_err(|_| Error::Corrupt("score id"))?,
        call: row.try_get::<&str, _>(1)?.parse().map_err(|_| Error::Corrupt("call of a score"))?,
        card: row.try_get::<&str, _>(2)?.parse().map_err(|_| Error::Corrupt("scorecard of a score"))?,
        card_name: row.try_get(3)?,
        card_version: row.try_get(4)?,
        extension: row.try_get::<&str, _>(5)?.parse().map_err(|_| Error::Corrupt("extension of a score"))?,
        scorer: row.try_get(6)?,
        score: row.try_get(7)?,
        comment: row.try_get(8)?,
        state: value(&State::ALL, row.try_get(9)?).ok_or(Error::Corrupt("state of a score"))?,
        dispute: row.try_get(10)?,
        reply: row.try_get(11)?,
        answers: Vec::new(),
        called_at: row.try_get(12)?,
        created_at: row.try_get(13)?,
        updated_at: row.try_get(14)?,
    })
}

/// Sums by extension: extension, scores, sum of scores, disputed ones.
pub(super) async fn by_extension(tx: &mut Tx, wanted: &Wanted) -> Result<Vec<(String, i64, i64, i64)>, Error> {
    let mut sql = Sql::new(
        "select s.extension_id, count(*), cast(sum(s.score) as bigint),
           cast(sum(case when s.dispute <> '' then 1 else 0 end) as bigint)
         from call_scores s
         where s.tenant_id = ",
    );
    sql.bind(tx.tenant());
    narrow(&mut sql, wanted);
    sql.push("\ngroup by s.extension_id\norder by s.extension_id");
    let read = |row: &AnyRow| Ok((row.try_get(0)?, row.try_get(1)?, row.try_get(2)?, row.try_get(3)?));
    sql.fetch_all(tx).await?.iter().map(read).collect()
}

/// Sums by extension and question: extension, question, answers, points, points that could be reached.
pub(super) async fn by_question(tx: &mut Tx, wanted: &Wanted) -> Result<Vec<(String, String, i64, i64, i64)>, Error> {
    let mut sql = Sql::new(
        "select s.extension_id, a.question, count(*), cast(sum(a.points) as bigint), cast(sum(a.most) as bigint)
         from call_scores s
         join call_score_answers a on a.score_id = s.id and a.tenant_id = s.tenant_id
         where a.points is not null
         and s.tenant_id = ",
    );
    sql.bind(tx.tenant());
    narrow(&mut sql, wanted);
    sql.push("\ngroup by s.extension_id, a.question\norder by s.extension_id, a.question");
    let read = |row: &AnyRow| Ok((row.try_get(0)?, row.try_get(1)?, row.try_get(2)?, row.try_get(3)?, row.try_get(4)?));
    sql.fetch_all(tx).await?.iter().map(read).collect()
}
