//! The ERP's words, pure: models, fields, domains, aggregates, operations. No I/O, no SQL, no policy.

pub mod aggregate;
pub mod characters;
pub mod complaint;
pub mod definition;
pub mod domain;
pub mod field;
pub mod long;
pub mod near;
pub mod operation;
pub mod order;
pub mod table;
pub mod untrusted;

pub use aggregate::{Aggregate, AggregateFunction, Granularity, GroupBy};
pub use complaint::Complaint;
pub use definition::{Method, Model, ModelKind, Report};
pub use domain::{Domain, Leaf, Literal, Operator};
pub use field::{Field, FieldKind};
pub use operation::Operation;
pub use order::OrderTerm;
pub use untrusted::Untrusted;
