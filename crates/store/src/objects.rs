//! Files that may lie in an object store: in the data directory first, and, where one is set, in a bucket that speaks S3
//! later. A file has the same name in both places.

use bytes::Bytes;
use futures_util::stream::BoxStream;
use futures_util::{StreamExt, TryStreamExt};
use object_store::aws::{AmazonS3Builder, Checksum};
use object_store::path::Path as Name;
use object_store::{ClientOptions, GetOptions, GetRange, ObjectStore, ObjectStoreExt, WriteMultipart};
use std::io;
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;
use tokio::fs::File;
use tokio::io::AsyncReadExt;

/// Files up to this size go up in one request, larger ones in parts of this size.
const PART: u64 = 8 << 20;
/// How long the store may take to be reached, and to go on.
const PATIENCE: Duration = Duration::from_secs(20);

/// A bucket.
#[derive(Clone)]
pub struct Bucket {
    /// The URL of the store: `https://s3.ap-southeast-1.amazonaws.com`, `http://127.0.0.1:9000`.
    pub endpoint: String,
    /// Its name.
    pub name: String,
    /// The region; `us-east-1` where the store knows none.
    pub region: String,
    /// The id of the access key.
    pub key_id: String,
    /// The access key.
    pub key: String,
}

/// Where files lie. Clones share it.
#[derive(Debug, Clone)]
pub struct Objects {
    data: PathBuf,
    remote: Option<Arc<dyn ObjectStore>>,
}

impl Objects {
    /// Files in the data directory alone.
    pub fn local(data: PathBuf) -> Objects {
        Objects { data, remote: None }
    }

    /// Files in the data directory, and in a bucket.
    ///
    /// # Errors
    /// When the bucket's address is none.
    pub fn with_bucket(data: PathBuf, bucket: Bucket) -> io::Result<Objects> {
        let Bucket { endpoint, name, region, key_id, key } = bucket;
        let client = ClientOptions::new()
            .with_timeout_disabled()
            .with_connect_timeout(PATIENCE)
            .with_read_timeout(PATIENCE)
            .with_allow_http(endpoint.starts_with("http://"));
        let store = AmazonS3Builder::new()
            .with_endpoint(endpoint)
            .with_bucket_name(name)
            .with_region(region)
            .with_access_key_id(key_id)
            .with_secret_access_key(key)
            .with_checksum_algorithm(Checksum::SHA256)
            .with_client_options(client)
            // Of stores that speak S3, not all know it.
            .with_disable_bulk_delete(true)
            .build()
            .map_err(failed)?;
        Ok(Objects { data, remote: Some(Arc::new(store)) })
    }

    /// Whether there is a bucket.
    pub fn has_bucket(&self) -> bool {
        self.remote.is_some()
    }

    /// Where the file of this name lies in the data directory.
    pub fn path(&self, name: &str) -> PathBuf {
        self.data.join(name)
    }

    fn remote(&self) -> io::Result<&Arc<dyn ObjectStore>> {
        self.remote.as_ref().ok_or_else(|| io::Error::new(io::ErrorKind::NotFound, "no object store is set"))
    }

    /// Carries a file of the data directory to the bucket, in place of what is there; a few parts of it are in memory at a
    /// time. The store checks the SHA-256 of what comes.
    pub async fn put(&self, name: &str) -> io::Result<u64> {
        let (remote, place) = (self.remote()?, Name::from(name));
        let mut file = File::open(self.path(name)).await?;
        let size = file.metadata().await?.len();
        if size <= PART {
            let mut whole = Vec::with_capacity(usize::try_from(size).unwrap_or_default());
            file.read_to_end(&mut whole).await?;
            remote.put(&place, whole.into()).await.map_err(failed)?;
            return Ok(size);
        }
        let upload = remote.put_multipart(&place).await.map_err(failed)?;
        let mut parts = WriteMultipart::new_with_chunk_size(upload, PART as usize);
        let mut piece = vec![0; 256 * 1024];
        loop {
            parts.wait_for_capacity(2).await.map_err(failed)?;
            match file.read(&mut piece).await? {
                0 => break,
                read => parts.write(&piece[..read]),
            }
        }
        parts.finish().await.map_err(failed)?;
        Ok(size)
    }

    /// How long the file in the bucket is; none when there is none.
    pub async fn size(&self, name: &str) -> io::Result<Option<u64>> {
        match self.remote()?.head(&Name::from(name)).await {
            Ok(meta) => Ok(Some(meta.size)),
            Err(object_store::Error::NotFound { .. }) => Ok(None),
            Err(error) => Err(failed(error)),
        }
    }

    /// A part of the file in the bucket, piece by piece.
    pub async fn read(&self, name: &str, part: Range<u64>) -> io::Result<BoxStream<'static, io::Result<Bytes>>> {
        let options = GetOptions { range: Some(GetRange::Bounded(part)), ..GetOptions::default() };
        let found = self.remote()?.get_opts(&Name::from(name), options).await.map_err(failed)?;
        Ok(found.into_stream().map_err(failed).boxed())
    }

    /// Deletes the file in the bucket, if there is one.
    pub async fn delete(&self, name: &str) -> io::Result<()> {
        match self.remote()?.delete(&Name::from(name)).await {
            Ok(()) | Err(object_store::Error::NotFound { .. }) => Ok(()),
            Err(error) => Err(failed(error)),
        }
    }

    /// The names of all files in the bucket below a folder.
    pub fn names(&self, folder: &str) -> BoxStream<'static, io::Result<String>> {
        match &self.remote {
            Some(remote) => {
                let listed = remote.list(Some(&Name::from(folder)));
                listed.map_ok(|meta| meta.location.to_string()).map_err(failed).boxed()
            }
            None => futures_util::stream::empty().boxed(),
        }
    }

    /// The data directory.
    pub fn data(&self) -> &Path {
        &self.data
    }
}

fn failed(error: object_store::Error) -> io::Error {
    let kind = match error {
        object_store::Error::NotFound { .. } => io::ErrorKind::NotFound,
        _ => io::ErrorKind::Other,
    };
    io::Error::new(kind, error)
}
