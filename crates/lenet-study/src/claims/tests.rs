//! What claims become, and what they may not say.

use lenet_results::{ClaimRecord, Measure, Moment, Quantity, Rule};

use crate::config::StudyConfig;
use crate::error::StudyError;
use crate::{DataSets, Overrides, Plan};
use lenet_data::Dataset;

/// A study of two optimizers at three rates, with these claims.
fn claims(claims: &str) -> Result<Vec<ClaimRecord>, StudyError> {
    let text = format!(
        "name = \"s\"\n[base]\nepochs = 3\n[[figure]]\nid = \"1\"\n[figure.axes]\n\
         optimizer = [\"sgd\", \"adam\"]\nlearning_rate = [0.1, 0.01, 0.001]\n{claims}"
    );
    let config = StudyConfig::parse(&text, "s.toml")?;
    let data = DataSets::default().with("mnist", Dataset::mnist());
    Ok(Plan::expand(&config, &Overrides::default(), &data)?
        .study
        .claims)
}

fn one(text: &str) -> ClaimRecord {
    let mut found = claims(&format!("[[claim]]\ntext = \"c\"\n{text}")).unwrap();
    assert_eq!(found.len(), 1);
    found.swap_remove(0)
}

fn refused(text: &str) -> String {
    let text = format!("[[claim]]\ntext = \"c\"\n{text}");
    match claims(&text) {
        Ok(found) => panic!("accepted: {found:?}"),
        Err(error) => error.to_string(),
    }
}

#[test]
fn a_list_of_right_sides_is_a_list_of_comparisons() {
    let claim = one(
        "where = { optimizer = \"sgd\" }\nleft = { learning_rate = 0.1, at = 1 }\n\
                     right = [{ learning_rate = 0.01 }, { learning_rate = 0.001 }]\nabove = 0",
    );
    let [test] = claim.tests.as_slice() else {
        panic!("{claim:?}");
    };
    assert_eq!(
        (claim.id.as_str(), test.quantity),
        ("1", Quantity::Difference)
    );
    assert_eq!(test.rule, Rule::Above(0.0));
    assert_eq!(test.left.at, Moment::Epoch(1));
    let right = test.right.as_ref().unwrap();
    assert_eq!(
        (right.measure, right.at),
        (Measure::TEST_ACCURACY, Moment::Last)
    );
    let labels: Vec<&str> = test.comparisons.iter().map(|c| c.label.as_str()).collect();
    assert_eq!(
        labels,
        [
            "learning_rate = 0.1 (test accuracy after epoch 1) against learning_rate = 0.01 (test \
             accuracy after the last epoch)",
            "learning_rate = 0.1 (test accuracy after epoch 1) against learning_rate = 0.001 (test \
             accuracy after the last epoch)",
        ]
    );
    assert!(test.comparisons.iter().all(|c| c.pairs.len() == 1));
    assert_ne!(test.comparisons[0].pairs, test.comparisons[1].pairs);
}

#[test]
fn settings_that_no_side_names_are_matched_and_averaged_or_told_apart() {
    let sides = "left = { optimizer = \"adam\" }\nright = { optimizer = \"sgd\" }\nwithin = 0.1\n";
    let together = one(sides);
    assert_eq!(together.tests[0].comparisons.len(), 1);
    assert_eq!(together.tests[0].comparisons[0].pairs.len(), 3);
    assert_eq!(together.tests[0].rule, Rule::Within(-0.1, 0.1));
    let apart = one(&format!("{sides}each = [\"learning_rate\"]"));
    assert_eq!(apart.tests[0].comparisons.len(), 3);
    assert_eq!(
        apart.tests[0].comparisons[1].label,
        "optimizer = adam against optimizer = sgd, learning_rate = 0.01"
    );
    // The greatest rate less the least.
    let trend = one(&format!("{sides}trend = \"learning_rate\""));
    let comparison = &trend.tests[0].comparisons[0];
    assert_eq!((comparison.pairs.len(), comparison.baseline.len()), (1, 1));
    assert_eq!(comparison.pairs, apart.tests[0].comparisons[0].pairs);
    assert_eq!(comparison.baseline, apart.tests[0].comparisons[2].pairs);
    let between = one(&format!(
        "{sides}between = [{{ learning_rate = 0.01 }}, {{ learning_rate = 0.1 }}]"
    ));
    assert_eq!(
        between.tests[0].comparisons[0].pairs,
        apart.tests[0].comparisons[1].pairs
    );
    assert_eq!(between.tests[0].comparisons[0].baseline, comparison.pairs);
}

#[test]
fn two_measures_of_one_cell_are_compared() {
    let claim = one("left = { measure = \"validation_accuracy\" }\n\
                     right = { measure = \"test_accuracy\" }\nhow = \"distance\"\nwithin = [0, 0.01]");
    let comparison = &claim.tests[0].comparisons[0];
    assert_eq!(comparison.pairs.len(), 6);
    assert!(
        comparison
            .pairs
            .iter()
            .all(|p| p.right.as_ref() == Some(&p.left))
    );
    assert_eq!(
        comparison.label,
        "validation accuracy after the last epoch against test accuracy after the last epoch"
    );
}

