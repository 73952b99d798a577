//! A door for what is served besides the product's own: the fixtures of the protocol's conformance suite go
//! through the same endpoint, sessions, gates and envelope. The product itself never opens it.

use async_trait::async_trait;
use rmcp::model::{Prompt, Resource, ResourceTemplate, Tool};
use serde_json::Value;

use super::envelope::Request;
use super::era::Version;
use super::error::Refusal;
use super::stream::Notifier;

/// Tools, resources and prompts from outside the product.
#[async_trait]
pub trait Extra: Send + Sync {
    /// Listed after the product's.
    fn tools(&self) -> &[Tool];

    /// Listed after the product's.
    fn resources(&self) -> &[Resource];

    /// Listed after the product's.
    fn resource_templates(&self) -> &[ResourceTemplate];

    /// Listed after the product's.
    fn prompts(&self) -> &[Prompt];

    /// Answers a request about one of them with a result; `None` where it is about none.
    async fn answer(
        &self,
        request: &Request<'_>,
        version: Version,
        notifier: &Notifier,
    ) -> Option<Result<Value, Refusal>>;
}
