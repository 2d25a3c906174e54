//! The processor in the device's place.

use lenet_core::Validation;
use lenet_data::{Dataset, SplitSpec};

use super::*;

#[test]
fn the_processor_agrees_with_itself() {
    let data = Dataset::mnist()
        .split(&SplitSpec {
            validation: Validation::first(20),
            samples: Some(192),
            seed: 1,
        })
        .unwrap();
    let some = |split: &lenet_data::Split| lenet_data::Split {
        set: split.set.clone(),
        indices: split.indices[..20].to_vec(),
    };
    let data = Splits {
        test: some(&data.test),
        ..data
    };
    let stop = AtomicBool::new(false);
    let checked = Checked {
        kind: DeviceKind::Cpu,
        ordinal: 0,
        threads: 1,
        data: &data,
        filters: 2,
        seeds: 2,
        stop: &stop,
    };
    let mut findings = Vec::new();
    run(&checked, |finding| findings.push(finding));
    assert_eq!(findings.len(), 14);
    for finding in &findings {
        let expected = match finding.check.contains("too large") {
            true => CheckVerdict::Skipped,
            false => CheckVerdict::Passed,
        };
        assert_eq!(finding.verdict, expected, "{finding:?}");
        assert!(!finding.detail.is_empty(), "{finding:?}");
    }
    let detail = |check: &str| {
        let found = findings.iter().find(|finding| finding.check == check);
        found.expect("it is checked").detail.as_str()
    };
    assert_eq!(
        detail("a trial stopped and resumed"),
        "resumed in epoch 2; the same parameters bit for bit"
    );
    assert_eq!(detail("fused: the same trial twice"), "the same bits");
    assert_eq!(
        detail("fused: trials together as alone"),
        "10, 2 of which diverge: the same bits"
    );
    assert_eq!(
        detail("fused: a group stopped and resumed"),
        "8 of 10 went on in epoch 2: the same bits"
    );

    stop.store(true, Ordering::Relaxed);
    run(&checked, |finding| {
        panic!("made although stopped: {finding:?}")
    });
}

#[test]
fn an_error_is_a_failure_and_not_the_end() {
    // No machine has so many.
    let finding = timed("ops", &|| {
        lenet_train::compare_ops(DeviceKind::Cuda, 9_999).map(|found| of_agreements(&found, "ops"))
    });
    assert_eq!(finding.verdict, CheckVerdict::Failed);
    assert!(finding.detail.contains("--device cpu"), "{finding:?}");
}

#[test]
fn what_disagrees_is_named() {
    let agreement = |what: &str, error| Agreement {
        what: what.to_owned(),
        error,
    };
    let good = [agreement("a", 1e-7), agreement("b", 2e-6)];
    let answer = of_agreements(&good, "ops");
    assert_eq!(
        answer.detail,
        "2 ops agree to 1e-4; the worst, b, by 2.0e-6"
    );
    assert_eq!(answer.verdict, CheckVerdict::Passed);
    let bad = [agreement("a", 1e-7), agreement("b", f64::INFINITY)];
    let answer = of_agreements(&bad, "ops");
    assert_eq!(answer.verdict, CheckVerdict::Failed);
    assert_eq!(answer.detail, "b off by inf");
    assert_eq!(of_agreements(&[], "ops").verdict, CheckVerdict::Failed);
}
