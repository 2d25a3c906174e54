//! Scaled-down LeNet for candle: stages of convolution, ReLU and max-pool, then dense layers.
//!
//! [`LeNet`] is an ordinary candle module: it is built through a
//! [`VarBuilder`](candle_nn::VarBuilder) under any prefix, its parameters have PyTorch's names
//! and layouts (`conv1.weight` `[F, C, K, K]`, `fc1.weight` `[out, in]`, …), and `backward()`
//! works on what it returns. Weights on disk are safetensors, so that a `state_dict` of PyTorch
//! loads here and a file of ours loads there: see [`weights`]. [`onnx`] exports it for other
//! runtimes.
//!
//! ```
//! use candle_core::{DType, Device, Tensor};
//! use lenet_model::{LeNet, LeNetConfig, Parameters};
//!
//! let config = LeNetConfig::lab_2017(8);
//! // The same seed gives the same network on every machine.
//! let parameters = Parameters::drawn(&config, 1, DType::F32, &Device::Cpu)?;
//! let network = LeNet::new(parameters.var_builder(), &config)?;
//!
//! let images = Tensor::zeros((2, 1, 28, 28), DType::F32, &Device::Cpu)?;
//! assert_eq!(network.forward(&images)?.dims(), [2, 10]);
//! assert_eq!(network.predict_batch(&images)?.len(), 2);
//! println!("{}", network.summary());
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # Features
//! - `pretrained`: a network trained on MNIST, `LeNet::pretrained`; 200 KB more in the binary.
//! - `image`: prediction from an `image::DynamicImage`, with the resizing, inversion and centring
//!   that networks trained on MNIST need; PNG and JPEG are decoded.
//! - `cuda`: NVIDIA GPUs, in f32 with this project's kernels, which NVRTC compiles when they are first
//!   used, otherwise with candle's own ops; building needs the CUDA toolkit.
#![forbid(unsafe_code)]

mod backend;
mod classifier;
mod config;
pub mod init;
mod input;
mod input_error;
mod model;
pub mod onnx;
mod parameters;
pub mod picture;
mod summary;
pub mod weights;

pub use backend::Backend;
pub use candle_core;
pub use candle_nn;
pub use classifier::{Classifier, PredictError, Prediction};
pub use config::{ConfigError, LeNetConfig};
#[cfg(feature = "image")]
pub use image;
pub use input::Input;
pub use input_error::InputError;
pub use lenet_ops::net::Dropout;
pub use lenet_ops::{Geometry, OpsError, Parameter};
pub use model::LeNet;
pub use parameters::Parameters;
pub use summary::{Layer, Summary};
pub use weights::WeightsError;

/// Contents of the weights file of [`LeNet::pretrained`].
#[cfg(feature = "pretrained")]
pub const PRETRAINED: &[u8] = include_bytes!("../pretrained/lenet.safetensors");

/// The examples of the README are run as those of the documentation are.
#[cfg(all(doctest, feature = "image", feature = "pretrained"))]
#[doc = include_str!("../README.md")]
struct Readme;
