//! Stages with made-up records.

mod made_up;
mod null_studies;

use lenet_results::{Quantity, Rule, Scope};

use super::*;
use made_up::{against, claim, key, records, study};

/// Cells at the rates 1, 2, … whose test losses for the seeds 1, 2, … are this list over and over.
type Losses<'a> = &'a [&'a [f64]];

/// The numbers of seeds of all cells, stage after stage, until there is no next one.
fn stages(cells: Losses<'_>, claims: Vec<ClaimRecord>, most: usize) -> Vec<Vec<usize>> {
    let mut seeds = vec![FIRST_LOOK; cells.len()];
    let mut stages = vec![seeds.clone()];
    loop {
        let study = study(&seeds, claims.clone(), Some(most));
        let loss = |cell: usize, seed: u64| cells[cell][(seed as usize - 1) % cells[cell].len()];
        let records = records(&seeds, &loss);
        let Some(next) = next_stage(&study, &records, most) else {
            return stages;
        };
        assert_eq!(next.len(), cells.len());
        seeds = (0..cells.len()).map(|cell| next[&key(cell)]).collect();
        assert!(stages.len() < 100, "{stages:?}");
        stages.push(seeds.clone());
    }
}

/// Losses that decide nothing, however long.
const UNDECIDED: &[f64] = &[0.1, -0.1, 0.2, -0.2, 0.15, -0.15];
/// Losses far above 0, and far below.
const HIGH: &[f64] = &[100.0, 100.1, 99.9, 100.05, 99.95];
const LOW: &[f64] = &[-100.0, -100.1, -99.9, -100.05, -99.95];
const ABOVE: Rule = Rule::Above(0.0);

#[test]
fn three_values_are_the_first_that_can_decide() {
    assert_eq!(FIRST_LOOK, 3);
    // Two have no interval at 95 %.
    let claims = vec![claim("1", ABOVE, vec![against(0, None)])];
    let decided = |seeds: usize| {
        let study = study(&[seeds], claims.clone(), Some(9));
        let records = records(&[seeds], &|_, seed| HIGH[seed as usize - 1]);
        next_stage(&study, &records, 9).is_none()
    };
    assert!(!decided(2));
    assert!(decided(3));
}

#[test]
fn a_decided_study_has_no_next_stage() {
    let holds = claim("1", ABOVE, vec![against(0, None)]);
    let fails = claim("2", ABOVE, vec![against(1, None)]);
    assert_eq!(stages(&[HIGH, LOW], vec![holds, fails], 20), [[3, 3]]);
    assert_eq!(stages(&[UNDECIDED], Vec::new(), 20), [[3]]);
}

#[test]
fn only_cells_of_open_claims_grow_and_never_beyond_the_most() {
    let holds = claim("1", ABOVE, vec![against(0, None)]);
    let open = claim("2", ABOVE, vec![against(1, None)]);
    let found = stages(&[HIGH, UNDECIDED, LOW], vec![holds, open], 6);
    assert_eq!(found, [[3, 3, 3], [3, 4, 3], [3, 5, 3], [3, 6, 3]]);
    let open = claim("2", ABOVE, vec![against(0, None)]);
    assert_eq!(stages(&[UNDECIDED], vec![open], 3), [[3]]);
}

#[test]
fn the_comparison_that_decides_soonest_gets_the_seeds() {
    // All must hold: the second comparison heads for failing, and settles the claim.
    let falling: &[f64] = &[-1.0, -3.0, -2.0, -2.5, -1.5];
    let all = claim("1", ABOVE, vec![against(0, None), against(1, None)]);
    let found = stages(&[&[0.5, 1.5, -0.5], falling], vec![all.clone()], 20);
    assert!(found.len() > 1, "{found:?}");
    assert!(found.iter().all(|seeds| seeds[0] == 3), "{found:?}");
    // One is enough: the first heads for holding.
    let mut any = all;
    any.tests[0].scope = Scope::Any;
    let found = stages(
        &[&[1.0, 3.0, 2.0, 2.5, 1.5], &[-0.5, -1.5, 0.5]],
        vec![any],
        20,
    );
    assert!(found.len() > 1, "{found:?}");
    assert!(found.iter().all(|seeds| seeds[1] == 3), "{found:?}");
}

#[test]
fn both_sides_and_the_baseline_of_a_comparison_grow_together() {
    let mut change = against(0, Some(1));
    change.baseline = against(2, Some(3)).pairs;
    let mut open = claim("1", ABOVE, vec![change]);
    open.tests[0].quantity = Quantity::Difference;
    open.tests[0].right = Some(open.tests[0].left.clone());
    let cells: Losses<'_> = &[UNDECIDED, &[0.0], &[0.0], &[0.0], UNDECIDED];
    let found = stages(cells, vec![open], 5);
    assert_eq!(found, [[3, 3, 3, 3, 3], [4, 4, 4, 4, 3], [5, 5, 5, 5, 3]]);
}

#[test]
fn a_cell_that_another_claim_has_grown_waits_for_its_partner() {
    let mut open = claim("1", ABOVE, vec![against(0, Some(1))]);
    open.tests[0].quantity = Quantity::Difference;
    open.tests[0].right = Some(open.tests[0].left.clone());
    let next = |seeds: &[usize]| {
        let study = study(seeds, vec![open.clone()], Some(9));
        let records = records(seeds, &|cell, seed| match cell {
            0 => UNDECIDED[seed as usize % 6],
            _ => 0.0,
        });
        next_stage(&study, &records, 9).map(|next| [0, 1].map(|cell| next[&key(cell)]))
    };
    // The comparison has the seeds that both have.
    assert_eq!(next(&[6, 3]), Some([6, 4]));
    assert_eq!(next(&[3, 6]), Some([4, 6]));
    assert_eq!(next(&[9, 8]), Some([9, 9]));
    assert_eq!(next(&[9, 9]), None);
}

#[test]
fn each_open_claim_adds_to_the_same_stage() {
    let claims = [(0, "1"), (1, "2"), (1, "3")].map(|(cell, id)| {
        let mut open = claim(id, ABOVE, vec![against(cell, None)]);
        open.text = id.to_owned();
        open
    });
    let found = stages(&[UNDECIDED, UNDECIDED, UNDECIDED], claims.to_vec(), 4);
    assert_eq!(found, [[3, 3, 3], [4, 4, 3]]);
}

#[test]
fn other_records_and_their_order_change_no_stage() {
    let seeds = [3, 4];
    let claims = [0, 1].map(|cell| claim(&cell.to_string(), ABOVE, vec![against(cell, None)]));
    let study = study(&seeds, claims.to_vec(), Some(9));
    let loss = |_: usize, seed: u64| UNDECIDED[seed as usize % 6];
    let own = records(&seeds, &loss);
    let expected = next_stage(&study, &own, 9);
    assert_eq!(expected, Some([(key(0), 4), (key(1), 5)].into()));
    // Later seeds of the same cells, which alone would decide every claim, and other cells.
    let more = records(&[20, 20, 20], &|_, seed| match seed {
        1..=4 => UNDECIDED[seed as usize % 6],
        _ => 1e6 + seed as f64,
    });
    assert_eq!(next_stage(&study, &more, 9), expected);
    let reversed: Vec<_> = more.into_iter().rev().collect();
    assert_eq!(next_stage(&study, &reversed, 9), expected);
}

#[test]
fn cells_that_are_not_run_get_no_seeds() {
    // The claim compares a cell of another figure, which was left out.
    let claims = vec![claim("1", ABOVE, vec![against(7, None)])];
    assert_eq!(stages(&[UNDECIDED], claims, 9), [[3]]);
}

#[test]
fn a_figure_of_runtimes_does_not_change_the_seeds_of_its_cells() {
    let claims = vec![claim("1", ABOVE, vec![against(0, None)])];
    let mut study = study(&[4], claims, Some(9));
    let mut timed = study.figures[0].clone();
    timed.id = "time".to_owned();
    timed.runtime = Some(lenet_results::RuntimeParameters::default());
    timed.cells[0].trials.clear();
    study.figures.push(timed);
    let records = records(&[4], &|_, seed| UNDECIDED[seed as usize % 6]);
    assert_eq!(next_stage(&study, &records, 9), Some([(key(0), 5)].into()));
}
