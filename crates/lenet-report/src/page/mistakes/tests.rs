//! The section on the page, and its files.

use std::fs;

use lenet_results::{StudyRecord, TrialRecord};

use crate::testing::{MadeUp, all_pass, twelve_images};
use crate::{Records, ReportFiles, write_report};

type Study = (StudyRecord, Vec<TrialRecord>, MadeUp);

/// The folder of the report, its files, and the text of the section.
fn report((study, trials, evidence): &Study) -> (tempfile::TempDir, ReportFiles, String) {
    let folder = tempfile::tempdir().unwrap();
    let records = Records {
        studies: std::slice::from_ref(study),
        trials,
        evidence: Some(evidence),
        ..Records::default()
    };
    let files = write_report(records, folder.path()).unwrap();
    let page = fs::read_to_string(&files.index).unwrap();
    let (_, section) = page.split_once("Mistakes</h2>").unwrap();
    let section = section.split("<h2").next().unwrap().to_owned();
    (folder, files, section)
}

fn has_all(section: &str, parts: &[&str]) {
    let missing = parts.iter().filter(|part| !section.contains(**part));
    all_pass(missing.map(|part| format!("{part} is not in\n{section}")));
}

#[test]
fn the_section_says_what_the_numbers_are() {
    let (_folder, _, section) = report(&twelve_images());
    has_all(
        &section,
        &[
            "Adam, rate 0.001 (figure 1)",
            "seeds 0, 1 and 2, 3 of 3 planned.",
            // Counts of the confusion matrix, and the accuracy of a class.
            "<td class=\"number\"><span class=\"shaded\" style=\"--share:1.000\">4</span></td>",
            "<td class=\"number\"><span class=\"shaded\" style=\"--share:0.000\">10</span></td>",
            "<td class=\"number\">7 of 12</td><td class=\"nowrap\">0.5833 (0.2426–0.8596)</td>",
            "2 (3, 25.0 %)",
            "Mean confidence 0.8611, accuracy 0.6944. Expected calibration error <strong>0.1667",
            "maximum calibration error 0.1905",
            "5 of 12 images are wrong for at least one seed.",
            "alt=\"image 3: a 0, taken for a 2\" width",
            "<b>0 → 2</b> 1.0000</span><span class=\"note\">image 3, seed 1, 3 of 3</span>",
            "2 images are wrong for all 3 seeds.",
            "0.6944 (0.5641–0.7997), the mean over seeds. The 3 seeds voting together have \
             <strong>0.6667 (0.3489–0.9008)</strong> (exact interval over images), −0.0278.",
            "With seed 1 the best alone classifies 5 images correctly, the second alone 3.",
            "the probability <strong>0.7266</strong>",
            "sgd, learning rate 0.1",
            "Kernels of the first convolution after the last epoch, seed 1.",
        ],
    );
    // Five wrong images, and the two that are wrong for all.
    assert_eq!(
        section.matches("<img alt=").count() + section.matches("<img src=\"data:").count(),
        7
    );
    assert_eq!(
        section.matches(" alt=\"image ").count(),
        7,
        "each picture says what it is"
    );
    for outside in ["http", "<script", "src=\"/", "url("] {
        let without_names = section.replace("http://www.w3.org/2000/svg", "");
        assert!(!without_names.contains(outside), "{outside}");
    }
}

#[test]
fn the_tables_are_files() {
    let (folder, files, _) = report(&twelve_images());
    let read = |name: &str| fs::read_to_string(folder.path().join(name)).unwrap();
    assert_eq!(
        read("confusion.csv"),
        "true,predicted,count\n0,0,7\n0,1,2\n0,2,3\n1,0,0\n1,1,10\n1,2,2\n2,0,4\n2,1,0\n2,2,8\n"
    );
    assert_eq!(
        read("mistakes.csv"),
        "image,true,predicted,seeds,of,confidence,seed\n2,0,1,1,3,0.75,0\n2,0,2,1,3,0.5,2\n\
         3,0,2,2,3,1,1\n3,0,1,1,3,0.75,2\n6,1,2,2,3,0.75,1\n10,2,0,1,3,1,0\n11,2,0,3,3,1,0\n"
    );
    let ids: Vec<&str> = files
        .figures
        .iter()
        .map(|figure| figure.id.as_str())
        .collect();
    assert_eq!(ids, ["1", "confusion", "reliability", "filters"]);
    for figure in &files.figures {
        assert!(figure.svg.exists() && figure.png.exists(), "{}", figure.id);
        let svg = fs::read_to_string(&figure.svg).unwrap();
        assert!(
            !svg.contains("NaN") && !svg.contains("inf"),
            "{}",
            figure.id
        );
    }
    let listed = |name: &str| files.tables.iter().any(|path| path.ends_with(name));
    assert!(listed("confusion.csv") && listed("mistakes.csv"));
}

