//! The number of networks chooses the tile, so every tile must give the same bits.

use super::*;

#[test]
#[ignore = "needs a GPU"]
fn small_and_large_tiles_give_the_same_bits() {
    let gpu = gpu();
    let mut kernels = Vec::new();
    for precision in [Precision::Single, Precision::Tf32] {
        for sizes in [TF32_SIZES[1], TF32_SIZES[2]] {
            let [alone, among] = [&[0][..], &[0, 2, 1]].map(|slots| {
                let layer = Layer::new(&gpu, precision, 100, sizes, slots);
                let upstream = numbers::<f32>(3, slots.len() * layer.stride * sizes[1]);
                let places = slots.len();
                let sizes = layer.sizes();
                kernels.push(forward(100, sizes, places, precision).kernel);
                kernels.push(input_gradient(100, sizes, places, precision).kernel);
                let output = layer.forward(false, None);
                let gradient = layer.input_gradient(&upstream, false);
                let of_weights = layer.weight_gradients(&upstream).0;
                let results = [
                    layer.of_place(&output, 0, sizes.1),
                    layer.of_place(&gradient, 0, sizes.0),
                    &of_weights[..layer.weights() + sizes.1],
                ];
                let bits = results.concat().into_iter().map(f32::to_bits);
                bits.collect::<Vec<_>>()
            });
            assert!(alone == among, "{precision}, {sizes:?}");
        }
    }
    for kernel in ["dense_forward", "dense_input_gradient"] {
        for tile in ["", "_small", "_tf32", "_small_tf32"] {
            let name = format!("{kernel}{tile}");
            assert!(kernels.contains(&name.as_str()), "{name} was not run");
        }
    }
}
