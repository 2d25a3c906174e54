//! Every limit of a study's file: at it, just below, and just above.

use crate::StudyConfig;
use crate::node::{MOST_ID, MOST_PROSE, MOST_TABLES, MOST_TITLE};

const FIGURE: &str = "[[figure]]\nid = \"f\"\n[figure.axes]\nhidden = [1]\n";

fn figures(count: usize) -> String {
    let figure = |number| FIGURE.replace("\"f\"", &format!("\"f{number}\""));
    (0..count).map(figure).collect()
}

fn claims(count: usize) -> String {
    let claim = |number| {
        format!(
            "[[claim]]\nid = \"c{number}\"\ntext = \"t\"\nleft = {{ hidden = 1 }}\nright = {{ hidden = 1 }}\nabove = 0\n\
             measure = \"test_accuracy\"\n"
        )
    };
    format!("{FIGURE}{}", (0..count).map(claim).collect::<String>())
}

fn axis(count: usize) -> String {
    let values: Vec<String> = (1..=count).map(|value| value.to_string()).collect();
    FIGURE.replace("[1]", &format!("[{}]", values.join(",")))
}

/// A study with one number of something, and how much of it is allowed.
struct Case {
    what: &'static str,
    most: usize,
    text: fn(usize) -> String,
}

#[test]
fn studies_are_read_up_to_their_limits() {
    let cases = [
        Case {
            what: "letters of a name",
            most: MOST_ID,
            text: |n| FIGURE.replace("\"f\"", &format!("\"{}\"", "f".repeat(n))),
        },
        Case {
            what: "letters of a title",
            most: MOST_TITLE,
            text: |n| format!("title = \"{}\"\n{FIGURE}", "ü".repeat(n)),
        },
        Case {
            what: "letters of notes",
            most: MOST_PROSE,
            text: |n| FIGURE.replace("id =", &format!("notes = \"{}\"\nid =", "ü".repeat(n))),
        },
        Case {
            what: "figures",
            most: MOST_TABLES,
            text: figures,
        },
        Case {
            what: "claims",
            most: MOST_TABLES,
            text: claims,
        },
        Case {
            what: "values of an axis",
            most: 4096,
            text: axis,
        },
        Case {
            what: "seeds",
            most: 1_000_000,
            text: |n| format!("seeds = {n}\n{FIGURE}"),
        },
        Case {
            what: "epochs",
            most: u32::MAX as usize,
            text: |n| format!("{FIGURE}[figure.set]\nepochs = {n}\n"),
        },
        Case {
            what: "filters",
            most: 65_536,
            text: |n| format!("{FIGURE}[figure.set]\nfilters = {n}\n"),
        },
        Case {
            what: "stride",
            most: 255,
            text: |n| format!("{FIGURE}[figure.set]\nstride = {n}\nbackend = \"stock\"\n"),
        },
    ];
    let mut wrong = Vec::new();
    for Case { what, most, text } in cases {
        for (count, is_read) in [(most - 1, true), (most, true), (most + 1, false)] {
            let text = format!("name = \"s\"\n{}", text(count));
            let read = StudyConfig::parse(&text, "s.toml");
            if read.is_ok() != is_read {
                let told = read.err().map(|error| error.to_string());
                wrong.push(format!("{count} {what}: {told:?}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn a_published_table_is_read_up_to_its_last_row() {
    let folder = tempfile::tempdir().unwrap();
    let study = format!(
        "name = \"s\"\n{}[[published]]\nid = \"p\"\nfile = \"p.csv\"\nsource = \"s\"\nprecision = \"p\"\n",
        FIGURE.replace("id =", "published = \"p\"\nid =")
    );
    let path = folder.path().join("s.toml");
    std::fs::write(&path, study).unwrap();
    for (rows, is_read) in [(9_999, true), (10_000, true), (10_001, false)] {
        let row = |number| format!("1,{number},0.5\n");
        let table: String = (1..=rows).map(row).collect();
        let table = format!("hidden,epoch,test_accuracy\n{table}");
        std::fs::write(folder.path().join("p.csv"), table).unwrap();
        let read = StudyConfig::open(path.to_str().unwrap());
        assert_eq!(read.is_ok(), is_read, "{rows}: {:?}", read.err());
    }
}
