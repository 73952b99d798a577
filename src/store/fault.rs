//! What a database error means for the person who runs the server, in one line.

use std::fmt;

/// Says an error of the database plainly; neither SQL nor a password stands in it.
#[derive(Debug)]
pub struct Plain<'a>(pub &'a sqlx::Error);

impl fmt::Display for Plain<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            sqlx::Error::Database(error) => match error.code().as_deref().and_then(meaning) {
                Some(meaning) => f.write_str(meaning),
                None => f.write_str(error.message()),
            },
            sqlx::Error::PoolTimedOut => {
                f.write_str("it did not answer in time; is it running and reachable?")
            }
            sqlx::Error::Io(error) => write!(f, "it can't be reached: {error}"),
            other => other.fmt(f),
        }
    }
}

/// Meaning of a primary result code of SQLite or an SQLSTATE of PostgreSQL.
fn meaning(code: &str) -> Option<&'static str> {
    // SQLite's extended codes keep the primary one in their lowest byte.
    if let Ok(sqlite) = code.parse::<u32>()
        && code.len() < 5
    {
        return Some(match sqlite & 0xff {
            5 | 6 => "it is locked by another process for too long",
            8 => "the file or its folder may not be written",
            10 => "reading or writing the file failed",
            11 => "the file is damaged; restore a backup",
            13 => "the disk is full; make room and try again",
            14 => "the file can't be opened; does its folder exist, and may it be read and written?",
            26 => "the file is not a SQLite database",
            _ => return None,
        });
    }
    Some(match code {
        "28P01" | "28000" => "the user name or the password is wrong",
        "3D000" => "there is no database of that name on the server; create it first",
        "42501" => "the user may not do this there; it needs the right to create tables",
        "53100" => "the server's disk is full; make room and try again",
        "53300" => "the server has no connection left",
        "57P03" => "the server is still starting; try again in a moment",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::testing::databases;
    use crate::store::{Db, DbUrl, on_db};

    #[tokio::test]
    async fn a_failed_statement_is_said_without_sql() {
        for test in databases().await {
            let mut tx = test.db.begin().await.unwrap();
            let sql = "INSERT INTO settings (name, value) VALUES ('a', NULL)";
            let error = on_db!(tx.on(), c => sqlx::query(sql).execute(&mut *c).await.map(drop)).unwrap_err();
            let text = Plain(&error).to_string();
            assert!(
                text.to_lowercase().contains("null") && !text.contains("INSERT"),
                "{}: {text}",
                test.name
            );
        }
    }

    #[tokio::test]
    async fn a_full_disk_is_said_to_be_full() {
        let test = crate::store::testing::sqlite().await;
        let mut tx = test.db.begin().await.unwrap();
        let error = on_db!(tx.on(), c => {
            sqlx::query("PRAGMA max_page_count = 1").execute(&mut *c).await.unwrap();
            sqlx::query("INSERT INTO settings (name, value) VALUES ('a', hex(randomblob(1000000)))")
                .execute(&mut *c).await.map(drop)
        })
        .unwrap_err();
        assert_eq!(Plain(&error).to_string(), "the disk is full; make room and try again");
    }

    #[tokio::test]
    async fn a_file_that_is_no_database_is_said_to_be_none() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("notes.db");
        std::fs::write(&path, "nothing but prose, and more than a hundred bytes of it: ".repeat(9)).unwrap();
        let error = Db::open(&DbUrl::Sqlite(path)).await.unwrap_err().to_string();
        assert!(error.contains("not a SQLite database"), "{error}");
        let error = Db::open(&DbUrl::Sqlite(folder.path().to_owned())).await.unwrap_err().to_string();
        assert!(error.contains("can't be opened"), "{error}");
    }

    #[test]
    fn codes_of_both_databases_are_known() {
        assert_eq!(meaning("2579"), meaning("19"), "an extended code means what its primary code means");
        assert_eq!(meaning("1544"), meaning("8"));
        assert!(meaning("28P01").is_some_and(|text| text.contains("password")));
        assert_eq!(meaning("23505"), None);
    }
}
