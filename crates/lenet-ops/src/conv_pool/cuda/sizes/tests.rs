//! Every plan stays within what a launch allows, and reaches all of its work.

use super::*;
use Precision::Single;
use lenet_core::Geometry;

const STAGES: [[u32; 5]; 16] = [
    [1, 28, 28, 16, 3],
    [16, 14, 14, 16, 3],
    [5, 14, 14, 7, 3],
    [3, 32, 32, 8, 3],
    [2, 6, 5, 3, 5],
    [1, 28, 28, 4, 7],
    [64, 14, 14, 64, 3],
    [1, 4, 4, 1, 1],
    [256, 14, 14, 256, 3],
    [1, 2, 2, 1, 3],
    [600, 2, 2, 600, 5],
    [3, 224, 224, 64, 5],
    [40, 513, 517, 33, 3],
    [7, 2, 300, 9, 5],
    [9, 300, 2, 7, 3],
    [33, 31, 17, 65, 5],
];

fn stages() -> impl Iterator<Item = StageSizes> {
    STAGES
        .into_iter()
        .map(|[channels, height, width, filters, kernel]| StageSizes {
            channels,
            height,
            width,
            filters,
            kernel,
        })
}

/// Numbers of images and places.
const LOADS: [[u32; 2]; 6] = [[1, 1], [3, 1], [16, 3], [128, 1], [128, 80], [100, 400]];

fn check_launch(launch: &Launch, most_threads: u32) {
    assert!(launch.shared_bytes <= 48 << 10, "{launch:?}");
    let [threads, 1, 1] = launch.block else {
        panic!("{launch:?}")
    };
    assert!((1..=most_threads).contains(&threads), "{launch:?}");
    let [_, y, z] = launch.grid;
    assert!(launch.grid.iter().all(|&side| side > 0), "{launch:?}");
    assert!(y <= 65_535 && z <= 65_535, "{launch:?}");
}

#[test]
fn correlations_cover_their_outputs() {
    for stage in stages().filter(StageSizes::is_small) {
        for [images, places] in LOADS {
            let [height, width] = [stage.height, stage.width];
            let plans = [
                (
                    forward(true, &stage, images, places, Single),
                    height / 2,
                    width / 2,
                ),
                (
                    forward(false, &stage, images, places, Single),
                    height / 2,
                    width / 2,
                ),
                (
                    input_gradient(&stage, images, places, Single),
                    height.div_ceil(2),
                    width.div_ceil(2),
                ),
            ];
            let outputs = [stage.filters, stage.filters, stage.channels];
            for (((tiling, launch), rows, columns), outputs) in plans.into_iter().zip(outputs) {
                check_launch(&launch, if stage.kernel == 3 { 512 } else { 384 });
                let tiles = rows.div_ceil(tiling.rows) * columns.div_ceil(tiling.columns);
                assert_eq!(launch.grid[0], images.div_ceil(tiling.images) * tiles);
                assert!(launch.grid[1] * tiling.groups * tiling.rounds * 4 >= outputs);
                let threads = tiling.images * tiling.rows * tiling.columns * tiling.groups;
                assert!(launch.block[0] >= threads, "{tiling:?} {launch:?}");
                // Pairs of a window are read as vectors.
                assert!(tiling.pitch.is_multiple_of(2), "{tiling:?}");
                assert!(tiling.pitch >= 2 * tiling.columns + stage.kernel - 1);
            }
        }
    }
}

#[test]
fn weight_gradients_cover_their_batch_whatever_the_places() {
    for stage in stages() {
        for [images, places] in LOADS {
            for first in [true, false] {
                let (tiling, segments, launch) =
                    weight_gradient(first, &stage, images, places, Single);
                check_launch(&launch, 256);
                let Segments {
                    segments,
                    images: share,
                } = segments;
                assert!(segments * share >= images && (segments - 1) * share < images);
                assert_eq!([launch.grid[0], launch.grid[2]], [segments, places]);
                let (alone, same, _) = weight_gradient(first, &stage, images, 1, Single);
                assert_eq!((alone, same.images), (tiling, share));
                if stage.is_small() && !first {
                    assert!(tiling.pitch.is_multiple_of(2) && tiling.plane.is_multiple_of(2));
                    assert!((tiling.channels * tiling.parts).is_multiple_of(32));
                }
            }
        }
    }
}

#[test]
fn kernels_go_by_the_side() {
    let named = |kernel| {
        let stage = StageSizes {
            channels: 2,
            height: 9,
            width: 9,
            filters: 3,
            kernel,
        };
        forward(true, &stage, 4, 1, Single).1.kernel
    };
    assert_eq!(
        [1, 3, 5, 7].map(named),
        [
            "first_stage_forward_any",
            "first_stage_forward_3",
            "first_stage_forward_5",
            "first_stage_forward_any"
        ]
    );
}

#[test]
fn a_tile_serves_as_many_filters_as_leave_enough_blocks() {
    let stage = StageSizes::new(&Geometry::lab_2017(64), 0);
    let (alone, _) = forward(true, &stage, 128, 1, Single);
    let (many, launch) = forward(true, &stage, 128, 80, Single);
    assert!(alone.rounds < many.rounds);
    assert_eq!([many.groups * many.rounds, launch.grid[1]], [16, 1]);
}
