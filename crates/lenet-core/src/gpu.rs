//! The GPU that a number comes from.

use serde::{Deserialize, Serialize};

/// A GPU and the software between it and this program. What is not told is `"unknown"`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Gpu {
    /// Its name, e.g. `NVIDIA GeForce GTX 970`.
    pub name: String,
    /// Version of NVIDIA's kernel driver, e.g. `580.65.06`.
    pub driver: String,
    /// Newest CUDA that the driver serves, e.g. `13.0`.
    pub driver_cuda: String,
    /// CUDA that this program was built for.
    pub cuda: String,
    /// Compute capability, e.g. `5.2`.
    pub compute_capability: String,
    /// Streaming multiprocessors.
    pub multiprocessors: u32,
    /// Highest clock of the multiprocessors, in Hz; 0: unknown.
    pub clock_hz: u64,
    /// Memory of the device, in bytes.
    pub memory_bytes: u64,
}

impl Gpu {
    /// Single-precision FLOP/s on paper, without tensor cores: multiprocessors × lanes of one ×
    /// 2 (a multiply-add) × highest clock. `None` for an architecture that is not listed.
    ///
    /// Lanes from the table of arithmetic throughput in NVIDIA's CUDA C++ Programming Guide.
    #[must_use]
    pub fn nominal_flops(&self) -> Option<f64> {
        let lanes = match self.compute_capability.as_str() {
            "5.0" | "5.2" | "5.3" | "6.1" | "6.2" => 128,
            "6.0" | "7.0" | "7.2" | "7.5" | "8.0" => 64,
            "8.6" | "8.7" | "8.9" | "9.0" | "10.0" | "10.3" | "12.0" | "12.1" => 128,
            _ => return None,
        };
        let flops = f64::from(self.multiprocessors) * f64::from(lanes) * 2.0 * self.clock_hz as f64;
        (flops > 0.0).then_some(flops)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sample() -> Gpu {
        Gpu {
            name: "NVIDIA GeForce GTX 970".into(),
            driver: "580.65.06".into(),
            driver_cuda: "13.0".into(),
            cuda: "12.9".into(),
            compute_capability: "5.2".into(),
            multiprocessors: 13,
            clock_hz: 1_178_000_000,
            memory_bytes: 4 << 30,
        }
    }

    #[test]
    fn the_peak_on_paper_is_the_makers() {
        // 1,664 cores at 1,178 MHz: 3.92 TFLOP/s.
        let flops = sample().nominal_flops().unwrap();
        assert!((flops - 3.92e12).abs() < 0.01e12, "{flops}");
        let unknown = Gpu {
            compute_capability: "99.0".into(),
            ..sample()
        };
        assert_eq!(unknown.nominal_flops(), None);
        let no_clock = Gpu {
            clock_hz: 0,
            ..sample()
        };
        assert_eq!(no_clock.nominal_flops(), None);
    }
}
