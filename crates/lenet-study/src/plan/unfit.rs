//! Published rows that no cell of the study has the settings of.

use std::collections::BTreeMap;

use lenet_core::Settings;

use crate::published::PublishedConfig;

/// Of each published table, by its id, which rows fit a cell of a figure that shows it.
#[derive(Debug, Default)]
pub(super) struct Unfit<'p>(BTreeMap<&'p str, Vec<bool>>);

impl<'p> Unfit<'p> {
    /// Sees a figure's table with the whole settings of the figure's cells.
    pub(super) fn see(&mut self, table: &'p PublishedConfig, cells: &[Settings]) {
        let known = self.0.entry(&table.id).or_default();
        let fits = table.fits(cells);
        known.resize(fits.len(), false);
        known
            .iter_mut()
            .zip(fits)
            .for_each(|(known, fits)| *known |= fits);
    }

    /// A line for each table that has such rows: they are neither drawn nor compared.
    pub(super) fn warnings(&self) -> impl Iterator<Item = String> {
        self.0.iter().filter_map(|(id, rows)| {
            let unfit = rows.iter().filter(|fits| !**fits).count();
            let what = match unfit {
                0 => return None,
                _ if unfit == rows.len() => "no row fits".to_owned(),
                1 => format!("1 of its {} rows does not fit", rows.len()),
                _ => format!("{unfit} of its {} rows do not fit", rows.len()),
            };
            Some(format!(
                "published {id:?}: {what} a cell of the figures that show it (hint: its settings are written as \
                 on a flag; one that is left empty stays open)"
            ))
        })
    }
}

#[cfg(test)]
mod tests;
