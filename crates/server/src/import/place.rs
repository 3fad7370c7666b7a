//! How far a long list is read, in a file: a run that was cut short is gone on with there.

use anyhow::Context;
use serde::Serialize;
use serde::de::DeserializeOwned;
use std::path::Path;

/// The place that was reached; none when nothing is under way.
pub(super) fn read<T: DeserializeOwned>(path: &Path) -> anyhow::Result<Option<T>> {
    match std::fs::read_to_string(path) {
        // A file that was cut off is one that is not there: what is read again comes once.
        Ok(text) => Ok(serde_json::from_str(&text).ok()),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error).context("the file that tells how far a list is read cannot be read"),
    }
}

pub(super) fn write<T: Serialize>(path: &Path, place: &T) -> anyhow::Result<()> {
    let text = serde_json::to_string(place).context("a place has only texts and numbers")?;
    std::fs::write(path, text).context("the file that tells how far a list is read cannot be written")
}

/// The list is read to its end.
pub(super) fn forget(path: &Path) -> anyhow::Result<()> {
    if path.exists() {
        std::fs::remove_file(path).context("the file that tells how far a list is read cannot be removed")?;
    }
    Ok(())
}
