//! From a figure of runtimes to what this machine measures.

use lenet_core::{Backend, DeviceKind, Settings};
use lenet_results::{
    CellRecord, Execution, ImageCounts, LeftOut, RuntimeParameters, RuntimeRecord, RuntimeWork,
};

use super::variants::{Variant, variants};
use crate::data_sets::DataSets;
use crate::error::StudyError;
use crate::figure::FigureConfig;
use crate::machine::{Device, Machine};

/// One runtime of a plan.
#[derive(Debug, Clone, PartialEq)]
pub struct PlannedRuntime {
    /// [`RuntimeRecord::identity`] of `blank`.
    pub identity: String,
    /// What is measured, without samples.
    pub blank: RuntimeRecord,
    /// Name of its data set in the study's [`DataSets`].
    pub data: String,
    /// What is measured, for people.
    pub label: String,
    /// The settings that vary and are not told by columns of device, backend, placement, filters,
    /// batch size, dropout and trials; empty if there are none.
    pub settings: String,
    /// How it is measured: the most that its figures ask for.
    pub parameters: RuntimeParameters,
    /// Ids of the figures that it counts for.
    pub figures: Vec<String>,
}

/// A figure of runtimes on this machine.
pub(super) struct Expanded {
    pub(super) axes: Vec<String>,
    pub(super) cells: Vec<CellRecord>,
    /// The settings of the cells.
    pub(super) wholes: Vec<Settings>,
    pub(super) runtimes: Vec<PlannedRuntime>,
    pub(super) left_out: Vec<LeftOut>,
    /// The settings of what is left out.
    pub(super) left_wholes: Vec<Settings>,
    /// What is left out in general words, e.g. `cuda is left out: …`; each once.
    pub(super) notes: Vec<String>,
}

/// Settings that tables of runtimes have columns for.
const COLUMNS: [&str; 7] = [
    "filters",
    "dropout",
    "batch_size",
    "backend",
    "device",
    "placement",
    "trials",
];

/// # Errors
/// A cell whose network or split does not fit its data, or whose settings cannot be run.
pub(super) fn expand(
    figure: &FigureConfig,
    base: &Settings,
    parameters: RuntimeParameters,
    seed: u64,
    (machine, data): (&Machine, &DataSets),
) -> Result<Expanded, StudyError> {
    let (axes, variants) = variants(figure, base);
    let mut found = Expanded {
        axes,
        cells: Vec::new(),
        wholes: Vec::new(),
        runtimes: Vec::new(),
        left_out: Vec::new(),
        left_wholes: Vec::new(),
        notes: Vec::new(),
    };
    for variant in variants {
        let devices = machine.of_kind(variant.device);
        let absent = match devices.is_empty() {
            true => Some((
                variant.device.to_string(),
                machine.absent.as_deref().unwrap_or("it is not there"),
            )),
            false => None,
        };
        if let Some((what, why)) = variant.impossible.clone().or(absent) {
            let label = variant.varied.label();
            let elsewhere = Device {
                kind: variant.device,
                ordinal: 0,
            };
            let cell = match variant.impossible {
                Some(_) => None,
                None => {
                    let blank = blank(&variant, &label, elsewhere, seed, (machine, data))?;
                    Some(Box::new(cell(&label, &blank)))
                }
            };
            found.leave_out(label, cell, &what, why);
            found.left_wholes.push(variant.complete());
            continue;
        }
        let several = devices.len() > 1;
        for device in devices {
            let mut label = variant.varied.label();
            if several {
                label = format!("{label}, on {}", device.kind.name_with(device.ordinal));
            }
            let name = variant.settings.data_name();
            let blank = blank(&variant, &label, device, seed, (machine, data))?;
            found.cells.push(cell(&label, &blank));
            found.wholes.push(variant.complete());
            found.runtimes.push(PlannedRuntime {
                identity: blank.identity(),
                label: words(&blank, &variant),
                blank,
                data: name.to_owned(),
                settings: variant.varied.without(&COLUMNS).label(),
                parameters,
                figures: vec![figure.id.clone()],
            });
        }
    }
    Ok(found)
}

