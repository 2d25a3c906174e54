//! The four files of a set, by their names.

/// One of the four files.
pub(super) struct Role {
    /// The part of the name after the set's prefix, for example `train-images`.
    stems: &'static [&'static str],
    /// The number of dimensions, as in the name.
    ranks: &'static [&'static str],
    /// The name in error messages.
    pub pattern: &'static str,
}

pub(super) const TRAIN_IMAGES: Role = Role {
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
    pub fn prefix<'a>(&self, name: &'a str) -> Option<&'a str> {
        let name = name.strip_suffix(".gz").unwrap_or(name);
        let name = name.strip_suffix("-ubyte")?;
        let name = self.ranks.iter().find_map(|rank| name.strip_suffix(rank))?;
        let name = name
            .strip_suffix("-idx")
            .or_else(|| name.strip_suffix(".idx"))?;
        let prefix = self.stems.iter().find_map(|stem| name.strip_suffix(stem))?;
        (prefix.is_empty() || prefix.ends_with('-')).then_some(prefix)
    }
}

pub(super) const ROLES: [Role; 4] = [TRAIN_IMAGES, TRAIN_LABELS, TEST_IMAGES, TEST_LABELS];

/// A file with a name of one of the four.
#[derive(Debug, Clone)]
pub(super) struct Found {
    /// Index in [`ROLES`].
    pub role: usize,
    /// The set's prefix, without its dash.
    pub set: String,
    /// The file's path below its place.
    pub name: String,
}

impl Found {
    pub fn new(name: &str, path: String) -> Option<Self> {
        ROLES.iter().enumerate().find_map(|(role, pattern)| {
            let prefix = pattern.prefix(name)?;
            Some(Self {
                role,
                set: prefix.trim_end_matches('-').to_owned(),
                name: path.clone(),
            })
        })
    }
}
