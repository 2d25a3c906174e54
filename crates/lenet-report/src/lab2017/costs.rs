//! Claims 9 and 10: the cost of dropout and of a small batch.

use std::collections::BTreeSet;

use lenet_stats::{Estimate, StatsError};

use crate::claims::contrast::{
    above, all, bonferroni, factor, joint_level, lower_bound, matched, together,
};
use crate::claims::{Answer, Answered};
use crate::lab2017::points::{MUCH, common, fastest, ratios, streamed_gpu};
use crate::lab2017::setting::{LARGE, SMALL};
use crate::records::estimates::LEVEL;
use crate::records::runtimes::{PerRound, Point, Runtimes};
use crate::text::{joined, ratio_with_interval};

/// The ratio of one series, and the number of points behind it.
struct Ratio {
    series: usize,
    points: usize,
    estimate: Result<Estimate, StatsError>,
}

/// Claim 9: runtime with dropout by that without, on each device.
pub(super) fn dropout(runtimes: &Runtimes) -> Answered {
    let rate = runtimes.dropout().ok_or("No runtimes with dropout.")?;
    let with_without = |series: usize| -> Vec<PerRound> {
        let with = runtimes.with_dropout(series, rate);
        ratios(with.filter_map(|p| Some((p, other(runtimes, p, p.record.batch_size(), 0.0)?))))
    };
    let logs: Vec<(usize, Vec<PerRound>)> = (0..runtimes.series.len())
        .map(|series| (series, with_without(series)))
        .filter(|(_, logs)| !logs.is_empty())
        .collect();
    if logs.is_empty() {
        return Err("No point was timed both with and without dropout.".to_owned());
    }
    let level = bonferroni(logs.len());
    let ratio = |(series, logs): &(usize, Vec<PerRound>)| Ratio {
        series: *series,
        points: logs.len(),
        estimate: common(logs, level),
    };
    let each: Vec<Ratio> = logs.iter().map(ratio).collect();
    let estimate = |r: &Ratio| Some((r.series, *r.estimate.as_ref().ok()?));
    let known = each.iter().filter_map(estimate);
    let lowest = known.min_by(|a, b| lower_bound(&a.1).total_cmp(&lower_bound(&b.1)));
    let label = |series: usize| runtimes.series[series].label.as_str();
    let tell = |r: &Ratio| match &r.estimate {
        Ok(ratio) => format!(
            "{}: {} over {} points",
            label(r.series),
            ratio_with_interval(ratio),
            r.points
        ),
        Err(error) => format!("{}: no interval ({error})", label(r.series)),
    };
    let part = |r: &Ratio| above(r.estimate.as_ref().ok().and_then(|e| e.interval), 1.0);
    Ok(Answer {
        verdict: all(each.iter().map(part)),
        estimate: lowest.map(|(_, estimate)| estimate),
        method: format!(
            "runtime with dropout {rate} by that without, {}, geometric mean over its points in \
             each round; Student t of the logarithms, {}",
            lowest.map_or("", |(series, _)| label(series)),
            match each.len() {
                1 => "95 %".to_owned(),
                n => joint_level(n),
            }
        ),
        detail: format!("{}.", joined(each.iter().map(tell), "; ")),
    })
}

/// The point of the same series and size at another batch size or rate of dropout.
fn other<'r>(
    runtimes: &'r Runtimes,
    point: &Point,
    batch: usize,
    rate: f64,
) -> Option<&'r Point<'r>> {
    runtimes.point(point.series, point.record.filters(), batch, rate)
}

/// Claim 10. The CPU alone can refute the claim, but cannot confirm it.
pub(super) fn small_batch(runtimes: &Runtimes) -> Answered {
    let series = &runtimes.series;
    let logs = |series: usize, keep: &dyn Fn(usize) -> bool| {
        let small = runtimes.main().filter(|p| {
            let at = p.record;
            p.series == series && at.batch_size() == SMALL && keep(at.filters())
        });
        ratios(small.filter_map(|p| Some((p, other(runtimes, p, LARGE, p.record.dropout())?))))
    };
    let cpu = fastest(runtimes, |i| {
        !series[i].key.on_gpu && !series[i].key.resident
    });
    let gpu = streamed_gpu(runtimes);
    let every = |_: usize| true;
    // Two intervals decide: the CPU's ratio, and the CPU's ratio by the GPU's.
    let level = bonferroni(2);
    let mut detail = Vec::new();
    for (kind, device) in [("CPU", cpu), ("GPU", gpu)] {
        detail.push(match device.map(|i| common(&logs(i, &every), LEVEL)) {
            Some(Ok(ratio)) => format!("{kind}: {}.", ratio_with_interval(&ratio)),
            Some(Err(StatsError::Empty)) | None => format!("{kind}: not measured here."),
            Some(Err(error)) => format!("{kind}: no interval ({error})."),
        });
    }
    let cpu = cpu.ok_or_else(|| detail.join(" "))?;
    let estimate = match common(&logs(cpu, &every), level) {
        Err(StatsError::Empty) => return Err(detail.join(" ")),
        other => other.ok(),
    };
    let sizes: BTreeSet<usize> = runtimes.main().map(|p| p.record.filters()).collect();
    let at = |filters: usize| {
        let ratio = common(&logs(cpu, &|f| f == filters), LEVEL).ok()?;
        Some(format!("{} at {filters}", ratio_with_interval(&ratio)))
    };
    let by_size = joined(sizes.into_iter().filter_map(at), ", ");
    detail.push(format!("On the CPU, by filters: {by_size}."));
    let more_than_gpu = gpu.and_then(|gpu| {
        let has = |series, filters| {
            let mut points = runtimes.main();
            points.any(|p| p.series == series && p.record.filters() == filters)
        };
        let both = |filters: usize| has(cpu, filters) && has(gpu, filters);
        let (cpu, gpu) = (together(&logs(cpu, &both)), together(&logs(gpu, &both)));
        factor(&matched(&cpu, &gpu, |cpu, gpu| cpu - gpu), level).ok()
    });
    detail.extend(more_than_gpu.map(|ratio| {
        let ratio = ratio_with_interval(&ratio);
        format!("The CPU's ratio by the GPU's, at sizes of both: {ratio}.")
    }));
    let exceeds = |e: Option<Estimate>, bound| above(e.and_then(|e| e.interval), bound);
    Ok(Answer {
        verdict: all([exceeds(estimate, MUCH), exceeds(more_than_gpu, 1.0)]),
        estimate,
        method: format!(
            "runtime at batch 16 by that at 64, {}, geometric mean over sizes and dropout in each \
             round; Student t of the logarithms, {}",
            series[cpu].label,
            joint_level(2)
        ),
        detail: detail.join(" "),
    })
}
