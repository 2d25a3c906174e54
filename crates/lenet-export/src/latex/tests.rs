//! Tables, in full.

use lenet_results::{Outcome, StudyRecord, TrialRecord};

use super::*;
use crate::testing::{content, four_trials};

fn write(
    study: &StudyRecord,
    trials: &[TrialRecord],
) -> Result<(String, Vec<String>), ExportError> {
    let studies = std::slice::from_ref(study);
    let scratch = tempfile::tempdir().unwrap();
    let out = scratch.path().join("tables.tex");
    let mut folder = Folder::new(crate::Format::Latex, &out);
    let mut notes = Vec::new();
    let records = Records {
        studies,
        trials,
        ..Records::default()
    };
    export(&content(studies, trials), records, &mut folder, &mut notes)?;
    Ok((std::fs::read_to_string(out).unwrap(), notes))
}

#[test]
fn a_table_in_full() {
    let (mut study, mut records) = four_trials();
    study.name = "a_b".to_owned();
    study.figures[0].title = "50 % & more".to_owned();
    records[0].epochs[1].test_accuracy = 0.93;
    records[1].epochs[1].test_accuracy = 0.95;
    for record in &mut records {
        record.epochs[1].dead = false;
    }
    // In Python: the logit of m = 0.94 ± 12.706205 · s / (√2 · m · (1 − m)), where s = √0.0002, turned back into
    // shares is 0.622145 to 0.993336; half of its width is 0.185596.
    let table = r"
\begin{table}[htbp]
  \centering
  \caption{50 \% \& more (The study rates). Test accuracy after 2 epochs: mean over seeds $\pm$ half the width of its 95\,\% interval. Seeds: 1, 2. Computed on A Processor (avx2).}
  \label{tab:a_b-1}
  \begin{tabular}{lrr}
    \toprule
    learning rate & test accuracy & seeds \\
    \midrule
    0.1 & $0.9400 \pm 0.1856$ & 2 \\
    0.001 & $0.4150$ & 1 of 2 \\
    \bottomrule
  \end{tabular}
\end{table}
";
    let (text, notes) = write(&study, &records).unwrap();
    let (head, found) = text.split_once('\n').unwrap();
    assert!(
        head.starts_with("% ") && head.contains(r"\usepackage{booktabs}"),
        "{head}"
    );
    assert_eq!(found, table);
    assert!(
        notes.iter().any(|n| n.contains("rounded to four decimals")),
        "{notes:?}"
    );
}

#[test]
fn dead_networks_other_epochs_and_missing_cells_are_told() {
    let (study, mut records) = four_trials();
    records[0].epochs[1].dead = false;
    records[1].epochs.truncate(1);
    records[1].outcome = Outcome::Diverged { epoch: 1 };
    records[1].epochs[0].dead = true;
    records.truncate(2);
    let (text, _) = write(&study, &records).unwrap();
    let row = r"0.1 & $0.4150$ & 2 (1 died, not in the mean) \\";
    assert!(text.contains(row), "{text}");
    let row = r"0.001 & \textendash{} & 0 of 2 \\";
    assert!(text.contains(row), "{text}");

    let (study, mut records) = four_trials();
    records[2].outcome = Outcome::Stopped { epoch: 1 };
    records[2].epochs.truncate(1);
    records[0].epochs[1].dead = true;
    let (text, _) = write(&study, &records).unwrap();
    assert!(
        text.contains(r"learning rate & test accuracy & seeds & epoch \\"),
        "{text}"
    );
    assert!(text.contains(r"\begin{tabular}{lrrr}"), "{text}");
    assert!(text.contains(r"& 2 (all died) & 2 \\"), "{text}");
    assert!(text.contains(r"0.001 & $0.8300$ & 1 of 2 & 1 \\"), "{text}");
    assert!(
        text.contains("Test accuracy after the last epoch:"),
        "{text}"
    );
}

#[test]
fn records_without_results_are_refused() {
    let (study, _) = four_trials();
    let error = write(&study, &[]).unwrap_err();
    assert!(
        error.is_refusal() && error.to_string().contains("latex"),
        "{error}"
    );
}

#[test]
fn seeds_are_told_as_ranges() {
    let told = |all: &[u64]| ranges(&all.iter().copied().collect());
    assert_eq!(told(&[1, 2, 3, 5, 7, 8]), "1--3, 5, 7, 8");
    assert_eq!(told(&[u64::MAX, 0]), "0, 18446744073709551615");
    assert_eq!(told(&[]), "");
}
