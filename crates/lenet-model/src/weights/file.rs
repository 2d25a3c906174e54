//! Encoding and decoding of a weights file.

use std::collections::{BTreeMap, HashMap};
use std::path::Path;

use candle_core::{DType, Device, Tensor};
use half::{bf16, f16};
use lenet_core::Geometry;
use safetensors::tensor::{Dtype, Metadata as Header, SafeTensors, TensorView};
use serde::{Deserialize, Serialize};

use super::error::WeightsError;
use super::{FORMAT, Note, Precision, Weights, foreign};
use crate::config::LeNetConfig;
use crate::training_images::TrainingImages;

/// Name of our metadata entry. It is one entry holding JSON, since safetensors writes several
/// in no fixed order.
const ENTRY: &str = "lenet";

/// Contents of our metadata entry.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Metadata {
    pub format: u32,
    pub geometry: Geometry,
    pub dropout: Option<f64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub images: Option<TrainingImages>,
}

/// The one field that every version has.
#[derive(Deserialize)]
struct Version {
    format: u32,
}

pub(super) fn encode(
    path: &Path,
    weights: &Weights,
    precision: Precision,
) -> Result<Vec<u8>, WeightsError> {
    let Weights {
        geometry,
        dropout,
        images,
        parameters,
    } = weights;
    let wanted = geometry.parameter_count();
    if parameters.len() != wanted {
        return Err(WeightsError::Length {
            file: path.to_owned(),
            got: parameters.len(),
            wanted,
        });
    }
    let (dtype, bytes) = to_bytes(parameters, precision);
    let width = bytes.len() / wanted;
    let unencodable = |reason: String| WeightsError::Metadata {
        file: path.to_owned(),
        reason,
    };
    let list = geometry.parameters();
    let tensors = list
        .iter()
        .map(|p| {
            let values = &parameters[p.range()];
            let beyond = |value: &&f32| value.is_finite() && !f16::from_f32(**value).is_finite();
            let count = values.iter().filter(beyond).count();
            if precision == Precision::F16 && count > 0 {
                return Err(WeightsError::NotFinite {
                    file: path.to_owned(),
                    tensor: p.name.clone(),
                    count,
                });
            }
            let range = width * p.offset..width * (p.offset + p.len());
            let view = TensorView::new(dtype, p.shape.clone(), &bytes[range]);
            view.map(|view| (p.name.as_str(), view))
                .map_err(|e| unencodable(e.to_string()))
        })
        .collect::<Result<Vec<_>, _>>()?;
    let metadata = Metadata {
        format: if geometry.stages.is_usual() { 1 } else { 2 },
        geometry: geometry.clone(),
        dropout: *dropout,
        images: *images,
    };
    let json = serde_json::to_string(&metadata).map_err(|e| unencodable(e.to_string()))?;
    safetensors::serialize(tensors, Some(HashMap::from([(ENTRY.to_owned(), json)])))
        .map_err(|e| unencodable(e.to_string()))
}

fn to_bytes(values: &[f32], precision: Precision) -> (Dtype, Vec<u8>) {
    let values = values.iter();
    match precision {
        Precision::F32 => (Dtype::F32, values.flat_map(|v| v.to_le_bytes()).collect()),
        Precision::F16 => {
            let values = values.map(|&value| f16::from_f32(value));
            (Dtype::F16, values.flat_map(f16::to_le_bytes).collect())
        }
        Precision::Bf16 => {
            let values = values.map(|&value| bf16::from_f32(value));
            (Dtype::BF16, values.flat_map(bf16::to_le_bytes).collect())
        }
    }
}

/// What stands before `conv1.weight` in the name of that tensor, where all names begin with it.
fn common_prefix<'n>(names: impl Iterator<Item = &'n str> + Clone) -> &'n str {
    let first = "conv1.weight";
    let wrapped = |name: &'n str| {
        let prefix = name.strip_suffix(first)?;
        prefix.ends_with('.').then_some(prefix)
    };
    let prefix = names.clone().find_map(wrapped).unwrap_or_default();
    if names.clone().all(|name| name.starts_with(prefix)) {
        prefix
    } else {
        ""
    }
}

/// A parsed file.
pub(super) struct Contents<'a> {
    path: &'a Path,
    header: Header,
    /// By their names without the prefix.
    tensors: BTreeMap<String, TensorView<'a>>,
    /// What all names in the file begin with; mostly nothing.
    prefix: String,
}

