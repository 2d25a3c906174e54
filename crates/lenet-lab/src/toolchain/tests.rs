//! The stand-ins at work: the scripts run, the libraries link and answer without a GPU.

use super::*;

/// A cudarc with a function or two a library.
fn bindings(root: &Path) {
    for (folder, function) in [
        ("driver", "cuInit"),
        ("driver", "cuGetErrorString"),
        ("nvrtc", "nvrtcGetErrorString"),
        ("curand", "curandCreateGenerator"),
        ("cublas", "cublasCreate_v2"),
        ("cublaslt", "cublasLtCreate"),
    ] {
        let sys = root.join("src").join(folder).join("sys");
        fs::create_dir_all(&sys).unwrap();
        let known = fs::read_to_string(sys.join("mod.rs")).unwrap_or_default();
        fs::write(
            sys.join("mod.rs"),
            format!("{known} fn {function}(x: i32);"),
        )
        .unwrap();
    }
}

const PROGRAM: &str = r#"
#include <stdio.h>
int cuInit(unsigned), cuGetErrorString(int, const char **), cublasCreate_v2(void *), cublasLtCreate(void *);
int curandCreateGenerator(void *, int);
const char *nvrtcGetErrorString(int);
int main(void) {
    const char *text = "";
    cuGetErrorString(100, &text);
    for (int i = 0; i < 2; i++)
        printf("%s %d %d %d %d %s\n", text, cuInit(0), cublasCreate_v2(0), cublasLtCreate(0),
               curandCreateGenerator(0, 1), nvrtcGetErrorString(0));
}
"#;

#[test]
fn libraries_link_and_open_the_real_ones_at_the_first_call() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path();
    bindings(root);
    libraries::build(root, &root.join("lib")).unwrap();
    // Made again over the old ones.
    libraries::build(root, &root.join("lib")).unwrap();
    fs::write(root.join("main.c"), PROGRAM).unwrap();
    let program = root.join("main");
    let mut link = Command::new("cc");
    link.arg("-o").arg(&program).arg(root.join("main.c"));
    link.arg("-L").arg(root.join("lib"));
    link.args([
        "-lcuda",
        "-lcublas",
        "-lcublasLt",
        "-lcurand",
        "-lnvrtc",
        "-lcudart",
        "-ldl",
    ]);
    succeed(&mut link).unwrap();

    // A driver that answers; the other libraries are in no folder.
    let driver = root.join("driver.c");
    fs::write(&driver, "int cuInit(unsigned flags) { return 42 + flags; }").unwrap();
    let found = root.join("found");
    fs::create_dir(&found).unwrap();
    let mut share = Command::new("cc");
    share.args(["-shared", "-fPIC", "-o"]);
    share.arg(found.join("libcuda.so.1")).arg(&driver);
    succeed(&mut share).unwrap();

    let run = |libraries: &Path| {
        let output = Command::new(&program)
            .env("LD_LIBRARY_PATH", libraries)
            .output()
            .unwrap();
        assert!(output.status.success(), "{output:?}");
        String::from_utf8(output.stdout).unwrap()
    };
    let with_driver = run(&found);
    let lines: Vec<_> = with_driver.lines().collect();
    assert!(lines[0].contains(" 42 "), "{with_driver}");
    assert_eq!(lines[0], lines[1], "the second call is the first's");
    // Machines with CUDA's libraries answer otherwise.
    if Path::new("/proc/driver/nvidia").exists() {
        return;
    }
    let nothing = "nvrtc: the library cannot be opened";
    assert_eq!(
        run(root).lines().next(),
        Some(format!("cuda: the library cannot be opened 100 1 1 203 {nothing}").as_str())
    );
}

#[test]
fn the_stand_in_makes_what_candles_build_asks_for() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path();
    let nvcc = stand_in(root).unwrap();
    let out = root.to_str().unwrap();
    let archive = format!("{out}/libmoe.a");
    let calls: [&[&str]; 3] = [
        &["--version"],
        &[
            "--gpu-architecture=sm_80",
            "--ptx",
            "--output-directory",
            out,
            "src/fill.cu",
        ],
        &["--lib", "-o", &archive, "a.o", "b.o"],
    ];
    for arguments in calls {
        succeed(Command::new(&nvcc).args(arguments)).unwrap();
    }
    assert_eq!(fs::read(root.join("fill.ptx")).unwrap(), b"");
    assert_eq!(fs::read(root.join("libmoe.a")).unwrap(), b"!<arch>\n");
}

#[test]
fn the_wrapper_leaves_out_quantized_kernels_only() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path();
    // A compiler that says what it was given.
    let real = script(&root.join("real"), "#!/bin/sh\necho \"$@\" > \"$2\"\n").unwrap();
    let text = WRAPPER.replace("NVCC", &utf8(&real).unwrap());
    let nvcc = script(&root.join("nvcc"), &text).unwrap();
    let object = root.join("x.o");
    let compile = |source: &str| {
        let mut command = Command::new(&nvcc);
        succeed(command.arg("-o").arg(&object).args(["-O3", source])).unwrap();
        fs::read(&object).unwrap()
    };
    let compiled = String::from_utf8(compile("src/fill.cu")).unwrap();
    assert!(compiled.ends_with("-O3 src/fill.cu\n"), "{compiled}");
    let skipped = compile("src/mmq_gguf/mmq_instance_q4_0.cu");
    assert!(skipped.starts_with(b"\x7fELF"), "an empty object");
}
