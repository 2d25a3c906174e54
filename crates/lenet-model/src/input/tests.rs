//! Every form of an image, and everything that is none.

use super::*;

fn geometry() -> Geometry {
    Geometry {
        channels: 2,
        height: 4,
        width: 6,
        ..Geometry::lab_2017(2)
    }
}

/// The pixels that the engine is given, and how many images.
fn read<'a>(input: impl Into<Input<'a>>, geometry: &Geometry) -> Result<(Vec<f32>, usize), String> {
    let seen = input.into().read(
        geometry,
        TrainingImages::MNIST,
        |images, count| match images {
            Images::Floats(pixels) => (pixels.to_vec(), count),
            Images::Bytes { pixels, indices } => {
                assert_eq!(indices.len(), count);
                let values = pixels.iter().map(|&byte| f32::from(byte) / 255.0);
                (values.collect(), count)
            }
        },
    );
    seen.map_err(|error| error.to_string())
}

#[test]
fn every_form_gives_the_same_pixels() {
    let bytes: Vec<u8> = (0..96).collect();
    let want: Vec<f32> = bytes.iter().map(|&b| f32::from(b) / 255.0).collect();
    let tensor = Tensor::from_slice(&want, (2, 2, 4, 6), &Device::Cpu).unwrap();
    // The same elements, laid out in another order.
    let strided = tensor.transpose(2, 3).unwrap().contiguous().unwrap();
    let strided = strided.transpose(2, 3).unwrap();
    assert!(!strided.is_contiguous());
    let inputs = [
        Input::from(&bytes),
        Input::from(&want),
        Input::from(&tensor),
        Input::from(&strided),
    ];
    for input in inputs {
        assert_eq!(
            read(input, &geometry()).unwrap(),
            (want.clone(), 2),
            "{input:?}"
        );
    }
    let rows = tensor.flatten_from(1).unwrap();
    assert_eq!(read(&rows, &geometry()).unwrap().1, 2);
    // A view that does not begin where its storage does.
    let second = tensor.get(1).unwrap();
    assert_eq!(
        read(&second, &geometry()).unwrap(),
        (want[48..].to_vec(), 1)
    );
    let double = second.to_dtype(DType::F64).unwrap();
    assert_eq!(
        read(&double, &geometry()).unwrap(),
        (want[48..].to_vec(), 1)
    );
    let of_bytes = Tensor::from_slice(&bytes, (2, 48), &Device::Cpu).unwrap();
    assert_eq!(read(&of_bytes, &geometry()).unwrap(), (want, 2));
}

#[test]
fn one_channel_needs_no_axis() {
    let geometry = Geometry::lab_2017(2);
    let zeros = |dims: &[usize]| Tensor::zeros(dims, DType::F32, &Device::Cpu).unwrap();
    assert_eq!(read(&zeros(&[28, 28]), &geometry).unwrap().1, 1);
    assert_eq!(read(&zeros(&[5, 28, 28]), &geometry).unwrap().1, 5);
    assert_eq!(read(&zeros(&[784]), &geometry).unwrap().1, 1);
}

#[test]
fn what_is_no_image_is_refused() {
    let refused = |input: Input<'_>, words: &str| {
        let error = read(input, &geometry()).unwrap_err();
        assert!(error.contains(words), "{error}");
    };
    let tensor = |dims: &[usize], dtype| Tensor::zeros(dims, dtype, &Device::Cpu).unwrap();
    refused(Input::Bytes(&[]), "no image");
    refused(Input::Floats(&[]), "no image");
    refused(
        Input::Bytes(&[0; 49]),
        "49 pixels were given, an image of this network has 2×4×6",
    );
    refused(Input::from(&tensor(&[0, 2, 4, 6], DType::F32)), "no image");
    refused(
        Input::from(&tensor(&[1, 4, 6, 2], DType::F32)),
        "[1, 4, 6, 2]",
    );
    refused(Input::from(&tensor(&[4, 6], DType::F32)), "[4, 6]");
    refused(Input::from(&tensor(&[2, 4, 6], DType::I64)), "I64");
    let mut pixels = [0.5; 48];
    pixels[7] = f32::NAN;
    refused(Input::from(&pixels), "pixel 7 is NaN");
}
