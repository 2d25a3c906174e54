//! The studies that come with the program.

const STUDIES: [(&str, &str); 7] = [
    ("lab-2017", include_str!("../configs/lab-2017.toml")),
    ("full-grid", include_str!("../configs/full-grid.toml")),
    (
        "linear-scaling",
        include_str!("../configs/linear-scaling.toml"),
    ),
    ("depth", include_str!("../configs/depth.toml")),
    ("small-grid", include_str!("../configs/small-grid.toml")),
    ("search", include_str!("../configs/search.toml")),
    ("smoke", include_str!("../configs/smoke.toml")),
];

/// Names of the built-in studies.
pub const BUILTIN_NAMES: [&str; STUDIES.len()] = {
    let mut names = [""; STUDIES.len()];
    let mut at = 0;
    while at < names.len() {
        names[at] = STUDIES[at].0;
        at += 1;
    }
    names
};

/// Names of studies that became parts of others.
const FORMER_NAMES: [(&str, &str); 1] = [("runtime-2017", "lab-2017")];

/// The text of a built-in study's file.
#[must_use]
pub fn builtin(name: &str) -> Option<&'static str> {
    let former = FORMER_NAMES.iter().find(|(former, _)| *former == name);
    let name = former.map_or(name, |(_, name)| *name);
    STUDIES
        .iter()
        .find(|(known, _)| *known == name)
        .map(|(_, text)| *text)
}

/// Files beside the built-in studies, by their paths in these.
const BESIDE: [(&str, &str); 4] = [
    (
        "lab-2017/figure-1.csv",
        include_str!("../configs/lab-2017/figure-1.csv"),
    ),
    (
        "lab-2017/figure-2.csv",
        include_str!("../configs/lab-2017/figure-2.csv"),
    ),
    (
        "lab-2017/figure-3.csv",
        include_str!("../configs/lab-2017/figure-3.csv"),
    ),
    (
        "lab-2017/runtime.csv",
        include_str!("../configs/lab-2017/runtime.csv"),
    ),
];

/// The text of a file beside the built-in studies.
pub(crate) fn beside(name: &str) -> Option<&'static str> {
    let mut files = BESIDE.iter();
    files
        .find(|(known, _)| *known == name)
        .map(|(_, text)| *text)
}
