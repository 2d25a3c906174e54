//! Sources to images that the driver loads, by way of the disk.

use std::collections::HashMap;
use std::env;
use std::fs;
use std::sync::{Arc, Mutex, PoisonError};

use super::cache;
use super::nvrtc::{self, Target};
use super::sources::{self, CudaSource, KERNELS};
use crate::error::OpsError;

/// Beside the architecture. Products are fused into sums, as on the CPU; nothing is approximated.
const OPTIONS: &[&str] = &["--std=c++17"];

/// Names a file that is loaded instead of compiling: PTX or a binary image with all kernels.
const IMAGE: &str = "LENET_CUDA_IMAGE";

type Images = Arc<Vec<Vec<u8>>>;

/// Images that together hold all kernels, for one compute capability. A process makes them once.
pub(super) fn images(compute_capability: [u32; 2]) -> Result<Images, OpsError> {
    static MADE: Mutex<Option<HashMap<[u32; 2], Images>>> = Mutex::new(None);
    let mut made = MADE.lock().unwrap_or_else(PoisonError::into_inner);
    let made = made.get_or_insert_default();
    if let Some(images) = made.get(&compute_capability) {
        return Ok(Arc::clone(images));
    }
    let images = Arc::new(make(compute_capability)?);
    made.insert(compute_capability, Arc::clone(&images));
    Ok(images)
}

fn make(compute_capability: [u32; 2]) -> Result<Vec<Vec<u8>>, OpsError> {
    if let Some(path) = env::var_os(IMAGE).filter(|path| !path.is_empty()) {
        let image = fs::read(&path).map_err(|error| OpsError::NoCompiler {
            reason: format!("{IMAGE}={}: {error}", path.display()),
        })?;
        return Ok(vec![image]);
    }
    let version = nvrtc::version()?;
    let supported = nvrtc::supported()?;
    let target = Target::choose(compute_capability, &supported);
    let target = target.ok_or_else(|| OpsError::NoCompiler {
        reason: format!(
            "NVRTC {}.{} does not know compute capability {}.{}",
            version[0], version[1], compute_capability[0], compute_capability[1]
        ),
    })?;
    let image = |source| image(source, target, version);
    KERNELS.iter().map(image).collect()
}

/// The image of one source, from disk if it is there.
fn image(source: &CudaSource, target: Target, version: [i32; 2]) -> Result<Vec<u8>, OpsError> {
    let text = sources::expand(source).map_err(|log| OpsError::Compile {
        file: source.path.to_owned(),
        log,
    })?;
    let compile = || nvrtc::compile(source.path, &text, target, OPTIONS);
    let Some(folder) = cache::folder(|name| env::var_os(name)) else {
        return compile();
    };
    let key = cache::key(&[
        text.as_bytes(),
        OPTIONS.join(" ").as_bytes(),
        target.option().as_bytes(),
        format!("{}.{}", version[0], version[1]).as_bytes(),
    ]);
    if let Some(image) = cache::load(&folder, &key) {
        return Ok(image);
    }
    let image = compile()?;
    // A folder that cannot be written costs a compilation at the next start and nothing else.
    let _ = cache::store(&folder, &key, &image);
    Ok(image)
}
