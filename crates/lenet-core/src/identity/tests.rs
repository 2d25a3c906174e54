//! What enters an identity, and the digests that name folders on disk.

use super::*;
use crate::{
    Backend, Decay, DeviceKind, Dropout, EarlyStop, Optimizer, Padding, Patience, Pooling,
    Precision, Rule, Samples, Stages, ValidationDraw,
};

fn trial() -> Trial {
    Trial {
        optimizer: Optimizer::ADAM,
        learning_rate: 0.001,
        dropout: Dropout::connected(0.5),
        ..Trial::default()
    }
}

/// Folders on disk are named after these digits.
#[test]
fn known_identity_never_changes() {
    let mut canonical = String::new();
    write_canonical(&serde_json::to_value(trial()).unwrap(), &mut canonical);
    assert_eq!(
        canonical,
        concat!(
            r#"{"backend":"fused","batch_size":128,"data":{"source":"mnist","validation":5000},"#,
            r#""device":"cpu","dropout":{"connected":true,"rate":0.5},"epochs":10,"#,
            r#""learning_rate":0.001,"network":{"filters":[16,16],"hidden":[128],"kernel":3},"#,
            r#""optimizer":{"beta1":0.9,"beta2":0.999,"epsilon":1e-8,"kind":"adam"},"#,
            r#""schedule":{"decay":{"kind":"constant"},"warmup_epochs":0.0},"seed":1}"#,
        )
    );
    assert_eq!(trial().identity(), "adb1f179b5ec9ff1");
}

/// Folders of trials that draw their validation images are named after these digits.
#[test]
fn identity_of_drawn_validation_images_never_changes() {
    let mut drawn = trial();
    drawn.data.validation.draw = ValidationDraw::Seed;
    drawn.data.validation.stratified = true;
    let mut canonical = String::new();
    write_canonical(&serde_json::to_value(&drawn.data).unwrap(), &mut canonical);
    assert_eq!(
        canonical,
        r#"{"source":"mnist","validation":{"count":5000,"draw":"seed","stratified":true}}"#
    );
    // SHA-256 of the whole text by Python's hashlib.
    assert_eq!(drawn.identity(), "aae9416b5e39692b");
}

/// Folders of trials with other stages are named after these digits.
#[test]
fn identity_of_other_stages_never_changes() {
    let mut unpadded = trial();
    unpadded.network.stages = Stages {
        padding: Padding::Valid,
        stride: 1,
        pooling: Pooling::Last,
    };
    let mut canonical = String::new();
    write_canonical(
        &serde_json::to_value(&unpadded.network).unwrap(),
        &mut canonical,
    );
    assert_eq!(
        canonical,
        concat!(
            r#"{"filters":[16,16],"hidden":[128],"kernel":3,"#,
            r#""stages":{"padding":"valid","pooling":"last"}}"#,
        )
    );
    // SHA-256 of the whole text by Python's hashlib.
    assert_eq!(unpadded.identity(), "5c894fd6ada1781f");
}

#[test]
fn every_setting_counts() {
    let stop = EarlyStop::After(Patience {
        epochs: 3,
        min_delta: 0.0,
    });
    let step = |every_epochs, gamma| Decay::Step {
        every_epochs,
        gamma,
    };
    let changes: [&dyn Fn(&mut Trial); 32] = [
        &|t| t.data.source = "idx:0".into(),
        &|t| t.data.validation.count = 4999,
        &|t| t.data.validation.draw = ValidationDraw::Seed,
        &|t| t.data.validation.stratified = true,
        &|t| t.data.samples = Samples::Drawn(1000),
        &|t| t.network.filters = vec![16],
        &|t| t.network.kernel = 5,
        &|t| t.network.hidden = vec![],
        &|t| t.network.stages.padding = Padding::Valid,
        &|t| t.network.stages.padding = Padding::First,
        &|t| t.network.stages.stride = 2,
        &|t| t.network.stages.pooling = Pooling::Last,
        &|t| t.dropout.connected = false,
        &|t| t.dropout.rate = 0.25,
        &|t| t.optimizer = Optimizer::SGD,
        &|t| t.learning_rate = 0.001_000_000_000_000_000_2,
        &|t| t.optimizer.weight_decay = 0.01,
        &|t| t.optimizer = Optimizer::MOMENTUM,
        &|t| {
            t.optimizer.rule = Rule::Momentum { momentum: 0.8 };
        },
        &|t| t.schedule.warmup_epochs = 1.5,
        &|t| t.schedule.decay = Decay::Cosine { floor: 0.0 },
        &|t| t.schedule.decay = Decay::Cosine { floor: 0.1 },
        &|t| t.schedule.decay = step(1.0, 0.5),
        &|t| t.schedule.decay = step(2.0, 0.5),
        &|t| t.schedule.decay = step(2.0, 0.25),
        &|t| t.batch_size = 64,
        &|t| t.epochs = 9,
        &|t| t.early_stop = stop,
        &|t| t.seed = 2,
        &|t| t.backend = Backend::Stock,
        &|t| t.device = DeviceKind::Cuda,
        &|t| t.precision = Precision::Tf32,
    ];
    let mut seen = vec![trial().identity()];
    for change in changes {
        let mut other = trial();
        change(&mut other);
        seen.push(other.identity());
    }
    let count = seen.len();
    seen.sort();
    seen.dedup();
    assert_eq!(seen.len(), count);
}

#[test]
fn negative_zero_is_zero_and_members_have_no_order() {
    let mut signed = trial();
    signed.schedule.warmup_epochs = -0.0;
    assert_eq!(signed.identity(), trial().identity());

    let Value::Object(members) = serde_json::to_value(trial()).unwrap() else {
        unreachable!("a trial is a table")
    };
    let reversed: Vec<String> = members
        .iter()
        .rev()
        .map(|(name, value)| format!("\"{name}\":{value}"))
        .collect();
    let again: Trial = serde_json::from_str(&format!("{{{}}}", reversed.join(","))).unwrap();
    assert_eq!(again.identity(), trial().identity());
}
