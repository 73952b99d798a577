//! Every method of the protocol that is served, in one table: in which era, whether it counts towards the rate
//! limit, and whether it is logged here or by the tool it runs.

use super::ask::Ask;
use super::error::Refusal;
use super::reply::Reply;
use super::{completion, gate, headers, initialize, prompts, resources, tools};
use crate::audit::Outcome;

/// A method that is served.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Served {
    Initialize,
    Discover,
    Ping,
    ToolsList,
    ToolsCall,
    ResourcesList,
    ResourceTemplates,
    ResourcesRead,
    PromptsList,
    PromptsGet,
    Complete,
}

impl Served {
    fn named(method: &str, modern: bool) -> Option<Self> {
        Some(match (method, modern) {
            ("initialize", false) => Self::Initialize,
            ("ping", false) => Self::Ping,
            ("server/discover", true) => Self::Discover,
            ("tools/list", _) => Self::ToolsList,
            ("tools/call", _) => Self::ToolsCall,
            ("resources/list", _) => Self::ResourcesList,
            ("resources/templates/list", _) => Self::ResourceTemplates,
            ("resources/read", _) => Self::ResourcesRead,
            ("prompts/list", _) => Self::PromptsList,
            ("prompts/get", _) => Self::PromptsGet,
            ("completion/complete", _) => Self::Complete,
            _ => return None,
        })
    }

    /// Calls count; a client that only looks what there is does not use up what it has.
    const fn counts(self) -> bool {
        matches!(self, Self::ToolsCall | Self::ResourcesRead | Self::PromptsGet | Self::Complete)
    }
}

/// Admits, answers and logs a request.
pub async fn answer(ask: &Ask<'_>) -> Result<Reply, Refusal> {
    let method = ask.request.method.as_ref();
    let served = Served::named(method, ask.is_modern());
    if served == Some(Served::ToolsCall) {
        return call(ask).await;
    }
    let pending = ask.context.services.audit.begin(ask.context.entry(method)).await?;
    let answered = match served {
        Some(served) => admitted(ask, served).await,
        None => extra(ask).await.unwrap_or_else(|| Err(Refusal::UnknownMethod(method.to_owned()))),
    };
    pending.finish(|entry| match &answered {
        Ok(reply) => {
            entry.outcome = Outcome::Allowed;
            entry.bytes = Some(reply.body.len());
        }
        Err(refusal) => refusal.note(entry),
    });
    answered
}

async fn admitted(ask: &Ask<'_>, served: Served) -> Result<Reply, Refusal> {
    gate::admit(ask, served.counts()).await?;
    if matches!(served, Served::ResourcesRead | Served::PromptsGet | Served::Complete)
        && let Some(answered) = extra(ask).await
    {
        return answered;
    }
    match served {
        Served::Initialize => initialize::initialize(ask).await,
        Served::Discover => Ok(initialize::discover(ask)),
        Served::Ping => Ok(Reply::result(ask.request.id, 2, |out| out.extend_from_slice(b"{}"))),
        Served::ToolsList => tools::list(ask),
        Served::ToolsCall => tools::call(ask).await,
        Served::ResourcesList => resources::list(ask),
        Served::ResourceTemplates => resources::templates(ask),
        Served::ResourcesRead => resources::read(ask).await,
        Served::PromptsList => prompts::list(ask).await,
        Served::PromptsGet => prompts::get(ask).await,
        Served::Complete => completion::complete(ask).await,
    }
}

/// A tool logs itself, with what it did; only what never became a call is logged here.
async fn call(ask: &Ask<'_>) -> Result<Reply, Refusal> {
    let called = async {
        gate::admit(ask, true).await?;
        if let Some(answered) = extra(ask).await {
            return answered;
        }
        let token = ask.request.params.meta.as_ref().and_then(|meta| meta.progress_token);
        ask.notifier.accompany(token, tools::call(ask)).await
    };
    let answered = called.await;
    if let Err(refusal) = &answered {
        let pending = ask.context.services.audit.begin(ask.context.entry("tools/call")).await?;
        pending.finish(|entry| refusal.note(entry));
    }
    answered
}

async fn extra(ask: &Ask<'_>) -> Option<Result<Reply, Refusal>> {
    let extra = ask.extra?;
    if ask.is_modern()
        && let Some(name) = ask.request.params.name.and_then(super::envelope::text)
        && let Some(tool) = extra.tools().iter().find(|tool| tool.name == name)
        && let Err(refusal) =
            headers::check_arguments(ask.headers, &tool.input_schema, ask.request.params.arguments)
    {
        return Some(Err(refusal));
    }
    let answer = extra.answer(ask.request, ask.version, ask.notifier).await?;
    Some(answer.map(|result| ask.complete(result)))
}
