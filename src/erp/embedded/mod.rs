//! The business database inside the process: models, rights, queries, demo company.

pub mod demo;
mod many_rows;
pub mod registry;
pub mod rights;
pub mod rollup;
pub mod rules;

mod aggregate;
mod ask;
mod catalog;
mod cells;
mod columns;
mod compile;
mod decimal;
mod engine;
mod json;
mod links;
mod moment;
mod order;
mod page;
mod reader;
mod search;
mod sql;
#[cfg(test)]
mod tests;

pub use engine::Embedded;
