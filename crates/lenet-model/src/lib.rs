//! Scaled-down LeNet for candle: stages of convolution, ReLU and max-pool, then dense layers.
//!
//! [`LeNet`] is an ordinary candle module: it is built through a
//! [`VarBuilder`](candle_nn::VarBuilder) under any prefix, its parameters have PyTorch's names
//! and layouts (`conv1.weight` `[F, C, K, K]`, `fc1.weight` `[out, in]`, …), and `backward()`
//! works on what it returns. Weights on disk are safetensors, so that a `state_dict` of PyTorch
//! loads here and a file of ours loads there: see [`weights`].
//!
//! ```
//! use candle_core::{DType, Device, Tensor};
//! use lenet_model::{Backend, LeNet, LeNetConfig, Parameters, init};
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let config = LeNetConfig::lab_2017(8);
//! let geometry = config.geometry()?;
//! let values = init::initial_parameters(&geometry, 1);
//! let parameters = Parameters::new(&geometry, &values, DType::F32, &Device::Cpu)?;
//! let network = LeNet::new(parameters.var_builder(), &config, Backend::Stock)?;
//! let images = Tensor::zeros((2, 1, 28, 28), DType::F32, &Device::Cpu)?;
//! assert_eq!(network.forward(&images)?.dims(), [2, 10]);
//! # Ok(())
//! # }
//! ```
#![forbid(unsafe_code)]

pub mod config;
pub mod init;
pub mod model;
pub mod parameters;
pub mod summary;
pub mod weights;

pub use config::{Backend, LeNetConfig};
pub use lenet_ops::Geometry;
pub use model::LeNet;
pub use parameters::Parameters;
pub use summary::Summary;
