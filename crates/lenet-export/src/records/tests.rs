//! Trials and their studies.

use lenet_core::Trial;

use super::*;
use crate::testing::{config, content, epoch, four_trials, record, run, study};

fn unfinished(config: &Trial, epochs: usize, is_running: bool) -> UnfinishedTrial {
    UnfinishedTrial {
        identity: config.identity(),
        config: config.clone(),
        epochs: (1..=epochs).map(epoch).collect(),
        runs: vec![run(0, 1_700_000_000)],
        is_running,
    }
}

#[test]
fn trials_stand_once_in_the_order_of_their_studies() {
    let (study, mut records) = four_trials();
    records.reverse();
    let duplicate = records[0].clone();
    records.push(duplicate);
    let content = content(&[study], &records);
    let names: Vec<&str> = content.entries.iter().map(|e| e.name.as_str()).collect();
    assert_eq!(
        names,
        ["rate 0.1, seed 1", "rate 0.1, seed 2", "rate 0.001, seed 1"]
    );
    let [group] = &content.groups[..] else {
        panic!("{:?}", content.groups)
    };
    assert_eq!((group.name.as_str(), group.missing), ("rates", 1));
    let one = || vec!["1".to_owned()];
    assert_eq!(group.trials, [(0, one()), (1, one()), (2, one())]);
    assert_eq!(content.ended(), 3);
}

#[test]
fn a_trial_of_several_figures_and_studies_is_one() {
    let (first, records) = four_trials();
    let mut second = study("other", &[(&config(1), &[1])]);
    let mut figure = second.figures[0].clone();
    figure.id = "2".to_owned();
    second.figures.push(figure);
    // Parts of one study, which share a name.
    let mut part = first.clone();
    part.figures[0].id = "3".to_owned();
    let content = content(&[first, second, part], &records);
    assert_eq!(content.entries.len(), 3);
    let ids = |ids: &[&str]| ids.iter().map(ToString::to_string).collect::<Vec<_>>();
    assert_eq!(content.groups.len(), 2);
    let all = ids(&["1", "3"]);
    assert_eq!(
        content.groups[0].trials,
        [(0, all.clone()), (1, all.clone()), (2, all)]
    );
    assert_eq!(content.groups[1].trials, [(2, ids(&["1", "2"]))]);
}

#[test]
fn trials_of_no_study_and_unfinished_ones_are_there() {
    let (study, records) = four_trials();
    let (begun, stray) = (config(2), config(9));
    let done = unfinished(&records[0].config, 1, false);
    let less = unfinished(&begun, 0, false);
    let more = unfinished(&begun, 1, true);
    let all = [less, done, more, unfinished(&stray, 1, false)];
    let content = Content::of(Records {
        studies: &[study],
        trials: &records,
        unfinished: &all,
        ..Records::default()
    });
    let states: Vec<&str> = content.entries.iter().map(|e| e.state.word()).collect();
    let expected = [
        "completed",
        "completed",
        "completed",
        "running",
        "interrupted",
    ];
    assert_eq!(states, expected);
    assert_eq!(content.entries[3].epochs.len(), 1);
    assert_eq!(content.entries[3].network_parameters, None);
    assert_eq!(content.entries[0].network_parameters, Some(52_258));
    assert_eq!(content.groups[0].missing, 0);
    let others = &content.groups[1];
    assert_eq!(
        (others.name.as_str(), &others.trials[..]),
        ("trials of no study", &[(4, vec![])][..])
    );
    assert_eq!(content.ended(), 3);
    let mut notes = Vec::new();
    content.note_left_out(&mut notes);
    assert_eq!(notes, ["predictions and claims left out"]);
}

#[test]
fn names_from_outside_are_shown_and_distinct() {
    let one = study("a\u{1b}[31m", &[(&config(1), &[1])]);
    let two = study("trials of no study", &[(&config(2), &[2])]);
    let records: Vec<_> = [1, 2, 3].map(|seed| record(&config(seed))).into();
    let content = content(&[one, two], &records);
    let names: Vec<&str> = content.groups.iter().map(|g| g.name.as_str()).collect();
    assert_eq!(
        names,
        [
            r"a\u001b[31m",
            "trials of no study",
            "trials of no study (2)"
        ]
    );
    assert_eq!(content.groups[0].title, r"The study a\u001b[31m");
}
