//! SQL stands only in `store` and in files named `repo.rs` (or under `repo/`), and a statement on a tenant's table
//! names `tenant_id`. A statement that works for all tenants says so with `// All tenants: <reason>` above it.

use super::Finding;
use crate::source::Source;
use crate::tree::{File, Tree};
use std::collections::BTreeSet;

const RULE: &str = "sql";
const MARK: &str = "// All tenants: ";
/// How far above a statement its mark may stand, in lines.
const MARK_REACH: usize = 6;

pub(super) fn check(tree: &Tree) -> Vec<Finding> {
    let tables = tenant_tables(&tree.migrations);
    tree.files
        .iter()
        .filter(|file| file.owner() != "xtask" && !file.is_test())
        .flat_map(|file| check_file(file, &tables))
        .collect()
}

fn check_file(file: &File, tables: &BTreeSet<String>) -> Vec<Finding> {
    let home = file.owner() == "store" || file.path.ends_with("/repo.rs") || file.path.contains("/repo/");
    let mut findings = Vec::new();
    let source = Source::parse(&file.text);
    for (at, literal) in source.literals.iter().enumerate() {
        let mut words = words(&literal.text);
        if !is_statement(&words) {
            continue;
        }
        words.extend(continuation(&source, at));
        let place = format!("{}:{}", file.path, literal.line);
        if !home {
            let message = "SQL outside store and repo.rs: move the statement to the feature's repo.rs".to_owned();
            findings.push(Finding { rule: RULE, place: place.clone(), message });
        }
        let touched = touched_tables(&words).into_iter().find(|table| tables.contains(*table));
        if let Some(table) = touched
            && !words.iter().any(|word| word == "tenant_id" || word.ends_with(".tenant_id"))
            && !is_marked(&file.text, literal.line)
        {
            let message =
                format!("a statement on {table} does not name tenant_id; mark it `{MARK}<reason>` if it must not");
            findings.push(Finding { rule: RULE, place, message });
        }
    }
    findings
}

/// The words of the literals that go on with the statement of literal `at`: a builder adds them piece by piece. They
/// end with the function, or where the next statement begins.
fn continuation(source: &Source, at: usize) -> Vec<String> {
    let start = source.literals[at].line;
    let ends = |line: &&str| *line == "}" || line.split_whitespace().any(|word| word == "fn");
    let length = source.code.lines().skip(start).position(|line| ends(&line)).unwrap_or(usize::MAX - start);
    let later = source.literals[at + 1..].iter().take_while(|piece| piece.line <= start + length);
    later.map(|piece| words(&piece.text)).take_while(|words| !is_statement(words)).flatten().collect()
}

/// Lower-case words of a statement; punctuation separates, a dot joins.
fn words(text: &str) -> Vec<String> {
    text.replace("\\n", " ")
        .split(|c: char| !(c.is_alphanumeric() || c == '_' || c == '.'))
        .filter(|word| !word.is_empty())
        .map(str::to_lowercase)
        .collect()
}

fn is_statement(words: &[String]) -> bool {
    let has = |word: &str| words.iter().any(|w| w == word);
    match words.first().map(String::as_str) {
        Some("select") => has("from") && words.len() > 3,
        Some("insert" | "replace") => words.get(1).is_some_and(|w| w == "into"),
        Some("update") => has("set") && words.len() > 3,
        Some("delete") => words.get(1).is_some_and(|w| w == "from"),
        Some("create" | "drop" | "alter") => words.get(1).is_some_and(|w| matches!(w.as_str(), "table" | "index")),
        Some("with") => has("as") && has("select"),
        _ => false,
    }
}

/// The names after `from`, `join`, `into`, `update` and `table`.
fn touched_tables(words: &[String]) -> Vec<&str> {
    words
        .windows(2)
        .filter(|pair| matches!(pair[0].as_str(), "from" | "join" | "into" | "update" | "table"))
        .map(|pair| pair[1].as_str())
        .collect()
}

