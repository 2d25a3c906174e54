//! Studies that are carried out stage by stage: searches, and seeds that are added until claims are decided.
//!
//! The trials of a stage follow from the finished trials of the stages before. So the plan of the latest stage
//! is a pure function of the study and of records, and whoever begins in the middle comes to the same plan.

use std::collections::{BTreeMap, HashMap};

use lenet_results::{FigureRecord, Outcome, TrialRecord, score};

use crate::as_run;
use crate::config::StudyConfig;
use crate::data_sets::DataSets;
use crate::decide::next_stage;
use crate::error::StudyError;
use crate::overrides::{Overrides, Proposals};
use crate::plan::{Plan, search};
use crate::search::Tried;

/// The stages of a study, as a command carries it out.
#[derive(Debug)]
pub struct Stages<'s> {
    study: &'s StudyConfig,
    overrides: Overrides,
    until_decided: Option<usize>,
}

impl<'s> Stages<'s> {
    /// Those of a study. With `until_decided` seeds are added until its claims are decided, up to so many a
    /// cell; [`Overrides::seeds`] then are those of the first look.
    #[must_use]
    pub const fn new(
        study: &'s StudyConfig,
        overrides: Overrides,
        until_decided: Option<usize>,
    ) -> Self {
        Self {
            study,
            overrides,
            until_decided,
        }
    }

    /// Whether a stage may follow the first one.
    ///
    /// # Errors
    /// As [`Plan::expand`].
    pub fn has_several(&self) -> Result<bool, StudyError> {
        let run = as_run::of_training(self.study, &self.overrides)?;
        let figures = run.figures.iter();
        let mut selected = figures.filter(|figure| run.selected.contains(&figure.id));
        let searches = selected.any(|f| f.search.as_ref().is_some_and(|s| s.has_stages()));
        Ok(searches || self.until_decided.is_some())
    }

    /// The plan of the latest stage that these records of trials lead to. All its trials may have ended; then
    /// nothing comes after it.
    ///
    /// # Errors
    /// As [`Plan::expand`].
    pub fn plan(&self, data: &DataSets, records: &[TrialRecord]) -> Result<Plan, StudyError> {
        let ended = records.iter().map(|r| (r.identity.as_str(), r));
        let ended: HashMap<&str, &TrialRecord> = ended.collect();
        let mut overrides = self.overrides.clone();
        loop {
            let mut plan = Plan::expand(self.study, &overrides, data)?;
            plan.study.until_decided = self.until_decided;
            let mut trials = plan.trials.iter();
            if !trials.all(|trial| ended.contains_key(trial.identity.as_str())) {
                return Ok(plan);
            }
            let proposals = self.proposals(&overrides, &plan, &ended)?;
            let seeds = self.seeds(&plan, records, &ended);
            if proposals.is_none() && seeds.is_none() {
                return Ok(plan);
            }
            if let Some(proposals) = proposals {
                overrides.proposals = proposals;
            }
            if let Some(seeds) = seeds {
                overrides.seeds_of = seeds;
            }
        }
    }

    /// What all searches have proposed once this plan is carried out; `None` where nothing is new.
    fn proposals(
        &self,
        overrides: &Overrides,
        plan: &Plan,
        ended: &HashMap<&str, &TrialRecord>,
    ) -> Result<Option<BTreeMap<String, Proposals>>, StudyError> {
        let run = as_run::of_training(self.study, overrides)?;
        let mut all = overrides.proposals.clone();
        for figure in &run.figures {
            let record = plan.study.figures.iter().find(|f| f.id == figure.id);
            let searched = record.and_then(|f| Some((f, f.search.as_ref()?)));
            let Some((record, done)) = searched.filter(|_| run.selected.contains(&figure.id))
            else {
                continue;
            };
            let seeds = record.cells.first().map_or(1, |cell| cell.trials.len());
            let Some(search) = search(self.study, figure, seeds) else {
                continue;
            };
            if done.complete {
                continue;
            }
            let known = all.entry(figure.id.clone()).or_default();
            if known.all.is_empty() {
                known.all = search.next(&[]);
            }
            let scores = scores(record, search.config.measure, ended);
            let tried = known.all.iter().cloned().zip(scores);
            let tried = tried.map(|(proposal, score)| Tried { proposal, score });
            let next = search.next(&tried.collect::<Vec<_>>());
            known.complete = next.is_empty();
            known.all.extend(next);
        }
        Ok((all != overrides.proposals).then_some(all))
    }

    /// The seeds of each cell of the next stage, where claims need more and no trial failed.
    fn seeds(
        &self,
        plan: &Plan,
        records: &[TrialRecord],
        ended: &HashMap<&str, &TrialRecord>,
    ) -> Option<BTreeMap<String, usize>> {
        let most = self.until_decided?;
        let failed = |identity: &str| {
            let record = ended.get(identity);
            record.is_some_and(|record| matches!(record.outcome, Outcome::Failed { .. }))
        };
        match plan.trials.iter().any(|trial| failed(&trial.identity)) {
            true => None,
            false => next_stage(&plan.selected_study(), records, most),
        }
    }
}

/// The score of each cell of a figure whose trials have ended.
fn scores(
    figure: &FigureRecord,
    measure: lenet_results::EpochMeasure,
    ended: &HashMap<&str, &TrialRecord>,
) -> Vec<f64> {
    let cells = figure.cells.iter();
    let of = |cell: &lenet_results::CellRecord| {
        let trials = cell.trials.iter();
        score(
            measure,
            trials.filter_map(|t| ended.get(t.identity.as_str()).copied()),
        )
    };
    cells.map(of).collect()
}
