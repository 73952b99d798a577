//! The page behind the one-time link that makes the first administrator.

use app::form::Attempt;
use app::refusal::Refusal;
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Redirect, Response};
use serde_json::json;

use super::Shared;
use super::error::Problem;
use super::passwords::new_password;
use super::visitor::Place;
use crate::audit::{Acting, Actor};
use crate::identity::first_link::{self, Person};
use crate::identity::password;
use crate::identity::user::{NewUser, check};
use crate::web::{self, Submission};

/// `GET /first/{token}`
pub async fn page(
    place: Place,
    State(console): State<Shared>,
    Path(token): Path<String>,
) -> Result<Response, Problem> {
    let state = &console.state;
    if !first_link::holds(state.db.read().await?.on(), &state.clock, &token).await? {
        return Err(dead());
    }
    place.show(&console, Attempt::default(), None).await
}

/// `POST /first/{token}`
pub async fn make(
    place: Place,
    State(console): State<Shared>,
    Path(token): Path<String>,
    mut sent: Submission,
) -> Result<Response, Problem> {
    let state = &console.state;
    if !first_link::holds(state.db.read().await?.on(), &state.clock, &token).await? {
        return Err(dead());
    }
    let (login, name) = (sent.text("login").to_owned(), sent.text("name").to_owned());
    let sample = NewUser { id: None, login: "x", name: "x", groups: &[], password_hash: None };
    for (field, typed) in [
        ("name", NewUser { name: &name, ..sample.clone() }),
        ("login", NewUser { login: &login, ..sample.clone() }),
    ] {
        if let Err(complaint) = check(&typed) {
            sent.wrong(field, super::users::sentence(&complaint.problem));
        }
    }
    let password_hash = new_password(&mut sent, &login).await?;
    let Some(password_hash) = password_hash.filter(|_| sent.is_right()) else {
        return place.show(&console, sent.attempt(), None).await;
    };
    let actor = Actor { user_id: None, login: "first link".to_owned() };
    let mut acting = Acting::begin(&state.db, &state.clock, &actor).await?;
    let person = Person { login: &login, name: &name, password_hash: &password_hash };
    let Some(id) = first_link::redeem(acting.on(), &state.clock, &token, &person).await? else {
        return Err(dead());
    };
    acting.commit("user.add", &login, json!({"id": id, "name": name, "address": place.address})).await?;
    let mark = password::mark(Some(&password_hash));
    web::sign_in(&place.session, id, &mark, state.clock.millis()).await?;
    Ok(Redirect::to("/").into_response())
}

fn dead() -> Problem {
    Refusal::NotFound("link that makes a first administrator".to_owned()).into()
}
