//! Tests of the whole: what clients are told, every route, every gate, who may know whom.

mod changes;
mod console;
mod download;
mod house;
mod layers;
mod mcp;
mod mistakes;
mod near;
mod oauth;
mod permissions;
mod printing;
mod refinements;
mod tools;
