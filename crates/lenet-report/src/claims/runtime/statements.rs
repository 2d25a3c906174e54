//! What claims 7 to 11 say, what is asked of the data, and what the published figures show.

use crate::claims::Statement;

pub(crate) const RUNTIME: [Statement; 5] = [
    Statement {
        number: 7,
        claim: "Training on the GPU is much faster than on the CPU, above all with many filters.",
        question: "How many times as long does a run take on the CPU as on the GPU, with images \
                   streamed, batch 64, without dropout? Holds if at the most filters that both \
                   ran the interval lies above 2, and the ratio grows from the fewest filters to \
                   the most; does not if one of the two intervals lies on the other side. Shown \
                   is the ratio at the most filters.",
        published: "One run a point, nothing warmed up: the CPU took 1.2 times as long at 8 \
                    filters and 6.6 times at 64 (batch 64). The first GPU point carries start-up \
                    cost, and on the CPU nothing above 64 filters was run.",
    },
    Statement {
        number: 8,
        claim: "The bottleneck on the GPU was copying the training images from CPU to GPU.",
        question: "What share of a streamed epoch's training time goes away when the images lie on \
                   the GPU from the start (batch 64, without dropout)? Holds if at every number \
                   of filters the interval lies above one half; does not if at every one it lies \
                   below. Shown is the largest share.",
        published: "Copying was not timed. But the same images are copied at every number of \
                    filters, so copying took at most the shortest run of all: 0.51 s, which is \
                    19 % of the 2.63 s at 256 filters (batch 64); at batch 16, 1.86 s of 8.57 s, \
                    22 %. With many filters it was not the bottleneck; with few the figures leave \
                    it open.",
    },
    Statement {
        number: 9,
        claim: "Dropout increases the runtime.",
        question: "How many times as long does a run take with real dropout as without, over all \
                   sizes and batch sizes, on each device? Holds if every device's interval lies \
                   above 1; does not if one lies below. Shown is the device with the lowest \
                   bound.",
        published: "Nothing: its dropout layer was never connected. Its runs labelled so took 1.23 \
                    times as long in the mean all the same, which is what one run a point in an \
                    ageing process is worth.",
    },
    Statement {
        number: 10,
        claim: "A small batch makes training much longer, above all on the CPU.",
        question: "How many times as long does a run take at batch 16 as at 64, over all sizes, \
                   with and without dropout? Holds if the CPU's interval lies above 2 and that of \
                   the CPU's ratio by the GPU's above 1; does not if one of them lies below. \
                   Shown is the CPU's ratio.",
        published: "One run a point: 3.1 to 6.1 times as long on the CPU, 2.3 to 3.6 times on the \
                    GPU (without dropout).",
    },
    Statement {
        number: 11,
        claim: "Deep networks should be trained with a lower learning rate at the beginning to \
                reach good optima.",
        question: "",
        published: "Nothing: a remark.",
    },
];

#[cfg(test)]
mod tests {
    use lenet_core::DeviceKind::{self, Cpu, Cuda};

    use super::*;
    use crate::runtime::published::{PublishedRun, runs, seconds};

    fn says(number: usize, what: &str) {
        let text = RUNTIME[number - 7].published;
        assert!(text.contains(what), "{what:?} is not in {text:?}");
    }

    fn at(device: DeviceKind, filters: usize, batch: usize) -> f64 {
        seconds(device, filters, batch, false).unwrap()
    }

    /// Least and greatest of the runs without dropout.
    fn ends(
        wanted: impl Fn(&PublishedRun) -> bool,
        value: impl Fn(&PublishedRun) -> f64,
    ) -> [f64; 2] {
        let values: Vec<f64> = runs()
            .iter()
            .filter(|r| !r.dropout && wanted(r))
            .map(value)
            .collect();
        let least = values.iter().copied().fold(f64::INFINITY, f64::min);
        [least, values.into_iter().fold(0.0, f64::max)]
    }

    #[test]
    fn the_published_numbers_are_the_tables() {
        says(
            7,
            &format!("{:.1} times as long at 8", at(Cpu, 8, 64) / at(Cuda, 8, 64)),
        );
        says(
            7,
            &format!("{:.1} times at 64", at(Cpu, 64, 64) / at(Cuda, 64, 64)),
        );
        for (batch, joint) in [(64, "s, which is "), (16, "s of ")] {
            let [shortest, _] = ends(|r| r.device == Cuda && r.batch_size == batch, |r| r.seconds);
            let whole = at(Cuda, 256, batch);
            says(8, &format!("{shortest} {joint}"));
            says(8, &format!("{whole} s"));
            says(8, &format!("{:.0} %", 100.0 * shortest / whole));
        }
        let with: Vec<f64> = runs()
            .iter()
            .filter(|r| r.dropout)
            .map(|r| (r.seconds / at(r.device, r.filters, r.batch_size)).ln())
            .collect();
        let mean = (with.iter().sum::<f64>() / with.len() as f64).exp();
        says(9, &format!("took {mean:.2} "));
        for (device, place) in [(Cpu, "on the CPU"), (Cuda, "on the GPU")] {
            let slower = |r: &PublishedRun| r.seconds / at(device, r.filters, 64);
            let [least, most] = ends(|r| r.device == device && r.batch_size == 16, slower);
            says(10, &format!("{least:.1} to {most:.1} times"));
            says(10, place);
        }
    }
}
