//! The sources of all kernels, in the program.

use std::collections::BTreeSet;

/// A file of CUDA C++.
#[derive(Debug, Clone, Copy)]
pub(super) struct Source {
    /// Path below `src`.
    pub(super) path: &'static str,
    pub(super) text: &'static str,
}

impl Source {
    fn file_name(&self) -> &'static str {
        self.path.rsplit('/').next().unwrap_or(self.path)
    }
}

macro_rules! sources {
    ($($(#[$when:meta])? $path:literal),* $(,)?) => {
        &[$($(#[$when])? Source { path: $path, text: include_str!(concat!("../", $path)) }),*]
    };
}

/// Each is compiled by itself.
pub(super) const KERNELS: &[Source] = sources![
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
const HEADERS: &[Source] = sources![
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
pub(super) fn expand(source: &Source) -> Result<String, String> {
    expand_with(source, HEADERS)
}

fn expand_with(source: &Source, headers: &[Source]) -> Result<String, String> {
    let mut text = String::new();
    append(source, headers, &mut BTreeSet::new(), &mut text)?;
    Ok(text)
}

fn append(
    source: &Source,
    headers: &[Source],
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
mod tests {
    use std::fs;
    use std::path::Path;

    use super::*;

    const fn source(path: &'static str, text: &'static str) -> Source {
        Source { path, text }
    }

    #[test]
    fn headers_come_once_and_lines_keep_their_numbers() {
        let headers = [
            source("x/a.cuh", "#pragma once\n#include \"b.cuh\"\nint a;\n"),
            source("y/b.cuh", "#pragma once\nint b;\n"),
        ];
        let main = source(
            "z/main.cu",
            "#include \"b.cuh\"\n#include \"a.cuh\"\nint c;\n",
        );
        let expected = "#line 1 \"z/main.cu\"\n\
            #line 1 \"y/b.cuh\"\n\nint b;\n#line 2 \"z/main.cu\"\n\
            #line 1 \"x/a.cuh\"\n\n#line 3 \"x/a.cuh\"\nint a;\n#line 3 \"z/main.cu\"\nint c;\n";
        assert_eq!(expand_with(&main, &headers).as_deref(), Ok(expected));
        assert_eq!(
            expand_with(&main, &headers[..1]),
            Err("z/main.cu: there is no b.cuh".to_owned())
        );
    }

    #[test]
    fn every_kernel_finds_its_headers() {
        for source in KERNELS {
            let text = expand(source).unwrap();
            assert!(!text.contains("#include \""), "{}", source.path);
            assert!(text.contains("__global__"), "{}: no kernel", source.path);
        }
    }

    #[test]
    fn every_source_of_the_crate_is_listed() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
        let mut found = Vec::new();
        collect(&root, &root, &mut found);
        let listed = KERNELS.iter().chain(HEADERS).map(|source| source.path);
        let mut listed: Vec<_> = listed.map(str::to_owned).collect();
        listed.sort();
        found.sort();
        assert_eq!(found, listed);
        let names: BTreeSet<_> = HEADERS.iter().map(Source::file_name).collect();
        assert_eq!(names.len(), HEADERS.len(), "a header is found by its name");
    }

    fn collect(root: &Path, folder: &Path, found: &mut Vec<String>) {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                collect(root, &path, found);
            } else if path.extension().is_some_and(|e| e == "cu" || e == "cuh") {
                let below = path.strip_prefix(root).unwrap().to_str().unwrap();
                found.push(below.replace('\\', "/"));
            }
        }
    }
}
