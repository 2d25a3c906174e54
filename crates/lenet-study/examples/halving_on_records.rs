//! How much successive halving saves on a grid whose records are there: nothing is trained.
//!
//! ```sh
//! cargo run --release -p lenet-study --example halving_on_records -- results/full-grid [PROPOSALS]
//! ```
//!
//! Each cell of the grid is a proposal, or so many of them at random. A trial of fewer epochs is the beginning
//! of the trial on record, since its rate does not depend on the number of epochs. Prints, for five seeds of the
//! search, the share of the grid's epochs that it takes, and how far the mean validation accuracy of its
//! winner is from the best cell's.
#![allow(clippy::print_stdout, reason = "it prints what it finds")]

use std::collections::{BTreeMap, HashMap};
use std::error::Error;
use std::path::PathBuf;

use lenet_core::Settings;
use lenet_results::{
    Budget, EpochMeasure, FigureRecord, Outcome, SearchKind, Store, TrialRecord, WORST, score,
};
use lenet_study::{Parameter, Place, Range, SearchConfig, Space, simulate};

const SEEDS: std::ops::RangeInclusive<u64> = 1..=5;

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let folder = PathBuf::from(arguments.next().ok_or("name a folder of records")?);
    let proposals = arguments.next().map(|text| text.parse()).transpose()?;
    let store = Store::open(&folder)?;
    let study = store.read_study()?.ok_or("there is no study.json")?;
    let records = store.records()?;
    let figures = study.figures.iter();
    let mut grids = figures.filter(|figure| figure.runtime.is_none() && figure.search.is_none());
    let figure = grids.next().ok_or("the study has no grid")?;
    let grid = Grid::new(figure, &records)?;
    let (best, whole) = (grid.best()?, grid.cells.len() * grid.epochs);
    println!(
        "{} cells of {} epochs, the best at {best:.4}",
        grid.cells.len(),
        grid.epochs
    );
    for seed in SEEDS {
        let config = SearchConfig {
            kind: SearchKind::Halving { eta: 3, first: 1 },
            budget: Budget::Trials(proposals.unwrap_or(grid.cells.len())),
            measure: EpochMeasure::ValidationAccuracy,
            seed,
            space: grid.space.clone(),
            place: Place {
                origin: String::new(),
                position: None,
            },
        };
        let tried = simulate(&config, &grid.fixed, &mut |settings, epochs| {
            grid.score(settings, epochs)
        });
        let spent: usize = tried.iter().map(|t| t.proposal.place.new_epochs).sum();
        let last = tried.iter().filter(|t| t.proposal.epochs == grid.epochs);
        let found = last.map(|tried| tried.score).fold(WORST, f64::max);
        println!(
            "search seed {seed}: {:.1} % of the epochs, winner at {found:.4}, {:.2} points below the best",
            100.0 * spent as f64 / whole as f64,
            100.0 * (best - found)
        );
    }
    Ok(())
}

/// A grid with its records.
struct Grid<'r> {
    /// The trials of each cell, by the settings of the axes.
    cells: BTreeMap<String, Vec<&'r TrialRecord>>,
    space: Space,
    fixed: Settings,
    epochs: usize,
}

impl<'r> Grid<'r> {
    fn new(figure: &FigureRecord, records: &'r [TrialRecord]) -> Result<Self, Box<dyn Error>> {
        let known: HashMap<&str, &TrialRecord> =
            records.iter().map(|r| (r.identity.as_str(), r)).collect();
        let first = figure.cells.first().ok_or("the grid has no cells")?;
        if !first.config.is_same_at_any_length() {
            return Err("its trials are not those of fewer epochs continued".into());
        }
        let names: Vec<&str> = figure.axes.iter().map(String::as_str).collect();
        let mut cells = BTreeMap::new();
        let mut choices: Vec<Vec<Settings>> = vec![Vec::new(); names.len()];
        for cell in &figure.cells {
            let own = Settings::of(&cell.config);
            for (name, choices) in names.iter().zip(&mut choices) {
                let value = own.only(&[name]);
                if !choices.contains(&value) {
                    choices.push(value);
                }
            }
            let trials = cell.trials.iter();
            let trials = trials.map(|trial| known.get(trial.identity.as_str()).copied());
            let trials: Option<Vec<&TrialRecord>> = trials.collect();
            let trials = trials.ok_or_else(|| format!("{}: trials are missing", cell.label))?;
            cells.insert(own.only(&names).label(), trials);
        }
        let parameters = names.iter().zip(choices).map(|(name, choices)| Parameter {
            name: (*name).to_owned(),
            range: Range::Choice(choices),
        });
        Ok(Self {
            space: Space {
                parameters: parameters.collect(),
            },
            fixed: Settings::of(&first.config).without(&names),
            epochs: first.config.epochs,
            cells,
        })
    }

    /// The score of the best cell.
    fn best(&self) -> Result<f64, Box<dyn Error>> {
        let scores = self.cells.values().map(|trials| after(trials, self.epochs));
        let best = scores.fold(WORST, f64::max);
        if best == WORST {
            return Err("no cell has a score".into());
        }
        Ok(best)
    }

    /// The score of settings after so many epochs; combinations that the grid lacks are worst.
    fn score(&self, settings: &Settings, epochs: usize) -> f64 {
        let names: Vec<&str> = self.space.names();
        let cell = self.cells.get(&settings.only(&names).label());
        cell.map_or(WORST, |trials| after(trials, epochs))
    }
}

/// The score of trials as if they had ended after so many epochs.
fn after(trials: &[&TrialRecord], epochs: usize) -> f64 {
    let shorter = trials.iter().map(|trial| {
        let mut shorter = (*trial).clone();
        if shorter.epochs.len() >= epochs {
            shorter.epochs.truncate(epochs);
            if matches!(shorter.outcome, Outcome::Diverged { epoch } if epoch > epochs) {
                shorter.outcome = Outcome::Completed {};
            }
        }
        shorter
    });
    let shorter: Vec<TrialRecord> = shorter.collect();
    score(EpochMeasure::ValidationAccuracy, &shorter)
}
