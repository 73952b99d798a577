//! Light or dark: a cookie, since it holds for a browser and also before the sign-in.

use app::frame::Theme;
use axum::http::{HeaderMap, HeaderValue, header};

const NAME: &str = "theme";
const YEAR: u32 = 31_536_000;

/// The look that this browser chose.
pub fn chosen(headers: &HeaderMap) -> Theme {
    headers
        .get_all(header::COOKIE)
        .iter()
        .filter_map(|cookies| cookies.to_str().ok())
        .flat_map(|cookies| cookies.split("; "))
        .find_map(|cookie| cookie.strip_prefix(NAME)?.strip_prefix('='))
        .map(named)
        .unwrap_or_default()
}

/// The cookie that chooses the look of that name; an unknown name is the system's.
pub fn cookie(name: &str) -> HeaderValue {
    let text = match named(name) {
        Theme::System => "theme=system; Path=/; Max-Age=0; SameSite=Lax".to_owned(),
        theme => format!("{NAME}={}; Path=/; Max-Age={YEAR}; SameSite=Lax", theme.name()),
    };
    HeaderValue::from_str(&text).unwrap_or(HeaderValue::from_static(""))
}

fn named(name: &str) -> Theme {
    [Theme::Light, Theme::Dark].into_iter().find(|theme| theme.name() == name).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_choice_is_kept_in_a_cookie() {
        let mut headers = HeaderMap::new();
        assert_eq!(chosen(&headers), Theme::System);
        headers.insert(header::COOKIE, HeaderValue::from_static("axanta=x; theme=dark"));
        assert_eq!(chosen(&headers), Theme::Dark);
        assert!(cookie("light").to_str().unwrap().starts_with("theme=light; Path=/; Max-Age=31536000"));
        assert!(cookie("x; Domain=evil").to_str().unwrap().contains("Max-Age=0"));
    }
}
