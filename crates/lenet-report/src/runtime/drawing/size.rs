//! Runtime against the number of parameters: figures 4 and 5 of the report.

use std::collections::BTreeMap;

use lenet_core::DeviceKind;

use super::loglog::{Curve, Dashes, Dot, LogLog, Tick};
use super::{
    RuntimeFigure, entries, inks, mark_of, panels, published_entry, published_ink, thousands,
};
use crate::axis::LogAxis;
use crate::runtime::{Runtimes, published};
use crate::sheet::Panel;

/// Batch sizes of the report's figures.
const FIGURES: [(usize, &str); 2] = [(64, "4"), (16, "5")];

const DEVICES: [DeviceKind; 2] = [DeviceKind::Cpu, DeviceKind::Cuda];

/// The figure of one batch size. Published points stand in it where the images are the study's.
pub(super) fn figure(runtimes: &Runtimes, batch: usize) -> RuntimeFigure {
    let comparable = runtimes
        .workload
        .as_ref()
        .is_some_and(|w| w.is_the_studys());
    let inks = inks(&runtimes.series);
    let mut sizes: BTreeMap<usize, usize> = BTreeMap::new();
    let mut drawn = Vec::new();
    for (heading, rate, dropout) in panels(runtimes) {
        let mut curves = Vec::new();
        for device in DEVICES.iter().filter(|_| comparable) {
            let runs: Vec<_> = published::runs()
                .iter()
                .filter(|r| (r.device, r.batch_size, r.dropout) == (*device, batch, dropout))
                .collect();
            sizes.extend(runs.iter().map(|r| (r.parameters, r.filters)));
            let on_gpu = *device == DeviceKind::Cuda;
            let dot = |r: &&published::PublishedRun| Dot {
                x: r.parameters as f64,
                y: r.seconds,
                interval: None,
            };
            curves.push(Curve {
                ink: published_ink(on_gpu),
                mark: Some((mark_of(on_gpu), true)),
                line: Some(Dashes::Dashed),
                dots: runs.iter().map(dot).collect(),
            });
        }
        for (i, series) in runtimes.series.iter().enumerate() {
            let points = runtimes.main().filter(|p| {
                let at = &p.record.point;
                p.series == i && (at.batch_size, at.dropout) == (batch, rate)
            });
            let dots: Vec<Dot> = points
                .map(|p| {
                    sizes.insert(p.record.point.parameters, p.record.point.filters);
                    Dot {
                        x: p.record.point.parameters as f64,
                        y: p.summary.median,
                        interval: p.summary.interval,
                    }
                })
                .collect();
            curves.push(Curve {
                ink: inks[i],
                mark: Some((mark_of(series.on_gpu()), false)),
                line: Some(Dashes::Whole),
                dots,
            });
        }
        curves.retain(|curve| !curve.dots.is_empty());
        if !curves.is_empty() {
            drawn.push((heading, curves));
        }
    }
    let dots = || {
        drawn
            .iter()
            .flat_map(|(_, curves)| curves)
            .flat_map(|curve| &curve.dots)
    };
    let x = LogAxis::close_to(dots().map(|dot| dot.x), 0.06);
    let bounds = dots()
        .filter_map(|dot| dot.interval)
        .flat_map(|i| [i.low, i.high]);
    let y = LogAxis::around(dots().map(|dot| dot.y).chain(bounds));
    let ticks: Vec<Tick> = sizes
        .iter()
        .map(|(parameters, filters)| Tick {
            at: *parameters as f64,
            labels: vec![thousands(*parameters), format!("F = {filters}")],
        })
        .collect();
    let panel = |(heading, curves)| -> Box<dyn Panel> {
        Box::new(LogLog {
            heading,
            x,
            y,
            x_title: "trainable parameters (F: filters)".to_owned(),
            y_title: "seconds".to_owned(),
            ticks: ticks.clone(),
            curves,
        })
    };
    let mut legend = entries(runtimes, |p| p.record.point.batch_size == batch);
    let number = FIGURES
        .iter()
        .find(|(size, _)| *size == batch)
        .map(|(_, number)| *number);
    if comparable && number.is_some() {
        legend.extend(DEVICES.map(published_entry));
    }
    let title = format!("Runtime against network size, batch {batch}");
    RuntimeFigure {
        id: number.map_or(format!("batch-{batch}"), str::to_owned),
        heading: number.map_or(title.clone(), |number| format!("Figure {number} · {title}")),
        caption: caption(runtimes, number.is_some()),
        panels: drawn.into_iter().map(panel).collect(),
        legend,
    }
}

fn caption(runtimes: &Runtimes, published: bool) -> String {
    let images = runtimes.workload.as_ref().map_or(String::new(), |w| {
        format!(
            "One epoch of {} images and the forward passes over {} validation and {} test images: \
             medians with their intervals, both scales logarithmic.",
            thousands(w.samples),
            thousands(w.validation),
            thousands(w.test)
        )
    });
    let comparable = runtimes
        .workload
        .as_ref()
        .is_some_and(|w| w.is_the_studys());
    let of_2017 = match (published, comparable) {
        (false, _) => "",
        (true, true) => {
            " Hollow marks are the report's single runs, at the true size of the network timed; \
             the report drew them further right, at the sum of all networks built so far in the \
             process. Its dropout was never connected, so both panels of 2017 are without."
        }
        (true, false) => {
            " The report's points are left out: its runs were of 10,000 images with 5,000 held \
             out."
        }
    };
    format!("{images}{of_2017}")
}
