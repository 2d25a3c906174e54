//! How often studies that look after every seed err.

use lenet_core::random::stream;
use lenet_report::Verdict;
use rand::Rng as _;

use super::made_up::{against, claim, records, study};
use super::*;

const STUDIES: u64 = 2_000;
const MOST: usize = 20;

/// Normal values of standard deviation 1, two at a time (Box and Muller, 1958).
fn normal(seed: u64, cell: usize, n: usize) -> Vec<f64> {
    let mut stream = stream(seed, &format!("cell {cell}"));
    let mut values = Vec::new();
    while values.len() < n {
        let (u, v): (f64, f64) = (stream.random(), stream.random());
        let radius = (-2.0 * (1.0 - u).ln()).sqrt();
        let angle = std::f64::consts::TAU * v;
        values.extend([radius * angle.cos(), radius * angle.sin()]);
    }
    values.truncate(n);
    values
}

/// The verdict of a study that goes on until its claim is decided or it has [`MOST`] seeds: that two
/// cells, which differ by `effect` in truth, differ by more than 0. With it the seeds run.
fn verdict(study_seed: u64, effect: f64, until_decided: Option<usize>) -> (Verdict, usize) {
    let mut one = claim("1", ABOVE, vec![against(0, Some(1))]);
    one.tests[0].quantity = Quantity::Difference;
    one.tests[0].right = Some(one.tests[0].left.clone());
    let cells = [0, 1].map(|cell| normal(study_seed, cell, MOST));
    let loss = |cell: usize, seed: u64| {
        let shift = if cell == 0 { effect } else { 0.0 };
        shift + cells[cell][seed as usize - 1]
    };
    let all = records(&[MOST, MOST], &loss);
    let mut seeds = [FIRST_LOOK; 2];
    loop {
        let study = study(&seeds, vec![one.clone()], until_decided);
        let planned = |record: &&TrialRecord| record.config.seed <= seeds[0] as u64;
        let records: Vec<TrialRecord> = all.iter().filter(planned).cloned().collect();
        let Some(next) = next_stage(&study, &records, MOST) else {
            let judged = lenet_report::judge_claims(Records {
                studies: &[study],
                trials: &records,
                ..Records::default()
            });
            return (judged[0].verdict, seeds[0]);
        };
        seeds = [0, 1].map(|cell| next[&made_up::key(cell)]);
        assert_eq!(seeds[0], seeds[1]);
    }
}

#[test]
fn looking_after_every_seed_errs_no_more_often_than_5_per_cent() {
    // The truth is the bound itself, where errors are most frequent.
    let found: Vec<(Verdict, usize)> = (0..STUDIES)
        .map(|seed| verdict(seed, 0.0, Some(MOST)))
        .collect();
    let count = |wanted| {
        found
            .iter()
            .filter(|(verdict, _)| *verdict == wanted)
            .count()
    };
    let (holds, fails) = (count(Verdict::Holds), count(Verdict::DoesNotHold));
    let told = format!("{holds} hold, {fails} do not, of {STUDIES}");
    assert!(holds as u64 <= STUDIES / 20, "{told}");
    assert!((holds + fails) as u64 <= STUDIES / 20, "{told}");
    // Both directions do occur, as in any test that can decide; and the rest went on to the end.
    assert!(holds >= 5 && fails >= 5, "{told}");
    for (verdict, seeds) in found {
        let decided = verdict.is_decided();
        assert!(decided || (verdict, seeds) == (Verdict::Undecided, MOST));
    }
}

#[test]
fn intervals_for_a_single_look_would_err_more_often() {
    let wrong = (0..200).filter(|seed| verdict(*seed, 0.0, None).0.is_decided());
    let wrong = wrong.count();
    assert!(
        wrong > 20,
        "{wrong} of 200: the test above would see no error"
    );
}

#[test]
fn a_true_effect_is_found_and_ends_the_study() {
    // Two standard deviations of the difference.
    let effect = 2.0 * std::f64::consts::SQRT_2;
    let found: Vec<(Verdict, usize)> = (0..200)
        .map(|seed| verdict(seed, effect, Some(MOST)))
        .collect();
    let holds = found.iter().filter(|(v, _)| *v == Verdict::Holds);
    assert!(holds.count() >= 195, "{found:?}");
    let mean = found.iter().map(|(_, seeds)| *seeds).sum::<usize>() as f64 / 200.0;
    assert!(mean < 10.0, "{mean} seeds");
}
