//! An epoch of networks that take their steps one after the other.

use std::sync::Arc;

use lenet_data::{ImageSet, Split};
use lenet_ops::dropout::Mask;

use super::Member;

/// The current epoch: its members, its images and the next batch.
#[derive(Debug)]
pub(super) struct Turns {
    /// Holds the image set; `indices` is empty, as each turn names its images.
    split: Split,
    batch_size: usize,
    members: Vec<OwnedMember>,
    /// The next batch, counted from 0.
    batch: usize,
}

/// A [`Member`] that owns its order.
#[derive(Debug)]
struct OwnedMember {
    network: usize,
    order: Vec<u32>,
    first_step: u64,
    learning_rates: Vec<f64>,
    dropout: Option<Mask>,
}

/// One network's next optimizer step.
#[derive(Debug, Clone, Copy)]
pub(super) struct Turn<'e> {
    /// Index of the network in its group.
    pub network: usize,
    /// Holds the image set.
    pub split: &'e Split,
    /// Positions in the set of the batch's images.
    pub batch: &'e [u32],
    /// Number of the optimizer step in the trial, counted from 1.
    pub step: u64,
    pub learning_rate: f64,
    pub dropout: Option<Mask>,
}

impl Turns {
    pub fn new(
        set: &Arc<ImageSet>,
        members: &[Member<'_>],
        from: usize,
        batch_size: usize,
    ) -> Self {
        let owned = |member: &Member<'_>| OwnedMember {
            network: member.network,
            order: member.order.to_vec(),
            first_step: member.first_step,
            learning_rates: member.learning_rates.clone(),
            dropout: member.dropout,
        };
        Self {
            split: Split {
                set: Arc::clone(set),
                indices: Vec::new(),
            },
            batch_size,
            members: members.iter().map(owned).collect(),
            batch: from,
        }
    }

    /// The next step of each member, in the members' order. Moves on to the following batch.
    pub fn take_batch(&mut self) -> impl Iterator<Item = Turn<'_>> {
        let batch = self.batch;
        self.batch += 1;
        let (split, begin, past) = (&self.split, batch * self.batch_size, batch as u64);
        let batch_size = self.batch_size;
        self.members.iter().map(move |member| Turn {
            network: member.network,
            split,
            batch: &member.order[begin..member.order.len().min(begin + batch_size)],
            step: member.first_step + past + 1,
            learning_rate: member.learning_rates[batch],
            dropout: member.dropout.map(|mask| Mask {
                step: mask.step + past,
                ..mask
            }),
        })
    }

    /// The members' networks, in their order.
    pub fn networks(&self) -> impl Iterator<Item = usize> {
        self.members.iter().map(|member| member.network)
    }
}
