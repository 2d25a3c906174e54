//! Streams by tensor, and the range of drawn values.

use super::*;

#[test]
fn tensors_depend_on_seed_and_name_alone() {
    let small = Geometry::lab_2017(4);
    let deep = Geometry {
        hidden: vec![128, 128],
        ..small.clone()
    };
    let (a, b) = (initial_parameters(&small, 1), initial_parameters(&deep, 1));
    let fc1 = small.parameters()[4].range();
    assert_eq!(a[fc1.clone()], b[fc1.clone()]);
    let other = initial_parameters(&small, 2);
    assert_ne!(a[fc1.clone()], other[fc1]);
}

#[test]
fn biases_are_constant_and_weights_within_two_sigma() {
    let geometry = Geometry::lab_2017(4);
    let values = initial_parameters(&geometry, 3);
    for parameter in geometry.parameters() {
        let values = &values[parameter.range()];
        if parameter.name.ends_with(".bias") {
            assert!(values.iter().all(|&v| v == 0.1), "{}", parameter.name);
        } else {
            assert!(values.iter().all(|&v| v.abs() <= 0.2), "{}", parameter.name);
            assert_ne!(values[0], values[1]);
        }
    }
}
