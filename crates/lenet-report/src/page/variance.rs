//! Which settings matter.

use maud::Markup;

use super::Content;

pub(super) fn section(_: &Content) -> Option<Markup> {
    None
}
