//! The press: how many print at a time, for how long, and where.

use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, Utc};
use tokio::sync::Semaphore;
use tokio::time::timeout;

use super::super::document::Print;
use super::super::error::ReportError;
use super::job::Job;
use super::{Pdf, apart, fonts};

/// Prints at a time: each takes a core.
const AT_A_TIME: usize = 2;
/// Longest that a caller waits for a press to be free.
const WAIT: Duration = Duration::from_secs(15);
/// Longest that a print takes.
const LONGEST: Duration = Duration::from_mins(1);

/// Where documents are printed.
#[derive(Clone, Debug)]
pub struct Press {
    places: Arc<Semaphore>,
    way: Way,
}

#[derive(Clone, Copy, Debug)]
enum Way {
    Here,
    Apart,
}

impl Press {
    /// In a thread of this process, which keeps much of the memory that it takes.
    pub fn here() -> Self {
        Self::new(Way::Here)
    }

    /// In a process of its own for each print: the memory goes with it, and so does whatever would hang or fall.
    /// It is this binary, told to [`super::work`].
    pub fn apart() -> Self {
        Self::new(Way::Apart)
    }

    fn new(way: Way) -> Self {
        Self { places: Arc::new(Semaphore::new(AT_A_TIME)), way }
    }

    /// Sets the print as PDF.
    pub async fn pdf(&self, print: &Print, at: DateTime<Utc>) -> Result<Pdf, ReportError> {
        let job = Job::of(print, at)?;
        let place = timeout(WAIT, Arc::clone(&self.places).acquire_owned()).await;
        let place = place.map_err(|_| ReportError::Busy)?.map_err(|_| ReportError::Busy)?;
        let printing = async {
            match self.way {
                Way::Apart => apart::print(job, place).await,
                Way::Here => {
                    let printing = tokio::task::spawn_blocking(move || {
                        // A caller who gives up does not free the press: it is busy until the work ends.
                        let _place = place;
                        job.set(&fonts::of_machine)
                    });
                    printing.await.map_err(|panicked| ReportError::Typesetting(panicked.to_string()))?
                }
            }
        };
        timeout(LONGEST, printing).await.map_err(|_| ReportError::TooSlow(LONGEST))?
    }
}
