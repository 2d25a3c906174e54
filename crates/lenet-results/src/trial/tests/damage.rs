//! What changed digits, losses of power and kills leave.

use super::*;

/// A digit of a number, anywhere in a record, is a byte of what its checksum covers.
#[test]
fn every_changed_digit_is_found() {
    let Fixture { trial, _folder, .. } = fixture();
    let mut writer = trial.begin(&config()).unwrap();
    let epochs: Vec<_> = (1..=10).map(epoch).collect();
    writer.append_run(&run("here")).unwrap();
    writer.restore_epochs(&epochs).unwrap();
    drop(writer);
    for name in ["epochs.jsonl", "config.json", "runs.jsonl"] {
        let path = trial.folder().join(name);
        every_changed_digit_of(&path, || {
            let unread = trial.read_runs().is_err();
            unread || matches!(trial.state(), TrialState::Unreadable(_))
        });
    }
    let writer = trial.begin(&config()).unwrap();
    writer.finish(Outcome::Completed {}, epochs, 1).unwrap();
    every_changed_digit_of(trial.published(), || {
        matches!(trial.state(), TrialState::Unreadable(_))
    });
}

/// Changes one digit after another, and asks each time whether that is found.
fn every_changed_digit_of(path: &Path, is_found: impl Fn() -> bool) {
    let values = |text: &[u8]| {
        let values = serde_json::Deserializer::from_slice(text).into_iter::<serde_json::Value>();
        values.collect::<Result<Vec<_>, _>>().ok()
    };
    let whole = fs::read(path).unwrap();
    let digits = (0..whole.len()).filter(|&at| whole[at].is_ascii_digit());
    for at in digits.step_by(7) {
        let mut text = whole.clone();
        text[at] = if text[at] == b'9' { b'8' } else { text[at] + 1 };
        // The last of seventeen digits may leave a float what it is.
        if values(&text) == values(&whole) {
            continue;
        }
        fs::write(path, &text).unwrap();
        let text = String::from_utf8_lossy(&text);
        assert!(is_found(), "{}, byte {at}: {text}", path.display());
    }
    fs::write(path, &whole).unwrap();
}

/// A loss of power between any two of these leaves a result or a checkpoint.
#[test]
fn the_result_is_on_the_disk_before_the_checkpoint_goes() {
    let Fixture { trial, _folder, .. } = fixture();
    let mut writer = trial.begin(&config()).unwrap();
    fs::write(trial.checkpoint_path(), "weights").unwrap();
    writer
        .keep_predictions(&predictions(&config().identity()))
        .unwrap();
    seen::take();
    let epochs = (1..=10).map(epoch).collect();
    writer.finish(Outcome::Completed {}, epochs, 1).unwrap();
    let file = format!("{}.jsonl", config().identity());
    let digits = &file[..2];
    let expected = [
        format!("sync the folder of {digits}"),
        format!("sync {file}"),
        format!("rename to {file}"),
        format!("sync the folder of {file}"),
        "remove checkpoint".to_owned(),
    ];
    assert_eq!(seen::take()[..5], expected);
}

#[test]
fn a_checkpoint_that_is_no_use_goes_out_of_the_way() {
    let Fixture { trial, _folder, .. } = fixture();
    let mut writer = trial.begin(&config()).unwrap();
    assert_eq!(writer.set_checkpoint_aside().unwrap(), None);
    fs::write(trial.checkpoint_path(), "weights").unwrap();
    let kept = trial.folder().join("checkpoint.aside-1");
    assert_eq!(writer.set_checkpoint_aside().unwrap(), Some(kept.clone()));
    assert!(kept.exists() && !trial.checkpoint_path().exists());
}

/// A kill between the result and the removal of the folder.
#[test]
fn a_folder_that_is_left_over_goes() {
    let Fixture { trial, _folder, .. } = fixture();
    let epochs: Vec<_> = (1..=10).map(epoch).collect();
    let writer = trial.begin(&config()).unwrap();
    let Finished { record, .. } = writer.finish(Outcome::Completed {}, epochs, 1).unwrap();
    fs::create_dir(trial.folder()).unwrap();
    fs::write(trial.checkpoint_path(), "left").unwrap();
    fs::write(trial.folder().join("epochs.jsonl"), "rubbish").unwrap();
    assert!(trial.mend(&record).unwrap().is_empty());
    assert!(!trial.folder().exists());
    // Whoever claims the trial finds it finished, and tidies up too.
    fs::create_dir(trial.folder()).unwrap();
    let refused = trial.begin(&config()).unwrap_err();
    assert!(matches!(refused, StoreError::Finished { .. }), "{refused}");
    assert!(matches!(trial.state(), TrialState::Done(_)));
}

#[test]
fn a_failed_trial_keeps_its_checkpoint() {
    let Fixture { trial, _folder, .. } = fixture();
    let writer = trial.begin(&config()).unwrap();
    let message = "m".to_owned();
    let failed = writer.finish(Outcome::Failed { message }, vec![], 1);
    fs::write(trial.checkpoint_path(), "left").unwrap();
    trial.mend(&failed.unwrap().record).unwrap();
    assert!(trial.checkpoint_path().exists());
    assert!(!trial.published().exists());
}