/// The cell of a study's record.
fn cell(label: &str, blank: &RuntimeRecord) -> CellRecord {
    CellRecord {
        label: label.to_owned(),
        config: blank.config.clone(),
        images: Some(blank.images),
        parameters: Some(blank.parameters),
        execution: Some(blank.execution.clone()),
        trials: Vec::new(),
    }
}

impl Expanded {
    fn leave_out(&mut self, label: String, cell: Option<Box<CellRecord>>, what: &str, why: &str) {
        let note = format!("{what} is left out: {why}");
        self.left_out.push(LeftOut {
            label,
            reason: format!("{what}: {why}"),
            cell,
        });
        if !self.notes.contains(&note) {
            self.notes.push(note);
        }
    }
}

/// The record of a variant on a device, without samples.
fn blank(
    variant: &Variant,
    label: &str,
    device: Device,
    seed: u64,
    (machine, data): (&Machine, &DataSets),
) -> Result<RuntimeRecord, StudyError> {
    let refuse = |reason: String| StudyError::Cell {
        cell: label.to_owned(),
        reason,
    };
    let name = variant.settings.data_name();
    let set = data
        .get(name)
        .expect("DataSets::open_runtimes loads what the study names");
    let config = variant.config(&set.source, seed);
    let problems = variant.settings.problem().into_iter();
    if let Some(problem) = problems.chain(config.validate()).next() {
        return Err(refuse(problem.to_string()));
    }
    let splits = data.splits(name, &config)?;
    let geometry = lenet_train::geometry(&config.network, &splits)
        .map_err(|error| refuse(error.to_string()))?;
    let images = ImageCounts {
        train: splits.train.len(),
        validation: splits.validation.len(),
        test: splits.test.len(),
    };
    let trials = variant.trials;
    let work = RuntimeWork {
        train_flops: geometry.training_flops() * (trials * images.train) as u64,
        evaluation_flops: geometry.forward_flops()
            * (trials * (images.validation + images.test)) as u64,
    };
    let level = match (variant.backend, device.kind) {
        (Backend::Stock, _) => "candle",
        (Backend::Fused, DeviceKind::Cuda) => "cuda",
        (Backend::Fused, DeviceKind::Cpu) => machine.level.name(),
    };
    let execution = Execution {
        ordinal: device.ordinal,
        placement: variant.placement,
        threads: variant.settings.threads.unwrap_or(machine.threads),
        fixed_threads: variant.settings.threads.is_some(),
        level: level.to_owned(),
        trials,
    };
    let parameters = geometry.parameter_count();
    Ok(RuntimeRecord::new(
        config, execution, parameters, images, work,
    ))
}

/// What is measured, for people.
fn words(record: &RuntimeRecord, variant: &Variant) -> String {
    let group = match record.execution.trials {
        1 => String::new(),
        trials => format!(", {trials} trials"),
    };
    let rest = match variant.varied.without(&COLUMNS).label() {
        rest if rest.is_empty() => rest,
        rest => format!(", {rest}"),
    };
    let only = |name| variant.complete().text_of(name).unwrap_or_default();
    format!(
        "{} {} {}, {} filters, batch {}, dropout {}{group}{rest}",
        record.device_name(),
        record.config.backend,
        record.execution.placement,
        only("filters"),
        record.batch_size(),
        only("dropout"),
    )
}

/// Each runtime once, in the place where it first stood, with every figure that asks for it and the
/// most that one asks for.
pub(super) fn measured_once(runtimes: Vec<PlannedRuntime>) -> Vec<PlannedRuntime> {
    let mut distinct: Vec<PlannedRuntime> = Vec::new();
    for runtime in runtimes {
        let known = distinct
            .iter_mut()
            .find(|known| known.identity == runtime.identity);
        let Some(known) = known else {
            distinct.push(runtime);
            continue;
        };
        let (most, own) = (&mut known.parameters, runtime.parameters);
        most.repeats = most.repeats.max(own.repeats);
        most.warm_up_samples = most.warm_up_samples.max(own.warm_up_samples);
        most.phase_passes = most.phase_passes.max(own.phase_passes);
        for figure in runtime.figures {
            if !known.figures.contains(&figure) {
                known.figures.push(figure);
            }
        }
    }
    distinct
}

#[cfg(test)]
mod tests;
