//! Several comparisons that together err as rarely as one.

use crate::error::{StatsError, check_level};

/// P-values adjusted for their number, in the order given (Holm, A simple sequentially rejective multiple
/// test procedure, 1979). To reject those of at most α makes one false rejection or more with probability
/// α at most, however the tests depend on each other.
///
/// The i-th smallest of m p-values becomes the largest of (m − j + 1)·p over the j-th smallest with
/// j ≤ i, and at most 1.
///
/// # Errors
/// If there are no p-values, or one is NaN or outside [0, 1].
pub fn holm(p_values: &[f64]) -> Result<Vec<f64>, StatsError> {
    if p_values.is_empty() {
        return Err(StatsError::Empty);
    }
    let mut indexed = p_values.iter().enumerate();
    if let Some((index, &value)) = indexed.find(|(_, p)| !(0.0..=1.0).contains(*p)) {
        return Err(StatsError::PValue { index, value });
    }
    let mut order: Vec<usize> = (0..p_values.len()).collect();
    order.sort_by(|&a, &b| p_values[a].total_cmp(&p_values[b]));
    let mut adjusted = vec![0.0; p_values.len()];
    let mut largest = 0.0_f64;
    for (rank, index) in order.into_iter().enumerate() {
        let hypotheses_left = (p_values.len() - rank) as f64;
        largest = largest.max(hypotheses_left * p_values[index]).min(1.0);
        adjusted[index] = largest;
    }
    Ok(adjusted)
}

/// Level of each of several intervals that together hold with at least `level`: 1 − (1 − level) /
/// comparisons (Dunn, Multiple comparisons among means, 1961, after Bonferroni). No comparison or one
/// needs no adjustment.
///
/// # Errors
/// If `level` is not in (0, 1).
pub fn bonferroni_level(level: f64, comparisons: usize) -> Result<f64, StatsError> {
    check_level(level)?;
    Ok(1.0 - (1.0 - level) / comparisons.max(1) as f64)
}

#[cfg(test)]
mod tests;
