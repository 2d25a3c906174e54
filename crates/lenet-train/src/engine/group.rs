//! The training loop: trials of one shape advance together, one batch at a time.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Instant;

use lenet_core::Problem;
use lenet_data::Split;
use lenet_results::Outcome;

use super::course::{Course, GroupTrial, all_finite};
use super::predict::{AT_ONCE, finished, logits, logits_alone};
use crate::backend::{self, Clock, EvaluationSums, Group, Member};
use crate::error::TrainError;
use crate::{Ended, Event, RunOptions};

/// Approximate number of [`Event::Step`] per epoch.
const EVENTS_PER_EPOCH: usize = 50;

/// Receives the events of a group's trials. `trial` is the trial's index in the group.
pub trait Watcher {
    /// Receives an event of a trial.
    fn event(&mut self, trial: usize, event: Event<'_>);

    /// A trial left the group: it finished, was stopped, or failed on its own.
    fn ended(&mut self, trial: usize, ended: Result<Ended, TrainError>);
}

/// Runs trials in step. Each trial gives the same records, parameters and checkpoints as alone,
/// except for seconds, on a GPU and on the CPU. Each ends on its own, and fails on its own if its
/// settings, its checkpoint or its initial weights are at fault.
///
/// The trials must have one [`Shape`](lenet_core::Shape). Their training splits may hold different
/// images of one set, but equally many; so may their validation splits. Trials whose checkpoints lie in the middle of an epoch
/// finish that epoch first, together with trials at the same batch; then all go on together.
/// `checkpoint` and `init` come from each [`GroupTrial`], not from `options`.
///
/// The watcher receives the end of every trial exactly once, unless the group fails.
///
/// # Errors
/// Whatever stops the whole group: trials that do not agree, or a device that cannot be used or
/// fails. Trials whose end the watcher has not received have then failed.
pub fn run_group(
    trials: &[GroupTrial<'_>],
    options: &RunOptions,
    watcher: &mut dyn Watcher,
) -> Result<(), TrainError> {
    let mut running: Vec<Running<'_>> = Vec::new();
    let mut networks = Vec::new();
    for (number, trial) in trials.iter().enumerate() {
        let (course, state) = match Course::begin(trial, options) {
            Ok(begun) => begun,
            Err(error) => {
                watcher.ended(number, Err(error));
                continue;
            }
        };
        if let Some(outcome) = course.outcome(all_finite(&state.0)) {
            watcher.event(number, started(&course, 1));
            let logits = logits_alone(&course, &state, options);
            let ended = logits.map(|own| finished(course, outcome, state.0, own.as_deref()));
            watcher.ended(number, ended);
            continue;
        }
        networks.push((course.trial.optimizer, state));
        let network = running.len();
        running.push(Running {
            number,
            network,
            course,
        });
    }
    let Some(Running { course: first, .. }) = running.first() else {
        return Ok(());
    };
    for other in &running {
        check_agreement(first, &other.course)?;
    }
    let mut group = backend::build(&first.geometry, &first.trial.shape(), options, networks)?;
    group.place(first.data)?;
    for each in &running {
        watcher.event(each.number, started(&each.course, running.len()));
    }
    Lockstep {
        group,
        running,
        options,
        watcher,
    }
    .run()
}

fn started<'c>(course: &'c Course<'_>, group: usize) -> Event<'c> {
    Event::Started {
        from_epoch: course.progress.epochs.len(),
        epochs: &course.progress.epochs,
        group,
    }
}

/// Refuses two trials that cannot be trained in step.
fn check_agreement(one: &Course<'_>, other: &Course<'_>) -> Result<(), TrainError> {
    let refuse = |setting: &str| {
        let what = match setting {
            "batch_size" => "batches",
            "precision" => "precisions",
            "backend" => "backends",
            "device" => "devices",
            "data" => "images",
            _ => "networks",
        };
        let reason = format!("trials with different {what} cannot be trained together");
        Err(Problem::new(setting, reason).into())
    };
    if let Some(setting) = one.trial.shape().difference(&other.trial.shape()) {
        return refuse(setting);
    }
    if one.geometry != other.geometry {
        return refuse("network");
    }
    let (a, b) = (one.data, other.data);
    let same = Arc::ptr_eq(&a.train.set, &b.train.set)
        && Arc::ptr_eq(&a.validation.set, &b.validation.set)
        && Arc::ptr_eq(&a.test.set, &b.test.set)
        && a.train.indices.len() == b.train.indices.len()
        && a.validation.indices.len() == b.validation.indices.len()
        && a.test.indices == b.test.indices;
    if !same {
        return refuse("data");
    }
    Ok(())
}

/// The sums of each network over the validation split of its trial, in the networks' order. Trials
/// that validate on the same images are evaluated in one call.
fn validate(
    group: &mut dyn Group,
    splits: &[&Split],
    networks: &[usize],
) -> Result<Vec<EvaluationSums>, TrainError> {
    let mut sums = vec![EvaluationSums::default(); networks.len()];
    let mut left: Vec<usize> = (0..networks.len()).collect();
    while let Some(&first) = left.first() {
        let split = splits[first];
        let (same, others): (Vec<usize>, Vec<usize>) = left
            .into_iter()
            .partition(|&at| splits[at].indices == split.indices);
        let evaluated: Vec<usize> = same.iter().map(|&at| networks[at]).collect();
        for (at, found) in same
            .into_iter()
            .zip(group.evaluate(split, &evaluated, None)?)
        {
            sums[at] = found;
        }
        left = others;
    }
    Ok(sums)
}

/// A trial that has not ended.
struct Running<'a> {
    /// Index among the trials that the caller passed.
    number: usize,
    /// Index of the trial's network in the group.
    network: usize,
    course: Course<'a>,
}

/// A group while it trains: its networks, and its trials that have not ended.
struct Lockstep<'a, 'w> {
    group: Box<dyn Group>,
    running: Vec<Running<'a>>,
    options: &'w RunOptions,
    watcher: &'w mut dyn Watcher,
}

impl Lockstep<'_, '_> {
    fn run(mut self) -> Result<(), TrainError> {
        // The trials farthest into their epoch go first, until all are at the start of one.
        while let Some(batch) = self.farthest() {
            if !self.train(batch)? {
                return self.interrupt();
            }
            self.finish_epochs()?;
        }
        Ok(())
    }

