//! Fixtures that need more than one round: they require input of the client, and keep no state but what they
//! hand out under a seal (SEP-2322).

use axanta_mcp::mcp::envelope::{Request, text};
use axanta_mcp::mcp::error::Refusal;
use serde_json::{Map, Value, json};
use sha2::{Digest, Sha256};

use crate::content::said;

/// Vouches for state that comes back.
pub struct Seal([u8; 32]);

impl Seal {
    /// With a key that nobody knows.
    pub fn new() -> Result<Self, getrandom::Error> {
        let mut key = [0; 32];
        getrandom::fill(&mut key)?;
        Ok(Self(key))
    }

    fn close(&self, state: &str) -> String {
        // Key before and after, so that the digest can't be carried on from.
        let digest = Sha256::new().chain_update(self.0).chain_update(state).chain_update(self.0).finalize();
        format!("{state}.{digest:x}")
    }

    fn open<'s>(&self, sealed: &'s str) -> Result<&'s str, Refusal> {
        let state = sealed.rsplit_once('.').map_or("", |(state, _)| state);
        if self.close(state) == sealed {
            Ok(state)
        } else {
            Err(Refusal::InvalidParams("requestState is not what this server handed out".to_owned()))
        }
    }
}

/// A tool's round; `None` if it is no tool of this kind.
pub fn tool(seal: &Seal, name: &str, request: &Request<'_>) -> Option<Result<Value, Refusal>> {
    let given = Given::read(request);
    Some(match name {
        "test_missing_capability" if given.can("sampling") => Ok(said("sampling is declared")),
        "test_missing_capability" => Err(Refusal::MissingCapability(json!({"sampling": {}}))),
        "test_streaming_elicitation" | "test_input_required_result_elicitation" => {
            Ok(match given.content("user_name", "name") {
                Some(name) => said(&format!("Hello, {name}!")),
                None => require(&json!({"user_name": ask("What is your name?", "name", "string")}), None),
            })
        }
        "test_input_required_result_sampling" => Ok(match given.response("capital_question") {
            Some(answer) => said(&format!("The client's model said: {}", answer["content"])),
            None => {
                require(&json!({"capital_question": sample("What is the capital of France?", 100)}), None)
            }
        }),
        "test_input_required_result_list_roots" => Ok(match given.response("client_roots") {
            Some(answer) => said(&format!("The client's roots: {}", answer["roots"])),
            None => require(&json!({"client_roots": {"method": "roots/list", "params": {}}}), None),
        }),
        "test_input_required_result_capabilities" => Ok(within_capabilities(&given)),
        "test_input_required_result_request_state" | "test_input_required_result_tampered_state" => {
            confirm(seal, &given)
        }
        "test_input_required_result_multiple_inputs" => multiple(seal, &given),
        "test_input_required_result_multi_round" => multi_round(seal, &given),
        _ => return None,
    })
}

/// A prompt's round; `None` if it is no prompt of this kind.
pub fn prompt(name: &str, request: &Request<'_>) -> Option<Result<Value, Refusal>> {
    if name != "test_input_required_result_prompt" {
        return None;
    }
    let given = Given::read(request);
    let Some(context) = given.content("user_context", "context") else {
        let question = ask("What context should the prompt use?", "context", "string");
        return Some(Ok(require(&json!({"user_context": question}), None)));
    };
    Some(Ok(json!({"messages": [
        {"role": "user", "content": {"type": "text", "text": format!("In this context: {context}")}}
    ]})))
}

fn confirm(seal: &Seal, given: &Given) -> Result<Value, Refusal> {
    if let Some(state) = &given.state {
        seal.open(state)?;
        if given.response("confirm").is_some() {
            return Ok(said("state-ok"));
        }
    }
    Ok(require(&json!({"confirm": ask("Please confirm", "ok", "boolean")}), Some(seal.close("confirm"))))
}

fn multiple(seal: &Seal, given: &Given) -> Result<Value, Refusal> {
    if let Some(state) = &given.state {
        seal.open(state)?;
        if ["user_name", "greeting", "client_roots"].iter().all(|key| given.response(key).is_some()) {
            return Ok(said("All inputs have come"));
        }
    }
    let questions = json!({
        "user_name": ask("What is your name?", "name", "string"),
        "greeting": sample("Generate a greeting", 50),
        "client_roots": {"method": "roots/list", "params": {}}
    });
    Ok(require(&questions, Some(seal.close("multiple"))))
}

fn multi_round(seal: &Seal, given: &Given) -> Result<Value, Refusal> {
    let state = given.state.as_deref().map(|state| seal.open(state)).transpose()?;
    Ok(match (state, given.content("step1", "name"), given.content("step2", "color")) {
        (Some(state), _, Some(color)) if state.starts_with("named ") => {
            said(&format!("{state} likes {color}"))
        }
        (Some("begun"), Some(name), _) => {
            let question = ask("Step 2: What is your favorite color?", "color", "string");
            require(&json!({"step2": question}), Some(seal.close(&format!("named {name}"))))
        }
        _ => {
            let question = ask("Step 1: What is your name?", "name", "string");
            require(&json!({"step1": question}), Some(seal.close("begun")))
        }
    })
}

fn within_capabilities(given: &Given) -> Value {
    let mut questions = Map::new();
    if given.can("sampling") {
        questions.insert("sampled".to_owned(), sample("Say something", 50));
    }
    if given.can("elicitation") {
        questions.insert("asked".to_owned(), ask("Say something", "text", "string"));
    }
    if questions.keys().all(|key| given.response(key).is_some()) {
        return said("Nothing more is needed");
    }
    require(&Value::Object(questions), None)
}

fn require(questions: &Value, state: Option<String>) -> Value {
    let mut result = Map::new();
    result.insert("resultType".to_owned(), "input_required".into());
    result.insert("inputRequests".to_owned(), questions.clone());
    result.extend(state.map(|state| ("requestState".to_owned(), state.into())));
    Value::Object(result)
}

fn ask(message: &str, field: &str, kind: &str) -> Value {
    json!({"method": "elicitation/create", "params": {"message": message, "requestedSchema": {
        "type": "object", "properties": {field: {"type": kind}}, "required": [field]
    }}})
}

fn sample(question: &str, most: u32) -> Value {
    json!({"method": "sampling/createMessage", "params": {
        "messages": [{"role": "user", "content": {"type": "text", "text": question}}], "maxTokens": most
    }})
}

/// What a client sent back.
struct Given {
    responses: Value,
    state: Option<String>,
    capabilities: Value,
}

impl Given {
    fn read(request: &Request<'_>) -> Self {
        let params = &request.params;
        let parsed = |raw: Option<&serde_json::value::RawValue>| {
            raw.and_then(|raw| serde_json::from_str(raw.get()).ok()).unwrap_or_default()
        };
        Self {
            responses: parsed(params.input_responses),
            state: params.request_state.and_then(text).map(std::borrow::Cow::into_owned),
            capabilities: parsed(params.meta.as_ref().and_then(|meta| meta.client_capabilities)),
        }
    }

    fn response(&self, key: &str) -> Option<&Value> {
        self.responses.get(key).filter(|response| response.is_object())
    }

    /// A field of what the user entered.
    fn content(&self, key: &str, field: &str) -> Option<&str> {
        self.response(key)?.get("content")?.get(field)?.as_str()
    }

    fn can(&self, capability: &str) -> bool {
        self.capabilities.get(capability).is_some_and(Value::is_object)
    }
}
