//! Names of formats.

use super::*;

#[test]
fn names_are_distinct() {
    let names: std::collections::BTreeSet<&str> = Format::ALL.map(Format::name).into();
    assert_eq!(names.len(), Format::ALL.len());
}