    fn farthest(&self) -> Option<usize> {
        let batches = self.running.iter().map(|each| each.course.progress.batch);
        batches.max()
    }

    /// Trains the rest of the epoch for the trials at batch `from`; `false` if `stop` was set
    /// before the end.
    fn train(&mut self, from: usize) -> Result<bool, TrainError> {
        let running = self.running.iter_mut();
        let mut members: Vec<&mut Running<'_>> = running
            .filter(|each| each.course.progress.batch == from)
            .collect();
        let orders: Vec<Vec<u32>> = members.iter().map(|each| each.course.order()).collect();
        let asked: Vec<Member<'_>> = members
            .iter()
            .zip(&orders)
            .map(|(each, order)| each.course.member(each.network, order))
            .collect();
        let Course { data, batches, .. } = members[0].course;
        let every = batches.div_ceil(EVENTS_PER_EPOCH);
        let begun = Instant::now();
        self.group.begin_epoch(&data.train.set, &asked, from)?;
        let mut whole = true;
        for batch in from + 1..=batches {
            if self.options.stop.load(Ordering::Relaxed) {
                whole = false;
                break;
            }
            self.group.step(&mut Clock::off())?;
            for each in &mut members {
                each.course.advance();
                if batch.is_multiple_of(every) {
                    let epoch = each.course.epoch();
                    let step = Event::Step {
                        epoch,
                        batch,
                        batches,
                    };
                    self.watcher.event(each.number, step);
                }
            }
        }
        // Reading the sums waits for the device, so the time is taken after it.
        let sums = self.group.training_sums()?;
        let seconds = begun.elapsed().as_secs_f64() / members.len() as f64;
        for (each, sums) in members.iter_mut().zip(sums) {
            each.course.book(sums, seconds);
        }
        Ok(whole)
    }

