//! A network's layers as a table.

use std::fmt;

use lenet_core::Geometry;

/// The layers of a network, each with the shape of its output and its number of parameters.
/// [`Display`](fmt::Display) prints a table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Summary {
    /// Architecture in the order of the forward pass.
    pub layers: Vec<Layer>,
}

/// A row of a [`Summary`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Layer {
    /// Name of its parameters and what it computes, e.g. `conv1 3×3, ReLU, max-pool`.
    pub name: String,
    /// Shape of its output for one image: `[F, H, W]` or `[units]`.
    pub output: Vec<usize>,
    /// Number of trainable parameters.
    pub parameters: usize,
}

impl Summary {
    /// Summarizes the network of a valid geometry.
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
                name: format!(
                    "{name} {kernel}×{kernel}{}",
                    stage_words(geometry, stage - 1)
                ),
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

    /// Number of trainable parameters of all layers.
    #[must_use]
    pub fn parameters(&self) -> usize {
        self.layers.iter().map(|layer| layer.parameters).sum()
    }
}

/// What a stage computes beside its convolution: `, ReLU, max-pool`, and what is not usual of it.
fn stage_words(geometry: &Geometry, stage: usize) -> String {
    let mut words = String::new();
    if geometry.kernel > 1 && geometry.stages.zeros(stage, geometry.kernel) == 0 {
        words += ", unpadded";
    }
    if geometry.stages.stride != 1 {
        words += &format!(", stride {}", geometry.stages.stride);
    }
    words += ", ReLU";
    if geometry.pools_after(stage) {
        words += ", max-pool";
    }
    words
}

impl fmt::Display for Summary {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut rows = vec![["layer", "output", "parameters"].map(str::to_owned)];
        rows.extend(self.layers.iter().map(|layer| {
            let sides: Vec<_> = layer.output.iter().map(usize::to_string).collect();
            let parameters = layer.parameters.to_string();
            [layer.name.clone(), sides.join("×"), parameters]
        }));
        let total = self.parameters().to_string();
        rows.push(["total".to_owned(), String::new(), total]);
        let width = |column: usize| {
            let cells = rows.iter().map(|row| row[column].chars().count());
            cells.max().unwrap_or(0)
        };
        let [name_width, output_width] = [0, 1].map(width);
        for (number, [name, output, parameters]) in rows.iter().enumerate() {
            let newline = if number > 0 { "\n" } else { "" };
            write!(
                f,
                "{newline}{name:<name_width$}  {output:<output_width$}  {parameters:>10}"
            )?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests;
