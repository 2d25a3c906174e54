//! The page as a whole.

use lenet_results::{Outcome, SelfCheck, StudyRecord, TrialRecord};

use super::notes::remarks;
use crate::testing::{Grid, cell, lab_config, lab_study, run, trial};

fn page(studies: &[StudyRecord], records: &[TrialRecord]) -> String {
    let folder = tempfile::tempdir().unwrap();
    let records = crate::Records {
        studies,
        trials: records,
        ..crate::Records::default()
    };
    let files = crate::write_report(records, folder.path()).unwrap();
    std::fs::read_to_string(files.index).unwrap()
}

fn has_no_way_out(page: &str) {
    // The font lies in the page itself.
    let page = &page.replacen("src:url(data:font/woff2;base64,", "", 1);
    for forbidden in [
        "<script src",
        "<link",
        "<img",
        "@import",
        "url(",
        "src=",
        "<iframe",
        "fetch(",
        "XMLHttpRequest",
        "import(",
        "WebSocket",
        "sendBeacon",
    ] {
        assert!(!page.contains(forbidden), "{forbidden}");
    }
    // Namespaces are names, not addresses; nothing else may look like an address.
    let without_names = page.replace("http://www.w3.org/2000/svg", "");
    assert!(!without_names.contains("http"), "an address");
    for reference in without_names.split("href=\"").skip(1) {
        let target = reference.split('"').next().unwrap();
        assert!(
            !target.contains("//") && !target.starts_with('/'),
            "{target}"
        );
    }
}

#[test]
fn the_page_stands_alone_and_says_what_it_must() {
    let (study, records) = lab_study(3);
    let page = page(&[study], &records);
    has_no_way_out(&page);
    for part in [
        "60 of 60 trials done",
        "Figure 3-as-run",
        "Knobs that do nothing",
        "Real dropout beside none",
        "lenet-lab experiments --config lab-2017",
        "revision</dt><dd>abc1234",
        "dead from epoch 1",
        "class=\"verdict holds\"",
        "Claims at a glance",
        "The claims, one by one",
        "Published: the report of 2017, one run each; read from the drawings",
        "</strong> One run for each rate: the gap from 0.1 to 0.01 was 0.021",
        "prefers-color-scheme: dark",
    ] {
        assert!(page.contains(part), "{part}");
    }
    assert_eq!(page.matches("aria-label=\"Figure").count(), 10);
}

#[test]
fn trials_and_runtimes_share_one_page() {
    let (study, trials) = lab_study(2);
    let runtimes = Grid::cpu().records(&[8, 16, 32, 64], 2, |f, b, _, _| f as f64 / b as f64);
    let of = |studies: &[StudyRecord], trials: &[TrialRecord]| {
        let folder = tempfile::tempdir().unwrap();
        let records = crate::Records {
            studies,
            trials,
            runtimes: &runtimes,
            ..crate::Records::default()
        };
        let files = crate::write_report(records, folder.path()).unwrap();
        std::fs::read_to_string(files.index).unwrap()
    };
    let both = of(std::slice::from_ref(&study), &trials);
    has_no_way_out(&both);
    for part in [
        "40 of 40 trials done",
        "16 runtimes of 1 series",
        "Figure 1 · ",
        "Figure batch-16 · ",
        "How runtimes were measured",
        "lenet-lab bench-runtime",
        "governor</dt><dd>unknown",
    ] {
        assert!(both.contains(part), "{part}");
    }
    let alone = of(&[], &[]);
    has_no_way_out(&alone);
    assert!(!alone.contains("trials done") && !alone.contains("Knobs"));
    assert!(alone.contains("<title>Training runtime against network size</title>"));
}

#[test]
fn every_colour_of_a_drawing_follows_the_theme() {
    let (study, records) = lab_study(2);
    let page = page(&[study], &records);
    let classes: std::collections::BTreeSet<&str> = page
        .split("class=\"")
        .skip(1)
        .filter_map(|rest| rest.split('"').next())
        .filter(|class| class.starts_with("s-") || class.starts_with("f-"))
        .collect();
    assert!(classes.len() > 8, "{classes:?}");
    for class in classes {
        assert!(page.contains(&format!(".{class}{{")), "{class} has no rule");
    }
}

#[test]
fn labels_are_text_and_never_markup() {
    let (mut study, _) = lab_study(1);
    study.title = "<script>alert(1)</script>".to_owned();
    study.figures.truncate(1);
    study.figures[0].title = "a < b & \"c\"".to_owned();
    let config = lab_config("sgd", 0.1, 0.0);
    let mut other = config.clone();
    other.data.source = "</script><b>x</b>".to_owned();
    study.figures[0].cells = vec![cell("", &config, 1), cell("", &other, 1)];
    let records = [&config, &other].map(|config| trial(config, 0, &[0.9; 3]));
    let page = page(&[study], &records);
    assert!(!page.contains("<script>alert") && !page.contains("<b>x"));
    assert_eq!(page.matches("</script>").count(), 2);
    assert!(page.contains("&lt;b&gt;x"));
}

#[test]
fn nothing_run_yet_is_a_report_too() {
    let (study, _) = lab_study(2);
    let page = page(&[study], &[]);
    has_no_way_out(&page);
    assert!(page.contains("0 of 40 trials done"));
    assert!(page.contains("No trial has results yet"));
    assert!(page.contains("none of its 4 cells"));
    assert!(!page.contains("<figure>"));
}

