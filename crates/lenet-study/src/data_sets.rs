//! The data sets of a study's trials.

use std::collections::{BTreeMap, HashSet};
use std::path::{Path, PathBuf};

use lenet_core::{Trial, ValidationDraw};
use lenet_data::{DataError, Dataset, NamedSet, SplitSpec, Splits};
use lenet_results::StudyData;

use crate::config::StudyConfig;
use crate::error::StudyError;
use crate::overrides::{Overrides, RuntimeOverrides};
use lenet_core::{MNIST, Settings, TRANSPOSED};

/// Loaded data sets, keyed by the value of the setting `data`.
#[derive(Debug, Clone, Default)]
pub struct DataSets {
    by_name: BTreeMap<String, Dataset>,
    /// Where those that were loaded from folders lie.
    folders: BTreeMap<String, PathBuf>,
}

/// The data set of this name: MNIST, that in a folder, whose path is relative to `from`, or where there is no
/// such folder, a [`NamedSet`].
///
/// # Errors
/// The folder cannot be used, or the set cannot be had.
pub fn data_set(name: &str, from: &Path) -> Result<Dataset, DataError> {
    if name == MNIST {
        return Ok(Dataset::mnist());
    }
    if let Some(name) = name.strip_suffix(TRANSPOSED) {
        return data_set(name, from)?.transposed();
    }
    match named_set(name, from) {
        Some(set) => set.load(),
        None => Dataset::from_folder(&from.join(name)),
    }
}

/// The set that a name stands for where no folder has it.
#[must_use]
pub fn named_set(name: &str, from: &Path) -> Option<NamedSet> {
    let name = name.strip_suffix(TRANSPOSED).unwrap_or(name);
    NamedSet::of(name).filter(|_| !from.join(name).exists())
}

/// What the record of a study has for the folder of a [`NamedSet`].
const HUB: &str = "huggingface";

impl DataSets {
    /// Loads every data set that the study names. A folder that the study's file names is relative to
    /// the file; one that a flag names, to the current directory.
    ///
    /// # Errors
    /// [`StudyError::Data`] if a folder cannot be used, [`StudyError::TwoFolders`] if file and flag
    /// mean two folders by one name.
    pub fn open(config: &StudyConfig, overrides: &Overrides) -> Result<Self, StudyError> {
        let given = [&overrides.settings, &Settings::default()];
        Self::load_all(config, given)
    }

    /// The same for a command that measures runtimes.
    ///
    /// # Errors
    /// As [`DataSets::open`].
    pub fn open_runtimes(
        config: &StudyConfig,
        overrides: &RuntimeOverrides,
    ) -> Result<Self, StudyError> {
        let given = [&Settings::default(), &overrides.settings];
        Self::load_all(config, given)
    }

    /// Loads what figures name with the settings that flags lay over those of training and those of
    /// runtimes.
    fn load_all(config: &StudyConfig, given: [&Settings; 2]) -> Result<Self, StudyError> {
        let mut sets = Self::default();
        for (name, from) in Self::named_by(config, given) {
            sets.load_from(&name, from)?;
        }
        Ok(sets)
    }

    /// The sets among those of a study that come from the hub, each once.
    #[must_use]
    pub fn to_fetch(config: &StudyConfig, overrides: &Settings) -> Vec<NamedSet> {
        let mut sets = Vec::new();
        for (name, from) in Self::named_by(config, [overrides; 2]) {
            sets.extend(named_set(&name, from).filter(|set| !sets.contains(set)));
        }
        sets
    }

