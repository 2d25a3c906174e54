//! Numbers of the README and of docs/study.md against the records that they tell of.

use std::collections::HashMap;
use std::fs;
use std::path::Path;

const README: &str = "README.md";
const STUDY: &str = "docs/study.md";

fn text(path: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join(path);
    fs::read_to_string(&path).unwrap_or_else(|e| panic!("{}: {e}", path.display()))
}

/// A row of a CSV by the names of its columns.
type Row = HashMap<String, String>;

fn csv(path: &str) -> Vec<Row> {
    let text = text(path);
    let mut reader = csv::Reader::from_reader(text.as_bytes());
    let rows = reader.deserialize();
    rows.map(|row| row.unwrap_or_else(|e| panic!("{path}: {e}")))
        .collect()
}

fn number(row: &Row, column: &str) -> f64 {
    row[column]
        .parse()
        .unwrap_or_else(|e| panic!("{column}: {e}"))
}

/// The cells of the table whose header has this word, without the header.
fn table(document: &str, header: &str) -> Vec<Vec<String>> {
    let text = text(document);
    let mut lines = text
        .lines()
        .skip_while(|line| !(line.starts_with('|') && line.contains(header)));
    lines
        .next()
        .unwrap_or_else(|| panic!("{document} has no table of {header}"));
    let rows = lines.skip(1).take_while(|line| line.starts_with('|'));
    let cells = |line: &str| {
        let inner = line.trim().trim_start_matches('|').trim_end_matches('|');
        inner
            .split('|')
            .map(|cell| cell.trim().replace("**", ""))
            .collect()
    };
    rows.map(cells).collect()
}

/// Compares what documents say with what they should, and reports every difference.
#[derive(Default)]
struct Told {
    wrong: Vec<String>,
    compared: usize,
}

impl Told {
    fn compare(&mut self, place: &str, said: &str, want: &str) {
        self.compared += 1;
        if said != want {
            self.wrong
                .push(format!("{place}: {said:?}, and the records say {want:?}"));
        }
    }

    fn end(self, compared: usize) {
        assert!(self.wrong.is_empty(), "{}", self.wrong.join("\n"));
        assert_eq!(self.compared, compared);
    }
}

/// The figure's cell at a learning rate, after ten epochs.
fn cell<'r>(rows: &'r [Row], figure: &str, rate: &str) -> &'r Row {
    let label = format!("learning_rate = {rate}");
    rows.iter()
        .find(|row| row["figure"] == figure && row["cell"] == label && row["epoch"] == "10")
        .unwrap_or_else(|| panic!("figure {figure}, {label}"))
}

/// Test accuracies of a cell's seeds after ten epochs.
fn seeds(epochs: &[Row], figure: &str, rate: &str) -> Vec<f64> {
    let of_cell = epochs.iter().filter(|row| {
        row["figure"] == figure && row["learning_rate"] == rate && row["epoch"] == "10"
    });
    of_cell.map(|row| number(row, "test_accuracy")).collect()
}

#[test]
fn accuracies_of_the_readme_are_those_of_the_study() {
    let results = csv("docs/results/lab-2017/results.csv");
    let epochs = csv("docs/results/lab-2017/epochs.csv");
    let mut told = Told::default();
    for row in table(README, "SGD, real dropout") {
        let rate = &row[0];
        // Columns: published, ours as run, ours with real dropout; for SGD and for Adam.
        for (first, published, as_run, real) in
            [(1, "1", "1", "2"), (4, "3-as-run", "3-as-run", "3")]
        {
            let want = number(cell(&results, published, rate), "published_test_accuracy");
            let dead = |text: String| match want < 0.2 && first == 4 {
                true => format!("{text} (dead)"),
                false => text,
            };
            let place = |what: &str| format!("README, rate {rate}, {what}");
            told.compare(
                &place("published"),
                &row[first],
                &dead(format!("{want:.4}")),
            );
            for (column, figure) in [(first + 1, as_run), (first + 2, real)] {
                let own = cell(&results, figure, rate);
                let alive: Vec<f64> = seeds(&epochs, figure, rate)
                    .into_iter()
                    .filter(|a| *a > 0.5)
                    .collect();
                let mean = number(own, "test_accuracy");
                let half = (number(own, "test_high") - number(own, "test_low")) / 2.0;
                let want = match alive.len() {
                    0 if first == 4 => format!("{mean:.4} (dead)"),
                    4 => {
                        let mean = alive.iter().sum::<f64>() / 4.0;
                        format!("{mean:.4} (4 of 5; one died)")
                    }
                    _ => format!("{mean:.4} ± {half:.4}"),
                };
                told.compare(&place(figure), &row[column], &want);
            }
        }
    }
    told.end(4 * 6);
}

