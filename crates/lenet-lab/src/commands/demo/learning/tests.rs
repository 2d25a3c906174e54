//! Training in view.

use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use super::*;
use crate::commands::demo::Shown;

/// After a few steps the board has another network, a curve, and a better accuracy than chance.
#[test]
fn the_board_shows_how_the_network_learns() {
    let network = untrained().unwrap();
    let before = network.to_flat().unwrap();
    let board = Board(Arc::new(Mutex::new(Shown {
        network,
        images: TrainingImages::MNIST,
        course: json!({}),
    })));
    let stop = Arc::new(AtomicBool::new(false));
    let (seen, flag) = (board.clone(), Arc::clone(&stop));
    let thread = std::thread::spawn(move || train(&seen, &flag));
    let begun = Instant::now();
    let points = |board: &Board| board.lock().course["losses"].as_array().map_or(0, Vec::len);
    while points(&board) < 8 && begun.elapsed() < Duration::from_secs(120) {
        std::thread::sleep(Duration::from_millis(20));
    }
    stop.store(true, Ordering::Relaxed);
    thread.join().unwrap();
    let shown = board.lock();
    assert_ne!(shown.network.to_flat().unwrap(), before);
    let at = |name: &str, point: usize| shown.course[name][point][1].as_f64().unwrap();
    assert!(at("losses", 7) < 0.8 * at("losses", 0), "{}", shown.course);
    assert!(at("accuracies", 7) > 0.6, "{}", shown.course);
    assert_eq!(shown.course["losses"][7][0], 160);
    assert_eq!(shown.course["training"], false);
    assert!(shown.course.get("error").is_none());
}
