//! Which axes of a complete grid the variance of its values comes from.

mod grid;
mod main_effect;
mod shares;

pub use main_effect::main_effect;
pub use shares::{Effect, FTest, Interaction, Residual, VarianceShares, variance_shares};

#[cfg(test)]
mod tests;
