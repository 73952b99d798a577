//! Lists: dense rows under a head that stays, with search, filters, pages, and acts on several rows.

mod bulk;
mod filters;
mod pager;
mod table;

pub use bulk::{Bulk, BulkAction, Pick, SelectAll};
pub use filters::{FilterSelect, FilterText, Filters};
pub use pager::{Pager, Paging, Turn};
pub use table::{Empty, List, MatrixCell, SortHead};
