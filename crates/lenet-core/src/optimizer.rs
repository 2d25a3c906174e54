//! Optimizers and their parameters.
//!
//! A new optimizer is a variant of [`Rule`], a row of [`Optimizer::ALL`], and its parameters and
//! moments below. `lenet_ops::optimizer` computes the updates.

use std::collections::BTreeMap;
use std::fmt;

use serde::de::{Deserialize, Deserializer, Error};
use serde::ser::{Serialize, SerializeMap, Serializer};

use crate::bounds::{self, Bounds};
use crate::number::number;
use crate::problem::Problem;

/// An optimizer with its parameters. The learning rate stands in the
/// [`Trial`](crate::Trial).
///
/// On disk it is a table of `kind` and the parameters of that kind.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Optimizer {
    /// How gradients become steps.
    pub rule: Rule,
    /// λ, which draws parameters towards 0. [`Rule::AdamW`] and [`Rule::Lion`] multiply the
    /// parameters by 1 − ηλ (decoupled); the others add λθ to the gradient (coupled), as PyTorch
    /// does.
    pub weight_decay: f64,
}

/// How gradients become steps: θ parameters, g gradients, η the learning rate, t the step
/// from 1.
#[derive(Debug, Clone, Copy, PartialEq)]
#[allow(missing_docs, reason = "the formulas explain the parameters")]
pub enum Rule {
    /// Stochastic gradient descent: θ ← θ − ηg.
    Sgd,
    /// Heavy-ball momentum: v ← μv + g, θ ← θ − ηv (first step: v = g).
    Momentum { momentum: f64 },
    /// Nesterov's momentum in the form of Sutskever et al. (2013), as PyTorch states it:
    /// v ← μv + g, θ ← θ − η(g + μv).
    Nesterov { momentum: f64 },
    /// Adam (Kingma & Ba 2015): m ← β₁m + (1−β₁)g, s ← β₂s + (1−β₂)g²,
    /// θ ← θ − η·m̂/(√ŝ + ε), m̂ = m/(1−β₁ᵗ), ŝ = s/(1−β₂ᵗ).
    Adam {
        beta1: f64,
        beta2: f64,
        epsilon: f64,
    },
    /// Adam with decoupled weight decay (Loshchilov & Hutter 2019): θ ← θ − ηλθ, then Adam's step.
    AdamW {
        beta1: f64,
        beta2: f64,
        epsilon: f64,
    },
    /// Lion (Chen et al. 2023): θ ← θ − η(sign(β₁m + (1−β₁)g) + λθ), then m ← β₂m + (1−β₂)g.
    Lion { beta1: f64, beta2: f64 },
    /// RMSprop (Hinton 2012), not centred, as PyTorch states it: s ← αs + (1−α)g²,
    /// θ ← θ − η·g/(√s + ε).
    RmsProp { alpha: f64, epsilon: f64 },
}

impl Optimizer {
    /// Stochastic gradient descent.
    pub const SGD: Self = Self::new(Rule::Sgd);
    /// Momentum of 0.9.
    pub const MOMENTUM: Self = Self::new(Rule::Momentum { momentum: 0.9 });
    /// Nesterov's momentum of 0.9.
    pub const NESTEROV: Self = Self::new(Rule::Nesterov { momentum: 0.9 });
    /// Adam with the paper's parameters.
    pub const ADAM: Self = Self::new(Rule::Adam {
        beta1: 0.9,
        beta2: 0.999,
        epsilon: 1e-8,
    });
    /// AdamW with PyTorch's parameters.
    pub const ADAMW: Self = Self {
        rule: Rule::AdamW {
            beta1: 0.9,
            beta2: 0.999,
            epsilon: 1e-8,
        },
        weight_decay: 0.01,
    };
    /// Lion with the paper's parameters, without weight decay.
    pub const LION: Self = Self::new(Rule::Lion {
        beta1: 0.9,
        beta2: 0.99,
    });
    /// RMSprop with PyTorch's parameters.
    pub const RMSPROP: Self = Self::new(Rule::RmsProp {
        alpha: 0.99,
        epsilon: 1e-8,
    });

    /// Every optimizer with its usual parameters: those of its paper, or PyTorch's where these
    /// differ.
    pub const ALL: [Self; 7] = [
        Self::SGD,
        Self::MOMENTUM,
        Self::NESTEROV,
        Self::ADAM,
        Self::ADAMW,
        Self::RMSPROP,
        Self::LION,
    ];

    /// An optimizer without weight decay.
    #[must_use]
    pub const fn new(rule: Rule) -> Self {
        Self {
            rule,
            weight_decay: 0.0,
        }
    }

