//! Documents and their lines: whoever writes a line changes the document that it is of, even where the document's own
//! row stays as it was.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::business;
use super::row::Values as _;
use super::work::Work;
use crate::erp::{ErpError, Line, Row};
use crate::model::{FieldKind, Model};

/// A line as a change leaves it.
pub(super) struct Written<'a> {
    pub model: &'a Model,
    pub id: i64,
    pub before: Option<&'a Row>,
    pub after: Option<&'a Row>,
}

/// The models whose lines are of `line`, each with the field that links there.
pub(super) fn owners(work: &Work<'_>, line: &Model) -> Result<Vec<(Arc<Model>, String)>, ErpError> {
    let mut all = Vec::new();
    for model in work.erp().catalog().models.iter().filter(|model| business::owns(&model.name, &line.name)) {
        for field in &model.fields {
            let FieldKind::One2many { relation, inverse } = &field.kind else { continue };
            if *relation == line.name && !all.iter().any(|(_, known)| *inverse == *known) {
                all.push((work.model(&model.name)?, inverse.to_string()));
            }
        }
    }
    Ok(all)
}

/// The documents that a written line is of, and was of; none where only what the system counts on it by itself is not
/// as it was, such as what was delivered.
pub(super) fn of(owners: &[(Arc<Model>, String)], line: &Written<'_>) -> Vec<Line> {
    if let (Some(before), Some(after)) = (line.before, line.after) {
        let mut fields = line.model.fields.iter().filter(|field| !field.readonly);
        if fields.all(|field| before.get(field.name.as_ref()) == after.get(field.name.as_ref())) {
            return Vec::new();
        }
    }
    let mut all = Vec::new();
    for (document, link) in owners {
        let ids: BTreeSet<i64> =
            [line.before, line.after].into_iter().flatten().filter_map(|row| row.int(link)).collect();
        all.extend(ids.into_iter().map(|document_id| Line {
            model: line.model.name.to_string(),
            id: line.id,
            document: document.name.to_string(),
            document_id,
        }));
    }
    all
}
