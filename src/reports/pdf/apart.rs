//! Printing in a process of its own. What typesetting a large document takes, some hundred megabytes, a server would
//! keep for good: allocators give little of it back. A process that ends gives back all, and one that hangs is killed.

use std::io::{self, Read, Write};
use std::os::unix::process::CommandExt;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use serde::{Deserialize, Serialize};
use tokio::sync::OwnedSemaphorePermit;

use super::super::error::ReportError;
use super::job::Job;
use super::{Pdf, fonts};
use crate::files::MOST_BYTES;

/// The command of this binary that does the work.
const COMMAND: &str = "print-pdf";
/// Most bytes that are read of what it says: a file that is larger is refused where it is stored.
const MOST: u64 = MOST_BYTES + 64 * 1024;

/// What the process says, on a line before the file.
#[derive(Serialize, Deserialize)]
enum Said {
    /// The file follows; these characters no font has.
    Printed {
        unknown: String,
    },
    Failed(String),
}

/// Prints in a process of its own, which ends with the caller's patience.
pub(super) async fn print(job: Job, place: OwnedSemaphorePermit) -> Result<Pdf, ReportError> {
    let job = serde_json::to_vec(&job)?;
    let worker = Worker::default();
    let running = Arc::clone(&worker.0);
    let talk = tokio::task::spawn_blocking(move || {
        let _place = place;
        talk(&job, &running)
    });
    let said = talk.await.map_err(|panicked| ReportError::Typesetting(panicked.to_string()))?;
    drop(worker);
    understood(said.map_err(|error| ReportError::Typesetting(format!("the printing process: {error}")))?)
}

/// The work itself: reads a job from standard input, and writes what came of it to standard output.
pub fn work() -> io::Result<()> {
    let mut job = Vec::new();
    io::stdin().lock().read_to_end(&mut job)?;
    let printed = serde_json::from_slice::<Job>(&job)
        .map_err(ReportError::from)
        .and_then(|job| job.set(&fonts::of_machine));
    let (said, bytes) = match printed {
        Ok(Pdf { bytes, unknown }) => (Said::Printed { unknown }, bytes),
        Err(ReportError::Typesetting(why)) => (Said::Failed(why), Vec::new()),
        Err(other) => (Said::Failed(other.to_string()), Vec::new()),
    };
    let mut out = io::stdout().lock();
    serde_json::to_writer(&mut out, &said)?;
    out.write_all(b"\n")?;
    out.write_all(&bytes)?;
    out.flush()
}

fn understood(mut said: Vec<u8>) -> Result<Pdf, ReportError> {
    let ended = || ReportError::Typesetting("the printing process ended before it had printed".to_owned());
    let line = said.iter().position(|byte| *byte == b'\n').ok_or_else(ended)?;
    let bytes = said.split_off(line + 1);
    match serde_json::from_slice(&said)? {
        Said::Printed { unknown } => Ok(Pdf { bytes, unknown }),
        Said::Failed(why) => Err(ReportError::Typesetting(why)),
    }
}

/// The process, for whoever waits for it: killed when nobody does any more.
#[derive(Default)]
struct Worker(Arc<Mutex<Running>>);

#[derive(Default)]
struct Running {
    child: Option<Child>,
    given_up: bool,
}

impl Drop for Worker {
    fn drop(&mut self) {
        let mut running = lock(&self.0);
        running.given_up = true;
        if let Some(child) = &mut running.child {
            let _ = child.kill();
        }
    }
}

fn lock(running: &Mutex<Running>) -> MutexGuard<'_, Running> {
    running.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Starts the process, hands it the job, and takes what it says.
fn talk(job: &[u8], running: &Mutex<Running>) -> io::Result<Vec<u8>> {
    let mut child = Command::new(own_binary()?)
        .arg0("axanta-mcp")
        .arg(COMMAND)
        // It needs none of the server's secrets, and ends with its print, not with a signal to the server.
        .env_clear()
        .process_group(0)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()?;
    let (stdin, stdout) = (child.stdin.take(), child.stdout.take());
    {
        let mut running = lock(running);
        if running.given_up {
            let _ = child.kill();
        }
        running.child = Some(child);
    }
    let mut said = Vec::new();
    let talked = stdin
        .map_or(Ok(()), |mut stdin| stdin.write_all(job))
        .and_then(|()| stdout.map_or(Ok(0), |stdout| stdout.take(MOST).read_to_end(&mut said)));
    let child = lock(running).child.take();
    if let Some(mut child) = child {
        if talked.is_err() || said.len() as u64 >= MOST {
            let _ = child.kill();
        }
        child.wait()?;
    }
    talked.map(|_| said)
}

/// This binary; on Linux also where a newer one lies in its place by now.
fn own_binary() -> io::Result<PathBuf> {
    let own = PathBuf::from("/proc/self/exe");
    if cfg!(target_os = "linux") { Ok(own) } else { std::env::current_exe() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_process_says() {
        let printed = understood(b"{\"Printed\":{\"unknown\":\"x\"}}\n%PDF-1.7\n\n".to_vec()).unwrap();
        assert_eq!((printed.bytes.as_slice(), printed.unknown.as_str()), (&b"%PDF-1.7\n\n"[..], "x"));
        for (said, why) in [
            (&b"{\"Failed\":\"no font\"}\n"[..], "no font"),
            (b"", "ended before"),
            (b"{\"Printed\"", "ended before"),
        ] {
            let Err(ReportError::Typesetting(told)) = understood(said.to_vec()) else { panic!("{said:?}") };
            assert!(told.contains(why), "{told}");
        }
    }

    #[test]
    fn a_job_that_nobody_waits_for_is_stopped() {
        // The test's own binary stands in: it takes `print-pdf` for the name of a test, and ends.
        let worker = Worker::default();
        let running = Arc::clone(&worker.0);
        drop(worker);
        assert!(lock(&running).given_up);
        let said = talk(b"{}", &running);
        assert!(said.map_or(true, |said| !said.starts_with(b"{\"Printed\"")));
        assert!(lock(&running).child.is_none(), "it was waited for");
    }
}
