//! Finding the cells that a claim speaks of.

use lenet_core::Settings;
use lenet_results::{Measure, Moment, Reading};

use super::{Selector, Side};
use crate::error::StudyError;

/// A cell of the study, whichever figure it stands in.
#[derive(Debug, Clone)]
pub(crate) struct KnownCell {
    /// All settings, none left open.
    pub(crate) settings: Settings,
    /// [`Trial::cell`](lenet_core::Trial::cell) of its trials, as they are run.
    pub(crate) key: String,
    /// The same as the study's file declares it. Flags may make several cells one.
    pub(crate) declared: String,
    /// Whether it is a measurement of runtime.
    pub(crate) of_runtime: bool,
}

/// The cells of a side, each once. At least one.
///
/// # Errors
/// If no cell has the settings, or the measure or the epoch is not to be had of them.
pub(super) fn cells<'c>(
    known: &'c [KnownCell],
    common: &Selector,
    side: &Side,
) -> Result<Vec<&'c KnownCell>, StudyError> {
    let wanted = common.settings.overlaid(&side.selector.settings);
    let of_runtime = side.reading.measure.is_of_runtime();
    let mut found: Vec<&KnownCell> = Vec::new();
    for cell in known {
        let fits = cell.of_runtime == of_runtime && wanted.fits(&cell.settings);
        if fits && found.iter().all(|other| other.declared != cell.declared) {
            found.push(cell);
        }
    }
    if found.is_empty() {
        return Err(no_cell(known, common, side, &wanted));
    }
    check_epoch(&found, side)?;
    Ok(found)
}

/// Says which setting of a selector no cell has, and what the cells have instead.
fn no_cell(known: &[KnownCell], common: &Selector, side: &Side, wanted: &Settings) -> StudyError {
    let Reading { measure, .. } = side.reading;
    let kind = |cell: &&KnownCell| cell.of_runtime == measure.is_of_runtime();
    let own = &side.selector;
    // The place of the setting that is at fault: the side's own, or the common one.
    let at = |name: &str| {
        let here = own.settings.given().contains(&name) || common.settings.given().is_empty();
        if here { own } else { common }
    };
    if !known.iter().any(|cell| kind(&cell)) {
        let figures = match measure.is_of_runtime() {
            true => "measures runtimes",
            false => "trains",
        };
        return refuse(
            own,
            measure.to_string(),
            format!("no figure of the study {figures}, so `{measure}` is not recorded"),
        );
    }
    for name in wanted.given() {
        let others = wanted.without(&[name]);
        let mut values: Vec<String> = Vec::new();
        for cell in known.iter().filter(kind) {
            let value = cell.settings.text_of(name).unwrap_or_default();
            if others.fits(&cell.settings) && !values.contains(&value) {
                values.push(value);
            }
        }
        if !values.is_empty() {
            return refuse(
                at(name),
                wanted.only(&[name]).label(),
                format!(
                    "no cell of the study has this; `{name}` is {} there",
                    or(&values)
                ),
            );
        }
    }
    refuse(
        own,
        wanted.label(),
        "no cell of the study has these settings together".to_owned(),
    )
}

/// An epoch must be one that every cell reaches.
fn check_epoch(cells: &[&KnownCell], side: &Side) -> Result<(), StudyError> {
    let (Moment::Epoch(epoch), Measure::Epoch(_)) = (side.reading.at, side.reading.measure) else {
        return Ok(());
    };
    let shortest = cells.iter().filter_map(|cell| cell.settings.epochs).min();
    match shortest {
        Some(epochs) if epoch > epochs => Err(refuse(
            &side.selector,
            format!("epoch {epoch}"),
            format!("the cells have {epochs} epochs"),
        )),
        _ => Ok(()),
    }
}

/// Refuses what stands in a selector's table.
pub(super) fn refuse(selector: &Selector, found: String, hint: String) -> StudyError {
    StudyError::Value {
        place: selector.place.clone(),
        key: selector.path.clone(),
        found,
        hint,
    }
}

/// `0.1, 0.01 or 0.001`.
pub(super) fn or(values: &[String]) -> String {
    match values {
        [] => String::new(),
        [one] => one.clone(),
        [first @ .., last] => format!("{} or {last}", first.join(", ")),
    }
}
