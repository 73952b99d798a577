//! Every method of the protocol that is served, in one table: in which era, whether it counts towards the rate
//! limit, and whether it is logged here or by the tool it runs.

use super::ask::Ask;
use super::error::Refusal;
use super::reply::Reply;
use super::{completion, gate, headers, initialize, prompts, resources, tools};
use crate::audit::{Outcome, Pending};

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

/// Where a method is served.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Eras {
    Legacy,
    Modern,
    Both,
}

const METHODS: [(&str, Eras, Served); 11] = [
    (TOOLS_CALL, Eras::Both, Served::ToolsCall),
    ("initialize", Eras::Legacy, Served::Initialize),
    ("ping", Eras::Legacy, Served::Ping),
    ("server/discover", Eras::Modern, Served::Discover),
    ("tools/list", Eras::Both, Served::ToolsList),
    ("resources/list", Eras::Both, Served::ResourcesList),
    ("resources/templates/list", Eras::Both, Served::ResourceTemplates),
    ("resources/read", Eras::Both, Served::ResourcesRead),
    ("prompts/list", Eras::Both, Served::PromptsList),
    ("prompts/get", Eras::Both, Served::PromptsGet),
    ("completion/complete", Eras::Both, Served::Complete),
];

const TOOLS_CALL: &str = "tools/call";
/// What the log calls all methods together that are not served, where it counts them.
const UNKNOWN: &str = "unknown method";

impl Served {
    /// A method and its name in these words; `None` where the era does not have it.
    fn named(method: &str, modern: bool) -> Option<(&'static str, Self)> {
        let other = if modern { Eras::Legacy } else { Eras::Modern };
        METHODS
            .iter()
            .find(|(name, eras, _)| *name == method && *eras != other)
            .map(|(name, _, served)| (*name, *served))
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
    if let Some((_, Served::ToolsCall)) = served {
        return call(ask).await;
    }
    let audit = &ask.context.services.audit;
    let mut pending = audit.begin(ask.context.entry(method)).await?;
    pending.uncounted(audit, served.map_or(UNKNOWN, |(name, _)| name));
    let answered = match served {
        Some((_, served)) => admitted(ask, served, &mut pending).await,
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

async fn admitted(ask: &Ask<'_>, served: Served, pending: &mut Pending) -> Result<Reply, Refusal> {
    gate::admit(ask, served.counts()).await?;
    if served.counts() {
        pending.counted();
    }
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
        Served::ResourcesList => resources::list(ask).await,
        Served::ResourceTemplates => resources::templates(ask),
        Served::ResourcesRead => resources::read(ask).await,
        Served::PromptsList => prompts::list(ask).await,
        Served::PromptsGet => prompts::get(ask).await,
        Served::Complete => completion::complete(ask).await,
    }
}

/// A tool logs itself, with what it did; only what never became a call is logged here.
async fn call(ask: &Ask<'_>) -> Result<Reply, Refusal> {
    let audit = &ask.context.services.audit;
    if let Err(refusal) = gate::admit(ask, true).await {
        let mut pending = audit.begin(ask.context.entry(TOOLS_CALL)).await?;
        pending.uncounted(audit, TOOLS_CALL);
        pending.finish(|entry| refusal.note(entry));
        return Err(refusal);
    }
    let called = async {
        if let Some(answered) = extra(ask).await {
            return answered;
        }
        let token = ask.request.params.meta.as_ref().and_then(|meta| meta.progress_token);
        ask.notifier.accompany(token, tools::call(ask)).await
    };
    let answered = called.await;
    if let Err(refusal) = &answered {
        let pending = audit.begin(ask.context.entry(TOOLS_CALL)).await?;
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
