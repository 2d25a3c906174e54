//! What rules make of intervals, and scopes of comparisons.

use super::*;
use crate::testing::all_pass;

use Verdict::{DoesNotHold, Holds, NotMeasured, Undecided};

const NAN: f64 = f64::NAN;

#[test]
fn an_interval_decides_where_it_lies_on_one_side_of_every_bound() {
    struct Case {
        name: &'static str,
        rule: Rule,
        interval: (f64, f64),
        expected: Verdict,
    }
    let case = |name, rule, interval, expected| Case {
        name,
        rule,
        interval,
        expected,
    };
    let (above, below, within) = (Rule::Above(0.5), Rule::Below(0.5), Rule::Within(-1.0, 2.0));
    let cases = [
        case("above the bound", above, (0.51, 0.6), Holds),
        case("from the bound up", above, (0.5, 0.6), Undecided),
        case("around the bound", above, (0.4, 0.6), Undecided),
        case("up to the bound", above, (0.4, 0.5), DoesNotHold),
        case("below the bound", above, (0.3, 0.49), DoesNotHold),
        case("the bound itself", above, (0.5, 0.5), DoesNotHold),
        case("a point above", above, (0.6, 0.6), Holds),
        case("NaN below", above, (NAN, 0.4), Undecided),
        case("NaN above", above, (0.6, NAN), Undecided),
        case("NaN alone", above, (NAN, NAN), Undecided),
        case("below the bound", below, (0.4, 0.49), Holds),
        case("up to the bound", below, (0.4, 0.5), Undecided),
        case("around the bound", below, (0.4, 0.6), Undecided),
        case("from the bound up", below, (0.5, 0.6), DoesNotHold),
        case("above the bound", below, (0.51, 0.6), DoesNotHold),
        case("the bound itself", below, (0.5, 0.5), DoesNotHold),
        case("NaN below", below, (NAN, 0.4), Undecided),
        case("NaN above", below, (0.6, NAN), Undecided),
        case("between the bounds", within, (-0.9, 1.9), Holds),
        case("from the lower bound up", within, (-1.0, 1.9), Undecided),
        case("up to the upper bound", within, (-0.9, 2.0), Undecided),
        case("around the lower bound", within, (-1.1, 0.0), Undecided),
        case("around the upper bound", within, (0.0, 2.1), Undecided),
        case("around both bounds", within, (-1.1, 2.1), Undecided),
        case("up to the lower bound", within, (-3.0, -1.0), DoesNotHold),
        case("below the lower bound", within, (-3.0, -1.1), DoesNotHold),
        case("from the upper bound up", within, (2.0, 3.0), DoesNotHold),
        case("above the upper bound", within, (2.1, 3.0), DoesNotHold),
        case("NaN below", within, (NAN, 1.0), Undecided),
        case("NaN below and outside", within, (NAN, -2.0), Undecided),
        case("NaN above", within, (0.0, NAN), Undecided),
        case("NaN above and outside", within, (3.0, NAN), Undecided),
    ];
    all_pass(cases.into_iter().filter_map(|case| {
        let (low, high) = case.interval;
        let found = by_rule(case.rule, Some(Interval { low, high }));
        let (rule, name) = (case.rule, case.name);
        (found != case.expected).then(|| format!("{rule:?}, {name}: {found:?}"))
    }));
    for rule in [above, below, within] {
        assert_eq!(by_rule(rule, None), Undecided, "{rule:?}");
    }
}

/// Verdicts by their letters.
fn verdicts(letters: &str) -> Vec<Verdict> {
    let verdict = |letter| match letter {
        'H' => Holds,
        'F' => DoesNotHold,
        'U' => Undecided,
        _ => NotMeasured,
    };
    letters.chars().map(verdict).collect()
}

#[test]
fn a_scope_says_how_many_comparisons_decide() {
    // Comparisons, then what they come to: for all, for any, unanimously.
    let cases = [
        ("", "---"),
        ("-", "---"),
        ("--", "---"),
        ("H", "HHH"),
        ("F", "FFF"),
        ("U", "UUU"),
        ("HH", "HHH"),
        ("FF", "FFF"),
        ("UU", "UUU"),
        ("HF", "FHU"),
        ("FH", "FHU"),
        ("HU", "UHU"),
        ("UH", "UHU"),
        ("FU", "FUU"),
        ("UF", "FUU"),
        ("H-", "UHU"),
        ("-H", "UHU"),
        ("F-", "FUU"),
        ("-F", "FUU"),
        ("U-", "UUU"),
        ("HFU", "FHU"),
        ("HHU", "UHU"),
        ("FFU", "FUU"),
        ("HHHF", "FHU"),
    ];
    let scopes = [Scope::All, Scope::Any, Scope::Unanimous];
    all_pass(cases.into_iter().filter_map(|(parts, expected)| {
        let found = scopes.map(|scope| joined(scope, &verdicts(parts)));
        (found.to_vec() != verdicts(expected)).then(|| format!("{parts:?}: {found:?}"))
    }));
}

#[test]
fn the_distance_is_that_to_the_nearest_bound() {
    let cases = [
        (Rule::Above(2.0), 5.0, 3.0),
        (Rule::Above(2.0), -1.0, 3.0),
        (Rule::Below(2.0), 1.5, 0.5),
        (Rule::Within(-1.0, 2.0), 1.5, 0.5),
        (Rule::Within(-1.0, 2.0), 0.25, 1.25),
        (Rule::Within(-1.0, 2.0), -3.0, 2.0),
        (Rule::Within(-1.0, 2.0), 6.0, 4.0),
    ];
    for (rule, point, expected) in cases {
        assert_eq!(distance(rule, point), expected, "{rule:?} at {point}");
    }
}

#[test]
fn two_verdicts_decide() {
    let all = [Holds, DoesNotHold, Undecided, NotMeasured];
    assert_eq!(all.map(Verdict::is_decided), [true, true, false, false]);
    let texts = ["holds", "does not hold", "undecided", "not measured here"];
    assert_eq!(all.map(Verdict::text), texts);
}
