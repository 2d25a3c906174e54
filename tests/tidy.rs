//! House rules that a reader may rely on, as a test.

#[path = "tidy/circles.rs"]
mod circles;

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

/// The only crate that may hold unsafe code.
const UNSAFE_CRATE: &str = "lenet-ops";
/// Crates that never see the tensor library.
const WITHOUT_CANDLE: [&str; 5] = [
    "lenet-core",
    "lenet-results",
    "lenet-stats",
    "lenet-report",
    "lenet-export",
];
const MOST_LINES: usize = 400;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .parent()
        .expect("xtask lies in the workspace")
        .to_owned()
}

fn read(path: &Path) -> String {
    fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

fn collect(folder: &Path, extensions: &[&str], found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).expect("the folder can be listed") {
        let path = entry.expect("the entry can be read").path();
        let name = path
            .file_name()
            .expect("it has a name")
            .to_string_lossy()
            .into_owned();
        if path.is_dir() {
            if name != "target" && name != "results" && name != ".git" && name != "shared" {
                collect(&path, extensions, found);
            }
        } else if path
            .extension()
            .is_some_and(|e| extensions.iter().any(|known| e == *known))
        {
            found.push(path);
        }
    }
}

fn sources() -> Vec<PathBuf> {
    let mut found = Vec::new();
    for folder in ["crates", "xtask", "tests"] {
        collect(&root().join(folder), &["rs"], &mut found);
    }
    assert!(found.len() > 50, "the sources were found");
    found
}

fn crates() -> Vec<(String, PathBuf)> {
    let mut found: Vec<(String, PathBuf)> = fs::read_dir(root().join("crates"))
        .expect("there are crates")
        .map(|entry| entry.expect("the entry can be read").path())
        .map(|path| {
            (
                path.file_name()
                    .expect("it has a name")
                    .to_string_lossy()
                    .into(),
                path,
            )
        })
        .collect();
    found.push(("xtask".into(), root().join("xtask")));
    found
}

