//! Distinct cells, their names and their levels.

use lenet_core::Dropout;

use crate::records::index::fill;
use crate::testing::{cell, lab_config, lab_study};

#[test]
fn figures_share_cells_and_values_have_their_order() {
    let (study, records) = lab_study(1);
    let (figures, index) = fill(&[study], &records);
    // Figures 1 and 2-as-run, and 3 and 3-as-run with dropout that is not connected, are other cells.
    let names: Vec<&str> = index.settings.iter().map(|setting| setting.name).collect();
    assert_eq!(names, ["optimizer", "learning_rate", "dropout"]);
    let rates: Vec<&str> = index.settings[1]
        .values
        .iter()
        .map(|v| v.text.as_str())
        .collect();
    assert_eq!(rates, ["0.0001", "0.001", "0.01", "0.1"]);
    for (f, figure) in figures.iter().enumerate() {
        for (c, cell) in figure.cells.iter().enumerate() {
            let known = &index.cells[cell.index];
            assert!(known.at == (f, c) || known.at.0 < f, "{f} {c}");
            let values = index.settings.iter().zip(&known.levels);
            let words: Vec<&str> = values
                .map(|(s, level)| s.values[*level].words.as_str())
                .collect();
            assert_eq!(cell.full_name, words.join(", "));
        }
    }
    assert_eq!(figures[0].cells[0].name, "rate 0.1");
    assert_eq!(figures[0].cells[0].full_name, "SGD, rate 0.1, no dropout");
}

#[test]
fn one_cell_in_two_figures_has_one_index() {
    let (mut study, _) = lab_study(1);
    study.figures.truncate(2);
    let [a, mut b] = [0.1, 0.2].map(|rate| lab_config("sgd", rate, 0.0));
    study.figures[0].cells = vec![cell("", &a, 1), cell("", &b, 1)];
    study.figures[1].cells = vec![cell("", &b, 2)];
    let (figures, index) = fill(std::slice::from_ref(&study), &[]);
    assert_eq!(index.cells.len(), 2);
    assert_eq!(figures[1].cells[0].index, 1);
    // Alone in its figure, the cell tells what most studies vary.
    assert_eq!(figures[1].cells[0].full_name, "rate 0.2");
    b.dropout = Dropout::connected(0.5);
    let words = "SGD, rate 0.2, batch 128, 16 filters, no dropout";
    assert_eq!(figures[1].cells[0].name, words);
    let place = index.place("learning_rate", &index.settings[0].values[1]);
    assert_eq!(place, Some((0, 1)));
    assert_eq!(index.place("kernel", &index.settings[0].values[1]), None);
}
