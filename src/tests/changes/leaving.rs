//! A client that leaves in the middle of a change: it is done and logged as done, or neither.

use std::future::poll_fn;
use std::pin::pin;
use std::task::Poll;

use serde_json::json;

use super::scenes;

/// How often somebody stays to the end, at least.
const SWEEPS: i64 = 5;

/// Waits for an answer, but leaves where it must be waited for once more than `most` times.
async fn leaving<T>(most: usize, answer: impl Future<Output = T>) -> Option<T> {
    let mut answer = pin!(answer);
    let mut waited = 0;
    poll_fn(|cx| match answer.as_mut().poll(cx) {
        Poll::Ready(answer) => Poll::Ready(Some(answer)),
        Poll::Pending if waited == most => Poll::Ready(None),
        Poll::Pending => {
            waited += 1;
            Poll::Pending
        }
    })
    .await
}

#[tokio::test]
async fn whoever_leaves_at_whatever_moment_leaves_one_entry_that_is_true() {
    for scene in scenes().await {
        let (mut asked, mut stayed, mut most) = (0, 0, 0);
        // How often an answer must be waited for is another number each time: on until somebody left in the commit.
        loop {
            let wish = json!({"model": "res.partner", "records": [{"name": format!("Left <{asked}>")}],
                "idempotency_key": format!("left-{asked}")});
            most += 1;
            if leaving(most - 1, scene.call("create_records", &wish)).await.is_some() {
                (stayed, most) = (stayed + 1, 0);
                if stayed >= SWEEPS && scene.number("SELECT COUNT(*) FROM mcp_changes").await > stayed {
                    break;
                }
            }
            asked += 1;
            assert!(asked < 5_000, "{}: it never comes to an end", scene.test);
        }
        let log = scene.log().await;
        let mut made_in_all = 0;
        for n in 0..=asked {
            let of: Vec<&str> = log
                .iter()
                .filter(|row| row.detail.as_deref().is_some_and(|detail| detail.contains(&format!("<{n}>"))))
                .map(|row| row.outcome.as_str())
                .collect();
            let made =
                scene.number(&format!("SELECT COUNT(*) FROM res_partner WHERE name = 'Left <{n}>'")).await;
            let kept = format!("SELECT COUNT(*) FROM mcp_idempotency WHERE idempotency_key = 'left-{n}'");
            assert_eq!(scene.number(&kept).await, made, "{}: <{n}>", scene.test);
            match made {
                0 => assert!(of.is_empty() || of == ["failed"], "{}: <{n}> of {asked}: {of:?}", scene.test),
                _ => assert_eq!((made, of.as_slice()), (1, ["allowed"].as_slice()), "{}: <{n}>", scene.test),
            }
            made_in_all += made;
        }
        assert!(made_in_all > stayed, "{}: nobody left in the commit", scene.test);
        assert_eq!(scene.number("SELECT COUNT(*) FROM mcp_changes").await, made_in_all, "{}", scene.test);
    }
}
