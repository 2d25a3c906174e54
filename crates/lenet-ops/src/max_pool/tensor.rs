//! The op on candle tensors, on any device.
//!
//! The forward pass is candle's own `max_pool2d`. candle's gradient of it (0.11.1) is a quarter of
//! the true one, and equal maxima share it. So the op has its own gradient, made of tensor operations
//! that every device supports.

use candle_core::backend::BackendStorage;
use candle_core::{
    CpuStorage, CudaStorage, CustomOp1, Layout, MetalStorage, Result, Shape, Tensor, bail,
};

use super::{MaxPoolShape, OP};
use crate::tensor::{check_rank, wrap};

const WINDOW: (usize, usize) = (2, 2);

/// 2×2 max-pool of `input` `[N, C, H, W]`; see the [module](super). The result is
/// `[N, C, ⌊H/2⌋, ⌊W/2⌋]`. The op works on any device and for any float type, and treats NaN as candle's
/// `max_pool2d` does.
///
/// # Errors
/// The tensor is not of rank 4 or not of a float type, or a plane holds no window.
pub fn max_pool_2x2(input: &Tensor) -> Result<Tensor> {
    check_rank(
        OP,
        "input",
        input,
        &["images", "channels", "height", "width"],
    )?;
    if !input.dtype().is_float() {
        bail!("{OP}: the input is a float tensor, not {:?}", input.dtype());
    }
    let (images, channels, height, width) = input.dims4()?;
    MaxPoolShape {
        planes: images * channels,
        height,
        width,
    }
    .validate()
    .map_err(wrap)?;
    input.apply_op1(MaxPool2x2)
}

struct MaxPool2x2;

impl CustomOp1 for MaxPool2x2 {
    fn name(&self) -> &'static str {
        OP
    }

    fn cpu_fwd(&self, input: &CpuStorage, layout: &Layout) -> Result<(CpuStorage, Shape)> {
        Ok((
            input.max_pool2d(layout, WINDOW, WINDOW)?,
            pooled_shape(layout)?,
        ))
    }

    fn cuda_fwd(&self, input: &CudaStorage, layout: &Layout) -> Result<(CudaStorage, Shape)> {
        Ok((
            input.max_pool2d(layout, WINDOW, WINDOW)?,
            pooled_shape(layout)?,
        ))
    }

    fn metal_fwd(&self, input: &MetalStorage, layout: &Layout) -> Result<(MetalStorage, Shape)> {
        Ok((
            input.max_pool2d(layout, WINDOW, WINDOW)?,
            pooled_shape(layout)?,
        ))
    }

    fn bwd(&self, input: &Tensor, output: &Tensor, upstream: &Tensor) -> Result<Option<Tensor>> {
        let (images, channels, height, width) = input.dims4()?;
        let (.., rows, columns) = output.dims4()?;
        // Element [p, i, a, j, b] is place (a, b) of window (i, j) of plane p.
        let windows = input
            .narrow(2, 0, 2 * rows)?
            .narrow(3, 0, 2 * columns)?
            .reshape((images * channels, rows, 2, columns, 2))?;
        let flat = (images * channels, rows, 1, columns, 1);
        let (output, upstream) = (output.reshape(flat)?, upstream.reshape(flat)?);
        let nothing = upstream.zeros_like()?;
        // Each place in row order takes what the places before it left.
        let mut left = upstream;
        let mut take = |row: usize, column: usize| -> Result<Tensor> {
            let place = windows.narrow(2, row, 1)?.narrow(4, column, 1)?;
            let is_maximum = place.contiguous()?.eq(&output)?;
            let taken = is_maximum.where_cond(&left, &nothing)?;
            left = is_maximum.where_cond(&nothing, &left)?;
            Ok(taken)
        };
        let top = Tensor::cat(&[take(0, 0)?, take(0, 1)?], 4)?;
        let first_below = take(1, 0)?;
        let bottom = Tensor::cat(&[&first_below, &take(1, 1)?], 4)?;
        let gradient = Tensor::cat(&[top, bottom], 2)?
            .reshape((images, channels, 2 * rows, 2 * columns))?
            .pad_with_zeros(2, 0, height - 2 * rows)?
            .pad_with_zeros(3, 0, width - 2 * columns)?;
        Ok(Some(gradient))
    }
}

fn pooled_shape(layout: &Layout) -> Result<Shape> {
    let (images, channels, height, width) = layout.shape().dims4()?;
    Ok(Shape::from((images, channels, height / 2, width / 2)))
}
