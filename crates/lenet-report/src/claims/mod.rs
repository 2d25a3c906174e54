//! The claims of a study, put to the test on records.
//!
//! A claim is declared in the study's file ([`lenet_results::claim`]). Trials of two settings are
//! compared in pairs that share a seed, so what affects both sides cancels; where several
//! comparisons decide one verdict, they share its error. The verdict follows from intervals by the
//! claim's rule alone.

pub(crate) mod judge;
pub(crate) mod judged;
pub(crate) mod observations;
mod part;
mod sample;
mod timings;
pub(crate) mod verdict;
pub(crate) mod words;
