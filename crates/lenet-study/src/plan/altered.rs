//! What flags change of a study.

use lenet_core::Settings;
use lenet_results::AlteredSetting;

use crate::config::StudyConfig;

/// Settings that a flag changes for every cell of one kind of figure. Where and in which precision a
/// trial is computed is no part of what a claim about training says.
pub(super) fn altered(
    config: &StudyConfig,
    given: &Settings,
    of_runtime: bool,
) -> Vec<AlteredSetting> {
    let given = match of_runtime {
        true => given.clone(),
        false => given.without(&["backend", "device", "precision"]),
    };
    let mut altered = Vec::new();
    let own = config.figures.iter();
    for figure in own.filter(|figure| figure.is_of_runtime() == of_runtime) {
        let declared = config.base.overlaid(&figure.set).complete();
        for name in given.given() {
            let setting = AlteredSetting {
                run: given.only(&[name]).label(),
                declared: declared.only(&[name]).label(),
                of_runtime,
            };
            if setting.run != setting.declared && !altered.contains(&setting) {
                altered.push(setting);
            }
        }
    }
    altered
}
