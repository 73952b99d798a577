//! Whose turn it is to make a file: one at a time for a user, and two for the process, so that questions are answered
//! as fast beside it.

use std::collections::HashSet;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use super::FilesError;

/// Files made at the same time.
const PLACES: usize = 2;
/// How long one waits for a place.
const PATIENCE: Duration = Duration::from_secs(20);

#[derive(Debug)]
pub(super) struct Turns {
    places: Arc<Semaphore>,
    users: Mutex<HashSet<i64>>,
    patience: Duration,
}

impl Default for Turns {
    fn default() -> Self {
        Self { places: Arc::new(Semaphore::new(PLACES)), users: Mutex::default(), patience: PATIENCE }
    }
}

/// Leave to make a file, until it is dropped.
#[must_use]
pub struct Turn {
    turns: Arc<Turns>,
    user: i64,
    place: Option<OwnedSemaphorePermit>,
}

impl Turns {
    pub(super) async fn take(self: &Arc<Self>, user: i64) -> Result<Turn, FilesError> {
        if !self.users.lock().unwrap_or_else(PoisonError::into_inner).insert(user) {
            return Err(FilesError::Busy(
                "this user is making a file already, an export or a report; wait until it is there and call again",
            ));
        }
        let mut turn = Turn { turns: Arc::clone(self), user, place: None };
        let place = tokio::time::timeout(self.patience, Arc::clone(&self.places).acquire_owned()).await;
        turn.place = place.ok().and_then(Result::ok);
        if turn.place.is_none() {
            return Err(FilesError::Busy(
                "other files are being made just now, exports or reports, and nothing was made of this one; try again in a minute",
            ));
        }
        Ok(turn)
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        self.turns.users.lock().unwrap_or_else(PoisonError::into_inner).remove(&self.user);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_user_has_one_turn_and_the_process_two() {
        let turns = Arc::new(Turns { patience: Duration::from_millis(20), ..Turns::default() });
        let one = turns.take(1).await.unwrap();
        assert!(matches!(turns.take(1).await, Err(FilesError::Busy(why)) if why.contains("this user")));
        let two = turns.take(2).await.unwrap();
        assert!(matches!(turns.take(3).await, Err(FilesError::Busy(why)) if why.contains("minute")));
        drop(one);
        let three = turns.take(3).await.unwrap();
        drop((two, three));
        drop(turns.take(1).await.unwrap());
        drop(turns.take(3).await.unwrap());
    }
}
