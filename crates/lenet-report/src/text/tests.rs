//! How numbers read.

use super::*;

#[test]
fn numbers_read_well() {
    assert_eq!([-0.00123, 0.5].map(signed), ["−0.0012", "+0.5000"]);
    assert_eq!([1.0234, 12.345, 123.4].map(ratio), ["1.023", "12.3", "123"]);
    assert_eq!([0.1234, -0.01].map(percent), ["12.3 %", "−1.0 %"]);
    assert_eq!([0.1234, -0.01].map(signed_percent), ["+12.3 %", "−1.0 %"]);
    assert_eq!(
        [0, 999, 1_000, 52_258, 2_199_690].map(thousands),
        ["0", "999", "1,000", "52,258", "2,199,690"]
    );
    assert_eq!([1, 2].map(|n| count(n, "seed")), ["1 seed", "2 seeds"]);
}

#[test]
fn an_interval_stands_where_there_is_one() {
    let mut estimate = Estimate {
        point: 0.5,
        interval: None,
        level: 0.95,
        n: 1,
    };
    assert_eq!(with_interval(None), "–");
    assert_eq!(with_interval(Some(estimate)), "0.5000");
    estimate.interval = Some(Interval {
        low: -0.25,
        high: 0.75,
    });
    assert_eq!(with_interval(Some(estimate)), "0.5000 (−0.2500–0.7500)");
}

#[test]
fn days_are_those_of_utc() {
    // date -u -d @1795879524 +%F
    assert_eq!(date(0), "1970-01-01");
    assert_eq!(date(1_795_879_524), "2026-11-28");
    assert_eq!(date(951_782_399), "2000-02-28");
    assert_eq!(date(951_782_400), "2000-02-29");
}
