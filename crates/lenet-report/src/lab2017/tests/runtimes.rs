//! Claims 7 to 11.

use lenet_results::{RuntimeRecord, TrialRecord};

use super::{Case, check};
use crate::claims::Answer;
use crate::claims::Verdict::{DoesNotHold, Holds, NotMeasured, Undecided};
use crate::lab2017::claims;
use crate::lab2017::points::fastest;
use crate::lab2017::setting::{LARGE, SIZES, SMALL};
use crate::testing::{Grid, in_series, record, with_phases};

fn answer(records: &[RuntimeRecord], number: usize) -> Answer {
    let none: [TrialRecord; 0] = [];
    claims(&none, &in_series(records))
        .swap_remove(number - 1)
        .answer
}

/// The times of a made-up machine.
#[derive(Clone, Copy)]
struct Machine {
    /// Seconds at 8 filters and batch 64, without dropout.
    base: f64,
    /// The times grow with this power of the filters.
    growth: f64,
    /// Factor of dropout.
    dropout: f64,
    /// Factor of batch 16.
    small: f64,
    /// Greatest relative deviation of a round.
    noise: f64,
    rounds: usize,
}

const CPU: Machine = Machine {
    base: 1.0,
    growth: 0.9,
    dropout: 1.1,
    small: 4.0,
    noise: 0.01,
    rounds: 5,
};

const GPU: Machine = Machine {
    base: 0.5,
    growth: 0.3,
    small: 2.5,
    ..CPU
};

impl Machine {
    fn on(self, grid: &Grid) -> Vec<RuntimeRecord> {
        grid.records(&SIZES, self.rounds, |filters, batch, dropout, round| {
            let size = (filters as f64 / 8.0).powf(self.growth);
            let dropout = if dropout > 0.0 { self.dropout } else { 1.0 };
            let small = if batch == SMALL { self.small } else { 1.0 };
            // Deviations of no pattern, the same in every test.
            let hash = (filters * 7919 + batch * 104_729 + round * 1_299_709) as f64 * dropout;
            let noise = (hash * 0.618_034).fract() * 2.0 - 1.0;
            self.base * size * dropout * small * (1.0 + self.noise * noise)
        })
    }
}

fn both(cpu: Machine, gpu: Machine) -> Vec<RuntimeRecord> {
    let mut records = cpu.on(&Grid::cpu());
    records.extend(gpu.on(&Grid::gpu()));
    records
}

#[test]
fn a_machine_like_that_of_2017_bears_the_claims_out() {
    let mut records = both(CPU, GPU);
    let quick = Machine { base: 0.1, ..GPU };
    records.extend(quick.on(&Grid::gpu().resident()));
    for number in 7..=10 {
        let claim = answer(&records, number);
        assert_eq!(claim.verdict, Holds, "{claim:#?}");
        assert_eq!(claim.estimate.unwrap().n, 5);
        assert!(claim.estimate.unwrap().interval.is_some());
    }
    let ratio = answer(&records, 7).estimate.unwrap().point;
    let expected = CPU.base / GPU.base * 8_f64.powf(0.9 - 0.3);
    assert!(
        (ratio / expected - 1.0).abs() < 0.03,
        "{ratio} for {expected}"
    );
    assert!((answer(&records, 9).estimate.unwrap().point - 1.1).abs() < 0.02);
    assert!((answer(&records, 8).estimate.unwrap().point - 0.8).abs() < 0.02);
    assert_eq!(answer(&records, 11).verdict, NotMeasured);
}

/// Machines like those of the report, with a GPU whose images are resident and whose times start
/// here.
fn with_resident(base: f64, growth: f64) -> Vec<RuntimeRecord> {
    let resident = Machine {
        base,
        growth,
        ..GPU
    };
    let mut records = both(CPU, GPU);
    records.extend(resident.on(&Grid::gpu().resident()));
    records
}

/// Records that satisfy a condition.
fn only(
    records: Vec<RuntimeRecord>,
    wanted: impl Fn(&RuntimeRecord) -> bool,
) -> Vec<RuntimeRecord> {
    records.into_iter().filter(|r| wanted(r)).collect()
}

#[test]
fn verdicts_follow_the_data() {
    let cpu = |machine: Machine| machine.on(&Grid::cpu());
    let gpu = |base, growth| Machine {
        base,
        growth,
        ..GPU
    };
    let noisy = |machine| Machine {
        noise: 0.3,
        ..machine
    };
    let dropout = |dropout, noise| Machine {
        dropout,
        noise,
        ..CPU
    };
    let small = |small| Machine { small, ..GPU };
    let quick_dropout = Machine {
        dropout: 0.8,
        ..GPU
    };
    let mild = Machine { small: 1.2, ..CPU };
    let without = only(cpu(CPU), |r| r.dropout() == 0.0);
    let large = only(both(CPU, GPU), |r| r.batch_size() == LARGE);
    let few = only(cpu(CPU), |r| r.filters() < 32);
    let only_gpu = || GPU.on(&Grid::gpu());
    let mut cases = vec![
        Case::new(7, "a slow GPU", DoesNotHold, both(CPU, gpu(20.0, 0.3))),
        Case::new(7, "no growth", DoesNotHold, both(CPU, gpu(0.1, 1.2))),
        Case::new(7, "noise", Undecided, both(CPU, noisy(gpu(0.5, 0.9)))),
        Case::new(7, "no GPU", NotMeasured, cpu(CPU)),
        Case::new(7, "no CPU", NotMeasured, only_gpu()),
        Case::new(8, "little saved", DoesNotHold, with_resident(0.4, 0.3)),
        Case::new(8, "half saved", Undecided, with_resident(0.25, 0.3)),
        Case::new(
            8,
            "saved at few filters",
            Undecided,
            with_resident(0.1, 0.9),
        ),
        Case::new(8, "no GPU", NotMeasured, cpu(CPU)),
        Case::new(9, "no GPU", Holds, cpu(CPU)),
        Case::new(9, "quick dropout", DoesNotHold, cpu(dropout(0.9, 0.01))),
        Case::new(9, "noise", Undecided, cpu(dropout(1.0, 0.02))),
        Case::new(
            9,
            "one device disagrees",
            DoesNotHold,
            both(CPU, quick_dropout),
        ),
        Case::new(9, "no dropout", NotMeasured, without),
        Case::new(9, "few sizes", Undecided, few),
        Case::new(10, "the CPU alone cannot confirm", Undecided, cpu(CPU)),
        Case::new(10, "the CPU alone can refute", DoesNotHold, cpu(mild)),
        Case::new(10, "more on the GPU", DoesNotHold, both(CPU, small(6.0))),
        Case::new(10, "noise", Undecided, both(CPU, noisy(small(4.0)))),
        Case::new(10, "one batch size", NotMeasured, large),
        Case::new(10, "no CPU", NotMeasured, only_gpu()),
    ];
    cases.extend((7..=11).map(|number| Case::new(number, "nothing", NotMeasured, vec![])));
    check(&cases, answer);
}

