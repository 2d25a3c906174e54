//! Putting the claims of a study to the test.

use lenet_results::{
    AlteredSetting, ClaimRecord, Declared, Registration, Rule, RuntimeRecord, Scope, StudyRecord,
    TestRecord, TrialRecord,
};

use crate::claims::judged::{JudgedClaim, JudgedComparison};
use crate::claims::observations::Observations;
use crate::claims::part::{self, Part, least_error, outlook, parts, shortest_way};
use crate::claims::sample::Looks;
use crate::claims::verdict::Verdict;
use crate::claims::words;
use crate::records::estimates::LEVEL;

/// The claims of a study, put to the test on its records.
pub(crate) fn judge(
    study: &StudyRecord,
    (trials, runtimes): (&[TrialRecord], &[RuntimeRecord]),
    register: &[Registration],
) -> Vec<JudgedClaim> {
    let observations = Observations::new(study, trials, runtimes);
    let looks = match study.until_decided {
        None => Looks::Once,
        Some(_) => Looks::EverySeed,
    };
    let one = |claim: &ClaimRecord| {
        let declared = lenet_results::declared(claim, &study.name, register);
        let of_runtime = claim.tests[0].left.measure.is_of_runtime();
        let altered = study.altered.iter().filter(|a| a.of_runtime == of_runtime);
        let altered: Vec<&AlteredSetting> = altered.collect();
        one(claim, &observations, looks, declared).qualified(&altered)
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
        .flat_map(|test| parts(test, observations, looks))
        .collect();
    let error = 1.0 - LEVEL;
    let levels = part::levels(claim.correction, &parts, error);
    let verdict = part::verdict(claim, &parts, &levels);
    let open = match verdict {
        Verdict::Undecided => shortest_way(claim, &parts, &levels),
        _ => Vec::new(),
    };
    let comparisons: Vec<JudgedComparison> = parts
        .iter()
        .zip(&levels)
        .enumerate()
        .map(|(at, (part, level))| JudgedComparison {
            label: part.label.clone(),
            estimate: part.sample.estimate(*level),
            verdict: part.verdict(*level),
            needs_seeds: open.contains(&at),
        })
        .collect();
    let test = &claim.tests[0];
    let shown = shown(test, &comparisons[..test.comparisons.len()]);
    let p_value = least_error(|error| {
        let levels = part::levels(claim.correction, &parts, error);
        part::verdict(claim, &parts, &levels)
    });
    JudgedClaim {
        id: claim.id.clone(),
        text: claim.text.clone(),
        notes: claim.notes.clone(),
        question: words::question(claim, &parts),
        verdict,
        estimate: shown.and_then(|c| c.estimate.as_ref().ok().copied()),
        method: shown.map_or_else(String::new, |c| {
            let made = parts.iter().filter(|p| p.is_made).count();
            words::method(test, claim, made, c, looks)
        }),
        detail: words::detail(claim, &comparisons, &left(&parts)),
        p_value: (verdict != Verdict::NotMeasured).then_some(p_value),
        adjusted: None,
        declared,
        outlook: (verdict == Verdict::Undecided).then(|| outlook(&open, &parts, &levels)),
        quantity: words::written_as(test),
        comparisons,
    }
}

/// What a reader must know of the samples of all comparisons made.
fn left(parts: &[Part]) -> words::Left {
    let made = || parts.iter().filter(|part| part.is_made).map(|p| &p.sample);
    words::Left {
        missing: made().map(|sample| sample.missing).sum(),
        left_out: made().map(|sample| sample.left_out).sum(),
        shares_a_process: made().any(|sample| sample.shares_a_process),
    }
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

impl JudgedClaim {
    /// Withdraws the verdict where flags changed the cells, and says so. The numbers stay, but they
    /// answer another question.
    fn qualified(mut self, altered: &[&AlteredSetting]) -> Self {
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
