//! Searches that are refused, with their place.

use super::*;
use crate::config::StudyConfig;

fn text(search: &str) -> String {
    format!("name = \"s\"\n[[figure]]\nid = \"s\"\n[figure.search]\n{search}\n")
}

fn refusal(text: &str) -> String {
    match StudyConfig::parse(text, "s.toml") {
        Ok(config) => panic!("accepted:\n{text}\n{config:?}"),
        Err(error) => error.to_string(),
    }
}

const RATE: &str = "space.learning_rate = [0.1, 0.2]";

#[test]
fn what_is_left_out_has_its_usual_value() {
    let parse = |search: &str| {
        let config = StudyConfig::parse(&text(search), "s.toml").unwrap();
        config.figures[0].search.clone().unwrap()
    };
    let found = parse(&format!("kind = \"halving\"\ntrials = 27\n{RATE}"));
    assert_eq!(found.kind, SearchKind::Halving { eta: 3, first: 1 });
    assert_eq!(found.budget, Budget::Trials(27));
    assert_eq!(found.measure, EpochMeasure::ValidationAccuracy);
    assert_eq!(found.seed, 1);
    let found = parse(&format!(
        "kind = \"tpe\"\nepochs = 200\nround = 3\nseed = 7\nmeasure = \"train_loss\"\n{RATE}"
    ));
    let kind = SearchKind::Tpe {
        round: 3,
        startup: 16,
    };
    assert_eq!((found.kind, found.seed), (kind, 7));
    assert_eq!(found.budget, Budget::Epochs(200));
    assert_eq!(found.measure, EpochMeasure::TrainLoss);
    let found = parse(
        "kind = \"random\"\ntrials = 3\n[figure.search.space]\ndropout = { from = 0, to = 0.5 }\n\
         filters = { from = 4, to = 32 }\noptimizer = [\"sgd\", { kind = \"momentum\", momentum = 0.8 }]",
    );
    let numbers = |from, to, scale| Range::Numbers(Numbers { from, to, scale });
    assert_eq!(found.space.names(), ["dropout", "filters", "optimizer"]);
    assert_eq!(
        found.space.parameters[0].range,
        numbers(0.0, 0.5, Scale::Linear)
    );
    assert_eq!(
        found.space.parameters[1].range,
        numbers(4.0, 32.0, Scale::Integer)
    );
}

#[test]
fn a_search_without_what_it_needs_is_refused() {
    let cases = [
        (
            format!("trials = 3\n{RATE}"),
            "s.toml:4:1: `figure.search.kind` is missing (hint: write kind = \"halving\")",
        ),
        (
            format!("kind = \"random\"\n{RATE}"),
            "s.toml:4:1: `figure.search.trials` is missing (hint: write trials = 27, or epochs = 200 for all \
             trials together)",
        ),
        (
            "kind = \"random\"\ntrials = 3".to_owned(),
            "s.toml:4:1: `figure.search.space` is missing (hint: name what varies, e.g. learning_rate = { \
             from = 1e-4, to = 1.0, scale = \"log\" })",
        ),
        (
            "kind = \"random\"\ntrials = 3\nspace = {}".to_owned(),
            "s.toml:7:9: `figure.search.space` is {}: name at least one setting that varies",
        ),
        (
            "kind = \"random\"\ntrials = 3\nspace = { filters = [] }".to_owned(),
            "s.toml:7:21: `figure.search.space.filters` is []: give at least one value",
        ),
    ];
    for (search, expected) in cases {
        assert_eq!(refusal(&text(&search)), expected);
    }
}

