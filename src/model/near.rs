//! Which field was meant by a name that no field has: by what people call the fields, and by spelling.

use super::complaint::{alike, nearest};
use super::field::Field;

/// Spelled so alike that it is a slip of the pen.
const SLIP: f64 = 0.92;
/// Most names that are suggested.
const MOST: usize = 3;

/// The up to three of these fields that `wrong` most likely means, best first; with their labels, where it is by those
/// that they were found. What is only spelled a little alike is named where nothing else is found.
pub fn fields<'a>(wrong: &str, known: impl IntoIterator<Item = &'a Field>) -> Vec<String> {
    let known: Vec<&Field> = known.into_iter().collect();
    let asked = words(wrong);
    let mut found: Vec<(f64, String)> = known
        .iter()
        .filter_map(|field| {
            let spelled = alike(wrong, &field.name);
            let named = likeness(&asked, &words(&field.name));
            let labelled = likeness(&asked, &words(&field.label));
            if spelled >= SLIP || named >= labelled.max(f64::MIN_POSITIVE) {
                return Some((spelled.max(named), field.name.to_string()));
            }
            (labelled > 0.0).then(|| (labelled, format!("{} ({})", field.name, field.label)))
        })
        .collect();
    if found.is_empty() {
        return nearest(wrong, known.iter().map(|field| field.name.as_ref()));
    }
    found.sort_by(|a, b| b.0.total_cmp(&a.0));
    found.into_iter().take(MOST).map(|(_, name)| name).collect()
}

/// How far the words of one are those of the other: 1 where they are the same, 0 where neither has all of the other's.
fn likeness(asked: &[String], known: &[String]) -> f64 {
    let (fewer, more) = if asked.len() <= known.len() { (asked, known) } else { (known, asked) };
    if fewer.is_empty() || !fewer.iter().all(|word| more.contains(word)) {
        return 0.0;
    }
    let share = |n: usize| u32::try_from(n).map_or(1.0, f64::from);
    share(fewer.len()) / share(more.len())
}

/// The words of a name or label, in small letters and without the `s` of several; that something is linked by its id is
/// no word of it.
fn words(text: &str) -> Vec<String> {
    let lower = text.to_lowercase();
    let mut words: Vec<String> = lower
        .split(|c: char| !c.is_alphanumeric())
        .filter(|word| !word.is_empty())
        .map(|word| word.strip_suffix('s').filter(|one| one.len() > 2).unwrap_or(word).to_owned())
        .collect();
    if words.len() > 1 {
        words.retain(|word| !matches!(word.as_str(), "id" | "ids"));
    }
    words
}
