//! Drawings: shapes, scales, panels with their axes, and sheets of panels with a legend.

pub(crate) mod accuracy_scale;
pub(crate) mod font;
pub(crate) mod frame;
pub(crate) mod heat;
pub(crate) mod legend;
pub(crate) mod linear_scale;
pub(crate) mod log_scale;
pub(crate) mod marker;
pub(crate) mod panel;
pub(crate) mod raster;
pub(crate) mod scene;
pub(crate) mod sheet;
pub(crate) mod svg;
