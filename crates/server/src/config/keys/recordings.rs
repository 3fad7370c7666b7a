//! The keys of the bucket where recordings go after the call.

use super::{Key, hidden, quoted};
use crate::config::Secret;

/// Where recordings lie.
pub(super) const KEYS: &[Key] = &[
    Key {
        path: "recordings.s3_url",
        help: "A store that speaks S3: https://s3.ap-southeast-1.amazonaws.com. Recordings go there after the call and are\n\
               deleted here; all of recordings.s3_* is needed then. Empty: they stay in the data directory.",
        read: |c, raw| {
            c.recordings.url = raw.optional()?.unwrap_or_default();
            let http = ["http://", "https://"].iter().any(|start| c.recordings.url.starts_with(start));
            if http || c.recordings.url.is_empty() {
                return Ok(());
            }
            Err("must start with \"https://\" or \"http://\", or be empty".into())
        },
        show: |c| quoted(&c.recordings.url),
    },
    Key {
        path: "recordings.s3_bucket",
        help: "The bucket there.",
        read: |c, raw| {
            c.recordings.bucket = raw.optional()?.unwrap_or_default();
            Ok(())
        },
        show: |c| quoted(&c.recordings.bucket),
    },
    Key {
        path: "recordings.s3_region",
        help: "The region of the bucket.",
        read: |c, raw| {
            c.recordings.region = raw.optional()?.unwrap_or_else(|| "us-east-1".to_owned());
            Ok(())
        },
        show: |c| quoted(&c.recordings.region),
    },
    Key {
        path: "recordings.s3_key_id",
        help: "The id of the access key.",
        read: |c, raw| {
            c.recordings.key_id = raw.optional()?.unwrap_or_default();
            Ok(())
        },
        show: |c| quoted(&c.recordings.key_id),
    },
    Key {
        path: "recordings.s3_key",
        help: "The access key.",
        read: |c, raw| {
            c.recordings.key = raw.optional()?.map(Secret::new);
            Ok(())
        },
        show: |c| hidden(c.recordings.key.is_some()),
    },
];
