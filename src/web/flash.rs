//! What is to be said once, on the next page.

use app::frame::{Notice, Tone};
use tower_sessions::Session;
use tower_sessions::session::Error;

const KEY: &str = "notices";

/// Says something on the next page of this session.
pub async fn say(session: &Session, tone: Tone, text: impl Into<String>) -> Result<(), Error> {
    let mut notices: Vec<(String, String)> = session.get(KEY).await?.unwrap_or_default();
    notices.push((tone.name().to_owned(), text.into()));
    session.insert(KEY, notices).await
}

/// Takes what was to be said. A session that has nothing to say is left as it is: a change would be written.
pub async fn take_notices(session: &Session) -> Result<Vec<Notice>, Error> {
    let Some(notices) = session.get::<Vec<(String, String)>>(KEY).await? else { return Ok(Vec::new()) };
    session.remove::<Vec<(String, String)>>(KEY).await?;
    Ok(notices.into_iter().map(|(tone, text)| Notice { tone: tone_named(&tone), text }).collect())
}

fn tone_named(name: &str) -> Tone {
    [Tone::Info, Tone::Good, Tone::Warning, Tone::Bad]
        .into_iter()
        .find(|tone| tone.name() == name)
        .unwrap_or_default()
}
