//! Printed documents: what a report says, as data; and how it is set, as PDF or as HTML.
//!
//! [`gather`] reads the records through the ERP, under the caller's own permits, into a [`Print`]: plain text in
//! columns, facts and totals. [`html()`] and a [`Press`] set it; neither reads anything, and no text of a record is ever
//! markup to them. The typesetter is the heaviest part of the build and stands behind the feature `reports`.

mod desk;
mod document;
mod error;
mod html;
mod locale;
mod number;
mod papers;
mod pdf;
mod record;
#[cfg(test)]
mod tests;
mod text;
mod words;

pub use desk::{Desk, Reading};
pub use document::{Document, Print};
pub use error::ReportError;
pub use html::html;
pub use papers::{Paper, gather};
pub use pdf::{Pdf, Press, work};
