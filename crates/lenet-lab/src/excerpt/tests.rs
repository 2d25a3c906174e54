//! Lines of files below errors.

use super::*;

#[test]
fn the_word_is_marked() {
    let line = marked("learning_rat = 0.1", 12, 1).unwrap();
    assert_eq!(line, "  12 | learning_rat = 0.1\n     | ^^^^^^^^^^^^");
    let line = marked("kernel = [3, 4]", 3, 14).unwrap();
    assert_eq!(line, "  3 | kernel = [3, 4]\n    |              ^");
    let line = marked("\tepochs = 0", 1, 11).unwrap();
    assert_eq!(line, "  1 | \tepochs = 0\n    | \t         ^");
    assert_eq!(marked("", 1, 1), None);
    assert_eq!(marked(&"x".repeat(300), 1, 200), None);
    let long = marked(&"x".repeat(300), 1, 91).unwrap();
    assert!(long.lines().all(|line| line.len() <= 106), "{long}");
}

#[test]
fn every_mistake_has_its_line() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("x.toml");
    let figure = "[[figure]]\nid = \"1\"\n[figure.axes]\nepochs = [1]\n";
    std::fs::write(
        &path,
        format!("name = \"x\"\nseed = 3\nseeds = 0\n{figure}"),
    )
    .unwrap();
    let error = lenet_study::StudyConfig::open(path.to_str().unwrap()).unwrap_err();
    let told = told(&anyhow::Error::from(error)).unwrap();
    assert_eq!(told.len(), 2);
    assert!(
        told[0].ends_with("\n  2 | seed = 3\n    | ^^^^"),
        "{}",
        told[0]
    );
    assert!(
        told[1].ends_with("\n  3 | seeds = 0\n    |         ^"),
        "{}",
        told[1]
    );
}
