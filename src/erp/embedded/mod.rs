//! The business database inside the process: models, rights, queries, demo company.

pub mod demo;
mod many_rows;
pub mod registry;
pub mod rights;
pub mod rollup;
pub mod rules;
