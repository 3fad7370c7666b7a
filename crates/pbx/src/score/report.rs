//! How good the calls of each agent were: added up from the scores themselves, which are few beside the calls.

use super::repo;
use super::scores::{Wanted, own};
use model::{Actor, ExtensionId, Problem};
use serde::Serialize;
use std::collections::BTreeMap;
use store::{Db, Error};

/// The scores of a time.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "openapi", schema(as = ScoreReport))]
pub struct Report {
    /// How many scores were given.
    pub scores: i64,
    /// Their average, hundredths of a percent; null without one.
    pub average: Option<i64>,
    /// By agent, the best first.
    pub agents: Vec<AgentScores>,
    /// By question, over all agents.
    pub questions: Vec<QuestionScores>,
}

/// The scores of one agent's calls.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "openapi", schema(as = AgentScores))]
pub struct AgentScores {
    /// Whose calls.
    #[serde(with = "crate::text::id")]
    #[cfg_attr(feature = "openapi", schema(value_type = String))]
    pub extension: ExtensionId,
    /// How many scores.
    pub scores: i64,
    /// Their average, hundredths of a percent.
    pub average: i64,
    /// How many were disputed.
    pub disputed: i64,
    /// By question.
    pub questions: Vec<QuestionScores>,
}

/// The points for one question.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "openapi", schema(as = QuestionScores))]
pub struct QuestionScores {
    /// Its key.
    pub question: String,
    /// How often it was answered.
    pub answers: i64,
    /// The points of all that could be reached, hundredths of a percent.
    pub average: i64,
}

/// The report; of the own calls alone, for agents.
pub async fn report(actor: &Actor, db: &Db, mut wanted: Wanted) -> Result<Report, Problem> {
    let mut tx = db.read(actor.tenant).await?;
    match own(actor, &mut tx).await? {
        Some(None) => return Ok(Report::default()),
        Some(own) => wanted.extension = own,
        None => {}
    }
    let agents = repo::by_extension(&mut tx, &wanted).await?;
    let answers = repo::by_question(&mut tx, &wanted).await?;
    Ok(Report::of(agents, answers)?)
}

impl Report {
    fn of(
        agents: Vec<(String, i64, i64, i64)>,
        answers: Vec<(String, String, i64, i64, i64)>,
    ) -> Result<Report, Error> {
        let mut of_agents: BTreeMap<String, Vec<QuestionScores>> = BTreeMap::new();
        let mut of_all: BTreeMap<String, (i64, i64, i64)> = BTreeMap::new();
        for (agent, question, count, points, most) in answers {
            let all = of_all.entry(question.clone()).or_default();
            *all = (all.0 + count, all.1 + points, all.2 + most);
            of_agents.entry(agent).or_default().push(scores_of(question, (count, points, most)));
        }
        let (mut scores, mut sum, mut listed) = (0, 0, Vec::with_capacity(agents.len()));
        for (agent, count, total, disputed) in agents {
            (scores, sum) = (scores + count, sum + total);
            listed.push(AgentScores {
                extension: agent.parse().map_err(|_| Error::Corrupt("extension of a score"))?,
                scores: count,
                average: total / count.max(1),
                disputed,
                questions: of_agents.remove(&agent).unwrap_or_default(),
            });
        }
        listed.sort_by_key(|agent| std::cmp::Reverse(agent.average));
        let questions = of_all.into_iter().map(|(question, sums)| scores_of(question, sums)).collect();
        Ok(Report { scores, average: (scores > 0).then(|| sum / scores), agents: listed, questions })
    }
}

fn scores_of(question: String, (answers, points, most): (i64, i64, i64)) -> QuestionScores {
    QuestionScores { question, answers, average: points * super::card::WHOLE / most.max(1) }
}
