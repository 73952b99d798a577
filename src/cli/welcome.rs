//! What the first start has to say: to a terminal in full, elsewhere with the secrets in a file that only its
//! owner can read.

use std::fmt::Write as _;
use std::fs::{File, OpenOptions};
use std::io::{self, IsTerminal, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use super::error::CliError;
use super::first_start::Welcome;
use crate::config::{Demo, PublicUrl};
use crate::store::Db;

const FILE: &str = "axanta-first-start";

/// Where it is said.
#[derive(Clone, Copy, Debug)]
pub enum Voice {
    /// By the server.
    Stdout,
    /// By a command, whose stdout is for its own answer.
    Stderr,
}

impl Voice {
    /// Whether a person is reading.
    pub fn is_terminal(self) -> bool {
        match self {
            Self::Stdout => io::stdout().is_terminal(),
            Self::Stderr => io::stderr().is_terminal(),
        }
    }

    /// Says it. Where nobody listens that is no failure.
    pub fn say(self, text: &str) {
        let _ = match self {
            Self::Stdout => writeln!(io::stdout(), "{text}"),
            Self::Stderr => writeln!(io::stderr(), "{text}"),
        };
    }
}

impl Welcome {
    /// Whether there is anything that must not be seen by others.
    pub const fn has_secrets(&self) -> bool {
        !self.passwords.is_empty() || self.key.is_some()
    }

    /// Writes the secrets into a new file beside a SQLite database, or into the working folder.
    pub fn keep(&self, db: &Db, url: &PublicUrl) -> Result<PathBuf, CliError> {
        let (path, mut file) = new_file(folder(db))?;
        file.write_all(self.text(url, None).as_bytes())
            .and_then(|()| file.sync_all())
            .map_err(|error| CliError::Secrets(path.clone(), error))?;
        Ok(path)
    }

    /// The whole text; with `kept` the secrets are left out and their file is named.
    pub fn text(&self, url: &PublicUrl, kept: Option<&Path>) -> String {
        let mut text = match self.demo {
            Demo::Small | Demo::Large => "The demo company is ready: MCP is enabled, and the five reporting models may be read.\n",
            Demo::Fresh => "The demo company is ready. No module is installed and nothing is exposed: begin with the setup guide.\n",
            Demo::None => "The database is ready, with one company, My Company, and without users. Make the first administrator by the link that `axanta-mcp serve` gives, or by command:\n\n  axanta-mcp user add admin --name Administrator --group \"Settings / Administrator\" \\\n      --group \"MCP Administrator\" --password-stdin\n",
        }
        .to_owned();
        match kept {
            Some(path) if self.has_secrets() => {
                // Writing into a String can't fail, here and below.
                let _ = write!(
                    text,
                    "\nPasswords and key are in {} (for you alone; delete it once read).\n",
                    path.display()
                );
            }
            _ if self.has_secrets() => self.secrets(&mut text),
            _ => {}
        }
        if !self.passwords.is_empty() {
            let _ = write!(text, "\nThe console: {}, as admin.\n", url.origin());
        }
        if let Some(key) = &self.key {
            let key = match kept {
                Some(path) => format!("$(grep -m1 -o 'axk_[A-Za-z0-9]*' '{}')", path.display()),
                None => key.reveal().to_owned(),
            };
            let _ = write!(
                text,
                "\nConnect Codex:\n\n  export AXANTA_MCP_KEY={key}\n  \
                 codex mcp add axanta --url {} --bearer-token-env-var AXANTA_MCP_KEY\n  \
                 codex 'How much did we sell last quarter, by month?'\n",
                url.mcp()
            );
        }
        text
    }

    fn secrets(&self, text: &mut String) {
        text.push_str("\nShown only this once:\n\n");
        for (login, password) in &self.passwords {
            let _ = writeln!(text, "  {login:<8} {password}");
        }
        if let Some(key) = &self.key {
            let _ = writeln!(text, "\n  MCP key of demo (Read Only): {}", key.reveal());
        }
    }
}

/// Where secrets are kept: beside a SQLite database, or in the working folder.
pub fn folder(db: &Db) -> &Path {
    match db {
        Db::Sqlite { path, .. } => path.parent().unwrap_or(Path::new("")),
        Db::Postgres(_) => Path::new(""),
    }
}

/// A file that was not there before, readable by its owner alone from the first moment.
fn new_file(folder: &Path) -> Result<(PathBuf, File), CliError> {
    let mut number = 1;
    loop {
        let name = if number == 1 { format!("{FILE}.txt") } else { format!("{FILE}-{number}.txt") };
        let path = folder.join(name);
        match OpenOptions::new().write(true).create_new(true).mode(0o600).open(&path) {
            Ok(file) => return Ok((path, file)),
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists && number < 100 => number += 1,
            Err(error) => return Err(CliError::Secrets(path, error)),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::*;
    use crate::identity::{Secret, key};
    use crate::store::testing::sqlite;

    fn welcome(demo: Demo) -> Welcome {
        let ready = demo == Demo::Small;
        Welcome {
            demo,
            passwords: if demo == Demo::None { vec![] } else { vec![("admin", "correct-horse".into())] },
            key: ready.then(|| Secret::mint(key::PREFIX).unwrap()),
        }
    }

    fn url() -> PublicUrl {
        "https://your-domain.com".parse().unwrap()
    }

    #[test]
    fn a_terminal_is_told_everything() {
        let small = welcome(Demo::Small);
        let text = small.text(&url(), None);
        let key = small.key.as_ref().unwrap().reveal();
        assert!(text.contains("admin    correct-horse"));
        assert!(text.contains(&format!("export AXANTA_MCP_KEY={key}\n")));
        assert!(text.contains(
            "codex mcp add axanta --url https://your-domain.com/mcp --bearer-token-env-var AXANTA_MCP_KEY"
        ));
        let none = welcome(Demo::None).text(&url(), None);
        assert!(none.contains("user add admin") && none.contains("\"MCP Administrator\""));
        assert!(!none.contains("codex"));
    }

    #[tokio::test]
    async fn a_file_keeps_the_secrets_from_others() {
        let test = sqlite().await;
        let small = welcome(Demo::Small);
        let path = small.keep(&test.db, &url()).unwrap();
        let said = small.text(&url(), Some(&path));
        assert!(said.contains(path.to_str().unwrap()));
        assert!(!said.contains("correct-horse") && !said.contains(small.key.as_ref().unwrap().reveal()));
        let kept = std::fs::read_to_string(&path).unwrap();
        assert!(kept.contains("correct-horse") && kept.contains(small.key.as_ref().unwrap().reveal()));
        assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        let other = small.keep(&test.db, &url()).unwrap();
        assert_ne!(other, path, "what another first start kept is not overwritten");
    }
}
