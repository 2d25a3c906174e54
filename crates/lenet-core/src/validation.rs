//! Which training images are held out for validation.

use std::fmt;

use serde::{Deserialize, Serialize};

/// The training images that are held out for validation. On disk it is a number for the first
/// images in file order, and a table for any other choice; so records and identities of trials
/// with a number never change.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(from = "OnDisk", into = "OnDisk")]
pub struct Validation {
    /// Number of images.
    pub count: usize,
    /// The order in which images are taken.
    pub draw: ValidationDraw,
    /// Whether every class has the same share of the held-out images as of the training set, as
    /// nearly as whole images allow.
    pub stratified: bool,
}

/// The order in which images are taken for validation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ValidationDraw {
    /// File order: every seed validates on the same images.
    #[default]
    First,
    /// An order drawn from the trial's seed: every seed validates on other images and trains on
    /// the rest.
    Seed,
}

impl Validation {
    /// The first `count` training images.
    #[must_use]
    pub const fn first(count: usize) -> Self {
        Self {
            count,
            draw: ValidationDraw::First,
            stratified: false,
        }
    }
}

impl Default for Validation {
    /// The first 5,000 images.
    fn default() -> Self {
        Self::first(5000)
    }
}

impl fmt::Display for Validation {
    /// For people: `5000`, `5000 (drawn by seed)`, `5000 (drawn by seed, stratified)`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let count = self.count;
        match (self.draw, self.stratified) {
            (ValidationDraw::First, false) => write!(f, "{count}"),
            (ValidationDraw::First, true) => write!(f, "{count} (stratified)"),
            (ValidationDraw::Seed, false) => write!(f, "{count} (drawn by seed)"),
            (ValidationDraw::Seed, true) => write!(f, "{count} (drawn by seed, stratified)"),
        }
    }
}

#[derive(Serialize, Deserialize)]
#[serde(untagged)]
enum OnDisk {
    Count(usize),
    Table(Table),
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Table {
    count: usize,
    draw: ValidationDraw,
    stratified: bool,
}

impl From<OnDisk> for Validation {
    fn from(text: OnDisk) -> Self {
        match text {
            OnDisk::Count(count) => Self::first(count),
            OnDisk::Table(table) => Self {
                count: table.count,
                draw: table.draw,
                stratified: table.stratified,
            },
        }
    }
}

impl From<Validation> for OnDisk {
    fn from(validation: Validation) -> Self {
        let Validation {
            count,
            draw,
            stratified,
        } = validation;
        if validation == Validation::first(count) {
            Self::Count(count)
        } else {
            Self::Table(Table {
                count,
                draw,
                stratified,
            })
        }
    }
}

#[cfg(test)]
mod tests;
