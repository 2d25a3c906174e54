//! A network's shape from its tensors' names and shapes.

use std::collections::BTreeMap;
use std::path::Path;

use lenet_core::Geometry;

use super::error::WeightsError;

/// The geometry whose images are square with sides of (pooled side) · 2^stages. Sides that
/// pooling rounds down leave the same tensors, so only the exact ones can be told.
pub(super) fn geometry(
    path: &Path,
    shapes: &BTreeMap<String, Vec<usize>>,
) -> Result<Geometry, WeightsError> {
    let fail = |reason: String| WeightsError::Inference {
        file: path.to_owned(),
        reason,
    };
    let series = |prefix: &str| -> Vec<&Vec<usize>> {
        (1..)
            .map_while(|i| shapes.get(&format!("{prefix}{i}.weight")))
            .collect()
    };
    let (convolutions, dense) = (series("conv"), series("fc"));
    let (Some(first), Some(fc1)) = (convolutions.first(), dense.first()) else {
        return Err(fail(
            "there is no `conv1.weight` or no `fc1.weight`".to_owned(),
        ));
    };
    for (shape, sides) in convolutions
        .iter()
        .map(|shape| (shape, 4))
        .chain(dense.iter().map(|shape| (shape, 2)))
    {
        if shape.len() != sides {
            return Err(fail(format!(
                "a weight has the shape {shape:?}, not {sides} sides"
            )));
        }
    }
    let filters: Vec<usize> = convolutions.iter().map(|shape| shape[0]).collect();
    let last = filters.last().copied().unwrap_or(0);
    let area = fc1[1].checked_div(last).unwrap_or(0);
    let side = area.isqrt();
    if side == 0 || side * side * last != fc1[1] {
        return Err(fail(format!(
            "`fc1.weight` takes {} features, which are not {last} filters of a square (hint: load it with a stated geometry)",
            fc1[1]
        )));
    }
    let scale = u32::try_from(filters.len())
        .ok()
        .and_then(|stages| 1usize.checked_shl(stages));
    let side = scale
        .and_then(|scale| side.checked_mul(scale))
        .ok_or_else(|| fail(format!("{} poolings are too many", filters.len())))?;
    let mut outputs: Vec<usize> = dense.iter().map(|shape| shape[0]).collect();
    let classes = outputs.pop().unwrap_or(0);
    let geometry = Geometry {
        channels: first[1],
        height: side,
        width: side,
        kernel: first[2],
        filters,
        hidden: outputs,
        classes,
    };
    geometry.validate().map_err(|e| fail(e.to_string()))?;
    Ok(geometry)
}
