//! What figures, tables and pages say about the report.

use lenet_core::DeviceKind;

pub(crate) const CLAIMS_HEADING: &str = "Claims of 2017 at a glance";

pub(crate) const OBSERVATIONS: &str = "n counts seeds, in claims 7 to 10 rounds.";

/// Legend entry of the published curves.
pub(crate) const CURVES_LABEL: &str = "dashed: published in 2017, one run each";

/// Precision of the published accuracies.
pub(crate) const CURVES_PRECISION: &str = "Published values were read from the drawings of the report, to about ±0.0002, and are one run \
     each.";

/// Introduces the table of settings with dropout and without.
pub(crate) const DROPOUT: &str = "The original's dropout layer was built but never connected, so its figures 2 and 3 show \
     networks without dropout. Below, test accuracy after the last epoch with dropout at work, \
     beside the same setting without it (or with it not connected, which is the same).";

/// Column headings of the published runtimes: seconds, and their ratio to those measured here.
pub(crate) const RUNTIME_COLUMNS: [&str; 2] = ["2017", "2017 ÷ here"];

/// Explains these columns.
pub(crate) const RUNTIMES_NOTE: &str = "2017: the report's run on the same kind of device, in seconds; none of its runs had dropout \
     at work.";

/// Number of the published figure of runtimes at a batch size.
pub(crate) fn runtime_figure(batch: usize) -> Option<&'static str> {
    match batch {
        64 => Some("4"),
        16 => Some("5"),
        _ => None,
    }
}

/// Legend label of a device that the report timed.
pub(crate) fn device_label(device: DeviceKind) -> &'static str {
    match device {
        DeviceKind::Cuda => "2017: GPU, GTX 970, one run each",
        DeviceKind::Cpu => "2017: CPU, Core i5, one run each",
    }
}

/// Caption of a figure of runtimes. `comparable` says whether it shows the published runs.
pub(crate) fn runtimes_caption(comparable: bool) -> &'static str {
    if comparable {
        " Hollow marks are the report's single runs, at the true size of the network timed; the \
         report drew them further right, at the sum of all networks built so far in the process. \
         Its dropout was never connected, so both panels of 2017 are without."
    } else {
        " The report's points are left out: its runs were of 10,000 images with 5,000 held out."
    }
}

/// Caption of a figure of accuracies. `connected` and `disconnected` say whether the figure has cells
/// with dropout at work, and cells whose dropout layer is not connected.
pub(crate) fn dropout_caption(
    published: &str,
    connected: bool,
    disconnected: bool,
) -> &'static str {
    match (published, connected, disconnected) {
        ("1", _, _) => "",
        (_, true, false) => {
            " Dropout is at work here; the published curves are labelled so, but their dropout \
             layer was never connected."
        }
        (_, false, _) => {
            " Dropout is not at work here, as in the code that made the published curves."
        }
        (_, true, true) => {
            " In some of these cells dropout is at work, in others it is not connected, as in the \
             code that made the published curves."
        }
    }
}
