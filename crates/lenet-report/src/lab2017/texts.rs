//! What figures, tables and pages say about the report.

use lenet_core::DeviceKind;

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
