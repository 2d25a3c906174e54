//! Putting the claims of a study to the test.

use lenet_results::{
    AlteredSetting, ClaimRecord, Correction, Declared, Quantity, Registration, Rule, Scope,
    StudyRecord, TestRecord, TrialRecord,
};
use lenet_stats::{Estimate, Interval, StatsError};

use crate::claims::observations::Observations;
use crate::claims::sample::{Looks, Sample};
use crate::claims::verdict::{Verdict, by_rule, distance, joined};
use crate::claims::words;
use crate::records::estimates::LEVEL;

/// Seeds beyond which no number is suggested.
const MANY_SEEDS: usize = 10_000;

/// A claim with what the records say of it.
#[derive(Debug, Clone)]
pub struct JudgedClaim {
    /// The claim's id within its study.
    pub id: String,
    /// The claim in words.
    pub text: String,
    /// What a reader must know beside the verdict, in Markdown.
    pub notes: String,
    /// What is asked of the records, and the rule for the verdict.
    pub question: String,
    /// The answer.
    pub verdict: Verdict,
    /// The comparison that decides, or comes nearest to it: the first test's.
    pub estimate: Option<Estimate>,
    /// What `estimate` is, and how its interval is computed.
    pub method: String,
    /// Further facts for the reader.
    pub detail: String,
    /// The least error at which the claim is decided, 1 where it never is; `None` where it was not
    /// measured.
    pub p_value: Option<f64>,
    /// The verdict adjusted for the number of claims (Holm 1979); `None` where it was not measured.
    pub adjusted: Option<Verdict>,
    /// When the claim was declared.
    pub declared: Declared,
    /// What it would take to decide an undecided claim.
    pub outlook: Option<Outlook>,
    /// What the estimate is, which says how it is written.
    pub(crate) quantity: Quantity,
    /// Every comparison.
    pub comparisons: Vec<JudgedComparison>,
}

/// What it would take to decide an undecided claim, if its effects are as seen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outlook {
    /// About so many seeds for each cell, in all.
    Seeds(usize),
    /// An effect lies so near to a bound that no reasonable number decides it.
    NoNumber,
    /// Too few seeds yet to tell: two or more are needed.
    Unknown,
}

/// A comparison with its estimate.
#[derive(Debug, Clone)]
pub struct JudgedComparison {
    /// The comparison in words.
    pub label: String,
    /// The estimate, or why there is none.
    pub estimate: Result<Estimate, StatsError>,
    /// What the rule makes of it.
    pub verdict: Verdict,
    /// Whether the claim is undecided, and more seeds of this comparison's cells are the shortest way
    /// to decide it.
    pub needs_seeds: bool,
}

/// One comparison on its way to a verdict.
struct Part<'t> {
    test: &'t TestRecord,
    label: &'t str,
    sample: Sample,
}

impl Part<'_> {
    fn verdict(&self, level: f64) -> Verdict {
        match self.sample.estimate(level) {
            Err(StatsError::Empty) => Verdict::NotMeasured,
            Err(_) => Verdict::Undecided,
            // Of cells not yet run nothing is known.
            Ok(_) if !self.sample.is_complete() => Verdict::Undecided,
            Ok(estimate) => by_rule(self.test.rule, estimate.interval),
        }
    }

    /// The verdict if the estimate were exact.
    fn heading(&self) -> Verdict {
        let Ok(Estimate { point, .. }) = self.sample.estimate(LEVEL) else {
            return Verdict::Undecided;
        };
        let exact = Interval {
            low: point,
            high: point,
        };
        by_rule(self.test.rule, Some(exact))
    }

    /// Seeds in all that decide the comparison, if its effect is as seen.
    fn outlook(&self, level: f64) -> Outlook {
        let Ok(estimate) = self.sample.estimate(level) else {
            return Outlook::Unknown;
        };
        let distance = match self.test.quantity == Quantity::Ratio {
            true => log_distance(self.test.rule, estimate.point),
            false => distance(self.test.rule, estimate.point),
        };
        match self.sample.seeds_needed(distance, level, MANY_SEEDS) {
            Ok(Some(seeds)) => Outlook::Seeds(seeds),
            Ok(None) => Outlook::NoNumber,
            Err(_) => Outlook::Unknown,
        }
    }

    /// The least error at which the comparison is decided as it is at any smaller level of
    /// confidence; 1 where it never is.
    fn p_value(&self) -> f64 {
        least_error(|error| self.verdict(1.0 - error))
    }
}

/// The least error, from 10⁻¹² to 1, at which a verdict is decided. Intervals shrink as the error
/// grows, so a decided verdict stays.
fn least_error(verdict: impl Fn(f64) -> Verdict) -> f64 {
    let decided = |log: f64| verdict(10f64.powf(log)).is_decided();
    let (mut low, mut high) = (-12.0, -1e-9);
    if !decided(high) {
        return 1.0;
    }
    if decided(low) {
        return 10f64.powf(low);
    }
    for _ in 0..60 {
        let middle = f64::midpoint(low, high);
        if decided(middle) {
            high = middle;
        } else {
            low = middle;
        }
    }
    10f64.powf(high)
}

