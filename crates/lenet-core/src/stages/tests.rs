//! Sizes of other stages, as PyTorch gives them, and what each backend computes.

use super::*;
use crate::Geometry;

struct Case {
    name: &'static str,
    stages: Stages,
    kernel: usize,
    images: [usize; 2],
    filters: &'static [usize],
    /// `[rows, columns]` after each convolution, and after each stage.
    convolved: &'static [[usize; 2]],
    left: &'static [[usize; 2]],
}

const fn stages(padding: Padding, stride: usize, pooling: Pooling) -> Stages {
    Stages {
        padding,
        stride,
        pooling,
    }
}

/// Sizes by the formula of `torch.nn.Conv2d` and `torch.nn.MaxPool2d`, worked out by hand.
const CASES: [Case; 7] = [
    Case {
        name: "the usual stages",
        stages: Stages::USUAL,
        kernel: 3,
        images: [28, 31],
        filters: &[2, 2],
        convolved: &[[28, 31], [14, 15]],
        left: &[[14, 15], [7, 7]],
    },
    Case {
        name: "PyTorch's basic MNIST example",
        stages: stages(Padding::Valid, 1, Pooling::Last),
        kernel: 3,
        images: [28, 28],
        filters: &[32, 64],
        convolved: &[[26, 26], [24, 24]],
        left: &[[26, 26], [12, 12]],
    },
    Case {
        name: "LeNet-5 on 32×32",
        stages: stages(Padding::Valid, 1, Pooling::Each),
        kernel: 5,
        images: [32, 32],
        filters: &[6, 16],
        convolved: &[[28, 28], [10, 10]],
        left: &[[14, 14], [5, 5]],
    },
    Case {
        name: "LeNet-5 on 28×28, padded at first",
        stages: stages(Padding::First, 1, Pooling::Each),
        kernel: 5,
        images: [28, 28],
        filters: &[6, 16],
        convolved: &[[28, 28], [10, 10]],
        left: &[[14, 14], [5, 5]],
    },
    Case {
        name: "strides instead of pools",
        stages: stages(Padding::Same, 2, Pooling::None),
        kernel: 3,
        images: [28, 27],
        filters: &[4, 4, 4],
        convolved: &[[14, 14], [7, 7], [4, 4]],
        left: &[[14, 14], [7, 7], [4, 4]],
    },
    Case {
        name: "an even kernel, stride 3",
        stages: stages(Padding::Valid, 3, Pooling::Last),
        kernel: 4,
        images: [30, 29],
        filters: &[4],
        convolved: &[[9, 9]],
        left: &[[4, 4]],
    },
    Case {
        name: "a kernel as large as the image",
        stages: stages(Padding::Valid, 1, Pooling::None),
        kernel: 8,
        images: [8, 9],
        filters: &[4],
        convolved: &[[1, 2]],
        left: &[[1, 2]],
    },
];

#[test]
fn sizes_are_pytorchs() {
    let mut wrong = Vec::new();
    for case in CASES {
        let geometry = Geometry {
            height: case.images[0],
            width: case.images[1],
            filters: case.filters.to_vec(),
            kernel: case.kernel,
            stages: case.stages,
            ..Geometry::lab_2017(1)
        };
        let count = case.filters.len();
        let convolved: Vec<_> = (0..count).map(|stage| geometry.convolved(stage)).collect();
        let left: Vec<_> = (1..=count)
            .map(|stage| geometry.stage_input(stage))
            .collect();
        let want: Vec<_> = case
            .left
            .iter()
            .zip(case.filters)
            .map(|(sides, &filters)| [filters, sides[0], sides[1]])
            .collect();
        if convolved != case.convolved || left != want || geometry.validate().is_err() {
            wrong.push(format!("{}: {convolved:?}, {left:?}", case.name));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn what_leaves_nothing_is_refused() {
    let good = Geometry {
        height: 10,
        width: 10,
        filters: vec![4; 2],
        stages: stages(Padding::Valid, 1, Pooling::Each),
        ..Geometry::lab_2017(1)
    };
    type Change<'c> = &'c dyn Fn(&mut Geometry);
    let cases: [(&str, Change<'_>, &str); 7] = [
        (
            "pools leave nothing",
            &|g| g.filters = vec![4; 3],
            "3 stages with padding = valid leave nothing of 10×10",
        ),
        (
            "the kernel does not fit",
            &|g| g.kernel = 9,
            "2 stages with padding = valid leave nothing of 10×10",
        ),
        (
            "stride 0",
            &|g| g.stages.stride = 0,
            "`stride`: 0 never moves on: give at least 1",
        ),
        (
            "an even kernel with padding",
            &|g| (g.kernel, g.stages.padding) = (4, Padding::First),
            "`kernel`: 4 is not an odd number",
        ),
        ("no kernel", &|g| g.kernel = 0, "0 is not an odd number"),
        (
            "endless stages",
            &|g| {
                (g.filters, g.kernel) = (vec![1; 65], 1);
                g.stages.pooling = Pooling::None;
            },
            "65 convolutions: give at most 64",
        ),
        (
            "huge sides",
            &|g| {
                (g.height, g.kernel) = (usize::MAX, usize::MAX);
                g.stages.padding = Padding::Same;
            },
            "leave nothing",
        ),
    ];
    assert!(good.validate().is_ok());
    let mut wrong = Vec::new();
    for (name, change, words) in cases {
        let mut bad = good.clone();
        change(&mut bad);
        match bad.validate() {
            Err(error) if error.to_string().contains(words) => {}
            other => wrong.push(format!("{name}: {other:?}")),
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn flops_count_the_places_of_the_kernel() {
    let mut geometry = Geometry {
        height: 6,
        width: 6,
        filters: vec![2],
        hidden: vec![],
        ..Geometry::lab_2017(1)
    };
    // 2 · 6·6 places · 9 weights · 2 filters, and 18 features for 10 classes.
    assert_eq!(geometry.forward_flops(), 2 * 36 * 9 * 2 + 2 * 18 * 10);
    geometry.stages.padding = Padding::Valid;
    // 4·4 places, and 8 features.
    assert_eq!(geometry.forward_flops(), 2 * 16 * 9 * 2 + 2 * 8 * 10);
}

#[test]
fn other_stages_are_for_the_stock_backend() {
    assert_eq!(Stages::USUAL.problem(Backend::Fused), None);
    let cases = [
        (stages(Padding::Valid, 2, Pooling::Last), "padding"),
        (stages(Padding::Same, 2, Pooling::Last), "stride"),
        (stages(Padding::Same, 1, Pooling::None), "pooling"),
    ];
    for (other, path) in cases {
        assert_eq!(other.problem(Backend::Stock), None, "{other}");
        let problem = other.problem(Backend::Fused).expect("fused code pads");
        assert_eq!(problem.path, path);
        assert!(
            problem.to_string().contains("backend = stock"),
            "{problem:?}"
        );
    }
}
