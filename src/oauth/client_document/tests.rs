mod content;
mod site;

use std::time::Duration;

use self::site::{HOST, Site, good, id, whole, with};
use super::public::is_public;
use super::*;

const JSON: &str = "application/json";
const NOW: Duration = Duration::ZERO;

async fn serving(path: &str, answer: Vec<u8>) -> Site {
    let site = Site::start().await;
    site.answers(path, answer, NOW);
    site
}

#[tokio::test]
async fn a_good_document_arrives() {
    let site = serving("/app.json", whole("200 OK", JSON, &good("/app.json"))).await;
    let document = site.fetch("/app.json").await.unwrap();
    assert_eq!((document.client_name.as_str(), document.host.as_str()), ("Acme Assistant", HOST));
    assert_eq!(document.client_id, id("/app.json"));
    assert!(document.permits("http://127.0.0.1:999/callback").is_some());
    assert!(document.permits("https://apps.acme.com/other").is_none());
    let sent = site.requests().remove(0).to_ascii_lowercase();
    assert!(sent.starts_with("get /app.json http/1.1\r\n"), "{sent}");
    assert!(sent.contains("\r\nuser-agent: axanta-mcp\r\n"), "{sent}");
    assert!(sent.contains("\r\naccept: application/json\r\n"), "{sent}");
    for never in ["cookie", "referer", "authorization", env!("CARGO_PKG_VERSION")] {
        assert!(!sent.contains(never), "{never}: {sent}");
    }
}

#[tokio::test]
async fn redirects_are_not_followed() {
    let site = serving("/real.json", whole("200 OK", JSON, &good("/real.json"))).await;
    for status in ["301 Moved", "302 Found", "303 See Other", "307 Temporary", "308 Permanent"] {
        for to in ["/real.json", "https://169.254.169.254/latest/", "http://127.0.0.1/"] {
            let answer = with(status, JSON, &format!("location: {to}"), &good("/old.json"));
            site.answers("/old.json", answer, NOW);
            let number: u16 = status[..3].parse().unwrap();
            assert_eq!(site.fetch("/old.json").await, Err(DocumentError::Status(number)), "{to}");
        }
    }
    assert!(site.requests().iter().all(|request| request.starts_with("GET /old.json ")));
}

#[tokio::test]
async fn only_a_whole_answer_of_status_200_is_taken() {
    let site = Site::start().await;
    for status in
        ["201 Created", "204 No Content", "206 Partial", "304 Not Modified", "403 Forbidden", "500 Oh"]
    {
        site.answers("/a", whole(status, JSON, &good("/a")), NOW);
        let number: u16 = status[..3].parse().unwrap();
        assert_eq!(site.fetch("/a").await, Err(DocumentError::Status(number)));
    }
    for kind in ["text/html", "text/plain; charset=utf-8", "application/octet-stream"] {
        site.answers("/a", whole("200 OK", kind, &good("/a")), NOW);
        assert_eq!(site.fetch("/a").await, Err(DocumentError::MediaType), "{kind}");
    }
    let answer = whole("200 OK", JSON, &good("/a"));
    site.answers("/a", answer[..answer.len() - 5].to_vec(), NOW);
    assert_eq!(site.fetch("/a").await, Err(DocumentError::Unreachable), "broken off");
    site.answers("/a", b"SSH-2.0-OpenSSH_9.6\r\n".to_vec(), NOW);
    assert_eq!(site.fetch("/a").await, Err(DocumentError::Unreachable), "not HTTP");
    site.answers("/a", whole("200 OK", "application/oauth-client+json", &good("/a")), NOW);
    assert!(site.fetch("/a").await.is_ok());
}