#[test]
fn wrong_keys_of_a_search_are_refused() {
    let random = |line: &str| text(&format!("kind = \"random\"\n{line}\n{RATE}"));
    let cases = [
        (
            text(&format!("kind = \"halvin\"\ntrials = 3\n{RATE}")),
            "s.toml:5:8: `figure.search.kind` is \"halvin\": did you mean \"halving\"?",
        ),
        (
            random("trial = 3"),
            "s.toml:6:1: unknown key `figure.search.trial` (did you mean `trials`?)",
        ),
        (
            random("trials = 0"),
            "s.toml:6:10: `figure.search.trials` is 0: give a whole number from 1 to 1000000",
        ),
        (
            random("epochs = 0"),
            "s.toml:6:10: `figure.search.epochs` is 0: give a whole number from 1 to 4294967295",
        ),
        (
            random("trials = 3\nepochs = 3"),
            "s.toml:7:10: `figure.search.epochs` is 3: `trials` is the budget already; keep one of them",
        ),
        (
            random("trials = 3\neta = 3"),
            "s.toml:7:7: `figure.search.eta` is 3: it belongs to kind = \"halving\"",
        ),
        (
            random("trials = 3\nround = 3"),
            "s.toml:7:9: `figure.search.round` is 3: it belongs to kind = \"tpe\"",
        ),
        (
            text(&format!("kind = \"halving\"\ntrials = 3\neta = 1\n{RATE}")),
            "s.toml:7:7: `figure.search.eta` is 1: give a whole number from 2 to 1000",
        ),
        (
            random("trials = 3\nmeasure = \"test_accuracy\""),
            "s.toml:7:11: `figure.search.measure` is \"test_accuracy\": what is chosen by the test images is \
             no longer tested by them; give a validation_… measure",
        ),
        (
            random("trials = 3\nmeasure = \"seconds\""),
            "s.toml:7:11: `figure.search.measure` is \"seconds\": give one of \"validation_accuracy\", \
             \"validation_loss\", \"train_accuracy\", \"train_loss\"",
        ),
    ];
    for (text, expected) in cases {
        assert_eq!(refusal(&text), expected);
    }
}

#[test]
fn searches_are_read_up_to_their_limits() {
    let read = |search: &str| StudyConfig::parse(&text(search), "s.toml").is_ok();
    let trials = |count: usize| read(&format!("kind = \"random\"\ntrials = {count}\n{RATE}"));
    assert!(trials(1_000_000) && !trials(1_000_001));
    let halving = |line: &str| read(&format!("kind = \"halving\"\ntrials = 3\n{line}\n{RATE}"));
    assert!(halving("eta = 2") && halving("eta = 1000") && !halving("eta = 1001"));
    let values = |count: usize| {
        let list: Vec<String> = (1..=count).map(|value| value.to_string()).collect();
        let list = list.join(", ");
        read(&format!(
            "kind = \"random\"\ntrials = 3\nspace.filters = [{list}]"
        ))
    };
    assert!(values(4096) && !values(4097));
}

