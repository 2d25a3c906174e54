//! What a study's file may not say, and how that is told.

use super::*;
use lenet_results::RuntimeParameters;

use crate::MeasureKind;
use crate::builtin::{BUILTIN_NAMES, builtin};

/// A good file around one part that varies.
fn study(base: &str, set: &str, axes: &str) -> String {
    format!(
        "name = \"s\"\nseeds = 2\n[base]\n{base}\n[[figure]]\nid = \"1\"\n\
         [figure.set]\n{set}\n[figure.axes]\n{axes}\n"
    )
}

fn refusal(text: &str) -> String {
    match StudyConfig::parse(text, "s.toml") {
        Ok(config) => panic!("accepted:\n{text}\n{config:?}"),
        Err(error) => error.to_string(),
    }
}

#[test]
fn built_in_studies_are_read() {
    for name in BUILTIN_NAMES {
        let config = StudyConfig::open(name).unwrap();
        assert_eq!(config.name, name);
    }
    assert_eq!(builtin("no-such"), None);
    let former = StudyConfig::open("runtime-2017").unwrap();
    assert_eq!(former.name, "lab-2017");
}

#[test]
fn axes_keep_the_order_of_the_file() {
    let text = study(
        "",
        "",
        "learning_rate = [0.1]\ndropout = [0]\nbatch_size = [1]",
    );
    let config = StudyConfig::parse(&text, "s.toml").unwrap();
    let names: Vec<_> = config.figures[0]
        .axes
        .iter()
        .map(|axis| axis.name.as_str())
        .collect();
    assert_eq!(names, ["learning_rate", "dropout", "batch_size"]);
    assert_eq!(config.title, "s");
    assert_eq!(config.figures[0].title, "Figure 1");
}

#[test]
fn predictions_are_kept_unless_the_file_or_a_flag_says_otherwise() {
    let parse = |line: &str| {
        StudyConfig::parse(&format!("{line}\n{}", study("", "", "filters = [1]")), "s")
    };
    let cases = [
        ("", None, true),
        ("predictions = true", None, true),
        ("predictions = false", None, false),
        ("", Some(false), false),
        ("predictions = false", Some(true), true),
    ];
    for (line, flag, kept) in cases {
        let config = parse(line).unwrap();
        let overrides = crate::Overrides {
            predictions: flag,
            ..Default::default()
        };
        let data = crate::DataSets::open(&config, &overrides).unwrap();
        let plan = crate::Plan::expand(&config, &overrides, &data).unwrap();
        assert_eq!(plan.predictions, kept, "{line} {flag:?}");
        let usual = parse("").unwrap();
        let usual = crate::Plan::expand(&usual, &crate::Overrides::default(), &data).unwrap();
        assert_eq!(plan.trials, usual.trials, "no identity depends on it");
    }
    let refused = parse("predictions = 1").unwrap_err().to_string();
    assert!(refused.contains("s:1:15: `predictions`"), "{refused}");
}

