//! Static libraries that replace those of CUDA at link time and open the real ones at the first
//! call, so that one binary starts on machines with and without a GPU.
//!
//! candle links CUDA's libraries by name, and such a program does not start where they are missing.
//! Here each function is an entry of a few instructions that jumps through a slot. At first the slot
//! leads to `lazy.c`, which looks the function up, as a procedure linkage table does. Only for
//! x86-64 with the System V calling convention.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::process::Command;

use anyhow::{Context, ensure};

use super::succeed;

/// Whether the libraries can be made for this system.
pub const SUPPORTED: bool = cfg!(all(target_arch = "x86_64", target_os = "linux"));

/// A library that candle links.
struct Library {
    name: &'static str,
    /// Folder of its bindings in cudarc.
    bindings: &'static str,
    /// Prefix of its functions.
    prefix: &'static str,
    files: &'static [&'static str],
    /// The library's own error codes for "no library" and "no such function".
    absent: u32,
    unknown: u32,
}

const LIBRARIES: [Library; 5] = [
    Library {
        name: "cuda",
        bindings: "driver",
        prefix: "cu",
        files: &["libcuda.so.1"],
        // No device; not supported.
        absent: 100,
        unknown: 801,
    },
    Library {
        name: "nvrtc",
        bindings: "nvrtc",
        prefix: "nvrtc",
        files: &["libnvrtc.so.13", "libnvrtc.so.12", "libnvrtc.so"],
        // Failure of a built-in operation.
        absent: 7,
        unknown: 7,
    },
    Library {
        name: "curand",
        bindings: "curand",
        prefix: "curand",
        files: &["libcurand.so.10", "libcurand.so"],
        // Initialization failed; internal error.
        absent: 203,
        unknown: 999,
    },
    Library {
        name: "cublas",
        bindings: "cublas",
        prefix: "cublas",
        files: &["libcublas.so.13", "libcublas.so.12", "libcublas.so"],
        // Not initialized; not supported.
        absent: 1,
        unknown: 15,
    },
    Library {
        name: "cublasLt",
        bindings: "cublaslt",
        prefix: "cublasLt",
        files: &["libcublasLt.so.13", "libcublasLt.so.12", "libcublasLt.so"],
        absent: 1,
        unknown: 15,
    },
];

/// Makes `lib*.a` in `folder` from the bindings in the sources of cudarc.
///
/// # Errors
/// The processor is not x86-64, there is no C compiler, or the sources hold no bindings.
pub fn build(cudarc: &Path, folder: &Path) -> anyhow::Result<()> {
    ensure!(
        SUPPORTED,
        "CUDA's libraries can only be replaced on x86-64 Linux (hint: install the CUDA toolkit)"
    );
    fs::create_dir_all(folder)?;
    fs::write(folder.join("lazy.c"), include_str!("lazy.c"))?;
    for library in &LIBRARIES {
        build_one(library, cudarc, folder).with_context(|| format!("lib{}.a", library.name))?;
    }
    // Only candle's quantized kernels, which nothing here calls, use the runtime library: an
    // archive without members does.
    fs::write(folder.join("libcudart.a"), "!<arch>\n")?;
    Ok(())
}

