//! What a study declared, and when: `registrations.jsonl`, to which lines are only ever added.
//!
//! Before trials are run, the study's figures, claims and seeds are registered with the number of
//! trials that had finished by then. So a report can say of each claim whether it was declared before its
//! data, or added or changed afterwards.

use std::collections::BTreeMap;
use std::path::Path;

use serde::{Deserialize, Serialize};

use lenet_core::identity::digest;

use crate::claim::ClaimRecord;
use crate::error::StoreError;
use crate::lines;
use crate::study::StudyRecord;

/// The format of a line of `registrations.jsonl`. Format 1 had no checksum.
pub const REGISTRATION_FORMAT: u32 = 2;

const FILE: &str = "registrations.jsonl";

/// Enters every digest.
const TAG: &str = "lenet-lab claim 1\n";

/// A study as it was declared at one time.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Registration {
    /// Version of this type.
    pub format: u32,
    /// Seconds since 1970-01-01 UTC.
    pub unix: u64,
    /// The study's name.
    pub study: String,
    /// Digest of the figures' cells.
    pub figures: String,
    /// Digest of the seeds of every cell.
    pub seeds: String,
    /// Claims by id.
    pub claims: BTreeMap<String, RegisteredClaim>,
}

/// A claim as it was declared.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RegisteredClaim {
    /// [`ClaimRecord::digest`].
    pub digest: String,
    /// Finished trials of the claim's cells at that time.
    pub finished: usize,
}

/// When a claim was declared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Declared {
    /// Before the first trial of its cells had finished, at this time.
    Before {
        /// Seconds since 1970-01-01 UTC.
        unix: u64,
    },
    /// Afterwards: it is new, or other than what was declared under its id.
    Afterwards {
        /// Seconds since 1970-01-01 UTC.
        unix: u64,
        /// Finished trials of its cells at that time.
        finished: usize,
        /// Whether its id stood for another claim before.
        changed: bool,
    },
    /// It is not in the register: the records are older than it, or the claim was never run.
    Unregistered,
}

impl ClaimRecord {
    /// Sixteen hex digits of what the claim says and how it is decided. Notes do not count.
    #[must_use]
    pub fn digest(&self) -> String {
        let bare = Self {
            notes: String::new(),
            ..self.clone()
        };
        let value = serde_json::to_value(bare).expect("a claim has string keys only");
        digest(TAG, &value)
    }

    /// [`Trial::cell`](lenet_core::Trial::cell) of every cell that the claim compares; some may
    /// stand here more than once.
    pub fn cells(&self) -> impl Iterator<Item = &str> {
        let comparisons = self.tests.iter().flat_map(|test| &test.comparisons);
        let pairs = comparisons.flat_map(|c| c.pairs.iter().chain(&c.baseline));
        pairs
            .flat_map(|pair| [Some(&pair.left), pair.right.as_ref()])
            .flatten()
            .map(String::as_str)
    }
}

impl Registration {
    /// The registration of a study. `finished` tells how many trials of a cell have finished.
    #[must_use]
    pub fn new(study: &StudyRecord, unix: u64, finished: &dyn Fn(&str) -> usize) -> Self {
        let claim = |claim: &ClaimRecord| {
            let mut cells: Vec<&str> = claim.cells().collect();
            cells.sort_unstable();
            cells.dedup();
            let registered = RegisteredClaim {
                digest: claim.digest(),
                finished: cells.into_iter().map(finished).sum(),
            };
            (claim.id.clone(), registered)
        };
        let cells = || study.figures.iter().flat_map(|figure| &figure.cells);
        let keys: Vec<String> = cells().map(|cell| cell.config.cell()).collect();
        let seeds: Vec<Vec<u64>> = cells()
            .map(|cell| cell.trials.iter().map(|trial| trial.seed).collect())
            .collect();
        Self {
            format: REGISTRATION_FORMAT,
            unix,
            study: study.name.clone(),
            figures: digest(TAG, &serde_json::json!(keys)),
            seeds: digest(TAG, &serde_json::json!(seeds)),
            claims: study.claims.iter().map(claim).collect(),
        }
    }

    /// Whether both declare the same.
    fn declares_as(&self, other: &Self) -> bool {
        let digests = |r: &Self| -> Vec<(String, String)> {
            let claims = r.claims.iter();
            claims
                .map(|(id, c)| (id.clone(), c.digest.clone()))
                .collect()
        };
        (&self.study, &self.figures, &self.seeds) == (&other.study, &other.figures, &other.seeds)
            && digests(self) == digests(other)
    }
}

/// When a claim was declared, by the registrations of its study, oldest first.
#[must_use]
pub fn declared(claim: &ClaimRecord, study: &str, register: &[Registration]) -> Declared {
    let own = || register.iter().filter(|r| r.study == study);
    let digest = claim.digest();
    let same = |r: &&Registration| r.claims.values().any(|c| c.digest == digest);
    let Some(first) = own().find(same) else {
        return Declared::Unregistered;
    };
    let registered = first.claims.values().find(|c| c.digest == digest);
    let finished = registered.map_or(0, |c| c.finished);
    let unix = first.unix;
    if finished == 0 {
        return Declared::Before { unix };
    }
    let mut earlier = own().take_while(|r| *r != first);
    Declared::Afterwards {
        unix,
        finished,
        changed: earlier.any(|r| r.claims.contains_key(&claim.id)),
    }
}

/// Adds what a study declares to the register of a folder of records, unless its last declaration says
/// the same. Damaged lines of the register stay as they are.
///
/// # Errors
/// [`StoreError`] if the register cannot be read or written.
pub fn register(folder: &Path, registration: &Registration) -> Result<(), StoreError> {
    let path = &folder.join(FILE);
    let known = registrations(folder)?;
    let last = known.iter().rfind(|r| r.study == registration.study);
    if last.is_some_and(|last| last.declares_as(registration)) {
        return Ok(());
    }
    lines::append_line(path, registration, REGISTRATION_FORMAT)
}

/// What was declared in a folder of records, oldest first; nothing where there is no register. A damaged
/// line does not count, nor does a last line without its end, which a killed process left.
///
/// # Errors
/// As [`find_registrations`].
pub fn registrations(folder: &Path) -> Result<Vec<Registration>, StoreError> {
    Ok(find_registrations(folder)?.0)
}

/// [`registrations`], and what is wrong with each damaged line.
///
/// # Errors
/// [`StoreError`] if the operating system refuses to read the register, or a later version wrote a line.
pub fn find_registrations(
    folder: &Path,
) -> Result<(Vec<Registration>, Vec<StoreError>), StoreError> {
    lines::read_sound_lines(&folder.join(FILE), "register", REGISTRATION_FORMAT)
}

#[cfg(test)]
mod tests;
