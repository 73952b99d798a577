//! `completion/complete`: names of models and fields, of those alone that the principal may read.

use std::sync::Arc;

use rmcp::model::{ArgumentInfo, CompleteResult, CompletionContext, CompletionInfo, Reference};
use serde::de::DeserializeOwned;
use serde_json::value::RawValue;

use super::ask::Ask;
use super::error::Refusal;
use super::prompts::shipped_named;
use super::reply::Reply;
use super::resources::{MODEL_TEMPLATE, RECORD_TEMPLATE};
use crate::erp::ErpError;
use crate::model::{Model, Operation};
use crate::policy::Verdict;

const PERIODS: [&str; 6] =
    ["this month", "last month", "this quarter", "last quarter", "this year", "last year"];

/// Values that fit what was typed so far.
pub async fn complete(ask: &Ask<'_>) -> Result<Reply, Refusal> {
    let params = &ask.request.params;
    let reference: Reference = read(params.reference, "ref")?;
    let argument: ArgumentInfo = read(params.argument, "argument")?;
    let context: CompletionContext = match params.context {
        Some(raw) => read(Some(raw), "context")?,
        None => CompletionContext::default(),
    };
    let chosen = |name: &str| context.arguments.as_ref().and_then(|all| all.get(name)).cloned();

    let known = match (&reference, argument.name.as_str()) {
        (Reference::Resource(template), "model")
            if [MODEL_TEMPLATE, RECORD_TEMPLATE].contains(&template.uri.as_str()) =>
        {
            models(ask).await?
        }
        (Reference::Prompt(_), "model") => models(ask).await?,
        (Reference::Prompt(_), "field" | "fields") => fields(ask, chosen("model").as_deref()).await?,
        (Reference::Prompt(prompt), "group_by") => {
            let subject = shipped_named(&prompt.name).map(|shipped| shipped.subject);
            let of_subject = subject.and_then(|s| ask.context.controls.settings.reporting_models.get(s));
            fields(ask, chosen("model").as_ref().or(of_subject).map(String::as_str)).await?
        }
        (Reference::Prompt(_), "period") => PERIODS.map(str::to_owned).to_vec(),
        _ => Vec::new(),
    };
    let mut result = CompleteResult::new(fitting(known, &argument.value));
    result.result_type = ask.result_type();
    result.meta = ask.meta();
    Ok(ask.reply(&result))
}

fn read<T: DeserializeOwned>(raw: Option<&RawValue>, what: &str) -> Result<T, Refusal> {
    raw.and_then(|raw| serde_json::from_str(raw.get()).ok()).ok_or_else(|| {
        Refusal::InvalidParams(format!(
            r#"completion/complete needs params.{what}; for example {{"ref":{{"type":"ref/resource","uri":"{MODEL_TEMPLATE}"}},"argument":{{"name":"model","value":"sale"}}}}"#
        ))
    })
}

async fn models(ask: &Ask<'_>) -> Result<Vec<String>, Refusal> {
    let mut names = Vec::new();
    for name in ask.context.controls.rules.models_allowing(Operation::Read) {
        if readable(ask, name).await?.is_some() {
            names.push(name.to_owned());
        }
    }
    Ok(names)
}

async fn fields(ask: &Ask<'_>, model: Option<&str>) -> Result<Vec<String>, Refusal> {
    let Some(model) = model else { return Ok(Vec::new()) };
    let model = readable(ask, model).await?;
    let rules = &ask.context.controls.rules;
    Ok(model.iter().flat_map(|model| rules.fields(model)).map(|field| field.name.to_string()).collect())
}

/// The model, if policy and the user's rights let it be read.
async fn readable(ask: &Ask<'_>, name: &str) -> Result<Option<Arc<Model>>, Refusal> {
    if !ask.context.controls.rules.allows(name, Operation::Read) {
        return Ok(None);
    }
    let erp = &ask.context.services.erp;
    let who = ask.context.caller(None, None).map_err(|c| Refusal::InvalidParams(c.to_string()))?;
    let judged = async {
        let model = erp.model(name).await?;
        let steps = erp.judge(&who, &model, Operation::Read).await?;
        Ok((model, steps))
    };
    match judged.await {
        Ok((model, steps)) => Ok(steps.iter().all(|s| s.verdict != Verdict::Failed).then_some(model)),
        Err(ErpError::UnknownModel(_)) => Ok(None),
        Err(error) => Err(Refusal::Unavailable(error.to_string())),
    }
}

/// Those that begin with what was typed, then those that contain it; at most as many as the protocol allows.
fn fitting(known: Vec<String>, typed: &str) -> CompletionInfo {
    let typed = typed.to_lowercase();
    let (mut first, rest): (Vec<String>, Vec<String>) =
        known.into_iter().partition(|name| name.starts_with(&typed));
    first.extend(rest.into_iter().filter(|name| name.contains(&typed)));
    let mut info = CompletionInfo::default();
    info.total = u32::try_from(first.len()).ok();
    info.has_more = Some(first.len() > CompletionInfo::MAX_VALUES);
    first.truncate(CompletionInfo::MAX_VALUES);
    info.values = first;
    info
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_begins_so_comes_first_and_the_rest_is_counted() {
        let known = ["report.sale", "sale.order", "res.partner"].map(str::to_owned).to_vec();
        assert_eq!(fitting(known, "Sale").values, ["sale.order", "report.sale"]);
        let many = fitting((0..150).map(|n| n.to_string()).collect(), "");
        assert_eq!((many.values.len(), many.total, many.has_more), (100, Some(150), Some(true)));
    }
}
