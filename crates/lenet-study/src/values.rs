//! Each setting's value: how it is read from TOML and how it is shown.

use lenet_core::{Optimizer};

pub(crate) mod read;
pub(crate) mod show;

/// The optimizers with the study's values (PyTorch's where the study has none).
const OPTIMIZERS: [(&str, Optimizer); 6] = [
    ("sgd", Optimizer::SGD),
    ("momentum", Optimizer::MOMENTUM),
    ("nesterov", Optimizer::NESTEROV),
    (
        "adam",
        Optimizer::ADAM,
    ),
    (
        "adamw",
        Optimizer::AdamW {
            beta1: 0.9,
            beta2: 0.999,
            epsilon: 1e-8,
            weight_decay: 0.01,
        },
    ),
    (
        "rmsprop",
        Optimizer::RMSPROP,
    ),
];

/// An optimizer's own parameters by name.
fn parameters(optimizer: &mut Optimizer) -> Vec<(&'static str, &mut f64)> {
    match optimizer {
        Optimizer::SGD => vec![],
        Optimizer::Momentum { momentum } | Optimizer::Nesterov { momentum } => {
            vec![("momentum", momentum)]
        }
        Optimizer::Adam {
            beta1,
            beta2,
            epsilon,
        } => {
            vec![("beta1", beta1), ("beta2", beta2), ("epsilon", epsilon)]
        }
        Optimizer::AdamW {
            beta1,
            beta2,
            epsilon,
            weight_decay,
        } => vec![
            ("beta1", beta1),
            ("beta2", beta2),
            ("epsilon", epsilon),
            ("weight_decay", weight_decay),
        ],
        Optimizer::RmsProp { alpha, epsilon } => {
            vec![("alpha", alpha), ("epsilon", epsilon)]
        }
    }
}
