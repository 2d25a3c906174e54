//! The file that a command writes its result to.

use std::io::{self, BufRead, IsTerminal, Write};
use std::path::Path;

use anyhow::Context;
use lenet_results::files::NewFile;

/// A file that appears whole or not at all. A command prepares it before the work, so that a path
/// that cannot be written is refused while nothing is lost.
#[derive(Debug)]
pub struct OutputFile<'a> {
    path: &'a Path,
    file: NewFile,
}

impl<'a> OutputFile<'a> {
    /// Prepares to write `path`.
    ///
    /// # Errors
    /// The folder is missing or not writable, or the path is a folder.
    pub fn create(path: &'a Path) -> anyhow::Result<Self> {
        let name = path.display();
        anyhow::ensure!(!path.is_dir(), "{name}: is a folder, not a file");
        let folder = path.parent().unwrap_or(Path::new(""));
        anyhow::ensure!(
            folder.as_os_str().is_empty() || folder.is_dir(),
            "{name}: cannot be written: there is no folder {} (hint: make it first)",
            folder.display()
        );
        // The error's own words hold the temporary file's name, which means nothing to anybody.
        let file = NewFile::create(path)
            .map_err(|error| std::io::Error::from(error.kind()))
            .with_context(|| format!("{name}: cannot be written"))?;
        Ok(Self { path, file })
    }

    /// As [`OutputFile::create`], where nothing is lost by it: a file that is there is replaced with `force`,
    /// or if whoever sits at the terminal agrees.
    ///
    /// # Errors
    /// As [`OutputFile::create`]; there is a file and nobody agrees.
    pub fn create_unless_there(path: &'a Path, force: bool) -> anyhow::Result<Self> {
        anyhow::ensure!(
            force || !path.is_file() || is_agreed(path),
            "{}: there is such a file already (hint: --force overwrites it)",
            path.display()
        );
        Self::create(path)
    }

    /// Writes the contents and gives the file its name.
    ///
    /// # Errors
    /// The disk is full, or the path can no longer be written.
    pub fn write(self, contents: &[u8]) -> anyhow::Result<()> {
        let written = self.file.write(contents);
        written.with_context(|| format!("{}: cannot be written", self.path.display()))
    }
}

/// Whether a path stands for standard output.
#[must_use]
pub fn is_stdout(path: &Path) -> bool {
    path == Path::new("-") || path == Path::new("/dev/stdout")
}

/// Asks on a terminal whether a file may be replaced; elsewhere nobody agrees.
fn is_agreed(path: &Path) -> bool {
    let (stdin, mut stderr) = (io::stdin(), io::stderr());
    if !stdin.is_terminal() || !stderr.is_terminal() {
        return false;
    }
    let question = format!("{} is there already; overwrite it? [y/N] ", path.display());
    let mut answer = String::new();
    let _ = stderr.write_all(crate::output::shown(question).as_bytes());
    let _ = stdin.lock().read_line(&mut answer);
    matches!(answer.trim(), "y" | "Y" | "yes")
}

#[cfg(test)]
mod tests;
