//! Files that a build with the `cuda` feature needs where there is no CUDA toolkit.

mod libraries;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, bail, ensure};
use lenet_results::files::write_whole;

/// Version of CUDA that the bindings are made for; the machine that runs the program needs a driver
/// for it.
const CUDA: &str = "13000";

/// nvcc and what it needs to compile candle's kernels, as packages of the Python index.
const WHEELS: [&str; 5] = [
    "nvidia-cuda-nvcc==13.0.88",
    "nvidia-cuda-crt==13.0.88",
    "nvidia-nvvm==13.0.88",
    "nvidia-cuda-runtime==13.0.96",
    "nvidia-cuda-cccl==13.0.85",
];

/// The compiler of candle's kernels.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Compiler {
    /// None: the kernels are empty, which is enough to check, lint, link and test on the CPU.
    StandIn,
    /// The compiler of NVIDIA, from the Python index.
    Wheels,
}

/// Environment variables for the build.
pub type Variables = Vec<(&'static str, String)>;

/// Prepares `folder` for a build whose kernels run on any GPU of this compute capability (times 10)
/// or above.
///
/// # Errors
/// There is no C compiler or cargo, or the folder cannot be written; for the wheels, there is no
/// pip or network.
pub fn prepare(
    folder: &Path,
    compiler: Compiler,
    compute_capability: u32,
) -> anyhow::Result<Variables> {
    fs::create_dir_all(folder).with_context(|| folder.display().to_string())?;
    let folder = folder.canonicalize()?;
    let home = folder.join("home");
    // Checking and linting link nothing, so they work on every system.
    if libraries::SUPPORTED || compiler == Compiler::Wheels {
        libraries::build(&cudarc_sources()?, &home.join("lib"))?;
    }
    let (nvcc, target) = match compiler {
        Compiler::StandIn => (stand_in(&folder)?, "stand-in"),
        Compiler::Wheels => (from_wheels(&folder)?, "wheels"),
    };
    // cargo keeps kernels when the compiler behind the same name changes, so each compiler has a
    // target folder of its own.
    let target = folder.join(format!("build-{target}-{compute_capability}"));
    Ok(vec![
        ("NVCC", utf8(&nvcc)?),
        ("CUDA_HOME", utf8(&home)?),
        ("CUDA_COMPUTE_CAP", compute_capability.to_string()),
        ("CUDARC_CUDA_VERSION", CUDA.to_owned()),
        ("CARGO_TARGET_DIR", utf8(&target)?),
    ])
}

/// Folder of the sources of the cudarc that `Cargo.lock` names.
fn cudarc_sources() -> anyhow::Result<PathBuf> {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let output = Command::new(cargo)
        .args(["metadata", "--format-version", "1", "--locked"])
        .args(["--features", "lenet-lab/cuda"])
        .output()
        .context("cargo cannot be run")?;
    ensure!(
        output.status.success(),
        "cargo metadata: {} (hint: run this in the repository)",
        String::from_utf8_lossy(&output.stderr).trim()
    );
    let metadata: serde_json::Value = serde_json::from_slice(&output.stdout)?;
    let packages = metadata["packages"].as_array();
    let found = packages
        .into_iter()
        .flatten()
        .find(|p| p["name"] == "cudarc");
    let manifest = found.and_then(|package| package["manifest_path"].as_str());
    let manifest = manifest.context("cargo metadata names no cudarc")?;
    let folder = Path::new(manifest).parent();
    Ok(folder.context("a manifest lies in a folder")?.to_owned())
}

/// A compiler whose every output is empty.
const STAND_IN: &str = r#"#!/bin/sh
# Stands in for nvcc where no kernel is to run: makes every output that it is asked for, empty.
output= folder= source=
while [ $# -gt 0 ]; do
    case $1 in
        -o) output=$2; shift ;;
        --output-directory) folder=$2; shift ;;
        *.cu) source=$1 ;;
    esac
    shift
done
if [ -n "$folder" ]; then output=$folder/$(basename "$source" .cu).ptx; fi
case $output in
    '') ;;
    *.a) printf '!<arch>\n' > "$output" ;;
    *) : > "$output" ;;
esac
"#;

/// Calls the real compiler, except for candle's quantized kernels: they take most of the time and
/// nothing here uses them, so their objects are empty.
const WRAPPER: &str = r#"#!/bin/sh
# Calls nvcc, but compiles nothing for candle's quantized kernels, which nothing here calls.
output= skipped=
for argument; do
    case $argument in
        */moe/*.cu | *mmq_*.cu | *mmvq_*.cu) skipped=1 ;;
    esac
done
if [ -z "$skipped" ]; then exec 'NVCC' "$@"; fi
while [ $# -gt 0 ]; do
    if [ "$1" = -o ]; then output=$2; shift; fi
    shift
done
exec cc -x c -c /dev/null -o "$output"
"#;

fn stand_in(folder: &Path) -> anyhow::Result<PathBuf> {
    script(&folder.join("stand-in/bin/nvcc"), STAND_IN)
}

/// NVIDIA's compiler from the Python index, downloaded once.
fn from_wheels(folder: &Path) -> anyhow::Result<PathBuf> {
    let toolkit = folder.join("toolkit");
    if !toolkit.is_dir() {
        let part = folder.join("toolkit.part");
        if part.exists() {
            fs::remove_dir_all(&part)?;
        }
        let mut pip = Command::new("python3");
        pip.args([
            "-m",
            "pip",
            "install",
            "--quiet",
            "--no-deps",
            "--no-compile",
        ])
        .arg("--target")
        .arg(&part)
        .args(WHEELS);
        succeed(&mut pip)?;
        fs::rename(&part, &toolkit)?;
    }
    let nvcc = toolkit.join("nvidia/cu13/bin/nvcc");
    ensure!(nvcc.is_file(), "{}: is missing", nvcc.display());
    let wrapper = WRAPPER.replace("NVCC", &utf8(&nvcc)?);
    script(&folder.join("wheels/bin/nvcc"), &wrapper)
}

fn script(path: &Path, text: &str) -> anyhow::Result<PathBuf> {
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder)?;
    }
    // An unchanged file keeps its time, and cargo what it built with it.
    if fs::read_to_string(path).ok().as_deref() != Some(text) {
        write_whole(path, text.as_bytes())?;
    }
    #[cfg(unix)]
    fs::set_permissions(path, std::os::unix::fs::PermissionsExt::from_mode(0o755))?;
    Ok(path.to_owned())
}

/// A path as shells and build scripts take it.
fn utf8(path: &Path) -> anyhow::Result<String> {
    let text = path.to_str();
    let text = text.filter(|text| !text.contains('\''));
    text.map(str::to_owned).with_context(|| {
        format!(
            "{}: give a folder without quotes in its name",
            path.display()
        )
    })
}

/// Runs a program that must succeed; the error holds its output.
fn succeed(command: &mut Command) -> anyhow::Result<()> {
    let name = command.get_program().to_string_lossy().into_owned();
    let output = command
        .output()
        .with_context(|| format!("{name} cannot be run (hint: install it)"))?;
    if !output.status.success() {
        bail!("{name}: {}", String::from_utf8_lossy(&output.stderr).trim());
    }
    Ok(())
}

#[cfg(all(test, target_arch = "x86_64", target_os = "linux"))]
mod tests;
