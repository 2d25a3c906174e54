//! What the searches of the studies found.

use maud::{Markup, html};

use super::Content;
use crate::records::search::Searched;

/// `None` where no figure searches.
pub(super) fn section(content: &Content) -> Option<Markup> {
    let found = content.study_figures.iter().filter_map(Searched::of);
    let found: Vec<String> = found.map(|searched| searched.in_words()).collect();
    (!found.is_empty()).then(|| {
        html! {
            p { "Settings that a search proposed, and the best of those that it trained longest. The choice "
                "went by the measure that is named first; the test images had no part in it." }
            ul { @for line in &found { li { (line) "." } } }
        }
    })
}
