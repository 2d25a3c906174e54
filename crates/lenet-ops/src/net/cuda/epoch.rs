//! Training: an epoch of some of the networks, a batch at a time.

use std::collections::hash_map::Entry;
use std::sync::Arc;

use super::arguments::{Part, SetId, StepPart};
use super::call::{Source, size};
use super::memory::EpochMemory;
use super::pass::Pass;
use super::{Ensemble, Epoch, add, shape};
use crate::cuda::types::{Clock, NetworkConstants, StepRates};
use crate::dropout;
use crate::error::{OpsError, check_length};
use crate::net::batch::BatchSums;
use crate::softmax_cross_entropy::cuda::{HeadSums, blocks};

impl Ensemble {
    /// Begins an epoch of the networks in `parts` at batch `from`, counted from 0. The other networks
    /// do not change.
    ///
    /// # Errors
    /// There is no part, a network does not exist or occurs twice, the orders differ in length, an
    /// index or a dropout rate is out of range, or there is no room.
    pub fn begin_epoch(
        &mut self,
        set: SetId,
        parts: &[Part<'_>],
        from: usize,
    ) -> Result<(), OpsError> {
        self.epoch = None;
        let networks: Vec<usize> = parts.iter().map(|part| part.network).collect();
        self.check_networks(&networks)?;
        let images = parts[0].order.len();
        let batches = images.div_ceil(self.images.batch);
        if from > batches {
            return Err(shape(format!("batch {from} of an epoch of {batches}")));
        }
        for part in parts {
            check_length(super::OP, "order", part.order.len(), images)?;
            check_length(
                super::OP,
                "learning_rates",
                part.learning_rates.len(),
                batches,
            )?;
            self.check_indices(set, part.order)?;
            if let Some(mask) = part.dropout {
                dropout::validate_rate(mask.rate)?;
            }
        }
        let memory = match self.epoch_memory.take() {
            Some(memory) if memory.images == images => memory,
            _ => {
                self.passes.clear();
                EpochMemory::new(&self.gpu, self.optimizers.len(), images, self.images.batch)?
            }
        };
        let memory = self.epoch_memory.insert(memory);
        for part in parts {
            let optimizer = &self.optimizers[part.network];
            let constants =
                NetworkConstants::new(optimizer, part.first_step).with_dropout(part.dropout);
            let steps = part.first_step + 1..;
            let rates = part.learning_rates.iter().zip(steps);
            let rates: Vec<_> = rates
                .map(|(&rate, step)| StepRates::new(optimizer, rate, step))
                .collect();
            self.memory.constants.write(part.network, &[constants])?;
            memory.rates.write(part.network * batches, &rates)?;
            memory.orders.write(part.network * images, part.order)?;
        }
        let slots: Vec<u32> = networks.iter().map(|&network| size(network)).collect();
        self.memory.slots.write(0, &slots)?;
        let clock = Clock {
            batch: size(from),
            ticket: 0,
        };
        self.memory.clock.write(0, &[clock])?;
        self.epoch = Some(Epoch {
            set,
            networks,
            from,
            next: from,
            dropout: parts.iter().any(|part| part.dropout.is_some()),
        });
        Ok(())
    }

    /// Takes the optimizer step of the epoch's next batch, for all its networks. Does not wait for the
    /// GPU.
    ///
    /// # Errors
    /// No batch is left, or the GPU fails.
    pub fn step(&mut self) -> Result<(), OpsError> {
        let gpu = Arc::clone(&self.gpu);
        self.next_pass()?.repeat(&gpu)?;
        self.advance();
        Ok(())
    }

    /// Takes the same step part by part, and waits for the GPU before it calls `done` with each part.
    ///
    /// # Errors
    /// As [`Self::step`].
    pub fn step_in_parts(&mut self, done: &mut dyn FnMut(StepPart)) -> Result<(), OpsError> {
        let gpu = Arc::clone(&self.gpu);
        self.next_pass()?.run_in_parts(&gpu, done)?;
        self.advance();
        Ok(())
    }

    fn advance(&mut self) {
        if let Some(epoch) = &mut self.epoch {
            epoch.next += 1;
        }
    }

    /// The pass of the epoch's next batch.
    fn next_pass(&mut self) -> Result<&mut Pass, OpsError> {
        let (Some(epoch), Some(memory)) = (&self.epoch, &self.epoch_memory) else {
            return Err(shape("no epoch was begun".to_owned()));
        };
        let done = epoch.next * self.images.batch;
        if done >= memory.images {
            return Err(shape(format!(
                "the epoch's {} batches are done",
                memory.batches
            )));
        }
        let images = self.images.batch.min(memory.images - done);
        let key = (images, epoch.networks.len(), epoch.set.0, epoch.dropout);
        match self.passes.entry(key) {
            Entry::Occupied(found) => Ok(found.into_mut()),
            Entry::Vacant(place) => {
                let source = Source {
                    set: &self.sets[epoch.set.0],
                    order: memory.orders.pointer(),
                    order_stride: memory.images,
                    first: 0,
                    images,
                    places: epoch.networks.len(),
                    sums: memory.sums.pointer(),
                    sums_stride: memory.batches,
                    block_stride: blocks(self.images.batch),
                    dropout: epoch.dropout,
                };
                Ok(place.insert(Pass::training(
                    &self.gpu,
                    &self.layers,
                    &self.memory,
                    self.images,
                    &source,
                    memory,
                    self.parameter_count,
                )?))
            }
        }
    }

    /// Sums over the images of the batches since the epoch began, one per network of the epoch, in
    /// order. The peak activation is always 0. Waits for the GPU.
    ///
    /// # Errors
    /// No epoch was begun, or something that the GPU was asked to do failed.
    pub fn training_sums(&mut self) -> Result<Vec<BatchSums>, OpsError> {
        let networks = self.epoch.as_ref().map_or(0, |epoch| epoch.networks.len());
        let mut sums = vec![BatchSums::default(); networks];
        self.add_training_sums(&mut sums)?;
        Ok(sums)
    }

    /// Adds them to `sums`, batch by batch. Where `sums` holds those of the batches before the one that
    /// the epoch began at, the result has the bits of an uninterrupted epoch.
    ///
    /// # Errors
    /// As [`Self::training_sums`], or the number of sums is not the number of networks.
    pub fn add_training_sums(&mut self, sums: &mut [BatchSums]) -> Result<(), OpsError> {
        let (Some(epoch), Some(memory)) = (&self.epoch, &self.epoch_memory) else {
            return Err(shape("no epoch was begun".to_owned()));
        };
        let full = blocks(self.images.batch);
        check_length(super::OP, "sums", sums.len(), epoch.networks.len())?;
        for (network, all) in epoch.networks.iter().zip(sums) {
            let mut sums = vec![HeadSums::default(); (epoch.next - epoch.from) * full];
            let start = (network * memory.batches + epoch.from) * full;
            memory.sums.read(start, &mut sums)?;
            for (batch, sums) in (epoch.from..).zip(sums.chunks_exact(full)) {
                let images = self
                    .images
                    .batch
                    .min(memory.images - batch * self.images.batch);
                add(all, &sums[..blocks(images)]);
            }
        }
        Ok(())
    }
}
