//! JSON for floats that may be NaN or infinite.
//!
//! JSON has neither, so they are written as the strings `"NaN"`, `"inf"` and `"-inf"`. A finite
//! value is written as the shortest decimal that reads back to the same bits.

use std::fmt;

use serde::de::{Error, Unexpected, Visitor};
use serde::{Deserializer, Serializer};

/// Writes a number, or a string if the value is not finite.
///
/// # Errors
/// An error of the serializer.
pub fn serialize<S: Serializer>(value: &f64, to: S) -> Result<S::Ok, S::Error> {
    if value.is_finite() {
        to.serialize_f64(*value)
    } else if value.is_nan() {
        to.serialize_str("NaN")
    } else {
        to.serialize_str(if *value > 0.0 { "inf" } else { "-inf" })
    }
}

/// Reads what [`serialize`] writes.
///
/// # Errors
/// An error of the deserializer, or any other string.
pub fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<f64, D::Error> {
    struct Float;
    impl Visitor<'_> for Float {
        type Value = f64;

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("a number, \"NaN\", \"inf\" or \"-inf\"")
        }
        fn visit_f64<E: Error>(self, value: f64) -> Result<f64, E> {
            Ok(value)
        }
        fn visit_u64<E: Error>(self, value: u64) -> Result<f64, E> {
            Ok(value as f64)
        }
        fn visit_i64<E: Error>(self, value: i64) -> Result<f64, E> {
            Ok(value as f64)
        }
        fn visit_str<E: Error>(self, text: &str) -> Result<f64, E> {
            match text {
                "NaN" => Ok(f64::NAN),
                "inf" => Ok(f64::INFINITY),
                "-inf" => Ok(f64::NEG_INFINITY),
                _ => Err(E::invalid_value(Unexpected::Str(text), &self)),
            }
        }
    }
    from.deserialize_any(Float)
}

#[cfg(test)]
mod tests {
    use serde::{Deserialize, Serialize};

    #[derive(Serialize, Deserialize)]
    struct Holder(#[serde(with = "super")] f64);

    fn round_trip(value: f64) -> f64 {
        let text = serde_json::to_string(&Holder(value)).unwrap();
        serde_json::from_str::<Holder>(&text).unwrap().0
    }

    #[test]
    fn every_bit_survives() {
        let values = [
            0.1,
            -0.0,
            1.0,
            5e-324,
            f64::MAX,
            1.0 / 3.0,
            f64::INFINITY,
            f64::NEG_INFINITY,
        ];
        for value in values {
            assert_eq!(round_trip(value).to_bits(), value.to_bits(), "{value}");
        }
        assert!(round_trip(f64::NAN).is_nan());
    }

    /// A parser that is off by one unit in the last place is wrong for few decimals, so this tries
    /// many.
    #[test]
    fn awkward_decimals_survive() {
        let mut bits = 0x3fb9_9999_9999_999a_u64;
        for _ in 0..20_000 {
            bits = bits.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            let value = f64::from_bits((bits >> 12) | 0x3fe0_0000_0000_0000) * 1e-3;
            assert_eq!(round_trip(value).to_bits(), value.to_bits(), "{value:?}");
        }
    }

    #[test]
    fn whole_numbers_are_read() {
        let read = |text| serde_json::from_str::<Holder>(text).unwrap().0;
        assert_eq!((read("2"), read("-3"), read("0")), (2.0, -3.0, 0.0));
    }

    #[test]
    fn other_strings_are_refused() {
        for text in ["\"nan\"", "null"] {
            let refused = serde_json::from_str::<Holder>(text).err().unwrap();
            let expected = "expected a number, \"NaN\", \"inf\" or \"-inf\"";
            assert!(refused.to_string().contains(expected), "{refused}");
        }
    }
}
