//! A network's layers as a table.

use std::fmt;

use lenet_core::Geometry;

/// Architecture of a network with output shape and number of parameters; prints as a table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Summary {
    /// Architecture in the order of the forward pass.
    pub layers: Vec<Layer>,
}

/// A row of a [`Summary`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Layer {
    /// What it is, with its parameters' name, e.g. `conv1 3×3, ReLU, max-pool`.
    pub name: String,
    /// Shape of its output for one image.
    pub output: Vec<usize>,
    /// Trainable parameters.
    pub parameters: usize,
}

impl Summary {
    /// The summary of a valid geometry.
    #[must_use]
    pub fn new(geometry: &Geometry) -> Self {
        let parameters = geometry.parameters();
        let count = |name: &str| {
            let own = parameters
                .iter()
                .filter(|p| p.name.split('.').next() == Some(name));
            own.map(lenet_core::Parameter::len).sum()
        };
        let kernel = geometry.kernel;
        let mut layers = Vec::new();
        for stage in 1..=geometry.filters.len() {
            let name = format!("conv{stage}");
            layers.push(Layer {
                parameters: count(&name),
                name: format!("{name} {kernel}×{kernel}, ReLU, max-pool"),
                output: geometry.stage_input(stage).to_vec(),
            });
        }
        for (index, (_, outputs)) in geometry.dense_layers().into_iter().enumerate() {
            let name = format!("fc{}", index + 1);
            let relu = if index < geometry.hidden.len() {
                ", ReLU"
            } else {
                ""
            };
            layers.push(Layer {
                parameters: count(&name),
                name: format!("{name}{relu}"),
                output: vec![outputs],
            });
        }
        Self { layers }
    }

    /// Trainable parameters of all layers.
    #[must_use]
    pub fn parameters(&self) -> usize {
        self.layers.iter().map(|layer| layer.parameters).sum()
    }
}

impl fmt::Display for Summary {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let shape = |layer: &Layer| {
            let sides: Vec<_> = layer.output.iter().map(usize::to_string).collect();
            sides.join("×")
        };
        let name_width = self
            .layers
            .iter()
            .map(|l| l.name.chars().count())
            .chain([5])
            .max()
            .unwrap_or(5);
        let shape_width = self
            .layers
            .iter()
            .map(|l| shape(l).chars().count())
            .chain([6])
            .max()
            .unwrap_or(6);
        writeln!(
            f,
            "{:<name_width$}  {:<shape_width$}  {:>10}",
            "layer", "output", "parameters"
        )?;
        for layer in &self.layers {
            let Layer {
                name, parameters, ..
            } = layer;
            writeln!(
                f,
                "{name:<name_width$}  {:<shape_width$}  {parameters:>10}",
                shape(layer)
            )?;
        }
        write!(
            f,
            "{:<name_width$}  {:<shape_width$}  {:>10}",
            "total",
            "",
            self.parameters()
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_studys_network() {
        let summary = Summary::new(&Geometry::lab_2017(16));
        let want = "\
layer                      output    parameters
conv1 3×3, ReLU, max-pool  16×14×14         160
conv2 3×3, ReLU, max-pool  16×7×7          2320
fc1, ReLU                  128           100480
fc2                        10              1290
total                                    104250";
        assert_eq!(summary.to_string(), want);
    }
}
