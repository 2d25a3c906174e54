//! Claims 7 and 8: the GPU against the CPU, and copying to the GPU.

use std::collections::BTreeMap;

use lenet_stats::Estimate;

use super::{LARGE, MUCH, RUNTIME, SMALL, above, all, fastest, percent, ratios, words};
use crate::claims::{Claim, Verdict, bonferroni};
use crate::runtime::Runtimes;
use crate::runtime::pairs::{Rounds, factor, training};

const NO_GPU: &str = "These records hold no runtimes of a GPU with images streamed, which `bench-runtime \
                      --backend stock` measures.";

/// Claim 7. See its question for the rule.
pub(super) fn gpu_against_cpu(runtimes: &Runtimes) -> Claim {
    let statement = RUNTIME[0];
    let series = &runtimes.series;
    let streamed = |i: usize| series[i].on_gpu() && !series[i].resident();
    let Some(gpu) = fastest(runtimes, streamed) else {
        return Claim::not_measured(statement, NO_GPU);
    };
    let beside = |i: usize| !series[i].on_gpu() && series[i].host() == series[gpu].host();
    let cpu = fastest(runtimes, beside).or_else(|| fastest(runtimes, |i| !series[i].on_gpu()));
    let Some(cpu) = cpu else {
        return Claim::not_measured(statement, "These records hold no runtimes of a CPU.");
    };
    let large = by_filters(runtimes, cpu, gpu, LARGE);
    let (Some((&few, first)), Some((&many, last))) =
        (large.first_key_value(), large.last_key_value())
    else {
        let detail = "The two devices share no size and round at batch 64 without dropout.";
        return Claim::not_measured(statement, detail);
    };
    // Two intervals decide: at the most filters, and of the growth.
    let level = bonferroni(2);
    let growth = last
        .iter()
        .filter_map(|(round, log)| Some((*round, log - first.get(round)?)));
    let (ratio, growth) = (factor(last, level), factor(&growth.collect(), level));
    let method = format!(
        "runtime of {} by that of {} at {many} filters, in each round; Student t of the \
         logarithms, 95 % jointly over 2 comparisons (Bonferroni)",
        series[cpu].label, series[gpu].label
    );
    let mut detail = vec![];
    for (batch, ratios) in [
        (LARGE, &large),
        (SMALL, &by_filters(runtimes, cpu, gpu, SMALL)),
    ] {
        let each = ratios.iter().filter_map(|(filters, logs)| {
            Some(format!("{} at {filters}", words(&factor(logs, 0.95).ok()?)))
        });
        let each: Vec<String> = each.collect();
        if !each.is_empty() {
            detail.push(format!("Batch {batch}, by filters: {}.", each.join(", ")));
        }
    }
    if series[cpu].host() != series[gpu].host() {
        detail.push("The two stand in different machines.".to_owned());
    }
    let (verdict, estimate) = match (ratio, growth) {
        (Ok(ratio), Ok(growth)) if few != many => {
            detail.push(format!(
                "From {few} to {many} filters the ratio grows {} times.",
                words(&growth)
            ));
            (all([above(&ratio, MUCH), above(&growth, 1.0)]), Some(ratio))
        }
        (Ok(ratio), _) => {
            detail.push("Whether it grows with the filters is not known.".to_owned());
            (Verdict::Undecided, Some(ratio))
        }
        (Err(error), _) => {
            detail.push(format!("No interval: {error}."));
            (Verdict::Undecided, None)
        }
    };
    Claim {
        statement,
        verdict,
        estimate,
        method,
        detail: detail.join(" "),
    }
}

/// Log ratios of two series without dropout by filters, where both share a round.
fn by_filters(
    runtimes: &Runtimes,
    left: usize,
    right: usize,
    batch: usize,
) -> BTreeMap<usize, Rounds> {
    let sizes = runtimes.main().map(|p| p.record.point.filters);
    let at = |filters: usize| {
        let pair = |series| runtimes.point(series, filters, batch, 0.0);
        let logs = ratios([(pair(left)?, pair(right)?)]).pop()?;
        Some((filters, logs))
    };
    sizes.filter_map(at).collect()
}

