//! The parameters of a network as candle variables, named and in a fixed order.

use std::collections::HashMap;

use candle_core::{DType, Device, Result, Tensor, Var};
use candle_nn::VarBuilder;
use lenet_core::Geometry;

use crate::config::LeNetConfig;
use crate::init::initial_parameters;

/// Trainable variables of one network, in the order of [`Geometry::parameters`]. (candle's `VarMap`
/// returns them in a different order in each run.)
#[derive(Debug, Clone)]
pub struct Parameters {
    named: Vec<(String, Var)>,
    dtype: DType,
    device: Device,
}

impl Parameters {
    /// Variables that start at `values`, all parameters in the order of [`Geometry::parameters`].
    ///
    /// # Errors
    /// `values` has another length than the geometry's parameter count, or the device fails.
    pub fn new(geometry: &Geometry, values: &[f32], dtype: DType, device: &Device) -> Result<Self> {
        if values.len() != geometry.parameter_count() {
            candle_core::bail!(
                "{} parameter values given, the network has {}",
                values.len(),
                geometry.parameter_count()
            );
        }
        let named = tensors(geometry, values, device)?
            .into_iter()
            .map(|(name, tensor)| Ok((name, Var::from_tensor(&tensor.to_dtype(dtype)?)?)))
            .collect::<Result<_>>()?;
        Ok(Self {
            named,
            dtype,
            device: device.clone(),
        })
    }

    /// Variables that start as in the 2017 study, drawn from the seed; see [`init`](crate::init).
    ///
    /// # Errors
    /// The configuration describes no network, or the device fails.
    pub fn drawn(config: &LeNetConfig, seed: u64, dtype: DType, device: &Device) -> Result<Self> {
        let geometry = config.geometry().map_err(candle_core::Error::wrap)?;
        Self::new(
            &geometry,
            &initial_parameters(&geometry, seed),
            dtype,
            device,
        )
    }

    /// Variables that start as copies of these tensors.
    pub(crate) fn of<'a>(
        tensors: impl Iterator<Item = (String, &'a Tensor)>,
        dtype: DType,
        device: &Device,
    ) -> Result<Self> {
        let named = tensors
            .map(|(name, tensor)| Ok((name, Var::from_tensor(&tensor.detach().copy()?)?)))
            .collect::<Result<_>>()?;
        Ok(Self {
            named,
            dtype,
            device: device.clone(),
        })
    }

    /// The variables in order, for an optimizer of candle.
    #[must_use]
    pub fn vars(&self) -> Vec<Var> {
        self.named.iter().map(|(_, var)| var.clone()).collect()
    }

    /// A builder that returns these variables themselves, so that training a network built from it
    /// changes them.
    #[must_use]
    pub fn var_builder(&self) -> VarBuilder<'static> {
        let tensors: HashMap<_, _> = self
            .iter()
            .map(|(name, var)| (name.to_owned(), var.as_tensor().clone()))
            .collect();
        VarBuilder::from_tensors(tensors, self.dtype, &self.device)
    }

    /// Names and variables, in order.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = (&str, &Var)> {
        self.named.iter().map(|(name, var)| (name.as_str(), var))
    }

    /// The values of all variables, one after the other, as f32.
    ///
    /// # Errors
    /// The device fails.
    pub fn to_flat(&self) -> Result<Vec<f32>> {
        flatten(self.iter().map(|(_, var)| var.as_tensor()))
    }
}

/// The elements of all tensors as f32, one tensor after the other.
pub(crate) fn flatten<'a>(tensors: impl Iterator<Item = &'a Tensor>) -> Result<Vec<f32>> {
    let mut values = Vec::new();
    for tensor in tensors {
        let tensor = tensor.detach().to_dtype(DType::F32)?;
        values.extend(tensor.flatten_all()?.to_vec1::<f32>()?);
    }
    Ok(values)
}

/// Names and f32 tensors of all parameters, in the order of [`Geometry::parameters`], from the flat
/// buffer of that order.
pub(crate) fn tensors(
    geometry: &Geometry,
    values: &[f32],
    device: &Device,
) -> Result<Vec<(String, Tensor)>> {
    let parameters = geometry.parameters().into_iter();
    parameters
        .map(|p| {
            let tensor = Tensor::from_slice(&values[p.range()], p.shape.as_slice(), device)?;
            Ok((p.name, tensor))
        })
        .collect()
}

#[cfg(test)]
mod tests;
