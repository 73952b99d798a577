//! How each module stands: what is installed, and how its version compares with the program's.

use semver::Version;

use super::{Module, SettingsError};
use crate::model::Complaint;
use crate::store::modules::ModuleRow;
use crate::store::{self, On};

/// How a module stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// It is not installed.
    Absent,
    /// It is installed, in the version that this program brings.
    Installed,
    /// It is installed and works, in an older version.
    ToUpgrade,
    /// A newer program than this one installed or upgraded it.
    Newer,
}

impl State {
    /// Its word in `module list`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Absent => "uninstalled",
            Self::Installed => "installed",
            Self::ToUpgrade => "to_upgrade",
            Self::Newer => "newer",
        }
    }

    /// Whether the module is at work.
    pub const fn is_installed(self) -> bool {
        !matches!(self, Self::Absent)
    }
}

/// One module as the database has it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Standing {
    /// Which.
    pub module: Module,
    /// Whether it is installed, and how old it is.
    pub state: State,
    /// Version of what is installed, or of the data that an uninstalled module left; `None` where there is nothing.
    pub version: Option<Version>,
    /// Epoch milliseconds of the last change; `None` if it never was installed.
    pub changed_at: Option<i64>,
}

impl Standing {
    fn never(module: Module) -> Self {
        Self { module, state: State::Absent, version: None, changed_at: None }
    }
}

/// Every module, each after what it depends on.
pub async fn standings(on: On<'_>) -> Result<Vec<Standing>, SettingsError> {
    let mut all = Module::ALL.map(Standing::never).to_vec();
    for row in store::modules::all(on).await? {
        let standing = read(&row)?;
        all.iter_mut().filter(|s| s.module == standing.module).for_each(|s| *s = standing.clone());
    }
    Ok(all)
}

/// How one module stands.
pub(super) async fn standing(on: On<'_>, module: Module) -> Result<Standing, SettingsError> {
    let all = standings(on).await?;
    Ok(all.into_iter().find(|s| s.module == module).unwrap_or_else(|| Standing::never(module)))
}

fn read(row: &ModuleRow) -> Result<Standing, SettingsError> {
    let corrupt = |why: String| SettingsError::Corrupt { what: "module", name: row.name.clone(), why };
    let module: Module = row.name.parse().map_err(|c: Complaint| corrupt(c.to_string()))?;
    let version = row.version.as_deref().map(Version::parse).transpose();
    let version = version.map_err(|error| corrupt(format!("version: {error}")))?;
    let state = match (row.state.as_str(), &version) {
        ("uninstalled", _) => State::Absent,
        ("installed", None) => return Err(corrupt("it is installed in no version".to_owned())),
        ("installed", Some(version)) => match version.cmp_precedence(&module.version()) {
            std::cmp::Ordering::Less => State::ToUpgrade,
            std::cmp::Ordering::Equal => State::Installed,
            std::cmp::Ordering::Greater => State::Newer,
        },
        (other, _) => return Err(corrupt(format!("state `{other}`"))),
    };
    Ok(Standing { module, state, version, changed_at: Some(row.changed_at) })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::testing::databases;

    fn row(state: &str, version: Option<&str>) -> ModuleRow {
        ModuleRow {
            name: "mcp_server_oauth".into(),
            state: state.into(),
            version: version.map(Into::into),
            changed_at: 5,
        }
    }

    #[tokio::test]
    async fn versions_are_compared_as_numbers() {
        let now = Module::McpServerOauth.version().to_string();
        for test in databases().await {
            let mut tx = test.db.begin().await.unwrap();
            let never = standings(tx.on()).await.unwrap();
            assert!(never.iter().all(|s| s.state == State::Absent && s.changed_at.is_none()), "{test}");
            for (version, state) in [
                (now.as_str(), State::Installed),
                ("0.1.0", State::ToUpgrade),
                ("0.1.11", State::ToUpgrade),
                ("0.10.0", State::Newer),
                ("1.0.0", State::Newer),
            ] {
                store::modules::put(tx.on(), &row("installed", Some(version))).await.unwrap();
                let all = standings(tx.on()).await.unwrap();
                assert_eq!(all.iter().map(|s| s.module).collect::<Vec<_>>(), Module::ALL, "{test}");
                let found = standing(tx.on(), Module::McpServerOauth).await.unwrap();
                assert_eq!((found.state, found.changed_at), (state, Some(5)), "{test}: {version}");
            }
        }
    }

    #[test]
    fn a_row_that_no_program_writes_is_no_state() {
        for row in
            [row("installed", None), row("installed", Some("two")), row("half", None), row("", Some("1.0.0"))]
        {
            assert!(read(&row).is_err(), "{row:?}");
        }
        assert_eq!(read(&row("uninstalled", Some("0.1.0"))).unwrap().state, State::Absent);
        assert!(read(&ModuleRow { name: "sale".into(), ..row("installed", Some("1.0.0")) }).is_err());
    }
}
