//! The table of the study's network.

use super::*;

#[test]
fn the_studys_network() {
    let summary = Summary::new(&Geometry::lab_2017(16));
    let want = "\
layer                      output    parameters
conv1 3×3, ReLU, max-pool  16×14×14         160
conv2 3×3, ReLU, max-pool  16×7×7          2320
fc1, ReLU                  128           100480
fc2                        10              1290
total                                    104250";
    assert_eq!(summary.to_string(), want);
}
