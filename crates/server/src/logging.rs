//! Logs: one line an event on stderr, for people or as JSON, with what looks like a secret masked on the way out.
//!
//! Secrets should not be logged at all; the mask is the second wall, behind that habit.

mod mask;

use crate::config::{Log, LogFormat};
use std::io::{IsTerminal, Write};
use tracing_subscriber::EnvFilter;
use tracing_subscriber::fmt::MakeWriter;

/// Starts logging for the life of the process.
pub(crate) fn start(log: &Log) -> anyhow::Result<()> {
    let json = match log.format {
        LogFormat::Json => true,
        LogFormat::Pretty => false,
        LogFormat::Auto => !std::io::stderr().is_terminal(),
    };
    let filter = EnvFilter::try_new(&log.level)?;
    let builder = tracing_subscriber::fmt().with_env_filter(filter).with_writer(Masked);
    let result = if json {
        builder.json().flatten_event(true).with_current_span(true).with_span_list(false).try_init()
    } else {
        builder.compact().with_target(false).with_ansi(std::io::stderr().is_terminal()).try_init()
    };
    result.map_err(|error| anyhow::anyhow!("cannot start the log: {error}"))
}

/// Writes to stderr, masked.
#[derive(Clone, Copy)]
struct Masked;

impl<'a> MakeWriter<'a> for Masked {
    type Writer = Masked;
    fn make_writer(&'a self) -> Masked {
        Masked
    }
}

impl Write for Masked {
    // The subscriber hands over one whole event at a time.
    fn write(&mut self, line: &[u8]) -> std::io::Result<usize> {
        let text = String::from_utf8_lossy(line);
        std::io::stderr().lock().write_all(mask::mask(&text).as_bytes())?;
        Ok(line.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        std::io::stderr().flush()
    }
}