#[test]
fn numbers_of_the_figures_are_drawn() {
    let (folder, ..) = report(&twelve_images());
    let svg = |name: &str| fs::read_to_string(folder.path().join(name)).unwrap();
    let confusion = svg("figure-confusion.svg");
    has_all(
        &confusion,
        &[
            ">10</text>",
            ">83.3</text>",
            ">33.3</text>",
            ">predicted class",
        ],
    );
    // Zeros are left out: eight true counts and labels 0 to 2, twice each, remain.
    assert_eq!(confusion.matches(">0</text>").count(), 4);
    let filters = svg("figure-filters.svg");
    has_all(
        &filters,
        &[
            ">−1.00</text>",
            ">0</text>",
            ">1.00</text>",
            "fill-opacity=\"0.125\"",
        ],
    );
    // The weight of −0.25 in the second colour.
    has_all(&filters, &["class=\"f-1\""]);
    let reliability = svg("figure-reliability.svg");
    assert_eq!(
        reliability.matches("<circle").count(),
        4,
        "three bins and the legend"
    );
}

/// How a study differs from the usual, and what its page then says.
struct Told {
    alter: fn(&mut Study),
    says: &'static [&'static str],
    not: &'static [&'static str],
}

#[test]
fn what_is_missing_is_told() {
    let cases = [
        Told {
            alter: |study| study.2.predictions.clear(),
            says: &[
                "None of its networks has predictions that can be shown.",
                "Left out: seeds 0, 1 and 2, as no predictions were kept",
            ],
            not: &["<h3", "<img", "<figure"],
        },
        Told {
            alter: |study| {
                let first = study.1[0].identity.clone();
                study.2.predictions.remove(&first);
            },
            says: &[
                "seeds 1 and 2, 2 of 3 planned.",
                "Left out: seed 0, as no predictions",
            ],
            not: &[],
        },
        Told {
            alter: |study| study.2.test = None,
            says: &[
                "The test images of <code>mnist</code> are not here",
                "What the first layer looks for",
                "Not tested: Their test images are not here.",
            ],
            not: &["<img", "Which class is taken for which</h3>"],
        },
        Told {
            alter: |study| study.1[2].epochs[0].dead = true,
            says: &["Left out: seed 2, as the network is dead"],
            not: &["All of them are dead"],
        },
        Told {
            alter: |study| {
                study
                    .1
                    .iter_mut()
                    .for_each(|trial| trial.epochs[0].dead = true)
            },
            says: &["All of them are dead: they say the same of every image."],
            not: &["Left out"],
        },
        Told {
            alter: |study| study.1.truncate(1),
            says: &["seed 0, 1 of 3 planned.", "The intervals are exact"],
            not: &[
                "every seed gets wrong",
                "voting together",
                "Beside the second best",
            ],
        },
        Told {
            alter: |study| {
                let all_right =
                    std::array::from_fn(|at| (usize::from(crate::testing::LABELS[at]), 1.0));
                for trial in &mut study.1[..3] {
                    trial.epochs[0].test_accuracy = 1.0;
                    study.2.add(trial, &all_right);
                }
            },
            says: &[
                "There are none: every image",
                "No image is wrong for all 3 seeds.",
            ],
            not: &["<img"],
        },
    ];
    let mut failures = Vec::new();
    for (case, Told { alter, says, not }) in cases.into_iter().enumerate() {
        let mut study = twelve_images();
        alter(&mut study);
        let (_folder, _, section) = report(&study);
        let missing = says.iter().filter(|part| !section.contains(**part));
        failures.extend(missing.map(|part| format!("case {case}: {part} is not in\n{section}")));
        let surplus = not.iter().filter(|part| section.contains(**part));
        failures.extend(surplus.map(|part| format!("case {case}: {part} is in\n{section}")));
    }
    all_pass(failures);
}

#[test]
fn a_figure_of_the_study_keeps_its_name() {
    let mut study = twelve_images();
    study.0.figures[0].id = "confusion".to_owned();
    let (_folder, files, section) = report(&study);
    let ids: Vec<&str> = files
        .figures
        .iter()
        .map(|figure| figure.id.as_str())
        .collect();
    assert_eq!(
        ids,
        ["confusion", "mistakes-confusion", "reliability", "filters"]
    );
    assert!(section.contains("figure-mistakes-confusion.svg"));
}

#[test]
fn a_report_without_evidence_is_silent() {
    let (study, trials, _) = twelve_images();
    let folder = tempfile::tempdir().unwrap();
    let records = Records {
        studies: &[study],
        trials: &trials,
        ..Records::default()
    };
    let files = write_report(records, folder.path()).unwrap();
    let page = fs::read_to_string(files.index).unwrap();
    assert!(!page.contains("Mistakes</h2>"));
    assert_eq!(files.figures.len(), 1);
    assert!(format!("{records:?}").contains("evidence: false"));
}