    /// Evaluates, records and saves the trials at the end of an epoch; trials that have ended
    /// leave the group.
    fn finish_epochs(&mut self) -> Result<(), TrainError> {
        let at_end = |each: &&Running<'_>| each.course.is_at_epochs_end();
        let ended: Vec<&Running<'_>> = self.running.iter().filter(at_end).collect();
        let data = ended[0].course.data;
        let networks: Vec<usize> = ended.iter().map(|each| each.network).collect();
        let own = ended.iter().map(|each| &each.course.data.validation);
        let own: Vec<&Split> = own.collect();
        let begun = Instant::now();
        let validation = validate(&mut *self.group, &own, &networks)?;
        let test = self.group.evaluate(&data.test, &networks, None)?;
        let seconds = begun.elapsed().as_secs_f64() / networks.len() as f64;
        let mut sums = validation.into_iter().zip(test);
        let mut ended = Vec::new();
        for mut each in std::mem::take(&mut self.running) {
            if !each.course.is_at_epochs_end() {
                self.running.push(each);
                continue;
            }
            let parameters = self.group.parameters(each.network)?;
            let finite = all_finite(&parameters);
            let (validation, test) = sums.next().expect("a member has its sums");
            each.course.finish_epoch(finite, validation, test, seconds);
            if let Err(error) = self.save(&each, &parameters)? {
                self.watcher.ended(each.number, Err(error));
                continue;
            }
            if let Some(record) = each.course.progress.epochs.last() {
                self.watcher.event(each.number, Event::Epoch(record));
            }
            match each.course.outcome(finite) {
                None => self.running.push(each),
                Some(outcome) => ended.push((each, outcome)),
            }
        }
        self.end(ended)
    }

    /// Tells the ends of trials, with what their networks say of the test images.
    fn end(&mut self, mut ended: Vec<(Running<'_>, Outcome)>) -> Result<(), TrainError> {
        while !ended.is_empty() {
            let rest = ended.split_off(ended.len().min(AT_ONCE));
            let test = &ended[0].0.course.data.test;
            let networks: Vec<usize> = ended.iter().map(|(each, _)| each.network).collect();
            let logits = logits(&mut *self.group, test, &networks, self.options)?;
            let length = logits.as_ref().map_or(0, Vec::len) / ended.len();
            for (place, (each, outcome)) in ended.into_iter().enumerate() {
                let parameters = self.group.parameters(each.network)?;
                let own = logits.as_ref().map(|all| &all[place * length..][..length]);
                let end = finished(each.course, outcome, parameters, own);
                self.watcher.ended(each.number, Ok(end));
            }
            ended = rest;
        }
        Ok(())
    }

    /// Saves all trials in their current state and reports them as interrupted.
    fn interrupt(&mut self) -> Result<(), TrainError> {
        for each in std::mem::take(&mut self.running) {
            let parameters = self.group.parameters(each.network)?;
            let ended = self.save(&each, &parameters)?.map(|()| Ended::Interrupted {
                epochs: each.course.progress.epochs.len(),
            });
            self.watcher.ended(each.number, ended);
        }
        Ok(())
    }

    /// Writes a trial's checkpoint. The outer error concerns the group, the inner one the trial.
    fn save(
        &mut self,
        each: &Running<'_>,
        parameters: &[f32],
    ) -> Result<Result<(), TrainError>, TrainError> {
        if !each.course.is_saved() {
            return Ok(Ok(()));
        }
        let moments = self.group.moments(each.network)?;
        Ok(each.course.save((parameters.to_vec(), moments)))
    }
}

#[cfg(test)]
mod tests;
