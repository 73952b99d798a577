//! What the console and the consent page share: the renderer, the browser's session, what is to be said on the next
//! page, the forms that come in, the headers of every page, and the files that pages need.

mod assets;
mod client;
mod flash;
mod headers;
mod render;
mod session;
mod submission;
mod theme;
mod who;

pub use assets::{Assets, serve as serve_asset};
pub use client::{address, browser, browser_cookie};
pub use flash::{say, take_notices};
pub use headers::{GuardLayers, described, guard, is_foreign, no_store, policy_with_target};
pub use render::{Rendering, render, start};
pub use session::{Sessions, SignedIn, layer as session_layer, sign_in, sign_out, signed_in};
pub use submission::{FORM_TYPE, Submission, is_of_type};
pub use theme::{chosen as chosen_theme, cookie as theme_cookie};
pub use who::{Who, WhoError, person, who};
