//! Networks of many shapes.

use crate::dropout::Mask;
use lenet_core::Geometry;

pub(super) struct Case {
    pub(super) name: &'static str,
    pub(super) geometry: Geometry,
    pub(super) batch: usize,
    pub(super) dropout: Option<Mask>,
}

pub(super) fn geometry(
    [channels, height, width]: [usize; 3],
    filters: &[usize],
    kernel: usize,
    hidden: &[usize],
) -> Geometry {
    let (filters, hidden) = (filters.to_vec(), hidden.to_vec());
    Geometry {
        channels,
        height,
        width,
        filters,
        kernel,
        hidden,
        classes: 10,
        stages: lenet_core::Stages::USUAL,
    }
}

pub(super) fn cases() -> Vec<Case> {
    let half = Some(Mask {
        rate: 0.5,
        seed: 7,
        step: 3,
    });
    let tenth = Some(Mask {
        rate: 0.1,
        seed: 1 << 40,
        step: 1 << 33,
    });
    let case = |name, geometry, batch, dropout| Case {
        name,
        geometry,
        batch,
        dropout,
    };
    let lab = Geometry::lab_2017;
    vec![
        case("study F=16", lab(16), 17, None),
        case("study F=16, dropout", lab(16), 33, half),
        case("study F=8", lab(8), 16, tenth),
        case("study F=5", lab(5), 3, half),
        case("study F=20", lab(20), 5, None),
        case("study F=24, dropout", lab(24), 2, tenth),
        case("study F=1", lab(1), 100, None),
        case("study F=32", lab(32), 1, None),
        case(
            "batch 128",
            geometry([1, 12, 12], &[8, 8], 3, &[20]),
            128,
            half,
        ),
        case(
            "batch 150",
            geometry([1, 8, 8], &[4, 7], 3, &[16]),
            150,
            None,
        ),
        case(
            "three channels",
            geometry([3, 32, 32], &[6, 9], 3, &[24]),
            5,
            half,
        ),
        case(
            "odd sides",
            geometry([1, 11, 9], &[4, 5], 3, &[12]),
            19,
            None,
        ),
        case("7×7", geometry([2, 7, 7], &[3, 6], 3, &[13, 7]), 9, tenth),
        case(
            "kernel 5",
            geometry([1, 14, 13], &[5, 4], 5, &[16]),
            18,
            None,
        ),
        case("kernel 1", geometry([3, 8, 6], &[11, 2], 1, &[16]), 7, None),
        case(
            "kernel 7, wider than the image",
            geometry([1, 5, 6], &[4, 3], 7, &[9]),
            4,
            None,
        ),
        case("one stage", geometry([1, 10, 10], &[7], 3, &[33]), 20, half),
        case(
            "three stages",
            geometry([1, 17, 19], &[4, 12, 6], 3, &[16]),
            21,
            None,
        ),
        case(
            "no hidden layer",
            geometry([1, 9, 9], &[4, 4], 3, &[]),
            6,
            half,
        ),
        case(
            "two hidden layers",
            geometry([1, 8, 8], &[4, 4], 3, &[130, 64]),
            40,
            half,
        ),
    ]
}
