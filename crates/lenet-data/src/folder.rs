//! Reads a data set from a folder of four IDX files.

use std::fs;
use std::path::Path;

use crate::dataset::Dataset;
use crate::error::DataError;
use crate::idx::{self, Content};
use crate::set::ImageSet;

/// One of the four files.
struct Role {
    /// The part of the name after the set's prefix, for example `train-images`.
    stems: &'static [&'static str],
    /// The number of dimensions, as in the name.
    ranks: &'static [&'static str],
    /// The name in error messages.
    pattern: &'static str,
}

const TRAIN_IMAGES: Role = Role {
    stems: &["train-images"],
    ranks: &["3", "4"],
    pattern: "[<set>-]train-images-idx3-ubyte[.gz] (or idx4)",
};
const TRAIN_LABELS: Role = Role {
    stems: &["train-labels"],
    ranks: &["1"],
    pattern: "[<set>-]train-labels-idx1-ubyte[.gz]",
};
const TEST_IMAGES: Role = Role {
    stems: &["t10k-images", "test-images"],
    ranks: &["3", "4"],
    pattern: "[<set>-]t10k-images-idx3-ubyte[.gz] (or test-images, idx4)",
};
const TEST_LABELS: Role = Role {
    stems: &["t10k-labels", "test-labels"],
    ranks: &["1"],
    pattern: "[<set>-]t10k-labels-idx1-ubyte[.gz] (or test-labels)",
};

impl Role {
    /// The set's prefix, for example `emnist-letters-`, if `name` is a name of this file.
    fn prefix<'a>(&self, name: &'a str) -> Option<&'a str> {
        let name = name.strip_suffix(".gz").unwrap_or(name);
        let name = name.strip_suffix("-ubyte")?;
        let name = self.ranks.iter().find_map(|rank| name.strip_suffix(rank))?;
        let name = name
            .strip_suffix("-idx")
            .or_else(|| name.strip_suffix(".idx"))?;
        let prefix = self.stems.iter().find_map(|stem| name.strip_suffix(stem))?;
        (prefix.is_empty() || prefix.ends_with('-')).then_some(prefix)
    }

    fn find<'a>(&self, folder: &Path, names: &'a [String]) -> Result<&'a str, DataError> {
        let found: Vec<_> = names
            .iter()
            .filter(|name| self.prefix(name).is_some())
            .collect();
        match found[..] {
            [name] => Ok(name),
            [] => Err(DataError::Missing {
                folder: folder.to_owned(),
                pattern: self.pattern,
            }),
            _ => Err(DataError::Ambiguous {
                folder: folder.to_owned(),
                pattern: self.pattern,
                found: found.into_iter().cloned().collect(),
            }),
        }
    }
}

impl Dataset {
    /// Reads the data set whose four IDX files are in `folder`, plain or gzip.
    ///
    /// The files have the names of MNIST's files (`train-images-idx3-ubyte`,
    /// `train-labels-idx1-ubyte`, `t10k-images-idx3-ubyte`, `t10k-labels-idx1-ubyte`), with or
    /// without `.gz`. A prefix that ends in `-` may precede the name, `test` may replace `t10k`,
    /// and images with several channels have `idx4`. So Fashion-MNIST, KMNIST and EMNIST work as
    /// published. The images of EMNIST stay transposed, as in its files; its letters are numbered
    /// from 1, so class 0 stays empty.
    ///
    /// # Errors
    /// A [`DataError`] that names the file and says what is wrong with it.
    pub fn from_folder(folder: &Path) -> Result<Self, DataError> {
        let names = file_names(folder)?;
        let train_images = TRAIN_IMAGES.find(folder, &names)?;
        let prefix = TRAIN_IMAGES.prefix(train_images);
        let find = |role: &Role| {
            let name = role.find(folder, &names)?;
            if role.prefix(name) == prefix {
                return Ok(name);
            }
            Err(DataError::MixedNames {
                folder: folder.to_owned(),
                first: train_images.to_owned(),
                other: name.to_owned(),
            })
        };
        let [train_labels, test_images, test_labels] = [
            find(&TRAIN_LABELS)?,
            find(&TEST_IMAGES)?,
            find(&TEST_LABELS)?,
        ];

        let train = read_set(&folder.join(train_images), &folder.join(train_labels))?;
        let test = read_set(&folder.join(test_images), &folder.join(test_labels))?;
        Self::new(&title(folder), train, test)
    }
}

/// Names of the files in `folder`, sorted. Names that are not Unicode match no pattern and are left
/// out.
fn file_names(folder: &Path) -> Result<Vec<String>, DataError> {
    let unreadable = |error| DataError::Unreadable {
        path: folder.to_owned(),
        error,
    };
    let mut names = Vec::new();
    for entry in fs::read_dir(folder).map_err(unreadable)? {
        if let Ok(name) = entry.map_err(unreadable)?.file_name().into_string() {
            names.push(name);
        }
    }
    names.sort_unstable();
    Ok(names)
}

fn read_set(images_path: &Path, labels_path: &Path) -> Result<ImageSet, DataError> {
    let images = idx::read_file(images_path, Content::Images)?;
    let labels = idx::read_file(labels_path, Content::Labels)?;
    if images.dimensions[0] != labels.bytes.len() {
        return Err(DataError::CountsDiffer {
            images_path: images_path.to_owned(),
            images: images.dimensions[0],
            labels_path: labels_path.to_owned(),
            labels: labels.bytes.len(),
        });
    }
    let shape = images.image_shape();
    ImageSet::new(images.bytes, labels.bytes, shape)
}

/// The folder's name, even if the path is `.`.
fn title(folder: &Path) -> String {
    let folder = folder.canonicalize().unwrap_or_else(|_| folder.to_owned());
    folder
        .file_name()
        .unwrap_or(folder.as_os_str())
        .to_string_lossy()
        .into_owned()
}

#[cfg(test)]
mod tests;
