//! What came of a change: images of what it touched, lines with their documents, sums that follow.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::Arc;

use super::super::super::rollup::{self, Changes, Fact};
use super::super::row::Values;
use super::super::{business, documents, weight};
use super::{Touched, Work};
use crate::erp::{Effect, ErpError, Image, Line, Row};
use crate::model::Model;

/// Fields that say how far a document has come, its lines' included.
const STATES: [&str; 2] = ["state", "parent_state"];

impl Work<'_> {
    /// Writes what follows from what was written, and says what was done.
    pub(in super::super) async fn finish(
        mut self,
        ids: Vec<i64>,
        answer: Option<serde_json::Value>,
    ) -> Result<Effect, ErpError> {
        self.catch_up().await?;
        self.reaches().await?;
        let sums = self.sums();
        rollup::apply(self.on.on(), &sums).await?;
        let mut lines = self.lines()?;
        let amount = weight::largest(&mut self, &lines).await?;
        lines.append(&mut self.commanded);
        let images = self.touched.into_iter().filter_map(Touched::image).collect();
        Ok(Effect {
            ids,
            answer,
            images,
            lines,
            lasting: self.lasting,
            posts: self.posts,
            amount,
            seal: None,
            about: Vec::new(),
        })
    }

    /// Documents touched.
    pub(in super::super) fn documents(&self) -> impl Iterator<Item = (String, i64)> {
        let documents = self.touched.iter().filter(|touched| business::is_document(&touched.model.name));
        documents.map(|touched| (touched.model.name.to_string(), touched.id))
    }

    /// Records of a model that linked to another, (field, id), before this change; `now` are those that do now.
    pub(in super::super) fn lines_before(
        &self,
        model: &str,
        (link, id): (&str, i64),
        now: &[Row],
    ) -> Vec<Row> {
        let kept = now.iter().filter_map(|row| {
            let line = row.number("id");
            if self.has_touched(model, line) { self.original(model, line) } else { Some(row) }
        });
        let gone =
            self.touched.iter().filter(|touched| touched.model.name == model && touched.after.is_none());
        let gone = gone.filter_map(|touched| touched.before.as_ref());
        kept.chain(gone.filter(|row| row.int(link) == Some(id))).cloned().collect()
    }

    /// Lines that were written, with their documents.
    fn lines(&self) -> Result<Vec<Line>, ErpError> {
        let mut owners: BTreeMap<&str, Vec<(Arc<Model>, String)>> = BTreeMap::new();
        let mut all = Vec::new();
        for touched in self.touched.iter().filter(|touched| touched.before != touched.after) {
            let name = touched.model.name.as_ref();
            if !owners.contains_key(name) {
                owners.insert(name, documents::owners(self, &touched.model)?);
            }
            let written = documents::Written {
                model: &touched.model,
                id: touched.id,
                before: touched.before.as_ref(),
                after: touched.after.as_ref(),
            };
            all.extend(documents::of(owners.get(name).map_or(&[], Vec::as_slice), &written));
        }
        Ok(all)
    }

    /// How the sums of `stock.movement` change.
    fn sums(&self) -> Changes {
        let mut changes = Changes::default();
        for touched in self.touched.iter().filter(|touched| touched.model.name == "stock.movement") {
            if let Some(before) = &touched.before {
                changes.remove(&fact(before));
            }
            if let Some(after) = &touched.after {
                changes.add(&fact(after));
            }
        }
        changes
    }
}

impl Touched {
    /// `None` where the record is as it was, or came and went.
    fn image(self) -> Option<Image> {
        let (before, after) = match (self.before, self.after) {
            (Some(mut before), Some(mut after)) => {
                if before == after {
                    return None;
                }
                // What follows from a document depends on its state: it is taken back only where that still holds.
                let is_kept = |name: &str| STATES.contains(&name);
                before.retain(|name, cell| is_kept(name) || after.get(name) != Some(cell));
                after.retain(|name, _| before.contains_key(name));
                (Some(before), Some(after))
            }
            (None, None) => return None,
            other => other,
        };
        Some(Image { model: self.model.name.to_string(), id: self.id, before, after })
    }
}

fn fact(row: &Row) -> Fact {
    Fact {
        company_id: row.number("company_id"),
        date: row.number("date"),
        product_id: row.number("product_id"),
        warehouse_id: row.number("warehouse_id"),
        picking_type: Cow::Owned(row.word("picking_type").to_owned()),
        state: Cow::Owned(row.word("state").to_owned()),
        currency_id: row.number("currency_id"),
        quantity: row.number("quantity"),
        value: row.number("value"),
    }
}
