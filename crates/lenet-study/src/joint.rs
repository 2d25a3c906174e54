//! One `study.json` for several commands: each carries out some of the study's figures.

use std::collections::HashSet;

use lenet_results::{ClaimRecord, ComparisonRecord, FigureRecord, StudyRecord, TestRecord};

use crate::plan::Plan;

/// The study as a command writes it into a folder that may hold what other commands wrote. Of figures
/// that the command does not carry out, the folder's record says how they were carried out, whatever
/// flags that command was given; it stays, if it is of the same study.
#[must_use]
pub fn joint_study(plan: &Plan, earlier: Option<StudyRecord>) -> StudyRecord {
    let ours = &plan.study;
    let Some(earlier) = earlier.filter(|earlier| earlier.name == ours.name) else {
        return ours.clone();
    };
    let figure = |figure: &FigureRecord| {
        let mut others = earlier.figures.iter();
        match others.find(|other| other.id == figure.id) {
            Some(other) if !plan.selected.contains(&figure.id) => other.clone(),
            _ => figure.clone(),
        }
    };
    let figures: Vec<FigureRecord> = ours.figures.iter().map(figure).collect();
    let known = cells(&figures);
    let claim = |claim: &ClaimRecord| {
        let mut claims = earlier.claims.iter();
        match claims.find(|other| is_same(other, claim)) {
            Some(other) => joint_claim(claim, other, &known),
            None => claim.clone(),
        }
    };
    let of_runtime = !plan.runtimes.is_empty();
    // Flags that changed a figure still count while it stands as they had it carried out.
    let is_old = |(now, ours): (&FigureRecord, &FigureRecord)| {
        ours.runtime.is_some() == of_runtime && now != ours
    };
    let some_are_old = figures.iter().zip(&ours.figures).any(is_old);
    let altered = earlier.altered.iter().filter(|altered| {
        altered.of_runtime != of_runtime || some_are_old && !ours.altered.contains(altered)
    });
    let mut commands = earlier.commands.clone();
    let new = ours.commands.iter();
    commands.extend(new.filter(|c| !earlier.commands.contains(c)).cloned());
    StudyRecord {
        commands,
        claims: ours.claims.iter().map(claim).collect(),
        altered: ours.altered.iter().chain(altered).cloned().collect(),
        until_decided: ours.until_decided.or(earlier.until_decided),
        figures,
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

/// The claim with those comparisons of the folder's that are about cells of the study, where ours are not.
fn joint_claim(
    ours: &ClaimRecord,
    earlier: &ClaimRecord,
    known: &[HashSet<String>; 2],
) -> ClaimRecord {
    let tests = ours.tests.iter().zip(&earlier.tests);
    let test = |(ours, earlier): (&TestRecord, &TestRecord)| {
        let known = &known[usize::from(ours.left.measure.is_of_runtime())];
        let all_known = |test: &TestRecord| test.comparisons.iter().all(|c| is_known(c, known));
        match !all_known(ours) && all_known(earlier) {
            true => TestRecord {
                comparisons: earlier.comparisons.clone(),
                ..ours.clone()
            },
            false => ours.clone(),
        }
    };
    ClaimRecord {
        tests: tests.map(test).collect(),
        ..ours.clone()
    }
}

fn is_known(comparison: &ComparisonRecord, known: &HashSet<String>) -> bool {
    let pairs = comparison.pairs.iter().chain(&comparison.baseline);
    let mut cells = pairs.flat_map(|pair| std::iter::once(&pair.left).chain(&pair.right));
    cells.all(|cell| known.contains(cell))
}

/// What claims call the cells of these figures: of those of training, and of those of runtimes.
fn cells(figures: &[FigureRecord]) -> [HashSet<String>; 2] {
    let mut known = [HashSet::new(), HashSet::new()];
    for figure in figures {
        let elsewhere = figure
            .left_out
            .iter()
            .filter_map(|left| left.cell.as_deref());
        for cell in figure.cells.iter().chain(elsewhere) {
            match &cell.execution {
                Some(execution) => known[1].insert(execution.cell(&cell.config)),
                None => known[0].insert(cell.config.cell()),
            };
        }
    }
    known
}

#[cfg(test)]
mod tests;
