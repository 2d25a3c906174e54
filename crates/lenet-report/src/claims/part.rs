//! The comparisons of a claim on their way to a verdict: their levels, what they decide together, and the
//! shortest way to decide what is open.

use lenet_results::{ClaimRecord, Correction, Quantity, Rule, Scope, TestRecord};
use lenet_stats::{Estimate, Interval, StatsError};

use crate::claims::judged::Outlook;
use crate::claims::observations::Observations;
use crate::claims::sample::{Looks, Sample};
use crate::claims::verdict::{Verdict, by_rule, distance, joined};
use crate::records::estimates::LEVEL;

/// Seeds beyond which no number is suggested.
const MANY_SEEDS: usize = 10_000;

/// One comparison on its way to a verdict.
pub(crate) struct Part<'t> {
    pub(crate) test: &'t TestRecord,
    pub(crate) label: String,
    pub(crate) sample: Sample,
    /// Whether the comparison is made here. One of runtimes that no machine measured is not, if
    /// others of its test are: a machine has the devices that it has.
    pub(crate) is_made: bool,
}

/// The comparisons of a test.
pub(crate) fn parts<'t>(
    test: &'t TestRecord,
    observations: &Observations,
    looks: Looks,
) -> Vec<Part<'t>> {
    let reader = observations.reader(test);
    let of_runtime = test.left.measure.is_of_runtime();
    let looks = if of_runtime { Looks::Once } else { looks };
    let comparisons = test.comparisons.iter();
    let mut parts: Vec<Part> = comparisons
        .map(|comparison| Part {
            test,
            label: observations.label(comparison),
            sample: Sample::new(test, comparison, &reader, looks),
            is_made: true,
        })
        .collect();
    let is_measured = |part: &Part| !part.sample.values.is_empty();
    if of_runtime && parts.iter().any(is_measured) {
        for part in &mut parts {
            part.is_made = !part.sample.values.is_empty();
        }
    }
    parts
}

impl Part<'_> {
    /// What the rule makes of the comparison at a level of confidence.
    pub(crate) fn verdict(&self, level: f64) -> Verdict {
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
pub(crate) fn least_error(verdict: impl Fn(f64) -> Verdict) -> f64 {
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

/// The level of each comparison, so that all together err with this probability at most.
pub(crate) fn levels(correction: Correction, parts: &[Part], error: f64) -> Vec<f64> {
    let m = parts.iter().filter(|part| part.is_made).count().max(1);
    match correction {
        Correction::Bonferroni => vec![1.0 - error / m as f64; parts.len()],
        Correction::Holm => {
            let p_values: Vec<f64> = parts.iter().map(Part::p_value).collect();
            let mut order: Vec<usize> = (0..parts.len()).collect();
            order.retain(|at| parts[*at].is_made);
            order.sort_by(|a, b| p_values[*a].total_cmp(&p_values[*b]));
            let mut levels = vec![1.0 - error / m as f64; parts.len()];
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
pub(crate) fn verdict(claim: &ClaimRecord, parts: &[Part], levels: &[f64]) -> Verdict {
    let mut each = parts.iter().zip(levels);
    let mut tests = Vec::with_capacity(claim.tests.len());
    for test in &claim.tests {
        let own = each.by_ref().take(test.comparisons.len());
        let made = own.filter(|(part, _)| part.is_made);
        let parts: Vec<Verdict> = made.map(|(part, level)| part.verdict(*level)).collect();
        tests.push(joined(test.scope, &parts));
    }
    // A claim one of whose tests has no records cannot hold, but another may refute it.
    if tests[0] == Verdict::NotMeasured {
        return Verdict::NotMeasured;
    }
    joined(Scope::All, &tests)
}

/// The comparisons whose decision decides the claim with the fewest seeds: one that is heading for
/// the verdict that settles its test alone, or else all that are open.
pub(crate) fn shortest_way(claim: &ClaimRecord, parts: &[Part], levels: &[f64]) -> Vec<usize> {
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
            let about_images = test.quantity == Quantity::DistanceBeyondChance;
            if !about_images && !parts[at].verdict(levels[at]).is_decided() {
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
pub(crate) fn outlook(open: &[usize], parts: &[Part], levels: &[f64]) -> Outlook {
    let mut most = 0;
    if open.is_empty() {
        return Outlook::Images;
    }
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
