//! The driver's errors as this crate's.

use candle_core::cuda_backend::cudarc::driver::DriverError;
use candle_core::cuda_backend::cudarc::driver::sys::CUresult;

use crate::error::OpsError;

/// The driver's message for an error.
pub(super) fn reason(error: DriverError) -> String {
    let text = error.error_string().map(|text| text.to_string_lossy());
    match text {
        Ok(text) => format!("{text} ({})", error.0 as u32),
        Err(_) => format!("error {}", error.0 as u32),
    }
}

/// Makes the error of a call; `call` is what the driver was asked to do.
pub(super) fn device(call: &'static str) -> impl Fn(DriverError) -> OpsError {
    move |error| OpsError::Device {
        call,
        reason: reason(error),
    }
}

pub(super) fn is_out_of_memory(error: DriverError) -> bool {
    error.0 == CUresult::CUDA_ERROR_OUT_OF_MEMORY
}