/// Settings that cannot be used, each with the whole message.
#[test]
fn bad_settings_are_refused_where_they_stand() {
    let cases = [
        (
            "learning_rat = 1",
            "s.toml:4:1: unknown key `base.learning_rat` (did you mean `learning_rate`?)",
        ),
        (
            "lr = 1",
            "s.toml:4:1: unknown key `base.lr` (known here: filters, kernel, hidden, padding, \
                    stride, pooling, dropout, optimizer, weight_decay, learning_rate, schedule, batch_size, \
                    epochs, samples, validation, \
                    early_stop, backend, device, precision, data, placement, threads, trials)",
        ),
        (
            "learning_rate = -0.1",
            "s.toml:4:17: `base.learning_rate` is -0.1: give a finite number above 0, e.g. 0.1",
        ),
        (
            "learning_rate = nan",
            "s.toml:4:17: `base.learning_rate` is nan: give a finite number above 0, e.g. 0.1",
        ),
        (
            "learning_rate = inf",
            "s.toml:4:17: `base.learning_rate` is inf: give a finite number above 0, e.g. 0.1",
        ),
        (
            "learning_rate = 0",
            "s.toml:4:17: `base.learning_rate` is 0: give a finite number above 0, e.g. 0.1",
        ),
        (
            "learning_rate = \"0.1\"",
            "s.toml:4:17: `base.learning_rate` is a string, expected a number",
        ),
        (
            "filters = 0",
            "s.toml:4:11: `base.filters` is 0: give a whole number from 1 to 65536",
        ),
        (
            "filters = [8, 0]",
            "s.toml:4:15: `base.filters` is 0: give a whole number from 1 to 65536",
        ),
        (
            "filters = []",
            "s.toml:4:11: `base.filters` is []: give at least one stage, e.g. [16, 16]",
        ),
        (
            "filters = 1.5",
            "s.toml:4:11: `base.filters` is a number, expected a number of filters or an array of them",
        ),
        (
            "kernel = 4",
            "s.toml:4:10: `base.kernel` is 4: give an odd number, so that the kernel has a middle",
        ),
        (
            "dropout = 1",
            "s.toml:4:11: `base.dropout` is 1: give a share from 0 to below 1",
        ),
        (
            "dropout = { rte = 0.5 }",
            "s.toml:4:13: unknown key `base.dropout.rte` (did you mean `rate`?)",
        ),
        (
            "dropout = { connected = false }",
            "s.toml:4:11: `base.dropout.rate` is missing (hint: write rate = 0.5)",
        ),
        (
            "dropout = { rate = 0.5, connected = 1 }",
            "s.toml:4:37: `base.dropout.connected` is a whole number, expected true or false",
        ),
        (
            "optimizer = \"adma\"",
            "s.toml:4:13: `base.optimizer` is \"adma\": did you mean \"adam\"?",
        ),
        (
            "optimizer = \"muon\"",
            "s.toml:4:13: `base.optimizer` is \"muon\": give one of \"sgd\", \"momentum\", \"nesterov\", \"adam\", \"adamw\", \"rmsprop\", \"lion\"",
        ),
        (
            "optimizer = { kind = \"sgd\", beta1 = 0.9 }",
            "s.toml:4:29: unknown key `base.optimizer.beta1` (known here: kind, weight_decay)",
        ),
        (
            "optimizer = { kind = \"adam\", beta2 = 1.0 }",
            "s.toml:4:38: `base.optimizer.beta2` is 1.0: give a number from 0 to below 1",
        ),
        (
            "optimizer = { kind = \"adam\", epsilon = 0 }",
            "s.toml:4:40: `base.optimizer.epsilon` is 0: give a finite number above 0",
        ),
        (
            "optimizer = { beta1 = 0.9 }",
            "s.toml:4:13: `base.optimizer.kind` is missing (hint: write kind = \"adam\")",
        ),
        (
            "schedule = { kind = \"step\" }",
            "s.toml:4:12: `base.schedule.every_epochs` is missing (hint: write every_epochs = 5)",
        ),
        (
            "schedule = { kind = \"cosine\", gamma = 0.5 }",
            "s.toml:4:31: unknown key `base.schedule.gamma` (known here: kind, warmup_epochs, floor)",
        ),
        (
            "batch_size = 0",
            "s.toml:4:14: `base.batch_size` is 0: give a whole number from 1 to 4294967295",
        ),
        (
            "epochs = -1",
            "s.toml:4:10: `base.epochs` is -1: give a whole number from 1 to 4294967295",
        ),
        (
            "samples = \"some\"",
            "s.toml:4:11: `base.samples` is \"some\": give one of \"all\"",
        ),
        (
            "device = \"gpu\"",
            "s.toml:4:10: `base.device` is \"gpu\": give one of \"cpu\", \"cuda\"",
        ),
        (
            "early_stop = { patience = 0 }",
            "s.toml:4:27: `base.early_stop.patience` is 0: give a whole number from 1 to 4294967295",
        ),
    ];
    for (line, expected) in cases {
        assert_eq!(refusal(&study(line, "", "epochs = [1]")), expected);
    }
}

#[test]
fn bad_studies_are_refused() {
    let axes = "learning_rate = [0.1]";
    let good = study("", "", axes);
    let cases = [
        (
            String::new(),
            "s.toml:1:1: `name` is missing (hint: write name = \"my-study\")",
        ),
        (
            "name = \"s\"".into(),
            "s.toml:1:1: `figure` is missing (hint: a study needs at least one [[figure]] with id and [figure.axes])",
        ),
        (
            good.replace("name = \"s\"", "name = \"../s\""),
            "s.toml:1:8: `name` is \"../s\": it names files: use letters, digits, `-`, `_` and `.` alone",
        ),
        (
            good.replace("seeds = 2", "seeds = 0"),
            "s.toml:2:9: `seeds` is 0: give a whole number from 1 to 1000000",
        ),
        (
            good.replace("seeds = 2", "seeds = [1, 2, 1]"),
            "s.toml:2:16: `seeds` is 1: the same seed twice would count one trial as two",
        ),
        (
            good.replace("seeds = 2", "seed = 2"),
            "s.toml:2:1: unknown key `seed` (did you mean `seeds`?)",
        ),
        (
            good.replace("id = \"1\"", ""),
            "s.toml:5:1: `figure.id` is missing (hint: write id = \"1\")",
        ),
        (
            study("", "", ""),
            "s.toml:5:1: `figure.axes` is missing (hint: name what varies, e.g. learning_rate = [0.1, 0.01])",
        ),
        (
            study("", "", "learning_rate = []"),
            "s.toml:10:17: `figure.axes.learning_rate` is []: give the axis at least one value",
        ),
        (
            study("", "", "learning_rate = 0.1"),
            "s.toml:10:17: `figure.axes.learning_rate` is a number, expected an array of values",
        ),
        (
            study("", "", "learning_rate = [0.1, -1]"),
            "s.toml:10:23: `figure.axes.learning_rate` is -1: give a finite number above 0, e.g. 0.1",
        ),
        (
            study("", "", "learning_rate = [0.1, 1e-1]"),
            "s.toml:10:23: `figure.axes.learning_rate` is 1e-1: this value stands in the axis twice",
        ),
        (
            study("", "", "leaning_rate = [0.1]"),
            "s.toml:10:1: unknown key `figure.axes.leaning_rate` (did you mean `learning_rate`?)",
        ),
        (
            study("", axes.replace(['[', ']'], "").as_str(), axes),
            "s.toml:6:6: `figure.id` is \"1\": `learning_rate` is both set and an axis of this figure; keep one of them",
        ),
        (
            format!("{good}[[figure]]\nid = \"1\"\n[figure.axes]\n{axes}"),
            "s.toml:12:6: `figure.id` is \"1\": another figure has this id; give each its own",
        ),
        (
            "name = ".into(),
            "s.toml:1:8: not valid TOML: string values must be quoted, expected literal string",
        ),
    ];
    for (text, expected) in cases {
        assert_eq!(refusal(&text), expected, "in\n{text}");
    }
}

