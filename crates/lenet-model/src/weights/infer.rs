//! A network's shape from its tensors' names and shapes, and from what the caller knows.

use std::collections::BTreeMap;
use std::path::Path;

use lenet_core::{Geometry, Padding, Pooling, Stages};

use super::error::WeightsError;
use super::reading::{Note, Reading, words};

/// Sides of images that are tried where nobody states one: MNIST's, and MNIST's with the border that
/// LeNet-5 and most networks for small colour images take.
const USUAL_SIDES: [usize; 2] = [28, 32];

/// Longest side of square images that a message looks for.
const LONGEST_SIDE: usize = 256;

/// The kernel of LeNet-5, whose first convolution alone is often padded.
const LENET5_KERNEL: usize = 5;

/// The one network that fits tensors of these shapes and what the caller states. Where he does not
/// state the images' size, it is one of [`USUAL_SIDES`]; stages that he does not state have stride 1
/// and are padded or not, with pools after each or the last.
///
/// A note says what was assumed, unless the images were stated and the stages are the usual ones.
pub(super) fn geometry(
    path: &Path,
    shapes: &BTreeMap<String, Vec<usize>>,
    reading: &Reading,
) -> Result<(Geometry, Option<Note>), WeightsError> {
    let fail = |reason: String| WeightsError::Inference {
        file: path.to_owned(),
        reason,
    };
    let tensors = Tensors::of(shapes).map_err(fail)?;
    let sides = match reading.images {
        Some(images) => vec![images],
        None => USUAL_SIDES.map(|side| [side; 2]).to_vec(),
    };
    let fitting: Vec<Geometry> = sides
        .iter()
        .flat_map(|&sides| tensors.fitting(sides, reading))
        .collect();
    match &fitting[..] {
        [] => {
            let tried: Vec<_> = sides.iter().map(|[h, w]| format!("{h}×{w}")).collect();
            let others = tensors.others(reading, None);
            let others = if others.is_empty() {
                String::new()
            } else {
                format!(", but {others}")
            };
            Err(fail(format!(
                "`fc1.weight` takes {} features, which fits no network known here for images of \
                 {}{others} (hint: state images, padding, pooling or stride)",
                tensors.features,
                tried.join(" or "),
            )))
        }
        [geometry] => {
            let certain = reading.images.is_some() && geometry.stages.is_usual();
            let stated =
                reading.images.is_some() && reading.padding.is_some() && reading.pooling.is_some();
            let note = (!certain && !stated).then(|| Note::Inferred {
                geometry: geometry.clone(),
                others: tensors.others(reading, Some(geometry)),
            });
            Ok((geometry.clone(), note))
        }
        several => {
            let listed: Vec<_> = several.iter().map(describe).collect();
            Err(fail(format!(
                "they fit {} (hint: state images, padding or pooling)",
                listed.join(", and ")
            )))
        }
    }
}

fn describe(geometry: &Geometry) -> String {
    let Geometry { height, width, .. } = geometry;
    format!("images of {height}×{width} with {}", words(geometry.stages))
}

/// What the tensors say for certain.
struct Tensors {
    channels: usize,
    filters: Vec<usize>,
    kernel: usize,
    features: usize,
    hidden: Vec<usize>,
    classes: usize,
}

