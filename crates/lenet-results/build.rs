//! Passes to the program what only the build knows: revision, profile and compiler. Outside a
//! repository, or without git, the revision is `unknown`.

use std::env;
use std::path::Path;
use std::process::Command;

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    let profile = env::var("PROFILE").unwrap_or_default();
    let compiler = env::var("RUSTC").unwrap_or_else(|_| "rustc".to_owned());
    let compiler = output(Command::new(compiler).arg("--version"));
    let revision = revision(profile == "release").unwrap_or_else(|| "unknown".to_owned());
    println!("cargo::rustc-env=LENET_BUILD_PROFILE={profile}");
    println!(
        "cargo::rustc-env=LENET_BUILD_RUSTC={}",
        compiler.as_deref().unwrap_or("unknown")
    );
    println!("cargo::rustc-env=LENET_BUILD_REVISION={revision}");
}

/// The commit, with `-dirty` appended if tracked sources differ from it.
///
/// A release build watches the sources, so a binary of changed sources never claims a clean
/// revision. In a debug build, whose records do not count, that would rebuild this crate and all
/// above it at each edit. So a debug build keeps the revision at which this crate was compiled.
fn revision(watch: bool) -> Option<String> {
    let top = output(git().args(["rev-parse", "--show-toplevel"]))?;
    // A crate that lies inside another project's repository has no revision of its own.
    output(git().args(["ls-files", "--error-unmatch", "build.rs"]))?;
    let commit = output(git().args(["rev-parse", "--short=12", "HEAD"]))?;
    if watch {
        let folder = output(git().args(["rev-parse", "--absolute-git-dir"]))?;
        let state = ["HEAD", "index"].map(|name| Path::new(&folder).join(name));
        let sources = ["crates", "xtask", "configs", "Cargo.toml", "Cargo.lock"];
        let sources = sources.map(|name| Path::new(&top).join(name));
        for path in state.iter().chain(&sources).filter(|path| path.exists()) {
            println!("cargo::rerun-if-changed={}", path.display());
        }
    }
    let status = git()
        .args(["status", "--porcelain", "--untracked-files=no"])
        .output()
        .ok()?;
    let dirty = !status.status.success() || !status.stdout.is_empty();
    Some(if dirty {
        format!("{commit}-dirty")
    } else {
        commit
    })
}

fn git() -> Command {
    let mut command = Command::new("git");
    // Without this `git status` refreshes the index, which is watched.
    command.env("GIT_OPTIONAL_LOCKS", "0");
    command
}

fn output(command: &mut Command) -> Option<String> {
    let output = command
        .output()
        .ok()
        .filter(|output| output.status.success())?;
    let text = String::from_utf8(output.stdout).ok()?.trim().to_owned();
    (!text.is_empty()).then_some(text)
}
