//! Notes in Markdown as HTML.

use maud::{Markup, PreEscaped};
use pulldown_cmark::{Event, Parser, Tag, TagEnd, html};

/// The HTML of a Markdown text. Raw HTML stays text, images become their descriptions, and links
/// other than to web pages lose their target, since the text may come from anybody.
pub(crate) fn html(text: &str) -> Markup {
    let mut dropped_links = 0usize;
    let events = Parser::new(text).filter_map(move |event| match event {
        Event::Html(raw) | Event::InlineHtml(raw) => Some(Event::Text(raw)),
        Event::Start(Tag::Image { .. }) | Event::End(TagEnd::Image) => None,
        Event::Start(Tag::Link { ref dest_url, .. }) => {
            let is_page = dest_url.starts_with("https://") || dest_url.starts_with("http://");
            if is_page && dropped_links == 0 {
                return Some(event);
            }
            dropped_links += 1;
            None
        }
        Event::End(TagEnd::Link) if dropped_links > 0 => {
            dropped_links -= 1;
            None
        }
        other => Some(other),
    });
    let mut out = String::new();
    html::push_html(&mut out, events);
    PreEscaped(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn notes_are_set_and_nothing_foreign_gets_in() {
        let cases = [
            ("One *run* each.", "<p>One <em>run</em> each.</p>\n"),
            (
                "[paper](https://example.org/p)",
                "<p><a href=\"https://example.org/p\">paper</a></p>\n",
            ),
            ("[x](javascript:alert(1))", "<p>x</p>\n"),
            (
                "<script>alert(1)</script>",
                "&lt;script&gt;alert(1)&lt;/script&gt;",
            ),
            ("a <b>c</b>", "<p>a &lt;b&gt;c&lt;/b&gt;</p>\n"),
            (
                "![a picture](https://example.org/x.png)",
                "<p>a picture</p>\n",
            ),
        ];
        for (text, expected) in cases {
            assert_eq!(html(text).into_string(), expected, "{text}");
        }
    }
}
