//! Factors worked out by hand, for three epochs of four steps.

use serde::Deserialize;

use super::*;

fn factors(warmup_epochs: f64, decay: Decay) -> Vec<f64> {
    let schedule = Schedule {
        warmup_epochs,
        decay,
    };
    (1..=12).map(|step| schedule.factor(step, 4, 3)).collect()
}

#[test]
fn factors_are_those_worked_out_by_hand() {
    let step = |every_epochs, gamma| Decay::Step {
        every_epochs,
        gamma,
    };
    let cases: [(f64, Decay, &[f64]); 4] = [
        (0.0, Decay::Constant {}, &[1.0; 12]),
        (
            0.0,
            step(1.0, 0.1),
            &[
                1.0, 1.0, 1.0, 1.0, 0.1, 0.1, 0.1, 0.1, 0.01, 0.01, 0.01, 0.01,
            ],
        ),
        (0.0, step(0.5, 0.5), &[1.0, 1.0, 0.5, 0.5, 0.25, 0.25]),
        (
            1.0,
            step(0.5, 0.5),
            &[
                0.25, 0.5, 0.75, 1.0, 1.0, 1.0, 0.5, 0.5, 0.25, 0.25, 0.125, 0.125,
            ],
        ),
    ];
    for (warmup, decay, want) in cases {
        for (at, (got, want)) in factors(warmup, decay).into_iter().zip(want).enumerate() {
            let step = at + 1;
            assert!(
                (got - want).abs() <= 1e-12,
                "warm-up {warmup}, {decay:?}, step {step}: {got} {want}"
            );
        }
    }
}

#[test]
fn cosine_ends_at_its_floor() {
    let all = factors(0.0, Decay::Cosine { floor: 0.2 });
    assert!((all[0] - 1.0).abs() < 1e-12, "{all:?}");
    assert!((all[11] - 0.2).abs() < 1e-12, "{all:?}");
    assert!(all.windows(2).all(|pair| pair[1] < pair[0]), "{all:?}");
}

#[test]
fn a_warm_up_longer_than_training_never_reaches_the_decay() {
    let all = factors(6.0, Decay::Cosine { floor: 0.0 });
    assert!((all[11] - 0.5).abs() < 1e-12, "{all:?}");
}

/// What PyTorch's schedulers make of every schedule (`oracle.py`).
#[test]
fn every_factor_is_pytorchs() {
    #[derive(Deserialize)]
    struct Oracle {
        steps_per_epoch: u64,
        epochs: u64,
        cases: Vec<OracleCase>,
    }
    #[derive(Deserialize)]
    struct OracleCase {
        schedule: Schedule,
        factors: Vec<f64>,
    }
    let oracle: Oracle = serde_json::from_str(include_str!("oracle.json")).unwrap();
    let mut wrong = Vec::new();
    for OracleCase { schedule, factors } in &oracle.cases {
        assert_eq!(factors.len() as u64, oracle.steps_per_epoch * oracle.epochs);
        for (step, want) in (1..).zip(factors) {
            let got = schedule.factor(step, oracle.steps_per_epoch, oracle.epochs);
            if (got - want).abs().partial_cmp(&1e-12) != Some(std::cmp::Ordering::Less) {
                wrong.push(format!("{schedule}, step {step}: {got} instead of {want}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert_eq!(oracle.cases.len(), 8);
}