    /// The optimizer of the same name with its usual parameters.
    #[must_use]
    pub fn usual_of(self) -> Option<Self> {
        let mut all = Self::ALL.into_iter();
        all.find(|other| other.name() == self.name())
    }

    /// The optimizer's name in files and on the command line.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        match self.rule {
            Rule::Sgd => "sgd",
            Rule::Momentum { .. } => "momentum",
            Rule::Nesterov { .. } => "nesterov",
            Rule::Adam { .. } => "adam",
            Rule::AdamW { .. } => "adamw",
            Rule::RmsProp { .. } => "rmsprop",
            Rule::Lion { .. } => "lion",
        }
    }

    /// The learning rate that people usually begin with.
    #[must_use]
    pub const fn usual_learning_rate(&self) -> f64 {
        match self.rule {
            Rule::Sgd => 0.1,
            Rule::Momentum { .. } | Rule::Nesterov { .. } => 0.01,
            Rule::Adam { .. } | Rule::AdamW { .. } | Rule::RmsProp { .. } => 0.001,
            Rule::Lion { .. } => 0.0001,
        }
    }

    /// Buffers as long as the parameters that the optimizer keeps between steps: 0, 1 or 2.
    #[must_use]
    pub const fn moments(&self) -> usize {
        match self.rule {
            Rule::Sgd => 0,
            Rule::Momentum { .. }
            | Rule::Nesterov { .. }
            | Rule::RmsProp { .. }
            | Rule::Lion { .. } => 1,
            Rule::Adam { .. } | Rule::AdamW { .. } => 2,
        }
    }

    /// The optimizer's own parameters: name, bounds, value.
    #[must_use]
    pub fn parameters(&mut self) -> Vec<(&'static str, Bounds, &mut f64)> {
        let momentum = |value| ("momentum", bounds::MOMENT_DECAY, value);
        let beta1 = |value| ("beta1", bounds::MOMENT_DECAY, value);
        let beta2 = |value| ("beta2", bounds::MOMENT_DECAY, value);
        let alpha = |value| ("alpha", bounds::MOMENT_DECAY, value);
        let epsilon = |value| ("epsilon", bounds::EPSILON, value);
        let decay = ("weight_decay", bounds::WEIGHT_DECAY, &mut self.weight_decay);
        match &mut self.rule {
            Rule::Sgd => vec![decay],
            Rule::Momentum { momentum: m } | Rule::Nesterov { momentum: m } => {
                vec![momentum(m), decay]
            }
            Rule::Adam {
                beta1: b1,
                beta2: b2,
                epsilon: e,
            }
            | Rule::AdamW {
                beta1: b1,
                beta2: b2,
                epsilon: e,
            } => vec![beta1(b1), beta2(b2), epsilon(e), decay],
            Rule::RmsProp {
                alpha: a,
                epsilon: e,
            } => vec![alpha(a), epsilon(e), decay],
            Rule::Lion {
                beta1: b1,
                beta2: b2,
            } => vec![beta1(b1), beta2(b2), decay],
        }
    }

    /// The values of [`Optimizer::parameters`]. Coupled weight decay of 0 is left out, as it was
    /// before there was any.
    #[must_use]
    pub fn values(mut self) -> Vec<(&'static str, f64)> {
        let decoupled = self.decays_apart();
        let parameters = self.parameters();
        let pairs = parameters
            .into_iter()
            .map(|(name, _, value)| (name, *value));
        pairs
            .filter(|pair| decoupled || *pair != ("weight_decay", 0.0))
            .collect()
    }

    /// Whether weight decay acts on the parameters by itself and not through the gradient.
    #[must_use]
    pub const fn decays_apart(&self) -> bool {
        matches!(self.rule, Rule::AdamW { .. } | Rule::Lion { .. })
    }

    /// Parameters out of their bounds.
    pub(crate) fn problems(mut self) -> Vec<Problem> {
        let parameters = self.parameters();
        let check = |(name, bounds, value): (&str, Bounds, &mut f64)| {
            bounds.check(&format!("optimizer.{name}"), *value)
        };
        parameters.into_iter().filter_map(check).collect()
    }
}

impl fmt::Display for Optimizer {
    /// The name, followed by the parameters where they are not the usual ones.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())?;
        if Self::ALL.contains(self) {
            return Ok(());
        }
        let values = self.values().into_iter();
        let words: Vec<_> = values
            .map(|(name, value)| format!("{name} {}", number(value)))
            .collect();
        write!(f, " ({})", words.join(", "))
    }
}