impl Tensors {
    fn of(shapes: &BTreeMap<String, Vec<usize>>) -> Result<Self, String> {
        let series = |prefix: &str| -> Vec<&Vec<usize>> {
            (1..)
                .map_while(|i| shapes.get(&format!("{prefix}{i}.weight")))
                .collect()
        };
        let (convolutions, dense) = (series("conv"), series("fc"));
        let (Some(first), Some(fc1)) = (convolutions.first(), dense.first()) else {
            let names: Vec<_> = shapes.keys().take(4).map(String::as_str).collect();
            return Err(format!(
                "there is no `conv1.weight` or no `fc1.weight`; its tensors are {}{} (hint: name \
                 them conv1, conv2, …, fc1, fc2, … before they are saved)",
                names.join(", "),
                if shapes.len() > names.len() {
                    ", …"
                } else {
                    ""
                }
            ));
        };
        let convolutional = convolutions.iter().map(|shape| (shape, 4));
        for (shape, sides) in convolutional.chain(dense.iter().map(|shape| (shape, 2))) {
            if shape.len() != sides {
                return Err(format!(
                    "a weight has the shape {shape:?}, not {sides} sides"
                ));
            }
        }
        let square = |shape: &&Vec<usize>| shape[2] == first[2] && shape[3] == first[2];
        if let Some(other) = convolutions.iter().find(|shape| !square(shape)) {
            return Err(format!(
                "the kernels are not all {0}×{0}: there is a weight {other:?}",
                first[2]
            ));
        }
        let mut hidden: Vec<usize> = dense.iter().map(|shape| shape[0]).collect();
        let classes = hidden.pop().unwrap_or(0);
        Ok(Self {
            channels: first[1],
            kernel: first[2],
            filters: convolutions.iter().map(|shape| shape[0]).collect(),
            features: fc1[1],
            hidden,
            classes,
        })
    }

    /// Networks of the known stages for images of this size whose features are as many as the
    /// tensors say; of those that compute the same, the most usual.
    fn fitting(&self, [height, width]: [usize; 2], reading: &Reading) -> Vec<Geometry> {
        let mut found: Vec<Geometry> = Vec::new();
        for stages in self.stages(reading) {
            let geometry = Geometry {
                channels: self.channels,
                height,
                width,
                filters: self.filters.clone(),
                kernel: self.kernel,
                hidden: self.hidden.clone(),
                classes: self.classes,
                stages,
            };
            let same = |other: &Geometry| {
                (0..self.filters.len()).all(|stage| {
                    let zeros = |g: &Geometry| g.stages.zeros(stage, g.kernel);
                    zeros(other) == zeros(&geometry)
                        && other.pools_after(stage) == geometry.pools_after(stage)
                })
            };
            if geometry.validate().is_ok()
                && geometry.features() == self.features
                && !found.iter().any(same)
            {
                found.push(geometry);
            }
        }
        found
    }

    /// Stages that are tried, the most usual first.
    fn stages(&self, reading: &Reading) -> Vec<Stages> {
        let paddings = match reading.padding {
            Some(padding) => vec![padding],
            None => vec![Padding::Same, Padding::Valid, Padding::First],
        };
        let poolings = match reading.pooling {
            Some(pooling) => vec![pooling],
            None => vec![Pooling::Each, Pooling::Last],
        };
        let stride = reading.stride.unwrap_or(1);
        let all = poolings.iter().flat_map(|&pooling| {
            paddings.iter().map(move |&padding| Stages {
                padding,
                stride,
                pooling,
            })
        });
        // Padding the first alone is LeNet-5's; elsewhere it would fit by chance.
        let likely = |stages: &Stages| {
            stages.padding != Padding::First
                || reading.padding.is_some()
                || self.kernel == LENET5_KERNEL && stages.pooling == Pooling::Each
        };
        all.filter(likely).collect()
    }

    /// Square images that these tensors fit too, in words: `images of 48×48 with …`.
    fn others(&self, reading: &Reading, without: Option<&Geometry>) -> String {
        let mut runs: Vec<(Stages, usize, usize)> = Vec::new();
        // The size is looked for whether it was stated or not; the stages stay as stated.
        for side in 1..=LONGEST_SIDE {
            for geometry in self.fitting([side; 2], reading) {
                let stages = geometry.stages;
                if without == Some(&geometry) {
                    continue;
                }
                match runs
                    .iter_mut()
                    .find(|(known, _, last)| *known == stages && *last + 1 == side)
                {
                    Some((_, _, last)) => *last = side,
                    None => runs.push((stages, side, side)),
                }
            }
        }
        let run = |&(stages, first, last): &(Stages, usize, usize)| {
            let to = if first == last {
                String::new()
            } else {
                format!(" to {last}×{last}")
            };
            format!("images of {first}×{first}{to} with {}", words(stages))
        };
        let listed: Vec<_> = runs.iter().map(run).collect();
        listed.join("; ")
    }
}
