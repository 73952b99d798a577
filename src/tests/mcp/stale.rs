//! What changed while a request came in holds for it.

use axum::body::{Body, Bytes};
use axum::http::StatusCode;
use futures_util::stream;

use crate::identity::key::revoke;
use crate::store::control;
use crate::tests::house::{House, houses};

const CALL: &str =
    r#"{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"get_context","arguments":{}}}"#;

async fn revoke_key(house: &House) {
    let mut tx = house.state.db.begin().await.unwrap();
    revoke(tx.on(), &house.clock, &house.key_id).await.unwrap();
    control::bump(tx.on()).await.unwrap();
    tx.commit().await.unwrap();
    house.state.current.refresh().await.unwrap();
}

#[tokio::test]
async fn a_key_revoked_while_the_body_dribbles_in_is_refused() {
    for house in houses().await {
        let house = std::sync::Arc::new(house);
        let host = std::sync::Arc::clone(&house);
        let body = Body::from_stream(stream::once(async move {
            revoke_key(&host).await;
            Ok::<_, std::convert::Infallible>(Bytes::from_static(CALL.as_bytes()))
        }));
        let answer = house.post_raw(&[], body).await;
        assert_eq!(answer.status, StatusCode::UNAUTHORIZED, "{}: {answer:?}", house.name);
        assert!(answer.message().contains("revoked"), "{}", answer.message());
    }
}