/// The claims of a study, put to the test on its records.
pub(crate) fn judge(
    study: &StudyRecord,
    trials: &[TrialRecord],
    register: &[Registration],
) -> Vec<JudgedClaim> {
    let observations = Observations::new(study, trials);
    let looks = match study.until_decided {
        None => Looks::Once,
        Some(_) => Looks::EverySeed,
    };
    let one = |claim: &ClaimRecord| {
        let declared = lenet_results::declared(claim, &study.name, register);
        one(claim, &observations, looks, declared).qualified(&study.altered)
    };
    study.claims.iter().map(one).collect()
}

/// Adjusts the verdicts of several claims for their number (Holm 1979), so that all decided ones
/// together err with 5 % at most.
pub(crate) fn adjust(claims: &mut [JudgedClaim]) {
    let tested: Vec<usize> = (0..claims.len())
        .filter(|i| claims[*i].p_value.is_some())
        .collect();
    let p_values: Vec<f64> = tested.iter().filter_map(|i| claims[*i].p_value).collect();
    let adjusted = lenet_stats::holm(&p_values).unwrap_or_default();
    for (i, p) in tested.into_iter().zip(adjusted) {
        let claim = &mut claims[i];
        claim.adjusted = Some(match claim.verdict {
            verdict if verdict.is_decided() && p <= 1.0 - LEVEL => verdict,
            _ => Verdict::Undecided,
        });
    }
}

fn one(
    claim: &ClaimRecord,
    observations: &Observations,
    looks: Looks,
    declared: Declared,
) -> JudgedClaim {
    let parts: Vec<Part> = claim
        .tests
        .iter()
        .flat_map(|test| test.comparisons.iter().map(move |c| (test, c)))
        .map(|(test, comparison)| Part {
            test,
            label: &comparison.label,
            sample: Sample::new(test, comparison, observations, looks),
        })
        .collect();
    let error = 1.0 - LEVEL;
    let levels = levels(claim.correction, &parts, error);
    let verdict = verdict(claim, &parts, &levels);
    let open = match verdict {
        Verdict::Undecided => shortest_way(claim, &parts, &levels),
        _ => Vec::new(),
    };
    let comparisons: Vec<JudgedComparison> = parts
        .iter()
        .zip(&levels)
        .enumerate()
        .map(|(at, (part, level))| JudgedComparison {
            label: part.label.to_owned(),
            estimate: part.sample.estimate(*level),
            verdict: part.verdict(*level),
            needs_seeds: open.contains(&at),
        })
        .collect();
    let test = &claim.tests[0];
    let shown = shown(test, &comparisons[..test.comparisons.len()]);
    let p_value = least_error(|error| {
        let levels = self::levels(claim.correction, &parts, error);
        self::verdict(claim, &parts, &levels)
    });
    JudgedClaim {
        id: claim.id.clone(),
        text: claim.text.clone(),
        notes: claim.notes.clone(),
        question: words::question(claim),
        verdict,
        estimate: shown.and_then(|c| c.estimate.as_ref().ok().copied()),
        method: shown.map_or_else(String::new, |c| {
            words::method(test, &c.label, claim, comparisons.len(), c, looks)
        }),
        detail: words::detail(claim, &comparisons, &parts_left(&parts)),
        p_value: (verdict != Verdict::NotMeasured).then_some(p_value),
        adjusted: None,
        declared,
        outlook: (verdict == Verdict::Undecided).then(|| outlook(&open, &parts, &levels)),
        quantity: test.quantity,
        comparisons,
    }
}

fn parts_left(parts: &[Part]) -> [usize; 2] {
    let sum = |count: fn(&Sample) -> usize| parts.iter().map(|p| count(&p.sample)).sum();
    [sum(|s| s.missing), sum(|s| s.left_out)]
}

/// The level of each comparison, so that all together err with this probability at most.
fn levels(correction: Correction, parts: &[Part], error: f64) -> Vec<f64> {
    let m = parts.len();
    match correction {
        Correction::Bonferroni => vec![1.0 - error / m as f64; m],
        Correction::Holm => {
            let p_values: Vec<f64> = parts.iter().map(Part::p_value).collect();
            let mut order: Vec<usize> = (0..m).collect();
            order.sort_by(|a, b| p_values[*a].total_cmp(&p_values[*b]));
            let mut levels = vec![0.0; m];
            let mut share = error / m as f64;
            let mut going = true;
            for (rank, part) in order.into_iter().enumerate() {
                if going {
                    share = error / (m - rank) as f64;
                    going = p_values[part] <= share;
                }
                levels[part] = 1.0 - share;
            }
            levels
        }
    }
}

