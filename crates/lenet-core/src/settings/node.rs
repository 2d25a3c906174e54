//! The seam between settings and the format of the file that they are read from.

use crate::bounds::{Bounds, Counts};

/// A value in a file or on a flag. Every error names the value's place and says what would do;
/// `expected` says in words what may stand there.
pub trait Node: Sized {
    /// Why a value is refused.
    type Error;

    /// Whether the value is an array.
    fn is_array(&self) -> bool;

    /// Whether the value is a table.
    fn is_table(&self) -> bool;

    /// Whether the value is a number.
    fn is_number(&self) -> bool;

    /// The value as a text.
    ///
    /// # Errors
    /// It is none.
    fn string(&self, expected: &'static str) -> Result<&str, Self::Error>;

    /// The value as true or false.
    ///
    /// # Errors
    /// It is neither.
    fn boolean(&self) -> Result<bool, Self::Error>;

    /// The value as a whole number.
    ///
    /// # Errors
    /// It is none, or out of bounds.
    fn count(&self, bounds: Counts, expected: &'static str) -> Result<usize, Self::Error>;

    /// The value as a number; a whole number counts as one.
    ///
    /// # Errors
    /// It is none, or out of bounds.
    fn number(&self, bounds: Bounds, expected: &'static str) -> Result<f64, Self::Error>;

    /// What one of some words stands for.
    ///
    /// # Errors
    /// The value is none of them.
    fn word<T: Copy>(
        &self,
        words: &[(&'static str, T)],
        expected: &'static str,
    ) -> Result<T, Self::Error>;

    /// The elements of an array.
    ///
    /// # Errors
    /// The value is none.
    fn elements(&self, expected: &'static str) -> Result<Vec<Self>, Self::Error>;

    /// Keys and values of a table in the order of the file.
    ///
    /// # Errors
    /// The value is none, or has a key that is not `known`.
    fn entries(&self, known: &[&str]) -> Result<Vec<(String, Self)>, Self::Error>;

    /// The value is of the right type and cannot be used; `hint` says what would do.
    fn refuse(&self, hint: &str) -> Self::Error;

    /// The table lacks a key; `example` shows how to write it.
    fn missing(&self, key: &str, example: &str) -> Self::Error;
}
