//! Records in memory until they are written, found by the id that they will have in the database.

use std::ops::{Index, IndexMut};

/// Records with ids that follow each other.
pub struct Arena<T> {
    first: i64,
    rows: Vec<T>,
}

impl<T> Arena<T> {
    /// An empty one, whose first record will have id `first`.
    pub const fn new(first: i64) -> Self {
        Self { first, rows: Vec::new() }
    }

    /// Id of the record that is pushed next.
    pub fn next_id(&self) -> i64 {
        self.first + i64::try_from(self.rows.len()).unwrap_or(i64::MAX - self.first)
    }

    /// Adds the record made for its id, and gives the id.
    pub fn push(&mut self, make: impl FnOnce(i64) -> T) -> i64 {
        let id = self.next_id();
        self.rows.push(make(id));
        id
    }

    /// Every id.
    pub fn ids(&self) -> std::ops::Range<i64> {
        self.first..self.next_id()
    }

    /// Every record, by id.
    pub fn rows(&self) -> &[T] {
        &self.rows
    }

    fn at(&self, id: i64) -> usize {
        usize::try_from(id - self.first).unwrap_or(usize::MAX)
    }
}

impl<T> Index<i64> for Arena<T> {
    type Output = T;

    #[expect(clippy::indexing_slicing, reason = "ids are handed out by push, and no record is ever removed")]
    fn index(&self, id: i64) -> &T {
        &self.rows[self.at(id)]
    }
}

impl<T> IndexMut<i64> for Arena<T> {
    #[expect(clippy::indexing_slicing, reason = "ids are handed out by push, and no record is ever removed")]
    fn index_mut(&mut self, id: i64) -> &mut T {
        let at = self.at(id);
        &mut self.rows[at]
    }
}
