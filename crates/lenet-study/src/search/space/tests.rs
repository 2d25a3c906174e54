//! Values, and the settings that they are.

use super::*;

fn numbers(from: f64, to: f64, scale: Scale) -> Numbers {
    Numbers { from, to, scale }
}

#[test]
fn numbers_are_rounded_and_stay_within() {
    let log = numbers(1e-4, 1.0, Scale::Log);
    assert_eq!(number_at(&log, libm::log(0.001_234_567)), 0.001_235);
    assert_eq!(number_at(&log, libm::log(1e-4) - 1e-6), 1e-4);
    assert_eq!(number_at(&log, 0.1), 1.0);
    let linear = numbers(0.0, 0.9, Scale::Linear);
    assert_eq!(number_at(&linear, 0.123_456), 0.1235);
    assert_eq!(number_at(&linear, 0.0), 0.0);
    let whole = numbers(4.0, 32.0, Scale::Integer);
    assert_eq!(ends(&whole), (3.5, 32.5));
    assert_eq!(number_at(&whole, 3.5), 4.0);
    assert_eq!(number_at(&whole, 32.5), 32.0);
    assert_eq!(number_at(&whole, 7.49), 7.0);
    let both = numbers(4.0, 32.0, Scale::IntegerLog);
    assert_eq!(ends(&both), (libm::log(3.5), libm::log(32.5)));
    assert_eq!(number_at(&both, libm::log(7.6)), 8.0);
    assert_eq!(place_of(&both, 8.0), libm::log(8.0));
    assert_eq!(place_of(&whole, 8.0), 8.0);
}

#[test]
fn values_become_settings() {
    let choice = |text: &str| {
        let mut settings = Settings::default();
        crate::settings::TomlSettings::assign(&mut settings, "optimizer", text, "test").unwrap();
        settings
    };
    let parameter = |name: &str, range| Parameter {
        name: name.to_owned(),
        range,
    };
    let number = |scale| Range::Numbers(numbers(1.0, 4.0, scale));
    let space = Space {
        parameters: vec![
            parameter("learning_rate", number(Scale::Log)),
            parameter("filters", number(Scale::Integer)),
            parameter(
                "optimizer",
                Range::Choice(vec![choice("sgd"), choice("adam")]),
            ),
        ],
    };
    let values = [Value::Number(2.5), Value::Number(3.0), Value::Choice(1)];
    let label = space.settings(&values).label();
    assert_eq!(label, "filters = 3, optimizer = adam, learning_rate = 2.5");
    assert_eq!(space.combinations(), None);
    assert_eq!(space.settings(&[]), Settings::default());
}

#[test]
fn combinations_are_counted_through() {
    let three = Range::Choice(vec![Settings::default(); 3]);
    let two = Range::Choice(vec![Settings::default(); 2]);
    let parameters = [("a", three), ("b", two)].map(|(name, range)| Parameter {
        name: name.to_owned(),
        range,
    });
    let space = Space {
        parameters: parameters.to_vec(),
    };
    assert_eq!(space.combinations(), Some(6));
    let all: Vec<Vec<Value>> = (0..6).map(|number| space.combination(number)).collect();
    let expected = [[0, 0], [0, 1], [1, 0], [1, 1], [2, 0], [2, 1]];
    assert_eq!(all, expected.map(|pair| pair.map(Value::Choice).to_vec()));
}
