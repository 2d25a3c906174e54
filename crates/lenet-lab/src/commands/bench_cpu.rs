//! `bench-cpu`: how fast this machine trains and evaluates the study's network.

use lenet_bench::{SpeedPoint, measure};
use lenet_data::Dataset;
use lenet_ops::Level;
use lenet_results::Environment;
use lenet_train::peak_of;

use crate::exit::{CommandResult, Exit, OrFail};
use crate::flags::BenchCpu;
use crate::table::Table;
use crate::{inputs, output};

/// Runs the command; refuses sizes of zero, more samples than there are, and an instruction set
/// that this machine lacks.
pub fn run(flags: &BenchCpu) -> CommandResult {
    inputs::check_threads(Some(flags.jobs), Some(flags.threads)).or_refuse()?;
    let level = Level::from_environment().or_refuse()?;
    inputs::warn_of_load();
    let data = Dataset::mnist();
    let peak = peak_of(level);
    let mut table = Table::new(&[
        "filters",
        "batch",
        "threads",
        "jobs",
        "backend",
        "train/s",
        "evaluate/s",
        "GFLOP/s",
        "of peak",
    ]);
    for &backend in &flags.backend {
        for &filters in &flags.filters {
            for &batch_size in &flags.batch_size {
                let point = SpeedPoint {
                    filters,
                    batch_size,
                    samples: flags.samples,
                    epochs: flags.epochs,
                    threads: flags.threads,
                    jobs: flags.jobs,
                    dropout: flags.dropout,
                    backend,
                    level,
                };
                let speed = measure(&point, &data, peak).or_refuse()?;
                if flags.json {
                    let line = serde_json::to_string(&speed).or_fail()?;
                    output::line(line).or_fail()?;
                } else {
                    output::note(format_args!(
                        "filters {filters}, batch {batch_size}: {:.0} images/s",
                        speed.train_images_per_second
                    ));
                    table.row([
                        filters.to_string(),
                        batch_size.to_string(),
                        speed.threads.to_string(),
                        speed.jobs.to_string(),
                        format!("{:?}", speed.backend).to_lowercase(),
                        format!("{:.0}", speed.train_images_per_second),
                        format!("{:.0}", speed.evaluation_images_per_second),
                        format!("{:.1}", speed.gflops),
                        format!("{:.0} %", 100.0 * speed.share_of_fma_peak),
                    ]);
                }
            }
        }
    }
    if !flags.json {
        let host = Environment::collect();
        output::line(table).or_fail()?;
        output::line(format_args!(
            "{}, {} cores; {}, peak {:.0} GFLOP/s a thread; revision {}, {} build; median of {} epochs of {} images after one to warm up",
            host.cpu, host.cores, level.name(), peak / 1e9, host.revision, host.profile, flags.epochs, flags.samples
        ))
        .or_fail()?;
    }
    Ok(Exit::Done)
}
