//! Checkpoints that outlive their trials.

use super::*;

fn epochs() -> Vec<EpochRecord> {
    (1..=10).map(epoch).collect()
}

#[test]
fn a_kept_checkpoint_moves_once_the_result_is_on_the_disk() {
    let Fixture {
        store,
        trial,
        _folder,
    } = fixture();
    let mut writer = trial.begin(&config()).unwrap();
    writer.keep_checkpoint();
    fs::write(trial.checkpoint_path(), "weights").unwrap();
    seen::take();
    writer.finish(Outcome::Completed {}, epochs(), 1).unwrap();
    let identity = config().identity();
    let seen = seen::take();
    let place = |what: String| seen.iter().position(|s| *s == what).unwrap();
    let published = place(format!("sync the folder of {identity}.jsonl"));
    let moved = place(format!("rename to {identity}"));
    assert!(published < moved, "{seen:?}");
    assert!(!trial.folder().exists());
    let kept = fs::read_to_string(trial.kept_checkpoint()).unwrap();
    assert_eq!(kept, "weights");
    assert_eq!(store.kept_checkpoints(), [config().identity()]);
    // It is no trial, and a second one takes its place.
    assert_eq!(store.identities().unwrap(), [config().identity()]);
    store.drop_checkpoint(&identity);
    assert!(store.kept_checkpoints().is_empty());
    assert!(!store.folder().join(KEPT).exists());
}

#[test]
fn nothing_is_kept_unasked_of_a_failure_or_without_a_checkpoint() {
    let finish = |keeps: bool, has_checkpoint: bool, outcome: Outcome| {
        let Fixture {
            store,
            trial,
            _folder,
        } = fixture();
        let mut writer = trial.begin(&config()).unwrap();
        if keeps {
            writer.keep_checkpoint();
        }
        if has_checkpoint {
            fs::write(trial.checkpoint_path(), "weights").unwrap();
        }
        writer.finish(outcome, epochs(), 1).unwrap();
        (
            store.kept_checkpoints().len(),
            trial.checkpoint_path().exists(),
        )
    };
    assert_eq!(finish(true, true, Outcome::Completed {}), (1, false));
    assert_eq!(finish(false, true, Outcome::Completed {}), (0, false));
    assert_eq!(finish(true, false, Outcome::Completed {}), (0, false));
    let failed = Outcome::Failed {
        message: "device lost".into(),
    };
    assert_eq!(finish(true, true, failed), (0, true));
}

#[test]
fn a_kill_before_the_checkpoint_moves_leaves_a_result_and_no_checkpoint() {
    let Fixture {
        store,
        trial,
        _folder,
    } = fixture();
    let mut writer = trial.begin(&config()).unwrap();
    writer.keep_checkpoint();
    let published = writer.finish(Outcome::Completed {}, epochs(), 1).unwrap();
    // As it lies there when the process is killed between the two.
    fs::create_dir_all(trial.folder()).unwrap();
    fs::write(trial.checkpoint_path(), "weights").unwrap();
    trial.mend(&published.record).unwrap();
    assert!(!trial.folder().exists());
    assert!(store.kept_checkpoints().is_empty());
    assert!(matches!(trial.state(), TrialState::Done(_)));
}

#[test]
fn runs_of_the_earlier_trial_come_first_and_once() {
    let Fixture { trial, _folder, .. } = fixture();
    let hosts = |trial: &TrialDir| -> Vec<String> {
        let runs = trial.read_runs().unwrap();
        runs.into_iter().map(|run| run.environment.host).collect()
    };
    let mut writer = trial.begin(&config()).unwrap();
    writer.inherit_runs(&[run("a"), run("b")]).unwrap();
    writer.append_run(&run("c")).unwrap();
    drop(writer);
    let mut writer = trial.begin(&config()).unwrap();
    writer.inherit_runs(&[run("a"), run("b")]).unwrap();
    writer.append_run(&run("d")).unwrap();
    assert_eq!(hosts(&trial), ["a", "b", "c", "d"]);
}
