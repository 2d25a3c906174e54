//! The includes are resolved, and every file is listed.

use std::fs;
use std::path::Path;

use super::*;

const fn source(path: &'static str, text: &'static str) -> CudaSource {
    CudaSource { path, text }
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
    let names: BTreeSet<_> = HEADERS.iter().map(CudaSource::file_name).collect();
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
