//! Rows of SQLite in one value: a JSON array of arrays.
//!
//! sqlx hands over each row from SQLite's thread and each value in an allocation of its own: for a page of records
//! that took as long as finding them. Written by SQLite as one text, they come at once.

use std::borrow::Cow;
use std::fmt;

use serde::de::{DeserializeSeed, Error as _, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer};

use super::cells::Cells;

/// The statement that answers the rows of `sql`, of so many columns, as one text. `json_group_array` takes them in
/// the order in which `sql` answers them.
pub(super) fn statement(sql: &str, columns: usize) -> String {
    let names: Vec<String> = (0..columns).map(|n| format!("v{n}")).collect();
    let names = names.join(",");
    format!("WITH rows_of({names}) AS ({sql}) SELECT json_group_array(json_array({names})) FROM rows_of")
}

/// Hands over the rows that stand in such a text.
pub(super) fn each(
    text: &str,
    take: &mut dyn FnMut(&dyn Cells) -> Result<(), sqlx::Error>,
) -> Result<(), sqlx::Error> {
    let mut refused = None;
    let rows = Rows { take, refused: &mut refused };
    let read = serde_json::Deserializer::from_str(text).deserialize_seq(rows);
    read.map_err(|unreadable| refused.unwrap_or_else(|| sqlx::Error::Decode(unreadable.into())))
}

/// A value; the row's text is borrowed where it has nothing escaped.
#[derive(Debug)]
enum Cell<'t> {
    Null,
    Whole(i64),
    Text(Cow<'t, str>),
}

struct Packed<'r, 't>(&'r [Cell<'t>]);

impl Packed<'_, '_> {
    fn at(&self, at: usize) -> Result<&Cell<'_>, sqlx::Error> {
        self.0.get(at).ok_or(sqlx::Error::ColumnIndexOutOfBounds { index: at, len: self.0.len() })
    }
}

fn other(at: usize, wanted: &str, cell: &Cell<'_>) -> sqlx::Error {
    sqlx::Error::ColumnDecode { index: at.to_string(), source: format!("no {wanted}: {cell:?}").into() }
}

impl Cells for Packed<'_, '_> {
    fn whole(&self, at: usize) -> Result<Option<i64>, sqlx::Error> {
        match self.at(at)? {
            Cell::Null => Ok(None),
            Cell::Whole(n) => Ok(Some(*n)),
            cell @ Cell::Text(_) => Err(other(at, "number", cell)),
        }
    }

    fn text(&self, at: usize) -> Result<Option<&str>, sqlx::Error> {
        match self.at(at)? {
            Cell::Null => Ok(None),
            Cell::Text(text) => Ok(Some(text)),
            cell @ Cell::Whole(_) => Err(other(at, "text", cell)),
        }
    }

    fn truth(&self, at: usize) -> Result<Option<bool>, sqlx::Error> {
        Ok(self.whole(at)?.map(|n| n != 0))
    }
}

struct Rows<'f> {
    take: &'f mut dyn FnMut(&dyn Cells) -> Result<(), sqlx::Error>,
    refused: &'f mut Option<sqlx::Error>,
}

impl<'de> Visitor<'de> for Rows<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an array of rows")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut rows: A) -> Result<(), A::Error> {
        let mut cells = Vec::new();
        while rows.next_element_seed(Row(&mut cells))?.is_some() {
            if let Err(error) = (self.take)(&Packed(&cells)) {
                *self.refused = Some(error);
                return Err(A::Error::custom("refused"));
            }
        }
        Ok(())
    }
}

/// Reads a row into cells that were another's.
struct Row<'c, 'de>(&'c mut Vec<Cell<'de>>);

impl<'de> DeserializeSeed<'de> for Row<'_, 'de> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, row: D) -> Result<(), D::Error> {
        row.deserialize_seq(self)
    }
}

impl<'de> Visitor<'de> for Row<'_, 'de> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an array of values")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut row: A) -> Result<(), A::Error> {
        self.0.clear();
        while let Some(cell) = row.next_element()? {
            self.0.push(cell);
        }
        Ok(())
    }
}

impl<'de> Deserialize<'de> for Cell<'de> {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        struct AnyCell;

        impl<'de> Visitor<'de> for AnyCell {
            type Value = Cell<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("null, a whole number or a text")
            }

            fn visit_unit<E>(self) -> Result<Cell<'de>, E> {
                Ok(Cell::Null)
            }

            fn visit_i64<E>(self, n: i64) -> Result<Cell<'de>, E> {
                Ok(Cell::Whole(n))
            }

            fn visit_u64<E: serde::de::Error>(self, n: u64) -> Result<Cell<'de>, E> {
                i64::try_from(n).map(Cell::Whole).map_err(E::custom)
            }

            fn visit_borrowed_str<E>(self, text: &'de str) -> Result<Cell<'de>, E> {
                Ok(Cell::Text(Cow::Borrowed(text)))
            }

            fn visit_str<E>(self, text: &str) -> Result<Cell<'de>, E> {
                Ok(Cell::Text(Cow::Owned(text.to_owned())))
            }
        }

        from.deserialize_any(AnyCell)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::testing::sqlite;

    #[tokio::test]
    async fn values_come_as_they_are_and_rows_in_order() {
        let test = sqlite().await;
        let crate::store::Db::Sqlite { read, .. } = &test.db else { panic!() };
        let text = "a \"quoted\"\\\u{1}\u{0}\u{7f}\n\u{2028}ü😀";
        let sql = statement(
            "SELECT $1 AS x, n, NULL, n > 2 FROM (SELECT 3 AS n UNION ALL SELECT $2 UNION ALL SELECT $3) ORDER BY n DESC",
            4,
        );
        let packed: String = sqlx::query_scalar(sqlx::AssertSqlSafe(sql))
            .bind(text)
            .bind(i64::MIN)
            .bind(i64::MAX)
            .fetch_one(read)
            .await
            .unwrap();
        let mut seen = Vec::new();
        each(&packed, &mut |row| {
            seen.push((row.text(0)?.map(str::to_owned), row.whole(1)?, row.truth(3)?));
            assert_eq!((row.whole(2)?, row.text(2)?, row.truth(2)?), (None, None, None));
            assert!(row.whole(0).is_err() && row.text(1).is_err() && row.whole(4).is_err());
            Ok(())
        })
        .unwrap();
        let text = Some(text.to_owned());
        assert_eq!(
            seen,
            [
                (text.clone(), Some(i64::MAX), Some(true)),
                (text.clone(), Some(3), Some(true)),
                (text, Some(i64::MIN), Some(false))
            ]
        );
    }

    #[test]
    fn what_is_no_value_of_ours_and_what_is_refused_are_errors() {
        for bad in ["", "[[1.5]]", "[[9223372036854775808]]", "[[true]]", "[7]", "[[1]"] {
            assert!(matches!(each(bad, &mut |_| Ok(())), Err(sqlx::Error::Decode(_))), "{bad}");
        }
        let mut taken = 0;
        let refused = each("[[1],[2]]", &mut |_| {
            taken += 1;
            Err(sqlx::Error::RowNotFound)
        });
        assert!(matches!(refused, Err(sqlx::Error::RowNotFound)) && taken == 1);
        each("[]", &mut |_| Err(sqlx::Error::RowNotFound)).unwrap();
    }
}
