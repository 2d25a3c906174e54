//! The sections of the page and the list of contents.

use maud::{Markup, html};

/// A part of the page with a heading of its own.
pub(super) struct Section {
    /// Names it in links.
    pub(super) id: &'static str,
    pub(super) title: String,
    pub(super) body: Markup,
}

impl Section {
    pub(super) fn new(id: &'static str, title: &str, body: Markup) -> Self {
        Self {
            id,
            title: title.to_owned(),
            body,
        }
    }
}

/// Links to all sections.
pub(super) fn contents(sections: &[Section]) -> Markup {
    html! {
        nav.contents aria-label="Contents" {
            ul { @for section in sections { li { a href={ "#" (section.id) } { (section.title) } } } }
        }
    }
}

/// The sections one after the other.
pub(super) fn all(sections: &[Section]) -> Markup {
    html! {
        @for section in sections {
            section id=(section.id) aria-labelledby={ (section.id) "-title" } {
                h2 id={ (section.id) "-title" } { (section.title) }
                (section.body)
            }
        }
    }
}
