//! One folder per screen, laid out as the menu is: the view, the data it shows, and the trait that brings it.

pub mod apps;
pub mod connections;
pub mod consent;
pub mod first;
pub mod home;
pub mod login;
pub mod preferences;
pub mod settings;
pub mod technical;
