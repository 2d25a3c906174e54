//! Records what the build knows and the program cannot find out later: revision, profile,
//! compiler. Outside a repository, or without git, the revision is `unknown`.

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

/// The commit, `-dirty` appended where tracked sources differ from it.
///
/// In a release build the sources are watched, so that a binary of changed sources never calls
/// itself by a clean revision. A debug build, which makes no records that count, would pay for
/// that with a rebuild of everything above this crate at each edit; it takes the revision of
/// the moment when this crate was compiled.
fn revision(watch: bool) -> Option<String> {
    let top = output(git().args(["rev-parse", "--show-toplevel"]))?;
    // A crate unpacked inside somebody else's repository has no revision of its own.
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
    // `git status` would otherwise refresh the index, which is watched.
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
