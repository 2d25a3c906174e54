//! Who ran what: one row for each start of a trial and each resumption.

use lenet_results::{RunRecord, TrialRecord};

use super::table::{Field, Table};
use crate::text::or_empty;

/// Every run of the records, in their order.
pub(crate) fn table(records: &[TrialRecord]) -> Table {
    let runs = records.iter();
    let runs = runs.flat_map(|record| record.runs.iter().map(move |run| (record, run)));
    type Row<'r> = (&'r TrialRecord, &'r RunRecord);
    let of_job = |(_, run): &Row<'_>, text: fn(&lenet_results::Scheduler) -> String| {
        run.scheduler.as_ref().map_or_else(String::new, text)
    };
    Table::of(runs)
        .text("trial", |(record, _)| Field::code(&record.identity))
        .number("from_epoch", |(_, run)| run.from_epoch)
        .number("started", |(_, run)| run.started_unix)
        .text("host", |(_, run)| run.environment.host.clone())
        .text("scheduler", |row| of_job(row, |job| job.name.clone()))
        .text("job", |row| of_job(row, |job| or_empty(job.job.clone())))
        .text("task", |row| of_job(row, |job| or_empty(job.task.clone())))
        .text("restart", |row| of_job(row, |job| job.restart.to_string()))
        .text("node", |row| of_job(row, |job| or_empty(job.node.clone())))
        .text("revision", |(_, run)| {
            Field::code(&run.environment.revision)
        })
        .text("instruction_set", |(_, run)| run.level.clone())
        .table()
}