#[test]
fn one_round_has_an_estimate_without_an_interval() {
    let one_round = |m: Machine| Machine { rounds: 1, ..m };
    let once = answer(&both(one_round(CPU), one_round(GPU)), 7);
    assert_eq!(once.verdict, Undecided);
    assert_eq!(once.estimate.unwrap().interval, None);
}

#[test]
fn an_absent_gpu_is_told() {
    let detail = answer(&CPU.on(&Grid::cpu()), 10).detail;
    assert!(detail.contains("GPU: not measured here"), "{detail}");
}

#[test]
fn phases_tell_the_share_of_copying_but_decide_nothing() {
    let records = both(CPU, GPU).into_iter();
    let timed: Vec<_> = records.map(|r| with_phases(r, 0.3)).collect();
    let told = answer(&timed, 8);
    assert_eq!((told.verdict, told.estimate), (Undecided, None));
    assert!(told.detail.contains("30.0 % at 8"), "{}", told.detail);
}

#[test]
fn equal_times_are_neither_longer_nor_shorter() {
    let equal = Machine {
        dropout: 1.0,
        noise: 0.0,
        ..CPU
    };
    let tie = answer(&equal.on(&Grid::cpu()), 9);
    assert_eq!((tie.verdict, tie.estimate.unwrap().point), (Undecided, 1.0));
}

#[test]
fn only_rounds_of_both_sides_count() {
    let mut records = CPU.on(&Grid::cpu());
    for record in records.iter_mut().filter(|r| r.dropout() > 0.0) {
        record.samples.retain(|s| s.round != 2);
    }
    assert_eq!(answer(&records, 9).estimate.unwrap().n, 4);
    for record in records.iter_mut().filter(|r| r.dropout() > 0.0) {
        record.samples.iter_mut().for_each(|s| s.round += 10);
    }
    assert_eq!(answer(&records, 9).verdict, NotMeasured);
}

#[test]
fn a_time_that_is_no_number_never_passes() {
    let mut records = CPU.on(&Grid::cpu());
    records[0].samples[0].train_seconds = f64::NAN;
    let claim_9 = answer(&records, 9);
    // Its point is left out, and the rest decides.
    assert!(
        claim_9.detail.contains("over 7 points"),
        "{}",
        claim_9.detail
    );
    for sample in records.iter_mut().flat_map(|r| &mut r.samples) {
        sample.train_seconds = 0.0;
        sample.evaluation_seconds = 0.0;
    }
    let claim_9 = answer(&records, 9);
    assert_eq!((claim_9.verdict, claim_9.estimate), (Undecided, None));
}

#[test]
fn other_work_than_the_studys_gives_no_verdict() {
    let fewer_images = Grid {
        samples: 2_000,
        ..Grid::cpu()
    };
    let claim_9 = answer(&CPU.on(&fewer_images), 9);
    assert_eq!(claim_9.verdict, Undecided);
    assert!(
        claim_9
            .detail
            .starts_with("Timed with 2000 training images")
    );
    assert!(claim_9.estimate.is_some());

    let mut slow_build = CPU.on(&Grid::cpu());
    slow_build[3].sessions[0].environment.profile = "debug".to_owned();
    assert!(answer(&slow_build, 9).detail.contains("not optimised"));
}

#[test]
fn records_of_two_machines_are_compared_and_told_apart() {
    let mut records = CPU.on(&Grid::cpu());
    let mut gpu = GPU.on(&Grid::gpu());
    for record in &mut gpu {
        record.sessions[0].environment.host = "other".to_owned();
    }
    records.extend(gpu);
    let claim = answer(&records, 7);
    assert_eq!(claim.verdict, Holds);
    assert!(
        claim.detail.contains("different machines"),
        "{}",
        claim.detail
    );
    assert!(
        claim.method.contains("CPU, fused, on bench"),
        "{}",
        claim.method
    );
}

#[test]
fn the_series_with_most_points_stands_for_its_device() {
    let mut records = CPU.on(&Grid::cpu());
    let mut quick = record(&Grid::cpu().point(8, LARGE, 0.0), &[0.01; 5]);
    quick.sessions[0].environment.revision = "def5678".to_owned();
    records.push(quick);
    let runtimes = in_series(&records);
    let chosen = fastest(&runtimes, |_| true).unwrap();
    assert!(runtimes.series[chosen].label.contains("abc1234"));
}
