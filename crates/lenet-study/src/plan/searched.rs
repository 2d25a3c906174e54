//! The cells of a figure that searches: what it has proposed so far.

use lenet_core::Settings;
use lenet_results::FigureRecord;

use super::cell::cell;
use super::planned::{Earlier, PlannedTrial};
use super::splits::KnownSplits;
use crate::config::StudyConfig;
use crate::data_sets::DataSets;
use crate::error::StudyError;
use crate::figure::FigureConfig;
use crate::overrides::Proposals;
use crate::search::Search;

/// The search of a figure, with so many seeds of each proposal; `None` where it has axes.
pub(crate) fn search<'c>(
    config: &StudyConfig,
    figure: &'c FigureConfig,
    seeds: usize,
) -> Option<Search<'c>> {
    Some(Search {
        config: figure.search.as_ref()?,
        fixed: config.base.overlaid(&figure.set),
        seeds,
    })
}

/// Adds the cells of a search to the figure's record, and their trials to the others. Gives the settings of
/// each cell.
///
/// # Errors
/// A search that cannot be carried out with its settings; as [`cell`].
pub(super) fn expand(
    search: &Search<'_>,
    proposed: Option<&Proposals>,
    seeds: &[u64],
    record: &mut FigureRecord,
    (data, splits): (&DataSets, &mut KnownSplits),
    trials: &mut Vec<PlannedTrial>,
) -> Result<Vec<Settings>, StudyError> {
    search.check(&record.id)?;
    let first = || Proposals {
        all: search.next(&[]),
        complete: false,
    };
    let Proposals { all, complete } = proposed.cloned().unwrap_or_else(first);
    let complete = complete || search.is_last(&all);
    let newest = all.iter().map(|proposal| proposal.place.rung).max();
    let own = |_: &str| seeds.to_vec();
    let mut wholes = Vec::new();
    for proposal in &all {
        let settings = search.settings(proposal);
        let label = search.varied(proposal).label();
        let known = trials.len();
        let cell = cell(
            &label,
            &settings,
            (seeds, &own),
            &record.id,
            (data, splits),
            trials,
        )?;
        let earlier = proposal.place.continues.map(|index| &record.cells[index]);
        let is_newest = Some(proposal.place.rung) == newest && !complete;
        let keeps = is_newest && search.keeps_checkpoint(proposal);
        for (trial, round) in trials[known..].iter_mut().zip(0..) {
            trial.continues = earlier.and_then(|earlier| Earlier::of(earlier, round));
            trial.keeps_checkpoint = keeps;
        }
        record.cells.push(cell);
        wholes.push(settings.complete());
    }
    record.search = Some(search.record(&all, complete));
    Ok(wholes)
}

/// What a search proposes first, and the most that it may come to; and that its trials begin anew at each
/// rung, if they do.
pub(super) fn in_words(search: &Search<'_>, figure: &str) -> Vec<String> {
    let mut lines = vec![search.outlook_in_words(figure)];
    lines.extend(search.anew_in_words(figure));
    lines
}
