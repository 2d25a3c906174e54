//! The seeds of every cell of a plan.

use std::collections::HashMap;

use crate::config::{SEEDS, Seeds, StudyConfig};
use crate::error::StudyError;
use crate::overrides::Overrides;

/// The seeds of every cell.
pub(super) struct PlannedSeeds {
    pub(super) usual: Vec<u64>,
    /// Those of single cells.
    special: HashMap<String, Vec<u64>>,
}

impl PlannedSeeds {
    pub(super) fn new(config: &StudyConfig, overrides: &Overrides) -> Result<Self, StudyError> {
        let special = overrides.seeds_of.iter();
        let special = special.map(|(cell, n)| Ok((cell.clone(), seeds(&config.seeds, Some(*n))?)));
        Ok(Self {
            usual: seeds(&config.seeds, overrides.seeds)?,
            special: special.collect::<Result<_, StudyError>>()?,
        })
    }

    pub(super) fn usual(seeds: Vec<u64>) -> Self {
        Self {
            usual: seeds,
            special: HashMap::new(),
        }
    }

    pub(super) fn of(&self, cell: &str) -> &[u64] {
        self.special.get(cell).unwrap_or(&self.usual)
    }
}

fn seeds(seeds: &Seeds, wanted: Option<usize>) -> Result<Vec<u64>, StudyError> {
    let Some(wanted) = wanted else {
        return Ok(seeds.list());
    };
    let refuse = |hint: String| Err(StudyError::Seeds { wanted, hint });
    match seeds {
        _ if wanted == 0 => refuse("give at least 1".to_owned()),
        Seeds::Count(_) if !SEEDS.hold(wanted) => refuse(SEEDS.hint()),
        Seeds::List(list) if wanted > list.len() => refuse(format!(
            "the study lists {} seeds; add more to its file",
            list.len()
        )),
        Seeds::List(list) => Ok(list[..wanted].to_vec()),
        Seeds::Count(_) => Ok(Seeds::Count(wanted).list()),
    }
}
