use proptest::prelude::*;

use super::*;

fn parse(text: &str) -> RedirectUri {
    RedirectUri::parse(text).unwrap_or_else(|complaint| panic!("{text}: {complaint}"))
}

#[test]
fn what_clients_register_is_taken_as_it_stands() {
    for (text, source, people) in [
        ("https://claude.ai/api/mcp/auth_callback", "https://claude.ai", "claude.ai"),
        ("https://example.com", "https://example.com", "example.com"),
        ("https://example.com/", "https://example.com", "example.com"),
        ("https://example.com:8443/cb?a=b%20c&d=/", "https://example.com:8443", "example.com:8443"),
        ("https://intranet/%2f/cb", "https://intranet", "intranet"),
        ("https://xn--pple-43d.com/cb", "https://xn--pple-43d.com", "xn--pple-43d.com"),
        ("https://127.0.0.1.evil.com/cb", "https://127.0.0.1.evil.com", "127.0.0.1.evil.com"),
        ("https://10.1.2.3:444/cb", "https:", "10.1.2.3:444"),
        ("https://[2001:db8::1]/cb", "https:", "[2001:db8::1]"),
        ("https://vscode.dev/redirect", "https://vscode.dev", "vscode.dev"),
        ("http://localhost/callback", "http://localhost", "this computer (localhost)"),
        ("http://localhost:8765/callback", "http://localhost:8765", "this computer (localhost)"),
        ("http://localhost:80/callback", "http://localhost:80", "this computer (localhost)"),
        ("http://127.0.0.1", "http://127.0.0.1", "this computer (127.0.0.1)"),
        ("http://127.0.0.1:1/callback/q-Z_9", "http://127.0.0.1:1", "this computer (127.0.0.1)"),
        ("http://[::1]:9/x", "http:", "this computer (::1)"),
        ("cursor://anysphere.cursor-mcp/oauth/callback", "cursor:", "the app cursor"),
        ("vscode-insiders://publisher.extension/cb", "vscode-insiders:", "the app vscode-insiders"),
        ("com.example.app:/oauth2redirect", "com.example.app:", "the app com.example.app"),
    ] {
        let uri = parse(text);
        assert_eq!(uri.as_str(), text);
        assert_eq!((uri.origin_source(), uri.host_for_people().as_str()), (source, people), "{text}");
        assert!(uri.permits(text), "{text}");
    }
}

