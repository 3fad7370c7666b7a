//! The command line: what can be asked of `alo`.

use clap::{Args, Parser, Subcommand, ValueEnum};
use jiff::civil::Date;
use std::net::IpAddr;
use std::path::PathBuf;

/// How this program was called: what a person can type again.
pub(crate) fn program() -> String {
    std::env::args().next().unwrap_or_else(|| "alo".to_owned())
}

/// Alo: a whole cloud call centre in one binary.
#[derive(Debug, Parser)]
#[command(name = "alo", version, about, max_term_width = 100)]
pub(crate) struct Cli {
    /// The configuration file; without it alo.toml here, then /etc/alo/alo.toml.
    #[arg(long, global = true, env = "ALO_CONFIG", value_name = "FILE")]
    pub(crate) config: Option<PathBuf>,
    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Run the server: SIP, sound, API, web.
    Serve(Serve),
    /// Make a company with extensions, a hotline, a trunk and a flow. Running it again changes nothing.
    Bootstrap(Bootstrap),
    /// Let a simulated carrier, customers and agents use a running server of the demo company.
    Demo(Demo),
    /// Look at configuration, ports, database, disk, limits and clock, and say how to mend what is wrong.
    Doctor,
    /// Bring the database to this version.
    Migrate,
    /// Tell what would happen if a number dialled another, without placing a call.
    Simulate(Simulate),
    /// Show the last calls; with --follow, what happens now.
    Calls(Calls),
    /// Look into calls: the ladder of their SIP messages, and files for a packet analyser.
    Capture(Capture),
    /// Bring a company's account over from another vendor: people, extensions, hotlines, ring groups, calls. Running it again goes
    /// on where it stopped.
    Import(Import),
    /// Check recordings against their manifest: name what is missing, altered or added, and where the chain breaks. Exit code 1
    /// when anything is.
    VerifyRecordings(VerifyRecordings),
    /// Write what a company has as YAML: people, extensions, schedules, ring groups, queues, flows, hotlines.
    Export(Export),
    /// Tell what a YAML text would change in a company, run the tests of its flows, and change nothing.
    Plan(Plan),
    /// Do what a YAML text says: all of it, or nothing. Doing it again changes nothing.
    Apply(Apply),
    /// Check, show or print the configuration.
    #[command(subcommand)]
    Config(ConfigCommand),
    /// Look after people who log in.
    #[command(subcommand)]
    User(UserCommand),
}

#[derive(Debug, Args)]
pub(crate) struct Serve {
    /// Serve the web from this folder instead of the one in the binary, for whoever works on it.
    #[arg(long, value_name = "FOLDER")]
    pub(crate) ui_dir: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub(crate) struct Bootstrap {
    /// The company's name.
    #[arg(long)]
    pub(crate) company: String,
    /// Extension numbers: 101-110, or 101,105,200-210. Without it a new company gets 101-110.
    #[arg(long)]
    pub(crate) extensions: Option<String>,
    /// The phones' passwords; {ext} is the number. Without it each gets a random one.
    #[arg(long, value_name = "PATTERN")]
    pub(crate) password_pattern: Option<String>,
    /// The public number that the flow answers.
    #[arg(long)]
    pub(crate) hotline: Option<String>,
    /// The address calls from the carrier come from, and calls to it go to.
    #[arg(long)]
    pub(crate) trunk_ip: Option<IpAddr>,
    /// The carrier's SIP port for outgoing calls.
    #[arg(long, default_value_t = 5060)]
    pub(crate) trunk_port: u16,
    /// The company's SIP domain; without it made from the name.
    #[arg(long)]
    pub(crate) domain: Option<String>,
    /// The calling code of the company's country; 84 without it.
    #[arg(long)]
    pub(crate) country: Option<String>,
    /// Print one JSON object.
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Debug, Args)]
pub(crate) struct VerifyRecordings {
    /// Only this company, by name, domain or id.
    #[arg(long)]
    pub(crate) company: Option<String>,
}

#[derive(Debug, Args)]
pub(crate) struct Import {
    /// Whose account it is.
    pub(crate) vendor: Vendor,
    /// The base URL of the vendor's API: https://api.etelecom.vn/v1/shop, https://public-v1-stg.omicrm.com.
    #[arg(long)]
    pub(crate) url: String,
    /// The key of the account there.
    #[arg(long, env = "ALO_IMPORT_KEY", hide_env_values = true)]
    pub(crate) key: String,
    /// The company here, by name, domain or id; needed when there are several.
    #[arg(long)]
    pub(crate) company: Option<String>,
    /// The day from which on calls are brought over: 2026-01-01. A year back without it.
    #[arg(long, value_name = "DAY")]
    pub(crate) since: Option<Date>,
    /// Tell what would be made, and make nothing.
    #[arg(long)]
    pub(crate) dry_run: bool,
}

/// The vendors whose accounts can be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Vendor {
    Antring,
    Etelecom,
    Omicall,
    Voicecloud,
}

