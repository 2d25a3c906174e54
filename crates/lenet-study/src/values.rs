//! Each setting's value: how it is read from TOML and how it is shown.

use lenet_results::OptimizerConfig;

pub(crate) mod read;
pub(crate) mod show;

/// The optimizers with the study's values (PyTorch's where the study has none).
const OPTIMIZERS: [(&str, OptimizerConfig); 6] = [
    ("sgd", OptimizerConfig::Sgd {}),
    ("momentum", OptimizerConfig::Momentum { momentum: 0.9 }),
    ("nesterov", OptimizerConfig::Nesterov { momentum: 0.9 }),
    (
        "adam",
        OptimizerConfig::Adam {
            beta1: 0.9,
            beta2: 0.999,
            epsilon: 1e-8,
        },
    ),
    (
        "adamw",
        OptimizerConfig::AdamW {
            beta1: 0.9,
            beta2: 0.999,
            epsilon: 1e-8,
            weight_decay: 0.01,
        },
    ),
    (
        "rmsprop",
        OptimizerConfig::RmsProp {
            alpha: 0.99,
            epsilon: 1e-8,
        },
    ),
];

/// An optimizer's own parameters by name.
fn parameters(optimizer: &mut OptimizerConfig) -> Vec<(&'static str, &mut f64)> {
    match optimizer {
        OptimizerConfig::Sgd {} => vec![],
        OptimizerConfig::Momentum { momentum } | OptimizerConfig::Nesterov { momentum } => {
            vec![("momentum", momentum)]
        }
        OptimizerConfig::Adam {
            beta1,
            beta2,
            epsilon,
        } => {
            vec![("beta1", beta1), ("beta2", beta2), ("epsilon", epsilon)]
        }
        OptimizerConfig::AdamW {
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
        OptimizerConfig::RmsProp { alpha, epsilon } => {
            vec![("alpha", alpha), ("epsilon", epsilon)]
        }
    }
}
