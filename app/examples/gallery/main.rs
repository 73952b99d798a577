//! Every part of the console in every state, as HTML files to look at: `cargo run -p axanta-app --example gallery`.
//! Written beside the style sheet and the modules, so that a browser opens them as they are.

mod lists;
mod parts;
mod records;

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::{env, fs, io};

use app::form::{Attempt, Sent};
use app::frame::{Assets, Frame, Modules, Notice, Person, Rights, Theme, Tone};
use leptos::prelude::*;

/// Friday, 14 November 2025, 10:32:07 UTC.
pub const NOW: i64 = 1_763_116_327_000;

fn main() -> io::Result<()> {
    let to = env::args().nth(1).map_or_else(|| PathBuf::from("target/gallery"), PathBuf::from);
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    copy(&root.join("public"), &to)?;
    fs::write(to.join("console.css"), style(&root.join("style"))?)?;
    for theme in [Theme::Light, Theme::Dark] {
        for (name, html) in pages(theme) {
            fs::write(to.join(format!("{name}-{}.html", theme.name())), html)?;
        }
    }
    println!("{}", to.display());
    Ok(())
}

fn pages(theme: Theme) -> Vec<(&'static str, String)> {
    let wrong = Attempt::new(Sent {
        form: "user".into(),
        fields: vec![
            ("name".into(), String::new()),
            ("login".into(), "sally".into()),
            ("lang".into(), "de_DE".into()),
        ],
        errors: vec![
            ("name".into(), "Name can't be empty.".into()),
            ("login".into(), "Another user has the login sally. Logins are unique.".into()),
        ],
        problem: Some("Not saved: 2 fields need another look.".into()),
    });
    let none = Attempt::default();
    vec![
        ("settings", page(theme, "/settings/mcp", none.clone(), || records::settings().into_any())),
        ("user", page(theme, "/settings/users/7", none.clone(), || records::user().into_any())),
        ("user-wrong", page(theme, "/settings/users/7", wrong, || records::user().into_any())),
        ("keys", page(theme, "/settings/users/7", none.clone(), || records::keys().into_any())),
        ("secret", page(theme, "/settings/users/7", none.clone(), || records::secret().into_any())),
        ("users", page(theme, "/settings/users", none.clone(), || lists::users().into_any())),
        ("logs", page(theme, "/technical/mcp/logs", none.clone(), || lists::logs().into_any())),
        ("policies", page(theme, "/technical/mcp/policies", none.clone(), || lists::policies().into_any())),
        ("empty", page(theme, "/technical/mcp/sessions", none.clone(), || lists::empty().into_any())),
        ("apps", page(theme, "/apps", none.clone(), || parts::apps().into_any())),
        ("parts", page(theme, "/parts", none.clone(), || parts::parts().into_any())),
        ("refusal", page(theme, "/settings/groups", none.clone(), || parts::refusals().into_any())),
        ("home", console(theme, "/", true)),
        ("login", console(theme, "/login", false)),
    ]
}

/// A page of the gallery's own.
fn page(theme: Theme, path: &str, attempt: Attempt, show: fn() -> AnyView) -> String {
    let frame = frame(theme, path, true);
    Owner::new().with(move || {
        provide_context(frame);
        provide_context(attempt);
        leptos_meta::provide_meta_context();
        view! { <app::components::Document>{show()}</app::components::Document> }.to_html()
    })
}

/// A page of the console itself, by its address.
fn console(theme: Theme, path: &str, signed_in: bool) -> String {
    let (frame, path) = (frame(theme, path, signed_in), path.to_owned());
    Owner::new().with(move || {
        provide_context(frame);
        provide_context(leptos_router::location::RequestUrl::new(&path));
        view! { <app::Console/> }.to_html()
    })
}

fn frame(theme: Theme, path: &str, signed_in: bool) -> Frame {
    let person = Person {
        id: 2,
        login: "admin".into(),
        name: "Mitchell Admin".into(),
        lang: "en_GB".into(),
        tz: chrono_tz::Tz::Europe__Amsterdam,
        rights: Rights { settings_administrator: true, mcp_administrator: true, mcp_user: true },
    };
    let notice = |tone, text: &str| Notice { tone, text: text.into() };
    let notices = if path == "/parts" {
        vec![
            notice(Tone::Good, "Saved."),
            notice(Tone::Info, "Reconnect the client so it receives fresh instructions."),
            notice(Tone::Warning, "The key Codex laptop expires in 3 days."),
            notice(Tone::Bad, "Not saved: somebody else changed this user in the meantime."),
        ]
    } else {
        Vec::new()
    };
    Frame {
        person: signed_in.then(|| Arc::new(person)),
        notices: notices.into(),
        path: path.into(),
        now: NOW,
        theme,
        assets: Arc::new(Assets {
            style: "console.css".into(),
            script: "console.js".into(),
            icon: "icon.svg".into(),
            font: "fonts/inter-latin.woff2".into(),
        }),
        modules: Modules { mcp_server: true, mcp_server_oauth: true },
        waiting: 0,
        status: app::frame::Status::default(),
    }
}

fn style(from: &Path) -> io::Result<String> {
    let mut parts: Vec<PathBuf> =
        fs::read_dir(from)?.map(|entry| Ok(entry?.path())).collect::<io::Result<_>>()?;
    parts.sort();
    parts.iter().map(fs::read_to_string).collect()
}

fn copy(from: &Path, to: &Path) -> io::Result<()> {
    fs::create_dir_all(to)?;
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        if entry.file_type()?.is_dir() {
            copy(&entry.path(), &to.join(entry.file_name()))?;
        } else {
            fs::copy(entry.path(), to.join(entry.file_name()))?;
        }
    }
    Ok(())
}
