//! A drawing and what is told of it.

use lenet_data::Dataset;
use lenet_model::candle_core::Device;

use super::*;

fn network() -> LeNet {
    LeNet::pretrained(&Device::Cpu).unwrap()
}

#[test]
fn digits_of_the_test_set_are_recognised() {
    let (data, network) = (Dataset::mnist(), network());
    let mut right = 0;
    for index in 0..50 {
        let told = told(&network, TrainingImages::MNIST, data.test.image(index)).unwrap();
        right += usize::from(told["class"] == data.test.labels()[index]);
        let probabilities = told["probabilities"].as_array().unwrap();
        let sum: f64 = probabilities.iter().map(|p| p.as_f64().unwrap()).sum();
        assert!((sum - 1.0).abs() < 1e-5, "{sum}");
    }
    assert!(right >= 48, "{right} of 50");
}

/// The first map at one place, by hand: ReLU of the bias and the nine products.
#[test]
fn maps_are_those_of_the_first_convolution() {
    let (data, network) = (Dataset::mnist(), network());
    let image = data.test.image(0);
    let pixels: Vec<f32> = image.iter().map(|&byte| f32::from(byte) / 255.0).collect();
    let tensor = Tensor::from_slice(&pixels, (1, 1, 28, 28), &Device::Cpu).unwrap();
    let maps = network.first_maps(&tensor).unwrap();
    assert_eq!(maps.dims(), [1, 16, 28, 28]);
    let named = network.named_parameters();
    let weights = named[0].1.flatten_all().unwrap().to_vec1::<f32>().unwrap();
    let biases = named[1].1.to_vec1::<f32>().unwrap();
    let maps = maps.flatten_all().unwrap().to_vec1::<f32>().unwrap();
    for (filter, row, column) in [(0, 10, 12), (5, 8, 20), (15, 27, 0)] {
        let mut sum = biases[filter];
        for (at, weight) in weights[9 * filter..9 * filter + 9].iter().enumerate() {
            let (y, x) = (row + at / 3, column + at % 3);
            if (1..29).contains(&y) && (1..29).contains(&x) {
                sum += weight * pixels[28 * (y - 1) + x - 1];
            }
        }
        let found = maps[784 * filter + 28 * row + column];
        assert!(
            (found - sum.max(0.0)).abs() < 1e-5,
            "{filter}: {found}, {sum}"
        );
    }
}

#[test]
fn what_is_no_drawing_is_refused() {
    for bytes in [&[][..], &[0; 10]] {
        assert!(told(&network(), TrainingImages::MNIST, bytes).is_err());
    }
    // Nothing is drawn.
    assert!(told(&network(), TrainingImages::MNIST, &[0; 784]).is_err());
}

#[test]
fn shades_are_shares_of_the_greatest() {
    assert_eq!(shades(&[0.0, 0.5, 1.0, -1.0]), [0, 127, 255, 0]);
    assert_eq!(shades(&[2.0, 4.0]), [127, 255]);
    assert_eq!(shades(&[0.0, 0.0]), [0, 0]);
    let filters = filters(&network());
    assert_eq!(filters["side"], 3);
    let kernels = filters["shades"].as_array().unwrap();
    assert_eq!(kernels.len(), 16);
    for kernel in kernels {
        let kernel = kernel.as_array().unwrap();
        assert!(
            kernel.iter().any(|shade| shade == 255 || shade == 1),
            "{kernel:?}"
        );
    }
}
