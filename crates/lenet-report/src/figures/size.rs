//! Runtime against the number of parameters, one figure per batch size.

use std::collections::BTreeMap;

use lenet_core::DeviceKind;

use crate::figures::figure::Figure;
use crate::figures::series::{
    PointCurve, by_dropout, data, device_ink, device_marker, entries, inks, log_axis, panels,
    published_entry, round_ticks,
};
use crate::lab2017::{self, PublishedRun};
use crate::plot::frame::Tick;
use crate::plot::legend::DASH;
use crate::plot::log_scale::LogScale;
use crate::plot::panel::Datum;
use crate::plot::sheet::Sheet;
use crate::records::runtimes::{Point, Runtimes};
use crate::text::thousands;

const DEVICES: [DeviceKind; 2] = [DeviceKind::Cpu, DeviceKind::Cuda];

/// The figure of one batch size. It shows published runs if they had the same images.
pub(super) fn figure(runtimes: &Runtimes, batch: usize) -> Figure {
    let comparable = runtimes.workload == Some(lab2017::workload());
    let inks = inks(&runtimes.series);
    // Filters by parameters, for the labels of the x axis.
    let mut sizes: BTreeMap<usize, usize> = BTreeMap::new();
    let drawn = by_dropout(runtimes, |rate, dropout| {
        let mut curves = Vec::new();
        for device in DEVICES.into_iter().filter(|_| comparable) {
            let same =
                |r: &&PublishedRun| (r.device, r.batch_size, r.dropout) == (device, batch, dropout);
            let runs: Vec<_> = lab2017::runs().iter().filter(same).collect();
            sizes.extend(runs.iter().map(|r| (r.parameters, r.filters)));
            let on_gpu = device == DeviceKind::Cuda;
            let datum = |r: &&PublishedRun| Datum {
                x: r.parameters as f64,
                y: r.seconds,
                interval: None,
            };
            curves.push(PointCurve {
                ink: device_ink(on_gpu),
                marker: Some((device_marker(on_gpu), true)),
                line: Some((1.4, Some(DASH))),
                data: runs.iter().map(datum).collect(),
            });
        }
        for (i, series) in runtimes.series.iter().enumerate() {
            let points = || runtimes.with_batch(i, batch, rate);
            let size = |p: &Point| (p.record.parameters, p.record.filters());
            sizes.extend(points().map(size));
            let datum = |p: &Point| Datum {
                x: p.record.parameters as f64,
                y: p.summary.median,
                interval: p.summary.interval,
            };
            curves.push(PointCurve {
                ink: inks[i],
                marker: Some((device_marker(series.key.on_gpu), false)),
                line: Some((1.8, None)),
                data: points().map(datum).collect(),
            });
        }
        curves
    });
    let heights = data(&drawn).flat_map(|datum| {
        let bounds = datum.interval.map(|i| [i.low, i.high]);
        bounds.into_iter().flatten().chain([datum.y])
    });
    let x = LogScale::close_to(data(&drawn).map(|datum| datum.x), 0.06);
    let y = LogScale::around(heights);
    let tick = |(parameters, filters): (&usize, &usize)| Tick {
        at: *parameters as f64,
        labels: vec![thousands(*parameters), format!("F = {filters}")],
    };
    let ticks = sizes.iter().map(tick).collect();
    let x = log_axis("trainable parameters (F: filters)", x, ticks);
    let y = log_axis("seconds", y, round_ticks(y));
    let mut legend = entries(runtimes, |p| p.record.batch_size() == batch);
    let number = lab2017::runtime_figure(batch);
    if comparable && number.is_some() {
        legend.extend(DEVICES.map(published_entry));
    }
    let mut heading = format!("Runtime against network size, batch {batch}");
    let mut caption = caption(runtimes);
    if let Some(number) = number {
        heading.insert_str(0, &format!("Figure {number} · "));
        caption.push_str(lab2017::runtimes_caption(comparable));
    }
    Figure {
        id: number.map_or_else(|| format!("batch-{batch}"), str::to_owned),
        notes: String::new(),
        caption,
        sheet: Sheet {
            heading,
            panels: panels(drawn, &x, &y),
            legend,
        },
    }
}

fn caption(runtimes: &Runtimes) -> String {
    runtimes.workload.as_ref().map_or(String::new(), |w| {
        format!(
            "One epoch of {} images and the forward passes over {} validation and {} test images: \
             medians with their intervals, both scales logarithmic.",
            thousands(w.samples),
            thousands(w.validation),
            thousands(w.test)
        )
    })
}