/// A study with one figure of runtimes, whose other keys and tables are these.
fn runtimes(base: &str, keys: &str, set: &str, axes: &str) -> String {
    format!(
        "name = \"s\"\n[base]\n{base}\n[[figure]]\nid = \"1\"\nmeasure = \"runtime\"\n{keys}\n\
         [figure.set]\n{set}\n[figure.axes]\n{axes}\n"
    )
}

#[test]
fn a_figure_of_runtimes_says_how_often_it_is_measured() {
    let measure = |keys: &str| {
        let text = runtimes(
            "threads = 2",
            keys,
            "placement = \"streamed\"",
            "trials = [1, 8]",
        );
        let config = StudyConfig::parse(&text, "s.toml").unwrap();
        assert!(config.has_runtimes());
        config.figures[0].measure
    };
    let usual = RuntimeParameters {
        repeats: 5,
        warm_up_samples: 1000,
        phase_passes: 3,
    };
    assert_eq!(measure(""), MeasureKind::Runtime(usual));
    let own = RuntimeParameters {
        repeats: 7,
        warm_up_samples: 0,
        phase_passes: 0,
    };
    let keys = "repeats = 7\nwarm_up_samples = 0\nphase_passes = 0";
    assert_eq!(measure(keys), MeasureKind::Runtime(own));
    let trained = StudyConfig::parse(&study("", "", "filters = [8]"), "s.toml").unwrap();
    assert_eq!(trained.figures[0].measure, MeasureKind::Training);
    assert!(!trained.has_runtimes());
}

#[test]
fn what_belongs_to_the_other_kind_of_figure_is_refused_where_it_stands() {
    let axes = "filters = [8]";
    let only = "it is a setting of runtime figures, those with measure = \"runtime\"";
    let cases = [
        (
            study("", "placement = \"resident\"", axes),
            format!("s.toml:8:13: `figure.set.placement` is \"resident\": {only}"),
        ),
        (
            study("", "", "filters = [8]\ntrials = [1, 8]"),
            format!("s.toml:11:10: `figure.axes.trials` is [1, 8]: {only}"),
        ),
        (
            study("epochs = 1\nthreads = 2", "", axes),
            format!("s.toml:5:11: `base.threads` is 2: {only}"),
        ),
        (
            study("", "", axes).replace("id = \"1\"", "id = \"1\"\nrepeats = 3"),
            "s.toml:7:11: `figure.repeats` is 3: it belongs to a figure with measure = \"runtime\"".into(),
        ),
        (
            runtimes("", "", "epochs = 2", axes),
            "s.toml:9:10: `figure.set.epochs` is 2: a runtime figure measures one epoch; leave it out"
                .into(),
        ),
        (
            runtimes("", "", "", "early_stop = [2, 3]"),
            "s.toml:11:14: `figure.axes.early_stop` is [2, 3]: a runtime figure measures one epoch; leave \
             it out"
                .into(),
        ),
        (
            runtimes("", "repeats = 0", "", axes),
            "s.toml:7:11: `figure.repeats` is 0: give a whole number from 1 to 4294967295".into(),
        ),
        (
            runtimes("", "repeat = 3", "", axes),
            "s.toml:7:1: unknown key `figure.repeat` (did you mean `repeats`?)".into(),
        ),
        (
            runtimes("", "", "placement = \"host\"", axes),
            "s.toml:9:13: `figure.set.placement` is \"host\": give one of \"streamed\", \"resident\"".into(),
        ),
        (
            runtimes("", "", "threads = 0", axes),
            "s.toml:9:11: `figure.set.threads` is 0: give a whole number from 1 to 1024".into(),
        ),
        (
            runtimes("", "", "", axes).replace("\"runtime\"", "\"runtimes\""),
            "s.toml:6:11: `figure.measure` is \"runtimes\": did you mean \"runtime\"?".into(),
        ),
    ];
    let mut wrong = Vec::new();
    for (text, expected) in cases {
        let found = refusal(&text);
        if found != expected {
            wrong.push(format!("{text}\n  found    {found}\n  expected {expected}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

mod level;
mod limits;
