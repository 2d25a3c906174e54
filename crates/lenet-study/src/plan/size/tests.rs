//! Plans at the limit, above it, and far beyond what memory holds.

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
    let check = |seeds| super::check(&config, &config.figures, Some(seeds));
    assert!(check(MOST_TRIALS / 2).is_ok());
    assert!(check(MOST_TRIALS / 2 + 1).is_err());
    assert_eq!(refusal(&config, &with(3, true)), None);
}
