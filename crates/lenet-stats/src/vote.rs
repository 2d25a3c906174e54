//! What several classifiers decide together.

use crate::error::{StatsError, check_classes, check_lengths};

/// The class that most voters predict for each image. `predictions[voter][image]` is a class below
/// `classes`; `confidences`, where given, has the same shape and a finite number for each prediction.
///
/// Where classes have equally many votes, the one whose votes have the higher sum of confidences wins; where
/// these are equal too, or not given, the lowest class.
///
/// # Errors
/// If there are no voters, voters or their confidences differ in length, a class is not below `classes`, or
/// a confidence is not finite. An index counts the images of one voter.
pub fn majority_vote<C: Copy + Into<usize>>(
    classes: usize,
    predictions: &[&[C]],
    confidences: Option<&[&[f64]]>,
) -> Result<Vec<C>, StatsError> {
    let Some(first) = predictions.first() else {
        return Err(StatsError::Empty);
    };
    for voter in predictions {
        check_lengths(first.len(), voter.len())?;
        check_classes(classes, voter)?;
    }
    if let Some(confidences) = confidences {
        check_lengths(predictions.len(), confidences.len())?;
        for voter in confidences {
            check_lengths(first.len(), voter.len())?;
            if let Some(index) = voter.iter().position(|c| !c.is_finite()) {
                let value = voter[index];
                return Err(StatsError::NotFinite { index, value });
            }
        }
    }
    let mut tallies: Vec<Tally<C>> = Vec::new();
    let winners = (0..first.len()).map(|image| {
        tallies.clear();
        for (voter, classes) in predictions.iter().enumerate() {
            let class = classes[image];
            let confidence = confidences.map_or(0.0, |all| all[voter][image]);
            let known = tallies.iter_mut().find(|t| t.class.into() == class.into());
            match known {
                Some(tally) => {
                    tally.votes += 1;
                    tally.confidence += confidence;
                }
                None => tallies.push(Tally {
                    class,
                    votes: 1,
                    confidence,
                }),
            }
        }
        let winner = tallies.iter().max_by(|a, b| {
            let votes = a.votes.cmp(&b.votes);
            votes
                .then(a.confidence.total_cmp(&b.confidence))
                .then(b.class.into().cmp(&a.class.into()))
        });
        winner.map_or(first[image], |tally| tally.class)
    });
    Ok(winners.collect())
}

/// The votes for a class.
struct Tally<C> {
    class: C,
    votes: usize,
    confidence: f64,
}

#[cfg(test)]
mod tests;
