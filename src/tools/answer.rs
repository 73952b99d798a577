//! What a tool gives back: structured content, and a short text beside it.

use serde::Serialize;
use serde_json::value::RawValue;

use crate::audit::Outcome;

/// What a tool found.
#[derive(Debug)]
pub struct Output {
    /// The answer as JSON, written once.
    pub structured: Box<RawValue>,
    /// What a person would say of it in a sentence or two; the data is not repeated.
    pub text: String,
    /// Records, groups or the like that it holds, for the log.
    pub rows: Option<u32>,
    /// How its entry of the log, which was written with it, says that it ended; `None` where the entry is still to be
    /// written.
    pub logged: Option<Outcome>,
    /// Bytes of the file that was made, where one was, for the log: they count instead of the answer's own.
    pub moved: Option<u64>,
}

impl Output {
    /// Writes `reply` as the structured content.
    pub fn new(reply: &impl Serialize, text: String, rows: Option<u32>) -> Result<Self, serde_json::Error> {
        Ok(Self {
            structured: serde_json::value::to_raw_value(reply)?,
            text,
            rows,
            logged: None,
            moved: None,
        })
    }
}

/// What `tools/call` answers.
#[derive(Debug)]
pub struct Answer {
    /// Present unless it is an error.
    pub structured: Option<Box<RawValue>>,
    /// Text for model and person.
    pub text: String,
    /// The model can read the text and do better.
    pub is_error: bool,
}
