//! Looks at everything a server needs and says how to mend what is wrong.

mod checks;

use crate::cli;
use crate::config::Config;

/// One thing looked at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Finding {
    pub(crate) about: &'static str,
    pub(crate) state: State,
    /// What was found, one sentence.
    pub(crate) says: String,
    /// What to do, when something should be done.
    pub(crate) mend: Option<String>,
}

/// How it stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum State {
    Good,
    /// It works, but something will surprise.
    Doubtful,
    /// The server cannot work like this.
    Bad,
}

impl Finding {
    fn good(about: &'static str, says: impl Into<String>) -> Finding {
        Finding { about, state: State::Good, says: says.into(), mend: None }
    }

    fn doubtful(about: &'static str, says: impl Into<String>, mend: impl Into<String>) -> Finding {
        Finding { about, state: State::Doubtful, says: says.into(), mend: Some(mend.into()) }
    }

    fn bad(about: &'static str, says: impl Into<String>, mend: impl Into<String>) -> Finding {
        Finding { about, state: State::Bad, says: says.into(), mend: Some(mend.into()) }
    }
}

/// Looks at everything.
pub(crate) async fn examine(config: &Config) -> Vec<Finding> {
    let running = checks::running(config).await;
    let mut all = checks::configuration(config);
    all.push(checks::data_dir(config));
    all.push(checks::disk(config));
    all.extend(checks::database(config).await);
    all.push(checks::http(config, running));
    all.extend(checks::listeners(config, running));
    all.push(checks::certificate(config));
    all.push(checks::media_ports(config, running));
    all.push(checks::media_address(config));
    all.push(checks::open_files(config));
    all.push(checks::names(config).await);
    all.push(checks::clock());
    all
}

/// Prints the findings. True when nothing is bad.
pub(crate) fn report(findings: &[Finding]) -> bool {
    for finding in findings {
        let mark = match finding.state {
            State::Good => "  ok ",
            State::Doubtful => "warn ",
            State::Bad => " BAD ",
        };
        println!("{mark} {:<14} {}", finding.about, finding.says);
        if let Some(mend) = &finding.mend {
            println!("                     -> {mend}");
        }
    }
    let alo = cli::program();
    let bad = findings.iter().filter(|f| f.state == State::Bad).count();
    match bad {
        0 => println!("\nNothing stands in the way of `{alo} serve`."),
        1 => println!("\nOne thing must be mended before `{alo} serve` can work."),
        n => println!("\n{n} things must be mended before `{alo} serve` can work."),
    }
    bad == 0
}

#[cfg(test)]
mod tests;
