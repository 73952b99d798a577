//! The authorization server, through the real router on both databases: the dance, and every attack on it.

mod attacks;
mod dance;
mod endings;
mod module;
mod scene;
mod strangers;