/// Whether every test of the claim holds.
fn verdict(claim: &ClaimRecord, parts: &[Part], levels: &[f64]) -> Verdict {
    let mut each = parts.iter().zip(levels).map(|(p, level)| p.verdict(*level));
    let mut tests = Vec::with_capacity(claim.tests.len());
    for test in &claim.tests {
        let parts: Vec<Verdict> = each.by_ref().take(test.comparisons.len()).collect();
        tests.push(joined(test.scope, &parts));
    }
    // A claim one of whose tests has no records cannot hold, but another may refute it.
    if tests[0] == Verdict::NotMeasured {
        return Verdict::NotMeasured;
    }
    joined(Scope::All, &tests)
}

/// The comparison that decides a test, or is next to.
fn shown<'c>(
    test: &TestRecord,
    comparisons: &'c [JudgedComparison],
) -> Option<&'c JudgedComparison> {
    let known = comparisons.iter().filter(|c| c.estimate.is_ok());
    let key = |c: &&JudgedComparison| {
        let Ok(e) = &c.estimate else {
            return f64::NEG_INFINITY;
        };
        let (low, high) = (e.low().unwrap_or(e.point), e.high().unwrap_or(e.point));
        // The greatest is shown: of all that must hold the one nearest to failing, of those of
        // which one is enough the one nearest to holding.
        match (test.scope, test.rule) {
            (Scope::All, Rule::Above(_)) => -low,
            (Scope::All, Rule::Below(_)) => high,
            (_, Rule::Within(least, most)) => {
                let off = (e.point - f64::midpoint(least, most)).abs();
                if test.scope == Scope::All { off } else { -off }
            }
            (_, Rule::Above(_)) => e.point,
            (_, Rule::Below(_)) => -e.point,
        }
    };
    // Of equals the first.
    known.reduce(|best, next| if key(&next) > key(&best) { next } else { best })
}

/// The comparisons whose decision decides the claim with the fewest seeds: one that is heading for
/// the verdict that settles its test alone, or else all that are open.
fn shortest_way(claim: &ClaimRecord, parts: &[Part], levels: &[f64]) -> Vec<usize> {
    let (mut open, mut alone) = (Vec::new(), Vec::new());
    let mut first = 0;
    for test in &claim.tests {
        let range = first..first + test.comparisons.len();
        first = range.end;
        // One test that fails refutes the claim; one that holds decides only a claim of one test.
        let settles = match test.scope {
            Scope::All => Some(Verdict::DoesNotHold),
            Scope::Any if claim.tests.len() == 1 => Some(Verdict::Holds),
            Scope::Any | Scope::Unanimous => None,
        };
        for at in range {
            if !parts[at].verdict(levels[at]).is_decided() {
                open.push(at);
                if settles == Some(parts[at].heading()) {
                    alone.push(at);
                }
            }
        }
    }
    let seeds = |at: &usize| match parts[*at].outlook(levels[*at]) {
        Outlook::Seeds(seeds) => Some((seeds, *at)),
        _ => None,
    };
    match alone.iter().filter_map(seeds).min() {
        Some((_, at)) => vec![at],
        None => open,
    }
}

/// The seeds that decide these comparisons.
fn outlook(open: &[usize], parts: &[Part], levels: &[f64]) -> Outlook {
    let mut most = 0;
    for at in open {
        match parts[*at].outlook(levels[*at]) {
            Outlook::Seeds(seeds) => most = most.max(seeds),
            other => return other,
        }
    }
    match most {
        0 => Outlook::Unknown,
        seeds => Outlook::Seeds(seeds),
    }
}

/// The same on the scale of logarithms, on which ratios are averaged.
fn log_distance(rule: Rule, point: f64) -> f64 {
    let log = |bound: f64| bound.max(f64::MIN_POSITIVE).ln();
    let rule = match rule {
        Rule::Above(bound) => Rule::Above(log(bound)),
        Rule::Below(bound) => Rule::Below(log(bound)),
        Rule::Within(least, most) => Rule::Within(log(least), log(most)),
    };
    distance(rule, point.ln())
}

impl JudgedClaim {
    /// Withdraws the verdict where flags changed the cells, and says so. The numbers stay, but they
    /// answer another question.
    fn qualified(mut self, altered: &[AlteredSetting]) -> Self {
        if !altered.is_empty() && self.verdict != Verdict::NotMeasured {
            let changes = altered
                .iter()
                .map(|a| format!("{}, where the study has {}", a.run, a.declared));
            let changes = crate::text::joined(changes, "; ");
            self.verdict = Verdict::Undecided;
            self.p_value = None;
            self.outlook = None;
            self.detail
                .insert_str(0, &format!("Run with {changes}: no verdict on the claim. "));
        }
        self
    }
}

#[cfg(test)]
mod tests;