#[test]
fn ranges_that_are_none_are_refused() {
    let space = |line: &str| {
        refusal(&text(&format!(
            "kind = \"random\"\ntrials = 3\n[figure.search.space]\n{line}"
        )))
    };
    let of = |name: &str| format!("`figure.search.space.{name}");
    let cases = [
        (
            "learning_rat = [0.1]",
            "s.toml:8:1: unknown key",
            of("learning_rat` (did you mean `learning_rate`?)"),
        ),
        (
            "learning_rate = { from = 0.1, to = 0.1 }",
            "s.toml:8:36:",
            of("learning_rate.to` is 0.1: give a number above `from`, which is 0.1"),
        ),
        (
            "learning_rate = { from = 0, to = 0.1, scale = \"log\" }",
            "s.toml:8:26:",
            of("learning_rate.from` is 0: give a finite number above 0, e.g. 0.1"),
        ),
        (
            "weight_decay = { from = 0, to = 0.1, scale = \"log\" }",
            "s.toml:8:16:",
            of(
                "weight_decay` is { from = 0, to = 0.1, scale = \"log\" }: a logarithmic scale begins above 0; \
                give a larger `from`",
            ),
        ),
        (
            "filters = { from = 4.5, to = 8 }",
            "s.toml:8:20:",
            of("filters.from` is a number, expected a number of filters or an array of them"),
        ),
        (
            "filters = { from = 4, to = 8, scale = \"log\" }",
            "s.toml:8:39:",
            of(
                "filters.scale` is \"log\": it has whole numbers: give \"integer\" or \"integer-log\"",
            ),
        ),
        (
            "dropout = { from = 0, to = 0.5, scale = \"integer\" }",
            "s.toml:8:41:",
            of(
                "dropout.scale` is \"integer\": it has numbers of any kind: give \"linear\" or \"log\"",
            ),
        ),
        (
            "dropout = { from = 0, to = 1 }",
            "s.toml:8:28:",
            of("dropout.to` is 1: give a share from 0 to below 1"),
        ),
        (
            "dropout = { to = 0.5 }",
            "s.toml:8:11:",
            of("dropout.from` is missing (hint: write from = 0.001)"),
        ),
        (
            "dropout = 0.5",
            "s.toml:8:11:",
            of(
                "dropout` is a number, expected a list of values or a table { from = …, to = …, scale = \"log\" }",
            ),
        ),
        (
            "optimizer = { from = 1, to = 2 }",
            "s.toml:8:13:",
            of(
                "optimizer` is { from = 1, to = 2 }: it has no range of values; give a list of them",
            ),
        ),
        (
            "kernel = { from = 3, to = 5 }",
            "s.toml:8:10:",
            of("kernel` is { from = 3, to = 5 }: it has no range of values; give a list of them"),
        ),
        (
            "samples = { from = \"all\", to = 5 }",
            "s.toml:8:20:",
            of("samples.from` is a string, expected a number"),
        ),
        (
            "dropout = [0, 0]",
            "s.toml:8:15:",
            of("dropout` is 0: this value stands in the list twice"),
        ),
        (
            "epochs = [1, 2]",
            "s.toml:8:10:",
            of(
                "epochs` is [1, 2]: a search trains as far as `epochs` of [figure.set] says; leave it out here",
            ),
        ),
        (
            "validation = [100]",
            "s.toml:8:14:",
            of(
                "validation` is [100]: proposals are compared by the same validation images; leave it out here",
            ),
        ),
        (
            "threads = [1]",
            "s.toml:8:11:",
            of(
                "threads` is [1]: it is a setting of runtime figures, those with measure = \"runtime\"",
            ),
        ),
    ];
    for (line, place, rest) in cases {
        assert_eq!(space(line), format!("{place} {rest}"), "{line}");
    }
}

#[test]
fn a_search_takes_the_place_of_axes_in_a_figure_of_training() {
    let search = format!("kind = \"random\"\ntrials = 3\n{RATE}");
    let both = format!("{}[figure.axes]\nfilters = [4]\n", text(&search));
    assert_eq!(
        refusal(&both),
        "s.toml:4:1: `figure.search` is [figure.search]: a search takes the place of [figure.axes]; keep one of them"
    );
    let runtime = text(&search).replace("id = \"s\"", "id = \"s\"\nmeasure = \"runtime\"");
    assert_eq!(
        refusal(&runtime),
        "s.toml:5:1: `figure.search` is [figure.search]: a runtime figure measures all of its cells; give it axes"
    );
    let set = format!("{}[figure.set]\nlearning_rate = 0.1\n", text(&search));
    assert_eq!(
        refusal(&set),
        "s.toml:3:6: `figure.id` is \"s\": `learning_rate` is both set and in the search of this figure; keep one of them"
    );
    let none = "name = \"s\"\n[[figure]]\nid = \"s\"\n";
    assert!(refusal(none).contains("`figure.axes` is missing"));
    let regret =
        "name = \"s\"\n[[figure]]\nid = \"s\"\ndraw = [\"regret\"]\n[figure.axes]\nfilters = [4]\n";
    assert_eq!(
        refusal(regret),
        "s.toml:4:9: `figure.draw` is \"regret\": only a figure with [figure.search] has a regret"
    );
}
