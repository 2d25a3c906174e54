//! Two sets of records, compared: which trials are equal to the bit, and what became of cells and verdicts.

mod cells;
mod claims;
pub(crate) mod comparison;
mod origins;
mod selection;
mod side;
mod text;
mod trials;

use lenet_core::Names;

use comparison::{CompareError, Comparison, FORMAT};
use selection::Selection;
use side::Indexed;
pub use side::Side;

/// Compares two sets of records. `figures` are ids of figures of either side's studies, to which the
/// comparison is limited; without any it is of everything.
///
/// # Errors
/// [`CompareError::NoFigure`] for a figure that neither side has; [`CompareError::NoTrials`] where neither
/// side has a trial.
pub fn compare(a: &Side, b: &Side, figures: &[String]) -> Result<Comparison, CompareError> {
    let selection = Selection::of([a.records.studies, b.records.studies], figures)?;
    let sides = [a, b].map(|side| Indexed::of(side, &selection));
    if sides
        .iter()
        .all(|side| side.trials.is_empty() && side.unreadable.is_empty())
    {
        return Err(CompareError::NoTrials {
            a: a.name.to_owned(),
            b: b.name.to_owned(),
        });
    }
    let all = sides.iter().flat_map(|side| side.trials.values());
    let names = Names::of_trials(all.map(|trial| &trial.config));
    let trials = trials::compare(&sides, &names);
    let claims = claims::compare(&sides, &selection);
    let [left_out_a, left_out_b] = [a, b].map(|side| side.records.left_out.len());
    Ok(Comparison {
        format: FORMAT,
        equal: trials.is_equal() && claims.is_equal() && left_out_a + left_out_b == 0,
        figures: figures.to_vec(),
        a: sides[0].summary(),
        b: sides[1].summary(),
        cells: cells::compare(&sides, &names),
        settings: origins::settings(&sides),
        studies: origins::studies([a.records.studies, b.records.studies]),
        runs: origins::runs(&sides),
        trials,
        claims,
    })
}
#[cfg(test)]
mod tests;
