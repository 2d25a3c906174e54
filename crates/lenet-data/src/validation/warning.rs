//! A validation split that lacks a class, or is mostly one.

use std::fmt;

use lenet_core::{Validation, ValidationDraw};

use super::{CLASSES, class_counts, held_out, stratified_counts};
use crate::dataset::Dataset;

/// A validation split whose accuracy says little of the set: it lacks classes that the training
/// images have, or more than half of it is one class that makes up less than half of them. Its
/// text names the set, the classes and what to write instead.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ValidationWarning {
    /// [`Dataset::title`].
    pub title: String,
    /// The setting.
    pub validation: Validation,
    /// Seed of the draw, where there is one.
    pub seed: Option<u64>,
    /// Classes that the training images have and the validation split lacks, ascending.
    pub missing: Vec<u8>,
    /// The class that makes up more than half of the split and less than half of the set.
    pub majority: Option<u8>,
    /// Number of images which, drawn by seed and stratified, hold every class; `None` where no
    /// number up to half of the set does.
    pub remedy: Option<usize>,
}

impl Dataset {
    /// Why the validation split of these settings says little of the set; `None` where it holds
    /// every class and is not mostly one, and where [`Dataset::split`] refuses the settings. A
    /// stratified split has the same classes for every seed.
    #[must_use]
    pub fn validation_warning(
        &self,
        validation: Validation,
        seed: u64,
    ) -> Option<ValidationWarning> {
        let (set, count) = (&self.train, validation.count);
        if count == 0 || count >= set.len() {
            return None;
        }
        let labels: Vec<u8> = held_out(set, validation, seed)
            .0
            .into_iter()
            .map(|index| set.labels()[index as usize])
            .collect();
        let (sizes, held) = (class_counts(set.labels()), class_counts(&labels));
        let lacks = |held: &[usize; CLASSES], class: usize| sizes[class] > 0 && held[class] == 0;
        let classes = || (0..=u8::MAX).map(|class| (class, usize::from(class)));
        let missing: Vec<u8> = classes()
            .filter_map(|(class, at)| lacks(&held, at).then_some(class))
            .collect();
        let majority = classes()
            .find(|&(_, at)| 2 * held[at] > count && 2 * sizes[at] < set.len())
            .map(|(class, _)| class)
            // There it is the rounding to whole images.
            .filter(|_| !validation.stratified);
        if missing.is_empty() && majority.is_none() {
            return None;
        }
        let holds_all = |count: &usize| {
            let held = stratified_counts(&sizes, *count);
            !(0..CLASSES).any(|class| lacks(&held, class))
        };
        // So many hold every class, whatever the remainders of the others are.
        let rarest = sizes.iter().filter(|&&size| size > 0).min();
        let enough = rarest.map(|&rarest| set.len().div_ceil(rarest));
        let larger = enough.filter(|&enough| enough > count && 2 * enough <= set.len());
        Some(ValidationWarning {
            title: self.title.clone(),
            validation,
            seed: (validation.draw == ValidationDraw::Seed && !validation.stratified)
                .then_some(seed),
            missing,
            majority,
            remedy: [Some(count), larger].into_iter().flatten().find(holds_all),
        })
    }
}

impl fmt::Display for ValidationWarning {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (title, validation) = (&self.title, self.validation);
        write!(f, "{title}: validation = {validation}")?;
        if let Some(seed) = self.seed {
            write!(f, " with seed {seed}")?;
        }
        if !self.missing.is_empty() {
            write!(f, " lacks {}", Classes(&self.missing))?;
        }
        if let Some(class) = self.majority {
            let and = if self.missing.is_empty() { "" } else { " and" };
            write!(
                f,
                "{and} is mostly class {class}, which makes up less than half of the set"
            )?;
        }
        match self.remedy {
            Some(count) => write!(
                f,
                " (hint: validation = {{ count = {count}, draw = \"seed\", stratified = true }})"
            ),
            None => Ok(()),
        }
    }
}

/// Classes in words, neighbours together: `class 3`, `classes 0, 2 to 9`.
pub(crate) struct Classes<'c>(pub &'c [u8]);

impl fmt::Display for Classes<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.0.len() == 1 {
            "class"
        } else {
            "classes"
        })?;
        let runs = self.0.chunk_by(|a, b| a.abs_diff(*b) == 1);
        for (position, run) in runs.enumerate() {
            f.write_str(if position == 0 { " " } else { ", " })?;
            match run {
                [first, .., last] if run.len() > 2 => write!(f, "{first} to {last}")?,
                [first, second] => write!(f, "{first}, {second}")?,
                _ => write!(f, "{}", run[0])?,
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests;