#[test]
fn claims_that_cannot_be_tested_are_refused_where_they_stand() {
    let cases = [
        (
            "above = 0\nwhere = { learning_rate = 0.5 }",
            "s.toml:12:9: `claim.where` is learning_rate = 0.5: no cell of the study has this; \
             `learning_rate` is 0.1, 0.01 or 0.001 there",
        ),
        (
            "above = 0\nwhere = { learning_rat = 0.1 }",
            "s.toml:12:11: unknown key `claim.where.learning_rat` (did you mean `learning_rate`?)",
        ),
        (
            "above = 0\nmeasure = \"test_acuracy\"",
            "s.toml:12:11: `claim.measure` is \"test_acuracy\": did you mean \"test_accuracy\"?",
        ),
        (
            "above = 0\nmeasure = \"seconds\"",
            "s.toml:9:1: `claim` is seconds: no figure of the study measures runtimes, so `seconds` is \
             not recorded",
        ),
        (
            "left = { optimizer = \"sgd\" }\nright = { optimizer = \"sgd\" }\nabove = 0",
            "s.toml:12:9: `claim.right` is optimizer = sgd: the left and the right cell are one and \
             the same",
        ),
        (
            "left = { optimizer = \"sgd\", learning_rate = 0.1 }\nright = { optimizer = \"adam\" }\n\
             above = 0",
            "s.toml:12:9: `claim.right` is optimizer = adam: `learning_rate` is 0.1, 0.01 or 0.001 in \
             these cells; name one",
        ),
        (
            "where = { optimizer = \"sgd\", learning_rate = 0.1 }\nat = 4\nabove = 0",
            "s.toml:9:1: `claim` is epoch 4: the cells have 3 epochs",
        ),
        (
            "left = { optimizer = \"sgd\" }\nabove = 0",
            "s.toml:9:1: `claim.right` is missing (hint: write both left = { … } and right = { … }, or \
             neither)",
        ),
        (
            "how = \"difference\"\nabove = 0",
            "s.toml:11:7: `claim.how` is \"difference\": it compares two sides: give `left` and `right`",
        ),
        (
            "how = \"spread\"\nleft = { optimizer = \"sgd\" }\nright = { optimizer = \"adam\" }\nabove = 0",
            "s.toml:11:7: `claim.how` is \"spread\": it is a quantity of one side: write `where` instead of \
             `left` and `right`",
        ),
        (
            "how = \"spread_beyond_chance\"\nmeasure = \"test_loss\"\nabove = 1",
            "s.toml:11:7: `claim.how` is \"spread_beyond_chance\": it is about accuracies; name one with \
             `measure`",
        ),
        (
            "where = { optimizer = \"sgd\" }",
            "s.toml:9:1: `claim.above` is missing (hint: write above = 0, below = … or within = …)",
        ),
        (
            "above = 97",
            "s.toml:11:9: `claim.above` is 97: an accuracy is a share from 0 to 1, not in percent",
        ),
        (
            "above = 0\nmeasure = \"epochs until test_accuracy >= 95\"",
            "s.toml:12:11: `claim.measure` is \"epochs until test_accuracy >= 95\": an accuracy is a \
             share from 0 to 1, not in percent",
        ),
        (
            "above = 0\nonly = { measure = \"test_accuracy\", at_least = 50 }",
            "s.toml:12:48: `claim.only.at_least` is 50: an accuracy is a share from 0 to 1, not in \
             percent",
        ),
        (
            "above = 0\nbelow = 1",
            "s.toml:12:9: `claim.below` is 1: give one of `above`, `below` and `within`",
        ),
        (
            "within = [1, 0]",
            "s.toml:11:10: `claim.within` is [1, 0]: give the lower bound first",
        ),
        (
            "left = { optimizer = \"adam\" }\nright = { optimizer = \"sgd\" }\nabove = 0\ntrend = \"kernel\"",
            "s.toml:14:9: `claim.trend` is \"kernel\": the cells compared must have two or more numbers \
             of it",
        ),
    ];
    let mut wrong = Vec::new();
    for (text, expected) in cases {
        let found = refused(text);
        if found != expected {
            wrong.push(format!("{text}\n  found    {found}\n  expected {expected}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// The claims on training, which tests of other crates read from the file. `UPDATE_EXPECT=1` writes
/// it anew.
#[test]
fn the_claims_of_the_2017_study_are_those_of_the_file() {
    let config = StudyConfig::open("lab-2017").unwrap();
    let data = DataSets::default().with("mnist", Dataset::mnist());
    let plan = Plan::expand(&config, &Overrides::default(), &data).unwrap();
    let text = serde_json::to_string_pretty(&plan.study.claims[..6]).unwrap();
    let file = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../../tests/claims/lab-2017.json"
    );
    expect_test::expect_file![file].assert_eq(&(text + "\n"));
}
