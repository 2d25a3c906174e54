//! Claims 7 and 8: the GPU against the CPU, and copying images to the GPU.

use std::collections::BTreeMap;

use lenet_stats::Estimate;

use crate::claims::contrast::{above, all, bonferroni, factor, joint_level, matched};
use crate::claims::{Answer, Answered, Verdict};
use crate::lab2017::points::{MUCH, fastest, ratios, streamed_gpu};
use crate::lab2017::setting::{LARGE, SMALL};
use crate::records::estimates::LEVEL;
use crate::records::runtimes::{PerRound, Point, Runtimes};
use crate::text::{joined, percent, ratio_with_interval};

const NO_GPU: &str = "These records hold no runtimes of a GPU with images streamed, which `bench-runtime \
                      --backend stock` measures.";

/// Claim 7: the CPU's runtime by the GPU's, and its growth with the filters.
pub(super) fn gpu_against_cpu(runtimes: &Runtimes) -> Answered {
    let series = &runtimes.series;
    let gpu = streamed_gpu(runtimes).ok_or(NO_GPU)?;
    let beside = |i: usize| !series[i].key.on_gpu && series[i].key.host == series[gpu].key.host;
    let cpu = fastest(runtimes, beside).or_else(|| fastest(runtimes, |i| !series[i].key.on_gpu));
    let cpu = cpu.ok_or("These records hold no runtimes of a CPU.")?;
    let slower = |batch| {
        by_filters(runtimes, [cpu, gpu], batch, |cpu, gpu| {
            ratios([(cpu, gpu)]).pop()
        })
    };
    let large = slower(LARGE);
    let (Some((&few, first)), Some((&many, last))) =
        (large.first_key_value(), large.last_key_value())
    else {
        let detail = "The two devices share no size and round at batch 64 without dropout.";
        return Err(detail.to_owned());
    };
    // Two intervals decide: the ratio at the most filters, and its growth.
    let level = bonferroni(2);
    let growth = matched(last, first, |last, first| last - first);
    let (ratio, growth) = (factor(last, level), factor(&growth, level));
    let mut detail = vec![];
    for (batch, ratios) in [(LARGE, &large), (SMALL, &slower(SMALL))] {
        let each = ratios.iter().filter_map(|(filters, logs)| {
            let ratio = factor(logs, LEVEL).ok()?;
            Some(format!("{} at {filters}", ratio_with_interval(&ratio)))
        });
        let each = joined(each, ", ");
        if !each.is_empty() {
            detail.push(format!("Batch {batch}, by filters: {each}."));
        }
    }
    if series[cpu].key.host != series[gpu].key.host {
        detail.push("The two stand in different machines.".to_owned());
    }
    let mut verdict = Verdict::Undecided;
    match (&ratio, growth) {
        (Ok(ratio), Ok(growth)) if few != many => {
            detail.push(format!(
                "From {few} to {many} filters the ratio grows {} times.",
                ratio_with_interval(&growth)
            ));
            verdict = all([above(ratio.interval, MUCH), above(growth.interval, 1.0)]);
        }
        (Ok(_), _) => detail.push("Whether it grows with the filters is not known.".to_owned()),
        (Err(error), _) => detail.push(format!("No interval: {error}.")),
    }
    Ok(Answer {
        verdict,
        estimate: ratio.ok(),
        method: format!(
            "runtime of {} by that of {} at {many} filters, in each round; Student t of the \
             logarithms, {}",
            series[cpu].label,
            series[gpu].label,
            joint_level(2)
        ),
        detail: detail.join(" "),
    })
}

