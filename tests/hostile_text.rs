//! What a folder of records from elsewhere may say on a terminal.

mod common;

use std::fs;

use common::run;
use lenet_results::Store;

const HOSTILE: &str = "x\u{1b}[2J\0\u{202e}\r\u{feff}\u{9b}";

const STUDY: &str = "name = \"s\"\nseeds = 1\n[base]\nfilters = 2\nkernel = 3\nhidden = 3\nepochs = 1\nsamples = 64\n\
                     validation = 64\nbatch_size = 16\n[[figure]]\nid = \"1\"\n[figure.axes]\nlearning_rate = [0.1, 0.01]\n\
                     [[claim]]\nid = \"c\"\ntext = \"t\"\nleft = { learning_rate = 0.1 }\n\
                     right = { learning_rate = 0.01 }\nabove = 0\n";

#[test]
fn names_from_records_send_no_control_characters() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("s.toml"), STUDY).unwrap();
    let first = run(folder.path(), "experiments --config s.toml --out out");
    assert_eq!(first.code, Some(0), "{}", first.stderr);
    let store = Store::open(folder.path().join("out")).unwrap();
    let mut study = store.read_study().unwrap().unwrap();
    study.name = HOSTILE.to_owned();
    study.title = HOSTILE.to_owned();
    for figure in &mut study.figures {
        figure.title = HOSTILE.to_owned();
        figure.notes = HOSTILE.to_owned();
        figure
            .cells
            .iter_mut()
            .for_each(|cell| cell.label = HOSTILE.to_owned());
    }
    for claim in &mut study.claims {
        claim.id = HOSTILE.to_owned();
        claim.text = HOSTILE.to_owned();
        claim.notes = HOSTILE.to_owned();
    }
    store.write_study(&study).unwrap();
    // A file that is no record, with a name and contents of its own.
    let trials = folder.path().join("out/trials");
    fs::create_dir(trials.join("\u{1b}[2Jx")).unwrap();
    fs::write(
        trials.join("\u{1b}[2Jx/result.json"),
        format!("{{\"{HOSTILE}\": 1}}"),
    )
    .unwrap();

    let mut wrong = Vec::new();
    for command in [
        "status --out out",
        "report --records out --out again",
        "claims --records out",
        "claims --records out --json",
        "claims --records out --markdown",
    ] {
        let ran = run(folder.path(), command);
        let all = ran.stdout + &ran.stderr;
        let is_hostile = |c: &char| {
            c.is_control() && !matches!(c, '\n' | '\t') || matches!(c, '\u{202e}' | '\u{feff}')
        };
        if let Some(found) = all.chars().find(is_hostile) {
            wrong.push(format!("{command}: {found:?}"));
        }
        if !all.contains(r"\u001b[2J") {
            wrong.push(format!(
                "{command}: {}: it does not show the text\n{all}",
                ran.code.unwrap_or(-1)
            ));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
