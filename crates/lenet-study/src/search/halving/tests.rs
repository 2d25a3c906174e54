//! Rungs and promotions, by hand.

use super::*;
use crate::search::tests::{search, stages, study};

const RATE: &str = "learning_rate = { from = 1e-4, to = 1.0, scale = \"log\" }";

fn halving(eta: usize, first: usize) -> Halving {
    Halving { eta, first }
}

#[test]
fn rungs_multiply_up_to_the_most_epochs() {
    assert_eq!(halving(3, 1).rungs(9), [1, 3, 9]);
    assert_eq!(halving(3, 1).rungs(10), [1, 3, 10]);
    assert_eq!(halving(3, 1).rungs(26), [1, 3, 26]);
    assert_eq!(halving(3, 1).rungs(27), [1, 3, 9, 27]);
    assert_eq!(halving(2, 2).rungs(8), [2, 4, 8]);
    assert_eq!(halving(4, 3).rungs(11), [11]);
    assert_eq!(halving(3, 5).rungs(5), [5]);
    assert!(halving(3, 6).rungs(5).is_empty());
}

/// 27 proposals whose scores are their numbers: 26 down to 18 go on, then 26, 25 and 24.
#[test]
fn the_best_of_every_three_go_on() {
    let study = study("epochs = 9", "kind = \"halving\"\ntrials = 27", RATE);
    let search = search(&study, 1);
    let stages = stages(&search, &|proposal| proposal.place.proposal as f64);
    let numbers =
        |rung: usize| -> Vec<usize> { stages[rung].iter().map(|p| p.place.proposal).collect() };
    assert_eq!(stages.len(), 3);
    assert_eq!(numbers(0), (0..27).collect::<Vec<_>>());
    assert_eq!(numbers(1), (18..27).rev().collect::<Vec<_>>());
    assert_eq!(numbers(2), [26, 25, 24]);
    let epochs: Vec<usize> = stages.iter().map(|rung| rung[0].epochs).collect();
    assert_eq!(epochs, [1, 3, 9]);
    let new: Vec<usize> = stages.iter().map(|rung| rung[0].place.new_epochs).collect();
    assert_eq!(new, [1, 2, 6]);
    // Indices into all cells: of the first rung, and of the second behind the first's 27.
    assert_eq!(stages[1][0].place.continues, Some(26));
    assert_eq!(stages[1][8].place.continues, Some(18));
    assert_eq!(stages[2][2].place.continues, Some(29));
    assert_eq!(stages[2][2].values, stages[0][24].values);
    let outlook = Outlook {
        proposals: 27,
        cells: 39,
        epochs: 27 + 9 * 2 + 3 * 6,
    };
    assert_eq!(search.outlook(), outlook);
}

#[test]
fn of_equals_the_earlier_goes_on_and_what_failed_never_does() {
    let study = study("epochs = 3", "kind = \"halving\"\ntrials = 7", RATE);
    let search = search(&study, 1);
    let scores = [0.5, f64::NEG_INFINITY, 0.5, 0.4, 0.5, f64::NAN, 0.1];
    let all = stages(&search, &|proposal| scores[proposal.place.proposal]);
    let second: Vec<usize> = all[1].iter().map(|p| p.place.proposal).collect();
    assert_eq!(second, [0, 2], "7 / 3 = 2 go on");
    let failed = stages(&search, &|_| f64::NEG_INFINITY);
    assert_eq!(failed.len(), 1);
    let one = stages(&search, &|p| match p.place.proposal {
        5 => 0.1,
        _ => f64::NAN,
    });
    assert_eq!(one[1].len(), 1);
    assert_eq!(one[1][0].place.proposal, 5);
}

#[test]
fn at_least_one_goes_on() {
    let study = study(
        "epochs = 4",
        "kind = \"halving\"\ntrials = 2\neta = 4",
        RATE,
    );
    let all = stages(&search(&study, 1), &|p| p.place.proposal as f64);
    assert_eq!(all.len(), 2);
    assert_eq!(all[1].len(), 1);
}

