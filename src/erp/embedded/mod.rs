//! The business database inside the process: models, rights, queries, demo company.

pub mod registry;
pub mod rights;
pub mod rules;