#[tokio::test]
async fn what_is_too_large_is_not_read() {
    let padded = |size: usize| {
        let mut body = good("/a");
        body.resize(size, b' ');
        body
    };
    let site = serving("/a", whole("200 OK", JSON, &padded(download::LARGEST))).await;
    assert!(site.fetch("/a").await.is_ok());
    site.answers("/a", whole("200 OK", JSON, &padded(download::LARGEST + 1)), NOW);
    assert_eq!(site.fetch("/a").await, Err(DocumentError::TooLarge));
    // Without a length there is no telling before.
    let endless = [b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n\r\n".as_slice(), &padded(1 << 20)];
    site.answers("/a", endless.concat(), NOW);
    assert_eq!(site.fetch("/a").await, Err(DocumentError::TooLarge));
}

#[tokio::test]
async fn what_is_too_slow_is_not_awaited() {
    let mut site = Site::start().await;
    site.patience = Duration::from_millis(300);
    site.answers("/a", whole("200 OK", JSON, &good("/a")), Duration::from_secs(30));
    let begun = std::time::Instant::now();
    assert_eq!(site.fetch("/a").await, Err(DocumentError::Slow));
    assert!(begun.elapsed() < Duration::from_secs(10));
}

#[tokio::test]
async fn a_document_of_another_client_is_refused() {
    let site = serving("/a", whole("200 OK", JSON, &good("/b"))).await;
    let error = site.fetch("/a").await.unwrap_err().to_string();
    assert!(error.contains("its client_id isn't the address it was found at"), "{error}");
}

#[tokio::test]
async fn a_server_without_the_names_certificate_is_refused() {
    let (site, other) = (Site::start().await, Site::start().await);
    other.answers("/a", whole("200 OK", JSON, &good("/a")), NOW);
    site.finds(vec![vec![other.at]]);
    assert_eq!(site.fetch("/a").await, Err(DocumentError::Unreachable));
    let documents = site.documents(&Clock::fixed(0), |_| true);
    site.finds(vec![vec![site.at]]);
    let elsewhere = documents.fetch("https://www.acme.com/a").await;
    assert_eq!(elsewhere, Err(DocumentError::Unreachable), "another name than the certificate's");
    assert!(site.requests().is_empty() && other.requests().is_empty());
}

#[tokio::test]
async fn a_name_that_leads_home_is_not_followed() {
    let site = serving("/a", whole("200 OK", JSON, &good("/a"))).await;
    let error = site.documents(&Clock::fixed(0), is_public).fetch(&id("/a")).await;
    assert_eq!(error, Err(DocumentError::NoPublicAddress));
    assert!(site.requests().is_empty() && site.look_ups() == 1);
}

/// The first look-up finds an address that is allowed, every later one another: were the name looked up once
/// more to connect, the second server would be asked.
#[tokio::test]
async fn the_address_that_is_used_is_the_one_that_was_judged() {
    let (site, rebound) = (Site::start().await, Site::start().await);
    site.answers("/a", whole("200 OK", JSON, &good("/a")), NOW);
    site.finds(vec![vec![site.at], vec![rebound.at]]);
    assert!(site.fetch("/a").await.is_ok());
    assert_eq!((site.look_ups(), site.requests().len(), rebound.requests().len()), (1, 1, 0));
    // And of several, those that aren't allowed are left out.
    let elsewhere = "127.0.0.2:1".parse().unwrap();
    site.finds(vec![vec![elsewhere, site.at]]);
    let documents = site.documents(&Clock::fixed(0), |ip| ip.to_string() == "127.0.0.1");
    assert!(documents.fetch(&id("/a")).await.is_ok());
}

#[tokio::test]
async fn a_document_is_remembered_as_long_as_its_server_lets_it() {
    let site = Site::start().await;
    for (path, header, minutes) in [
        ("/silent", "x-nothing: 1", 60),
        ("/brief", "cache-control: max-age=1", 5),
        ("/never", "cache-control: no-store", 5),
        ("/long", "cache-control: public, max-age=31536000", 24 * 60),
        ("/some", "cache-control: max-age=600", 10),
    ] {
        site.answers(path, with("200 OK", JSON, header, &good(path)), NOW);
        let clock = Clock::fixed(1_000_000);
        let documents = site.documents(&clock, |_| true);
        let asked = || site.requests().iter().filter(|head| head.contains(path)).count();
        documents.fetch(&id(path)).await.unwrap();
        clock.advance(minutes * MINUTE - 1);
        documents.fetch(&id(path)).await.unwrap();
        assert_eq!(asked(), 1, "{path}");
        clock.advance(1);
        documents.fetch(&id(path)).await.unwrap();
        assert_eq!(asked(), 2, "{path}");
    }
}

#[tokio::test]
async fn a_failure_is_not_asked_for_again_within_a_minute() {
    let site = Site::start().await;
    let clock = Clock::fixed(0);
    let documents = site.documents(&clock, |_| true);
    assert_eq!(documents.fetch(&id("/a")).await, Err(DocumentError::Status(404)));
    site.answers("/a", whole("200 OK", JSON, &good("/a")), NOW);
    clock.advance(MINUTE - 1);
    assert_eq!(documents.fetch(&id("/a")).await, Err(DocumentError::Status(404)));
    assert_eq!(site.requests().len(), 1);
    clock.advance(1);
    assert!(documents.fetch(&id("/a")).await.is_ok());
    assert!(documents.fetch(&id("/a")).await.is_ok());
    assert_eq!(site.requests().len(), 2);
}

#[tokio::test]
async fn an_outage_is_bridged_for_a_day_and_a_refusal_is_not() {
    let site = serving("/a", whole("200 OK", JSON, &good("/a"))).await;
    let clock = Clock::fixed(0);
    let documents = site.documents(&clock, |_| true);
    documents.fetch(&id("/a")).await.unwrap();
    site.answers("/a", whole("503 Later", JSON, b""), NOW);
    clock.advance(24 * 60 * MINUTE - 1);
    assert!(documents.fetch(&id("/a")).await.is_ok(), "asked, and bridged");
    assert!(documents.fetch(&id("/a")).await.is_ok(), "bridged without asking");
    assert_eq!(site.requests().len(), 2);
    clock.advance(1);
    assert_eq!(documents.fetch(&id("/a")).await, Err(DocumentError::Status(503)));

    for refusal in [whole("404 Not Found", JSON, b""), whole("200 OK", JSON, b"{}")] {
        let documents = site.documents(&clock, |_| true);
        site.answers("/a", whole("200 OK", JSON, &good("/a")), NOW);
        documents.fetch(&id("/a")).await.unwrap();
        site.answers("/a", refusal, NOW);
        clock.advance(61 * MINUTE);
        assert!(documents.fetch(&id("/a")).await.is_err());
        site.answers("/a", whole("503 Later", JSON, b""), NOW);
        clock.advance(2 * MINUTE);
        assert_eq!(documents.fetch(&id("/a")).await, Err(DocumentError::Status(503)), "what was taken back");
    }
}

#[tokio::test]
async fn nobody_floods_a_host_through_us() {
    let site = Site::start().await;
    let clock = Clock::fixed(0);
    let documents = site.documents(&clock, |_| true);
    for n in 0..FROM_A_HOST {
        let error = documents.fetch(&id(&format!("/a?{n}"))).await;
        assert_eq!(error, Err(DocumentError::Status(404)));
    }
    assert_eq!(documents.fetch(&id("/a?x")).await, Err(DocumentError::Busy));
    assert_eq!(site.requests().len(), FROM_A_HOST as usize);
    clock.advance(MINUTE);
    assert_eq!(documents.fetch(&id("/a?x")).await, Err(DocumentError::Status(404)));
}

#[tokio::test]
async fn few_are_fetched_at_once_and_the_same_one_once() {
    let mut site = Site::start().await;
    site.patience = Duration::from_secs(1);
    for n in 0..AT_ONCE {
        site.answers(&format!("/slow{n}"), Vec::new(), Duration::from_secs(30));
    }
    site.answers("/a", whole("200 OK", JSON, &good("/a")), NOW);
    let documents = Arc::new(site.documents(&Clock::fixed(0), |_| true));
    let mut slow = tokio::task::JoinSet::new();
    for n in 0..AT_ONCE {
        let documents = documents.clone();
        slow.spawn(async move { documents.fetch(&id(&format!("/slow{n}"))).await });
    }
    while documents.places.available_permits() > 0 {
        tokio::task::yield_now().await;
    }
    let mut same = tokio::task::JoinSet::new();
    for _ in 0..10 {
        let documents = documents.clone();
        same.spawn(async move { documents.fetch(&id("/a")).await });
    }
    let same = same.join_all().await;
    assert!(same.iter().all(Result::is_ok), "{same:?}");
    assert!(slow.join_all().await.iter().all(|slow| *slow == Err(DocumentError::Slow)));
    let asked = site.requests().iter().filter(|head| head.starts_with("GET /a ")).count();
    assert!((1..=AT_ONCE).contains(&asked), "{asked}");
}

#[tokio::test]
async fn well_known_clients_need_no_network() {
    let site = Site::start().await;
    let documents = site.documents(&Clock::fixed(0), |_| false);
    let claude = documents.fetch("https://claude.ai/oauth/mcp-oauth-client-metadata").await.unwrap();
    assert_eq!(claude.client_name, "Claude");
    assert_eq!(site.look_ups(), 0);
    assert!(matches!(documents.fetch("https://127.0.0.1/a").await, Err(DocumentError::Address(_))));
    assert!(matches!(documents.fetch("https://localhost/a").await, Err(DocumentError::Address(_))));
    assert_eq!(site.look_ups(), 0);
}