fn is_marked(text: &str, line: usize) -> bool {
    let above = line.saturating_sub(MARK_REACH + 1);
    text.lines()
        .skip(above)
        .take(line - above)
        .any(|line| line.trim_start().strip_prefix(MARK).is_some_and(|reason| !reason.trim().is_empty()))
}

/// The tables whose definition has a `tenant_id` column.
fn tenant_tables(migrations: &str) -> BTreeSet<String> {
    let lower = migrations.to_lowercase();
    let uncommented: String =
        lower.lines().map(|line| line.split("--").next().unwrap_or("")).collect::<Vec<_>>().join("\n");
    let mut tables = BTreeSet::new();
    for statement in uncommented.split(';') {
        let words = words(statement);
        let Some(at) = words.windows(2).position(|pair| pair[0] == "create" && pair[1] == "table") else { continue };
        let name = words[at + 2..].iter().find(|word| !matches!(word.as_str(), "if" | "not" | "exists"));
        if let Some(name) = name.filter(|_| words.iter().any(|word| word == "tenant_id")) {
            tables.insert(name.clone());
        }
    }
    tables
}

#[cfg(test)]
mod tests {
    use super::super::example::with_file;
    use super::*;

    const MIGRATION: &str =
        "-- tables\ncreate table calls (id text primary key, tenant_id text not null);\ncreate table jobs (id text);";

    fn complaints(path: &str, text: &str) -> usize {
        let mut tree = with_file(path, text);
        tree.migrations = MIGRATION.into();
        check(&tree).len()
    }

    #[test]
    fn a_statement_outside_its_place_is_found() {
        let text = "fn f() { q(\"select id\\nfrom jobs where id = $1\"); }";
        assert_eq!(complaints("crates/pbx/src/service.rs", text), 1);
        assert_eq!(complaints("crates/pbx/src/calls/repo.rs", text), 0);
        assert_eq!(complaints("crates/store/src/jobs.rs", text), 0);
    }

    #[test]
    fn a_statement_that_forgets_the_tenant_is_found() {
        assert_eq!(complaints("crates/pbx/src/repo.rs", "q(\"delete from calls where id = $1\");"), 1);
        assert_eq!(
            complaints("crates/pbx/src/repo.rs", "q(\"delete from calls where tenant_id = $1 and id = $2\");"),
            0
        );
        assert_eq!(
            complaints("crates/pbx/src/repo.rs", "q(\"select j.id from jobs j join calls c on c.id = j.id\");"),
            1
        );
    }

    #[test]
    fn a_statement_in_pieces_is_read_to_its_end() {
        let pieces = |last: &str| {
            format!(
                "fn f() {{\n    let mut sql = Sql::new(\"update calls set x = \");\n    sql.push({last});\n}}\n\
                 fn g() {{\n    q(\"and tenant_id = $1\");\n}}\n"
            )
        };
        assert_eq!(complaints("crates/pbx/src/repo.rs", &pieces("\" where tenant_id = \"")), 0);
        assert_eq!(complaints("crates/pbx/src/repo.rs", &pieces("\" where id = \"")), 1);
    }

    #[test]
    fn a_marked_statement_may_serve_all_tenants_if_it_says_why() {
        let marked = |mark: &str| format!("{mark}\nq(\"update calls set x = 1 where y = 2\");");
        assert_eq!(
            complaints("crates/pbx/src/repo.rs", &marked("// All tenants: the server mends records at start.")),
            0
        );
        assert_eq!(complaints("crates/pbx/src/repo.rs", &marked("// All tenants: ")), 1);
    }

    #[test]
    fn prose_and_tests_are_not_statements() {
        assert_eq!(complaints("crates/api/src/a.rs", "let help = \"select a file from the list below\";"), 1);
        assert_eq!(complaints("crates/api/src/a.rs", "let help = \"Update the extension\";"), 0);
        assert_eq!(complaints("crates/api/src/tests.rs", "q(\"select a, b from calls\");"), 0);
    }
}
