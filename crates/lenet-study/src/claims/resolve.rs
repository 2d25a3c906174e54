//! From declared claims to the comparisons of cells that decide them.

use lenet_core::Settings;
use lenet_results::{ClaimRecord, ComparisonRecord, PairRecord, TestRecord};

use super::select::{KnownCell, cells, or, refuse};
use super::{Change, ClaimConfig, Selector, Side, TestConfig};
use crate::error::StudyError;

/// The claims with the cells that they compare.
///
/// # Errors
/// [`StudyError::Value`] for a claim that names no cell of the study, or whose two sides are one.
pub(crate) fn resolve(
    claims: &[ClaimConfig],
    known: &[KnownCell],
) -> Result<Vec<ClaimRecord>, StudyError> {
    let claim = |claim: &ClaimConfig| {
        let tests = claim.tests.iter().map(|t| test(t, known));
        Ok(ClaimRecord {
            id: claim.id.clone(),
            text: claim.text.clone(),
            notes: claim.notes.clone(),
            correction: claim.correction,
            tests: tests.collect::<Result<_, StudyError>>()?,
        })
    };
    claims.iter().map(claim).collect()
}

/// A pair of cells with the settings that both share.
struct Pair<'c> {
    left: &'c KnownCell,
    right: Option<&'c KnownCell>,
    shared: Settings,
}

fn test(test: &TestConfig, known: &[KnownCell]) -> Result<TestRecord, StudyError> {
    let left = cells(known, &test.common, &test.left)?;
    let mut comparisons = Vec::new();
    if test.right.is_empty() {
        let alone = left.iter().map(|&cell| Pair {
            left: cell,
            right: None,
            shared: cell.settings.clone(),
        });
        let pairs = alone.collect();
        comparisons.extend(grouped(test, None, pairs)?);
    }
    for side in &test.right {
        let right = cells(known, &test.common, side)?;
        let pairs = pairs(test, side, &left, &right)?;
        comparisons.extend(grouped(test, Some(side), pairs)?);
    }
    let readings: Vec<_> = test.right.iter().map(|side| &side.reading).collect();
    if let Some(other) = readings.iter().position(|r| *r != readings[0]) {
        return Err(refuse(
            &test.right[other].selector,
            readings[other].measure.to_string(),
            "all right sides of a test must read the same measure after the same epoch".to_owned(),
        ));
    }
    Ok(TestRecord {
        common: test.common.settings.label(),
        quantity: test.quantity,
        left: test.left.reading.clone(),
        right: readings.first().map(|reading| (*reading).clone()),
        rule: test.rule,
        scope: test.scope,
        only: test.only.clone(),
        comparisons,
    })
}

/// Left and right cells that agree in every setting that neither side names.
fn pairs<'c>(
    test: &TestConfig,
    side: &Side,
    left: &[&'c KnownCell],
    right: &[&'c KnownCell],
) -> Result<Vec<Pair<'c>>, StudyError> {
    let selector = &side.selector;
    let mut named = test.left.selector.settings.given();
    named.extend(selector.settings.given());
    let rest = |cell: &KnownCell| cell.settings.without(&named);
    let mut pairs: Vec<Pair> = Vec::new();
    for &cell in left {
        let partners: Vec<&&KnownCell> = right.iter().filter(|r| rest(r) == rest(cell)).collect();
        let [partner] = partners.as_slice() else {
            if partners.len() > 1 {
                return Err(open_setting(selector, &named, &partners));
            }
            continue;
        };
        if partner.declared == cell.declared && test.left.reading == side.reading {
            return Err(refuse(
                selector,
                selector.settings.label(),
                "the left and the right cell are one and the same".to_owned(),
            ));
        }
        pairs.push(Pair {
            left: cell,
            right: Some(partner),
            shared: rest(cell),
        });
    }
    if pairs.is_empty() {
        let differing = differing(&rest(left[0]), &rest(right[0]));
        return Err(refuse(
            selector,
            selector.settings.label(),
            format!(
                "no left cell agrees with a right cell in the settings that neither names ({}); \
                 name these, too",
                differing.join(", ")
            ),
        ));
    }
    Ok(pairs)
}

/// A side that leaves open what the other names.
fn open_setting(selector: &Selector, named: &[&str], partners: &[&&KnownCell]) -> StudyError {
    let differs = |name: &&&str| {
        let texts = partners.iter().map(|cell| cell.settings.text_of(name));
        let texts: Vec<_> = texts.collect();
        texts.iter().any(|text| *text != texts[0])
    };
    let name = named.iter().find(differs).copied().unwrap_or("a setting");
    let mut values: Vec<String> = Vec::new();
    for cell in partners {
        values.extend(cell.settings.text_of(name).filter(|v| !values.contains(v)));
    }
    let hint = format!("`{name}` is {} in these cells; name one", or(&values));
    refuse(selector, selector.settings.label(), hint)
}

