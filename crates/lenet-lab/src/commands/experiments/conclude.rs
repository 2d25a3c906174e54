//! How a study ended: claims, the best cell, and the exit code.

use lenet_results::Store;
use lenet_study::{Plan, RunSummary};

use crate::commands::report::read;
use crate::exit::{CommandResult, Exit, OrFail};
use crate::flags::Experiments;
use crate::overview::cell_table;
use crate::table::count;
use crate::{output, verdicts};

/// Prints the claims and the best cell, with `--verbose` every cell, and says how the study ended.
pub fn conclude(
    flags: &Experiments,
    plan: &Plan,
    store: &Store,
    summary: &RunSummary,
) -> CommandResult {
    let folder = store.folder();
    let page = folder.join("report").join("index.html");
    let tell_places = || {
        output::line(format_args!("records  {}", folder.display()))?;
        output::line(format_args!("report   {}", page.display()))
    };
    if summary.interrupted {
        tell_places().or_fail()?;
        return Ok(exit_code(summary));
    }
    let found = read(&[store.folder().to_owned()], None).or_fail()?;
    found.tell_damage();
    let records = found.records();
    let figures = &plan.study.figures;
    let searches = figures.iter().any(|figure| figure.search.is_some());
    // Most of what a search tried is of no interest.
    if flags.verbose || plan.study.claims.is_empty() && !searches {
        output::line(cell_table(&plan.selected_study(), records.trials)).or_fail()?;
    }
    let claims = lenet_report::judge_claims(records);
    if !claims.is_empty() {
        verdicts::print(&claims).or_fail()?;
    }
    for found in lenet_report::searches_in_words(records) {
        output::line(format_args!("search   {found}")).or_fail()?;
    }
    if let Some(best) = lenet_report::best_cell(records) {
        output::line(format_args!("best     {best}")).or_fail()?;
    }
    tell_places().or_fail()?;
    for failed in &summary.failed {
        output::note(format_args!("failed: {}: {}", failed.label, failed.message));
    }
    Ok(exit_code(summary))
}

/// Says how the study ended, and gives the exit code.
pub fn exit_code(summary: &RunSummary) -> Exit {
    if summary.interrupted {
        output::note(format_args!(
            "interrupted: {} left to run; give the same command again to go on",
            count(summary.remaining, "trial"),
        ));
        return Exit::Interrupted;
    }
    if summary.elsewhere > 0 {
        output::note(format_args!(
            "{} run by another process; give the same command again for the whole report",
            count(summary.elsewhere, "trial"),
        ));
    }
    if summary.failed.is_empty() {
        return Exit::Done;
    }
    output::note(format_args!(
        "{} failed; the same command tries again",
        count(summary.failed.len(), "trial"),
    ));
    Exit::Failed
}