/// Claim 8. If no images were resident on the GPU, the phases tell the share, but have no interval.
pub(super) fn copying(runtimes: &Runtimes) -> Answered {
    let series = &runtimes.series;
    let gpu = streamed_gpu(runtimes).ok_or(NO_GPU)?;
    let twin = (0..series.len()).find(|i| series[gpu].differs_in_placement_only(&series[*i]));
    let timed = copy_phases(runtimes, gpu);
    let saved = |batch| {
        twin.map_or_else(BTreeMap::new, |twin| {
            by_filters(runtimes, [gpu, twin], batch, |streamed, resident| {
                let (streamed, resident) = (streamed.training(), resident.training());
                Some(matched(&streamed, &resident, |s, r| 1.0 - r / s))
            })
        })
    };
    let large = saved(LARGE);
    let level = bonferroni(large.len());
    let mut known: Vec<(usize, Estimate)> = Vec::new();
    let mut failed = Vec::new();
    for (filters, rounds) in &large {
        let values: Vec<f64> = rounds.values().copied().collect();
        match lenet_stats::mean(&values, level) {
            Ok(estimate) => known.push((*filters, estimate)),
            Err(error) => failed.push(format!("No interval at {filters} filters: {error}.")),
        }
    }
    let most = known.iter().max_by(|a, b| a.1.point.total_cmp(&b.1.point));
    let Some((most, shown)) = most else {
        return Ok(Answer {
            verdict: Verdict::Undecided,
            estimate: None,
            method: String::new(),
            detail: format!(
                "Images were never resident on the GPU together with streamed ones. {timed}"
            ),
        });
    };
    let every = |verdict| {
        let same = |(_, e): &(usize, Estimate)| above(e.interval, 0.5) == verdict;
        failed.is_empty() && known.iter().all(same)
    };
    let verdict = [Verdict::Holds, Verdict::DoesNotHold]
        .into_iter()
        .find(|verdict| every(*verdict));
    let list = |shares: &BTreeMap<usize, PerRound>| {
        let mean = |rounds: &PerRound| rounds.values().sum::<f64>() / rounds.len() as f64;
        let share = |(f, rounds): (&usize, &PerRound)| format!("{} at {f}", percent(mean(rounds)));
        joined(shares.iter().map(share), ", ")
    };
    let mut detail = vec![format!("Batch {LARGE}, by filters: {}.", list(&large))];
    let small = saved(SMALL);
    if !small.is_empty() {
        detail.push(format!("Batch {SMALL}: {}.", list(&small)));
    }
    detail.extend(failed);
    detail.push(timed);
    Ok(Answer {
        verdict: verdict.unwrap_or(Verdict::Undecided),
        estimate: Some(*shown),
        method: format!(
            "1 − training time with resident images by that with streamed ones, {}, at {most} \
             filters, in each round; Student t, {}",
            series[gpu].label,
            joint_level(known.len())
        ),
        detail: detail.join(" "),
    })
}

/// A comparison of two series without dropout at each number of filters, where they share a round.
fn by_filters<'r>(
    runtimes: &'r Runtimes,
    [left, right]: [usize; 2],
    batch: usize,
    compare: impl Fn(&'r Point<'r>, &'r Point<'r>) -> Option<PerRound>,
) -> BTreeMap<usize, PerRound> {
    let at = |left: &'r Point<'r>| {
        let filters = left.record.filters();
        let rounds = compare(left, runtimes.point(right, filters, batch, 0.0)?)?;
        (!rounds.is_empty()).then_some((filters, rounds))
    };
    let own = runtimes.with_batch(left, batch, 0.0);
    own.filter_map(at).collect()
}

/// The share of copying in streamed training, from the passes with a clock around each phase.
fn copy_phases(runtimes: &Runtimes, gpu: usize) -> String {
    let share = |p: &Point| {
        let phases = p.summary.phases?;
        let share = phases.copy / (phases.sum() - phases.evaluation);
        Some(format!("{} at {}", percent(share), p.record.filters()))
    };
    let shares = runtimes.with_batch(gpu, LARGE, 0.0).filter_map(share);
    let shares = joined(shares, ", ");
    if shares.is_empty() {
        return "The phases were not timed.".to_owned();
    }
    format!("With a clock around each phase, copying took {shares} of training.")
}
