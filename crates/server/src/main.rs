//! The `alo` binary: configuration, wiring and subcommands. Nothing about calls, SIP or sound is decided here.
//!
//! Start with [`cli`] for what can be asked, [`config`] for what can be set, and [`serve`] for what runs.

mod bootstrap;
mod calls;
mod capture;
mod certificate;
mod chime;
mod cli;
mod company;
mod config;
mod control;
mod demo;
mod doctor;
mod doors;
mod figures;
mod health;
mod home;
mod import;
mod limits;
mod logging;
mod manifest;
mod nodes;
mod phones;
mod provision;
mod serve;
mod simulate;
mod trust;
mod user;
mod verify;
mod web;

use anyhow::Context;
use clap::Parser;
use cli::{Cli, Command, ConfigCommand, UserCommand};
use config::Config;
use std::process::ExitCode;
use std::time::Duration;
use worker::sound::Sounds;

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// It did not work.
const FAILED: u8 = 1;
/// The command line or the configuration is wrong; clap uses the same code.
const MISUSED: u8 = 2;

fn main() -> ExitCode {
    let cli = Cli::parse();
    if !matches!(cli.command, Command::Serve(_) | Command::Demo(_)) {
        limits::end_with_the_reader();
    }
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
        Command::Serve(asked) => serve::run(config, asked.ui_dir).await?,
        Command::Bootstrap(asked) => bootstrap(&config, asked).await?,
        Command::Demo(asked) => return demo(&config, &asked).await,
        Command::Doctor => {
            let well = doctor::report(&doctor::examine(&config).await);
            return Ok(if well { ExitCode::SUCCESS } else { ExitCode::from(FAILED) });
        }
        Command::Migrate => {
            home::open_migrated(&config).await?.close().await;
            println!("The database is of this version.");
        }
        Command::Simulate(asked) => {
            let db = home::open_migrated(&config).await?;
            print!("{}", simulate::run(&db, &asked).await?);
        }
        Command::Calls(asked) => {
            let db = home::open_migrated(&config).await?;
            calls::run(&db, &asked).await?;
        }
        Command::Capture(asked) => {
            let db = home::open_migrated(&config).await?;
            capture::run(&db, &config, &asked).await?;
        }
        Command::Import(asked) => import(&config, asked).await?,
        Command::VerifyRecordings(asked) => {
            let db = home::open_migrated(&config).await?;
            let well = verify::run(&db, &config, &asked).await?;
            return Ok(if well { ExitCode::SUCCESS } else { ExitCode::from(FAILED) });
        }
        Command::Export(asked) => {
            let db = home::open_migrated(&config).await?;
            manifest::export(&db, &asked).await?;
        }
        Command::Plan(asked) => return manifest::plan(&home::open_migrated(&config).await?, &asked).await,
        Command::Apply(asked) => {
            let db = home::open_migrated(&config).await?;
            print!("{}", manifest::apply(&db, &asked).await?);
            db.close().await;
        }
        Command::User(UserCommand::ResetPassword { login, company }) => {
            let db = home::open_migrated(&config).await?;
            println!("{}", user::reset_password(&db, &login, company.as_deref()).await?);
        }
        // Answered before anything was opened.
        Command::Config(_) => {}
    }
    Ok(ExitCode::SUCCESS)
}

async fn bootstrap(config: &Config, asked: cli::Bootstrap) -> anyhow::Result<()> {
    let wanted = bootstrap::Wanted {
        company: asked.company,
        extensions: asked
            .extensions
            .map(|list| bootstrap::expand(&list).map_err(|error| anyhow::anyhow!("--extensions: {error}")))
            .transpose()?,
        password_pattern: asked.password_pattern,
        hotline: asked.hotline,
        trunk: asked.trunk_ip.map(|ip| (ip, asked.trunk_port).into()),
        domain: asked.domain,
        country: asked.country,
    };
    let db = home::open_migrated(config).await?;
    let company = bootstrap::run(&db, config, &wanted).await?;
    db.close().await;
    if asked.json {
        println!("{}", bootstrap::as_json(config, &company));
    } else {
        let shown = &company.extensions[..company.extensions.len().min(10)];
        print!("{}", bootstrap::as_text(config, &company, shown));
    }
    Ok(())
}

async fn import(config: &Config, asked: cli::Import) -> anyhow::Result<()> {
    let db = home::open_migrated(config).await?;
    let company = company::choose(&db, asked.company.as_deref()).await?;
    let vendor = compat::import::Vendor::from(asked.vendor);
    let line = import::Web::new(&asked.url)?;
    let wanted = import::Wanted {
        place: config.data_dir.join(format!("import-{}-{}.json", vendor.as_str(), company.id)),
        span: import::span(asked.since, &company)?,
        source: compat::import::Source::open(vendor, &line, asked.key.trim()).await?,
        vendor: vendor.as_str(),
        sounds: Sounds::new(db.clone(), config.data_dir.clone()).spoken_by(serve::speaker(config)?),
        company,
        dry: asked.dry_run,
    };
    print!("{}", import::run(&db, &wanted).await?);
    db.close().await;
    Ok(())
}

/// Exits with 1 when calls were placed and nothing was heard in any: a smoke test.
async fn demo(config: &Config, asked: &cli::Demo) -> anyhow::Result<ExitCode> {
    let db = home::open_migrated(config).await?;
    let listen = *config.sip.udp.first().context("the demo needs sip.udp")?;
    let plan = serve::demo_plan(&db, config::reachable(listen)).await?;
    let usual =
        plan.context("the demo needs a server whose only company is the demo's, as the first start makes it")?;
    let plan = demo::Plan {
        every: Duration::try_from_secs_f64(asked.every).context("--every must be a number of seconds")?,
        talk: Duration::try_from_secs_f64(asked.talk).context("--talk must be a number of seconds")?,
        calls: asked.calls,
        ..usual
    };
    println!("The demo's customers are calling; `{} calls --follow` shows it. Ctrl-C ends it.", cli::program());
    let (stop, stopped) = tokio::sync::watch::channel(false);
    let ended = tokio::spawn(async move {
        // Without a signal handler there is no way to ask for the end but to kill.
        let _ = tokio::signal::ctrl_c().await;
        let _ = stop.send(true);
    });
    let tally = demo::run(plan, stopped).await?;
    ended.abort();
    println!("{} calls placed, sound heard in {}.", tally.placed, tally.heard);
    Ok(if tally.placed > 0 && tally.heard == 0 { ExitCode::from(FAILED) } else { ExitCode::SUCCESS })
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
