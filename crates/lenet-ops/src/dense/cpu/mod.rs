//! The layer on vectors: with images in the lanes, or with features in the lanes.

mod combine;
mod combine_one;
mod dot;
mod largest;
mod product;
mod rows;
mod weight_gradient;

#[cfg(test)]
mod tests;

pub(crate) use combine::{Combine, Panels};
pub(crate) use combine_one::CombineOne;
pub(crate) use dot::Dot;
pub(crate) use largest::LargestUnit;
pub(crate) use product::Product;
pub(crate) use weight_gradient::{FEW, WeightGradient};
