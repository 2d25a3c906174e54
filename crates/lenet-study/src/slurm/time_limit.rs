//! Slurm's time limits.

use std::fmt;
use std::str::FromStr;

/// How long a job may run, as Slurm writes it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TimeLimit {
    text: String,
    seconds: Option<u64>,
}

impl TimeLimit {
    /// Seconds; `None`: without end.
    #[must_use]
    pub fn seconds(&self) -> Option<u64> {
        self.seconds
    }
}

impl fmt::Display for TimeLimit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl FromStr for TimeLimit {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let hint =
            "give minutes, hours:minutes:seconds or days-hours:minutes:seconds, e.g. \"1:30:00\"";
        let seconds = match text.to_ascii_lowercase().as_str() {
            "infinite" | "unlimited" => None,
            _ => Some(seconds(text).filter(|&seconds| seconds > 0).ok_or(hint)?),
        };
        Ok(Self {
            text: text.to_owned(),
            seconds,
        })
    }
}

/// Seconds of `minutes`, `minutes:seconds`, `hours:minutes:seconds`, `days-hours`, `days-hours:minutes`
/// or `days-hours:minutes:seconds`.
fn seconds(text: &str) -> Option<u64> {
    let numbers = |text: &str| -> Option<Vec<u64>> {
        let number = |part: &str| {
            let digits = part.bytes().all(|byte| byte.is_ascii_digit());
            // Longer ones would overflow, and no limit is as long.
            (digits && part.len() <= 9).then(|| part.parse().ok())?
        };
        text.split(':').map(number).collect()
    };
    Some(match text.split_once('-') {
        Some((days, rest)) => {
            let [days] = numbers(days)?[..] else {
                return None;
            };
            let hours = match numbers(rest)?[..] {
                [hours] => hours * 3600,
                [hours, minutes] => hours * 3600 + minutes * 60,
                [hours, minutes, seconds] => hours * 3600 + minutes * 60 + seconds,
                _ => return None,
            };
            days * 86_400 + hours
        }
        None => match numbers(text)?[..] {
            [minutes] => minutes * 60,
            [minutes, seconds] => minutes * 60 + seconds,
            [hours, minutes, seconds] => hours * 3600 + minutes * 60 + seconds,
            _ => return None,
        },
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn limits_are_read_as_sbatch_reads_them() {
        // The forms of sbatch(1), --time.
        let cases = [
            ("90", Some(5400)),
            ("1:30", Some(90)),
            ("1:30:05", Some(5405)),
            ("2-3", Some(183_600)),
            ("2-3:04", Some(183_840)),
            ("2-03:04:05", Some(183_845)),
            ("infinite", None),
            ("UNLIMITED", None),
        ];
        for (text, expected) in cases {
            let found: TimeLimit = text.parse().expect(text);
            assert_eq!(found.seconds(), expected, "{text}");
            assert_eq!(found.to_string(), text);
        }
        let wrong = [
            "",
            "0",
            "0:0",
            "1h",
            "-1",
            "1:2:3:4",
            "1-2-3",
            "1-",
            "1:",
            "+5",
            "1.5",
            "9999999999",
            "1-2:3:4:5",
        ];
        for text in wrong {
            assert!(text.parse::<TimeLimit>().is_err(), "{text}");
        }
    }
}