#[test]
fn what_is_refused_says_how_to_mend_it() {
    for (text, said) in [
        ("", "is empty"),
        ("claude.ai/callback", "no absolute address"),
        ("https://", "no absolute address"),
        ("https://exa mple.com/", "a space"),
        (" https://example.com/", "a space"),
        ("https://example.com/\t", "tab, line break"),
        ("https://example.com/\r\nx", "tab, line break"),
        ("https://example.com\\@evil.com/", "a backslash"),
        ("https://example.com/\u{202e}cb", "beyond ASCII"),
        ("https://äpple.com/cb", "xn--"),
        ("https://example.com/<b>", "the character <"),
        ("https://*.example.com/cb", "a wildcard"),
        ("https://example.com/*", "a wildcard"),
        ("https://example.com/cb#", "a fragment"),
        ("http://localhost/cb#x", "a fragment"),
        ("https://example.com/%0d%0aSet-Cookie", "encoded control"),
        ("https://example.com/%zz", "two hexadecimal digits"),
        ("https://example.com/%+1", "two hexadecimal digits"),
        ("https://example.com/%2", "two hexadecimal digits"),
        ("https://user@example.com/", "a user name"),
        ("https://@example.com/", "a user name"),
        ("https://claude.ai:x@evil.com/", "a user name"),
        ("cursor://user@host/cb", "a user name"),
        ("https://example.com/?code=x", "parameter `code`"),
        ("https://example.com/?a&%73tate=x", "parameter `state`"),
        ("https:/evil.com/cb", "Example: https://evil.com/cb"),
        ("https:evil.com/cb", "Example: https://evil.com/cb"),
        ("https:///evil.com/cb", "Example: https://evil.com/cb"),
        ("HTTPS://example.com/", "Example: https://example.com/"),
        ("https://Example.com/", "Example: https://example.com/"),
        ("https://example.com:443/cb", "Example: https://example.com/cb"),
        ("https://example.com:/cb", "Example: https://example.com/cb"),
        ("https://example.com?x", "Example: https://example.com/?x"),
        ("https://example.com/a/../b", "Example: https://example.com/b"),
        ("https://example.com/a/%2e%2e/b", "Example: https://example.com/b"),
        ("https://example.com/./b", "Example: https://example.com/b"),
        ("https://e%78ample.com/b", "Example: https://example.com/b"),
        ("https://2130706433/", "Example: https://127.0.0.1/"),
        ("https://0x7f.1/", "Example: https://127.0.0.1/"),
        ("https://0177.0.0.1/", "Example: https://127.0.0.1/"),
        ("https://[::FFFF:127.0.0.1]/", "Example: https://[::ffff:7f00:1]/"),
        ("https://example.com./cb", "isn't a name"),
        ("https://example..com/cb", "isn't a name"),
        ("https://a;script-src.com/cb", "isn't a name"),
        ("https://a,b.com/cb", "isn't a name"),
        ("https://a'b.com/cb", "isn't a name"),
        ("http://example.com/cb", "http is taken for"),
        ("http://127.1/cb", "http is taken for"),
        ("http://0x7f.1/cb", "http is taken for"),
        ("http://127.0.0.2/cb", "http is taken for"),
        ("http://0.0.0.0/cb", "http is taken for"),
        ("http://[::ffff:127.0.0.1]/cb", "http is taken for"),
        ("http://[0:0:0:0:0:0:0:1]/cb", "http is taken for"),
        ("http://localhost.evil.com/cb", "http is taken for"),
        ("http://127.0.0.1.evil.com/cb", "http is taken for"),
        ("http://localhost./cb", "http is taken for"),
        ("http://LOCALHOST/cb", "http is taken for"),
        ("http:localhost/cb", "http is taken for"),
        ("http://localhost:/cb", "http is taken for"),
        ("http://localhost:080/cb", "http is taken for"),
        ("http://localhost:@evil.com/cb", "a user name"),
        ("http://localhost/a/../cb", "Example: http://localhost/cb"),
        ("javascript:alert(1)", "don't begin with javascript:"),
        ("JavaScript://example.com/%61", "don't begin with javascript:"),
        ("data:text/html,x", "don't begin with data:"),
        ("file:///etc/passwd", "don't begin with file:"),
        ("blob:https://example.com/x", "don't begin with blob:"),
        ("ws://example.com/", "don't begin with ws:"),
        ("wss://example.com/", "don't begin with wss:"),
        ("ftp://example.com/", "don't begin with ftp:"),
        ("about:blank", "don't begin with about:"),
        ("vbscript:x", "don't begin with vbscript:"),
        ("intent://x/", "don't begin with intent:"),
        ("view-source:https://example.com/", "don't begin with view-source:"),
        ("urn:ietf:wg:oauth:2.0:oob", "don't begin with urn:"),
        ("myapp://callback", "don't begin with myapp:"),
        ("Cursor://anysphere/cb", "Example: cursor://anysphere/cb"),
        ("com.example.app:callback", "comes a slash"),
        ("com.example.app://", "comes a slash"),
        ("cursor:", "comes a slash"),
    ] {
        let complaint = RedirectUri::parse(text).expect_err(text).to_string();
        assert!(complaint.contains(said), "{text}: {complaint}");
        assert!(!complaint.contains(char::is_control), "{text}: {complaint}");
    }
    let long = format!("https://example.com/{}", "a".repeat(LONGEST));
    assert!(RedirectUri::parse(&long).unwrap_err().to_string().contains("at most 2000 characters"));
    assert!(RedirectUri::parse(&long[..LONGEST]).is_ok());
}

