//! Which fields of an answer hold text from outside the company.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::{Context, ToolError, path};
use crate::model::{FieldKind, GroupBy, Model, Untrusted};
use crate::policy::Permit;

/// The marks for records of `model` with the fields asked for, or its usual ones; `None` where nothing of them
/// comes from outside.
pub async fn of(
    context: &Context,
    permit: &Permit,
    model: &str,
    asked: Option<&[String]>,
) -> Result<Option<Untrusted>, ToolError> {
    let model = context.services.erp.model(model).await?;
    let names: Vec<&str> = match asked {
        Some(asked) if !asked.is_empty() => asked.iter().map(String::as_str).collect(),
        _ => model.significant.iter().map(AsRef::as_ref).collect(),
    };
    let paths = names.into_iter().map(|name| (name, name.to_owned()));
    Ok(Untrusted::marks(among(context, permit, &model, paths).await?))
}

/// The marks for groups, which are answered under their keys.
pub async fn of_groups(
    context: &Context,
    permit: &Permit,
    model: &str,
    groups: &[GroupBy],
) -> Result<Option<Untrusted>, ToolError> {
    let model = context.services.erp.model(model).await?;
    let paths = groups.iter().map(|group| (group.key.as_str(), group.path.join(".")));
    Ok(Untrusted::marks(among(context, permit, &model, paths).await?))
}

/// Which of the columns of a file hold such text.
pub async fn columns(
    context: &Context,
    permit: &Permit,
    model: &str,
    fields: &[String],
) -> Result<Vec<String>, ToolError> {
    let model = context.services.erp.model(model).await?;
    let paths = fields.iter().map(|field| (field.as_str(), field.clone()));
    among(context, permit, &model, paths).await
}

/// The keys of those paths that lead to such text, each once.
async fn among<'k>(
    context: &Context,
    permit: &Permit,
    model: &Arc<Model>,
    paths: impl Iterator<Item = (&'k str, String)>,
) -> Result<Vec<String>, ToolError> {
    let (mut fields, mut seen) = (Vec::new(), BTreeSet::new());
    for (key, path) in paths {
        if seen.insert(key) && is_untrusted(context, permit, model, &path).await? {
            fields.push(key.to_owned());
        }
    }
    Ok(fields)
}

/// Whether a path leads to such text, or to a link to records that are named by it. A name that policy hides is a
/// number.
async fn is_untrusted(
    context: &Context,
    permit: &Permit,
    model: &Arc<Model>,
    path: &str,
) -> Result<bool, ToolError> {
    let Some(end) = path::end(context, permit, model, path).await? else { return Ok(false) };
    let Some(field) = end.field() else { return Ok(is_named_so(permit, &end.model)) };
    if field.untrusted {
        return Ok(true);
    }
    let FieldKind::Many2one { relation } = &field.kind else { return Ok(false) };
    Ok(is_named_so(permit, &*context.services.erp.model(relation).await?))
}

fn is_named_so(permit: &Permit, model: &Model) -> bool {
    permit.require(model, &model.rec_name).is_ok_and(|field| field.untrusted)
}
