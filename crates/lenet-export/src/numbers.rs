//! The numbers of an epoch, by the names that records give them.

use lenet_results::EpochRecord;

/// A number of an epoch.
pub(crate) type Number = (&'static str, fn(&EpochRecord) -> f64);

/// All numbers of an epoch. `dead` is 1 or 0.
pub(crate) const NUMBERS: [Number; 11] = [
    ("validation_accuracy", |e| e.validation_accuracy),
    ("test_accuracy", |e| e.test_accuracy),
    ("train_accuracy", |e| e.train_accuracy),
    ("validation_loss", |e| e.validation_loss),
    ("test_loss", |e| e.test_loss),
    ("train_loss", |e| e.train_loss),
    ("learning_rate", |e| e.learning_rate),
    ("step", |e| e.step as f64),
    ("dead", |e| f64::from(u8::from(e.dead))),
    ("train_seconds", |e| e.train_seconds),
    ("evaluation_seconds", |e| e.evaluation_seconds),
];