#[test]
fn nothing_but_the_same_text_is_permitted() {
    let claude = parse("https://claude.ai/api/mcp/auth_callback");
    for asked in [
        "",
        "https://claude.ai",
        "https://claude.ai/",
        "https://claude.ai/api/mcp/auth_callback/",
        "https://claude.ai/api/mcp/auth_callback?",
        "https://claude.ai/api/mcp/auth_callback?x=1",
        "https://claude.ai/api/mcp/auth_callback#",
        "https://claude.ai/api/mcp/auth_callback#x",
        "https://claude.ai/api/mcp/auth_callbackx",
        "https://claude.ai/api/mcp/Auth_callback",
        "https://claude.ai/api/mcp//auth_callback",
        "https://claude.ai/api/mcp/auth_callback/../auth_callback",
        "https://claude.ai/api/mcp/%61uth_callback",
        "https://claude.ai/api/mcp%2fauth_callback",
        "https://claude.ai/api/mcp\\auth_callback",
        "https://claude.ai/api/mcp/x/%2e%2e/auth_callback",
        "https://claude.ai/api/mcp/auth_callback%00",
        "https://claude.ai/api/mcp/auth_callback\n",
        "https://claude.ai/api/mcp/auth\t_callback",
        " https://claude.ai/api/mcp/auth_callback",
        "http://claude.ai/api/mcp/auth_callback",
        "HTTPS://claude.ai/api/mcp/auth_callback",
        "https://Claude.ai/api/mcp/auth_callback",
        "https:/claude.ai/api/mcp/auth_callback",
        "//claude.ai/api/mcp/auth_callback",
        "https://claude.ai./api/mcp/auth_callback",
        "https://claude.ai:443/api/mcp/auth_callback",
        "https://claude.ai:444/api/mcp/auth_callback",
        "https://claude.ai:/api/mcp/auth_callback",
        "https://user@claude.ai/api/mcp/auth_callback",
        "https://@claude.ai/api/mcp/auth_callback",
        "https://claude.ai@evil.com/api/mcp/auth_callback",
        "https://claude.ai%40evil.com/api/mcp/auth_callback",
        "https://claude.ai\\@evil.com/api/mcp/auth_callback",
        "https://evil.com/api/mcp/auth_callback",
        "https://evil.claude.ai/api/mcp/auth_callback",
        "https://evilclaude.ai/api/mcp/auth_callback",
        "https://claude.ai.evil.com/api/mcp/auth_callback",
        "https://claude.a\u{131}/api/mcp/auth_callback",
        "http://localhost/api/mcp/auth_callback",
    ] {
        assert!(!claude.permits(asked), "{asked}");
        assert_eq!(claude.permitted(asked), None, "{asked}");
    }
    let cursor = parse("cursor://anysphere.cursor-mcp/oauth/callback");
    for asked in [
        "cursor://anysphere.cursor-mcp/oauth/callback/",
        "cursor://anysphere.cursor-mcp:80/oauth/callback",
        "cursor:/anysphere.cursor-mcp/oauth/callback",
        "Cursor://anysphere.cursor-mcp/oauth/callback",
    ] {
        assert!(!cursor.permits(asked), "{asked}");
    }
    assert!(!parse("https://localhost/cb").permits("https://localhost:1/cb"), "https has no free port");
    assert!(!parse("https://127.0.0.1/cb").permits("http://127.0.0.1/cb"));
}

#[test]
fn a_loopback_port_is_free_and_nothing_else() {
    let code = parse("http://localhost:3000/callback?x=1");
    for asked in [
        "http://localhost/callback?x=1",
        "http://localhost:3000/callback?x=1",
        "http://localhost:1/callback?x=1",
        "http://localhost:80/callback?x=1",
        "http://localhost:65535/callback?x=1",
    ] {
        assert!(code.permits(asked), "{asked}");
        assert_eq!(code.permitted(asked).unwrap().as_str(), asked);
    }
    assert_eq!(
        code.permitted("http://localhost:54321/callback?x=1").unwrap().origin_source(),
        "http://localhost:54321"
    );
    for asked in [
        "http://localhost:3000/callback",
        "http://localhost:3000/callback?x=2",
        "http://localhost:3000/callback?x=1#",
        "http://localhost:3000/callback/?x=1",
        "http://localhost:3000/Callback?x=1",
        "http://localhost:3000/%63allback?x=1",
        "http://localhost:3000/./callback?x=1",
        "http://localhost:3000//callback?x=1",
        "http://localhost:3000\\callback?x=1",
        "http://127.0.0.1:3000/callback?x=1",
        "http://[::1]:3000/callback?x=1",
        "https://localhost:3000/callback?x=1",
        "HTTP://localhost:3000/callback?x=1",
        "http://LOCALHOST:3000/callback?x=1",
        "http://localhost.:3000/callback?x=1",
        "http://localhost.evil.com/callback?x=1",
        "http://localhost.evil.com:3000/callback?x=1",
        "http://evil.localhost:3000/callback?x=1",
        "http://localhostevil:3000/callback?x=1",
        "http://localhost@evil.com/callback?x=1",
        "http://localhost:3000@evil.com/callback?x=1",
        "http://localhost:@evil.com/callback?x=1",
        "http://user@localhost:3000/callback?x=1",
        "http://localhost:/callback?x=1",
        "http://localhost:03000/callback?x=1",
        "http://localhost:+3000/callback?x=1",
        "http://localhost:-1/callback?x=1",
        "http://localhost:65536/callback?x=1",
        "http://localhost:3000x/callback?x=1",
        "http://localhost:30 00/callback?x=1",
        "http://localhost:\t3000/callback?x=1",
        "http://localhost:3000:3000/callback?x=1",
        "http://localhost:%33000/callback?x=1",
        "http:/localhost:3000/callback?x=1",
        "http:localhost:3000/callback?x=1",
    ] {
        assert!(!code.permits(asked), "{asked}");
    }
    let ip = parse("http://127.0.0.1/cb");
    assert!(ip.permits("http://127.0.0.1:9/cb"));
    for asked in [
        "http://127.1:9/cb",
        "http://0x7f.1/cb",
        "http://2130706433/cb",
        "http://127.0.0.2/cb",
        "http://127.0.0.1.evil.com/cb",
        "http://[::ffff:127.0.0.1]/cb",
        "http://localhost/cb",
    ] {
        assert!(!ip.permits(asked), "{asked}");
    }
    let v6 = parse("http://[::1]/cb");
    assert!(v6.permits("http://[::1]:9/cb"));
    assert!(!v6.permits("http://[0::1]:9/cb") && !v6.permits("http://::1:9/cb"));
}

