//! What copies are made of: filled once in a run. Nobody is connected to it.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::sync::OnceCell;

use super::{Db, FILE, Kept, fresh_postgres, fresh_sqlite};

/// A database on each kind, in rest.
pub(super) struct Original {
    /// The file.
    pub sqlite: Vec<u8>,
    /// The name of the database. It stays behind when the run ends: a later run takes it away.
    pub postgres: Option<String>,
}

/// The one of that name; whoever asks first fills it.
pub(super) async fn original(name: &'static str, fill: impl AsyncFn(&Db)) -> Arc<Original> {
    static ORIGINALS: Mutex<BTreeMap<&str, Arc<OnceCell<Arc<Original>>>>> = Mutex::new(BTreeMap::new());
    let original = {
        let mut originals = ORIGINALS.lock().unwrap_or_else(PoisonError::into_inner);
        Arc::clone(originals.entry(name).or_default())
    };
    let made = async || match of_the_run() {
        Some(folder) => Arc::new(shared(&folder, name, fill).await),
        None => Arc::new(Original::make(fill).await),
    };
    Arc::clone(original.get_or_init(made).await)
}

impl Original {
    async fn make(fill: impl AsyncFn(&Db)) -> Self {
        let test = fresh_sqlite(&fill).await;
        test.db.take_over_log().await.unwrap();
        test.db.close().await;
        let Kept::Folder { folder } = &test.kept else { panic!("SQLite without a folder") };
        let sqlite = fs::read(folder.path().join(FILE)).unwrap();
        let mut postgres = None;
        if let Some(test) = fresh_postgres(&fill).await {
            test.db.close().await;
            let Kept::Leased { lease } = test.kept else { panic!("PostgreSQL without a lease") };
            postgres = Some(lease.leave());
        }
        Self { sqlite, postgres }
    }
}

const PREFIX: &str = "axanta-tests-";
/// A run that is going on may be this old.
const LEFT_BEHIND: Duration = Duration::from_hours(6);

/// Where the processes of a run meet: under cargo-nextest each test is a process of its own.
fn of_the_run() -> Option<PathBuf> {
    #[expect(clippy::disallowed_methods, reason = "the environment says what runs the tests")]
    let run = std::env::var("NEXTEST_RUN_ID").ok()?;
    Some(std::env::temp_dir().join(format!("{PREFIX}{run}")))
}

/// The one that lies in the run's folder, put there by the first process that asks while the others wait.
async fn shared(folder: &Path, name: &str, fill: impl AsyncFn(&Db)) -> Original {
    fs::create_dir_all(folder).unwrap();
    let (sqlite, postgres) = (folder.join(format!("{name}.db")), folder.join(format!("{name}.postgres")));
    let lock = File::create(folder.join(format!("{name}.lock"))).unwrap();
    let lock = tokio::task::spawn_blocking(move || lock.lock().map(|()| lock)).await.unwrap().unwrap();
    if let Ok(sqlite) = fs::read(&sqlite) {
        return Original { sqlite, postgres: fs::read_to_string(postgres).ok() };
    }
    sweep(&std::env::temp_dir());
    let original = Original::make(fill).await;
    if let Some(name) = &original.postgres {
        fs::write(postgres, name).unwrap();
    }
    // Last and whole: its being there says that all is.
    let unfinished = sqlite.with_extension("unfinished");
    fs::write(&unfinished, &original.sqlite).unwrap();
    fs::rename(unfinished, sqlite).unwrap();
    drop(lock);
    original
}

/// Folders that earlier runs left behind.
fn sweep(all: &Path) {
    for entry in fs::read_dir(all).into_iter().flatten().flatten() {
        let old = || entry.metadata().ok()?.modified().ok()?.elapsed().ok().filter(|age| *age > LEFT_BEHIND);
        if entry.file_name().to_string_lossy().starts_with(PREFIX) && old().is_some() {
            // Another run may be at it too.
            let _ = fs::remove_dir_all(entry.path());
        }
    }
}