#[test]
fn a_budget_in_epochs_takes_what_fits() {
    let found = |budget: usize, seeds: usize, set: &str| {
        let text = format!("kind = \"halving\"\nepochs = {budget}");
        let study = study(set, &text, RATE);
        let search = search(&study, seeds);
        let all = stages(&search, &|p| p.place.proposal as f64).concat();
        let spent: usize = all.iter().map(|p| p.place.new_epochs * seeds).sum();
        assert!(spent <= budget, "{spent} of {budget}");
        assert_eq!(search.outlook().epochs, spent);
        all.iter().filter(|p| p.place.rung == 0).count()
    };
    assert_eq!(found(63, 1, "epochs = 9"), 27);
    assert_eq!(found(62, 1, "epochs = 9"), 26);
    assert_eq!(found(189, 3, "epochs = 9"), 27);
    assert_eq!(found(9, 1, "epochs = 9"), 1);
    // Where nothing goes on, 27 proposals take 27 + 9 · 3 + 3 · 9 epochs.
    let cosine = "epochs = 9\nschedule = \"cosine\"";
    assert_eq!(found(81, 1, cosine), 27);
    assert_eq!(found(80, 1, cosine), 26);
}

#[test]
fn trials_begin_anew_where_the_end_matters() {
    for set in ["schedule = \"cosine\"", "early_stop = 2"] {
        let set = format!("epochs = 9\n{set}");
        let study = study(&set, "kind = \"halving\"\ntrials = 9", RATE);
        let search = search(&study, 1);
        let all = stages(&search, &|p| p.place.proposal as f64).concat();
        assert!(all.iter().all(|p| p.place.continues.is_none()));
        assert!(all.iter().all(|p| p.place.new_epochs == p.epochs));
        assert!(all.iter().all(|p| !search.keeps_checkpoint(p)));
        assert!(search.anew_in_words("s").is_some());
    }
    // Each proposal for itself.
    let space = "schedule = [\"constant\", \"cosine\"]";
    let study = study(
        "epochs = 3",
        "kind = \"halving\"\ntrials = 2\neta = 2",
        space,
    );
    let search = search(&study, 1);
    for good in [0, 1] {
        let all = stages(&search, &|p| {
            f64::from(p.values == [super::super::Value::Choice(good)])
        });
        let goes_on = good == 0;
        assert_eq!(all[1][0].place.continues.is_some(), goes_on);
        assert_eq!(all[1][0].place.new_epochs, if goes_on { 2 } else { 3 });
    }
    assert_eq!(search.outlook().epochs, 2 + 3, "the most");
    assert!(search.anew_in_words("s").is_some());
}

#[test]
fn a_rung_above_the_most_epochs_is_refused() {
    let study = study(
        "epochs = 3",
        "kind = \"halving\"\ntrials = 9\nfirst = 4",
        RATE,
    );
    let error = search(&study, 1).check("s").unwrap_err().to_string();
    assert_eq!(
        error,
        "s.toml:6:1: `figure.search.first` is that of figure s: the first rung has 4 epochs, and a trial at \
         most 3"
    );
    let study = super::super::tests::study("epochs = 9", "kind = \"halving\"\nepochs = 8", RATE);
    let error = search(&study, 1).check("s").unwrap_err().to_string();
    assert!(error.contains("one proposal takes 9 epochs"), "{error}");
}

#[test]
fn checkpoints_are_kept_but_for_the_last_rung() {
    let study = study("epochs = 9", "kind = \"halving\"\ntrials = 9", RATE);
    let search = search(&study, 1);
    let stages = stages(&search, &|p| p.place.proposal as f64);
    let keeps = |rung: usize| search.keeps_checkpoint(&stages[rung][0]);
    assert_eq!([keeps(0), keeps(1), keeps(2)], [true, true, false]);
    assert!(!search.is_last(&stages[..2].concat()));
    assert!(search.is_last(&stages.concat()));
}
