//! How a tool answers with a file: its address, and a link for those who can't read resources. Never the file itself.

use chrono::{DateTime, SecondsFormat};
use serde::Serialize;
use serde_json::{Value, json};

use super::{Context, Output, ToolError};
use crate::files::{Link, Owner, Stored};

#[derive(Serialize)]
struct Reply<'a> {
    uri: String,
    name: &'a str,
    mime_type: &'a str,
    size: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    rows: Option<u32>,
    download_url: &'a str,
    expires_at: String,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    notes: Vec<String>,
}

/// The schema of [`reply`].
pub(super) fn output() -> Value {
    json!({
        "type": "object",
        "properties": {
            "uri": {"type": "string", "description": "Address for resources/read"},
            "name": {"type": "string"},
            "mime_type": {"type": "string"},
            "size": {"type": "integer", "description": "Bytes"},
            "rows": {"type": "integer", "description": "Records in it"},
            "download_url": {
                "type": "string",
                "description": "Link for the user, to open in a browser; whoever has it can fetch the file until it expires"
            },
            "expires_at": {"type": "string", "description": "When the link expires, UTC"},
            "notes": {"type": "array", "items": {"type": "string"}, "description": "What was limited, and how to read the file"}
        },
        "required": ["uri", "name", "mime_type", "size", "download_url", "expires_at"]
    })
}

/// Answers a file that was just finished, with a link to it. `what` says what it holds: `120 records of sale.order`.
pub(super) async fn reply(
    context: &Context,
    file: &Stored,
    what: &str,
    notes: Vec<String>,
) -> Result<Output, ToolError> {
    let link = context.services.files.link(&Owner::of(&context.principal), file).await?;
    let expires_at = written(link.expires_at);
    let mut text = format!("{} holds {what} ({} bytes). {}", file.name, file.size, said(&link));
    for note in &notes {
        text.push(' ');
        text.push_str(note);
    }
    let reply = Reply {
        uri: file.uri(),
        name: &file.name,
        mime_type: &file.mime_type,
        size: file.size,
        rows: file.rows,
        download_url: &link.url,
        expires_at,
        notes,
    };
    Ok(Output { moved: Some(file.size), ..Output::new(&reply, text, file.rows)? })
}

/// A link in a sentence.
pub(super) fn said(link: &Link) -> String {
    format!(
        "Give the user this link to fetch it, and nobody else: whoever has it can fetch the file until {}: {}",
        written(link.expires_at),
        link.url
    )
}

fn written(millis: i64) -> String {
    DateTime::from_timestamp_millis(millis).unwrap_or_default().to_rfc3339_opts(SecondsFormat::Secs, true)
}
