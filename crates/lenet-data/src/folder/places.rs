//! Where below a folder the files of a set lie.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use super::roles::{Found, ROLES};
use crate::error::DataError;
use crate::idx::{self, Content};

/// How many folders further down files are looked for: `MNIST/raw` below torchvision's `data`.
const DEPTH: usize = 2;

/// A folder that holds files of sets.
#[derive(Debug)]
pub(super) struct Place {
    pub folder: PathBuf,
    files: Vec<Found>,
}

/// The folder itself, or the one below it that holds files of sets.
pub(super) fn find_place(folder: &Path) -> Result<Place, DataError> {
    let mut places = places(folder, DEPTH)?;
    match places.len() {
        0 => Err(missing(folder, 0)),
        1 => Ok(places.remove(0)),
        _ => Err(DataError::SeveralFolders {
            folder: folder.to_owned(),
            found: places.into_iter().map(|place| place.folder).collect(),
        }),
    }
}

fn missing(folder: &Path, role: usize) -> DataError {
    DataError::Missing {
        folder: folder.to_owned(),
        pattern: ROLES[role].pattern,
    }
}

fn places(folder: &Path, depth: usize) -> Result<Vec<Place>, DataError> {
    let (names, folders) = entries(folder)?;
    let mut files: Vec<Found> = names
        .into_iter()
        .filter_map(|name| Found::new(&name, name.clone()))
        .collect();
    // A folder may hold the file of its own name, where there is none beside it.
    for own in &folders {
        let Some(known) = Found::new(own, own.clone()) else {
            continue;
        };
        if files
            .iter()
            .any(|file| (file.role, &file.set) == (known.role, &known.set))
        {
            continue;
        }
        let (names, _) = entries(&folder.join(own))?;
        files.extend(
            names
                .iter()
                .filter_map(|name| Found::new(name, format!("{own}/{name}")))
                .filter(|file| (file.role, &file.set) == (known.role, &known.set)),
        );
    }
    if !files.is_empty() {
        let folder = folder.to_owned();
        return Ok(vec![Place { folder, files }]);
    }
    let mut found = Vec::new();
    if depth > 0 {
        for name in folders {
            // A folder that cannot be listed holds nothing that could be read.
            found.extend(places(&folder.join(name), depth - 1).unwrap_or_default());
        }
    }
    Ok(found)
}

/// Names of the regular files and of the folders in a folder, each sorted. Names that are not
/// Unicode match no pattern and are left out; so are pipes and devices.
fn entries(folder: &Path) -> Result<(Vec<String>, Vec<String>), DataError> {
    let unreadable = |error| DataError::Unreadable {
        path: folder.to_owned(),
        error,
    };
    let (mut files, mut folders) = (Vec::new(), Vec::new());
    for entry in fs::read_dir(folder).map_err(unreadable)? {
        let entry = entry.map_err(unreadable)?;
        let Ok(name) = entry.file_name().into_string() else {
            continue;
        };
        // Through links.
        match fs::metadata(entry.path()) {
            Ok(kind) if kind.is_dir() => folders.push(name),
            Ok(kind) if kind.is_file() => files.push(name),
            _ => {}
        }
    }
    files.sort_unstable();
    folders.sort_unstable();
    Ok((files, folders))
}

impl Place {
    /// Prefixes of all files, without their dashes, sorted.
    pub fn sets(&self) -> Vec<String> {
        let sets: BTreeSet<&String> = self.files.iter().map(|file| &file.set).collect();
        sets.into_iter().cloned().collect()
    }

    /// The set of this prefix, or the only one whose prefix ends in it.
    pub fn set(&self, name: &str) -> Option<String> {
        let sets = self.sets();
        if let Some(exact) = sets.iter().find(|set| *set == name) {
            return Some(exact.clone());
        }
        let end = format!("-{name}");
        let mut ending = sets.into_iter().filter(|set| set.ends_with(&end));
        let found = ending.next();
        found.filter(|_| ending.next().is_none())
    }

    /// The set that is meant where nobody names one.
    pub fn only_set(&self) -> Result<String, DataError> {
        let sets = self.sets();
        let is_whole = |set: &&String| {
            let has = |role| self.files.iter().any(|f| f.role == role && f.set == **set);
            (0..ROLES.len()).all(has)
        };
        if sets.len() > 1 && sets.iter().any(|set| is_whole(&set)) {
            return Err(DataError::SeveralSets {
                folder: self.folder.clone(),
                found: sets,
            });
        }
        // No set is whole, or there is but one: the first file decides what the others must be.
        for role in 0..ROLES.len() {
            let mut of_role = self.files.iter().filter(|file| file.role == role);
            let Some(first) = of_role.next() else {
                return Err(missing(&self.folder, role));
            };
            if let Some(other) = of_role.find(|file| file.set != first.set) {
                return Err(self.ambiguous(role, &[first, other]));
            }
        }
        let name = |role: usize| self.files.iter().find(|file| file.role == role);
        let first = name(0);
        for role in 1..ROLES.len() {
            if let (Some(first), Some(other)) = (first, name(role))
                && first.set != other.set
            {
                return Err(DataError::MixedNames {
                    folder: self.folder.clone(),
                    first: first.name.clone(),
                    other: other.name.clone(),
                });
            }
        }
        Ok(sets.into_iter().next().unwrap_or_default())
    }

    /// The path of one of a set's four files. Of a file beside its `.gz` it is the file itself, if
    /// both hold the same.
    pub fn file(&self, role: usize, set: &str) -> Result<PathBuf, DataError> {
        let of_role = |file: &&Found| file.role == role && file.set == set;
        let found: Vec<&Found> = self.files.iter().filter(of_role).collect();
        match found[..] {
            [] => Err(missing(&self.folder, role)),
            [file] => Ok(self.folder.join(&file.name)),
            // Sorted, so the longer name comes second.
            [plain, zipped] if format!("{}.gz", plain.name) == zipped.name => {
                let content = if role.is_multiple_of(2) {
                    Content::Images
                } else {
                    Content::Labels
                };
                let paths = [plain, zipped].map(|file| self.folder.join(&file.name));
                let read = |path: &PathBuf| idx::read_file(path, content);
                if read(&paths[0])? != read(&paths[1])? {
                    return Err(DataError::CopiesDiffer {
                        plain: paths[0].clone(),
                        zipped: paths[1].clone(),
                    });
                }
                let [plain, _] = paths;
                Ok(plain)
            }
            _ => Err(self.ambiguous(role, &found)),
        }
    }

    fn ambiguous(&self, role: usize, found: &[&Found]) -> DataError {
        DataError::Ambiguous {
            folder: self.folder.clone(),
            pattern: ROLES[role].pattern,
            found: found.iter().map(|file| file.name.clone()).collect(),
        }
    }
}
