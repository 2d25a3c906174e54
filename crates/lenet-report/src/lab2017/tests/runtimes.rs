//! Verdicts on made-up runtimes with known answers.

use lenet_results::RuntimeRecord;

use super::*;
use crate::runtime::testing::{Grid, record, with_phases};

fn claim(records: &[RuntimeRecord], number: usize) -> Claim {
    evaluate(&Runtimes::new(records)).swap_remove(number - 7)
}

fn verdict(records: &[RuntimeRecord], number: usize) -> Verdict {
    claim(records, number).verdict
}

/// How times of a made-up machine come about.
#[derive(Clone, Copy)]
struct Machine {
    /// Seconds at 8 filters and batch 64, without dropout.
    base: f64,
    /// Power of the filters that they grow with.
    growth: f64,
    /// Factors of dropout and of batch 16.
    dropout: f64,
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
        let claim = claim(&records, number);
        assert_eq!(claim.verdict, Verdict::Holds, "{claim:#?}");
        assert_eq!(claim.estimate.unwrap().n, 5);
        assert!(claim.estimate.unwrap().interval.is_some());
    }
    let ratio = claim(&records, 7).estimate.unwrap().point;
    let expected = CPU.base / GPU.base * 8_f64.powf(0.9 - 0.3);
    assert!(
        (ratio / expected - 1.0).abs() < 0.03,
        "{ratio} for {expected}"
    );
    assert!((claim(&records, 9).estimate.unwrap().point - 1.1).abs() < 0.02);
    assert!((claim(&records, 8).estimate.unwrap().point - 0.8).abs() < 0.02);
    assert_eq!(verdict(&records, 11), Verdict::NotMeasured);
}

#[test]
fn claim_7_follows_the_data() {
    let gpu = |base, growth| Machine {
        base,
        growth,
        ..GPU
    };
    // Slower at every size; not growing; so near that the noise decides.
    assert_eq!(verdict(&both(CPU, gpu(20.0, 0.3)), 7), Verdict::DoesNotHold);
    assert_eq!(verdict(&both(CPU, gpu(0.1, 1.2)), 7), Verdict::DoesNotHold);
    let noisy = Machine {
        noise: 0.3,
        ..gpu(0.5, 0.9)
    };
    assert_eq!(verdict(&both(CPU, noisy), 7), Verdict::Undecided);
    let one_round = |m: Machine| Machine { rounds: 1, ..m };
    let once = claim(&both(one_round(CPU), one_round(GPU)), 7);
    assert_eq!(
        (once.verdict, once.interval().as_str()),
        (Verdict::Undecided, "–")
    );
    assert!(once.estimate.is_some());
}

#[test]
fn without_a_gpu_its_claims_are_not_measured() {
    let records = CPU.on(&Grid::cpu());
    assert_eq!(verdict(&records, 7), Verdict::NotMeasured);
    assert_eq!(verdict(&records, 8), Verdict::NotMeasured);
    assert_eq!(verdict(&records, 9), Verdict::Holds);
    let on_cpu = claim(&records, 10);
    assert_eq!(
        on_cpu.verdict,
        Verdict::Undecided,
        "the CPU alone cannot bear it out"
    );
    assert!(
        on_cpu.detail.contains("GPU: not measured here"),
        "{}",
        on_cpu.detail
    );
    let mild = Machine { small: 1.2, ..CPU };
    assert_eq!(verdict(&mild.on(&Grid::cpu()), 10), Verdict::DoesNotHold);
    let no_cpu = GPU.on(&Grid::gpu());
    assert_eq!(verdict(&no_cpu, 7), Verdict::NotMeasured);
    assert_eq!(verdict(&no_cpu, 10), Verdict::NotMeasured);
    for number in 7..=11 {
        assert_eq!(verdict(&[], number), Verdict::NotMeasured, "{number}");
    }
}

#[test]
fn claim_8_follows_the_data() {
    let with_resident = |base| {
        let mut records = both(CPU, GPU);
        records.extend(Machine { base, ..GPU }.on(&Grid::gpu().resident()));
        records
    };
    assert_eq!(verdict(&with_resident(0.4), 8), Verdict::DoesNotHold);
    assert_eq!(verdict(&with_resident(0.25), 8), Verdict::Undecided);
    // Half at few filters, nothing at many.
    let mut mixed = both(CPU, GPU);
    mixed.extend(
        Machine {
            base: 0.1,
            growth: 0.9,
            ..GPU
        }
        .on(&Grid::gpu().resident()),
    );
    assert_eq!(verdict(&mixed, 8), Verdict::Undecided);
    // Phases alone tell, but decide nothing.
    let timed: Vec<_> = both(CPU, GPU)
        .into_iter()
        .map(|r| with_phases(r, 0.3))
        .collect();
    let told = claim(&timed, 8);
    assert_eq!((told.verdict, told.estimate), (Verdict::Undecided, None));
    assert!(told.detail.contains("30.0 % at 8"), "{}", told.detail);
}

