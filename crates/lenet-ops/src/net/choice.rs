//! Chooses the layout that computes a batch.

use super::channels::ChannelLanes;
use super::engine::engine;
use super::images::ImageLanes;
use super::layers::Layers;
use super::layout::{Compute, Lanes};
use crate::simd::{Simd, WithSimd};
use lenet_core::Geometry;

/// The engines of an instruction set. Each is made on its first use.
pub(super) struct Engines<S> {
    simd: S,
    layers: Layers,
    threads: usize,
    images: Option<Box<dyn Compute>>,
    channels: Option<Box<dyn Compute>>,
}

/// A network's engines, for any instruction set.
pub(super) trait Choose: Send {
    /// The engine for batches of `images` images, a function of the geometry and that number. `lanes`
    /// overrides the choice of the layout.
    fn choose(&mut self, images: usize, lanes: Option<Lanes>) -> &mut dyn Compute;
}

impl<S: Simd> Choose for Engines<S> {
    fn choose(&mut self, images: usize, lanes: Option<Lanes>) -> &mut dyn Compute {
        let (simd, layers) = (self.simd, &self.layers);
        let lanes = lanes.unwrap_or_else(|| ChannelLanes::<S>::choose(layers, images));
        let slot = match lanes {
            Lanes::Images => &mut self.images,
            Lanes::Channels => &mut self.channels,
        };
        let engine = match slot.take() {
            Some(engine) => engine,
            None => match lanes {
                Lanes::Images => engine(ImageLanes::new(simd, layers), self.threads),
                Lanes::Channels if ChannelLanes::<S>::prefers_narrow(layers) => {
                    engine(ChannelLanes::new(simd.narrow(), layers), self.threads)
                }
                Lanes::Channels => engine(ChannelLanes::new(simd, layers), self.threads),
            },
        };
        &mut **slot.insert(engine)
    }
}

/// Makes the engines of an instruction set.
pub(super) struct MakeEngines<'a> {
    pub(super) geometry: &'a Geometry,
    pub(super) threads: usize,
}

impl WithSimd for MakeEngines<'_> {
    type Output = Box<dyn Choose>;

    fn with<S: Simd>(self, simd: S) -> Self::Output {
        Box::new(Engines {
            simd,
            layers: Layers::new(self.geometry),
            threads: self.threads,
            images: None,
            channels: None,
        })
    }
}
