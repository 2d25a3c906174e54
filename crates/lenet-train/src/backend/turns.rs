//! The epoch of networks that take their steps one after the other.

use std::sync::Arc;

use lenet_data::{ImageSet, Split};
use lenet_ops::dropout::Mask;

use super::Member;

/// An epoch under way: who takes part in it, and which batch is next.
#[derive(Debug)]
pub(super) struct Turns {
    /// Images; a step is given their positions.
    split: Split,
    batch_size: usize,
    members: Vec<OwnedMember>,
    /// The next batch.
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
    /// Position of the network in its group.
    pub network: usize,
    /// Holds the set that the batch is of.
    pub split: &'e Split,
    /// Positions of the batch's images in the set.
    pub batch: &'e [u32],
    /// Counted from 1.
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

    /// The next step of each member, in their order.
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
