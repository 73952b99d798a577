//! A form that was sent and could not be taken: what was typed, and what is wrong with it, beside its field.

use std::sync::Arc;

use leptos::prelude::use_context;

/// What came of a form; empty where none was sent.
#[derive(Clone, Debug, Default)]
pub struct Attempt(Option<Arc<Sent>>);

/// A form that was sent.
#[derive(Clone, Debug, Default)]
pub struct Sent {
    /// Name of the form, where a page has several: the value of its hidden `form` field.
    pub form: String,
    /// Names and values, in order, as the browser sent them.
    pub fields: Vec<(String, String)>,
    /// What is wrong: field and sentence.
    pub errors: Vec<(String, String)>,
    /// What is wrong with the whole.
    pub problem: Option<String>,
}

impl Attempt {
    /// What came of this form.
    pub fn new(sent: Sent) -> Self {
        Self(Some(Arc::new(sent)))
    }

    /// What came of the form of that name on this page.
    pub fn of(form: &str) -> Self {
        let attempt = use_context::<Self>().unwrap_or_default();
        if attempt.0.as_ref().is_some_and(|sent| sent.form == form) { attempt } else { Self::default() }
    }

    /// Whether the form was sent.
    pub const fn is_sent(&self) -> bool {
        self.0.is_some()
    }

    /// What was typed into a field, or else what is stored.
    pub fn value(&self, name: &str, stored: &str) -> String {
        match &self.0 {
            None => stored.to_owned(),
            Some(sent) => {
                sent.fields.iter().find(|(n, _)| n == name).map_or_else(String::new, |(_, v)| v.clone())
            }
        }
    }

    /// Whether a box was ticked (or one of several of that name, with this value), or else whether it is stored so.
    pub fn ticked(&self, name: &str, value: &str, stored: bool) -> bool {
        match &self.0 {
            None => stored,
            Some(sent) => sent.fields.iter().any(|(n, v)| n == name && v == value),
        }
    }

    /// What is wrong with a field.
    pub fn error(&self, name: &str) -> Option<String> {
        self.0.as_ref()?.errors.iter().find(|(n, _)| n == name).map(|(_, error)| error.clone())
    }

    /// What is wrong with the whole.
    pub fn problem(&self) -> Option<String> {
        self.0.as_ref()?.problem.clone()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_typed_wins_over_what_is_stored() {
        let none = Attempt::default();
        assert_eq!(none.value("name", "old"), "old");
        assert!(none.ticked("active", "on", true) && none.error("name").is_none());
        let sent = Attempt::new(Sent {
            fields: vec![("name".into(), "new".into()), ("group".into(), "2".into())],
            errors: vec![("name".into(), "is taken".into())],
            ..Sent::default()
        });
        assert_eq!(sent.value("name", "old"), "new");
        assert_eq!(sent.value("login", "old"), "", "an empty field is sent as nothing or empty");
        assert!(sent.ticked("group", "2", false) && !sent.ticked("active", "on", true));
        assert_eq!(sent.error("name").as_deref(), Some("is taken"));
    }
}
