//! Axanta MCP lets an AI assistant work in an Axanta ERP, bounded by the user's access rights, the MCP security
//! group, the key's scope and the model policies.
//!
//! # The house in ten minutes
//!
//! Divided by what a caller speaks (top), what the product knows (middle), where bytes live (bottom); a file
//! knows only those below it, and `tests::layers` fails on a breach.
//!
//! | floor | modules |
//! |---|---|
//! | who calls | [`cli`] one file per command; [`server`] sockets; [`router`] every route; [`mcp`] the MCP wire; [`oauth`] the authorization server; [`console`] the screens (their views are in the crate `app`), both on [`web`]; [`health`], [`metrics`]; [`download`] the files that links lead to |
//! | what an assistant can do | [`tools`]: all of them in its `ALL`, one pipeline in `call` |
//! | what is kept of it | [`changes`]: journal, undo, approval; [`audit`]: the log |
//! | what is printed | [`reports`]: documents as data, then as PDF or HTML |
//! | the ERP | [`erp`]: one trait; [`erp::embedded`] the business database |
//! | who may | [`policy`] the pure decision; [`identity`] users, groups, keys; [`limit`] rates; [`settings`]; [`files`] what waits to be fetched |
//! | words | [`model`]: models, fields, domains, aggregates; [`clock`] |
//! | bytes | [`store`]: SQLite or PostgreSQL behind one type, one file per group of tables |
//!
//! # A tool call, from top to bottom
//!
//! `server` accepts → `router` → `mcp` finds the principal behind the bearer, the era and the message →
//! `tools::admit` judges the gates of the request and counts the rate → `tools::call` finds the tool, reads its
//! arguments, takes a place in the log, asks `policy::decide` for a permit → the tool asks the
//! [`erp::Erp`], which judges its own gates and answers JSON written once → the log entry is handed over → answer.
//!
//! # A change
//!
//! The tool hands what is wished for to [`changes`], which begins the one transaction: `Erp::change` does it with all
//! that follows from it → thrown away where it was only to be tried; kept for a person's word where a policy demands
//! one; else committed together with journal, log entry and the answer under its idempotency key.

pub mod audit;
pub mod changes;
pub mod cli;
pub mod clock;
pub mod config;
pub mod console;
pub mod download;
pub mod erp;
pub mod files;
pub mod health;
pub mod identity;
pub mod limit;
pub mod mcp;
pub mod metrics;
pub mod model;
pub mod oauth;
pub mod policy;
pub mod reports;
pub mod router;
pub mod server;
pub mod settings;
pub mod state;
pub mod store;
pub mod tools;
pub mod web;

#[cfg(test)]
mod tests;
