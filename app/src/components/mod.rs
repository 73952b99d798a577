//! What every screen is made of. One file per part, used everywhere alike.

mod ask;
mod badge;
mod difference;
mod facts;
mod field;
mod form;
mod icon;
mod list;
mod locale;
mod notebook;
mod page;
mod refusal;
mod secret;
mod shell;
mod time;

pub use ask::{Confirm, Warning};
pub use badge::Badge;
pub use difference::{
    DifferenceList, Differences, FieldValue, RecordDifference, RecordKind, ValueDifference,
};
pub use facts::{Card, Cards, Fact, Facts, Json};
pub use field::{
    Choice, Choices, Help, NumberField, ReadOnly, SelectField, TextArea, TextField, Toggle, Whose,
};
pub use form::{Form, Group, Problem};
pub use icon::{Glyph, Icon};
pub use list::{
    Bulk, BulkAction, Empty, FilterSelect, FilterText, Filters, List, MatrixCell, Pager, Paging, Pick,
    SelectAll, SortHead, Turn,
};
pub use notebook::{Notebook, Tab};
pub use page::{Crumb, Foot, Page};
pub use refusal::RefusalPage;
pub use secret::SecretOnce;
pub use shell::{Document, Mark, Notices};
pub use time::{Ago, Day, Instant, Number, whole};
