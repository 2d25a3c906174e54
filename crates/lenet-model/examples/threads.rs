//! Serves predictions from many threads at once: one classifier, no lock held while it computes.
//!
//! `cargo run --release --example threads --features pretrained`
#![allow(clippy::print_stdout, reason = "an example")]

use std::error::Error;
use std::sync::mpsc;
use std::thread;
use std::time::Instant;

use candle_core::Device;
use lenet_data::Dataset;
use lenet_model::LeNet;

/// Classifies the first `count` test images of MNIST, each alone, on `threads` threads; returns
/// the classes in the order of the images.
pub fn run(count: usize, threads: usize) -> Result<Vec<usize>, Box<dyn Error>> {
    let classifier = LeNet::pretrained(&Device::Cpu)?.classifier()?;
    let test = Dataset::mnist().test;
    let (sender, answers) = mpsc::channel();
    let mut classes = vec![0; count];
    thread::scope(|scope| {
        for first in 0..threads {
            let (sender, classifier, test) = (sender.clone(), &classifier, &test);
            scope.spawn(move || {
                for request in (first..count).step_by(threads) {
                    let answer = classifier.predict(test.image(request));
                    // A closed channel means that nobody waits for answers any more.
                    if sender.send((request, answer)).is_err() {
                        break;
                    }
                }
            });
        }
        drop(sender);
        for (request, answer) in answers {
            classes[request] = answer?.class;
        }
        Ok(classes)
    })
}

fn main() -> Result<(), Box<dyn Error>> {
    for threads in [1, 2, 4] {
        let started = Instant::now();
        run(10_000, threads)?;
        println!(
            "{threads} threads: 10,000 images in {:.2?}",
            started.elapsed()
        );
    }
    Ok(())
}
