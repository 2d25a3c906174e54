//! What TensorBoard's tab HPARAMS shows.

use lenet_core::Trial;
use prost::Message;

use super::proto::{
    DataType, Experiment, HParamInfo, HParams, Kind, ListValue, MetricInfo, MetricName, PluginData,
    Said, SessionEnd, SessionStart, Setting, SummaryMetadata, Value,
};
use crate::numbers::NUMBERS;
use crate::parameter::{Parameter, parameters, varying};

/// How a trial ended, as TensorBoard's tab HPARAMS tells it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(i32)]
pub enum Status {
    /// It has a result, be it that of a network that died or diverged.
    Success = 1,
    /// It failed.
    Failure = 2,
    /// It runs, or was interrupted.
    Running = 3,
}

/// Most values of a setting that its filter lists one by one.
const LISTED_VALUES: usize = 50;

fn value(tag: &str, said: Said) -> Value {
    let content = HParams {
        version: 0,
        said: Some(said),
    };
    let plugin_data = PluginData {
        plugin_name: "hparams".to_owned(),
        content: content.encode_to_vec(),
    };
    Value {
        tag: tag.to_owned(),
        simple_value: None,
        metadata: Some(SummaryMetadata {
            plugin_data: Some(plugin_data),
        }),
    }
}

/// The settings of a trial. Each trial is a row of its own.
pub(super) fn start(trial: &Trial, started: f64) -> Value {
    let named = parameters(trial).into_iter();
    let hparams = named.map(|(name, parameter)| (name.to_owned(), setting(&parameter)));
    let start = SessionStart {
        hparams: hparams.collect(),
        group_name: trial.identity(),
        start_time_secs: started,
    };
    value("_hparams_/session_start_info", Said::Start(start))
}

/// How a trial ended.
pub(super) fn end(status: Status, ended: f64) -> Value {
    let end = SessionEnd {
        status: status as i32,
        end_time_secs: ended,
    };
    value("_hparams_/session_end_info", Said::End(end))
}

/// The columns: the settings in which trials differ, the seed, and all numbers of an epoch.
pub(super) fn experiment<'t>(
    trials: impl Iterator<Item = &'t Trial> + Clone,
    created: f64,
) -> Value {
    let mut shown = varying(trials.clone());
    shown.push("seed");
    let all: Vec<_> = trials.map(parameters).collect();
    let info = |name: &str| {
        let values = all.iter().flatten().filter(|(own, _)| *own == name);
        let mut distinct: Vec<&Parameter> = Vec::new();
        for (_, value) in values {
            if distinct.len() <= LISTED_VALUES && !distinct.contains(&value) {
                distinct.push(value);
            }
        }
        column(name, &distinct)
    };
    let metric = |(name, _): &(&str, _)| MetricInfo {
        name: Some(MetricName {
            tag: (*name).to_owned(),
        }),
        display_name: name.replace('_', " "),
    };
    let experiment = Experiment {
        time_created_secs: created,
        hparam_infos: shown.into_iter().map(info).collect(),
        metric_infos: NUMBERS.iter().map(metric).collect(),
    };
    value("_hparams_/experiment", Said::Experiment(experiment))
}

fn column(name: &str, distinct: &[&Parameter]) -> HParamInfo {
    let mut numbers: Vec<f64> = distinct.iter().filter_map(|p| p.number()).collect();
    let all_numbers = numbers.len() == distinct.len();
    let (kind, values) = if all_numbers {
        numbers.sort_by(f64::total_cmp);
        let values = numbers.into_iter().map(Kind::Number);
        (DataType::Float64, values.collect::<Vec<_>>())
    } else if distinct.iter().all(|p| p.number().is_none()) {
        let values = distinct.iter().map(|p| Kind::Text(p.text()));
        (DataType::String, values.collect())
    } else {
        // Numbers and texts: TensorBoard takes what it finds.
        (DataType::Unset, Vec::new())
    };
    let values = values.into_iter().map(|kind| Setting { kind: Some(kind) });
    let is_listed = distinct.len() <= LISTED_VALUES && kind != DataType::Unset;
    HParamInfo {
        name: name.to_owned(),
        display_name: name.replace('_', " "),
        kind: kind as i32,
        domain_discrete: is_listed.then(|| ListValue {
            values: values.collect(),
        }),
    }
}

fn setting(parameter: &Parameter) -> Setting {
    let kind = match parameter.number() {
        Some(number) => Kind::Number(number),
        None => Kind::Text(parameter.text()),
    };
    Setting { kind: Some(kind) }
}
