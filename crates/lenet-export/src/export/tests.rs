//! What is refused, and what is left alone.

use std::fs;

use super::*;
use crate::testing::four_trials;

#[test]
fn what_is_there_is_not_written_over() {
    let (study, trials) = four_trials();
    let studies = [study];
    let records = Records {
        studies: &studies,
        trials: &trials,
        ..Records::default()
    };
    for format in Format::ALL {
        let scratch = tempfile::tempdir().unwrap();
        let out = scratch.path().join("out");
        let write = |force| {
            let options = Options {
                force,
                license: None,
            };
            export(format, records, &out, options)
        };
        let first = write(false).unwrap();
        assert_eq!(first.trials, 3, "{format}");
        let is_refused = |found: Result<Exported, ExportError>| {
            found.is_err_and(|e| e.is_refusal() && e.to_string().contains("--force"))
        };
        assert!(is_refused(write(false)), "{format}");
        let other = out.join("other.txt");
        if format.is_folder() {
            fs::write(&other, "mine").unwrap();
        }
        let second = write(true).unwrap();
        assert_eq!(second.files, first.files, "{format}");
        let told = second
            .notes
            .iter()
            .any(|n| n.contains("which were there before, stay"));
        assert_eq!(told, format.is_folder(), "{format}");
        if format.is_folder() {
            assert_eq!(fs::read_to_string(other).unwrap(), "mine");
        }

        // An empty folder is as none.
        let empty = scratch.path().join("empty");
        fs::create_dir(&empty).unwrap();
        let found = export(format, records, &empty, Options::default());
        assert_eq!(found.is_ok(), format.is_folder(), "{format}");
        if let Err(error) = found {
            assert!(
                error
                    .to_string()
                    .contains("is a file, and a folder is there"),
                "{error}"
            );
        }
        let file = scratch.path().join("file");
        fs::write(&file, "mine").unwrap();
        let error = export(format, records, &file, Options::default()).unwrap_err();
        assert!(error.is_refusal(), "{error}");
        assert_eq!(fs::read_to_string(file).unwrap(), "mine");
    }
}

#[test]
fn a_license_is_checked_before_any_work() {
    let options = Options {
        force: false,
        license: Some("all rights reserved"),
    };
    let error = check(Format::RoCrate, Path::new("nowhere"), options).unwrap_err();
    assert!(error.is_refusal(), "{error}");
}
