//! Lengths of time as specs write them: `300ms`, `2s`, `1.5m`, `1h`.

use std::time::Duration;

/// The length of time that `text` writes; `None` where it is not one.
pub(crate) fn parse(text: &str) -> Option<Duration> {
    let unit_at = text.find(|c: char| !c.is_ascii_digit() && c != '.')?;
    let (number, unit) = text.split_at(unit_at);
    let number: f64 = number.parse().ok()?;
    let seconds = match unit {
        "ms" => number / 1000.0,
        "s" => number,
        "m" => number * 60.0,
        "h" => number * 3600.0,
        _ => return None,
    };
    Duration::try_from_secs_f64(seconds).ok()
}

/// The same in milliseconds, the unit of results.
pub(crate) fn parse_ms(text: &str) -> Option<f64> {
    parse(text).map(ms)
}

/// A length of time in milliseconds, to a hundredth.
pub(crate) fn ms(duration: Duration) -> f64 {
    (duration.as_secs_f64() * 100_000.0).round() / 100.0
}

/// A length of time for people: `41ms`, `1.6s`, `3m20s`.
pub(crate) fn show(duration: Duration) -> String {
    let seconds = duration.as_secs();
    match seconds {
        0 => format!("{}ms", duration.as_millis()),
        1..=59 => format!("{:.1}s", duration.as_secs_f64()),
        _ => format!("{}m{:02}s", seconds / 60, seconds % 60),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_need_a_number_and_a_unit() {
        for (text, ms) in [
            ("300ms", 300.0),
            ("2s", 2000.0),
            ("1.5m", 90_000.0),
            ("1h", 3_600_000.0),
        ] {
            assert_eq!(parse_ms(text), Some(ms), "{text}");
        }
        for text in ["", "5", "s", "5 s", "-1s", "1..2s", "1d", "two s", "1e3s"] {
            assert_eq!(parse(text), None, "{text}");
        }
    }

    #[test]
    fn durations_are_shown_in_the_unit_that_fits() {
        for (ms, text) in [
            (0, "0ms"),
            (999, "999ms"),
            (1600, "1.6s"),
            (200_000, "3m20s"),
        ] {
            assert_eq!(show(Duration::from_millis(ms)), text);
        }
    }
}