impl Serialize for Optimizer {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        let mut map = to.serialize_map(None)?;
        map.serialize_entry("kind", self.name())?;
        for (name, value) in self.values() {
            map.serialize_entry(name, &value)?;
        }
        map.end()
    }
}

impl<'de> Deserialize<'de> for Optimizer {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        #[derive(serde::Deserialize)]
        #[serde(untagged)]
        enum Field {
            Number(f64),
            Word(String),
        }
        let mut fields = BTreeMap::<String, Field>::deserialize(from)?;
        let kind = match fields.remove("kind") {
            Some(Field::Word(kind)) => kind,
            Some(Field::Number(_)) => return Err(D::Error::custom("`kind` is a number")),
            None => return Err(D::Error::missing_field("kind")),
        };
        let known = Self::ALL.iter().find(|known| known.name() == kind);
        let mut optimizer =
            *known.ok_or_else(|| D::Error::custom(format!("no optimizer `{kind}`")))?;
        let decoupled = optimizer.decays_apart();
        for (name, _, slot) in optimizer.parameters() {
            *slot = match fields.remove(name) {
                None if name == "weight_decay" && !decoupled => 0.0,
                Some(Field::Number(value)) => value,
                Some(Field::Word(_)) => {
                    return Err(D::Error::custom(format!("`{name}` is a string")));
                }
                None => return Err(D::Error::missing_field(name)),
            };
        }
        match fields.into_keys().next() {
            Some(other) => Err(D::Error::custom(format!("{kind} has no `{other}`"))),
            None => Ok(optimizer),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Records hold these texts.
    #[test]
    fn on_disk_an_optimizer_never_changes() {
        let texts = Optimizer::ALL.map(|optimizer| serde_json::to_string(&optimizer).unwrap());
        let frozen = [
            r#"{"kind":"sgd"}"#,
            r#"{"kind":"momentum","momentum":0.9}"#,
            r#"{"kind":"nesterov","momentum":0.9}"#,
            r#"{"kind":"adam","beta1":0.9,"beta2":0.999,"epsilon":1e-8}"#,
            r#"{"kind":"adamw","beta1":0.9,"beta2":0.999,"epsilon":1e-8,"weight_decay":0.01}"#,
            r#"{"kind":"rmsprop","alpha":0.99,"epsilon":1e-8}"#,
            r#"{"kind":"lion","beta1":0.9,"beta2":0.99,"weight_decay":0.0}"#,
        ];
        assert_eq!(texts, frozen);
        for (text, optimizer) in frozen.iter().zip(Optimizer::ALL) {
            assert_eq!(
                serde_json::from_str::<Optimizer>(text).unwrap(),
                optimizer,
                "{text}"
            );
        }
    }

    #[test]
    fn coupled_weight_decay_is_written_where_there_is_any() {
        let sgd = Optimizer {
            weight_decay: 1e-4,
            ..Optimizer::SGD
        };
        let text = serde_json::to_string(&sgd).unwrap();
        assert_eq!(text, r#"{"kind":"sgd","weight_decay":0.0001}"#);
        assert_eq!(serde_json::from_str::<Optimizer>(&text).unwrap(), sgd);
        assert_eq!(sgd.to_string(), "sgd (weight_decay 0.0001)");
    }

    #[test]
    fn files_of_other_forms_are_refused() {
        let cases = [
            (r"{}", "missing field `kind`"),
            (r#"{"kind":"sdg"}"#, "no optimizer `sdg`"),
            (r#"{"kind":"momentum"}"#, "missing field `momentum`"),
            (r#"{"kind":"momentum","momentum":"x"}"#, "is a string"),
            (r#"{"kind":"sgd","momentum":0.9}"#, "sgd has no `momentum`"),
        ];
        for (text, words) in cases {
            let error = serde_json::from_str::<Optimizer>(text).unwrap_err();
            assert!(error.to_string().contains(words), "{text}: {error}");
        }
        let whole: Optimizer = serde_json::from_str(r#"{"kind":"momentum","momentum":0}"#).unwrap();
        assert_eq!(whole.rule, Rule::Momentum { momentum: 0.0 });
    }

    #[test]
    fn parameters_out_of_bounds_are_named() {
        let mut adamw = Optimizer::ADAMW;
        assert!(adamw.problems().is_empty());
        for (_, _, value) in adamw.parameters() {
            *value = f64::NAN;
        }
        let paths: Vec<_> = adamw.problems().into_iter().map(|p| p.path).collect();
        assert_eq!(
            paths,
            [
                "optimizer.beta1",
                "optimizer.beta2",
                "optimizer.epsilon",
                "optimizer.weight_decay"
            ]
        );
    }
}
