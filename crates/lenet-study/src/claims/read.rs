//! Reading `[[claim]]`.

use lenet_core::Settings;
use lenet_core::bounds::{Bounds, Counts};
use lenet_core::settings::Node as _;
use lenet_results::{
    Correction, EpochMeasure, Measure, Moment, Quantity, Reading, Rule, Scope, Threshold,
};

use super::{Change, ClaimConfig, Selector, Side, TestConfig};
use crate::error::StudyError;
use crate::node::{Entry, MOST_TABLES, Node};
use crate::settings::from_node;

/// Keys of a test, which may stand in the claim itself where it has one test.
pub(crate) const TEST: [&str; 15] = [
    "where", "left", "right", "each", "between", "trend", "measure", "at", "how", "above", "below",
    "within", "for", "only", "test",
];

const CLAIM: [&str; 4] = ["id", "text", "notes", "correction"];

const FINITE: Bounds = Bounds::new(f64::is_finite, "give a finite number");

const NO_PERCENT: &str = "an accuracy is a share from 0 to 1, not in percent";

/// Epochs that a claim may name.
pub(crate) const EPOCH: Counts = Counts {
    least: 1,
    most: 1_000_000,
};

/// The claims of a study, in the order of the file.
pub(crate) fn read(node: &Node<'_>) -> Result<Vec<ClaimConfig>, StudyError> {
    let mut claims: Vec<ClaimConfig> = Vec::new();
    for (position, element) in
        (1..).zip(node.elements_up_to(MOST_TABLES, "an array of tables, written [[claim]]")?)
    {
        let (claim, id) = claim(&element, position)?;
        if claims.iter().any(|other| other.id == claim.id) {
            return Err(id.refuse("another claim has this id; give each its own"));
        }
        claims.push(claim);
    }
    Ok(claims)
}

fn claim<'d>(node: &Node<'d>, position: usize) -> Result<(ClaimConfig, Node<'d>), StudyError> {
    let known: Vec<&str> = CLAIM.into_iter().chain(TEST).collect();
    let (mut id, mut id_node) = (position.to_string(), node.clone());
    let (mut text, mut notes) = (None, String::new());
    let mut correction = Correction::default();
    let mut inline = Vec::new();
    let mut tests = None;
    for entry in node.entries(&known)? {
        let value = &entry.node;
        match entry.name.as_str() {
            "id" => (id, id_node) = (value.identifier()?, value.clone()),
            "text" => text = Some(value.prose("a string")?),
            "notes" => notes = value.prose("a string of Markdown")?,
            "correction" => {
                let words = [
                    ("bonferroni", Correction::Bonferroni),
                    ("holm", Correction::Holm),
                ];
                correction = value.word(&words, "\"bonferroni\" or \"holm\"")?;
            }
            "test" => tests = Some(entry.node),
            _ => inline.push(entry),
        }
    }
    let text = text.ok_or_else(|| node.missing("text", "text = \"Adam needs a lower rate.\""))?;
    let tests = match tests {
        None => vec![test(node, inline)?],
        Some(tests) => {
            if let Some(entry) = inline.first() {
                let hint = "it belongs into each [[claim.test]], since this claim has several";
                return Err(entry.node.refuse(hint));
            }
            let elements = tests.elements("an array of tables, written [[claim.test]]")?;
            let known: Vec<&str> = TEST.into_iter().filter(|key| *key != "test").collect();
            let each = elements
                .iter()
                .map(|element| test(element, element.entries(&known)?));
            each.collect::<Result<Vec<_>, _>>()?
        }
    };
    if tests.is_empty() {
        return Err(node.missing("test", "[[claim.test]] with above, below or within"));
    }
    let claim = ClaimConfig {
        id,
        text,
        notes,
        correction,
        tests,
    };
    Ok((claim, id_node))
}

/// What a side reads, as far as its table says.
#[derive(Clone, Copy, Default)]
struct PartialReading {
    measure: Option<Measure>,
    at: Option<Moment>,
}

impl PartialReading {
    fn or(self, other: Self) -> Reading {
        Reading {
            measure: self
                .measure
                .or(other.measure)
                .unwrap_or(Measure::TEST_ACCURACY),
            at: self.at.or(other.at).unwrap_or(Moment::Last),
        }
    }
}

