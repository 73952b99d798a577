//! Times and numbers, in the reader's zone and language.

use chrono::{DateTime, TimeDelta, Utc};
use leptos::prelude::*;

use super::locale;
use crate::frame::Frame;

/// How long ago (or ahead) it is, with the exact time on hover.
#[component]
pub fn Ago(
    /// Epoch milliseconds; `None` shows `never`.
    #[prop(into)]
    at: Option<i64>,
    /// What is said where there is no time.
    #[prop(default = "Never")]
    never: &'static str,
) -> impl IntoView {
    let Some(at) = at else { return view! { <span class="muted">{never}</span> }.into_any() };
    let frame = Frame::here();
    let text = distance(TimeDelta::milliseconds(at - frame.now));
    view! { <time datetime=iso(at) title=exact(&frame, at)>{text}</time> }.into_any()
}

/// A time to the second, in the reader's zone.
#[component]
pub fn Instant(
    /// Epoch milliseconds.
    at: i64,
) -> impl IntoView {
    let frame = Frame::here();
    view! { <time datetime=iso(at)>{exact(&frame, at)}</time> }
}

/// A day, in the reader's zone, with the exact time on hover.
#[component]
pub fn Day(
    /// Epoch milliseconds; `None` shows `never`.
    #[prop(into)]
    at: Option<i64>,
    /// What is said where there is no day.
    #[prop(default = "Never")]
    never: &'static str,
) -> impl IntoView {
    let Some(at) = at else { return view! { <span class="muted">{never}</span> }.into_any() };
    let frame = Frame::here();
    let day = locale::of(frame.lang()).day(&moment(at).with_timezone(&frame.tz()));
    view! { <time datetime=iso(at) title=exact(&frame, at)>{day}</time> }.into_any()
}

/// A number, with the separators of the reader's language.
#[component]
pub fn Number(
    /// The number.
    value: i64,
    /// How many of its last digits stand after the point.
    #[prop(optional)]
    places: usize,
) -> impl IntoView {
    view! { <span class="number">{locale::of(Frame::here().lang()).decimal(value, places)}</span> }
}

/// A whole number within a sentence, with the separators of the reader's language.
pub fn whole(value: i64) -> String {
    locale::of(Frame::here().lang()).whole(value)
}

fn moment(at: i64) -> DateTime<Utc> {
    DateTime::from_timestamp_millis(at).unwrap_or_default()
}

fn iso(at: i64) -> String {
    moment(at).to_rfc3339_opts(chrono::SecondsFormat::Millis, true)
}

/// The zone stands behind it, since people in several share one log.
fn exact(frame: &Frame, at: i64) -> String {
    let at = moment(at).with_timezone(&frame.tz());
    format!("{} {}", locale::of(frame.lang()).moment(&at), at.format("%Z"))
}

/// In words: `3 minutes ago`, `in 2 days`, `just now`.
fn distance(delta: TimeDelta) -> String {
    let seconds = delta.num_seconds();
    let (size, ahead) = (seconds.unsigned_abs(), seconds > 0);
    let (count, unit) = match size {
        0..45 => return if ahead { "in a moment".into() } else { "just now".into() },
        45..5_400 => ((size + 30) / 60, "minute"),
        5_400..129_600 => ((size + 1_800) / 3_600, "hour"),
        129_600..5_184_000 => ((size + 43_200) / 86_400, "day"),
        5_184_000..63_072_000 => (size / 2_629_800, "month"),
        _ => (size / 31_557_600, "year"),
    };
    let plural = if count == 1 { "" } else { "s" };
    if ahead { format!("in {count} {unit}{plural}") } else { format!("{count} {unit}{plural} ago") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_distance_is_said_as_people_do() {
        for (seconds, text) in [
            (0, "just now"),
            (-44, "just now"),
            (-60, "1 minute ago"),
            (-180, "3 minutes ago"),
            (-7_200, "2 hours ago"),
            (172_800, "in 2 days"),
            (-70_000_000, "2 years ago"),
        ] {
            assert_eq!(distance(TimeDelta::seconds(seconds)), text, "{seconds}");
        }
    }
}
