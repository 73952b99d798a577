//! `tools/list` and `tools/call`.

use rmcp::model::ListToolsResult;

use super::ask::{Ask, SERVER_META_JSON};
use super::envelope::{is_object, text};
use super::era::Version;
use super::error::Refusal;
use super::reply::{Reply, quoted};
use crate::identity::{Principal, scopes};
use crate::model::Operation;
use crate::policy::Scope;
use crate::tools::{self, Answer, UnknownTool};

/// The tools this principal is shown, in the order of the product.
pub fn list(ask: &Ask<'_>) -> Result<Reply, Refusal> {
    ask.must_be_first_page()?;
    let mut tools: Vec<_> = tools::listed(ask.context).map(|tool| tool.definition().clone()).collect();
    tools.extend(ask.extra.iter().flat_map(|extra| extra.tools()).cloned());
    Ok(ask.reply(&ListToolsResult {
        result_type: ask.result_type(),
        meta: ask.meta(),
        next_cursor: None,
        ttl_ms: ask.ttl(),
        cache_scope: ask.cache_scope(),
        tools,
    }))
}

/// Runs a tool. What the model can mend is a result with `isError`; an unknown tool is not.
pub async fn call(ask: &Ask<'_>) -> Result<Reply, Refusal> {
    let params = &ask.request.params;
    let Some(name) = params.name.and_then(text) else {
        return Err(Refusal::InvalidParams("tools/call needs params.name, a string".to_owned()));
    };
    if params.arguments.is_some_and(|arguments| !is_object(arguments)) {
        return Err(Refusal::InvalidParams("params.arguments must be an object".to_owned()));
    }
    if let Some((tool, operation)) = tools::operation(&name)
        && let Some(message) = beyond(&ask.context.principal, operation)
    {
        return Err(Refusal::InsufficientScope {
            tool,
            message,
            metadata: ask.addresses.resource_metadata(),
        });
    }
    let answer = tools::call(ask.context, &name, params.arguments).await??;
    Ok(write(ask, &answer))
}

/// What to tell a connection that lacks a scope which its client and key would let it have: to ask for it. Whoever has
/// no more to gain gets the tool's own answer, with the gate that is shut.
fn beyond(principal: &Principal, operation: Operation) -> Option<String> {
    let lacks = !principal.scope().covers(operation) && principal.could_be_given(Scope::Write);
    lacks.then(|| {
        format!("{operation} needs the scope {}, which this connection was not given; connect again and approve it", scopes::WRITE)
    })
}

/// Structured content is written as it is; the text beside it does not repeat it, but where the revision knows no
/// structured content it has to stand in for it.
fn write(ask: &Ask<'_>, answer: &Answer) -> Reply {
    let structured = answer.structured.as_deref();
    let size = structured.map_or(0, |s| s.get().len()) + answer.text.len() + 512;
    Reply::result(ask.request.id, size, |out| {
        out.push(b'{');
        if ask.is_modern() {
            out.extend_from_slice(br#""resultType":"complete","#);
        }
        out.extend_from_slice(br#""content":[{"type":"text","text":"#);
        quoted(out, &answer.text);
        out.push(b'}');
        match structured {
            Some(structured) if ask.version < Version::V2025_06_18 => {
                out.extend_from_slice(br#",{"type":"text","text":"#);
                quoted(out, structured.get());
                out.extend_from_slice(b"}]");
            }
            Some(structured) => {
                out.extend_from_slice(br#"],"structuredContent":"#);
                out.extend_from_slice(structured.get().as_bytes());
            }
            None => out.push(b']'),
        }
        out.extend_from_slice(if answer.is_error { br#","isError":true"# } else { br#","isError":false"# });
        if ask.is_modern() {
            out.extend_from_slice(br#","_meta":"#);
            out.extend_from_slice(SERVER_META_JSON.as_bytes());
        }
        out.push(b'}');
    })
}

impl From<UnknownTool> for Refusal {
    fn from(unknown: UnknownTool) -> Self {
        Self::InvalidParams(unknown.to_string())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::identity::connection::{Connection, Standing};
    use crate::identity::{KeyFacts, User};

    fn principal(key: Scope, connection: Option<(Scope, Scope)>) -> Principal {
        Principal {
            user: User {
                id: 1,
                login: "demo".into(),
                name: "Demo".into(),
                lang: "en_US".into(),
                tz: chrono_tz::UTC,
                companies: Vec::new(),
                groups: [].into(),
                active: true,
            },
            key: KeyFacts {
                id: "k".into(),
                name: "k".into(),
                scope: key,
                rate_limit: None,
                expires_at: None,
                revoked: false,
            },
            connection: connection.map(|(scope, most)| Connection {
                grant_id: "g".into(),
                client: "Claude".into(),
                scope,
                most,
                expires_at: i64::MAX,
                standing: Standing::Good,
            }),
        }
    }

    #[test]
    fn only_who_could_be_given_more_is_told_to_ask_for_it() {
        use Scope::{Read, Write};
        for (key, connection, told) in [
            (Write, Some((Read, Write)), true),
            (Read, Some((Read, Write)), false),
            (Write, Some((Read, Read)), false),
            (Write, Some((Write, Write)), false),
            (Read, None, false),
            (Write, None, false),
        ] {
            let who = principal(key, connection);
            assert_eq!(beyond(&who, Operation::Create).is_some(), told, "{key} {connection:?}");
            assert_eq!(beyond(&who, Operation::Read), None, "{key} {connection:?}");
        }
    }

    #[test]
    fn the_answer_says_which_scopes_and_where() {
        let refusal = Refusal::InsufficientScope {
            tool: "create_records",
            message: "no".into(),
            metadata: "https://x/m".into(),
        };
        assert_eq!(refusal.status(false), 403);
        let (_, challenge) = refusal.header().unwrap();
        assert_eq!(
            challenge,
            r#"Bearer resource_metadata="https://x/m", scope="mcp:read mcp:write offline_access", error="insufficient_scope", error_description="no""#
        );
    }
}