fn test<'d>(node: &Node<'d>, entries: Vec<Entry<'d>>) -> Result<TestConfig, StudyError> {
    let mut reading = PartialReading::default();
    let mut common = selector(Settings::default(), node);
    let (mut left, mut right) = (None, Vec::new());
    let (mut each, mut change, mut quantity) = (Vec::new(), None, None);
    let (mut rule, mut scope, mut only) = (None, Scope::All, None);
    for Entry { name, node: value } in entries {
        match name.as_str() {
            "where" => common = selector(from_node(&value)?, &value),
            "left" => left = Some(side(&value)?),
            "right" if value.is_array() => {
                let sides = value.elements("a table of settings, or an array of them")?;
                right = sides.iter().map(side).collect::<Result<_, _>>()?;
            }
            "right" => right = vec![side(&value)?],
            "each" => each = names(&value)?,
            "between" | "trend" if change.is_some() => {
                return Err(value.refuse("give `between` or `trend`, not both"));
            }
            "between" => change = Some(between(&value)?),
            "trend" => change = Some(Change::Trend(setting(&value)?, value.place())),
            "measure" => reading.measure = Some(measure(&value)?),
            "at" => reading.at = Some(moment(&value)?),
            "how" => {
                let words = Quantity::ALL.map(|quantity| (quantity.name(), quantity));
                quantity = Some((value.word(&words, "a string")?, value));
            }
            "for" => {
                let words = [
                    ("all", Scope::All),
                    ("any", Scope::Any),
                    ("unanimous", Scope::Unanimous),
                ];
                scope = value.word(&words, "\"all\", \"any\" or \"unanimous\"")?;
            }
            "only" => only = Some(threshold(&value)?),
            _ if rule.is_some() => {
                return Err(value.refuse("give one of `above`, `below` and `within`"));
            }
            "above" => rule = Some((Rule::Above(value.number(FINITE, "a number")?), value)),
            "below" => rule = Some((Rule::Below(value.number(FINITE, "a number")?), value)),
            _ => rule = Some((within(&value)?, value)),
        }
    }
    let (rule, bounds) =
        rule.ok_or_else(|| node.missing("above", "above = 0, below = … or within = …"))?;
    let has_sides = left.is_some() || !right.is_empty();
    let (quantity, how) = match quantity {
        Some((quantity, how)) => (quantity, how),
        None if has_sides => (Quantity::Difference, node.clone()),
        None => (Quantity::Value, node.clone()),
    };
    if has_sides && (left.is_none() || right.is_empty()) {
        return Err(node.missing(
            if left.is_none() { "left" } else { "right" },
            "both left = { … } and right = { … }, or neither",
        ));
    }
    if quantity.has_two_sides() != has_sides {
        return Err(how.refuse(if has_sides {
            "it is a quantity of one side: write `where` instead of `left` and `right`"
        } else {
            "it compares two sides: give `left` and `right`"
        }));
    }
    let side = |(settings, own): (Selector, PartialReading)| Side {
        selector: settings,
        reading: own.or(reading),
    };
    let left = left.unwrap_or_else(|| (selector(Settings::default(), node), reading));
    let test = TestConfig {
        path: node.path().to_owned(),
        place: node.place(),
        common,
        left: side(left),
        right: right.into_iter().map(side).collect(),
        each,
        change,
        quantity,
        rule,
        scope,
        only,
    };
    check_measures(&test, &how)?;
    check_bounds(&test, &bounds)?;
    Ok(test)
}

/// Quantities that are about images need accuracies.
fn check_measures(test: &TestConfig, how: &Node<'_>) -> Result<(), StudyError> {
    let chance = matches!(
        test.quantity,
        Quantity::SpreadBeyondChance | Quantity::DistanceBeyondChance
    );
    let mut sides = std::iter::once(&test.left).chain(&test.right);
    if chance && !sides.all(|side| side.reading.measure.is_accuracy()) {
        return Err(how.refuse("it is about accuracies; name one with `measure`"));
    }
    Ok(())
}

/// No accuracy, nor a difference of two, lies beyond 1: such a verdict would be foregone.
fn check_bounds(test: &TestConfig, bounds: &Node<'_>) -> Result<(), StudyError> {
    let of_shares = matches!(
        test.quantity,
        Quantity::Value | Quantity::Difference | Quantity::Distance | Quantity::Spread
    );
    let mut sides = std::iter::once(&test.left).chain(&test.right);
    let beyond = match test.rule {
        Rule::Above(bound) | Rule::Below(bound) => bound.abs() > 1.0,
        Rule::Within(least, most) => least.abs().max(most.abs()) > 1.0,
    };
    if beyond && of_shares && sides.all(|side| side.reading.measure.is_accuracy()) {
        return Err(bounds.refuse(NO_PERCENT));
    }
    Ok(())
}

fn selector(settings: Settings, node: &Node<'_>) -> Selector {
    Selector {
        settings,
        place: node.place(),
        path: node.path().to_owned(),
    }
}