impl From<Vendor> for compat::import::Vendor {
    fn from(vendor: Vendor) -> compat::import::Vendor {
        match vendor {
            Vendor::Etelecom => compat::import::Vendor::Etelecom,
            Vendor::Omicall => compat::import::Vendor::Omicall,
            Vendor::Antring => compat::import::Vendor::Antring,
            Vendor::Voicecloud => compat::import::Vendor::Voicecloud,
        }
    }
}

#[derive(Debug, Args)]
pub(crate) struct Export {
    /// The file; without it the text is printed.
    #[arg(long, short, value_name = "FILE")]
    pub(crate) output: Option<PathBuf>,
    /// The company, by name, domain or id; needed when there are several.
    #[arg(long)]
    pub(crate) company: Option<String>,
}

#[derive(Debug, Args)]
pub(crate) struct Plan {
    #[command(flatten)]
    pub(crate) text: Text,
    /// Exit with 1 when the text would change something: for checks that the company is as its text says.
    #[arg(long)]
    pub(crate) check: bool,
}

#[derive(Debug, Args)]
pub(crate) struct Apply {
    #[command(flatten)]
    pub(crate) text: Text,
}

#[derive(Debug, Args)]
pub(crate) struct Text {
    /// The file; - is what is typed or piped in.
    pub(crate) file: PathBuf,
    /// The company, by name, domain or id; needed when there are several.
    #[arg(long)]
    pub(crate) company: Option<String>,
    /// Print one JSON object.
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Debug, Args)]
pub(crate) struct Demo {
    /// Stop after so many calls.
    #[arg(long, value_name = "N")]
    pub(crate) calls: Option<u64>,
    /// Seconds between two calls.
    #[arg(long, default_value_t = 4.0)]
    pub(crate) every: f64,
    /// Seconds a customer stays on the line at most.
    #[arg(long, default_value_t = 25.0)]
    pub(crate) talk: f64,
}

#[derive(Debug, Args)]
pub(crate) struct Simulate {
    /// Who dials: a public number, or an extension of the company.
    pub(crate) from: String,
    /// What is dialled: the hotline, an extension, a public number.
    pub(crate) to: String,
    /// Keys pressed, in order: "9,1". A comma lets the time for a key run out, ! lets nobody answer.
    #[arg(long, default_value = "")]
    pub(crate) digits: String,
    /// When: 2026-12-24T09:00 on the company's clock, or with an offset (+07:00, Z); now when missing.
    #[arg(long, value_name = "TIME")]
    pub(crate) at: Option<String>,
    /// The company, by name or id; needed when there are several.
    #[arg(long)]
    pub(crate) company: Option<String>,
    /// Print one JSON object.
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Debug, Args)]
pub(crate) struct Calls {
    /// Stay and tell each thing that happens to a call.
    #[arg(long, short)]
    pub(crate) follow: bool,
    /// How many.
    #[arg(long, short, default_value_t = 20, value_parser = clap::value_parser!(u32).range(1..=200))]
    pub(crate) number: u32,
    /// The company, by name or id; without it all.
    #[arg(long)]
    pub(crate) company: Option<String>,
}

#[derive(Debug, Args)]
#[group(id = "target", multiple = false)]
pub(crate) struct Target {
    /// The call with this id, up or ended.
    #[arg(long, value_name = "ID")]
    pub(crate) call: Option<String>,
    /// Wait for the next calls of this extension.
    #[arg(long, value_name = "NUMBER")]
    pub(crate) extension: Option<String>,
    /// Wait for the next calls to this hotline.
    #[arg(long, value_name = "NUMBER")]
    pub(crate) hotline: Option<String>,
    /// Wait for the next calls through this trunk.
    #[arg(long, value_name = "NAME")]
    pub(crate) trunk: Option<String>,
}

#[derive(Debug, Args)]
pub(crate) struct Capture {
    #[command(flatten)]
    pub(crate) target: Target,
    /// Write what is captured to this file, for tshark and Wireshark; further calls get a number before the ending.
    #[arg(long, value_name = "FILE")]
    pub(crate) pcap: Option<PathBuf>,
    /// Capture the sound too. It is the talk of people: the server tells that you did.
    #[arg(long)]
    pub(crate) media: bool,
    /// Print the messages in full below the ladder.
    #[arg(long)]
    pub(crate) full: bool,
    /// Wait for so many calls.
    #[arg(long, default_value_t = 1, value_parser = clap::value_parser!(u32).range(1..=100))]
    pub(crate) calls: u32,
    /// Wait so many minutes.
    #[arg(long, default_value_t = 60, value_parser = clap::value_parser!(u32).range(1..=1440))]
    pub(crate) minutes: u32,
    /// The company, by name or id; needed when there are several.
    #[arg(long)]
    pub(crate) company: Option<String>,
}

#[derive(Debug, Subcommand)]
pub(crate) enum ConfigCommand {
    /// Say what is wrong with the configuration, or that nothing is.
    Check,
    /// Print the configuration in force, secrets left out.
    Show,
    /// Print the default file with every key explained.
    Default,
}

#[derive(Debug, Subcommand)]
pub(crate) enum UserCommand {
    /// Give somebody a new random password and print it.
    ResetPassword {
        /// The login.
        login: String,
        /// The company, by name or id; needed when there are several.
        #[arg(long)]
        company: Option<String>,
    },
}
