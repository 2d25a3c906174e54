//! The figures of a study with what a command asks for laid over them.

use lenet_core::{DeviceKind, Settings};

use crate::config::StudyConfig;
use crate::error::{Place, StudyError};
use crate::figure::{Axis, FigureConfig, MeasureKind, ONE_EPOCH};
use crate::overrides::{Overrides, RuntimeOverrides};
use crate::settings::ONLY_OF_RUNTIME;

/// The figures of a study as a command carries it out.
pub(crate) struct AsRun {
    /// All of them, in the order of the file.
    pub(crate) figures: Vec<FigureConfig>,
    /// Ids of those that are carried out.
    pub(crate) selected: Vec<String>,
}

/// All figures as a command runs those of training; and the ids of those that it asks for.
///
/// # Errors
/// A figure that the study has not or that measures runtimes, an override of an axis or of a setting
/// of runtimes, no figure of training.
pub(crate) fn of_training(
    config: &StudyConfig,
    overrides: &Overrides,
) -> Result<AsRun, StudyError> {
    check_flags(&overrides.settings, &Settings::OF_RUNTIME, ONLY_OF_RUNTIME)?;
    let change = |figure: &FigureConfig| laid_over(figure, &overrides.settings);
    changed(config, &overrides.only, false, &change)
}

/// All figures as a command measures those of runtimes; and the ids of those that it asks for.
///
/// # Errors
/// A figure that the study has not or that trains, an override of an axis or of the number of epochs,
/// no figure of runtimes.
pub(crate) fn of_runtimes(
    config: &StudyConfig,
    overrides: &RuntimeOverrides,
) -> Result<AsRun, StudyError> {
    check_flags(&overrides.settings, &["epochs", "early_stop"], ONE_EPOCH)?;
    let change = |figure: &FigureConfig| {
        let mut figure = figure.clone();
        for axis in &overrides.axes {
            replace(&mut figure, axis);
        }
        if let (MeasureKind::Runtime(parameters), Some(repeats)) =
            (&mut figure.measure, overrides.repeats)
        {
            parameters.repeats = repeats;
        }
        laid_over(&figure, &overrides.settings)
    };
    changed(config, &overrides.only, true, &change)
}

/// The figures of one kind changed, and those of the other kind as they are; which are selected.
fn changed(
    config: &StudyConfig,
    only: &[String],
    of_runtime: bool,
    change: &dyn Fn(&FigureConfig) -> Result<FigureConfig, StudyError>,
) -> Result<AsRun, StudyError> {
    let own = |figure: &&FigureConfig| figure.is_of_runtime() == of_runtime;
    if !config.figures.iter().any(|figure| own(&figure)) {
        return Err(match of_runtime {
            true => StudyError::NoRuntimes {
                study: config.name.clone(),
            },
            false => StudyError::NoTraining {
                study: config.name.clone(),
            },
        });
    }
    let only: Vec<&str> = only.iter().map(|id| without_prefix(config, id)).collect();
    for &id in &only {
        match config.figures.iter().find(|figure| figure.id == id) {
            Some(figure) if own(&figure) => {}
            Some(_) => {
                return Err(StudyError::OtherKind {
                    figure: id.to_owned(),
                    command: match of_runtime {
                        true => "experiments",
                        false => "bench-runtime",
                    },
                });
            }
            None => {
                let known = config.figures.iter().filter(own);
                return Err(StudyError::UnknownFigure {
                    study: config.name.clone(),
                    figure: id.to_owned(),
                    known: known.map(|figure| figure.id.clone()).collect(),
                });
            }
        }
    }
    let wanted = |f: &&FigureConfig| own(f) && (only.is_empty() || only.contains(&f.id.as_str()));
    let selected: Vec<String> = config.figures.iter().filter(wanted).map(id).collect();
    let figure = |figure: &FigureConfig| match own(&figure) {
        // What a flag cannot change of a figure matters only where it is carried out.
        true if !selected.contains(&figure.id) => {
            Ok(change(figure).unwrap_or_else(|_| figure.clone()))
        }
        true => change(figure),
        false => Ok(figure.clone()),
    };
    let figures = config
        .figures
        .iter()
        .map(figure)
        .collect::<Result<_, _>>()?;
    Ok(AsRun { figures, selected })
}

fn id(figure: &FigureConfig) -> String {
    figure.id.clone()
}

/// A figure's id where the name of its files is given, such as `figure-1` for figure 1.
fn without_prefix<'n>(config: &StudyConfig, name: &'n str) -> &'n str {
    let is_id = |id: &str| config.figures.iter().any(|figure| figure.id == id);
    match name.strip_prefix("figure-") {
        Some(id) if !is_id(name) && is_id(id) => id,
        _ => name,
    }
}

/// Refuses settings that `--set` gives to the wrong command.
fn check_flags(settings: &Settings, names: &[&str], hint: &str) -> Result<(), StudyError> {
    let wrong = settings.only(names);
    match wrong.given().first() {
        None => Ok(()),
        Some(name) => Err(StudyError::Value {
            place: Place {
                origin: format!("--set {name}"),
                position: None,
            },
            key: (*name).to_owned(),
            found: wrong.text_of(name).unwrap_or_default(),
            hint: hint.to_owned(),
        }),
    }
}

fn laid_over(figure: &FigureConfig, settings: &Settings) -> Result<FigureConfig, StudyError> {
    let given = settings.given();
    let varying = figure.varying();
    let is_axis = |name: &&&str| varying.contains(*name);
    if let Some(setting) = given.iter().find(is_axis) {
        return Err(StudyError::OverriddenAxis {
            setting,
            figure: figure.id.clone(),
        });
    }
    Ok(FigureConfig {
        set: figure.set.overlaid(settings),
        ..figure.clone()
    })
}

/// Puts an axis in the place of the figure's own, or of the value that it sets.
fn replace(figure: &mut FigureConfig, axis: &Axis) {
    let own = figure.axes.iter_mut().find(|own| own.name == axis.name);
    match (own, axis.values.as_slice()) {
        (Some(own), _) => own.values.clone_from(&axis.values),
        (None, [value]) => figure.set = figure.set.overlaid(value),
        (None, _) => {
            figure.set = figure.set.without(&[&axis.name]);
            figure.axes.push(axis.clone());
        }
    }
}

/// A figure of runtimes with the devices that are asked for, which stand for an axis of devices. A
/// figure that says nothing of devices varies them first: those asked for, or every kind. One that
/// sets its device is about that device, whatever is asked for.
pub(crate) fn with_devices(
    figure: &FigureConfig,
    base: &Settings,
    asked: &[DeviceKind],
) -> FigureConfig {
    let mut figure = figure.clone();
    let kinds = match asked {
        [] => &DeviceKind::ALL,
        asked => asked,
    };
    let value = |kind: &DeviceKind| Settings {
        device: Some(*kind),
        ..Settings::default()
    };
    let values: Vec<Settings> = kinds.iter().map(value).collect();
    let is_set = base.overlaid(&figure.set).device.is_some();
    match figure.axes.iter_mut().find(|axis| axis.name == "device") {
        Some(axis) if !asked.is_empty() => axis.values = values,
        None if !is_set => figure.axes.insert(
            0,
            Axis {
                name: "device".to_owned(),
                values,
            },
        ),
        _ => {}
    }
    figure
}
