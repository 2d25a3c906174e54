//! Plans at the limit, above it, and far beyond what memory holds.

use super::*;
use crate::config::MOST_SEEDS;
use crate::{DataSets, MOST_TRIALS, Overrides, Plan, StudyConfig};

fn study(seeds: usize, rates: usize, widths: usize) -> StudyConfig {
    let rates: Vec<String> = (1..=rates).map(|i| format!("{}", i as f64 / 1e4)).collect();
    let widths: Vec<String> = (1..=widths).map(|i| i.to_string()).collect();
    let text = format!(
        "name = \"s\"\nseeds = {seeds}\n[[figure]]\nid = \"1\"\n[figure.axes]\nlearning_rate = [{}]\nhidden = [{}]\n",
        rates.join(","),
        widths.join(",")
    );
    StudyConfig::parse(&text, "s.toml").unwrap()
}

fn refusal(config: &StudyConfig, overrides: &Overrides) -> Option<String> {
    let data = DataSets::open(config, overrides).unwrap();
    let plan = Plan::expand(config, overrides, &data);
    plan.err().map(|error| error.to_string())
}

#[test]
fn what_is_too_large_is_counted_and_not_expanded() {
    let usual = Overrides::default();
    assert_eq!(
        refusal(&study(1_000_000, 10, 10), &usual).unwrap(),
        "study s has 100000000 trials: 100 cells × 1000000 seeds; more than 200000 are not planned unasked \
         (hint: fewer seeds or values, or --allow-large)"
    );
    let many = Overrides {
        seeds: Some(usize::MAX),
        ..usual
    };
    assert!(refusal(&study(1, 10, 10), &many).is_some());
}

#[test]
fn the_limit_itself_is_allowed_and_one_more_on_request() {
    let config = study(1, 2, 1);
    let with = |seeds, allow_large| Overrides {
        seeds: Some(seeds),
        allow_large,
        ..Overrides::default()
    };
    let check = |seeds| super::check_trials(&config, &config.figures, Some(seeds));
    assert!(check(MOST_TRIALS / 2).is_ok());
    assert!(check(MOST_TRIALS / 2 + 1).is_err());
    assert_eq!(refusal(&config, &with(3, true)), None);
    let seeds = with(MOST_SEEDS + 1, true);
    assert_eq!(
        refusal(&config, &seeds).unwrap(),
        "--seeds 1000001: give a whole number from 1 to 1000000"
    );
}

#[test]
fn cells_that_are_not_run_count_too() {
    let config = study(1, 1000, 201);
    let few = Overrides {
        only: vec!["2".to_owned()],
        ..Overrides::default()
    };
    let mut text = config.clone();
    text.figures.push(crate::FigureConfig {
        id: "2".to_owned(),
        ..study(1, 1, 1).figures.remove(0)
    });
    let told = refusal(&text, &few).unwrap();
    assert!(told.contains("201001 cells × 1 seeds"), "{told}");
}

#[test]
fn runtimes_have_a_bound_of_their_own() {
    let config = |filters: usize, hidden: usize| {
        let list = |n: usize| (1..=n).map(|i| i.to_string()).collect::<Vec<_>>().join(",");
        let text = format!(
            "name = \"s\"\n[[figure]]\nid = \"1\"\nmeasure = \"runtime\"\n[figure.axes]\nfilters = [{}]\nhidden = [{}]\n",
            list(filters),
            list(hidden)
        );
        StudyConfig::parse(&text, "s.toml").unwrap()
    };
    let check = |config: &StudyConfig| check_runtimes(config, &config.figures);
    assert!(check(&config(100, MOST_RUNTIMES / 100)).is_ok());
    let told = check(&config(100, MOST_RUNTIMES / 100 + 1))
        .unwrap_err()
        .to_string();
    assert!(
        told.starts_with("study s has 10100 cells of runtimes"),
        "{told}"
    );
}