#[test]
fn claim_9_follows_the_data() {
    let cpu = |dropout, noise| Machine {
        dropout,
        noise,
        ..CPU
    };
    assert_eq!(
        verdict(&cpu(0.9, 0.01).on(&Grid::cpu()), 9),
        Verdict::DoesNotHold
    );
    assert_eq!(
        verdict(&cpu(1.0, 0.02).on(&Grid::cpu()), 9),
        Verdict::Undecided
    );
    // Equal to the bit: neither longer nor shorter.
    let tie = claim(&cpu(1.0, 0.0).on(&Grid::cpu()), 9);
    assert_eq!(
        (tie.verdict, tie.estimate.unwrap().point),
        (Verdict::Undecided, 1.0)
    );
    // One device that disagrees decides.
    let faster = Machine {
        dropout: 0.8,
        ..GPU
    };
    assert_eq!(verdict(&both(CPU, faster), 9), Verdict::DoesNotHold);
    let without: Vec<_> = CPU
        .on(&Grid::cpu())
        .into_iter()
        .filter(|r| r.point.dropout == 0.0)
        .collect();
    assert_eq!(verdict(&without, 9), Verdict::NotMeasured);
}

#[test]
fn claim_10_follows_the_data() {
    let gpu = |small| Machine { small, ..GPU };
    assert_eq!(verdict(&both(CPU, gpu(6.0)), 10), Verdict::DoesNotHold);
    let noisy = Machine {
        noise: 0.3,
        ..gpu(4.0)
    };
    assert_eq!(verdict(&both(CPU, noisy), 10), Verdict::Undecided);
    let large: Vec<_> = both(CPU, GPU)
        .into_iter()
        .filter(|r| r.point.batch_size == LARGE)
        .collect();
    assert_eq!(verdict(&large, 10), Verdict::NotMeasured);
}

#[test]
fn only_rounds_of_both_sides_count() {
    let mut records = CPU.on(&Grid::cpu());
    for record in records.iter_mut().filter(|r| r.point.dropout > 0.0) {
        record.samples.retain(|s| s.round != 2);
    }
    assert_eq!(claim(&records, 9).estimate.unwrap().n, 4);
    for record in records.iter_mut().filter(|r| r.point.dropout > 0.0) {
        record.samples.iter_mut().for_each(|s| s.round += 10);
    }
    assert_eq!(verdict(&records, 9), Verdict::NotMeasured);
}

#[test]
fn a_time_that_is_no_number_never_passes() {
    let mut records = CPU.on(&Grid::cpu());
    records[0].samples[0].train_seconds = f64::NAN;
    let claim_9 = claim(&records, 9);
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
    let claim_9 = claim(&records, 9);
    assert_eq!(
        (claim_9.verdict, claim_9.estimate),
        (Verdict::Undecided, None)
    );
}

#[test]
fn other_work_than_the_studys_gives_no_verdict() {
    let fewer_images = Grid {
        samples: 2_000,
        ..Grid::cpu()
    };
    let claim_9 = claim(&CPU.on(&fewer_images), 9);
    assert_eq!(claim_9.verdict, Verdict::Undecided);
    assert!(
        claim_9
            .detail
            .starts_with("Timed with 2000 training images")
    );
    assert!(claim_9.estimate.is_some());

    let few_sizes: Vec<_> = CPU
        .on(&Grid::cpu())
        .into_iter()
        .filter(|r| r.point.filters < 32)
        .collect();
    assert_eq!(verdict(&few_sizes, 9), Verdict::Undecided);
    let mut slow_build = CPU.on(&Grid::cpu());
    slow_build[3].sessions[0].environment.profile = "debug".to_owned();
    assert!(claim(&slow_build, 9).detail.contains("not optimised"));
}

#[test]
fn records_of_two_machines_are_compared_and_told_apart() {
    let mut records = CPU.on(&Grid::cpu());
    let mut gpu = GPU.on(&Grid::gpu());
    for record in &mut gpu {
        record.sessions[0].environment.host = "other".to_owned();
    }
    records.extend(gpu);
    let claim = claim(&records, 7);
    assert_eq!(claim.verdict, Verdict::Holds);
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
    let runtimes = Runtimes::new(&records);
    let chosen = fastest(&runtimes, |_| true).unwrap();
    assert!(runtimes.series[chosen].label.contains("abc1234"));
}

#[test]
fn ratios_and_shares_read_well() {
    assert_eq!([1.0234, 12.345, 123.4].map(times), ["1.023", "12.3", "123"]);
    assert_eq!([0.1234, -0.01].map(percent), ["12.3 %", "−1.0 %"]);
}