/// A side's settings, its measure and its moment.
fn side(node: &Node<'_>) -> Result<(Selector, PartialReading), StudyError> {
    let known: Vec<&str> = Settings::NAMES
        .iter()
        .copied()
        .chain(["measure", "at"])
        .collect();
    let mut settings = Settings::default();
    let mut reading = PartialReading::default();
    for Entry { name, node: value } in node.entries(&known)? {
        match name.as_str() {
            "measure" => reading.measure = Some(measure(&value)?),
            "at" => reading.at = Some(moment(&value)?),
            name => settings.read(name, &value)?,
        }
    }
    Ok((selector(settings, node), reading))
}

fn between(node: &Node<'_>) -> Result<Change, StudyError> {
    let expected = "an array of two tables of settings";
    let tables = node.elements(expected)?;
    let [first, second] = tables.as_slice() else {
        return Err(node
            .refuse("give two tables: the quantity is that of the first less that of the second"));
    };
    Ok(Change::Between(Box::new([
        selector(from_node(first)?, first),
        selector(from_node(second)?, second),
    ])))
}

fn names(node: &Node<'_>) -> Result<Vec<String>, StudyError> {
    let elements = node.elements("an array of names of settings")?;
    elements.iter().map(setting).collect()
}

/// The name of a setting.
fn setting(node: &Node<'_>) -> Result<String, StudyError> {
    let words: Vec<(&'static str, &'static str)> =
        Settings::NAMES.iter().map(|name| (*name, *name)).collect();
    Ok(node.word(&words, "the name of a setting")?.to_owned())
}

fn measure(node: &Node<'_>) -> Result<Measure, StudyError> {
    let text = node.string("the name of a measure")?;
    let found = text.parse().map_err(|hint: String| {
        let names = Measure::names();
        let names: Vec<&str> = names.iter().map(String::as_str).collect();
        match crate::nearest::nearest(text, &names) {
            Some(near) => node.refuse(format!("did you mean \"{near}\"?")),
            None => node.refuse(hint),
        }
    })?;
    match found {
        Measure::EpochsUntil(measure, bound) | Measure::SecondsUntil(measure, bound)
            if measure.is_accuracy() && !(0.0..=1.0).contains(&bound) =>
        {
            Err(node.refuse(NO_PERCENT))
        }
        found => Ok(found),
    }
}

fn moment(node: &Node<'_>) -> Result<Moment, StudyError> {
    let expected = "\"first\", \"last\", \"best\" or an epoch";
    if node.is_number() {
        return Ok(Moment::Epoch(node.count(EPOCH, expected)?));
    }
    let words = [
        ("first", Moment::First),
        ("last", Moment::Last),
        ("best", Moment::Best),
    ];
    node.word(&words, expected)
}

/// `within = 0.005` stands for `[-0.005, 0.005]`.
fn within(node: &Node<'_>) -> Result<Rule, StudyError> {
    let expected = "a margin, or an array of two bounds";
    if node.is_number() {
        let margin = node.number(FINITE, expected)?;
        if margin <= 0.0 {
            return Err(node.refuse("give a margin above 0, or two bounds"));
        }
        return Ok(Rule::Within(-margin, margin));
    }
    let bounds = node.elements(expected)?;
    let [low, high] = bounds.as_slice() else {
        return Err(node.refuse("give two bounds, the lower one first"));
    };
    let (low, high) = (
        low.number(FINITE, "a number")?,
        high.number(FINITE, "a number")?,
    );
    if low >= high {
        return Err(node.refuse("give the lower bound first"));
    }
    Ok(Rule::Within(low, high))
}

/// `only = { measure = "test_accuracy", at_least = 0.5 }`.
fn threshold(node: &Node<'_>) -> Result<Threshold, StudyError> {
    let mut reading = PartialReading::default();
    let mut at_least = None;
    for Entry { name, node: value } in node.entries(&["measure", "at", "at_least"])? {
        match name.as_str() {
            "measure" => reading.measure = Some(measure(&value)?),
            "at" => reading.at = Some(moment(&value)?),
            _ => at_least = Some((value.number(FINITE, "a number")?, value)),
        }
    }
    let (at_least, place) = at_least.ok_or_else(|| node.missing("at_least", "at_least = 0.5"))?;
    let reading = reading.or(PartialReading {
        measure: Some(Measure::Epoch(EpochMeasure::TestAccuracy)),
        at: None,
    });
    if reading.measure.is_accuracy() && at_least > 1.0 {
        return Err(place.refuse(NO_PERCENT));
    }
    Ok(Threshold { reading, at_least })
}
