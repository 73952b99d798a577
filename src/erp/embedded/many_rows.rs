//! Statements that write many rows at once.

use crate::store::On;

/// `($1, $2), ($3, $4)`: places for the values of so many rows. SQLite takes `$1` for a name, which it looks up in a
/// list for each value: with thousands of them that costs more than the writing. There, places have no names.
pub fn placeholders(on: &On<'_>, rows: usize, columns: usize) -> String {
    let named = matches!(on, On::Postgres(_));
    let mut text = String::with_capacity(rows * columns * 8);
    for row in 0..rows {
        text.push_str(if row == 0 { "(" } else { ", (" });
        for column in 1..=columns {
            if column > 1 {
                text.push_str(", ");
            }
            if named {
                text.push('$');
                text.push_str(&(row * columns + column).to_string());
            } else {
                text.push('?');
            }
        }
        text.push(')');
    }
    text
}
