//! Searches over made-up spaces, without any training.

use lenet_results::{Budget, EpochMeasure, Scale, SearchPlace};

use super::*;
use crate::config::StudyConfig;

/// The study of a text whose only figure is named `s`.
pub(super) fn study(set: &str, search: &str, space: &str) -> StudyConfig {
    let text = format!(
        "name = \"s\"\n[[figure]]\nid = \"s\"\n[figure.set]\n{set}\n[figure.search]\n{search}\n\
         [figure.search.space]\n{space}\n"
    );
    StudyConfig::parse(&text, "s.toml").unwrap()
}

pub(super) fn search(study: &StudyConfig, seeds: usize) -> Search<'_> {
    crate::plan::search(study, &study.figures[0], seeds).unwrap()
}

/// All proposals of a search whose scores a function makes up, stage by stage.
pub(super) fn stages(search: &Search<'_>, score: &dyn Fn(&Proposal) -> f64) -> Vec<Vec<Proposal>> {
    let (mut tried, mut stages) = (Vec::new(), Vec::new());
    loop {
        let next = search.next(&tried);
        if next.is_empty() {
            return stages;
        }
        tried.extend(next.iter().map(|proposal| Tried {
            proposal: proposal.clone(),
            score: score(proposal),
        }));
        stages.push(next);
        assert!(stages.len() < 100);
    }
}

const TWO: &str = "learning_rate = { from = 1e-4, to = 1.0, scale = \"log\" }\n\
                   optimizer = [\"sgd\", \"adam\", \"lion\"]";

#[test]
fn random_proposals_come_at_once_and_stay_when_the_budget_grows() {
    let proposals = |trials: usize| {
        let study = study("", &format!("kind = \"random\"\ntrials = {trials}"), TWO);
        let stages = stages(&search(&study, 1), &|_| 0.5);
        assert_eq!(stages.len(), 1);
        stages.concat()
    };
    let (few, many) = (proposals(5), proposals(40));
    assert_eq!((few.len(), many.len()), (5, 40));
    assert_eq!(few[..], many[..5]);
    let place = |number| SearchPlace {
        proposal: number,
        rung: 0,
        new_epochs: 10,
        continues: None,
    };
    assert_eq!(many[7].place, place(7));
    assert_eq!(many[7].epochs, 10);
    // Another seed of the search draws others.
    let other = study("", "kind = \"random\"\ntrials = 5\nseed = 2", TWO);
    assert_ne!(search(&other, 1).next(&[]), few);
}

/// Records and checkpoints of a search are found again only while these values stay.
#[test]
fn first_proposals_never_change() {
    let space = "learning_rate = { from = 1e-4, to = 1.0, scale = \"log\" }\n\
                 dropout = { from = 0, to = 0.9 }\nfilters = { from = 4, to = 32 }\n\
                 batch_size = { from = 16, to = 512, scale = \"integer-log\" }\n\
                 optimizer = [\"sgd\", \"adam\", \"lion\"]";
    let study = study("", "kind = \"random\"\ntrials = 3", space);
    let search = search(&study, 1);
    let labels = search.next(&[]);
    let labels: Vec<String> = labels.iter().map(|p| search.varied(p).label()).collect();
    assert_eq!(labels, FROZEN);
    let choices = "optimizer = [\"sgd\", \"adam\", \"lion\"]\nkernel = [3, 5]";
    let study = super::tests::study("", "kind = \"random\"\ntrials = 4", choices);
    let search = super::tests::search(&study, 1);
    let labels = search.next(&[]);
    let labels: Vec<String> = labels.iter().map(|p| search.varied(p).label()).collect();
    assert_eq!(labels, FROZEN_CHOICES);
}

const FROZEN: [&str; 3] = [
    "filters = 6, dropout = 0.3985, optimizer = sgd, learning_rate = 0.6356, batch_size = 317",
    "filters = 13, dropout = 0.3071, optimizer = lion, learning_rate = 0.03234, batch_size = 304",
    "filters = 20, dropout = 0.75, optimizer = lion, learning_rate = 0.07676, batch_size = 109",
];
const FROZEN_CHOICES: [&str; 4] = [
    "kernel = 3, optimizer = lion",
    "kernel = 3, optimizer = adam",
    "kernel = 3, optimizer = sgd",
    "kernel = 5, optimizer = lion",
];

#[test]
fn a_budget_in_epochs_counts_all_seeds() {
    let count = |epochs: usize, seeds: usize| {
        let text = format!("kind = \"random\"\nepochs = {epochs}");
        let study = study("epochs = 9", &text, TWO);
        search(&study, seeds).next(&[]).len()
    };
    assert_eq!(count(9, 1), 1);
    assert_eq!(count(53, 1), 5);
    assert_eq!(count(54, 1), 6);
    assert_eq!(count(54, 3), 2);
    let text = "kind = \"random\"\nepochs = 26";
    let study = study("epochs = 9", text, TWO);
    let error = search(&study, 3).check("s").unwrap_err().to_string();
    assert_eq!(
        error,
        "s.toml:6:1: `figure.search.epochs` is that of figure s: one proposal takes 27 epochs, all seeds \
         together; give at least so many"
    );
}