fn build_one(library: &Library, cudarc: &Path, folder: &Path) -> anyhow::Result<()> {
    let bindings = cudarc.join("src").join(library.bindings).join("sys/mod.rs");
    let source = fs::read_to_string(&bindings).with_context(|| bindings.display().to_string())?;
    let symbols = functions(&source, library.prefix);
    ensure!(!symbols.is_empty(), "{}: no functions", bindings.display());
    let name = library.name;
    let path = |file: &str| folder.join(format!("{name}{file}"));
    let list = symbols.iter().map(|symbol| format!("\"{symbol}\",\n"));
    fs::write(path(".h"), list.collect::<String>())?;
    fs::write(path(".S"), entry_points(name, &symbols))?;
    let files: Vec<String> = library.files.iter().map(|f| format!("\"{f}\"")).collect();
    let compile = |source: &Path, object: &Path| {
        let mut command = Command::new("cc");
        command.args(["-c", "-O2", "-fPIC", "-o"]);
        command.arg(object).arg(source);
        command
    };
    let mut resolver = compile(&folder.join("lazy.c"), &path("-resolve.o"));
    resolver
        .arg(format!("-DRESOLVE=lazy_{name}_resolve"))
        .arg(format!("-DFILES={}", files.join(",")))
        .arg(format!("-DSYMBOLS=\"{name}.h\""))
        .arg(format!("-DABSENT={}", library.absent))
        .arg(format!("-DUNKNOWN={}", library.unknown))
        .arg(format!("-DTEXT=\"{name}: the library cannot be opened\""));
    succeed(&mut resolver)?;
    succeed(&mut compile(&path(".S"), &path("-entries.o")))?;
    let archive = folder.join(format!("lib{name}.a"));
    // `ar` adds to an archive that is there.
    let _ = fs::remove_file(&archive);
    succeed(
        Command::new("ar")
            .arg("rcs")
            .arg(&archive)
            .args([path("-resolve.o"), path("-entries.o")]),
    )
}

/// Names of the C functions that the bindings declare, of every CUDA version.
fn functions(source: &str, prefix: &str) -> BTreeSet<String> {
    let is_name = |c: char| c.is_ascii_alphanumeric() || c == '_';
    source
        .split(" fn ")
        .skip(1)
        .filter_map(|rest| Some(rest.split_once('(')?.0))
        .filter(|name| name.chars().all(is_name))
        .filter(|name| {
            let rest = name.strip_prefix(prefix);
            rest.is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_uppercase()))
        })
        .map(str::to_owned)
        .collect()
}

/// Assembly of one entry per function and of the way to the resolver, which preserves every register
/// that may hold an argument.
fn entry_points(library: &str, symbols: &BTreeSet<String>) -> String {
    const INTEGERS: [&str; 7] = ["rdi", "rsi", "rdx", "rcx", "r8", "r9", "rax"];
    let mut text = String::from(".text\n");
    let mut slots = String::from(".data\n.balign 8\n");
    for (index, symbol) in symbols.iter().enumerate() {
        text += &format!(
            ".globl {symbol}\n.type {symbol}, @function\n{symbol}: jmp *.Lslot{index}(%rip)\n\
             .Lfirst{index}: pushq ${index}\njmp .Lresolve\n"
        );
        slots += &format!(".Lslot{index}: .quad .Lfirst{index}\n");
    }
    let pushes = INTEGERS.map(|register| format!("pushq %{register}\n"));
    let pops = INTEGERS.map(|register| format!("popq %{register}\n"));
    let pops: String = pops.into_iter().rev().collect();
    let vectors = |line: fn(u32) -> String| (0..8).map(line).collect::<String>();
    let saves = vectors(|n| format!("movups %xmm{n}, {}(%rsp)\n", 16 * n));
    let restores = vectors(|n| format!("movups {}(%rsp), %xmm{n}\n", 16 * n));
    // Return address, index and seven registers make 72 bytes; 136 more align the stack to 16.
    let index = format!("{}(%rsp)", 136 + 8 * INTEGERS.len());
    text += &format!(
        ".Lresolve:\n{}subq $136, %rsp\n{saves}movq {index}, %rdi\n\
         call lazy_{library}_resolve\nmovq %rax, %r11\nmovq {index}, %r10\n\
         leaq .Lslot0(%rip), %rcx\nmovq %r11, (%rcx,%r10,8)\n\
         {restores}addq $136, %rsp\n{pops}addq $8, %rsp\njmp *%r11\n",
        pushes.concat()
    );
    text + &slots + ".section .note.GNU-stack,\"\",@progbits\n"
}

#[cfg(test)]
mod tests;
