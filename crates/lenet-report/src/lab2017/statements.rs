//! The claims of the report: their words, the questions to the data, and what its figures show.

use crate::claims::{Quantity, Statement};

pub(crate) const STATEMENTS: [Statement; 11] = [
    Statement {
        number: 1,
        claim: "With SGD, learning rate 0.1 performs best of the four.",
        question: "By how much does SGD at 0.1 exceed each other rate in final test accuracy, \
                   seed by seed? Holds if the intervals of all three differences lie above zero; \
                   does not if one lies below. Shown is the comparison with the lowest bound.",
        published: "One run a rate: the gap from 0.1 to 0.01 was 0.021, which no repeat backed.",
        quantity: Quantity::Difference,
    },
    Statement {
        number: 2,
        claim: "With SGD, 0.0001 converges very slowly.",
        question: "Does SGD at 0.1 reach more after its first epoch than at 0.0001 after the \
                   last? Holds if the interval of that difference in test accuracy lies above \
                   zero; does not if it lies below.",
        published: "One run: 0.1937 after ten epochs against 0.9471 after one; the figure shows \
                    the gap, not how much of it is chance.",
        quantity: Quantity::Difference,
    },
    Statement {
        number: 3,
        claim: "Results vary from run to run, because batches and initial weights are random.",
        question: "What is the standard deviation over seeds of the final test accuracy of SGD \
                   at 0.1 without dropout? Holds if its interval lies above zero; does not if \
                   all runs agree exactly.",
        published: "Nothing: each curve is one run.",
        quantity: Quantity::Spread,
    },
    Statement {
        number: 4,
        claim: "Validation and test error are very similar, but not the same.",
        question: "How far are final validation and test accuracy apart, without regard to \
                   sign, in the mean over all settings that learned? Holds if the interval over \
                   seeds lies above 0 and below 0.01; does not if it lies wholly above 0.01, or \
                   if the two are always equal.",
        published: "Two panels a figure, compared by eye. The two samples are the same for every \
                    run, so their difference is mostly a property of the samples.",
        quantity: Quantity::Spread,
    },
    Statement {
        number: 5,
        claim: "With dropout the performance is nearly identical for this small network.",
        question: "What does real dropout (rate 0.5, connected) change in the final test \
                   accuracy of SGD at each of the four rates, seed by seed? Holds if all four \
                   intervals lie within ±0.005; does not if one lies wholly outside. Shown is \
                   the largest change.",
        published: "Nothing: its dropout layer was never connected, so figure 2 is figure 1 with \
                    other random numbers.",
        quantity: Quantity::Difference,
    },
    Statement {
        number: 6,
        claim: "The optimizer matters a great deal: with Adam, 0.001 converges very fast, which \
                was not so with SGD.",
        question: "At 0.001, does Adam reach more after its first epoch than SGD after the last? \
                   Holds if the interval of that difference in test accuracy, seed by seed, lies \
                   above zero; does not if it lies below.",
        published: "One run each, Adam nominally with dropout and SGD without, in truth both \
                    without: 0.9681 after one epoch against 0.8735 after ten.",
        quantity: Quantity::Difference,
    },
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
        quantity: Quantity::Ratio,
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
        quantity: Quantity::Share,
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
        quantity: Quantity::Ratio,
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
        quantity: Quantity::Ratio,
    },
    Statement {
        number: 11,
        claim: "Deep networks should be trained with a lower learning rate at the beginning to \
                reach good optima.",
        question: "",
        published: "Nothing: a remark.",
        quantity: Quantity::Difference,
    },
];

#[cfg(test)]
mod tests;
