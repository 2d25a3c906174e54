//! The sources of all kernels, in the program.

use std::collections::BTreeSet;

/// A file of CUDA C++.
#[derive(Debug, Clone, Copy)]
pub(super) struct CudaSource {
    /// Path below `src`.
    pub(super) path: &'static str,
    pub(super) text: &'static str,
}

impl CudaSource {
    fn file_name(&self) -> &'static str {
        self.path.rsplit('/').next().unwrap_or(self.path)
    }
}

macro_rules! sources {
    ($($(#[$when:meta])? $path:literal),* $(,)?) => {
        &[$($(#[$when])? CudaSource { path: $path, text: include_str!(concat!("../", $path)) }),*]
    };
}

/// Each is compiled by itself.
pub(super) const KERNELS: &[CudaSource] = sources![
    "conv_pool/cuda/forward.cu",
    "conv_pool/cuda/forward_tf32.cu",
    "conv_pool/cuda/input_gradient.cu",
    "conv_pool/cuda/input_gradient_tf32.cu",
    "conv_pool/cuda/sum_segments.cu",
    "conv_pool/cuda/weight_gradient.cu",
    "conv_pool/cuda/weight_gradient_tf32.cu",
    "dense/cuda/forward.cu",
    "dense/cuda/input_gradient.cu",
    "dense/cuda/relu_gradient.cu",
    "dense/cuda/weight_gradients.cu",
    "optimizer/cuda/update.cu",
    "softmax_cross_entropy/cuda/head.cu",
    #[cfg(test)]
    "cuda/tests/product.cu",
    #[cfg(test)]
    "cuda/tests/saxpy.cu",
];

/// What they include, by file name.
const HEADERS: &[CudaSource] = sources![
    "conv_pool/cuda/correlate.cuh",
    "conv_pool/cuda/correlate_tf32.cuh",
    "conv_pool/cuda/forward.cuh",
    "conv_pool/cuda/input_gradient.cuh",
    "conv_pool/cuda/stage.cuh",
    "conv_pool/cuda/weight_gradient.cuh",
    "cuda/lenet.cuh",
    "cuda/mma.cuh",
    "dense/cuda/product.cuh",
    "dense/cuda/product_tf32.cuh",
    "dropout/cuda/philox.cuh",
];

/// The source with the files that it includes in their place, each once; lines keep their numbers.
///
/// # Errors
/// The name of a file that is not there.
pub(super) fn expand(source: &CudaSource) -> Result<String, String> {
    expand_with(source, HEADERS)
}

fn expand_with(source: &CudaSource, headers: &[CudaSource]) -> Result<String, String> {
    let mut text = String::new();
    append(source, headers, &mut BTreeSet::new(), &mut text)?;
    Ok(text)
}

fn append(
    source: &CudaSource,
    headers: &[CudaSource],
    seen: &mut BTreeSet<&'static str>,
    out: &mut String,
) -> Result<(), String> {
    out.push_str(&format!("#line 1 \"{}\"\n", source.path));
    for (index, line) in source.text.lines().enumerate() {
        let included = line
            .trim_start()
            .strip_prefix("#include \"")
            .and_then(|rest| rest.split('"').next());
        let Some(name) = included else {
            // It says once more what `seen` says, and NVRTC warns of it in a main file.
            if line.trim() != "#pragma once" {
                out.push_str(line);
            }
            out.push('\n');
            continue;
        };
        let header = headers.iter().find(|header| header.file_name() == name);
        let header = header.ok_or_else(|| format!("{}: there is no {name}", source.path))?;
        if seen.insert(header.path) {
            append(header, headers, seen, out)?;
        }
        out.push_str(&format!("#line {} \"{}\"\n", index + 2, source.path));
    }
    Ok(())
}

#[cfg(test)]
mod tests;
