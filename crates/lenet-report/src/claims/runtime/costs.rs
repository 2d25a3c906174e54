//! Claims 9 and 10: what dropout and a small batch cost.

use lenet_stats::{Estimate, StatsError};

use super::{LARGE, MUCH, RUNTIME, SMALL, above, all, common, fastest, ratios, words};
use crate::claims::{Claim, Verdict, bonferroni};
use crate::runtime::pairs::{Rounds, factor, together};
use crate::runtime::{Point, Runtimes};

/// Claim 9. See its question for the rule.
pub(super) fn dropout(runtimes: &Runtimes) -> Claim {
    let statement = RUNTIME[2];
    let Some(rate) = runtimes.dropout() else {
        return Claim::not_measured(statement, "No runtimes with dropout.");
    };
    let with_without = |series: usize| -> Vec<Rounds> {
        let with = runtimes
            .main()
            .filter(|p| p.series == series && p.record.point.dropout == rate);
        ratios(with.filter_map(|p| Some((p, other(runtimes, p, p.record.point.batch_size, 0.0)?))))
    };
    let logs: Vec<(usize, Vec<Rounds>)> = (0..runtimes.series.len())
        .map(|series| (series, with_without(series)))
        .filter(|(_, logs)| !logs.is_empty())
        .collect();
    let level = bonferroni(logs.len());
    let each: Vec<(usize, usize, Result<Estimate, StatsError>)> = logs
        .iter()
        .map(|(series, logs)| (*series, logs.len(), common(logs, level)))
        .collect();
    let low = |e: &Estimate| e.low().unwrap_or(e.point);
    let known = each
        .iter()
        .filter_map(|(series, _, e)| Some((*series, e.as_ref().ok()?)));
    let lowest = known.min_by(|a, b| low(a.1).total_cmp(&low(b.1)));
    if each.is_empty() {
        let detail = "No point was timed both with and without dropout.";
        return Claim::not_measured(statement, detail);
    }
    let part = |e: &Result<Estimate, StatsError>| match e {
        Ok(estimate) => above(estimate, 1.0),
        Err(_) => Verdict::Undecided,
    };
    let tell = |(series, points, e): &(usize, usize, Result<Estimate, StatsError>)| {
        let label = &runtimes.series[*series].label;
        match e {
            Ok(estimate) => format!("{label}: {} over {points} points", words(estimate)),
            Err(error) => format!("{label}: no interval ({error})"),
        }
    };
    let of = lowest.map_or(String::new(), |(i, _)| runtimes.series[i].label.clone());
    Claim {
        statement,
        verdict: all(each.iter().map(|(_, _, e)| part(e))),
        estimate: lowest.map(|(_, estimate)| *estimate),
        method: format!(
            "runtime with dropout {rate} by that without, {of}, geometric mean over its points in \
             each round; Student t of the logarithms, {}",
            match each.len() {
                1 => "95 %".to_owned(),
                n => format!("95 % jointly over {n} comparisons (Bonferroni)"),
            }
        ),
        detail: format!("{}.", each.iter().map(tell).collect::<Vec<_>>().join("; ")),
    }
}

/// The point of the same series and size at another batch size or rate of dropout.
fn other<'r>(
    runtimes: &'r Runtimes,
    point: &Point,
    batch: usize,
    rate: f64,
) -> Option<&'r Point<'r>> {
    runtimes.point(point.series, point.record.point.filters, batch, rate)
}

/// Claim 10. See its question for the rule. The CPU alone can refute it, but not bear it out.
pub(super) fn small_batch(runtimes: &Runtimes) -> Claim {
    let statement = RUNTIME[3];
    let logs = |series: usize, keep: &dyn Fn(usize) -> bool| {
        let small = runtimes
            .main()
            .filter(|p| p.series == series && keep(p.record.point.filters));
        let small = small.filter(|p| p.record.point.batch_size == SMALL);
        ratios(small.filter_map(|p| Some((p, other(runtimes, p, LARGE, p.record.point.dropout)?))))
    };
    let series = &runtimes.series;
    let device = |on_gpu: bool| {
        fastest(runtimes, |i| {
            series[i].on_gpu() == on_gpu && !series[i].resident()
        })
    };
    let (cpu, gpu) = (device(false), device(true));
    let every = |_: usize| true;
    let found = |series: Option<usize>, level| Some(common(&logs(series?, &every), level));
    // Two intervals decide: the CPU's, and its ratio by the GPU's.
    let level = bonferroni(2);
    let mut detail = Vec::new();
    for (kind, which) in [("CPU", cpu), ("GPU", gpu)] {
        match found(which, 0.95) {
            Some(Ok(ratio)) => detail.push(format!("{kind}: {}.", words(&ratio))),
            Some(Err(StatsError::Empty)) | None => {
                detail.push(format!("{kind}: not measured here."));
            }
            Some(Err(error)) => detail.push(format!("{kind}: no interval ({error}).")),
        }
    }
    let Some(cpu) = cpu else {
        return Claim::not_measured(statement, detail.join(" "));
    };
    let estimate = match common(&logs(cpu, &every), level) {
        Err(StatsError::Empty) => return Claim::not_measured(statement, detail.join(" ")),
        other => other.ok(),
    };
    detail.push(by_size(runtimes, &|filters| logs(cpu, &|f| f == filters)));
    let on_cpu = estimate.map_or(Verdict::Undecided, |e| above(&e, MUCH));
    let more_than_gpu = gpu.map(|gpu| {
        // Sizes that both ran.
        let both = |filters: usize| {
            let has = |series| {
                runtimes
                    .main()
                    .any(|p| p.series == series && p.record.point.filters == filters)
            };
            has(cpu) && has(gpu)
        };
        let (left, right) = (together(&logs(cpu, &both)), together(&logs(gpu, &both)));
        let rounds = left
            .iter()
            .filter_map(|(round, l)| Some((*round, l - right.get(round)?)));
        factor(&rounds.collect(), level)
    });
    let above_all = match more_than_gpu {
        Some(Ok(ratio)) => {
            detail.push(format!(
                "The CPU's ratio by the GPU's, at sizes of both: {}.",
                words(&ratio)
            ));
            above(&ratio, 1.0)
        }
        _ => Verdict::Undecided,
    };
    Claim {
        statement,
        verdict: all([on_cpu, above_all]),
        estimate,
        method: format!(
            "runtime at batch 16 by that at 64, {}, geometric mean over sizes and dropout in each \
             round; Student t of the logarithms, 95 % jointly over 2 comparisons (Bonferroni)",
            series[cpu].label
        ),
        detail: detail.join(" "),
    }
}

/// The ratio at each number of filters.
fn by_size(runtimes: &Runtimes, logs: &dyn Fn(usize) -> Vec<Rounds>) -> String {
    let sizes: std::collections::BTreeSet<usize> =
        runtimes.main().map(|p| p.record.point.filters).collect();
    let at = |filters| {
        Some(format!(
            "{} at {filters}",
            words(&common(&logs(filters), 0.95).ok()?)
        ))
    };
    let each: Vec<String> = sizes.into_iter().filter_map(at).collect();
    format!("On the CPU, by filters: {}.", each.join(", "))
}
