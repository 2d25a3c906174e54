//! Trials that go on from the last checkpoint of a shorter one.

use lenet_core::{Decay, Schedule};

use super::*;

/// Runs a trial with its own checkpoint, on from that of another.
fn run_on(trial: &Trial, own: &Path, earlier: Option<&Path>) -> (usize, Ended) {
    let data = testing::splits();
    let member = GroupTrial {
        config: trial,
        data: &data,
        checkpoint: Some(own),
        earlier,
        init: None,
    };
    let mut from = usize::MAX;
    let mut observer = |event: Event<'_>| {
        if let Event::Started { from_epoch, .. } = event {
            from = from_epoch;
        }
    };
    let mut alone = Alone {
        observer: &mut observer,
        ended: None,
    };
    run_group(&[member], &RunOptions::default(), &mut alone).unwrap();
    let ended = alone.ended.unwrap().unwrap();
    (from, ended)
}

fn of_epochs(trial: &Trial, epochs: usize) -> Trial {
    Trial {
        epochs,
        ..trial.clone()
    }
}

#[test]
fn it_comes_to_the_bits_of_one_that_began_anew() {
    let step = Schedule {
        warmup_epochs: 0.5,
        decay: Decay::Step {
            every_epochs: 1.0,
            gamma: 0.5,
        },
    };
    for (backend, schedule) in [
        (Backend::Fused, Schedule::default()),
        (Backend::Fused, step),
        (Backend::Stock, step),
    ] {
        let trial = Trial {
            backend,
            schedule,
            ..adam()
        };
        let folder = tempfile::tempdir().unwrap();
        let [first, second, third] = ["1", "2", "3"].map(|name| folder.path().join(name));
        let (from, ended) = run_on(&of_epochs(&trial, 1), &first, None);
        assert_eq!(from, 0);
        assert_same(&finished(ended), &unbroken(&of_epochs(&trial, 1)));
        let (from, ended) = run_on(&of_epochs(&trial, 2), &second, Some(&first));
        assert_eq!(from, 1);
        assert_same(&finished(ended), &unbroken(&of_epochs(&trial, 2)));
        let (from, ended) = run_on(&of_epochs(&trial, 5), &third, Some(&second));
        assert_eq!(from, 2);
        assert_same(&finished(ended), &unbroken(&of_epochs(&trial, 5)));
        // Its own checkpoint goes before the other's.
        let (from, _) = run_on(&of_epochs(&trial, 5), &third, Some(&first));
        assert_eq!(from, 5);
    }
}

#[test]
fn what_it_cannot_go_on_from_it_leaves_alone() {
    let trial = adam();
    let longer = of_epochs(&trial, 4);
    let want = unbroken(&longer);
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name);
    let made = |name: &str, trial: &Trial| {
        run_on(trial, &path(name), None);
        path(name)
    };
    let good = made("good", &of_epochs(&trial, 2));
    let cut = path("cut");
    let bytes = std::fs::read(&good).unwrap();
    std::fs::write(&cut, &bytes[..bytes.len() - 1]).unwrap();
    let other_seed = Trial {
        seed: 2,
        ..of_epochs(&trial, 2)
    };
    let early = path("early");
    run_until(&of_epochs(&trial, 2), &early, 5).unwrap();
    let mut foreign = Checkpoint::read_earlier(&good, &longer, 1 << 30)
        .unwrap()
        .unwrap();
    foreign.progress.identity = of_epochs(&trial, 2).identity();
    foreign.progress.config = of_epochs(&trial, 2);
    foreign.progress.level = "another".to_owned();
    let level = path("level");
    foreign.write(&level).unwrap();
    let cases = [
        cut,
        early,
        level,
        made("seed", &other_seed),
        made("same", &longer),
        made("more", &of_epochs(&trial, 5)),
        path("none"),
    ];
    for (number, earlier) in cases.iter().enumerate() {
        let own = path(&format!("own-{number}"));
        let (from, ended) = run_on(&longer, &own, Some(earlier));
        assert_eq!(from, 0, "{}", earlier.display());
        assert_same(&finished(ended), &want);
    }
    let (from, _) = run_on(&longer, &path("own"), Some(&good));
    assert_eq!(from, 2);
    // The rate of a cosine depends on the number of epochs.
    let cosine = Trial {
        schedule: Schedule {
            warmup_epochs: 0.0,
            decay: Decay::Cosine { floor: 0.0 },
        },
        ..trial
    };
    let shorter = made("cosine", &of_epochs(&cosine, 2));
    let longer = of_epochs(&cosine, 4);
    let (from, ended) = run_on(&longer, &path("own-cosine"), Some(&shorter));
    assert_eq!(from, 0);
    assert_same(&finished(ended), &unbroken(&longer));
}
