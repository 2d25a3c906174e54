//! Where the sides come from: settings, studies, machines and builds.

use std::collections::{BTreeMap, BTreeSet};

use lenet_core::Settings;
use lenet_results::{RunRecord, StudyRecord};

use super::comparison::Differing;
use super::side::Indexed;

/// Values in an order, each once.
type Values = BTreeSet<String>;

/// Something that a run tells, with its name.
type Fact = (&'static str, fn(&RunRecord) -> String);

fn differing(what: &str, [a, b]: [Values; 2]) -> Option<Differing> {
    (a != b).then(|| Differing {
        what: what.to_owned(),
        a: a.into_iter().collect(),
        b: b.into_iter().collect(),
    })
}

/// Settings of the trials, and their seeds.
pub(super) fn settings(sides: &[Indexed; 2]) -> Vec<Differing> {
    let tables = sides.each_ref().map(|side| {
        let trials = side.trials.values();
        let tables = trials.map(|trial| (trial.config.cell(), Settings::of(&trial.config)));
        // Seeds of one cell have the same.
        tables.collect::<BTreeMap<_, _>>()
    });
    let of_setting = |name: &&'static str| {
        let values = tables.each_ref().map(|tables| {
            let values = tables.values();
            values.filter_map(|table| table.text_of(name)).collect()
        });
        differing(name, values)
    };
    let mut found: Vec<Differing> = Settings::NAMES.iter().filter_map(of_setting).collect();
    let seeds = sides.each_ref().map(|side| {
        let trials = side.trials.values();
        trials
            .map(|trial| trial.config.seed)
            .collect::<BTreeSet<u64>>()
    });
    if seeds[0] != seeds[1] {
        let [a, b] = seeds.map(|seeds| seeds.iter().map(ToString::to_string).collect());
        found.push(Differing {
            what: "seed".to_owned(),
            a,
            b,
        });
    }
    found
}

/// Builds and machines.
pub(super) fn runs(sides: &[Indexed; 2]) -> Vec<Differing> {
    let facts: [Fact; 10] = [
        ("revision", |run| run.environment.revision.clone()),
        ("version", |run| run.environment.version.clone()),
        ("build", |run| run.environment.profile.clone()),
        ("compiler", |run| run.environment.rustc.clone()),
        ("instruction set", |run| run.level.clone()),
        ("device", |run| run.device.clone()),
        ("GPU", |run| {
            let gpu = run.environment.gpu.as_ref();
            gpu.map_or_else(|| "none".to_owned(), |gpu| gpu.name.clone())
        }),
        ("host", |run| run.environment.host.clone()),
        ("processor", |run| run.environment.cpu.clone()),
        ("system", |run| run.environment.os.clone()),
    ];
    let of_fact = |(what, fact): Fact| {
        let values = sides.each_ref().map(|side| {
            let runs = side.trials.values().flat_map(|trial| &trial.runs);
            runs.map(fact).collect()
        });
        differing(what, values)
    };
    facts.into_iter().filter_map(of_fact).collect()
}

/// The studies, by their names: files line by line, flags, and the seeds of figures.
pub(super) fn studies(sides: [&[StudyRecord]; 2]) -> Vec<Differing> {
    let facts = sides.map(|studies| {
        let mut facts: BTreeMap<String, Values> = BTreeMap::new();
        for study in studies {
            for (what, value) in of_study(study) {
                facts.entry(what).or_default().insert(value);
            }
        }
        facts
    });
    let names: BTreeSet<&String> = facts.iter().flat_map(BTreeMap::keys).collect();
    let values = |name: &String| {
        let values = facts
            .each_ref()
            .map(|facts| facts.get(name).cloned().unwrap_or_default());
        differing(name, values)
    };
    let mut found: Vec<Differing> = names.into_iter().filter_map(values).collect();
    found.extend(files(sides));
    found
}

fn of_study(study: &StudyRecord) -> Vec<(String, String)> {
    let name = &study.name;
    let mut facts = vec![("study".to_owned(), name.clone())];
    facts.push((format!("title of {name}"), study.title.clone()));
    let altered = study.altered.iter();
    facts.extend(altered.map(|a| (format!("setting altered of {name}"), a.run.clone())));
    if let Some(level) = &study.level {
        facts.push((format!("level of {name}"), level.clone()));
    }
    if let Some(most) = study.until_decided {
        facts.push((
            format!("most seeds of a cell of {name}, until decided"),
            most.to_string(),
        ));
    }
    for figure in &study.figures {
        let trials: usize = figure.cells.iter().map(|cell| cell.trials.len()).sum();
        let size = format!("{} cells, {trials} trials", figure.cells.len());
        facts.push((format!("figure {} of {name}", figure.id), size));
    }
    facts
}

/// Files that both sides have with other text, told by the first line that differs.
fn files([a, b]: [&[StudyRecord]; 2]) -> Vec<Differing> {
    let all = |studies: &[StudyRecord]| -> BTreeMap<String, String> {
        let files = studies.iter().flat_map(|study| {
            let name = &study.name;
            let files = study.files.iter();
            files.map(move |file| (format!("{} of {name}", file.name), file.text.clone()))
        });
        files.collect()
    };
    let [a, b] = [all(a), all(b)];
    let both = a
        .iter()
        .filter_map(|(name, a)| Some((name, a, b.get(name)?)));
    both.filter_map(|(name, a, b)| {
        let (number, [a, b]) = first_line(a, b)?;
        Some(Differing {
            what: format!("file {name}, line {number}"),
            a: a.into_iter().collect(),
            b: b.into_iter().collect(),
        })
    })
    .collect()
}

/// Number and text of the first line that differs; `None` beyond the end of a text.
fn first_line(a: &str, b: &str) -> Option<(usize, [Option<String>; 2])> {
    let (mut a, mut b) = (a.lines(), b.lines());
    for number in 1.. {
        match (a.next(), b.next()) {
            (None, None) => break,
            (a, b) if a == b => {}
            lines => {
                let [a, b] = [lines.0, lines.1].map(|line| line.map(str::to_owned));
                return Some((number, [a, b]));
            }
        }
    }
    None
}
