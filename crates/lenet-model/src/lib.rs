//! Scaled-down LeNet for candle: stages of convolution, ReLU and max-pool, then dense layers.
//!
//! [`LeNet`] is an ordinary candle module. A [`VarBuilder`](candle_nn::VarBuilder) builds it under any
//! prefix, its parameters have PyTorch's names and layouts (`conv1.weight` `[F, C, K, K]`,
//! `fc1.weight` `[out, in]`, …), and `backward()` works on its output. Weights on disk are
//! safetensors: this crate loads a `state_dict` of PyTorch, and PyTorch loads a file of this crate
//! (see [`weights`]). [`onnx`] exports a network for other runtimes.
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
//! - `pretrained`: `LeNet::pretrained`, a network trained on MNIST. It adds 200 KB to the binary.
//! - `image`: prediction from an `image::DynamicImage`, with the resizing, inversion and centring
//!   that networks trained on MNIST need. It decodes PNG and JPEG.
//! - `decode`: `picture::Picture::decode` for PNG, JPEG, PGM and PPM files, without the `image` crate.
//! - `cuda`: NVIDIA GPUs. f32 runs on this project's kernels, which NVRTC compiles at their first use;
//!   other types run on candle's ops. Building needs the CUDA toolkit.
#![forbid(unsafe_code)]

mod backend;
mod classifier;
mod config;
pub mod init;
mod input;
mod input_error;
mod layers;
mod model;
pub mod onnx;
mod parameters;
pub mod picture;
mod summary;
mod training_images;
pub mod weights;

pub use backend::ForDevice;
pub use candle_core;
pub use candle_nn;
pub use classifier::{Classifier, PredictError, Prediction};
pub use config::{ConfigError, LeNetConfig};
#[cfg(feature = "image")]
pub use image;
pub use input::Input;
pub use input_error::InputError;
pub use lenet_core::{Backend, Geometry, Padding, Parameter, Pooling, Stages};
pub use lenet_ops::OpsError;
pub use lenet_ops::dropout::Mask as Dropout;
pub use model::{LeNet, WithDropout};
pub use parameters::Parameters;
pub use summary::{Layer, Summary};
pub use training_images::{Framing, Normalization, Polarity, TrainingImages};
pub use weights::WeightsError;

/// The contents of the weights file that [`LeNet::pretrained`] reads.
#[cfg(feature = "pretrained")]
pub const PRETRAINED: &[u8] = include_bytes!("../pretrained/lenet.safetensors");

/// Runs the examples of the README as doc tests.
#[cfg(all(doctest, feature = "image", feature = "pretrained"))]
#[doc = include_str!("../README.md")]
struct Readme;