#[test]
fn accuracies_of_the_study_are_those_of_its_records() {
    let results = csv("docs/results/lab-2017/results.csv");
    let mut told = Told::default();
    let mut figure = String::new();
    for row in table(STUDY, "lowest, highest") {
        if !row[0].is_empty() {
            let known = [
                ("Figure 1: SGD", "1"),
                ("Figure 2: SGD, as run", "2-as-run"),
                ("SGD, real dropout", "2"),
                ("Figure 3: Adam, as run", "3-as-run"),
                ("Adam, real dropout", "3"),
            ];
            let known = known.iter().find(|(name, _)| *name == row[0]);
            figure = known.unwrap_or_else(|| panic!("{}", row[0])).1.to_owned();
        }
        let own = cell(&results, &figure, &row[1]);
        let place = |what: &str| format!("docs/study.md, figure {figure}, rate {}, {what}", row[1]);
        let of = |column: &str| format!("{:.4}", number(own, column));
        told.compare(&place("mean"), &row[2], &of("test_accuracy"));
        if !row[3].starts_with('(') {
            let interval = format!("{}–{}", of("test_low"), of("test_high"));
            told.compare(&place("interval"), &row[3], &interval);
        }
        let extremes = format!("{}, {}", of("test_worst_seed"), of("test_best_seed"));
        told.compare(&place("lowest, highest"), &row[4], &extremes);
        if !row[5].is_empty() {
            told.compare(&place("published"), &row[5], &of("published_test_accuracy"));
            let difference = format!("{:+.4}", number(own, "difference")).replace('-', "−");
            told.compare(&place("difference"), &row[6], &difference);
        }
    }
    told.end(20 * 3 - 1 + 12 * 2);
}

/// Seconds with as many digits as the tables have.
fn seconds(value: f64) -> String {
    match value {
        v if v >= 10.0 => format!("{v:.1}"),
        v if v >= 1.0 => format!("{v:.2}"),
        v => format!("{v:.3}"),
    }
}

/// Published seconds per epoch, or a dash.
fn published(rows: &[Row], device: &str, filters: &str, batch: &str) -> Option<String> {
    let mut rows = rows.iter();
    let row = rows.find(|row| {
        row["device"] == device && row["filters"] == filters && row["batch_size"] == batch
    })?;
    Some(format!("{:.2}", number(row, "seconds")))
}

fn measured<'r>(rows: &'r [Row], filters: &str, batch: &str) -> &'r Row {
    let mut rows = rows.iter();
    let own = rows.find(|row| {
        row["filters"] == filters && row["batch_size"] == batch && row["dropout"] == "0"
    });
    own.unwrap_or_else(|| panic!("{filters} filters, batch {batch}"))
}

#[test]
fn seconds_of_both_documents_are_those_of_the_records() {
    let runtimes = csv("docs/results/runtime-2017/runtime.csv");
    let of_2017 = csv("configs/lab-2017/runtime.csv");
    let mut told = Told::default();
    let dash = || "–".to_owned();
    for row in table(README, "CPU 2017 (Core i5)") {
        let filters = &row[0];
        let place = |what: &str| format!("README, {filters} filters, {what}");
        for (column, device) in [(1, "cpu"), (2, "cuda")] {
            let want = published(&of_2017, device, filters, "64").unwrap_or_else(dash);
            told.compare(&place(device), &row[column], &want);
        }
        let own = number(measured(&runtimes, filters, "64"), "median");
        told.compare(&place("here"), &row[3], &seconds(own));
    }
    for row in table(STUDY, "| batch 64 |") {
        let filters = &row[0];
        for (first, batch) in [(1, "64"), (5, "16")] {
            let place =
                |what: &str| format!("docs/study.md, {filters} filters, batch {batch}, {what}");
            let own = measured(&runtimes, filters, batch);
            let of = |column: &str| seconds(number(own, column));
            let want = format!("{} ({}–{})", of("median"), of("low"), of("high"));
            told.compare(&place("here"), &row[first], &want);
            let on_cpu = published(&of_2017, "cpu", filters, batch);
            let ratio = on_cpu.as_ref().map(|seconds| {
                format!(
                    "÷ {:.1}",
                    seconds.parse::<f64>().unwrap() / number(own, "median")
                )
            });
            told.compare(&place("CPU"), &row[first + 1], &on_cpu.unwrap_or_else(dash));
            told.compare(&place("ratio"), &row[first + 2], &ratio.unwrap_or_default());
            let on_gpu = published(&of_2017, "cuda", filters, batch).unwrap_or_else(dash);
            told.compare(&place("GPU"), &row[first + 3], &on_gpu);
        }
    }
    told.end(6 * 3 + 6 * 2 * 4);
}

