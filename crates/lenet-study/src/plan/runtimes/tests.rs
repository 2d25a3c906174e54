//! What is measured on which machine, and what is left out.

use lenet_core::{DataPlacement, DeviceKind, Samples, Settings};
use lenet_data::Dataset;
use lenet_ops::Level;

mod flags;

use super::*;
use crate::config::StudyConfig;
use crate::overrides::RuntimeOverrides;
use crate::plan::Plan;

const CPU: Device = Device {
    kind: DeviceKind::Cpu,
    ordinal: 0,
};
const GPU: Device = Device {
    kind: DeviceKind::Cuda,
    ordinal: 1,
};

fn machine(devices: &[Device], asked: bool) -> Machine {
    Machine {
        devices: devices.to_vec(),
        asked,
        absent: Some("no such device".to_owned()),
        threads: 3,
        level: Level::Portable,
    }
}

/// A study of one figure of runtimes with two sizes, and these settings and axes besides.
fn study(set: &str, axes: &str) -> StudyConfig {
    let text = format!(
        "name = \"s\"\nseeds = [4, 9]\n[base]\nepochs = 7\nearly_stop = 2\nsamples = 100\n[[figure]]\n\
         id = \"1\"\nmeasure = \"runtime\"\n[figure.set]\n{set}\n[figure.axes]\nfilters = [2, 3]\n{axes}\n"
    );
    StudyConfig::parse(&text, "s.toml").unwrap()
}

fn plan_with(
    config: &StudyConfig,
    machine: &Machine,
    overrides: &RuntimeOverrides,
) -> Result<Plan, StudyError> {
    let data = DataSets::default().with("mnist", Dataset::mnist());
    Plan::expand_runtimes(config, overrides, machine, &data)
}

fn plan(config: &StudyConfig, machine: &Machine) -> Plan {
    plan_with(config, machine, &RuntimeOverrides::default()).unwrap()
}

/// Labels of the cells of the plan's first figure.
fn labels(plan: &Plan) -> Vec<&str> {
    let cells = plan.study.figures[0].cells.iter();
    cells.map(|cell| cell.label.as_str()).collect()
}

#[test]
fn a_cell_is_one_epoch_of_the_first_seed() {
    let found = plan(&study("", ""), &machine(&[CPU], true));
    assert_eq!(
        labels(&found),
        ["filters = 2, device = cpu", "filters = 3, device = cpu"]
    );
    assert!(found.trials.is_empty());
    for runtime in &found.runtimes {
        let (config, how) = (&runtime.blank.config, &runtime.blank.execution);
        assert_eq!(
            (config.epochs, config.early_stop),
            (1, lenet_core::EarlyStop::Never)
        );
        assert_eq!((config.seed, found.seed), (4, 4));
        assert_eq!(config.data.samples, Samples::Drawn(100));
        assert_eq!((how.threads, how.fixed_threads, how.trials), (3, false, 1));
        assert_eq!(
            (how.level.as_str(), how.placement),
            ("portable", DataPlacement::Streamed)
        );
        assert_eq!(runtime.blank.images.train, 100);
        let sizes = lenet_core::Geometry::lab_2017(runtime.blank.filters());
        assert_eq!(runtime.blank.parameters, sizes.parameter_count());
        let images = (runtime.blank.images.validation + runtime.blank.images.test) as u64;
        assert_eq!(runtime.blank.work.train_flops, sizes.training_flops() * 100);
        assert_eq!(
            runtime.blank.work.evaluation_flops,
            sizes.forward_flops() * images
        );
    }
    let figure = &found.study.figures[0];
    assert_eq!(figure.axes, ["device", "filters"]);
    assert_eq!(figure.runtime.map(|p| p.repeats), Some(5));
    let cell = &figure.cells[0];
    assert!(cell.trials.is_empty());
    assert_eq!(
        cell.execution.as_ref(),
        Some(&found.runtimes[0].blank.execution)
    );
}

