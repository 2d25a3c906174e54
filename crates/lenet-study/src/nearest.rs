//! What was likely to be meant by a word that is not known.

/// The known word that is likely to be meant: fewest edits, fewer than a third of the letters.
pub(crate) fn nearest<'k>(word: &str, known: &[&'k str]) -> Option<&'k str> {
    known
        .iter()
        .map(|&candidate| (strsim::osa_distance(word, candidate), candidate))
        .filter(|&(edits, candidate)| edits * 3 < candidate.len().max(word.len()))
        .min_by_key(|&(edits, _)| edits)
        .map(|(_, candidate)| candidate)
}
