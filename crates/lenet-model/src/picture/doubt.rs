//! Why a picture may not hold one clear digit.

use std::fmt;

/// Why a picture may not hold one clear digit. A class is found all the same.
#[derive(Debug, Clone, Copy, PartialEq)]
#[non_exhaustive]
pub enum Doubt {
    /// Several large shapes lie side by side.
    Several {
        /// Number of shapes.
        shapes: usize,
    },
    /// The ink is in many pieces.
    Pieces {
        /// Number of pieces.
        pieces: usize,
    },
    /// The ink hardly differs from the ground, or not much more than the ground from itself.
    Faint {
        /// Mean difference of ink and ground, of white's brightness.
        contrast: f32,
    },
    /// The ink reaches the border of the picture.
    Cut,
    /// The ink has few pixels.
    Small {
        /// Its longer side, in pixels of the picture.
        side: usize,
    },
}

impl fmt::Display for Doubt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Several { shapes } => write!(
                f,
                "{shapes} shapes side by side, where one digit is expected (hint: cut it out)"
            ),
            Self::Pieces { pieces } => {
                write!(
                    f,
                    "the ink is in {pieces} pieces, where one digit is expected"
                )
            }
            Self::Faint { contrast } => write!(
                f,
                "the ink differs from the ground by {:.0} % of white, which is not clear",
                100.0 * contrast
            ),
            Self::Cut => f.write_str("the ink reaches the border: the digit may be cut off"),
            Self::Small { side } => write!(f, "the ink is only {side} pixels large"),
        }
    }
}
