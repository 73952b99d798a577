//! Axanta MCP: lets an AI assistant work in an Axanta ERP.

pub mod audit;
pub mod clock;
pub mod erp;
pub mod identity;
pub mod mcp;
pub mod model;
pub mod policy;
pub mod server;
pub mod settings;
pub mod store;
