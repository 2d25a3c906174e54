//! What a report knows: a study's cells with their trials, and runtimes in series.

pub(crate) mod answers;
pub(crate) mod cell_measure;
pub(crate) mod cells;
pub(crate) mod estimates;
pub(crate) mod fit;
pub(crate) mod grid;
pub(crate) mod index;
pub(crate) mod knobs;
pub(crate) mod mistakes;
pub(crate) mod networks;
pub(crate) mod places;
pub(crate) mod runtime_figures;
pub(crate) mod runtimes;
pub(crate) mod search;
pub(crate) mod series;
pub(crate) mod summary;
pub(crate) mod trials;
pub(crate) mod variance;