/// Claim 8. Where the images never lay on the GPU, the phases tell of it, but give no interval.
pub(super) fn copying(runtimes: &Runtimes) -> Claim {
    let statement = RUNTIME[1];
    let series = &runtimes.series;
    let streamed = |i: usize| series[i].on_gpu() && !series[i].resident();
    let Some(gpu) = fastest(runtimes, streamed) else {
        return Claim::not_measured(statement, NO_GPU);
    };
    let twin = (0..series.len()).find(|i| series[gpu].differs_in_placement_only(&series[*i]));
    let label = &series[gpu].label;
    let timed = copy_phases(runtimes, gpu);
    let shares = |batch| twin.map_or_else(BTreeMap::new, |twin| saved(runtimes, gpu, twin, batch));
    let large = shares(LARGE);
    let level = bonferroni(large.len());
    let estimates = large.iter().map(|(filters, rounds)| {
        let values: Vec<f64> = rounds.values().copied().collect();
        (*filters, lenet_stats::mean(&values, level))
    });
    let mut known: Vec<(usize, Estimate)> = Vec::new();
    let mut failed = Vec::new();
    for (filters, estimate) in estimates {
        match estimate {
            Ok(estimate) => known.push((filters, estimate)),
            Err(error) => failed.push(format!("No interval at {filters} filters: {error}.")),
        }
    }
    let Some((most, shown)) = known.iter().max_by(|a, b| a.1.point.total_cmp(&b.1.point)) else {
        let detail =
            format!("Images were never resident on the GPU together with streamed ones. {timed}");
        return Claim {
            statement,
            verdict: Verdict::Undecided,
            estimate: None,
            method: String::new(),
            detail,
        };
    };
    let parts: Vec<Verdict> = known.iter().map(|(_, e)| above(e, 0.5)).collect();
    let every = |verdict| failed.is_empty() && parts.iter().all(|part| *part == verdict);
    let verdict = match (every(Verdict::Holds), every(Verdict::DoesNotHold)) {
        (true, _) => Verdict::Holds,
        (_, true) => Verdict::DoesNotHold,
        _ => Verdict::Undecided,
    };
    let list = |shares: &BTreeMap<usize, Rounds>| -> String {
        let mean = |rounds: &Rounds| rounds.values().sum::<f64>() / rounds.len() as f64;
        let each = shares
            .iter()
            .map(|(f, rounds)| format!("{} at {f}", percent(mean(rounds))));
        each.collect::<Vec<_>>().join(", ")
    };
    let mut detail = vec![format!("Batch {LARGE}, by filters: {}.", list(&large))];
    let small = shares(SMALL);
    if !small.is_empty() {
        detail.push(format!("Batch {SMALL}: {}.", list(&small)));
    }
    detail.extend(failed);
    detail.push(timed);
    Claim {
        statement,
        verdict,
        estimate: Some(*shown),
        method: format!(
            "1 − training time with resident images by that with streamed ones, {label}, at {most} \
             filters, in each round; Student t, 95 % jointly over {} comparisons (Bonferroni)",
            known.len()
        ),
        detail: detail.join(" "),
    }
}

/// Share of the training time that resident images save, in each round, by filters.
fn saved(
    runtimes: &Runtimes,
    streamed: usize,
    resident: usize,
    batch: usize,
) -> BTreeMap<usize, Rounds> {
    let sizes = runtimes.main().map(|p| p.record.point.filters);
    let at = |filters: usize| {
        let times = |series| runtimes.point(series, filters, batch, 0.0).map(training);
        let (streamed, resident) = (times(streamed)?, times(resident)?);
        let share = |(round, s): (&usize, &f64)| Some((*round, 1.0 - resident.get(round)? / s));
        let shares: Rounds = streamed.iter().filter_map(share).collect();
        (!shares.is_empty()).then_some((filters, shares))
    };
    sizes.filter_map(at).collect()
}

/// What the passes with clocks say of copying in streamed training.
fn copy_phases(runtimes: &Runtimes, gpu: usize) -> String {
    let share = |p: &&crate::runtime::Point| {
        let at = &p.record.point;
        let wanted = p.series == gpu && (at.batch_size, at.dropout) == (LARGE, 0.0);
        let phases = p.summary.phases.filter(|_| wanted)?;
        let share = phases.copy / (phases.sum() - phases.evaluation);
        Some(format!("{} at {}", percent(share), at.filters))
    };
    let shares: Vec<String> = runtimes
        .main()
        .collect::<Vec<_>>()
        .iter()
        .filter_map(share)
        .collect();
    if shares.is_empty() {
        return "The phases were not timed.".to_owned();
    }
    format!(
        "With a clock around each phase, copying took {} of training.",
        shares.join(", ")
    )
}
