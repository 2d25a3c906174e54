//! A part of a plan, for machines without a common folder.

use super::Plan;

impl Plan {
    /// Leaves the trials of one of `of` parts, counted from 0. The parts are of equal size, and each has its
    /// share of every round.
    pub fn keep_part(&mut self, part: usize, of: usize) {
        let mut position = 0;
        self.trials.retain(|_| {
            position += 1;
            (position - 1) % of.max(1) == part
        });
    }
}

#[cfg(test)]
mod tests {
    use crate::config::StudyConfig;
    use crate::data_sets::DataSets;
    use crate::overrides::Overrides;
    use crate::plan::Plan;

    #[test]
    fn parts_are_disjoint_and_whole() {
        let config = StudyConfig::open("smoke").unwrap();
        let overrides = Overrides::default();
        let data = DataSets::open(&config, &overrides).unwrap();
        let whole = Plan::expand(&config, &overrides, &data).unwrap();
        let parts = [0, 1, 2].map(|part| {
            let mut plan = whole.clone();
            plan.keep_part(part, 3);
            assert_eq!(plan.study, whole.study, "the record has them all");
            plan.trials
        });
        assert_eq!(parts.each_ref().map(Vec::len), [4, 3, 3]);
        let mut all: Vec<String> = parts.concat().into_iter().map(|t| t.identity).collect();
        all.sort();
        all.dedup();
        assert_eq!(all.len(), whole.trials.len());
    }
}
