//! `alo verify-recordings`: are the recordings of each company what its manifest says?

use crate::cli::VerifyRecordings;
use crate::company;
use crate::config::Config;
use crate::home;
use store::Db;
use worker::recordings::verify;

/// Says what was found; false when anything is not as it should be.
pub(crate) async fn run(db: &Db, config: &Config, asked: &VerifyRecordings) -> anyhow::Result<bool> {
    let companies = match &asked.company {
        Some(word) => vec![company::choose(db, Some(word)).await?],
        None => company::all(db).await?,
    };
    let objects = home::objects(config)?;
    let mut well = true;
    for company in companies {
        let verdict = verify::company(db, &objects, company.id).await?;
        well &= verdict.faults.is_empty();
        let word = if verdict.faults.is_empty() { "ok" } else { "BROKEN" };
        let (entries, files, head) = (verdict.entries, verdict.files, &verdict.head);
        println!("{word}  {}: {entries} entries, {files} recordings; head {} {}", company.name, head.seq, head.hash);
        for fault in &verdict.faults {
            println!("    {fault}");
        }
    }
    Ok(well)
}