#[test]
fn a_client_has_one_to_twenty() {
    let said =
        |texts: &[String]| RedirectUri::parse_all(texts.iter().map(String::as_str)).unwrap_err().to_string();
    let many: Vec<String> = (0..=MOST).map(|n| format!("https://example.com/{n}")).collect();
    assert_eq!(RedirectUri::parse_all(many[..MOST].iter().map(String::as_str)).unwrap().len(), MOST);
    assert!(said(&many).contains("at most 20"));
    assert!(said(&[]).contains("at least one"));
    let twice = [many[0].as_str(), many[1].as_str(), many[0].as_str()];
    assert_eq!(RedirectUri::parse_all(twice).unwrap(), [parse(twice[0]), parse(twice[1])]);
    assert!(said(&[many[0].clone(), "x".to_owned()]).contains("no absolute address"));
}

/// Texts near enough to redirect URIs to get far into the rules.
fn near() -> impl Strategy<Value = String> {
    let piece = prop::sample::select(vec![
        "http",
        "https",
        "cursor",
        "com.app",
        "javascript",
        ":",
        "/",
        "//",
        "://",
        "localhost",
        "127.0.0.1",
        "[::1]",
        "[::ffff:127.0.0.1]",
        "127.1",
        "evil.com",
        ".",
        "..",
        "@",
        "#",
        "?",
        "%2e",
        "%2f",
        "%00",
        "\\",
        "\t",
        " ",
        ":80",
        ":443",
        ":3000",
        "a",
        "A",
        "*",
        ";",
        "'",
        "\"",
        ",",
        "é",
        "code=",
        "&",
        "state",
    ]);
    prop::collection::vec(piece, 0..10).prop_map(|pieces| pieces.concat())
}

fn start() -> impl Strategy<Value = String> {
    let begin = prop::sample::select(vec![
        "",
        "http://localhost",
        "http://127.0.0.1:80",
        "https://a.com/",
        "com.app:/x",
    ]);
    (begin, near()).prop_map(|(begin, near)| format!("{begin}{near}"))
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 4_000, ..ProptestConfig::default() })]

    #[test]
    fn what_is_taken_is_what_a_browser_reads(text in start()) {
        check(&text);
    }

    #[test]
    fn no_text_is_too_odd(text in any::<String>()) {
        check(&text);
    }

    #[test]
    fn what_is_permitted_is_itself_taken_and_leads_to_the_same_place(text in start(), asked in start()) {
        if let Ok(uri) = RedirectUri::parse(&text) {
            same_place(&uri, &asked);
        }
    }

    #[test]
    fn any_port_of_a_loopback_is_permitted(port in any::<u16>(), other in any::<u16>(), path in "(/[a-z]{0,3}){0,3}") {
        for host in ["localhost", "127.0.0.1", "[::1]"] {
            let uri = parse(&format!("http://{host}:{port}{path}"));
            let asked = format!("http://{host}:{other}{path}");
            prop_assert!(uri.permits(&asked));
            same_place(&uri, &asked);
            let longer = format!("{asked}x");
            prop_assert!(!uri.permits(&longer));
        }
    }
}

fn check(text: &str) {
    match RedirectUri::parse(text) {
        Ok(uri) => {
            let url = Url::parse(text).unwrap();
            assert!(url.fragment().is_none() && url.username().is_empty() && url.password().is_none());
            assert!(text.bytes().all(|c| c.is_ascii_graphic()));
            let source = uri.origin_source();
            assert!(source.bytes().all(|c| c.is_ascii_alphanumeric() || b".-+:/".contains(&c)), "{source}");
            assert!(source.starts_with(&format!("{}:", url.scheme())));
            assert!(uri.permits(text));
            assert_eq!(uri, text.parse().unwrap());
        }
        Err(complaint) => assert!(!complaint.to_string().contains(char::is_control), "{complaint}"),
    }
}

fn same_place(uri: &RedirectUri, asked: &str) {
    let granted = uri.permitted(asked);
    assert_eq!(granted.is_some(), uri.permits(asked));
    if let Some(granted) = granted {
        let (mut one, mut other) = (Url::parse(uri.as_str()).unwrap(), Url::parse(granted.as_str()).unwrap());
        if one.scheme() == "http" {
            one.set_port(None).unwrap();
            other.set_port(None).unwrap();
        }
        assert_eq!(one, other);
    }
}
