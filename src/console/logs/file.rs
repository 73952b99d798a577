//! The filtered log as a file: `/technical/mcp/logs.csv`, sent as it is read.

use std::sync::Arc;

use app::pages::technical::logs::LogWish;
use axum::body::Body;
use axum::extract::OriginalUri;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use chrono::{DateTime, SecondsFormat};
use futures_util::stream;

use super::super::Shared;
use super::super::error::Problem;
use super::super::visitor::Visitor;
use super::about;
use super::wish::{Asked, asked};
use crate::files::sheet::neutral::neutral;
use crate::store::log::{self, LogFilter, LogRow, Start};

/// Entries of one file.
const MOST: usize = 100_000;
/// Entries that are read at once.
const PART: i64 = 1_000;
const HEAD: [&str; 20] = [
    "time",
    "kind",
    "user",
    "key",
    "client",
    "oauth_client",
    "connection",
    "session",
    "method",
    "tool",
    "model",
    "target",
    "rows",
    "bytes",
    "duration_us",
    "outcome",
    "gate",
    "reason",
    "request_id",
    "id",
];

/// `GET /technical/mcp/logs.csv`
pub async fn download(visitor: Visitor, OriginalUri(uri): OriginalUri) -> Result<Response, Problem> {
    let state = &visitor.console.state;
    let wish = LogWish::of(uri.path_and_query().map_or("", |path| path.as_str()));
    let models = state.services.erp.models().await?;
    let mut conn = state.db.read().await?;
    let Asked { mut filter, .. } =
        asked(&mut conn, &wish, &models, visitor.user.tz, state.clock.millis()).await?;
    let named = about::namesakes(&visitor.console, &visitor.user, &mut conn, &wish.search).await?;
    filter.records = named.into_iter().map(|(record, _)| record).collect();
    drop(conn);
    let first = Reading {
        console: Arc::clone(&visitor.console),
        filter: LogFilter { limit: PART, ..filter },
        start: Some(Start::Newest),
        written: 0,
    };
    let parts = stream::try_unfold(first, Reading::next);
    let headers = [
        (header::CONTENT_TYPE, "text/csv; charset=utf-8"),
        (header::CONTENT_DISPOSITION, "attachment; filename=\"axanta-mcp-log.csv\""),
    ];
    Ok((headers, Body::from_stream(parts)).into_response())
}

struct Reading {
    console: Shared,
    filter: LogFilter,
    /// Where the next part begins; `None` after the last.
    start: Option<Start>,
    written: usize,
}

impl Reading {
    /// The next part, and what is left; a reader who is gone holds no connection of the database.
    async fn next(mut self) -> Result<Option<(Bytes, Self)>, std::io::Error> {
        let Some(start) = self.start.take() else { return Ok(None) };
        let read = async {
            let mut conn = self.console.state.db.read().await?;
            log::page(conn.on(), &self.filter, &start).await
        };
        let page = read.await.map_err(|error| {
            tracing::error!(%error, "a download of the log broke off");
            std::io::Error::other("the log could not be read to its end")
        })?;
        let mut text = csv::Writer::from_writer(Vec::new());
        if self.written == 0 {
            text.write_record(HEAD)?;
        }
        for row in page.rows.iter().take(MOST - self.written) {
            text.write_record(cells(row).map(|cell| neutral(&cell).into_owned()))?;
        }
        self.written += page.rows.len();
        if self.written < MOST {
            let last = page.rows.last().filter(|_| page.more).map(Into::into);
            self.start = last.or(page.looked_to).map(Start::Before);
        }
        let text = text.into_inner().map_err(|error| std::io::Error::other(error.to_string()))?;
        Ok(Some((Bytes::from(text), self)))
    }
}

fn cells(row: &LogRow) -> [String; 20] {
    let text = |text: &Option<String>| text.clone().unwrap_or_default();
    let number = |number: Option<i64>| number.map(|n| n.to_string()).unwrap_or_default();
    let at = DateTime::from_timestamp_millis(row.at).unwrap_or_default();
    [
        at.to_rfc3339_opts(SecondsFormat::Millis, true),
        row.kind.clone(),
        text(&row.login),
        text(&row.key_name),
        text(&row.client),
        text(&row.oauth_client),
        text(&row.grant_id),
        text(&row.session),
        row.method.clone(),
        text(&row.tool),
        text(&row.model),
        text(&row.target),
        number(row.row_count),
        number(row.bytes),
        number(row.duration_us),
        row.outcome.clone(),
        text(&row.gate),
        text(&row.reason),
        text(&row.request_id),
        row.id.clone(),
    ]
}
