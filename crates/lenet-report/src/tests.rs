//! The report's folder.

use std::path::Path;

use lenet_results::{CellTrial, StudyRecord, TrialRecord};
use tiny_skia::Pixmap;

use crate::figures;
use crate::records::index::fill;
use crate::testing::{cell, lab_config, lab_study, trial, two_devices};
use crate::{Records, ReportError, ReportFiles, write_report};

fn report(study: &StudyRecord, trials: &[TrialRecord], out: &Path) -> ReportFiles {
    let records = Records {
        studies: std::slice::from_ref(study),
        trials,
        ..Records::default()
    };
    write_report(records, out).unwrap()
}

#[test]
fn the_folder_holds_every_file() {
    let (study, records) = lab_study(2);
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("study/report");
    let files = report(&study, &records, &out);
    let mut names: Vec<String> = std::fs::read_dir(&out)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    let mut expected: Vec<String> = [
        ".report-files",
        "index.html",
        "epochs.csv",
        "claims.json",
        "claims.md",
        "results.csv",
        "results.md",
    ]
    .map(ToOwned::to_owned)
    .to_vec();
    for id in ["1", "2", "2-as-run", "3", "3-as-run"] {
        expected.extend(["svg", "png"].map(|kind| format!("figure-{id}.{kind}")));
    }
    expected.sort();
    assert_eq!(names, expected);

    let (filled, index) = fill(&[study], &records);
    let drawn: Vec<_> = filled
        .iter()
        .flat_map(|f| figures::of_study(f, &index))
        .collect();
    assert_eq!(drawn.len(), files.figures.len());
    for (figure, written) in drawn.iter().zip(&files.figures) {
        let layout = figure.sheet.layout();
        let image = Pixmap::load_png(&written.png).unwrap();
        let size = (2.0 * layout.width, 2.0 * layout.height);
        assert_eq!((f64::from(image.width()), f64::from(image.height())), size);
        let svg = std::fs::read_to_string(&written.svg).unwrap();
        assert!(svg.starts_with("<svg xmlns=") && svg.ends_with("</svg>\n"));
    }
}

#[test]
fn the_same_records_give_the_same_bytes_in_any_order() {
    let (study, mut records) = lab_study(2);
    let folder = tempfile::tempdir().unwrap();
    let bytes = |records: &[_], name: &str| {
        let files = report(&study, records, &folder.path().join(name));
        [
            files.index,
            files.tables[0].clone(),
            files.tables[2].clone(),
            files.figures[0].png.clone(),
        ]
        .map(|path| std::fs::read(path).unwrap())
    };
    let first = bytes(&records, "a");
    records.reverse();
    assert!(first == bytes(&records, "b"));
}

#[test]
fn a_grid_of_anything_is_reported() {
    let (mut study, _) = lab_study(1);
    study.figures.truncate(1);
    let mut config = lab_config("sgd", 0.1, 0.0);
    config.network.filters = vec![4, 8, 8];
    config.data.source = "idx:0123456789abcdef".to_owned();
    study.figures[0].id = "width".to_owned();
    study.figures[0].published_data = None;
    study.figures[0].cells = vec![cell("filters = [4, 8, 8]", &config, 2)];
    let folder = tempfile::tempdir().unwrap();
    let records = [trial(&config, 0, &[0.91]), trial(&config, 1, &[0.93])];
    let planned: Vec<_> = records
        .iter()
        .map(|r| CellTrial {
            seed: r.config.seed,
            identity: r.identity.clone(),
        })
        .collect();
    study.figures[0].cells[0].trials = planned;
    let files = report(&study, &records, folder.path());
    let rows = std::fs::read_to_string(folder.path().join("epochs.csv")).unwrap();
    assert!(
        rows.contains("width,sgd,0.1,0,true,4x8x8,128,1,1,"),
        "{rows}"
    );
    assert!(files.figures[0].png.ends_with("figure-width.png"));
}

#[test]
fn runtimes_alone_make_a_whole_report() {
    let folder = tempfile::tempdir().unwrap();
    let runtimes = two_devices();
    let records = Records {
        runtimes: &runtimes,
        ..Records::default()
    };
    let files = write_report(records, folder.path()).unwrap();
    let ids: Vec<&str> = files.figures.iter().map(|f| f.id.as_str()).collect();
    assert_eq!(ids, ["batch-64", "batch-16", "phases", "work"]);
    let name = |path: &std::path::PathBuf| path.file_name().unwrap().to_str().unwrap().to_owned();
    assert_eq!(
        files.tables.iter().map(name).collect::<Vec<_>>(),
        [
            "claims.json",
            "claims.md",
            "runtime.csv",
            "runtime-samples.csv",
            "runtime-fits.csv"
        ]
    );
    for figure in &files.figures {
        assert!(
            Pixmap::load_png(&figure.png).unwrap().width() == 1920,
            "{}",
            figure.id
        );
    }
    let fits = std::fs::read_to_string(folder.path().join("runtime-fits.csv")).unwrap();
    assert_eq!(fits.lines().count(), 1 + 3 * 2);
}

