//! Every plan stays within what the kernels and a launch allow, and reaches all of its work.

use super::super::{forward, input_gradient, weight_gradient};
use super::*;
use lenet_core::Precision::{Single, Tf32};

/// Channels, height, width, filters.
const STAGES: [[u32; 4]; 12] = [
    [32, 14, 14, 32],
    [64, 14, 14, 64],
    [33, 14, 14, 40],
    [40, 7, 9, 33],
    [256, 7, 7, 256],
    [32, 2, 2, 600],
    [64, 224, 224, 64],
    [40, 513, 517, 33],
    [96, 2, 300, 32],
    [32, 300, 2, 96],
    [65, 31, 17, 65],
    [128, 16, 16, 128],
];

const LOADS: [[u32; 2]; 6] = [[1, 1], [3, 1], [16, 3], [128, 1], [128, 80], [100, 400]];

fn stages() -> impl Iterator<Item = StageSizes> {
    STAGES.map(|sizes| stage(sizes, 3)).into_iter()
}

fn stage([channels, height, width, filters]: [u32; 4], kernel: u32) -> StageSizes {
    StageSizes {
        channels,
        height,
        width,
        filters,
        kernel,
    }
}

fn check_launch(launch: &Launch, threads: std::ops::RangeInclusive<u32>) {
    assert!(launch.shared_bytes <= 48 << 10, "{launch:?}");
    let [of_block, 1, 1] = launch.block else {
        panic!("{launch:?}")
    };
    assert!(threads.contains(&of_block) && of_block.is_multiple_of(32));
    let [_, y, z] = launch.grid;
    assert!(launch.grid.iter().all(|&side| side > 0), "{launch:?}");
    assert!(y <= 65_535 && z <= 65_535, "{launch:?}");
}

#[test]
fn correlations_cover_their_outputs() {
    for stage in stages() {
        for [images, places] in LOADS {
            let forward = forward(false, &stage, images, places, Tf32);
            let gradient = input_gradient(&stage, images, places, Tf32);
            let [height, width] = [stage.height, stage.width];
            let upwards = [height.div_ceil(2), width.div_ceil(2)];
            for ((tiling, launch), outputs, [rows, columns], spreads) in [
                (forward, stage.filters, [height / 2, width / 2], false),
                (gradient, stage.channels, upwards, true),
            ] {
                check_launch(&launch, 288..=512);
                let of_block = 4 * tiling.groups;
                let ends = if of_block == 64 { "_64" } else { "_32" };
                assert!(launch.kernel.ends_with(ends), "{launch:?}");
                assert!(launch.grid[1] * of_block >= outputs);
                let tiles = rows.div_ceil(tiling.rows) * columns.div_ceil(tiling.columns);
                assert_eq!(launch.grid[0], images.div_ceil(tiling.images) * tiles);
                // Tiles beside one another begin with a quad.
                assert!(tiling.columns == columns || tiling.columns.is_multiple_of(4));
                let quads = tiling.images * tiling.rows * tiling.columns.div_ceil(4);
                let warps = of_block / 32 * quads.div_ceil(2);
                assert!(32 * warps <= launch.block[0], "{tiling:?} {launch:?}");
                let copied = if spreads {
                    4 * tiling.images * (tiling.rows + 2) * (tiling.columns + 2)
                } else {
                    tiling.images * (2 * tiling.rows + 2) * tiling.pitch
                };
                assert!(copied <= launch.block[0], "{tiling:?} {launch:?}");
                assert_eq!(tiling.pitch, 2 * tiling.columns + 2);
            }
        }
    }
}

#[test]
fn weight_gradients_cover_their_batch_whatever_the_places() {
    for stage in stages() {
        for [images, places] in LOADS {
            let (tiling, segments, launch) = weight_gradient(false, &stage, images, places, Tf32);
            check_launch(&launch, 256..=256);
            assert_eq!(launch.kernel, "stage_weight_gradient_tf32");
            let share = segments.images;
            assert!(segments.segments * share >= images);
            assert!((segments.segments - 1) * share < images);
            assert!((1..=share).contains(&tiling.tile_images));
            let blocks = stage.filters.div_ceil(32) * stage.channels.div_ceil(32);
            assert_eq!(launch.grid, [segments.segments, blocks, places]);
            let alone = weight_gradient(false, &stage, images, 1, Tf32);
            assert_eq!((alone.0, alone.1), (tiling, segments));
            // Planes of neighbouring channels lie eight banks apart.
            assert_eq!(tiling.plane % 32, 8);
            assert!(tiling.plane >= (2 * tiling.rows + 2) * tiling.pitch);
        }
    }
}

#[test]
fn only_large_later_stages_of_side_3_go_to_tensor_cores() {
    let kernels = |first, stage: &StageSizes, precision| {
        [
            forward(first, stage, 8, 1, precision).1.kernel,
            input_gradient(stage, 8, 1, precision).1.kernel,
            weight_gradient(first, stage, 8, 1, precision).2.kernel,
        ]
    };
    let large = stage([32, 14, 14, 40], 3);
    assert_eq!(
        kernels(false, &large, Tf32),
        [
            "stage_forward_tf32_64",
            "stage_input_gradient_tf32_32",
            "stage_weight_gradient_tf32"
        ]
    );
    assert!(
        kernels(false, &large, Single)
            .iter()
            .all(|k| k.ends_with("_3"))
    );
    for other in [
        stage([31, 14, 14, 40], 3),
        stage([32, 14, 14, 31], 3),
        stage([32, 14, 14, 40], 5),
        stage([32, 14, 14, 40], 7),
    ] {
        assert_eq!(kernels(false, &other, Tf32), kernels(false, &other, Single));
    }
    let first = forward(true, &large, 8, 1, Tf32).1.kernel;
    assert_eq!(first, "first_stage_forward_3");
}

#[test]
fn a_block_of_the_study_is_an_image() {
    let stage = stage([64, 14, 14, 64], 3);
    let (tiling, launch) = forward(false, &stage, 128, 80, Tf32);
    assert_eq!([tiling.images, tiling.rows, tiling.columns], [1, 7, 7]);
    // Fourteen quads, two for each of seven warps, twice for 64 filters.
    assert_eq!((launch.grid, launch.block), ([128, 1, 80], [448, 1, 1]));
    let (tiling, _, launch) = weight_gradient(false, &stage, 128, 80, Tf32);
    assert_eq!([tiling.tile_images, tiling.rows, tiling.columns], [1, 7, 7]);
    // Two of them fit a multiprocessor with 100 KiB, of which the system takes 1 KiB for each.
    assert!(2 * (launch.shared_bytes + 1024) <= 100 << 10);
}