#[test]
fn files_are_short_and_say_their_idea_first() {
    let mut wrong = Vec::new();
    for path in sources() {
        let text = read(&path);
        let lines = text.lines().count();
        if lines > MOST_LINES {
            wrong.push(format!(
                "{}: {lines} lines, at most {MOST_LINES}",
                path.display()
            ));
        }
        if !text.starts_with("//! ") {
            wrong.push(format!("{}: does not start with `//! `", path.display()));
        }
        if text.lines().any(|line| line.ends_with([' ', '\t'])) {
            wrong.push(format!("{}: trailing blanks", path.display()));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn unsafe_code_is_in_one_crate() {
    for (name, folder) in crates() {
        let lib = folder.join("src/lib.rs");
        let entry = if lib.exists() {
            lib
        } else {
            folder.join("src/main.rs")
        };
        let forbids = read(&entry).contains("#![forbid(unsafe_code)]");
        assert_eq!(forbids, name != UNSAFE_CRATE, "{name}: forbid(unsafe_code)");
    }
}

#[test]
fn every_unsafe_block_says_why_it_is_sound() {
    let entry = read(&root().join("crates").join(UNSAFE_CRATE).join("src/lib.rs"));
    assert!(entry.contains("#![warn(clippy::undocumented_unsafe_blocks)]"));
}

#[test]
fn records_and_reports_know_no_tensors() {
    for name in WITHOUT_CANDLE {
        let manifest = read(&root().join("crates").join(name).join("Cargo.toml"));
        for heavy in [
            "candle",
            "lenet-ops",
            "lenet-model",
            "lenet-data",
            "lenet-train",
        ] {
            let depends = manifest.lines().any(|line| line.starts_with(heavy));
            assert!(!depends, "{name} depends on {heavy}");
        }
    }
}

/// Nothing runs back up from a lower room to a higher one.
#[test]
fn layers_point_downwards() {
    const LAYERS: [&[&str]; 9] = [
        &["lenet-core"],
        &["lenet-ops", "lenet-data", "lenet-results", "lenet-stats"],
        &["lenet-model", "lenet-report"],
        &["lenet-export"],
        &["lenet-train"],
        &["lenet-study"],
        &["lenet-bench"],
        &["lenet-lab"],
        &["xtask"],
    ];
    let level = |name: &str| LAYERS.iter().position(|layer| layer.contains(&name));
    for (name, folder) in crates() {
        let own = level(&name).unwrap_or_else(|| panic!("{name} has no layer"));
        let manifest = read(&folder.join("Cargo.toml"));
        let sections = manifest.split("\n[");
        let normal = sections.filter(|section| section.starts_with("dependencies]"));
        for line in normal
            .flat_map(str::lines)
            .filter(|line| line.starts_with("lenet-"))
        {
            let dependency = line
                .split([' ', '=', '.'])
                .next()
                .expect("a line has a first word");
            let its = level(dependency).unwrap_or_else(|| panic!("{dependency} has no layer"));
            assert!(its < own, "{name} depends on {dependency}");
        }
    }
}

/// The section of the root manifest that lists all dependencies.
fn dependency_section() -> String {
    let manifest = read(&root().join("Cargo.toml"));
    let section = manifest.split("[workspace.dependencies]").nth(1);
    let section = section.expect("there is the section").split("\n[");
    section.take(1).collect()
}

#[test]
fn no_files_of_a_crate_import_each_other_in_a_circle() {
    for (name, folder) in crates() {
        let circle = circles::circle(&folder.join("src"));
        assert!(circle.is_empty(), "{name}: {circle:?}");
    }
}

/// Names of the dependencies that are not the workspace's own.
fn dependencies() -> BTreeSet<String> {
    let section = dependency_section();
    let entries = section.lines().filter_map(|line| line.split_once(" = "));
    let names = entries.map(|(name, _)| name.to_owned());
    names.filter(|name| !name.starts_with("lenet-")).collect()
}

#[test]
fn every_dependency_is_accounted_for() {
    let page = read(&root().join("docs/dependencies.md"));
    // The first cell of each row of its tables names one crate or several.
    let rows = page
        .lines()
        .filter_map(|line| line.strip_prefix("| ")?.split(" |").next());
    let listed: BTreeSet<&str> = rows.flat_map(|cell| cell.split(", ")).collect();
    let missing: Vec<_> = dependencies()
        .into_iter()
        .filter(|name| !listed.contains(name.as_str()))
        .collect();
    assert!(
        missing.is_empty(),
        "docs/dependencies.md does not list {missing:?}"
    );
}

#[test]
fn dependencies_stand_in_alphabetical_order_and_are_used() {
    let section = dependency_section();
    for block in section.split("\n\n") {
        let names: Vec<&str> = block
            .lines()
            .filter_map(|line| Some(line.split_once(" = ")?.0))
            .collect();
        assert!(names.is_sorted(), "{names:?}");
    }
    let manifests: Vec<String> = crates()
        .iter()
        .map(|(_, folder)| read(&folder.join("Cargo.toml")))
        .collect();
    for name in dependencies() {
        let used = manifests
            .iter()
            .any(|m| m.lines().any(|l| l.starts_with(&format!("{name} "))));
        assert!(used, "{name} is used by no crate");
    }
}

const NEEDS_A_GPU: &str = concat!("#[ig", "nore = \"needs a GPU\"]");

#[test]
fn nothing_is_left_undone_or_out_of_place() {
    // Written in two parts, so that this file passes its own test.
    let words = [
        concat!("TO", "DO"),
        concat!("FIX", "ME"),
        concat!("todo", "!("),
        concat!("unimplemented", "!("),
        concat!("#[ig", "nore"),
        concat!("/wo", "rk/"),
        concat!("/tm", "p/"),
        concat!("dbg", "!("),
    ];
    let mut files = sources();
    for folder in ["docs", "configs", "crates", "xtask"] {
        collect(&root().join(folder), &["md", "toml", "py"], &mut files);
    }
    let mut wrong = Vec::new();
    for path in files {
        // Left out, and counted so, where there is no GPU.
        let text = read(&path).replace(NEEDS_A_GPU, "");
        for word in words.iter().filter(|word| text.contains(**word)) {
            wrong.push(format!("{}: {word}", path.display()));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
