//! What a report leaves of those before it.

use super::*;

fn report(folder: &Path, names: &[&str]) {
    let owned = names.iter().map(|name| (*name).to_owned());
    let manifest = Manifest::begin(folder, owned).unwrap();
    for name in names {
        write_whole(folder, name, b"x").unwrap();
    }
    manifest.finish().unwrap();
}

fn found(folder: &Path) -> BTreeSet<String> {
    let entries = fs::read_dir(folder).unwrap();
    let names = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap());
    names.filter(|name| name != MANIFEST).collect()
}

fn set(names: &[&str]) -> BTreeSet<String> {
    names.iter().map(|name| (*name).to_owned()).collect()
}

#[test]
fn a_report_removes_what_reports_before_it_wrote_and_nothing_else() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    fs::write(folder.join("figure-9.svg"), b"a reader's own").unwrap();
    report(folder, &["index.html", "figure-1.svg", "figure-2.svg"]);
    report(folder, &["index.html", "figure-2.svg", "claims.md"]);
    let left = ["index.html", "figure-2.svg", "claims.md", "figure-9.svg"];
    assert_eq!(found(folder), set(&left));
}

#[test]
fn a_report_that_was_cut_short_is_known_to_the_next() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    report(folder, &["index.html"]);
    Manifest::begin(folder, ["figure-1.svg".to_owned()]).unwrap();
    write_whole(folder, "figure-1.svg", b"x").unwrap();
    report(folder, &["index.html"]);
    assert_eq!(found(folder), set(&["index.html"]));
}

#[test]
fn a_manifest_names_nothing_outside_the_folder_and_no_other_kinds_of_files() {
    let outer = tempfile::tempdir().unwrap();
    let folder = outer.path().join("report");
    fs::create_dir(&folder).unwrap();
    for name in ["notes.csv", "report/study.toml"] {
        fs::write(outer.path().join(name), b"x").unwrap();
    }
    let absolute = outer.path().join("notes.csv");
    let text = format!("../notes.csv\n..\n\nstudy.toml\n{}\n", absolute.display());
    fs::write(folder.join(MANIFEST), text).unwrap();
    report(&folder, &["index.html"]);
    assert!(absolute.exists());
    assert!(folder.join("study.toml").exists());
}
