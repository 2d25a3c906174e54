//! The number types that the references are generic over.

use std::fmt::Debug;
use std::iter::Sum;
use std::ops::{Add, AddAssign, Div, Mul, Neg, Sub};

/// `f32` or `f64`.
///
/// Transcendental functions come from `libm`, so they have the same bits on every platform.
pub trait Real:
    Copy
    + Debug
    + Default
    + PartialEq
    + PartialOrd
    + Add<Output = Self>
    + AddAssign
    + Div<Output = Self>
    + Mul<Output = Self>
    + Neg<Output = Self>
    + Sub<Output = Self>
    + Sum
    + Send
    + Sync
    + 'static
{
    /// The number 0.
    const ZERO: Self;
    /// The number 1.
    const ONE: Self;

    /// Converts to the nearest value of this type.
    fn from_f64(value: f64) -> Self;

    /// Converts without loss.
    fn to_f64(self) -> f64;

    /// The exponential function, eˣ.
    #[must_use]
    fn exp(self) -> Self;

    /// The natural logarithm.
    #[must_use]
    fn ln(self) -> Self;

    /// Whether this is NaN.
    fn is_nan(self) -> bool;

    /// `self` where it is positive or NaN, otherwise 0.
    #[must_use]
    fn relu(self) -> Self {
        if self <= Self::ZERO { Self::ZERO } else { self }
    }
}

macro_rules! impl_real {
    ($float:ty, $exp:path, $ln:path) => {
        impl Real for $float {
            const ZERO: Self = 0.0;
            const ONE: Self = 1.0;

            fn from_f64(value: f64) -> Self {
                value as $float
            }

            fn to_f64(self) -> f64 {
                f64::from(self)
            }

            fn exp(self) -> Self {
                $exp(self)
            }

            fn ln(self) -> Self {
                $ln(self)
            }

            fn is_nan(self) -> bool {
                <$float>::is_nan(self)
            }
        }
    };
}

impl_real!(f32, libm::expf, libm::logf);
impl_real!(f64, libm::exp, libm::log);

#[cfg(test)]
mod tests {
    use super::Real;

    #[test]
    fn relu_keeps_nan_and_drops_the_rest() {
        assert!(f32::NAN.relu().is_nan());
        assert_eq!([-1.0, -0.0, 0.0, 2.0].map(Real::relu), [0.0, 0.0, 0.0, 2.0]);
        assert_eq!(f32::NEG_INFINITY.relu(), 0.0);
    }

    #[test]
    fn functions_are_those_of_their_type() {
        assert!((Real::exp(1.0_f64) - std::f64::consts::E).abs() < 1e-15);
        assert!((Real::exp(1.0_f32) - std::f32::consts::E).abs() < 1e-6);
        assert!((Real::ln(2.0_f64) - std::f64::consts::LN_2).abs() < 1e-15);
        assert_eq!(<f32 as Real>::from_f64(0.1), 0.1_f32);
    }
}
