//! The question that a policy wants narrowed: refused before it runs, with the filters that would do.

use sea_query::{Expr, Query};

use super::super::ErpError;
use super::Embedded;
use super::ask::Ask;
use super::cells::number;
use super::reader::Consistency;
use super::registry::base_table;
use super::sql::{Dialect, Statement};
use crate::model::{Complaint, Domain, FieldKind, Model};
use crate::policy::narrowing::is_narrowed;

/// Refuses a question for records of the permit's model that its policy wants narrowed and that is not.
pub(super) async fn demand(erp: &Embedded, ask: &Ask<'_>, domain: &Domain) -> Result<(), ErpError> {
    let name = ask.permit.model().unwrap_or_default();
    if !ask.permit.must_narrow(name) {
        return Ok(());
    }
    let model = ask.catalog.model(name)?;
    if is_narrowed(model, domain) {
        return Ok(());
    }
    let mut reader = erp.reader(Consistency::Statement).await?;
    let about = number(&mut reader, size(ask, name)).await?;
    reader.close().await?;
    Err(complaint(ask, model, about).into())
}

/// About how many records there are, without counting them: what the database's statistics say, or the last id.
fn size(ask: &Ask<'_>, model: &str) -> Statement {
    let table = base_table(model);
    let last = format!(r#"(SELECT MAX("id") FROM "{table}")"#);
    let about = match ask.dialect {
        Dialect::Sqlite => format!("COALESCE({last}, 0)"),
        Dialect::Postgres => format!(
            "COALESCE((SELECT CAST(reltuples AS BIGINT) FROM pg_class WHERE oid = to_regclass('{table}') AND reltuples > 0), {last}, 0)"
        ),
    };
    let mut select = Query::select();
    select.expr(Expr::cust(about));
    Statement::of(select)
}

fn complaint(ask: &Ask<'_>, model: &Model, about: i64) -> Complaint {
    let fields: Vec<_> =
        ask.permit.fields(model).filter(|field| crate::policy::narrowing::counts(field)).collect();
    let names: Vec<&str> = fields.iter().map(|field| field.name.as_ref()).collect();
    let read = format!("this question would read about {about} records of {}", model.name);
    let Some(first) = fields.first() else {
        return Complaint::new(format!("{read}; its policy lets them be read by id alone"))
            .example(r#"read_records {"ids":[1,2]}"#);
    };
    let example = match first.kind {
        FieldKind::Date | FieldKind::Datetime => {
            format!(r#"[["{0}",">=","2026-07-01"],["{0}","<","2026-08-01"]]"#, first.name)
        }
        _ => format!(r#"[["{}","=",7]]"#, first.name),
    };
    Complaint::new(format!(
        "{read}. Its policy wants every question narrowed: filter on {}, a date from a first day on. A filter counts \
         where it must hold for every record, so also in each branch of an `|`; `!=` and `not in` do not count",
        names.join(", ")
    ))
    .example(example)
}