#[test]
fn a_folder_that_cannot_be_made_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("file");
    std::fs::write(&file, "x").unwrap();
    let error = write_report(Records::default(), &file.join("report")).unwrap_err();
    assert!(matches!(error, ReportError::Io { .. }));
    let text = error.to_string();
    assert!(
        text.contains("file/report") && text.contains("hint"),
        "{text}"
    );
}

#[test]
fn a_study_of_format_1_is_reported() {
    let text = include_str!("../../lenet-results/src/study/golden/format-1.json");
    let study: StudyRecord = serde_json::from_str(text).unwrap();
    let cell = &study.figures[1].cells[0];
    let records: Vec<TrialRecord> = cell
        .trials
        .iter()
        .map(|planned| {
            let mut record = trial(&cell.config, planned.seed, &[0.5, 0.75]);
            record.identity = planned.identity.clone();
            record
        })
        .collect();
    let folder = tempfile::tempdir().unwrap();
    let files = report(&study, &records, folder.path());
    let ids: Vec<&str> = files.figures.iter().map(|f| f.id.as_str()).collect();
    assert_eq!(ids, ["own", "own-interaction"]);
    let page = std::fs::read_to_string(files.index).unwrap();
    assert!(page.contains("2 of 6 trials done") && page.contains("declares no claims"));
}

#[test]
fn studies_that_declare_the_same_claim_share_it() {
    let (study, trials) = lab_study(3);
    let mut other = study.clone();
    other.name = "another".to_owned();
    other.claims.truncate(2);
    other.claims[1].text = "Another claim.".to_owned();
    let judged = crate::judge_claims(Records {
        studies: &[other, study],
        trials: &trials,
        ..Records::default()
    });
    let texts: Vec<&str> = judged.iter().map(|claim| &claim.text[..10]).collect();
    assert_eq!(texts.len(), 2 + 5);
    assert_eq!(texts[..3], ["With SGD, ", "Another cl", "With SGD, "]);
    // All that were measured are adjusted together.
    let measured = judged.iter().filter(|claim| claim.p_value.is_some());
    assert!(measured.count() > 4);
    assert!(
        judged
            .iter()
            .all(|claim| claim.adjusted.is_some() == claim.p_value.is_some())
    );
}

#[test]
fn claims_are_printed_as_they_are_written() {
    let (study, trials) = lab_study(3);
    let folder = tempfile::tempdir().unwrap();
    report(&study, &trials, folder.path());
    let records = Records {
        studies: std::slice::from_ref(&study),
        trials: &trials,
        ..Records::default()
    };
    let read = |name: &str| std::fs::read_to_string(folder.path().join(name)).unwrap();
    assert_eq!(crate::claims_json(records), read("claims.json"));
    assert_eq!(crate::claims_markdown(records), read("claims.md"));
    let best = crate::best_cell(records).unwrap();
    let start = "Adam, rate 0.001, dropout 0.5 (figure 3): validation";
    assert!(
        best.starts_with(start) && best.ends_with("3 seeds after epoch 10"),
        "{best}"
    );
    assert_eq!(crate::best_cell(Records::default()), None);
}

#[test]
fn letters_that_the_font_lacks_are_told() {
    let (mut study, records) = lab_study(2);
    study.figures[0].title = "Łódź, Ελλάδα, Привет".to_owned();
    let folder = tempfile::tempdir().unwrap();
    let files = report(&study, &records, folder.path());
    assert_eq!(files.warnings, Vec::<String>::new());
    study.figures[0].title = "Größe 日本".to_owned();
    study.figures[2].title = "語日".to_owned();
    let files = report(&study, &records, folder.path());
    let [warning] = &files.warnings[..] else {
        panic!("{:?}", files.warnings);
    };
    assert!(
        warning
            .starts_with("the PNG of figure 1, 2-as-run shows boxes in place of '日', '本', '語'"),
        "{warning}"
    );
    // The SVG has the letters themselves.
    let svg = std::fs::read_to_string(&files.figures[0].svg).unwrap();
    assert!(svg.contains("Größe 日本</text>"));
}

mod growth;
mod hostile;
