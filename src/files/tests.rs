use super::writer::CHUNK;
use super::*;
use crate::store::on_db;
use crate::store::testing::{TestDb, databases};

const NOW: i64 = 1_794_830_400_000;

struct Scene {
    test: TestDb,
    clock: Clock,
    files: Files,
}

async fn scenes() -> Vec<Scene> {
    databases()
        .await
        .into_iter()
        .map(|test| {
            let clock = Clock::fixed(NOW);
            let files = Files::new(test.db.clone(), clock.clone(), "https://erp.example.com");
            Scene { test, clock, files }
        })
        .collect()
}

fn owner(user_id: i64) -> Owner {
    Owner { user_id, key_id: "k".into(), grant_id: None }
}

fn partners() -> NewFile {
    NewFile {
        kind: Kind::Export,
        model: "res.partner".into(),
        name: "../res partner.csv".into(),
        mime_type: "text/csv",
        request_id: "r".into(),
        untrusted: Vec::new(),
    }
}

impl Scene {
    async fn store(&self, user_id: i64, bytes: &[u8]) -> Stored {
        let mut writer = self.files.begin(owner(user_id), partners());
        writer.write(bytes).await.unwrap();
        writer.finish(Some(3), Some("a,b".into())).await.unwrap()
    }

    async fn chunks(&self) -> i64 {
        let mut conn = self.test.db.read().await.unwrap();
        let sql = "SELECT (SELECT COUNT(*) FROM mcp_file_chunks) + (SELECT COUNT(*) FROM mcp_files)";
        on_db!(conn.on(), c => sqlx::query_scalar(sql).fetch_one(&mut *c).await).unwrap()
    }
}

#[tokio::test]
async fn what_was_written_is_read_by_its_user_until_it_expires() {
    for scene in scenes().await {
        for length in [0, 1, CHUNK - 1, CHUNK, CHUNK + 1, 3 * CHUNK + 7] {
            let bytes: Vec<u8> = (0..length).map(|n| (n % 251).try_into().unwrap()).collect();
            let stored = scene.store(7, &bytes).await;
            assert_eq!((stored.size, stored.rows), (length as u64, Some(3)), "{}", scene.test);
            assert_eq!(stored.name, "_res_partner.csv");
            let found = scene.files.find(7, &stored.id).await.unwrap().unwrap();
            assert_eq!(found.preview.as_deref(), Some("a,b"));
            assert_eq!(scene.files.read(&found).whole().await.unwrap(), bytes, "{}", scene.test);
            assert!(scene.files.find(8, &stored.id).await.unwrap().is_none(), "{}: another's", scene.test);
        }
        let stored = scene.store(7, b"x").await;
        assert_eq!(scene.files.of_user(7, 2).await.unwrap().len(), 2, "{}", scene.test);
        scene.clock.advance(WAITS - 1);
        assert!(scene.files.find(7, &stored.id).await.unwrap().is_some(), "{}", scene.test);
        scene.clock.advance(1);
        assert!(scene.files.find(7, &stored.id).await.unwrap().is_none(), "{}", scene.test);
        assert!(scene.files.find(7, "nonsense\0").await.unwrap().is_none(), "{}", scene.test);
        assert_eq!(scene.files.sweep().await.unwrap(), 7, "{}", scene.test);
        assert_eq!(scene.chunks().await, 0, "{}", scene.test);
    }
}

#[tokio::test]
async fn a_writer_that_is_dropped_leaves_nothing() {
    for scene in scenes().await {
        let mut writer = scene.files.begin(owner(7), partners());
        writer.write(&vec![1; 2 * CHUNK + 5]).await.unwrap();
        assert_eq!(scene.chunks().await, 3, "{}", scene.test);
        assert!(
            scene.files.of_user(7, 9).await.unwrap().is_empty(),
            "{}: not before it is whole",
            scene.test
        );
        drop(writer);
        for _ in 0..200 {
            if scene.chunks().await == 0 {
                break;
            }
            tokio::time::sleep(std::time::Duration::from_millis(10)).await;
        }
        assert_eq!(scene.chunks().await, 0, "{}", scene.test);
    }
}

#[tokio::test]
async fn a_file_has_a_largest_size_and_no_more_memory_than_a_chunk() {
    let scene = scenes().await.remove(0);
    let mut writer = scene.files.begin(owner(7), partners());
    let part = vec![7; 100_000];
    let error = loop {
        if let Err(error) = writer.write(&part).await {
            break error;
        }
    };
    assert!(matches!(error, FilesError::TooLarge), "{error}");
    assert!(writer.size() > MOST_BYTES - 100_000);
    assert!(writer.peak() <= 2 * CHUNK + part.len(), "{}", writer.peak());
}

#[tokio::test]
async fn what_waits_for_one_user_is_bounded() {
    for scene in scenes().await {
        let stored = scene.store(7, b"x").await;
        let mut tx = scene.test.db.begin().await.unwrap();
        on_db!(tx.on(), c => {
            sqlx::query("UPDATE mcp_files SET size = $1").bind(i64::try_from(MOST_OF_USER).unwrap())
                .execute(&mut *c).await.map(drop)
        })
        .unwrap();
        tx.commit().await.unwrap();
        let mut writer = scene.files.begin(owner(7), partners());
        writer.write(b"x").await.unwrap();
        let error = writer.finish(None, None).await.unwrap_err();
        assert!(matches!(error, FilesError::Full { minutes: 60 }), "{}: {error}", scene.test);
        assert_eq!(scene.store(8, b"x").await.size, 1, "{}: another's is another's", scene.test);
        scene.clock.advance(WAITS);
        assert_ne!(scene.store(7, b"y").await.id, stored.id, "{}: what expired makes room", scene.test);
    }
}

#[tokio::test]
async fn a_link_leads_to_its_file_for_ten_minutes() {
    for scene in scenes().await {
        let stored = scene.store(7, b"x").await;
        let link = scene.files.link(&Owner { key_id: "l".into(), ..owner(7) }, &stored).await.unwrap();
        let token = link.url.strip_prefix("https://erp.example.com/files/").unwrap();
        assert_eq!(link.expires_at, NOW + LINK_HOLDS, "{}", scene.test);
        let found = scene.files.by_token(token).await.unwrap().unwrap();
        assert_eq!((found.id, found.owner.key_id.as_str()), (stored.id.clone(), "l"), "{}", scene.test);
        let other = Secret::mint(LINK_PREFIX).unwrap();
        for wrong in [other.reveal(), "axl_", "", &token[1..], &stored.id] {
            assert!(scene.files.by_token(wrong).await.unwrap().is_none(), "{}: {wrong}", scene.test);
        }
        scene.clock.advance(LINK_HOLDS);
        assert!(scene.files.by_token(token).await.unwrap().is_none(), "{}", scene.test);
        scene.clock.advance(WAITS - LINK_HOLDS - 1);
        let last = scene.files.link(&owner(7), &stored).await.unwrap();
        assert_eq!(last.expires_at, stored.expires_at, "{}: no longer than the file", scene.test);
    }
}