/// What each figure is measured as where there are both kinds of devices.
#[test]
fn devices_placements_and_groups_are_those_that_there_are() {
    type Told<'t> = &'t [(&'t str, &'t str, usize)];
    let cases: [(&str, &str, Told<'_>, &[&str]); 7] = [
        (
            "",
            "",
            &[("cpu", "streamed", 1), ("cuda:1", "resident", 1)],
            &[],
        ),
        (
            "backend = \"stock\"",
            "",
            &[
                ("cpu", "streamed", 1),
                ("cuda:1", "streamed", 1),
                ("cuda:1", "resident", 1),
            ],
            &[],
        ),
        (
            "placement = \"streamed\"",
            "",
            &[("cpu", "streamed", 1)],
            &["streamed, fused on cuda"],
        ),
        (
            "placement = \"resident\"",
            "",
            &[("cuda:1", "resident", 1)],
            &["resident on the cpu"],
        ),
        (
            "",
            "trials = [1, 16]",
            &[
                ("cpu", "streamed", 1),
                ("cuda:1", "resident", 1),
                ("cuda:1", "resident", 16),
            ],
            &["several trials on the cpu"],
        ),
        (
            "device = \"cuda\"\nbackend = \"stock\"\nplacement = \"streamed\"",
            "trials = [1, 16]",
            &[("cuda:1", "streamed", 1)],
            &["several trials, stock on cuda"],
        ),
        (
            "precision = \"tf32\"",
            "",
            &[("cuda:1", "resident", 1)],
            &["tf32, fused on cpu"],
        ),
    ];
    for (set, axes, expected, left_out) in cases {
        let found = plan(&study(set, axes), &machine(&[CPU, GPU], false));
        let small = found.runtimes.iter().filter(|r| r.blank.filters() == 2);
        let told: Vec<_> = small
            .map(|r| {
                let how = &r.blank.execution;
                (r.blank.device_name(), how.placement.name(), how.trials)
            })
            .collect();
        let told: Vec<_> = told.iter().map(|(d, p, t)| (d.as_str(), *p, *t)).collect();
        assert_eq!(told, expected, "{set} {axes}");
        let notes = found
            .notes
            .iter()
            .map(|n| n.split(" is left out").next().unwrap());
        assert_eq!(notes.collect::<Vec<_>>(), left_out, "{set} {axes}");
        for runtime in &found.runtimes {
            let (blank, trials) = (&runtime.blank, runtime.blank.execution.trials as u64);
            let sizes = lenet_core::Geometry::lab_2017(blank.filters());
            assert_eq!(
                blank.work.train_flops,
                trials * 100 * sizes.training_flops()
            );
            let evaluated = (blank.images.validation + blank.images.test) as u64;
            let forward = trials * evaluated * sizes.forward_flops();
            assert_eq!(blank.work.evaluation_flops, forward);
        }
        // Every cell of the product is measured, or left out with its reason.
        let figure = &found.study.figures[0];
        assert_eq!(figure.left_out.is_empty(), left_out.is_empty());
        for cell in &figure.left_out {
            assert!(cell.reason.starts_with(left_out[0]), "{cell:?}");
            assert!(cell.label.contains("filters = "), "{cell:?}");
        }
    }
}

#[test]
fn a_placement_that_is_varied_unasked_is_an_axis() {
    let stock = study("backend = \"stock\"\ndevice = \"cuda\"", "");
    let found = plan(&stock, &machine(&[GPU], false));
    assert_eq!(found.study.figures[0].axes, ["filters", "placement"]);
    assert_eq!(labels(&found)[1], "filters = 2, placement = resident");
}

#[test]
fn a_device_out_of_reach_is_left_out_and_nothing_at_all_is_refused() {
    let found = plan(&study("", ""), &machine(&[CPU], false));
    assert_eq!(found.notes, ["cuda is left out: no such device"]);
    assert_eq!(found.study.figures[0].left_out.len(), 2);
    let only = study("device = \"cuda\"", "");
    let refused = plan_with(&only, &machine(&[CPU], false), &RuntimeOverrides::default());
    assert_eq!(
        refused.unwrap_err().to_string(),
        "nothing to measure: cuda is left out: no such device"
    );
    // Two devices of one kind are two cells.
    let other = Device { ordinal: 0, ..GPU };
    let both = plan(&only, &machine(&[other, GPU], true));
    assert_eq!(
        labels(&both)[..2],
        ["filters = 2, on cuda:0", "filters = 2, on cuda:1"]
    );
    assert_eq!(both.runtimes.len(), 4);
}

#[test]
fn this_machine_has_a_processor() {
    let free = Machine::here(&[], None).unwrap();
    assert_eq!(free.devices[0], CPU);
    assert_eq!(
        free.devices.len() + usize::from(free.absent.is_some()),
        2,
        "the GPU is one or the other"
    );
    let asked = Machine::here(&["cpu".to_owned(), "cpu".to_owned()], Some(5)).unwrap();
    assert_eq!((asked.devices, asked.threads), (vec![CPU], 5));
    assert!(Machine::here(&["cuda:9999".to_owned()], None).is_err());
    assert!(Machine::here(&["tpu".to_owned()], None).is_err());
}

#[test]
fn a_runtime_of_several_figures_is_measured_once_and_as_often_as_one_asks() {
    let figure = |id: &str, repeats: usize, sizes: &str| {
        format!(
            "[[figure]]\nid = \"{id}\"\nmeasure = \"runtime\"\nrepeats = {repeats}\n[figure.axes]\n\
             filters = {sizes}\n"
        )
    };
    let text = format!(
        "name = \"s\"\n{}{}",
        figure("a", 2, "[2, 3]"),
        figure("b", 6, "[3, 4]")
    );
    let config = StudyConfig::parse(&text, "s.toml").unwrap();
    let found = plan(&config, &machine(&[CPU], true));
    let told: Vec<_> = found
        .runtimes
        .iter()
        .map(|r| (r.blank.filters(), r.parameters.repeats, r.figures.join("+")))
        .collect();
    let expected = [(2, 2, "a"), (3, 6, "a+b"), (4, 6, "b")];
    assert_eq!(told, expected.map(|(f, r, i)| (f, r, i.to_owned())));
}

/// The report's figures are the old grid's points, under their old names.
#[test]
fn the_lab_study_has_the_runtimes_of_figures_4_and_5() {
    let lab = StudyConfig::open("lab-2017").unwrap();
    let avx2 = Machine {
        threads: 2,
        ..machine(&[CPU], true)
    };
    let found = plan(&lab, &avx2);
    assert_eq!(found.runtimes.len(), 24);
    let first = &found.runtimes[0].blank;
    let mut old = first.clone();
    old.execution.level = "avx2".into();
    assert_eq!(
        old.identity(),
        "0f94d7b5745f3300",
        "that of the golden record of format 1"
    );
    let ids: Vec<&str> = found.study.figures.iter().map(|f| f.id.as_str()).collect();
    assert_eq!(
        ids,
        ["1", "2", "2-as-run", "3", "3-as-run", "4", "5", "gpu-copy"]
    );
    assert_eq!(found.study.figures[0].cells[0].trials.len(), 5);
    let published = found.study.figures[5].published_data.as_ref().unwrap();
    // Ten rows on the CPU: 8 to 64 filters, with and without dropout.
    assert_eq!(published.series.len(), 8);
    let seconds: Vec<f64> = published
        .series
        .iter()
        .map(|s| s.points[0].values["seconds"])
        .collect();
    assert_eq!(seconds[..2], [1.11, 1.77]);

    let gpu = plan(&lab, &machine(&[CPU, GPU], false));
    assert_eq!(gpu.runtimes.len(), 24 + 24 + 24);
    assert!(gpu.notes.is_empty(), "{:?}", gpu.notes);
    let copied = gpu.runtimes.iter().filter(|r| r.figures == ["gpu-copy"]);
    assert_eq!(copied.count(), 24);
}

#[test]
fn claims_compare_runtimes_of_any_machine() {
    let config = |claim: &str| {
        let text = format!(
            "name = \"s\"\n[[figure]]\nid = \"1\"\nmeasure = \"runtime\"\n[figure.axes]\n\
             filters = [2, 3]\n[[figure]]\nid = \"2\"\n[figure.axes]\nfilters = [2, 3]\n\
             [[claim]]\ntext = \"c\"\n{claim}"
        );
        StudyConfig::parse(&text, "s.toml").unwrap()
    };
    let faster = "left = { device = \"cpu\" }\nright = { device = \"cuda\" }\nmeasure = \"seconds\"\n\
                  how = \"ratio\"\neach = [\"filters\"]\nabove = 1\n";
    let found = plan(&config(faster), &machine(&[CPU], false));
    let comparisons = &found.study.claims[0].tests[0].comparisons;
    assert_eq!(comparisons.len(), 2);
    let cells: Vec<String> = found.runtimes.iter().map(|r| r.blank.cell()).collect();
    assert_eq!(comparisons[0].pairs[0].left, cells[0]);
    assert_eq!(comparisons[1].pairs[0].left, cells[1]);
    // The GPU, which is not here, has the cell that a machine with one measures.
    let there = plan(&config(faster), &machine(&[GPU], true));
    let right = comparisons[0].pairs[0].right.as_ref();
    assert_eq!(right, Some(&there.runtimes[0].blank.cell()));
    assert_eq!(there.study.claims, found.study.claims);

    // Trained cells of equal settings have keys of their own.
    let trained = plan(
        &config("where = { filters = 2 }\nabove = 0\n"),
        &machine(&[CPU], false),
    );
    let key = &trained.study.claims[0].tests[0].comparisons[0].pairs[0].left;
    assert!(!cells.contains(key));
    assert_eq!(*key, trained.study.figures[1].cells[0].config.cell());
}
