//! Networks that are trained together: the seam for devices that one small network cannot fill.

use std::sync::Arc;

use lenet_data::{ImageSet, Split, Splits};
use lenet_ops::net::Dropout;

use super::{Backend, EvaluationSums, Step, TrainingSums};
use crate::error::TrainError;

/// A network's part in an epoch.
#[derive(Debug, Clone)]
pub(crate) struct Member<'a> {
    /// Position of the network in its group.
    pub network: usize,
    /// Positions in the set of the whole epoch's images, in the order of training.
    pub order: &'a [u32],
    /// Optimizer steps done before the epoch's first batch.
    pub first_step: u64,
    /// Of each batch of the epoch.
    pub learning_rates: Vec<f64>,
    /// At the epoch's first step; `step` counts on from there.
    pub dropout: Option<Dropout>,
    /// Of the epoch's batches that were trained before.
    pub sums: TrainingSums,
}

/// Networks of one geometry, each with its optimizer, that advance a batch at a time together.
///
/// [`Group::step`] never waits for the device; the other methods may.
pub(crate) trait Group {
    /// Puts the images of these splits where the device reads them, so that no step has to.
    fn place(&mut self, data: &Splits) -> Result<(), TrainError>;

    /// Begins an epoch of `members`, on images of `set`, at batch `from` (counted from 0). The
    /// other networks rest. All orders are of one length.
    fn begin_epoch(
        &mut self,
        set: &Arc<ImageSet>,
        members: &[Member<'_>],
        from: usize,
    ) -> Result<(), TrainError>;

    /// The optimizer step of the next batch, for all members.
    fn step(&mut self) -> Result<(), TrainError>;

    /// Sums of the epoch so far, those that it began with included; one of each member, in
    /// their order.
    fn training_sums(&mut self) -> Result<Vec<TrainingSums>, TrainError>;

    /// Sums over a split, without dropout; one of each of `networks`, in their order.
    fn evaluate(
        &mut self,
        split: &Split,
        networks: &[usize],
    ) -> Result<Vec<EvaluationSums>, TrainError>;

    /// All parameters of a network in the order of the geometry.
    fn parameters(&mut self, network: usize) -> Result<Vec<f32>, TrainError>;

    /// Its optimizer's moments: one buffer as long as the parameters after the other.
    fn moments(&mut self, network: usize) -> Result<Vec<f32>, TrainError>;
}

/// A group whose networks take their steps one after the other.
pub(super) struct Sequential {
    networks: Vec<Box<dyn Backend>>,
    batch_size: usize,
    epoch: Option<Epoch>,
}

/// The epoch under way.
struct Epoch {
    /// Its images; a step is given their positions.
    split: Split,
    members: Vec<Part>,
    /// The next.
    batch: usize,
}

/// A [`Member`] that owns its order.
struct Part {
    network: usize,
    order: Vec<u32>,
    first_step: u64,
    learning_rates: Vec<f64>,
    dropout: Option<Dropout>,
}

impl Sequential {
    pub fn new(networks: Vec<Box<dyn Backend>>, batch_size: usize) -> Self {
        Self {
            networks,
            batch_size,
            epoch: None,
        }
    }
}

impl Group for Sequential {
    fn place(&mut self, data: &Splits) -> Result<(), TrainError> {
        self.networks
            .iter_mut()
            .try_for_each(|network| network.place(data))
    }

    fn begin_epoch(
        &mut self,
        set: &Arc<ImageSet>,
        members: &[Member<'_>],
        from: usize,
    ) -> Result<(), TrainError> {
        for member in members {
            self.networks[member.network].set_training_sums(member.sums)?;
        }
        let part = |member: &Member<'_>| Part {
            network: member.network,
            order: member.order.to_vec(),
            first_step: member.first_step,
            learning_rates: member.learning_rates.clone(),
            dropout: member.dropout,
        };
        self.epoch = Some(Epoch {
            split: Split {
                set: Arc::clone(set),
                indices: Vec::new(),
            },
            members: members.iter().map(part).collect(),
            batch: from,
        });
        Ok(())
    }

    fn step(&mut self) -> Result<(), TrainError> {
        let epoch = self.epoch.as_mut().expect("an epoch was begun");
        let begin = epoch.batch * self.batch_size;
        let past = epoch.batch as u64;
        for member in &epoch.members {
            let end = member.order.len().min(begin + self.batch_size);
            let step = Step {
                number: member.first_step + past + 1,
                learning_rate: member.learning_rates[epoch.batch],
                dropout: member.dropout.map(|dropout| Dropout {
                    step: dropout.step + past,
                    ..dropout
                }),
            };
            let batch = &member.order[begin..end];
            self.networks[member.network].step(&epoch.split, batch, step)?;
        }
        epoch.batch += 1;
        Ok(())
    }

    fn training_sums(&mut self) -> Result<Vec<TrainingSums>, TrainError> {
        let members = self.epoch.iter().flat_map(|epoch| &epoch.members);
        members
            .map(|member| self.networks[member.network].training_sums())
            .collect()
    }

    fn evaluate(
        &mut self,
        split: &Split,
        networks: &[usize],
    ) -> Result<Vec<EvaluationSums>, TrainError> {
        networks
            .iter()
            .map(|&network| self.networks[network].evaluate(split, None))
            .collect()
    }

    fn parameters(&mut self, network: usize) -> Result<Vec<f32>, TrainError> {
        self.networks[network].parameters()
    }

    fn moments(&mut self, network: usize) -> Result<Vec<f32>, TrainError> {
        self.networks[network].moments()
    }
}
