//! Old grids, as studies of today.

use super::*;
use crate::config::{Seeds, StudyConfig};

const GRID: &str = "name = \"old\"\nfilters = [8, 16]\nbatch_size = [64, 16]\ndropout = [0, 0.5, 0]\n\
samples = 10_000\nvalidation = 5_000\nlearning_rate = 0.1\nseed = 7\nrepeats = 4\n\
warm_up_samples = 0\nphase_passes = 2\n";

#[test]
fn a_grid_is_a_figure_for_each_batch_size() {
    let text = format!("{GRID}device = []\nbackend = [\"stock\"]\ntrials = [1]\n");
    let config = StudyConfig::parse(&text, "old.toml").unwrap();
    assert_eq!(
        (config.name.as_str(), config.seeds),
        ("old", Seeds::List(vec![7]))
    );
    type Told<'t> = (&'t str, String, Vec<(&'t str, usize)>);
    let told: Vec<Told<'_>> = config
        .figures
        .iter()
        .map(|figure| {
            let axes = figure.axes.iter();
            let axes = axes.map(|axis| (axis.name.as_str(), axis.values.len()));
            (figure.id.as_str(), figure.set.label(), axes.collect())
        })
        .collect();
    let set = |size| {
        format!("learning_rate = 0.1, batch_size = {size}, samples = 10000, validation = 5000")
    };
    let axes = vec![
        ("filters", 2),
        ("dropout", 2),
        ("backend", 1),
        ("trials", 1),
    ];
    assert_eq!(
        told,
        [
            ("batch-64", set(64), axes.clone()),
            ("batch-16", set(16), axes)
        ]
    );
    let parameters = RuntimeParameters {
        repeats: 4,
        warm_up_samples: 0,
        phase_passes: 2,
    };
    let measured = config.figures.iter().map(|figure| figure.measure);
    assert!(measured.eq([MeasureKind::Runtime(parameters); 2]));
    let note = config.note.expect("it says how it is written today");
    for part in [
        "old.toml is a grid without figures",
        "[[figure]]",
        "id = \"batch-64\", measure = \"runtime\"",
        "batch_size = 64, samples = 10000",
        "filters, dropout, backend, trials",
    ] {
        assert!(note.contains(part), "{part}: {note}");
    }
}

#[test]
fn refusals_name_place_and_remedy() {
    let cases = [
        (
            "filters =",
            "filter =",
            "old.toml:2:1: unknown key `filter` (known here: name, title, seeds, base, predictions, level, figure, \
             published, claim, slurm)",
        ),
        (
            "repeats =",
            "repeat =",
            "old.toml:9:1: unknown key `repeat` (did you mean `repeats`?)",
        ),
        (
            "repeats = 4",
            "repeats = 0",
            "old.toml:9:11: `repeats` is 0: give a whole number from 1 to 4294967295",
        ),
        (
            "[8, 16]",
            "[8, 0]",
            "old.toml:2:15: `filters` is 0: give a whole number from 1 to 65536",
        ),
        (
            "[8, 16]",
            "[]",
            "old.toml:2:11: `filters` is []: give the axis at least one value",
        ),
        (
            "0.5, 0]",
            "1.0]",
            "old.toml:4:15: `dropout` is 1.0: give a share from 0 to below 1",
        ),
        (
            "learning_rate = 0.1",
            "learning_rate = nan",
            "old.toml:7:17: `learning_rate` is nan: give a finite number above 0, e.g. 0.1",
        ),
        (
            "\"old\"",
            "\"../x\"",
            "old.toml:1:8: `name` is \"../x\": it names files: use letters, digits, `-`, `_` and `.` alone",
        ),
        (
            "seed = 7\n",
            "",
            "old.toml:1:1: `seed` is missing (hint: a grid of runtimes needs it; or write a study with \
             [[figure]])",
        ),
        (
            "seed = 7",
            "seed = 7\ndevice = [\"cuda:1\"]",
            "old.toml:9:11: `device` is \"cuda:1\": write \"cuda\" here and give --device cuda:N",
        ),
        (
            "seed = 7",
            "seed = 7\ntrials = [1, 0]",
            "old.toml:9:14: `trials` is 0: give a whole number from 1 to 65536",
        ),
    ];
    let mut wrong = Vec::new();
    for (from, to, expected) in cases {
        assert!(GRID.contains(from), "{from}");
        let found = match StudyConfig::parse(&GRID.replace(from, to), "old.toml") {
            Ok(config) => format!("accepted: {config:?}"),
            Err(error) => error.to_string(),
        };
        // A grid that is not known as one has more to tell.
        let found = found.lines().next().unwrap_or_default();
        if found != expected {
            wrong.push(format!("{to}\n  found    {found}\n  expected {expected}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
