//! Reads a data set from a folder of four IDX files.

mod places;
mod roles;

use std::path::Path;

use crate::dataset::Dataset;
use crate::error::DataError;
use crate::idx::{self, Content};
use crate::set::ImageSet;
use places::{Place, find_place};
use roles::ROLES;

impl Dataset {
    /// Reads the data set whose four IDX files are in `folder`, plain or gzip.
    ///
    /// The files have the names of MNIST's files (`train-images-idx3-ubyte`,
    /// `train-labels-idx1-ubyte`, `t10k-images-idx3-ubyte`, `t10k-labels-idx1-ubyte`), with or
    /// without `.gz`. A prefix that ends in `-` may precede the name, `test` may replace `t10k`,
    /// and images with several channels have `idx4`. So Fashion-MNIST, KMNIST and EMNIST work as
    /// published. The images of EMNIST stay transposed, as in its files ([`Dataset::transposed`]);
    /// its letters are numbered from 1, so class 0 stays empty. [`Dataset::warnings`] says so.
    ///
    /// Folders are read as other programs leave them: a file beside its `.gz` (torchvision), in a
    /// folder of its own name (Kaggle), or all of them further down (`data/MNIST` of torchvision). Of
    /// several sets in one folder, as EMNIST's six, `folder/emnist-letters` is one; so is what
    /// [`Dataset::from_folder_of_sets`] names.
    ///
    /// # Errors
    /// A [`DataError`] that names the file and says what is wrong with it.
    pub fn from_folder(folder: &Path) -> Result<Self, DataError> {
        if !folder.exists()
            && let (Some(parent), Some(name)) = (folder.parent(), folder.file_name())
            && let Some(name) = name.to_str()
            && let Ok(place) = find_place(parent)
            && place.set(name).is_some()
        {
            return Self::from_folder_of_sets(parent, name);
        }
        let place = find_place(folder)?;
        let set = place.only_set()?;
        read_place(&place, &set, &title(folder))
    }

    /// Reads one of several data sets in a folder, by its prefix (`emnist-letters`) or the end of it
    /// (`letters`).
    ///
    /// # Errors
    /// As [`Dataset::from_folder`], or there is no such set.
    pub fn from_folder_of_sets(folder: &Path, name: &str) -> Result<Self, DataError> {
        let place = find_place(folder)?;
        match place.set(name) {
            Some(set) => read_place(&place, &set, &set),
            None => Err(DataError::NoSuchSet {
                folder: place.folder.clone(),
                name: name.to_owned(),
                found: place.sets(),
            }),
        }
    }
}

/// Reads the four files of a set.
fn read_place(place: &Place, set: &str, title: &str) -> Result<Dataset, DataError> {
    let mut paths = Vec::new();
    for role in 0..ROLES.len() {
        paths.push(place.file(role, set)?);
    }
    let train = read_set(&paths[0], &paths[1])?;
    let test = read_set(&paths[2], &paths[3])?;
    let mut dataset = Dataset::new(title, train, test)?;
    dataset.set = set.to_owned();
    Ok(dataset)
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
