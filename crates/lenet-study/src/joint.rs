//! One `study.json` for two commands: that which trains, and that which measures runtimes.

use lenet_results::{ClaimRecord, FigureRecord, StudyRecord, TestRecord};

/// The study as a command writes it into a folder that may hold what the other command wrote. `ours`
/// is the plan's record. Of what is about the other command's figures, the folder's record says how
/// they were carried out, whatever flags they were given; it stays, if it is of the same study.
#[must_use]
pub fn joint_study(
    ours: &StudyRecord,
    earlier: Option<StudyRecord>,
    of_runtime: bool,
) -> StudyRecord {
    let Some(earlier) = earlier.filter(|earlier| earlier.name == ours.name) else {
        return ours.clone();
    };
    let is_own = |figure: &FigureRecord| figure.runtime.is_some() == of_runtime;
    let others: Vec<&FigureRecord> = earlier.figures.iter().filter(|f| !is_own(f)).collect();
    let figure = |figure: &FigureRecord| match is_own(figure) || others.is_empty() {
        true => Some(figure.clone()),
        false => others
            .iter()
            .find(|other| other.id == figure.id)
            .map(|f| (*f).clone()),
    };
    let claim = |claim: &ClaimRecord| {
        let mut claims = earlier.claims.iter();
        match claims.find(|other| is_same(other, claim)) {
            Some(other) if !others.is_empty() => joint_claim(claim, other, of_runtime),
            _ => claim.clone(),
        }
    };
    let altered = earlier
        .altered
        .iter()
        .filter(|a| a.of_runtime != of_runtime);
    StudyRecord {
        figures: ours.figures.iter().filter_map(figure).collect(),
        claims: ours.claims.iter().map(claim).collect(),
        altered: ours.altered.iter().chain(altered).cloned().collect(),
        until_decided: ours.until_decided.or(earlier.until_decided),
        ..ours.clone()
    }
}

/// Whether a claim of the folder says the same, as far as its file does.
fn is_same(earlier: &ClaimRecord, ours: &ClaimRecord) -> bool {
    let of = |test: &TestRecord| (test.quantity, test.left.clone(), test.right.clone());
    earlier.id == ours.id
        && earlier.text == ours.text
        && earlier.tests.iter().map(of).eq(ours.tests.iter().map(of))
}

fn joint_claim(ours: &ClaimRecord, earlier: &ClaimRecord, of_runtime: bool) -> ClaimRecord {
    let is_own = |test: &TestRecord| test.left.measure.is_of_runtime() == of_runtime;
    let tests = ours.tests.iter().zip(&earlier.tests);
    let test = |(ours, earlier): (&TestRecord, &TestRecord)| match is_own(ours) {
        true => ours.clone(),
        false => TestRecord {
            comparisons: earlier.comparisons.clone(),
            ..ours.clone()
        },
    };
    ClaimRecord {
        tests: tests.map(test).collect(),
        ..ours.clone()
    }
}

#[cfg(test)]
mod tests;
