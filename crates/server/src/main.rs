//! The `alo` binary: configuration, wiring and subcommands. Nothing about calls, SIP or sound is decided here.
//!
//! Start with [`cli`] for what can be asked, [`config`] for what can be set, and [`serve`] for what runs.

mod chime;
mod cli;
mod config;
mod doctor;
mod figures;
mod health;
mod home;
mod limits;
mod logging;

use clap::Parser;
use cli::{Cli, Command, ConfigCommand};
use config::Config;
use std::process::ExitCode;

/// It did not work.
const FAILED: u8 = 1;
/// The command line or the configuration is wrong; clap uses the same code.
const MISUSED: u8 = 2;

fn main() -> ExitCode {
    let cli = Cli::parse();
    if let Command::Config(ConfigCommand::Default) = cli.command {
        print!("{}", config::default_file());
        return ExitCode::SUCCESS;
    }
    let sources = config::Sources::usual(cli.config);
    let config = match config::load(&sources) {
        Ok(config) => config,
        Err(error) => {
            for problem in error.problems {
                eprintln!("alo: {problem}");
            }
            return ExitCode::from(MISUSED);
        }
    };
    if let Command::Config(command) = &cli.command {
        return show_config(command, &config, &sources);
    }
    match run(cli.command, config) {
        Ok(code) => code,
        Err(error) => {
            eprintln!("alo: {error:#}");
            ExitCode::from(FAILED)
        }
    }
}

#[tokio::main]
async fn run(command: Command, config: Config) -> anyhow::Result<ExitCode> {
    logging::start(&config.log)?;
    match command {
        Command::Doctor => {
            let well = doctor::report(&doctor::examine(&config).await);
            return Ok(if well { ExitCode::SUCCESS } else { ExitCode::from(FAILED) });
        }
        _ => {}
    }
    Ok(ExitCode::SUCCESS)
}

fn show_config(command: &ConfigCommand, config: &Config, sources: &config::Sources) -> ExitCode {
    match command {
        ConfigCommand::Show => print!("{}", config::effective(config)),
        ConfigCommand::Check | ConfigCommand::Default => {
            for warning in config.warnings() {
                println!("warning: {warning}");
            }
            match &sources.file {
                Some(file) => println!("The configuration is good: {} and the ALO_ variables.", file.display()),
                None => println!("The configuration is good: the defaults and the ALO_ variables; there is no file."),
            }
        }
    }
    ExitCode::SUCCESS
}