impl<'a> Contents<'a> {
    pub fn parse(path: &'a Path, bytes: &'a [u8]) -> Result<Self, WeightsError> {
        let broken = |e: safetensors::SafeTensorError| match foreign::describe(bytes) {
            Some((kind, hint)) => WeightsError::Foreign {
                file: path.to_owned(),
                kind,
                hint,
            },
            None => WeightsError::NotSafetensors {
                file: path.to_owned(),
                reason: e.to_string(),
            },
        };
        let (_, header) = SafeTensors::read_metadata(bytes).map_err(broken)?;
        let tensors = SafeTensors::deserialize(bytes).map_err(broken)?.tensors();
        let names = tensors.iter().map(|(name, _)| name.as_str());
        let prefix = common_prefix(names).to_owned();
        let bare = |name: String| name[prefix.len()..].to_owned();
        let tensors = tensors.into_iter().map(|(name, view)| (bare(name), view));
        Ok(Self {
            path,
            header,
            tensors: tensors.collect(),
            prefix: prefix.clone(),
        })
    }

    /// The note on the prefix of the tensors' names, where they have one.
    pub fn prefix(&self) -> Option<Note> {
        (!self.prefix.is_empty()).then(|| Note::Prefix {
            prefix: self.prefix.clone(),
        })
    }

    /// Our metadata, where the file has them.
    pub fn metadata(&self) -> Result<Option<Metadata>, WeightsError> {
        let Some(json) = self
            .header
            .metadata()
            .as_ref()
            .and_then(|map| map.get(ENTRY))
        else {
            return Ok(None);
        };
        let broken = |reason: String| WeightsError::Metadata {
            file: self.path.to_owned(),
            reason,
        };
        let Version { format } = serde_json::from_str(json).map_err(|e| broken(e.to_string()))?;
        if format == 0 || format > FORMAT {
            let file = self.path.to_owned();
            return Err(WeightsError::Version {
                file,
                found: format,
                supported: FORMAT,
            });
        }
        let metadata: Metadata = serde_json::from_str(json).map_err(|e| broken(e.to_string()))?;
        LeNetConfig::new(&metadata.geometry, metadata.dropout.unwrap_or(0.0))
            .validate()
            .map_err(|e| broken(e.to_string()))?;
        Ok(Some(metadata))
    }

    /// Names and shapes of the file's tensors.
    pub fn shapes(&self) -> BTreeMap<String, Vec<usize>> {
        self.tensors
            .iter()
            .map(|(name, view)| (name.clone(), view.shape().to_vec()))
            .collect()
    }

    /// The network's parameters as one flat buffer; every tensor must be there, and no other.
    pub fn parameters(&self, geometry: &Geometry) -> Result<Vec<f32>, WeightsError> {
        let file = || self.path.to_owned();
        let list = geometry.parameters();
        // Not of the size that the metadata say, which may be anything.
        let mut values = Vec::new();
        for wanted in &list {
            let tensor = wanted.name.clone();
            let Some(view) = self.tensors.get(&tensor) else {
                let wanted = wanted.shape.clone();
                return Err(WeightsError::Missing {
                    file: file(),
                    tensor,
                    wanted,
                });
            };
            if view.shape() != wanted.shape {
                let (found, wanted) = (view.shape().to_vec(), wanted.shape.clone());
                return Err(WeightsError::Shape {
                    file: file(),
                    tensor,
                    found,
                    wanted,
                });
            }
            let start = values.len();
            self.append(&tensor, view, &mut values)?;
            let count = values[start..]
                .iter()
                .filter(|value| !value.is_finite())
                .count();
            if count > 0 {
                return Err(WeightsError::NotFinite {
                    file: file(),
                    tensor,
                    count,
                });
            }
        }
        let known = |name: &String| list.iter().any(|parameter| parameter.name == *name);
        if let Some((tensor, view)) = self.tensors.iter().find(|(name, _)| !known(name)) {
            let (tensor, found) = (tensor.clone(), view.shape().to_vec());
            return Err(WeightsError::Extra {
                file: file(),
                tensor,
                found,
            });
        }
        Ok(values)
    }

    fn append(
        &self,
        name: &str,
        view: &TensorView<'_>,
        values: &mut Vec<f32>,
    ) -> Result<(), WeightsError> {
        let dtype = match view.dtype() {
            Dtype::F32 => DType::F32,
            Dtype::F64 => DType::F64,
            Dtype::F16 => DType::F16,
            Dtype::BF16 => DType::BF16,
            other => {
                return Err(WeightsError::Type {
                    file: self.path.to_owned(),
                    tensor: name.to_owned(),
                    found: format!("{other:?}"),
                });
            }
        };
        let converted = Tensor::from_raw_buffer(view.data(), dtype, view.shape(), &Device::Cpu)
            .and_then(|tensor| tensor.to_dtype(DType::F32)?.flatten_all()?.to_vec1::<f32>())
            .map_err(|e| WeightsError::NotSafetensors {
                file: self.path.to_owned(),
                reason: format!("tensor `{name}`: {e}"),
            })?;
        values.extend(converted);
        Ok(())
    }
}
