//! Which database, as its URL says.

use std::path::PathBuf;
use std::str::FromStr;

use sqlx::postgres::PgConnectOptions;

use super::DbError;

/// A database URL, checked.
#[derive(Clone, Debug)]
pub enum DbUrl {
    /// `sqlite://path/to/file.db`
    Sqlite(PathBuf),
    /// `postgres://user:password@host/database`
    Postgres(Box<PgConnectOptions>),
}

impl FromStr for DbUrl {
    type Err = DbError;

    fn from_str(url: &str) -> Result<Self, DbError> {
        if let Some(path) = url.strip_prefix("sqlite://").or_else(|| url.strip_prefix("sqlite:")) {
            let path = path.split('?').next().unwrap_or_default();
            if path.is_empty() || path == ":memory:" {
                return Err(DbError::Url("sqlite:// needs the path of a file".into()));
            }
            return Ok(Self::Sqlite(PathBuf::from(path)));
        }
        if url.starts_with("postgres://") || url.starts_with("postgresql://") {
            // The URL may carry a password: the error must not repeat it.
            let options = PgConnectOptions::from_str(url)
                .map_err(|_| DbError::Url("it starts with postgres:// but the rest can't be read".into()))?;
            return Ok(Self::Postgres(Box::new(options)));
        }
        let scheme = url.split(':').next().unwrap_or_default();
        Err(DbError::Url(format!("unknown kind `{scheme}`")))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_url_error_never_repeats_the_password() {
        let error = "postgres://u:secret@host:notaport/x".parse::<DbUrl>().unwrap_err().to_string();
        assert!(!error.contains("secret"), "{error}");
        assert!("mysql://x".parse::<DbUrl>().unwrap_err().to_string().contains("mysql"));
    }
}
