//! A prediction allocates its result and next to nothing else.

use candle_core::{DType, Device, Tensor};
use lenet_model::LeNet;

/// Bytes that a call in steady state may allocate.
const MOST: u64 = 4096;

#[test]
fn predictions_allocate_little() {
    let network = LeNet::pretrained(&Device::Cpu).unwrap();
    let bytes = [100u8; 784];
    let tensor = Tensor::ones((1, 28, 28), DType::F32, &Device::Cpu).unwrap();
    let mut logits = [0.0; 10];
    network.predict(&bytes).unwrap();
    let check = |name: &str, call: &mut dyn FnMut()| {
        let info = allocation_counter::measure(call);
        println!(
            "{name}: {} allocations, {} bytes",
            info.count_total, info.bytes_total
        );
        assert!(info.bytes_total < MOST, "{name}: {info:?}");
        assert_eq!(info.bytes_current, 0, "{name} keeps nothing: {info:?}");
    };
    check("bytes", &mut || drop(network.predict(&bytes)));
    check("tensor", &mut || drop(network.predict(&tensor)));
    let classifier = network.classifier().unwrap();
    check("logits", &mut || {
        classifier.logits(&bytes, &mut logits).unwrap();
    });
}
