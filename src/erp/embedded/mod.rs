//! The business database inside the process: models, rights, queries, demo company.
//!
//! A question goes this way: [`Embedded`] makes an `ask` (who, under which permit); `compile` turns the domain and
//! the record rules into a condition; `page` and `order`, or `aggregate`, make the statement; a `reader` runs it,
//! bounded in time; `json` writes the rows of `cells` as they come.

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
mod export;
mod json;
mod links;
mod moment;
mod narrowing;
mod order;
mod packed;
mod page;
mod reader;
mod search;
mod sql;
#[cfg(test)]
mod tests;
mod trade;
mod write;

pub use engine::Embedded;
