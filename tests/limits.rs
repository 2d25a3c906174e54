//! `docs/limits.md` says of every limit what the code says of it.

#[path = "limits/source.rs"]
mod source;

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use source::{limits, value};

fn root() -> PathBuf {
    let above = Path::new(env!("CARGO_MANIFEST_DIR")).parent();
    above.expect("xtask lies in the workspace").to_owned()
}

fn read(path: &Path) -> String {
    fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// A row of the page's tables.
struct Row {
    /// The limit, a whole number.
    limit: u64,
    constant: String,
    /// Path of the file that holds the constant.
    file: String,
    /// Name of the test at the limit.
    test: String,
}

/// What stands in backquotes in a cell of a table.
fn quoted(cell: &str) -> Vec<&str> {
    cell.split('`').skip(1).step_by(2).collect()
}

/// The rows with a constant: | input | limit | beyond it | `CONSTANT`, `file` | `test` |.
fn rows() -> Vec<Row> {
    let page = read(&root().join("docs/limits.md"));
    let lines = page.lines().filter(|line| line.starts_with("| "));
    let cells = lines.map(|line| line.trim_matches('|').split('|').collect::<Vec<_>>());
    let row = |cells: Vec<&str>| {
        let [_, limit, _, place, test] = cells[..] else {
            return None;
        };
        let [constant, file] = quoted(place)[..] else {
            return None;
        };
        let digits: String = limit.chars().take_while(|c| !c.is_alphabetic()).collect();
        let digits = digits.replace([',', ' '], "");
        Some(Row {
            limit: digits
                .parse()
                .unwrap_or_else(|_| panic!("{limit}: no number")),
            constant: constant.to_owned(),
            file: file.to_owned(),
            test: quoted(test)
                .first()
                .map(ToString::to_string)
                .unwrap_or_default(),
        })
    };
    cells.filter_map(row).collect()
}

fn sources(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).expect("the folder can be listed") {
        let path = entry.expect("the entry can be read").path();
        if path.is_dir() {
            sources(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.push(path);
        }
    }
}

#[test]
fn the_page_says_what_the_code_says() {
    let mut files = Vec::new();
    for folder in ["crates", "xtask"] {
        sources(&root().join(folder), &mut files);
    }
    let code: String = files.iter().map(|path| read(path)).collect();
    let rows = rows();
    assert!(rows.len() > 20, "the rows were found");
    let mut wrong = Vec::new();
    for Row {
        limit,
        constant,
        file,
        test,
    } in rows
    {
        let found = value(&read(&root().join(&file)), &constant);
        if found != Some(limit) {
            wrong.push(format!(
                "{constant} in {file}: {found:?}, on the page {limit}"
            ));
        }
        if !code.contains(&format!("fn {test}(")) {
            wrong.push(format!("{constant}: there is no test `{test}`"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// Rooms without input of their own, and what is no limit of an input.
#[test]
fn every_limit_of_the_code_is_on_the_page() {
    const NO_INPUT: [&str; 3] = ["lenet-ops", "lenet-stats", "lenet-report"];
    const NO_LIMIT: [&str; 13] = [
        // Parts of an estimate or a check, and what one launch on a GPU takes.
        "MOST_TIMED in crates/lenet-study/src/estimate.rs",
        "MOST_IMAGES in crates/lenet-train/src/self_check.rs",
        "MOST_REPEATED in crates/lenet-train/src/self_check.rs",
        "MOST_TRIALS in crates/lenet-train/src/backend/cuda.rs",
        // Other names of a limit that is on the page.
        "MANY_OR_NONE in crates/lenet-study/src/figure.rs",
        "EPOCH in crates/lenet-study/src/claims/read.rs",
        "SEEDS in crates/lenet-study/src/config.rs",
        // What is looked for in a picture or in weights, whatever their size.
        "LONGEST_SIDE in crates/lenet-model/src/weights/infer.rs",
        "LONGEST_SIDE in crates/lenet-model/src/picture/mod.rs",
        "LEAST_RANGE in crates/lenet-model/src/picture/mod.rs",
        "LEAST_CONTRAST in crates/lenet-model/src/picture/ground.rs",
        "LEAST_CLARITY in crates/lenet-model/src/picture/ground.rs",
        "MOST_PIECES in crates/lenet-model/src/picture/frame.rs",
    ];
    let mut files = Vec::new();
    for folder in ["crates", "xtask"] {
        sources(&root().join(folder), &mut files);
    }
    let rows = rows();
    let known: BTreeSet<(&str, &str)> = rows
        .iter()
        .map(|row| (row.file.as_str(), row.constant.as_str()))
        .collect();
    let mut missing = Vec::new();
    for path in files {
        let own = path.strip_prefix(root()).expect("it lies below the root");
        let own = own.to_string_lossy().replace('\\', "/");
        let is_code = own.contains("/src/") && !own.contains("/tests");
        if !is_code || NO_INPUT.iter().any(|room| own.contains(room)) {
            continue;
        }
        for constant in limits(&read(&path)) {
            let told = format!("{constant} in {own}");
            if !NO_LIMIT.contains(&told.as_str()) && !known.contains(&(&own, &constant)) {
                missing.push(told);
            }
        }
    }
    assert!(missing.is_empty(), "docs/limits.md lacks {missing:#?}");
}
