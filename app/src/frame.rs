//! What every page is framed by: who is signed in, what may be opened, what is to be said, and the way back.

use std::sync::Arc;
use std::sync::atomic::{AtomicU16, Ordering};

use chrono_tz::Tz;
use leptos::prelude::expect_context;
use url::form_urlencoded;

/// One request's frame; every component can ask for it.
#[derive(Clone, Debug)]
pub struct Frame {
    /// Who is signed in; `None` on the pages before that.
    pub person: Option<Arc<Person>>,
    /// What was done by the request before this one.
    pub notices: Arc<[Notice]>,
    /// Path and query of the page that is shown.
    pub path: Arc<str>,
    /// Epoch milliseconds at which it is rendered.
    pub now: i64,
    /// Look that was chosen.
    pub theme: Theme,
    /// Addresses of what the page needs.
    pub assets: Arc<Assets>,
    /// Modules that are installed.
    pub modules: Modules,
    /// Changes that wait for approval; 0 for those who may not decide them.
    pub waiting: i64,
    /// Status that the page is answered with.
    pub status: Status,
}

impl Frame {
    /// The frame of the page that is being rendered.
    pub fn here() -> Self {
        expect_context()
    }

    /// What the person may open; nothing if nobody is signed in.
    pub fn rights(&self) -> Rights {
        self.person.as_ref().map(|person| person.rights).unwrap_or_default()
    }

    /// Path without its query.
    pub fn bare_path(&self) -> &str {
        self.path.split('?').next().unwrap_or_default()
    }

    /// A parameter of the address, decoded once: the router's own map decodes what is decoded already.
    pub fn parameter(&self, name: &str) -> Option<String> {
        let (_, query) = self.path.split_once('?')?;
        form_urlencoded::parse(query.as_bytes()).find(|(n, _)| n == name).map(|(_, value)| value.into_owned())
    }

    /// Time zone of the person; UTC before the sign-in.
    pub fn tz(&self) -> Tz {
        self.person.as_ref().map_or(Tz::UTC, |person| person.tz)
    }

    /// Language of the person, as `en_US`.
    pub fn lang(&self) -> &str {
        self.person.as_ref().map_or("en_US", |person| &person.lang)
    }
}

/// Who is signed in.
#[derive(Clone, Debug)]
pub struct Person {
    /// Id in `res.users`.
    pub id: i64,
    /// Sign-in name.
    pub login: String,
    /// Full name.
    pub name: String,
    /// Language, as `en_US`.
    pub lang: String,
    /// Time zone.
    pub tz: Tz,
    /// What may be opened.
    pub rights: Rights,
}

/// What a person may open, as the menu sees it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Rights {
    /// Settings / Administrator: users, groups, modules.
    pub settings_administrator: bool,
    /// MCP Administrator: Settings > MCP Server, policies, clients, logs.
    pub mcp_administrator: bool,
    /// MCP User: may use MCP with a key of their own.
    pub mcp_user: bool,
}

/// Modules that are installed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Modules {
    /// `mcp_server`
    pub mcp_server: bool,
    /// `mcp_server_oauth`
    pub mcp_server_oauth: bool,
}

/// Something to be said once, at the top of the next page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Notice {
    /// How it is meant.
    pub tone: Tone,
    /// The sentence.
    pub text: String,
}

/// How something is meant: its colour and its shape.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Tone {
    /// Neither good nor bad.
    #[default]
    Neutral,
    /// Worth knowing.
    Info,
    /// Done, active, allowed.
    Good,
    /// Needs attention soon.
    Warning,
    /// Failed, denied, revoked.
    Bad,
}

impl Tone {
    /// Its word in class names.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Neutral => "neutral",
            Self::Info => "info",
            Self::Good => "good",
            Self::Warning => "warning",
            Self::Bad => "bad",
        }
    }
}

/// Light or dark.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Theme {
    /// As the reader's system has it.
    #[default]
    System,
    /// Dark on light.
    Light,
    /// Light on dark.
    Dark,
}

impl Theme {
    /// Its word in the cookie and the `data-theme` attribute.
    pub const fn name(self) -> &'static str {
        match self {
            Self::System => "system",
            Self::Light => "light",
            Self::Dark => "dark",
        }
    }
}

/// Addresses of what a page needs besides itself.
#[derive(Clone, Debug, Default)]
pub struct Assets {
    /// The style sheet.
    pub style: String,
    /// The module that adds comfort where JavaScript is on.
    pub script: String,
    /// The icon of the browser's tab.
    pub icon: String,
    /// The font, to be asked for early.
    pub font: String,
}

/// Status of the answer, to be set while the page is rendered.
#[derive(Clone, Debug)]
pub struct Status(Arc<AtomicU16>);

impl Default for Status {
    fn default() -> Self {
        Self(Arc::new(AtomicU16::new(200)))
    }
}

impl Status {
    /// The page is answered with this status.
    pub fn set(&self, status: u16) {
        self.0.store(status, Ordering::Relaxed);
    }

    /// The status so far.
    pub fn get(&self) -> u16 {
        self.0.load(Ordering::Relaxed)
    }
}
