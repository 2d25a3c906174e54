//! What is allowed in a data set and probably not meant.

use std::fmt;

use crate::dataset::Dataset;
use crate::validation::warning::Classes;

/// Something about a data set that is allowed and probably not meant.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum DataWarning {
    /// The files are EMNIST's, whose images have rows and columns exchanged.
    Transposed {
        /// [`Dataset::title`].
        title: String,
    },
    /// No image has one of the classes below the largest.
    Unused {
        /// [`Dataset::title`].
        title: String,
        /// The classes, ascending; 0 alone where labels start at 1.
        classes: Vec<u8>,
    },
    /// Test images have classes that no training image has.
    OnlyInTest {
        /// [`Dataset::title`].
        title: String,
        /// The classes, ascending.
        classes: Vec<u8>,
    },
}

impl Dataset {
    /// What is allowed in this data set and probably not meant.
    #[must_use]
    pub fn warnings(&self) -> Vec<DataWarning> {
        let title = || self.title.clone();
        let (mut trained, mut tested) = ([false; 256], [false; 256]);
        for &label in self.train.labels() {
            trained[usize::from(label)] = true;
        }
        for &label in self.test.labels() {
            tested[usize::from(label)] = true;
        }
        let classes = |wanted: &dyn Fn(usize) -> bool| -> Vec<u8> {
            let all = 0..self.classes.min(256);
            all.filter(|&class| wanted(class))
                .map(|class| class as u8)
                .collect()
        };
        let mut warnings = Vec::new();
        if self.set.starts_with("emnist") {
            warnings.push(DataWarning::Transposed { title: title() });
        }
        let unused = classes(&|class| !trained[class] && !tested[class]);
        if !unused.is_empty() {
            warnings.push(DataWarning::Unused {
                title: title(),
                classes: unused,
            });
        }
        let only_in_test = classes(&|class| !trained[class] && tested[class]);
        if !only_in_test.is_empty() {
            warnings.push(DataWarning::OnlyInTest {
                title: title(),
                classes: only_in_test,
            });
        }
        warnings
    }
}

impl fmt::Display for DataWarning {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Transposed { title } => write!(
                f,
                "{title}: EMNIST's files hold images with rows and columns exchanged: a network \
                 trained on them reads no upright picture (hint: --transpose; in a \
                 study, data = {{ folder = …, transpose = true }})"
            ),
            Self::Unused { title, classes } if classes == &[0] => write!(
                f,
                "{title}: labels start at 1, so the network has a class 0 that no image has"
            ),
            Self::Unused { title, classes } => write!(
                f,
                "{title}: no image has {}, for which the network has outputs all the same",
                Classes(classes)
            ),
            Self::OnlyInTest { title, classes } => write!(
                f,
                "{title}: test images have {}, which no training image has",
                Classes(classes)
            ),
        }
    }
}

#[cfg(test)]
mod tests;
