//! Passwords of people: argon2id, on threads where waiting hurts nobody.

use argon2::Argon2;
use argon2::password_hash::phc::PasswordHash;
use argon2::password_hash::{PasswordHasher, PasswordVerifier};
use model::Problem;
use tokio::task::spawn_blocking;

/// The hash to keep.
pub(crate) async fn hash(password: String) -> Result<String, Problem> {
    run(move || Argon2::default().hash_password(password.as_bytes()).map(|hash| hash.to_string()))
        .await?
        .map_err(|error| Problem::internal(format!("A password could not be hashed: {error}")))
}

/// Whether the password fits. Without a hash (or with the empty one of who has no password yet) the same work is done for nothing, so that the time it takes does not tell
/// whether the login exists.
pub(crate) async fn fits(password: String, hash: Option<String>) -> Result<bool, Problem> {
    run(move || {
        let hash = hash.filter(|hash| !hash.is_empty());
        let known = hash.is_some();
        let text = hash.unwrap_or_else(|| NOBODY.to_owned());
        let fits = PasswordHash::new(&text)
            .is_ok_and(|parsed| Argon2::default().verify_password(password.as_bytes(), &parsed).is_ok());
        fits && known
    })
    .await
}

/// The hash of a text that was thrown away.
const NOBODY: &str = "$argon2id$v=19$m=19456,t=2,p=1$YWxvLW5vYm9keS1zYWx0$E2mYb2Vs0l8sFq7Q5f2q2vP0p3xGmZlX3mJ8yY0rM0o";

async fn run<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Result<T, Problem> {
    spawn_blocking(work).await.map_err(|error| Problem::internal(format!("A password task died: {error}")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_password_fits_its_own_hash_only() {
        let hash = hash("correct horse".into()).await.expect("a hash");
        assert!(hash.starts_with("$argon2id$"));
        assert_eq!(fits("correct horse".into(), Some(hash.clone())).await, Ok(true));
        assert_eq!(fits("wrong horse".into(), Some(hash)).await, Ok(false));
        assert_eq!(fits("anything".into(), None).await, Ok(false));
        assert_eq!(fits(String::new(), Some(String::new())).await, Ok(false));
    }

    #[test]
    fn the_hash_for_nobody_costs_what_a_real_one_costs() {
        let parsed = PasswordHash::new(NOBODY).expect("a well-formed hash");
        let real = Argon2::default().hash_password(b"x").expect("a hash");
        assert_eq!(parsed.params, real.params);
        assert_eq!(parsed.algorithm, real.algorithm);
    }
}