#[test]
fn verdicts_on_runtimes_are_those_of_the_records() {
    let claims: serde_json::Value =
        serde_json::from_str(&text("docs/results/runtime-by-process/claims.json")).unwrap();
    let mut told = Told::default();
    for (claim, verdict) in [(9, "undecided"), (10, "does not hold")] {
        let all = claims.as_array().unwrap();
        let record = all.iter().find(|record| record["claim"] == claim).unwrap();
        let of = |key: &str| format!("{:.3}", record[key].as_f64().unwrap());
        let numbers = format!("{} ({} to {}", of("estimate"), of("low"), of("high"));
        let rows = table(STUDY, "what was measured");
        let row = rows.iter().find(|row| row[0] == claim.to_string()).unwrap();
        told.compare("docs/study.md", &row[2], verdict);
        told.compare("claims.json", record["verdict"].as_str().unwrap(), verdict);
        assert!(
            row[3].contains(&format!("× {numbers}")),
            "{numbers}: {}",
            row[3]
        );
        let readme = text(README).replace('\n', " ");
        let numbers = [of("estimate"), of("low"), of("high")];
        let [estimate, low, high] = &numbers;
        let said = readme.contains(&format!("× {estimate}, {low} to {high}"));
        assert!(said, "README, claim {claim}: {numbers:?}");
    }
    told.end(4);
}

#[test]
fn shares_of_variance_are_those_of_the_records() {
    let effects = csv("docs/results/small-grid/variance.csv");
    let mut told = Told::default();
    for row in table(STUDY, "setting, or two together") {
        let mut own = effects.iter().filter(|effect| effect["effect"] == row[0]);
        let own = own.next().unwrap_or_else(|| panic!("{}", row[0]));
        let percent = |column: &str| format!("{:.1} %", 100.0 * number(own, column));
        told.compare(&row[0], &row[1], &percent("share"));
        if !row[2].is_empty() {
            let interval = format!(
                "{} to {}",
                percent("long_run_low"),
                percent("long_run_high")
            );
            told.compare(&row[0], &row[2], &interval);
        }
    }
    told.end(6 + 5);

    let cells = csv("docs/results/small-grid/results.csv");
    let text = text(STUDY).replace('\n', " ");
    for (optimizer, rate) in [("sgd", "0.1"), ("adam", "0.001")] {
        let settings = [
            ("optimizer", optimizer),
            ("learning_rate", rate),
            ("batch_size", "32"),
            ("filters", "16"),
        ];
        let mut own = cells
            .iter()
            .filter(|cell| settings.iter().all(|(name, value)| cell[*name] == *value));
        let own = own.next().unwrap_or_else(|| panic!("{optimizer}, {rate}"));
        let of = |column: &str| format!("{:.4}", number(own, column));
        let [mean, low, high] = ["test_accuracy", "test_low", "test_high"].map(of);
        let said = [
            format!("{mean}, {low} to {high}"),
            format!("({mean}, {low} to {high})"),
        ];
        assert!(said.iter().any(|said| text.contains(said)), "{said:?}");
    }
}

/// `UPDATE_EXPECT=1 cargo test -p xtask --test documents` writes it.
#[test]
fn the_page_of_settings_is_the_programs() {
    let table = std::process::Command::new(env!("CARGO_BIN_EXE_xtask"))
        .args(["settings", "--markdown"])
        .output()
        .expect("the binary runs");
    let table = String::from_utf8(table.stdout).expect("output is UTF-8");
    let page = format!(
        "# Settings\n\nEvery setting of a study's `[base]`, of a figure's `[figure.set]`, of its axes, and of \
         `--set`. `lenet-lab help settings` prints this table, and `lenet-lab schema` gives it to an editor. Where \
         several forms are given, any may be written; a key in brackets may be left out.\n\n{table}"
    );
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/settings.md");
    expect_test::expect_file![path].assert_eq(&page);
}
