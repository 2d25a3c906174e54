//! Sums, logits and gradients that change no network.

use super::arguments::SetId;
use super::call::{Source, size};
use super::pass::Pass;
use super::{Ensemble, add, shape};
use crate::cuda::types::{Clock, NetworkConstants};
use crate::dropout::{self, Mask};
use crate::error::OpsError;
use crate::net::batch::BatchSums;
use crate::softmax_cross_entropy::cuda::{HeadSums, blocks};

impl Ensemble {
    /// Sums over the images at `indices` without dropout, one per network of `networks`, in order.
    /// `logits`, where given, is overwritten with `[network][image][class]`. Waits for the GPU.
    ///
    /// # Errors
    /// There is no network or image, a network does not exist or occurs twice, an index is out of
    /// range, there is no room, or something that the GPU was asked to do failed.
    pub fn evaluate(
        &mut self,
        set: SetId,
        indices: &[u32],
        networks: &[usize],
        mut logits: Option<&mut Vec<f32>>,
    ) -> Result<Vec<BatchSums>, OpsError> {
        self.check_networks(networks)?;
        self.check_indices(set, indices)?;
        let (places, classes) = (networks.len(), self.layers.classes);
        let chunks = indices.len().div_ceil(self.images.evaluated);
        let full = blocks(self.images.evaluated);
        let order = self.gpu.upload(indices)?;
        let sums = self.gpu.upload(&vec![
            HeadSums::default();
            self.optimizers.len() * chunks * full
        ])?;
        let slots: Vec<u32> = networks.iter().map(|&network| size(network)).collect();
        self.memory.evaluated_slots.write(0, &slots)?;
        self.memory.peaks.clear()?;
        if let Some(logits) = logits.as_deref_mut() {
            logits.clear();
            logits.resize(places * indices.len() * classes, 0.0);
        }
        for chunk in 0..chunks {
            let first = chunk * self.images.evaluated;
            let images = self.images.evaluated.min(indices.len() - first);
            let source = Source {
                set: &self.sets[set.0],
                order: order.pointer(),
                order_stride: 0,
                first,
                images,
                places,
                sums: sums.pointer(),
                sums_stride: chunks,
                block_stride: full,
                dropout: false,
            };
            Pass::evaluation(&self.layers, &self.memory, self.images, &source, chunk)
                .run(&self.gpu)?;
            if let Some(logits) = logits.as_deref_mut() {
                let output = &self.memory.dense[self.layers.dense.len() - 1].output;
                let rows = logits.chunks_exact_mut(indices.len() * classes);
                for (place, rows) in rows.enumerate() {
                    let start = place * self.images.evaluated * classes;
                    output.read(start, &mut rows[first * classes..][..images * classes])?;
                }
            }
        }
        let sums = sums.to_vec()?;
        let peaks = self.memory.peaks.to_vec()?;
        let of = |(place, &network): (usize, &usize)| {
            let mut all = BatchSums {
                peak_activation: f32::from_bits(peaks[place]),
                ..BatchSums::default()
            };
            let sums = sums[network * chunks * full..][..chunks * full].chunks_exact(full);
            for (chunk, sums) in sums.enumerate() {
                let first = chunk * self.images.evaluated;
                let images = self.images.evaluated.min(indices.len() - first);
                add(&mut all, &sums[..blocks(images)]);
            }
            all
        };
        Ok(networks.iter().enumerate().map(of).collect())
    }

    /// Sums over a batch of at most the ensemble's batch size, and the gradient of its mean loss with
    /// respect to every parameter of one network. Changes no network; ends the current epoch. Waits
    /// for the GPU.
    ///
    /// # Errors
    /// As [`Self::evaluate`], or the batch is too large.
    pub fn gradients(
        &mut self,
        set: SetId,
        indices: &[u32],
        network: usize,
        dropout: Option<Mask>,
    ) -> Result<(BatchSums, Vec<f32>), OpsError> {
        self.epoch = None;
        self.check_networks(&[network])?;
        self.check_indices(set, indices)?;
        if indices.len() > self.images.batch {
            return Err(shape(format!(
                "{} images in batches of {}",
                indices.len(),
                self.images.batch
            )));
        }
        if let Some(mask) = dropout {
            dropout::validate_rate(mask.rate)?;
        }
        let first_step = dropout.map_or(0, |mask| mask.step.wrapping_sub(1));
        let constants =
            NetworkConstants::new(&self.optimizers[network], first_step).with_dropout(dropout);
        self.memory.constants.write(network, &[constants])?;
        self.memory.slots.write(0, &[size(network)])?;
        self.memory.clock.write(0, &[Clock::default()])?;
        let order = self.gpu.upload(indices)?;
        let full = blocks(indices.len());
        let sums = self
            .gpu
            .upload(&vec![HeadSums::default(); self.optimizers.len() * full])?;
        let source = Source {
            set: &self.sets[set.0],
            order: order.pointer(),
            order_stride: 0,
            first: 0,
            images: indices.len(),
            places: 1,
            sums: sums.pointer(),
            sums_stride: 1,
            block_stride: full,
            dropout: dropout.is_some(),
        };
        let pass = Pass::gradients(&self.gpu, &self.layers, &self.memory, self.images, &source)?;
        pass.run(&self.gpu)?;
        let mut all = BatchSums::default();
        add(&mut all, &sums.to_vec()?[network * full..][..full]);
        let mut gradients = vec![0.0; self.parameter_count];
        self.memory.gradients.read(0, &mut gradients)?;
        for partials in pass.partials()? {
            let stage = self
                .memory
                .stages
                .iter()
                .find(|stage| stage.partial.pointer() == partials.values);
            let Some(stage) = stage else { continue };
            let (first, count) = (partials.first as usize, partials.count as usize);
            let mut values = vec![0.0; partials.segments as usize * partials.stride as usize];
            stage.partial.read(0, &mut values)?;
            let gradients = &mut gradients[first..][..count];
            gradients.fill(0.0);
            for segment in values.chunks_exact(partials.stride as usize) {
                for (sum, value) in gradients.iter_mut().zip(segment) {
                    *sum += value;
                }
            }
        }
        Ok((all, gradients))
    }
}
