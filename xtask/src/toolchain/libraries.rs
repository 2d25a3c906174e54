//! Static libraries that take the place of CUDA's at link time and open the real ones at the
//! first call, so that one binary starts on machines with and without a GPU.
//!
//! candle links CUDA's libraries by name, and a program so linked does not even start where they
//! are missing. Here each function is an entry of a few instructions: it jumps through a slot,
//! and the slot leads to `lazy.c` until the function is known (as a procedure linkage table
//! does). x86-64 with the System V calling convention only.

use std::collections::BTreeSet;
use std::fmt::Write;
use std::fs;
use std::path::Path;
use std::process::Command;

use anyhow::{Context, ensure};

use super::succeed;

/// Whether this system is one for which the libraries can be made.
pub const SUPPORTED: bool = cfg!(all(target_arch = "x86_64", target_os = "linux"));

/// A library that candle links.
struct Library {
    name: &'static str,
    /// Folder of its bindings in cudarc.
    bindings: &'static str,
    /// What its functions begin with.
    prefix: &'static str,
    files: &'static [&'static str],
    /// Codes for "no library" and "no such function" in the library's own terms.
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

/// Makes `lib*.a` in `folder` from the bindings in cudarc's sources.
///
/// # Errors
/// Another processor than x86-64, no C compiler, sources that hold no bindings.
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

/// Assembly of one entry a function and of the way to the resolver, which must preserve every
/// register that may hold an argument.
fn entry_points(library: &str, symbols: &BTreeSet<String>) -> String {
    const INTEGERS: [&str; 7] = ["rdi", "rsi", "rdx", "rcx", "r8", "r9", "rax"];
    let mut text = String::from(".text\n");
    let mut slots = String::from(".data\n.balign 8\n");
    // Writing to a String cannot fail.
    let line = |out: &mut String, line: std::fmt::Arguments<'_>| {
        let _ = writeln!(out, "{line}");
    };
    for (index, symbol) in symbols.iter().enumerate() {
        line(&mut text, format_args!(".globl {symbol}"));
        line(&mut text, format_args!(".type {symbol}, @function"));
        line(
            &mut text,
            format_args!("{symbol}: jmp *.Lslot{index}(%rip)"),
        );
        line(&mut text, format_args!(".Lfirst{index}: pushq ${index}"));
        line(&mut text, format_args!("jmp .Lresolve"));
        line(
            &mut slots,
            format_args!(".Lslot{index}: .quad .Lfirst{index}"),
        );
    }
    line(&mut text, format_args!(".Lresolve:"));
    for register in INTEGERS {
        line(&mut text, format_args!("pushq %{register}"));
    }
    // Return address, index and seven registers make 72 bytes; 136 more align the stack to 16.
    line(&mut text, format_args!("subq $136, %rsp"));
    for register in 0..8 {
        line(
            &mut text,
            format_args!("movups %xmm{register}, {}(%rsp)", 16 * register),
        );
    }
    line(&mut text, format_args!("movq {}(%rsp), %rdi", 136 + 8 * 7));
    line(&mut text, format_args!("call lazy_{library}_resolve"));
    line(&mut text, format_args!("movq %rax, %r11"));
    line(&mut text, format_args!("movq {}(%rsp), %r10", 136 + 8 * 7));
    line(&mut text, format_args!("leaq .Lslot0(%rip), %rcx"));
    line(&mut text, format_args!("movq %r11, (%rcx,%r10,8)"));
    for register in 0..8 {
        line(
            &mut text,
            format_args!("movups {}(%rsp), %xmm{register}", 16 * register),
        );
    }
    line(&mut text, format_args!("addq $136, %rsp"));
    for register in INTEGERS.into_iter().rev() {
        line(&mut text, format_args!("popq %{register}"));
    }
    line(&mut text, format_args!("addq $8, %rsp"));
    line(&mut text, format_args!("jmp *%r11"));
    text + &slots + ".section .note.GNU-stack,\"\",@progbits\n"
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn declared_functions_are_found() {
        let source = r#"
            pub unsafe fn cuInit(Flags: c_uint) -> CUresult {
                type _F = unsafe extern "C" fn(c_uint) -> CUresult;
                extern "C" {
                    fn cuInit(Flags: c_uint) -> CUresult;
                    fn cuMemAlloc_v2(p: *mut u64) -> CUresult;
                    fn culib();
                    fn custom<T>(x: T);
        "#;
        let found: Vec<_> = functions(source, "cu").into_iter().collect();
        assert_eq!(found, ["cuInit", "cuMemAlloc_v2"]);
    }
}
