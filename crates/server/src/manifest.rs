//! A company's configuration as YAML on the terminal: written, planned, applied.

use crate::cli::{Apply, Export, Plan, Text};
use anyhow::Context;
use model::{Actor, Problem};
use plan::Action;
use std::io::Read;
use std::path::Path;
use std::process::ExitCode;
use store::Db;

/// Writes what a company has.
pub(crate) async fn export(db: &Db, asked: &Export) -> anyhow::Result<()> {
    let company = crate::company::choose(db, asked.company.as_deref()).await?;
    let text = plan::export(&Actor::system(company.id), db).await.map_err(explained)?;
    match &asked.output {
        Some(file) => std::fs::write(file, text).with_context(|| format!("cannot write {}", file.display()))?,
        None => print!("{text}"),
    }
    Ok(())
}

/// Tells what a text would change.
pub(crate) async fn plan(db: &Db, asked: &Plan) -> anyhow::Result<ExitCode> {
    let (actor, text) = opened(db, &asked.text).await?;
    let told = plan::plan(&actor, db, &text).await.map_err(explained)?;
    print!("{}", shown(&asked.text, &told)?);
    Ok(if asked.check && !told.changes.is_empty() { ExitCode::from(1) } else { ExitCode::SUCCESS })
}

/// Does what a text says, and tells it.
pub(crate) async fn apply(db: &Db, asked: &Apply) -> anyhow::Result<String> {
    let (actor, text) = opened(db, &asked.text).await?;
    let told = plan::apply(&actor, db, &text).await.map_err(explained)?;
    shown(&asked.text, &told)
}

async fn opened(db: &Db, asked: &Text) -> anyhow::Result<(Actor, String)> {
    let company = crate::company::choose(db, asked.company.as_deref()).await?;
    let text = if asked.file == Path::new("-") {
        let mut text = String::new();
        std::io::stdin().read_to_string(&mut text).context("cannot read what is piped in")?;
        text
    } else {
        std::fs::read_to_string(&asked.file).with_context(|| format!("cannot read {}", asked.file.display()))?
    };
    Ok((Actor::system(company.id), text))
}

fn shown(asked: &Text, told: &plan::Plan) -> anyhow::Result<String> {
    if asked.json {
        return Ok(format!("{}\n", serde_json::to_string_pretty(told).context("a plan is JSON")?));
    }
    let mut text = String::new();
    for change in &told.changes {
        let sign = match change.action {
            Action::Create => '+',
            Action::Update => '~',
        };
        text.push_str(&format!("{sign} {} {}\n", change.thing.section, change.thing.name));
        for field in &change.fields {
            let line = match (change.action, &field.before, &field.after) {
                (Action::Create, _, Some(after)) => format!("    {}: {after}\n", field.field),
                (_, before, after) => {
                    let word = |value: &Option<String>| value.clone().unwrap_or_else(|| "nothing".to_owned());
                    format!("    {}: {} -> {}\n", field.field, word(before), word(after))
                }
            };
            text.push_str(&line);
        }
    }
    for thing in &told.unnamed {
        text.push_str(&format!("  {} {} is not in the text and stays\n", thing.section, thing.name));
    }
    if !told.tests.is_empty() {
        text.push_str(&format!("{} tests of flows hold.\n", told.tests.len()));
    }
    let made = told.changes.iter().filter(|change| change.action == Action::Create).count();
    let changed = told.changes.len() - made;
    text.push_str(&match (told.changes.is_empty(), told.applied) {
        (true, _) => "The company is as the text says.\n".to_owned(),
        (false, true) => format!("{made} made, {changed} changed.\n"),
        (false, false) => format!("{made} to make, {changed} to change. Nothing was done; `apply` does it.\n"),
    });
    Ok(text)
}

/// Every field at fault on a line of its own.
fn explained(problem: Problem) -> anyhow::Error {
    if problem.fields.is_empty() {
        return anyhow::anyhow!(problem.message);
    }
    let lines: Vec<String> = problem.fields.iter().map(|field| format!("{}: {}", field.name, field.message)).collect();
    anyhow::anyhow!("nothing was done\n{}", lines.join("\n"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use account::bootstrap;
    use clap::Parser;
    use store::testing::sqlite;

    fn asked(line: &str) -> crate::cli::Command {
        crate::cli::Cli::try_parse_from(line.split(' ')).expect("a command line").command
    }

    #[tokio::test]
    async fn a_file_is_planned_applied_and_then_drifts_no_more() {
        let db = sqlite().await;
        bootstrap::run(&db, "Shop").await.expect("a company");
        let file = db.folder().join("shop.yaml");
        std::fs::write(
            &file,
            "extensions:\n  - number: '101'\nring_groups:\n  - { name: S, members: [extension/101] }\n",
        )
        .expect("written");
        let name = file.display();
        let crate::cli::Command::Plan(check) = asked(&format!("alo plan {name} --check")) else { panic!("plan") };
        assert_eq!(plan(&db, &check).await.expect("planned"), ExitCode::from(1));
        let crate::cli::Command::Apply(apply_it) = asked(&format!("alo apply {name}")) else { panic!("apply") };
        let told = apply(&db, &apply_it).await.expect("applied");
        assert!(told.contains("+ ring_groups S\n") && told.ends_with("2 made, 0 changed.\n"), "{told}");
        assert_eq!(apply(&db, &apply_it).await.expect("again"), "The company is as the text says.\n");
        assert_eq!(plan(&db, &check).await.expect("planned"), ExitCode::SUCCESS);
        let out = db.folder().join("out.yaml");
        let crate::cli::Command::Export(wanted) = asked(&format!("alo export -o {}", out.display())) else {
            panic!("export")
        };
        export(&db, &wanted).await.expect("written");
        assert!(std::fs::read_to_string(&out).expect("read").contains("extension/101"));
        std::fs::write(&file, "ring_groups:\n  - { name: S, members: [extension/7] }\n").expect("written");
        let told = apply(&db, &apply_it).await.expect_err("no such extension").to_string();
        assert!(told.contains("ring_groups.S.members[0]: The company has no extension called \"7\""), "{told}");
    }
}
