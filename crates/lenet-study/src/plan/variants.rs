//! The cells of a figure of runtimes, before any machine is known.

use lenet_core::{Backend, DataPlacement, DeviceKind, EarlyStop, Precision, Settings, Trial};

use crate::figure::{FigureConfig, product};

/// A cell, or what would be one if its code did what the settings ask for.
#[derive(Debug, Clone)]
pub(super) struct Variant {
    /// What varies within the figure.
    pub(super) varied: Settings,
    /// Everything that is given.
    pub(super) settings: Settings,
    pub(super) device: DeviceKind,
    pub(super) backend: Backend,
    pub(super) placement: DataPlacement,
    pub(super) trials: usize,
    /// What there is not, and why.
    pub(super) impossible: Option<(String, &'static str)>,
}

/// Names of the axes and all variants of a figure, in its order. Where a backend knows two places for
/// images and the study names none, the placement is an axis, the last one.
pub(super) fn variants(figure: &FigureConfig, base: &Settings) -> (Vec<String>, Vec<Variant>) {
    let mut axes: Vec<String> = figure.axes.iter().map(|axis| axis.name.clone()).collect();
    let fixed = base.overlaid(&figure.set);
    let mut found = Vec::new();
    for varied in product(&figure.axes) {
        let settings = fixed.overlaid(&varied);
        let (device, backend) = path(&settings);
        let usual = match (device, backend) {
            _ if settings.placement.is_some() => vec![settings.placement],
            (DeviceKind::Cuda, Backend::Stock) => DataPlacement::ALL.map(Some).to_vec(),
            _ => vec![None],
        };
        if usual.len() > 1 && !axes.iter().any(|axis| axis == "placement") {
            axes.push("placement".to_owned());
        }
        let several = usual.len() > 1;
        for placement in usual {
            let placed = |settings: &Settings| match several {
                true => settings.overlaid(&Settings {
                    placement,
                    ..Settings::default()
                }),
                false => settings.clone(),
            };
            found.push(variant(placed(&varied), placed(&settings)));
        }
    }
    (axes, found)
}

impl Variant {
    /// The variant with settings laid over it.
    pub(super) fn overlaid(&self, given: &Settings) -> Self {
        variant(self.varied.clone(), self.settings.overlaid(given))
    }

    /// What is trained: one epoch, whatever the study says of epochs.
    pub(super) fn config(&self, source: &str, seed: u64) -> Trial {
        Trial {
            epochs: 1,
            early_stop: EarlyStop::Never,
            ..self.settings.resolve(source, seed)
        }
    }

    /// The settings with those of a trial that are left open as [`Variant::config`] fills them in.
    pub(super) fn complete(&self) -> Settings {
        Settings {
            epochs: Some(1),
            early_stop: Some(EarlyStop::Never),
            ..self.settings.complete()
        }
    }
}

fn path(settings: &Settings) -> (DeviceKind, Backend) {
    let usual = Trial::default();
    let device = settings.device.unwrap_or(usual.device);
    (device, settings.backend.unwrap_or(usual.backend))
}

fn variant(varied: Settings, settings: Settings) -> Variant {
    let (device, backend) = path(&settings);
    let only = match (device, backend) {
        (DeviceKind::Cpu, _) => Some(DataPlacement::Streamed),
        (DeviceKind::Cuda, Backend::Fused) => Some(DataPlacement::Resident),
        (DeviceKind::Cuda, Backend::Stock) => None,
    };
    let usual = only.unwrap_or(DataPlacement::Streamed);
    let placement = settings.placement.unwrap_or(usual);
    let trials = settings.trials.unwrap_or(1);
    let precision = settings.precision.unwrap_or_default();
    let impossible = if only.is_some_and(|only| only != placement) {
        Some(match device {
            DeviceKind::Cpu => (
                "resident on the cpu".to_owned(),
                "host memory is the CPU's own, so both placements are one, which is called streamed",
            ),
            DeviceKind::Cuda => (
                "streamed, fused on cuda".to_owned(),
                "the fused backend keeps images on the GPU, so they are resident",
            ),
        })
    } else if trials > 1 && (backend, device) != (Backend::Fused, DeviceKind::Cuda) {
        let what = match device {
            DeviceKind::Cpu => "several trials on the cpu",
            DeviceKind::Cuda => "several trials, stock on cuda",
        };
        let why = "they would be trained one after the other there";
        Some((what.to_owned(), why))
    } else if precision.problem(backend, device).is_some() {
        let what = format!("{}, {backend} on {device}", Precision::Tf32);
        Some((what, "tf32 is for GPUs and the fused backend"))
    } else {
        None
    };
    Variant {
        varied,
        settings,
        device,
        backend,
        placement,
        trials,
        impossible,
    }
}
