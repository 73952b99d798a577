//! The business database inside the process: models, rights, queries, demo company.

pub mod registry;
