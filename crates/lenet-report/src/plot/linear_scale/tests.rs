//! Round steps around values.

use super::*;

#[test]
fn steps_are_round_and_hold_all_values() {
    let cases: [(&[f64], &[&str]); 5] = [
        (&[0.13, 0.98], &["0.0", "0.2", "0.4", "0.6", "0.8", "1.0"]),
        (
            &[-1.5, 2.0],
            &["-1.5", "-1.0", "-0.5", "0.0", "0.5", "1.0", "1.5", "2.0"],
        ),
        (&[12.0, 52.0], &["10", "20", "30", "40", "50", "60"]),
        (&[], &["0.0", "0.2", "0.4", "0.6", "0.8", "1.0"]),
        (
            &[f64::NAN, 3.0, f64::INFINITY],
            &["1.5", "2.0", "2.5", "3.0", "3.5", "4.0", "4.5"],
        ),
    ];
    for (values, expected) in cases {
        let scale = LinearScale::around(values.iter().copied());
        let ticks = scale.ticks();
        let texts: Vec<&str> = ticks.iter().map(|(_, text)| text.as_str()).collect();
        assert_eq!(texts, expected, "{values:?}");
        assert_eq!(scale.share(ticks[0].0), 0.0);
        assert!((scale.share(ticks[ticks.len() - 1].0) - 1.0).abs() < 1e-12);
    }
    let scale = LinearScale::around([0.0, 10.0].into_iter());
    assert_eq!(
        [scale.share(2.5), scale.share(-3.0), scale.share(99.0)],
        [0.25, 0.0, 1.0]
    );
}
