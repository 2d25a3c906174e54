//! The reliability diagram: accuracy at each confidence, and how many images have it.

use lenet_stats::{Calibration, CalibrationBin, proportion};

use crate::figures::figure::Figure;
use crate::plot::frame::{LABEL, LEFT, Margins, WIDTH, draw_heading};
use crate::plot::legend::{DASH, Entry, Swatch};
use crate::plot::marker::{Marker, RADIUS};
use crate::plot::scene::{Anchor, Ink, Rect, Scene, Stroke};
use crate::plot::sheet::{Panel, Sheet};
use crate::records::estimates::LEVEL;
use crate::text::thousands;

const MARGINS: Margins = Margins {
    left: LEFT,
    right: 16.0,
    bottom: 46.0,
};
const HEIGHT: f64 = 320.0;
const MEASURED: Ink = Ink::Series(0);

/// Accuracy against confidence.
struct Diagram {
    bins: Vec<CalibrationBin>,
}

/// Number of images against confidence, on a logarithmic scale.
struct Counts {
    bins: Vec<CalibrationBin>,
}

/// The figure of the predictions of `networks` networks.
pub(crate) fn figure(calibration: &Calibration, networks: usize) -> Figure {
    let bins = || calibration.bins.clone();
    let entry = |label: &str, ink, swatch| Entry {
        label: label.to_owned(),
        ink,
        swatch,
        mark: None,
    };
    let marker = Marker::Disc;
    let hollow = false;
    Figure {
        id: "reliability".to_owned(),
        notes: String::new(),
        caption: format!(
            "Left: the share of images classified correctly at each confidence (the softmax \
             probability of the predicted class), in {} bins of equal width, over {}; bars are \
             95 % intervals (Clopper and Pearson) that take all predictions for independent. A \
             network as confident as it is right lies on the dashed line. Right: how many \
             predictions have each confidence.",
            calibration.bins.len(),
            crate::text::count(networks, "network")
        ),
        sheet: Sheet {
            heading: "Is its confidence justified?".to_owned(),
            panels: vec![
                Box::new(Diagram { bins: bins() }),
                Box::new(Counts { bins: bins() }),
            ],
            columns: 2,
            legend: vec![
                entry("measured", MEASURED, Swatch::Marked { marker, hollow }),
                entry("as confident as right", Ink::Muted, Swatch::Dashed),
            ],
        },
    }
}

/// Draws heading, the axis of confidence, and horizontal lines at these heights with their labels.
fn frame(scene: &mut Scene, place: &Rect, heading: &str, ticks: &[(f64, String)]) -> Rect {
    let plot = MARGINS.plot(place);
    draw_heading(scene, &plot, heading);
    for (height, label) in ticks {
        let y = plot.bottom() - height * plot.height;
        scene.line(vec![(plot.x, y), (plot.right(), y)], Ink::Grid, 1.0);
        scene.text(
            (plot.x - 8.0, y + 4.3),
            label,
            LABEL,
            Anchor::End,
            Ink::Muted,
        );
    }
    for (share, label) in tenths() {
        let (x, bottom) = (plot.x + share * plot.width, plot.bottom());
        scene.line(vec![(x, bottom), (x, bottom + 4.0)], Ink::Muted, 1.0);
        scene.text(
            (x, bottom + 18.0),
            &label,
            LABEL,
            Anchor::Middle,
            Ink::Muted,
        );
    }
    let ends = vec![(plot.x, plot.bottom()), (plot.right(), plot.bottom())];
    scene.line(ends, Ink::Muted, 1.0);
    let at = (plot.x + plot.width / 2.0, plot.bottom() + 38.0);
    scene.text(at, "confidence", LABEL, Anchor::Middle, Ink::Muted);
    plot
}

/// 0, 0.2, … 1 with their labels.
fn tenths() -> Vec<(f64, String)> {
    (0..=5)
        .map(|fifth| {
            (
                f64::from(fifth) / 5.0,
                format!("{:.1}", f64::from(fifth) / 5.0),
            )
        })
        .collect()
}

impl Panel for Diagram {
    fn heading(&self) -> &str {
        "Accuracy against confidence"
    }

    fn size(&self) -> (f64, f64) {
        (WIDTH, MARGINS.around(HEIGHT))
    }

    fn draw(&self, scene: &mut Scene, place: &Rect) {
        let plot = frame(scene, place, self.heading(), &tenths());
        let at = |x: f64, y: f64| (plot.x + x * plot.width, plot.bottom() - y * plot.height);
        let stroke = Stroke {
            ink: Ink::Muted,
            width: 1.4,
            dash: Some(DASH),
        };
        scene.stroke(vec![at(0.0, 0.0), at(1.0, 1.0)], stroke);
        for bin in &self.bins {
            let (Some(confidence), Some(accuracy)) = (bin.confidence, bin.accuracy) else {
                continue;
            };
            let share = proportion(bin.correct, bin.count, LEVEL).ok();
            if let Some(interval) = share.and_then(|share| share.interval) {
                let ends = vec![at(confidence, interval.low), at(confidence, interval.high)];
                scene.line(ends, MEASURED, 1.4);
            }
            Marker::Disc.draw(scene, at(confidence, accuracy), RADIUS, false, MEASURED);
        }
    }
}

impl Panel for Counts {
    fn heading(&self) -> &str {
        "Predictions (logarithmic)"
    }

    fn size(&self) -> (f64, f64) {
        (WIDTH, MARGINS.around(HEIGHT))
    }

    fn draw(&self, scene: &mut Scene, place: &Rect) {
        let most = self.bins.iter().map(|bin| bin.count).max().unwrap_or(0);
        let mut decades = 1;
        while 10_usize.pow(decades) < most {
            decades += 1;
        }
        // A single image is a tenth of a decade high, so that it can be seen.
        let height = |count: usize| ((count as f64).log10() + 0.1) / (f64::from(decades) + 0.1);
        let ticks: Vec<(f64, String)> = (0..=decades)
            .map(|power| 10_usize.pow(power))
            .map(|count| (height(count), thousands(count)))
            .collect();
        let plot = frame(scene, place, self.heading(), &ticks);
        for bin in self.bins.iter().filter(|bin| bin.count > 0) {
            let tall = height(bin.count) * plot.height;
            let bar = Rect {
                x: plot.x + bin.low * plot.width + 1.0,
                y: plot.bottom() - tall,
                width: (bin.high - bin.low) * plot.width - 2.0,
                height: tall,
            };
            scene.area(bar.corners(), MEASURED, 0.6);
        }
    }
}
