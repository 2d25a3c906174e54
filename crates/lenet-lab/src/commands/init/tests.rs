//! The file to start from.

use super::*;

#[test]
fn the_file_is_a_study_of_that_name() {
    let study = StudyConfig::parse(&text("my-study").unwrap(), "my-study.toml").unwrap();
    assert_eq!(study.name, "my-study");
    assert_eq!((study.figures.len(), study.claims.len()), (1, 1));
    assert!(text("my-study").unwrap().contains("--config my-study.toml"));
    let refused = text("my study").unwrap_err().to_string();
    assert!(refused.contains("letters, digits"), "{refused}");
}
