//! Steps against PyTorch's, at every level.

use super::*;
use crate::simd::tests::levels;
use crate::testing::{Comparison, Oracle, numbers};

#[derive(serde::Deserialize)]
struct Case {
    optimizer: Optimizer,
    /// Parameters after each step.
    after: Vec<Vec<f64>>,
}

const LEARNING_RATES: [f64; 5] = [0.01, 0.02, 0.005, 0.01, 0.03];

#[test]
fn steps_are_pytorchs() {
    let oracle: Oracle<Case> = Oracle::parse(include_str!("oracle.json"));
    println!("{} by {}", oracle.cases.len(), oracle.script);
    let mut comparison = Comparison::default();
    let mut known = Vec::new();
    for case in &oracle.cases {
        known.push(case.optimizer.name());
        assert_eq!(case.after.len(), LEARNING_RATES.len());
        let optimizer = case.optimizer;
        let mut first_level = None;
        for level in levels() {
            let length = case.after[0].len();
            let mut parameters: Vec<f32> = numbers(1, length);
            let mut moments = vec![0.0; optimizer.moments() * length];
            for (step, (want, rate)) in case.after.iter().zip(LEARNING_RATES).enumerate() {
                let mut gradients: Vec<f32> = numbers(100 + step as u64, length);
                gradients[0] = 0.0;
                let t = step as u64 + 1;
                update(
                    level,
                    &optimizer,
                    rate,
                    t,
                    &mut parameters,
                    &gradients,
                    &mut moments,
                );
                let what = format!("{} {} step {t}", level.name(), optimizer);
                // A few roundings of f32 a step.
                comparison.close(&what, &parameters, want, 1e-6);
            }
            let bits: Vec<u32> = parameters
                .iter()
                .chain(&moments)
                .map(|p| p.to_bits())
                .collect();
            let first = first_level.get_or_insert_with(|| bits.clone());
            comparison.equal(&format!("{} bits", optimizer), &bits, first);
        }
    }
    for optimizer in Optimizer::ALL {
        let name = optimizer.name();
        assert!(known.contains(&name), "{name} has no case");
    }
    comparison.finish();
}

#[test]
#[should_panic(expected = "lacks")]
fn a_missing_level_panics() {
    let missing = if Level::available().contains(&Level::Neon) {
        Level::Avx2
    } else {
        Level::Neon
    };
    update(
        missing,
        &Optimizer::SGD,
        0.1,
        1,
        &mut [0.0],
        &[0.0],
        &mut [],
    );
}

#[test]
fn a_split_update_is_the_same() {
    for optimizer in Optimizer::ALL {
        let gradients: Vec<f32> = numbers(2, 50);
        let step = |len: usize| {
            let mut parameters: Vec<f32> = numbers(1, 50);
            let mut moments: Vec<f32> = numbers(3, optimizer.moments() * 50);
            moments.iter_mut().for_each(|moment| *moment = moment.abs());
            let update = Update::new(
                &optimizer,
                0.1,
                3,
                &mut parameters,
                &gradients,
                &mut moments,
            );
            let mut parts = update.split(len);
            assert_eq!(parts.len(), 50usize.div_ceil(len));
            parts
                .iter_mut()
                .for_each(|part| part.apply(Level::Portable));
            drop(parts);
            (parameters, moments)
        };
        let whole = step(50);
        assert_ne!(whole.0, numbers::<f32>(1, 50));
        for len in [1, 16, 25, 49] {
            assert_eq!(step(len), whole, "{optimizer}, {len} each");
        }
    }
}