#[test]
fn draws_fill_their_range_evenly() {
    let space = "learning_rate = { from = 1e-4, to = 1.0, scale = \"log\" }\n\
                 dropout = { from = 0, to = 0.5 }\nfilters = { from = 3, to = 6 }\n\
                 batch_size = { from = 1, to = 128, scale = \"integer-log\" }\n\
                 optimizer = [\"sgd\", \"adam\", \"lion\"]";
    let study = study("", "kind = \"random\"\ntrials = 4000", space);
    let search = search(&study, 1);
    let all = search.next(&[]);
    let of = |at: usize| -> Vec<f64> {
        let number = |proposal: &Proposal| match proposal.values[at] {
            Value::Number(number) => number,
            Value::Choice(index) => index as f64,
        };
        all.iter().map(number).collect()
    };
    let share = |at: usize, low: f64, high: f64| {
        let within = of(at).iter().filter(|v| (low..high).contains(*v)).count();
        within as f64 / all.len() as f64
    };
    // Four standard deviations of a share of 4000 draws are below 0.032.
    let near = |found: f64, expected: f64| {
        assert!((found - expected).abs() < 0.032, "{found} for {expected}");
    };
    for decade in [1e-4, 1e-3, 1e-2, 1e-1] {
        near(share(0, decade, 10.0 * decade), 0.25);
    }
    near(share(1, 0.0, 0.125), 0.25);
    near(share(1, 0.375, 0.6), 0.25);
    for filters in [3.0, 4.0, 5.0, 6.0] {
        near(share(2, filters, filters + 1.0), 0.25);
    }
    // Between 0.5 and 128.5: ln(1.5 / 0.5) / ln(128.5 / 0.5) and so on.
    near(share(3, 1.0, 2.0), 0.197_985);
    near(share(3, 16.0, 129.0), 0.382_494);
    for choice in [0.0, 1.0, 2.0] {
        near(share(4, choice, choice + 1.0), 1.0 / 3.0);
    }
    for (at, from, to) in [
        (0, 1e-4, 1.0),
        (1, 0.0, 0.5),
        (2, 3.0, 6.0),
        (3, 1.0, 128.0),
    ] {
        assert!(of(at).iter().all(|v| (from..=to).contains(v)), "{at}");
    }
    assert!(of(3).contains(&1.0) && of(2).contains(&6.0) && of(2).contains(&3.0));
}

#[test]
fn choices_are_proposed_once_each() {
    let space = "optimizer = [\"sgd\", \"adam\", \"lion\"]\nkernel = [3, 5]\nfilters = [4, 8]";
    for kind in [
        "\"random\"",
        "\"halving\"",
        "\"tpe\"\nstartup = 3\nround = 2",
    ] {
        let text = format!("kind = {kind}\ntrials = 100");
        let study = study("", &text, space);
        let search = search(&study, 1);
        let all = stages(&search, &|p| p.values.len() as f64).concat();
        let first: Vec<&Proposal> = all.iter().filter(|p| p.place.rung == 0).collect();
        assert_eq!(first.len(), 12, "{kind}");
        for (at, proposal) in first.iter().enumerate() {
            assert_eq!(proposal.place.proposal, at);
            assert!(first[..at].iter().all(|p| p.values != proposal.values));
        }
        assert_eq!(search.outlook().proposals, 12);
    }
}

#[test]
fn whole_numbers_are_drawn_without_repeats_while_there_are_any() {
    let study = study(
        "",
        "kind = \"random\"\ntrials = 50",
        "filters = { from = 4, to = 11 }",
    );
    let all = search(&study, 1).next(&[]);
    let mut numbers: Vec<f64> = all
        .iter()
        .map(|proposal| match proposal.values[..] {
            [Value::Number(number)] => number,
            _ => panic!("{proposal:?}"),
        })
        .collect();
    numbers.sort_by(f64::total_cmp);
    assert_eq!(numbers, [4.0, 5.0, 6.0, 7.0, 8.0, 9.0, 10.0, 11.0]);
}

#[test]
fn the_record_tells_the_search() {
    let study = study(
        "epochs = 9",
        "kind = \"halving\"\ntrials = 9\nmeasure = \"validation_loss\"",
        TWO,
    );
    let search = search(&study, 1);
    let first = search.next(&[]);
    let record = search.record(&first, false);
    assert_eq!(record.kind, SearchKind::Halving { eta: 3, first: 1 });
    assert_eq!(record.budget, Budget::Trials(9));
    assert_eq!(record.measure, EpochMeasure::ValidationLoss);
    assert_eq!((record.seed, record.epochs, record.places.len()), (1, 9, 9));
    let text = serde_json::to_value(&record.space).unwrap();
    let expected = serde_json::json!([
        {"name": "learning_rate", "values": {"numbers": {"from": 0.0001, "to": 1.0, "scale": "log"}}},
        {"name": "optimizer", "values": {"choice": ["sgd", "adam", "lion"]}},
    ]);
    assert_eq!(text, expected);
    assert_eq!(Scale::ALL.len(), 4);
}
