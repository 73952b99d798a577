//! Two places in which Leptos writes text as it is: the inside of `<textarea>`, and `<title>`.

/// The text as HTML: nothing in it opens or closes an element.
pub fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

#[cfg(test)]
mod tests {
    use leptos::prelude::*;

    use super::escaped;

    /// If Leptos begins to escape them, ours has to go: this test then says so.
    #[test]
    fn leptos_leaves_the_inside_of_a_text_area_as_it_is() {
        let owner = Owner::new();
        let html = owner.with(|| view! { <textarea>{"</textarea><b>"}</textarea> }.to_html());
        assert!(html.contains("</textarea><b>"), "{html}");
        let html = owner.with(|| view! { <textarea>{escaped("</textarea><b>&")}</textarea> }.to_html());
        assert!(html.contains("&lt;/textarea&gt;&lt;b&gt;&amp;"), "{html}");
    }
}
