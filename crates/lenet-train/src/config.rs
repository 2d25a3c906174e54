//! Checks that the engine can run a trial on the given data.

use lenet_core::{Architecture, Geometry, Trial};
use lenet_data::{Split, Splits};
use lenet_ops::OpsError;

use crate::error::TrainError;

/// The geometry of the network with these layers, for the images and classes of this data.
///
/// # Errors
/// A size is out of range.
pub fn geometry(network: &Architecture, data: &Splits) -> Result<Geometry, TrainError> {
    let geometry = network.for_images(data.train.set.shape(), data.classes);
    geometry.validate().map_err(OpsError::from)?;
    Ok(geometry)
}

/// Refuses, before any work, a trial that cannot run on these splits.
pub(crate) fn check(trial: &Trial, data: &Splits) -> Result<(), TrainError> {
    if let Some(problem) = trial.validate().into_iter().next() {
        return Err(problem.into());
    }
    let shape = data.train.set.shape();
    check_split("training", &data.train, shape, data.classes)?;
    check_split("validation", &data.validation, shape, data.classes)?;
    check_split("test", &data.test, shape, data.classes)
}

/// Refuses a split that does not fit a network for images of `shape` and `classes` classes.
pub(crate) fn check_split(
    name: &str,
    split: &Split,
    shape: [usize; 3],
    classes: usize,
) -> Result<(), TrainError> {
    let fail = |reason: String| Err(TrainError::Data { reason });
    if split.indices.is_empty() {
        return fail(format!("the {name} split has no images"));
    }
    if split.set.shape() != shape {
        return fail(format!(
            "images of the {name} split are {:?} (channels, height, width), the network takes \
             {shape:?}",
            split.set.shape()
        ));
    }
    let labels = split.set.labels();
    for &index in &split.indices {
        match labels.get(index as usize) {
            None => return fail(format!("the {name} split has no image {index}")),
            Some(&label) if usize::from(label) >= classes => {
                return fail(format!(
                    "image {index} of the {name} split has label {label}, the network has \
                     {classes} classes"
                ));
            }
            Some(_) => {}
        }
    }
    Ok(())
}