    /// The names of all sets of a study, each with the folder that it is relative to.
    fn named_by<'c>(config: &'c StudyConfig, given: [&Settings; 2]) -> Vec<(String, &'c Path)> {
        let here = Path::new("");
        let mut names: Vec<(String, &Path)> = Vec::new();
        for figure in &config.figures {
            let given = given[usize::from(figure.is_of_runtime())];
            let fixed = config.base.overlaid(&figure.set).overlaid(given);
            let from = match given.data {
                Some(_) => here,
                None => &config.folder,
            };
            names.push((fixed.data_name().to_owned(), from));
            for axis in figure.axes.iter().filter(|axis| axis.name == "data") {
                let values = axis.values.iter();
                names.extend(values.map(|value| (value.data_name().to_owned(), &*config.folder)));
            }
        }
        names
    }

    fn load_from(&mut self, name: &str, from: &Path) -> Result<&Dataset, StudyError> {
        let folder = match named_set(name, from) {
            Some(_) => PathBuf::from(HUB),
            None => from.join(name),
        };
        if let Some(other) = self.folders.get(name).filter(|other| **other != folder) {
            return Err(StudyError::TwoFolders {
                name: name.to_owned(),
                folders: [other.clone(), folder],
            });
        }
        if !self.by_name.contains_key(name) {
            let set = data_set(name, from)?;
            if name != MNIST {
                self.folders.insert(name.to_owned(), folder);
            }
            self.by_name.insert(name.to_owned(), set);
        }
        Ok(&self.by_name[name])
    }

    /// Where those that were loaded from folders lie, for whoever carries out the study elsewhere.
    #[must_use]
    pub fn recorded(&self) -> Vec<StudyData> {
        let recorded = |(name, folder): (&String, &PathBuf)| {
            // A set that is turned has the name of its folder with a word after it.
            let text = folder.to_string_lossy();
            let folder = Path::new(text.strip_suffix(TRANSPOSED).unwrap_or(&text)).to_owned();
            StudyData {
                name: name.clone(),
                source: self.by_name[name].source.clone(),
                folder: match folder == Path::new(HUB) {
                    true => folder,
                    false => std::path::absolute(&folder).unwrap_or(folder),
                },
            }
        };
        self.folders.iter().map(recorded).collect()
    }

    /// Loads the data sets that a study's record names, from where they lay when it was planned.
    ///
    /// # Errors
    /// [`StudyError::Data`] if a folder cannot be used; [`StudyError::OtherData`] if it holds another set
    /// by now.
    pub fn of_record(recorded: &[StudyData]) -> Result<Self, StudyError> {
        let mut sets = Self::default();
        sets.by_name.insert(MNIST.to_owned(), Dataset::mnist());
        for known in recorded {
            let name = known.name.strip_suffix(TRANSPOSED);
            let bare = name.unwrap_or(&known.name);
            let set = match NamedSet::of(bare).filter(|_| known.folder == Path::new(HUB)) {
                Some(set) => set.load()?,
                None => Dataset::from_folder(&known.folder)?,
            };
            let set = match name {
                Some(_) => set.transposed()?,
                None => set,
            };
            if set.source != known.source {
                return Err(StudyError::OtherData {
                    folder: known.folder.clone(),
                    found: set.source,
                    expected: known.source.clone(),
                });
            }
            sets.folders
                .insert(known.name.clone(), known.folder.clone());
            sets.by_name.insert(known.name.clone(), set);
        }
        Ok(sets)
    }

    /// The name of the data set with this [`Dataset::source`], if it was loaded.
    pub(crate) fn name_of(&self, source: &str) -> Option<&str> {
        let mut all = self.by_name.iter();
        let found = all.find(|(_, set)| set.source == source);
        found.map(|(name, _)| name.as_str())
    }

    /// Loads one data set, whose folder is relative to the current directory, unless it is loaded
    /// already.
    ///
    /// # Errors
    /// [`StudyError::Data`] if the folder cannot be used.
    pub fn load(&mut self, name: &str) -> Result<&Dataset, StudyError> {
        self.load_from(name, Path::new(""))
    }

    /// Adds a data set that the caller made.
    #[must_use]
    pub fn with(mut self, name: &str, set: Dataset) -> Self {
        self.by_name.insert(name.to_owned(), set);
        self
    }

    /// The data set of this name, if it was loaded.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&Dataset> {
        self.by_name.get(name)
    }

    /// The data set with this [`Dataset::source`], if it was loaded.
    #[must_use]
    pub fn of_source(&self, source: &str) -> Option<&Dataset> {
        self.by_name.values().find(|set| set.source == source)
    }

    /// A trial's splits of the data set of this name.
    ///
    /// # Errors
    /// [`StudyError::Data`] if the data set is too small for them.
    pub fn splits(&self, name: &str, trial: &Trial) -> Result<Splits, StudyError> {
        let set = self
            .get(name)
            .expect("a plan names only sets that were loaded for it");
        Ok(set.split(&SplitSpec {
            validation: trial.data.validation,
            samples: trial.data.samples.into(),
            seed: trial.seed,
        })?)
    }

    /// What is probably not meant in the data sets of these trials ([`Dataset::warnings`]), or in their
    /// validation ([`Dataset::validation_warning`]). Each trial has the name of its set; each warning
    /// comes once.
    pub(crate) fn warnings<'t>(
        &self,
        trials: impl Iterator<Item = (&'t str, &'t Trial)>,
    ) -> Vec<String> {
        let (mut checked, mut told) = (HashSet::new(), HashSet::new());
        let (mut warnings, mut of_sets) = (Vec::new(), HashSet::new());
        for (name, trial) in trials {
            let validation = trial.data.validation;
            if of_sets.insert(name)
                && let Some(set) = self.get(name)
            {
                warnings.extend(set.warnings().iter().map(ToString::to_string));
            }
            // The classes of any other split do not depend on the seed.
            let draws = validation.draw == ValidationDraw::Seed && !validation.stratified;
            let seed = draws.then_some(trial.seed);
            if told.contains(&(name, validation)) || !checked.insert((name, validation, seed)) {
                continue;
            }
            let set = self.get(name);
            let warning = set.and_then(|set| set.validation_warning(validation, trial.seed));
            if let Some(warning) = warning {
                told.insert((name, validation));
                warnings.push(warning.to_string());
            }
        }
        warnings
    }
}
