//! What a search may come to, before it begins.

use lenet_results::{Budget, SearchKind};

use super::strategy::{Outlook, Search};

impl Outlook {
    /// That of proposals that are trained to the end at once.
    pub(super) fn of_whole(search: &Search<'_>) -> Self {
        let fit = search.whole_proposals();
        let proposals = search
            .config
            .space
            .combinations()
            .map_or(fit, |n| n.min(fit));
        let each = search.epochs().saturating_mul(search.seeds);
        Self {
            proposals,
            cells: proposals,
            epochs: proposals.saturating_mul(each),
        }
    }
}

impl Search<'_> {
    /// What is proposed first, and the most that it may come to, in words.
    pub(crate) fn outlook_in_words(&self, figure: &str) -> String {
        let Outlook {
            proposals,
            cells,
            epochs,
        } = self.outlook();
        let budget = match self.config.budget {
            Budget::Trials(trials) => format!("{trials} proposals"),
            Budget::Epochs(epochs) => format!("{epochs} epochs"),
        };
        let first = self.next(&[]).len();
        let seeds = self.seeds;
        format!(
            "figure {figure} searches ({}, budget {budget}): {first} proposals first, at most {proposals} \
             in all, {} trials, {epochs} epochs of training",
            self.config.kind.name(),
            cells.saturating_mul(seeds),
        )
    }
    /// That trials begin anew at each rung, and why, if some do.
    pub(crate) fn anew_in_words(&self, figure: &str) -> Option<String> {
        let is_halving = matches!(self.config.kind, SearchKind::Halving { .. });
        (is_halving && !self.all_can_continue()).then(|| {
            format!(
                "figure {figure}: where the learning rate follows a cosine or training may stop early, a \
                 longer trial is not the shorter one continued; such trials begin anew at each rung"
            )
        })
    }
}
