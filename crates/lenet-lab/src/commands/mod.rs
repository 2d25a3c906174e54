//! The commands, one file each.

pub mod bench_cpu;
pub mod bench_runtime;
pub mod claims;
pub mod cuda_toolchain;
pub mod describe;
pub mod diff;
pub mod evaluate;
pub mod experiments;
pub mod export;
pub mod gpu_check;
pub mod init;
pub mod pack;
pub mod predict;
pub mod report;
pub mod settings;
pub mod status;
pub mod train;
pub mod verify;
pub mod worker;
