//! Which rows are told.

use std::fs;

use crate::config::StudyConfig;
use crate::data_sets::DataSets;
use crate::overrides::Overrides;
use crate::plan::Plan;

/// Warnings of a study of two figures, which both show a table of these rows.
fn warnings(rows: &str) -> Vec<String> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("s.toml");
    let table = "[[published]]\nid = \"paper\"\nfile = \"p.csv\"\nsource = \"a paper\"\nprecision = \"as printed\"\n";
    let figure = |id: &str, rate: &str| {
        format!(
            "[[figure]]\nid = \"{id}\"\npublished = \"paper\"\n[figure.axes]\nlearning_rate = [{rate}]\n"
        )
    };
    let text = format!(
        "name = \"s\"\nseeds = 1\n{table}{}{}",
        figure("a", "0.1, 0.01"),
        figure("b", "0.5")
    );
    fs::write(&path, text).unwrap();
    fs::write(
        folder.path().join("p.csv"),
        format!("learning_rate,epoch,test_accuracy\n{rows}"),
    )
    .unwrap();
    let config = StudyConfig::open(path.to_str().unwrap()).unwrap();
    let overrides = Overrides::default();
    let data = DataSets::open(&config, &overrides).unwrap();
    Plan::expand(&config, &overrides, &data).unwrap().warnings
}

#[test]
fn rows_that_fit_no_cell_of_any_figure_are_told() {
    assert!(warnings("0.1,1,0.9\n0.01,1,0.8\n0.5,1,0.7\n").is_empty());
    let told = warnings("0.1,1,0.9\n0.2,1,0.8\n");
    assert_eq!(told.len(), 1, "{told:?}");
    let expected = "published \"paper\": 1 of its 2 rows does not fit a cell";
    assert!(told[0].starts_with(expected), "{told:?}");
    let told = warnings("0.2,1,0.9\n0.3,1,0.8\n");
    assert!(told[0].contains("no row fits a cell"), "{told:?}");
    let told = warnings("0.2,1,0.9\n0.3,1,0.8\n0.5,1,0.8\n");
    assert!(told[0].contains("2 of its 3 rows do not fit"), "{told:?}");
}
