//! Which layout computes a batch.

use super::channels::ChannelLanes;
use super::engine::{Compute, engine};
use super::images::ImageLanes;
use super::plan::Plan;
use crate::geometry::Geometry;
use crate::simd::{Simd, WithSimd};

/// Where vectors put a network's numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Lanes {
    Images,
    Channels,
}

/// The engines of a level, made when they are first called for.
pub(super) struct Engines<S> {
    simd: S,
    plan: Plan,
    threads: usize,
    images: Option<Box<dyn Compute>>,
    channels: Option<Box<dyn Compute>>,
}

/// A network's engines, whatever their instruction set.
pub(super) trait Choose: Send {
    /// The engine for batches of `images` images: a function of the geometry and that number. A
    /// layout may be asked for instead.
    fn choose(&mut self, images: usize, lanes: Option<Lanes>) -> &mut dyn Compute;
}

impl<S: Simd> Choose for Engines<S> {
    fn choose(&mut self, images: usize, lanes: Option<Lanes>) -> &mut dyn Compute {
        let (simd, plan) = (self.simd, &self.plan);
        let lanes = lanes.unwrap_or_else(|| ChannelLanes::<S>::choose(plan, images));
        let slot = match lanes {
            Lanes::Images => &mut self.images,
            Lanes::Channels => &mut self.channels,
        };
        let engine = match slot.take() {
            Some(engine) => engine,
            None => match lanes {
                Lanes::Images => engine(ImageLanes::new(simd, plan), plan, self.threads),
                Lanes::Channels if ChannelLanes::<S>::prefers_narrow(plan) => {
                    engine(ChannelLanes::new(simd.narrow(), plan), plan, self.threads)
                }
                Lanes::Channels => engine(ChannelLanes::new(simd, plan), plan, self.threads),
            },
        };
        &mut **slot.insert(engine)
    }
}

/// Makes the engines of a level.
pub(super) struct Build<'a> {
    pub(super) geometry: &'a Geometry,
    pub(super) threads: usize,
}

impl WithSimd for Build<'_> {
    type Output = Box<dyn Choose>;

    fn with<S: Simd>(self, simd: S) -> Self::Output {
        Box::new(Engines {
            simd,
            plan: Plan::new(self.geometry),
            threads: self.threads,
            images: None,
            channels: None,
        })
    }
}