#[test]
fn unusual_outcomes_are_told() {
    let mut record = trial(&lab_config("sgd", 0.1, 0.0), 0, &[0.9, 0.1]);
    assert_eq!(remarks(&record), Vec::<String>::new());
    record.outcome = Outcome::Diverged { epoch: 3 };
    record.epochs[1].dead = true;
    let mut later = run(1);
    later.level = "avx512".to_owned();
    later.self_check = Some(SelfCheck {
        worst_relative_error: f64::NAN,
        worst_tensor: "fc1.weight".to_owned(),
        tolerance: 1e-4,
        passed: false,
        seconds: 0.1,
    });
    record.runs.push(later);
    let notes = remarks(&record);
    assert_eq!(notes.len(), 4, "{notes:#?}");
    assert!(notes[0].starts_with("diverged in epoch 3"));
    assert!(notes[1].starts_with("dead from epoch 2"));
    assert!(
        notes[2].contains("instruction set (avx2, then avx512)"),
        "{}",
        notes[2]
    );
    assert!(notes[3].contains("fc1.weight"));
}

/// The lab study with these notes on its first figure and its first claim, and no other claim.
fn noted(figure: &str, claim: &str) -> String {
    let (mut study, records) = lab_study(3);
    study.figures[0].notes = figure.to_owned();
    study.claims.truncate(1);
    study.claims[0].notes = claim.to_owned();
    page(&[study], &records)
}

#[test]
fn notes_are_set_from_markdown() {
    let page = noted(
        "Drawn *once*, at `0.1`.",
        "One run; see [the **paper**](#paper).",
    );
    assert!(page.contains("<p>Drawn <em>once</em>, at <code>0.1</code>.</p>"));
    // Links lead to web pages or nowhere.
    assert!(page.contains("<p>One run; see the <strong>paper</strong>.</p>"));
    let linked = noted("", "See [this](https://example.org/paper).");
    assert!(linked.contains("<a href=\"https://example.org/paper\">this</a>"));
}

#[test]
fn foreign_markup_in_notes_is_text() {
    let foreign = "a <b onclick=\"x()\">c</b>\n\n<script>alert(1)</script>\n\n\
                   ![p](https://example.org/p.png) [j](javascript:x)";
    let page = noted(foreign, foreign);
    has_no_way_out(&page);
    assert!(!page.contains("<b onclick") && !page.contains("javascript:"));
    assert_eq!(
        page.matches("&lt;script&gt;alert(1)&lt;/script&gt;")
            .count(),
        2
    );
}

#[test]
fn the_number_of_verdicts_says_how_many_may_be_wrong() {
    let (mut study, records) = lab_study(3);
    let overview = |study: &StudyRecord| {
        let page = page(std::slice::from_ref(study), &records);
        let start = page.find("n counts seeds").unwrap();
        page[start..].split("</p>").next().unwrap().to_owned()
    };
    let decided = |study: &StudyRecord| {
        let records = crate::Records {
            studies: std::slice::from_ref(study),
            trials: &records,
            ..crate::Records::default()
        };
        let claims = crate::judge_claims(records);
        claims.iter().filter(|c| c.verdict.is_decided()).count()
    };
    // Whether the spread and the gap between splits are beyond chance stays open.
    assert_eq!((study.claims.len(), decided(&study)), (6, 4));
    let words = "of the 4 verdicts up to 0.20 are expected to be wrong.";
    let found = overview(&study);
    assert!(found.contains(words), "{found}");
    study.claims.truncate(1);
    let words = "of the 1 verdict up to 0.05 are expected to be wrong.";
    let found = overview(&study);
    assert!(found.contains(words), "{found}");
}

#[test]
fn a_study_without_claims_says_so() {
    let (mut study, records) = lab_study(2);
    study.claims.clear();
    let page = page(&[study], &records);
    assert!(page.contains("This study declares no claims. A <code>[[claim]]</code> in its file"));
    assert!(!page.contains("Claims at a glance"));
}

#[test]
fn a_claim_on_the_page_has_its_question_answer_and_notes() {
    let (study, records) = lab_study(3);
    let page = page(&[study], &records);
    let start = page.find("<section class=\"claim\"").unwrap();
    let claim = page[start..].split("</section>").next().unwrap();
    for part in [
        "1. With SGD, learning rate 0.1 performs best of the four.",
        "<strong>Question. </strong>Difference in test accuracy after the last epoch, seed by seed, of \
         dropout\u{a0}=\u{a0}0, optimizer\u{a0}=\u{a0}sgd, in 3 comparisons.",
        "<strong>Answer. </strong>+0.02",
        ", n = 3: difference in test accuracy",
        "98.33\u{a0}%, so that 3 comparisons have 95\u{a0}% jointly (Bonferroni).",
        "learning_rate\u{a0}=\u{a0}0.1 against learning_rate\u{a0}=\u{a0}0.0001: +0.7",
        "<div class=\"note\"><p><strong>Published.</strong> One run for each rate",
    ] {
        assert!(claim.contains(part), "{part}\n{claim}");
    }
    assert!(!claim.contains("Seeds needed"), "{claim}");
}
