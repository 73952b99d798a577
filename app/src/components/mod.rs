//! What every screen is made of. One file per part, used everywhere alike.

mod badge;
mod field;
mod form;
mod list;
mod notebook;
mod page;
mod refusal;
mod secret;
mod shell;
mod time;

pub use badge::Badge;
pub use field::{Choice, Choices, Help, NumberField, SelectField, TextArea, TextField, Toggle};
pub use form::{Confirm, Form, Warning};
pub use list::{Empty, Filters, List, Pager, Paging};
pub use notebook::{Notebook, Tab};
pub use page::{Crumb, Page};
pub use refusal::RefusalPage;
pub use secret::SecretOnce;
pub use shell::{Document, Notices};
pub use time::{Ago, Instant, Number};