/// Names of settings in which two differ.
fn differing(left: &Settings, right: &Settings) -> Vec<&'static str> {
    let differs = |name: &&&str| left.text_of(name) != right.text_of(name);
    Settings::NAMES.iter().filter(differs).copied().collect()
}

/// One comparison for each combination of values of the settings in `each`.
fn grouped(
    test: &TestConfig,
    side: Option<&Side>,
    pairs: Vec<Pair<'_>>,
) -> Result<Vec<ComparisonRecord>, StudyError> {
    let each: Vec<&str> = test.each.iter().map(String::as_str).collect();
    let mut groups: Vec<(Settings, Vec<Pair>)> = Vec::new();
    for pair in pairs {
        let key = pair.left.settings.only(&each);
        match groups.iter_mut().find(|(known, _)| *known == key) {
            Some((_, group)) => group.push(pair),
            None => groups.push((key, vec![pair])),
        }
    }
    let sides = match side {
        None => test.left.selector.settings.label(),
        Some(side) => against(&test.left, side),
    };
    let comparison = |(key, pairs): (Settings, Vec<Pair>)| {
        let words = [sides.clone(), key.label()];
        let words: Vec<String> = words.into_iter().filter(|w| !w.is_empty()).collect();
        let (pairs, baseline) = match &test.change {
            None => (pairs, Vec::new()),
            Some(change) => divided(test, change, pairs)?,
        };
        Ok(ComparisonRecord {
            label: words.join(", "),
            pairs: pairs.iter().map(record).collect(),
            baseline: baseline.iter().map(record).collect(),
        })
    };
    groups.into_iter().map(comparison).collect()
}

/// What is compared with what, in words; the readings where these differ.
fn against(left: &Side, right: &Side) -> String {
    let differ = left.reading != right.reading;
    let words = |side: &Side| {
        let (settings, reading) = (side.selector.settings.label(), &side.reading);
        match (settings.is_empty(), differ) {
            (false, false) => settings,
            (false, true) => format!("{settings} ({reading})"),
            (true, _) => reading.to_string(),
        }
    };
    format!("{} against {}", words(left), words(right))
}

fn record(pair: &Pair<'_>) -> PairRecord {
    PairRecord {
        left: pair.left.key.clone(),
        right: pair.right.map(|cell| cell.key.clone()),
    }
}

/// The pairs of a change: those that it leads to, and those that it starts from. Both sides have
/// partners in all other settings.
fn divided<'c>(
    test: &TestConfig,
    change: &Change,
    pairs: Vec<Pair<'c>>,
) -> Result<(Vec<Pair<'c>>, Vec<Pair<'c>>), StudyError> {
    let (to, from) = match change {
        Change::Between(both) => (both[0].settings.clone(), both[1].settings.clone()),
        Change::Trend(name, place) => {
            let ends = ends(name, &pairs);
            let (least, most) = ends.ok_or_else(|| StudyError::Value {
                place: place.clone(),
                key: format!("{}.trend", test.path),
                found: format!("\"{name}\""),
                hint: "the cells compared must have two or more numbers of it".to_owned(),
            })?;
            (most, least)
        }
    };
    let named: Vec<&str> = to.given().into_iter().chain(from.given()).collect();
    let (mut first, mut second) = (Vec::new(), Vec::new());
    for pair in pairs {
        if to.fits(&pair.left.settings) {
            first.push(pair);
        } else if from.fits(&pair.left.settings) {
            second.push(pair);
        }
    }
    let rest = |pair: &Pair| pair.shared.without(&named);
    let others: [Vec<Settings>; 2] = [&first, &second].map(|side| side.iter().map(rest).collect());
    first.retain(|pair| others[1].contains(&rest(pair)));
    second.retain(|pair| others[0].contains(&rest(pair)));
    if first.is_empty() || second.is_empty() {
        return Err(StudyError::Value {
            place: test.place.clone(),
            key: test.path.clone(),
            found: format!("{} and {}", to.label(), from.label()),
            hint: "the cells compared have not both of these beside equal other settings"
                .to_owned(),
        });
    }
    Ok((first, second))
}

/// The least and the greatest value of a setting among the pairs, where they are two numbers.
fn ends(name: &str, pairs: &[Pair<'_>]) -> Option<(Settings, Settings)> {
    let number = |pair: &Pair| {
        let text = pair.shared.text_of(name)?;
        Some((text.parse::<f64>().ok()?, pair.left.settings.only(&[name])))
    };
    let numbers: Option<Vec<(f64, Settings)>> = pairs.iter().map(number).collect();
    let mut numbers = numbers?;
    numbers.sort_by(|a, b| a.0.total_cmp(&b.0));
    let (first, last) = (numbers.first()?, numbers.last()?);
    (first.0 < last.0).then(|| (first.1.clone(), last.1.clone()))
}
