//! A redirect URI, a line break, and one that is asked for: what is taken is what a browser reads, and what is
//! permitted leads to the same place.
#![no_main]

use axanta_mcp::identity::RedirectUri;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    let (registered, asked) = text.split_once('\n').unwrap_or((text, text));
    let Ok(uri) = RedirectUri::parse(registered) else { return };
    assert!(uri.permits(registered));
    assert!(registered.bytes().all(|c| c.is_ascii_graphic() && c != b'\\' && c != b'#'));
    let source = uri.origin_source();
    assert!(source.bytes().all(|c| c.is_ascii_alphanumeric() || b".-+:/".contains(&c)), "{source}");

    let permitted = uri.permitted(asked);
    assert_eq!(permitted.is_some(), uri.permits(asked));
    if let Some(permitted) = permitted {
        assert_eq!(permitted.as_str(), asked);
        assert_eq!(permitted.host_for_people(), uri.host_for_people());
        let path = |text: &str| text.splitn(4, '/').nth(3).map(str::to_owned);
        assert_eq!(path(asked), path(registered));
        assert!(asked == registered || asked.starts_with("http://"), "only a loopback port is free");
    }
});
