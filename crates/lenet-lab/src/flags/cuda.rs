//! Flags of the commands that are about GPUs.

use std::path::PathBuf;

use clap::Args;

/// `gpu-check`
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  cargo xtask-cuda gpu-check                           everything, in under eight minutes
  cargo xtask-cuda gpu-check --device cuda:1 --out results/second-gpu")]
pub struct GpuCheck {
    /// GPU to check: cuda or cuda:N; with cpu the check is itself checked
    #[arg(long, value_name = "D", default_value = "cuda")]
    pub device: String,
    /// Folder of records and tables
    #[arg(long, value_name = "DIR", default_value = "results/gpu-check")]
    pub out: PathBuf,
    /// A check of seconds on few images, to test this command
    #[arg(long, hide = true)]
    pub quick: bool,
}

/// `cuda-toolchain`
#[derive(Debug, Args)]
#[command(after_help = "\
Prints what to set in the environment of a build, for a shell:
  (eval \"$(lenet-lab cuda-toolchain)\" && cargo clippy --workspace --features cuda)
  (eval \"$(lenet-lab cuda-toolchain --nvcc)\" && cargo build --release --features cuda)")]
pub struct CudaToolchain {
    /// Compile kernels, with NVIDIA's compiler from the Python index (271 MB); without this they
    /// are empty, which is enough to check, lint, link and test on the processor
    #[arg(long)]
    pub nvcc: bool,
    /// Oldest GPU to compile for: 10 times its compute capability
    #[arg(long, value_name = "N", default_value_t = 80)]
    pub compute_capability: u32,
    /// Where to put everything
    #[arg(long, value_name = "DIR", default_value = "target/cuda")]
    pub folder: PathBuf,
}
