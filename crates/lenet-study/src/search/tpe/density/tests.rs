//! Densities against Optuna's, and draws against densities.

use lenet_core::Settings;
use lenet_core::random::stream;
use serde_json::Value as Json;

use super::*;

/// A range of so many choices.
fn choices(count: usize) -> Range {
    Range::Choice(vec![Settings::default(); count])
}

fn range(case: &Json) -> Range {
    match case["choices"].as_u64() {
        Some(count) => choices(count as usize),
        None => Range::Numbers(serde_json::from_value(case["numbers"].clone()).unwrap()),
    }
}

fn values(case: &Json, range: &Range, key: &str) -> Vec<Value> {
    let value = |json: &Json| {
        let number = json.as_f64().unwrap();
        match range {
            Range::Choice(_) => Value::Choice(number as usize),
            Range::Numbers(_) => Value::Number(number),
        }
    };
    case[key].as_array().unwrap().iter().map(value).collect()
}

/// `oracle.py` has these from Optuna.
#[test]
fn densities_are_those_of_optuna() {
    let cases: Vec<Json> = serde_json::from_str(include_str!("../oracle.json")).unwrap();
    assert_eq!(cases.len(), 28);
    for case in &cases {
        let range = range(case);
        let density = Density::of(&range, &values(case, &range, "observations"));
        let expected = case["ln"].as_array().unwrap();
        for (value, expected) in values(case, &range, "at").into_iter().zip(expected) {
            let (found, expected) = (density.ln(value), expected.as_f64().unwrap());
            let name = &case["name"];
            assert!(
                (found - expected).abs() < 1e-9,
                "{name} at {value:?}: {found} and {expected}"
            );
        }
    }
}

/// Counts of draws against probabilities, by χ².
#[test]
fn draws_follow_their_density() {
    let cases: Vec<Json> = serde_json::from_str(include_str!("../oracle.json")).unwrap();
    for case in &cases {
        let range = range(case);
        let all: Vec<Value> = match &range {
            Range::Choice(choices) => (0..choices.len()).map(Value::Choice).collect(),
            Range::Numbers(numbers) if numbers.scale.is_whole() => {
                let whole = numbers.from as u32..=numbers.to as u32;
                whole.map(|n| Value::Number(f64::from(n))).collect()
            }
            Range::Numbers(_) => continue,
        };
        let density = Density::of(&range, &values(case, &range, "observations"));
        let total: f64 = all.iter().map(|value| density.ln(*value).exp()).sum();
        assert!((total - 1.0).abs() < 1e-9, "{}: {total}", case["name"]);
        let mut rng = stream(1, "draws");
        let draws: Vec<Value> = (0..20_000).map(|_| density.draw(&mut rng)).collect();
        let deviation = |value: &Value| {
            let expected = density.ln(*value).exp() * draws.len() as f64;
            let count = draws.iter().filter(|drawn| *drawn == value).count();
            (count as f64 - expected).powi(2) / expected
        };
        let squares: f64 = all.iter().map(deviation).sum();
        let free = all.len() as f64 - 1.0;
        let bound = free + 5.0 * (2.0 * free).sqrt();
        assert!(squares < bound, "{}: {squares} of {free}", case["name"]);
    }
}

#[test]
fn draws_of_numbers_stay_within_and_lie_where_they_were_seen() {
    let log = Numbers {
        from: 1e-4,
        to: 1.0,
        scale: lenet_results::Scale::Log,
    };
    let seen = [0.01, 0.011, 0.012, 0.0105].map(Value::Number);
    let density = Density::of(&Range::Numbers(log), &seen);
    let mut rng = stream(1, "draws");
    let mut near = 0;
    for _ in 0..2000 {
        let Value::Number(number) = density.draw(&mut rng) else {
            panic!()
        };
        assert!((1e-4..=1.0).contains(&number), "{number}");
        near += usize::from((1e-3..0.1).contains(&number));
    }
    // An even draw would come there in half of the cases.
    assert!(near > 1400, "{near}");
}
