//! The tables, embedded in the program. One folder serves both engines; a file is never edited once merged.

use crate::Error;
use sqlx::SqlSafeStr;
use sqlx::migrate::{MigrateError, Migration, MigrationType, Migrator};
use std::borrow::Cow;
use std::time::{Duration, Instant};

/// How long another process that does the same work is given, and how often we look.
const PATIENCE: Duration = Duration::from_secs(3);
const PAUSE: Duration = Duration::from_millis(20);

/// Version (the file's date), name, text.
const FILES: &[(i64, &str, &str)] = &[
    (202611220100, "create store", include_str!("../migrations/202611220100_create_store.sql")),
    (202611220200, "create account", include_str!("../migrations/202611220200_create_account.sql")),
    (202611220300, "create pbx", include_str!("../migrations/202611220300_create_pbx.sql")),
    (202611220400, "create calls", include_str!("../migrations/202611220400_create_calls.sql")),
    (202611220500, "create webhooks", include_str!("../migrations/202611220500_create_webhooks.sql")),
    (202611220600, "create idempotency", include_str!("../migrations/202611220600_create_idempotency.sql")),
    (
        202611230200,
        "add phone owners and key expiry",
        include_str!("../migrations/202611230200_add_phone_owners_and_key_expiry.sql"),
    ),
    (202611230205, "add trunk probing", include_str!("../migrations/202611230205_add_trunk_probing.sql")),
    (202611230210, "add call limits", include_str!("../migrations/202611230210_add_call_limits.sql")),
    (202611230230, "widen api keys", include_str!("../migrations/202611230230_widen_api_keys.sql")),
    (202611230553, "create quotas", include_str!("../migrations/202611230553_create_quotas.sql")),
    (202611230610, "add webhook dialects", include_str!("../migrations/202611230610_add_webhook_dialects.sql")),
    (202611230615, "add srtp", include_str!("../migrations/202611230615_add_srtp.sql")),
    (202611230645, "create leases", include_str!("../migrations/202611230645_create_leases.sql")),
    (202611230714, "add access", include_str!("../migrations/202611230714_add_access.sql")),
    (202611230858, "create contacts", include_str!("../migrations/202611230858_create_contacts.sql")),
    (202611230918, "widen ring groups", include_str!("../migrations/202611230918_widen_ring_groups.sql")),
    (202611230928, "add greeting speech", include_str!("../migrations/202611230928_add_greeting_speech.sql")),
    (202611230933, "create schedules", include_str!("../migrations/202611230933_create_schedules.sql")),
    (202611230935, "create call figures", include_str!("../migrations/202611230935_create_call_figures.sql")),
    (202611230940, "create partners", include_str!("../migrations/202611230940_create_partners.sql")),
    (202611230941, "create held numbers", include_str!("../migrations/202611230941_create_held_numbers.sql")),
    (
        202611230955,
        "create extension handling",
        include_str!("../migrations/202611230955_create_extension_handling.sql"),
    ),
    (202611231002, "create texts", include_str!("../migrations/202611231002_create_texts.sql")),
    (202611231005, "create call notes", include_str!("../migrations/202611231005_create_call_notes.sql")),
    (202611231041, "create queues", include_str!("../migrations/202611231041_create_queues.sql")),
    (202611231242, "create broadcasts", include_str!("../migrations/202611231242_create_broadcasts.sql")),
    (202611231250, "create voicemail", include_str!("../migrations/202611231250_create_voicemail.sql")),
    (202611231252, "add memberships", include_str!("../migrations/202611231252_add_memberships.sql")),
    (202611231303, "create support", include_str!("../migrations/202611231303_create_support.sql")),
    (202611231325, "create departments", include_str!("../migrations/202611231325_create_departments.sql")),
    (202611231520, "create dispositions", include_str!("../migrations/202611231520_create_dispositions.sql")),
    (202611231521, "create flow versions", include_str!("../migrations/202611231521_create_flow_versions.sql")),
    (202611231522, "create saved views", include_str!("../migrations/202611231522_create_saved_views.sql")),
    (202611231523, "create tickets", include_str!("../migrations/202611231523_create_tickets.sql")),
    (202611231526, "add list orders", include_str!("../migrations/202611231526_add_list_orders.sql")),
    (202611231530, "add recording policy", include_str!("../migrations/202611231530_add_recording_policy.sql")),
    (202611231535, "create callbacks", include_str!("../migrations/202611231535_create_callbacks.sql")),
    (202611231540, "create scorecards", include_str!("../migrations/202611231540_create_scorecards.sql")),
    (202611231545, "add broadcast times", include_str!("../migrations/202611231545_add_broadcast_times.sql")),
    (202611231546, "create user external ids", include_str!("../migrations/202611231546_create_user_external_ids.sql")),
    (
        202611231550,
        "create queue and agent figures",
        include_str!("../migrations/202611231550_create_queue_and_agent_figures.sql"),
    ),
    (202611231600, "index calls", include_str!("../migrations/202611231600_index_calls.sql")),
    (202611231603, "create nodes", include_str!("../migrations/202611231603_create_nodes.sql")),
    (202611231605, "create call ratings", include_str!("../migrations/202611231605_create_call_ratings.sql")),
    (202611231612, "create devices", include_str!("../migrations/202611231612_create_devices.sql")),
    (202611231618, "create key changes", include_str!("../migrations/202611231618_create_key_changes.sql")),
    (202611231619, "add user phones", include_str!("../migrations/202611231619_add_user_phones.sql")),
];

fn migrator() -> Migrator {
    let migration = |(version, name, sql): &(i64, &'static str, &'static str)| {
        let sql = (*sql).into_sql_str();
        Migration::new(*version, Cow::Borrowed(*name), MigrationType::Simple, sql, false)
    };
    Migrator::with_migrations(FILES.iter().map(migration).collect())
}

/// Brings the tables up to date; does nothing when they are. Processes that start at once may get in each other's way on SQLite,
/// which has no lock for this: one that fails looks again for a while, and finds the work done.
pub(crate) async fn run(pool: &sqlx::AnyPool) -> Result<(), Error> {
    let start = Instant::now();
    loop {
        match migrator().run(pool).await {
            Ok(()) => return Ok(()),
            Err(_) if start.elapsed() < PATIENCE => tokio::time::sleep(PAUSE).await,
            Err(MigrateError::Execute(error) | MigrateError::ExecuteMigration(error, _)) => {
                return Err(Error::Sql(error));
            }
            Err(other) => return Err(Error::Sql(sqlx::Error::Migrate(Box::new(other)))),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_file_of_the_folder_is_listed_once_and_in_order() {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/migrations");
        let mut names: Vec<String> = std::fs::read_dir(folder)
            .expect("the folder of migrations")
            .map(|entry| entry.expect("an entry").file_name().into_string().expect("a name in UTF-8"))
            .collect();
        names.sort();
        let listed: Vec<String> =
            FILES.iter().map(|(version, name, _)| format!("{version}_{}.sql", name.replace(' ', "_"))).collect();
        assert_eq!(listed, names);
    }

    #[test]
    fn only_the_four_portable_column_types_are_used() {
        for (_, name, sql) in FILES {
            let lower = sql.to_lowercase();
            for word in
                [" integer", " int ", " boolean", " timestamp", " serial", " varchar", "autoincrement", " jsonb"]
            {
                assert!(!lower.contains(word), "{name} uses{word}");
            }
        }
    }
}
