//! Which rows belong to which cells, and what a table may not hold.

use super::*;

fn table(text: &str) -> Result<PublishedConfig, StudyError> {
    Ok(PublishedConfig {
        id: "paper".to_owned(),
        source: "a paper".to_owned(),
        precision: "as printed".to_owned(),
        rows: rows(text, "paper.csv")?,
    })
}

fn cell(optimizer: &str, rate: &str) -> Settings {
    let mut settings = Settings::default();
    settings.assign("optimizer", optimizer, "test").unwrap();
    settings.assign("learning_rate", rate, "test").unwrap();
    settings.complete()
}

#[test]
fn rows_belong_to_the_cells_that_have_their_settings() {
    let text = "# read by eye\noptimizer, learning_rate, epoch, test_accuracy\n\
                sgd,0.1,1,0.9\nsgd,0.1,2,0.95\nadam,0.001,1,\n,0.1,,0.5\nsgd,7,1,0.1\n";
    let cells = [
        cell("sgd", "0.1"),
        cell("adam", "0.001"),
        cell("adam", "0.1"),
    ];
    let found = table(text).unwrap().of_cells(&cells);
    type Told<'t> = (&'t [usize], Vec<(Option<usize>, Option<f64>)>);
    let told: Vec<Told<'_>> = found
        .series
        .iter()
        .map(|series| {
            let points = series.points.iter();
            let points = points.map(|p| (p.epoch, p.values.get("test_accuracy").copied()));
            (series.cells.as_slice(), points.collect())
        })
        .collect();
    assert_eq!(
        told,
        [
            (&[0][..], vec![(Some(1), Some(0.9)), (Some(2), Some(0.95))]),
            (&[1][..], vec![(Some(1), None)]),
            // Whichever optimizer.
            (&[0, 2][..], vec![(None, Some(0.5))]),
        ]
    );
}

#[test]
fn what_a_table_may_not_hold_is_refused_where_it_stands() {
    let refused = |text: &str| table(text).unwrap_err().to_string();
    let cases = [
        (
            "learning_rat,test_accuracy\n1,1\n",
            "paper.csv:1:1: unknown key `learning_rat` (did you mean `learning_rate`?)",
        ),
        (
            "learning_rate,test_accuracy\n-1,1\n",
            "paper.csv:2: `learning_rate` is -1: give a finite number above 0, e.g. 0.1",
        ),
        (
            "epoch,test_accuracy\n1,0.5\n0,0.5\n",
            "paper.csv:3:1: `epoch` is 0: give an epoch, counted from 1",
        ),
        (
            "epoch,test_accuracy\n1,nan\n",
            "paper.csv:2:1: `test_accuracy` is nan: give a finite number",
        ),
        (
            "epoch,test_accuracy,test_loss\n1,98.5,2\n",
            "paper.csv:2:1: `test_accuracy` is 98.5: an accuracy is a share from 0 to 1, not in percent",
        ),
        (
            "epoch,test_accuracy\n",
            "paper.csv: there are no rows below the header",
        ),
    ];
    for (text, expected) in cases {
        assert_eq!(refused(text), expected, "{text}");
    }
    assert!(refused("epoch,test_accuracy\n1\n").starts_with("paper.csv:2:1: not"));
}
