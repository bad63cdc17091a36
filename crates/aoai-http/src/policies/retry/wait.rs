//! How long the service asked to wait.

use std::time::{Duration, SystemTime};

use http::HeaderMap;
use http::header::{DATE, RETRY_AFTER};

/// The wait that headers or message ask for; `None` where nobody asked for any.
///
/// The most precise header wins. A wait of nothing is none: the service was seen to send
/// `retry-after-ms: 0` while the token window was still closed, so then the window counts.
pub(crate) fn asked(headers: &HeaderMap, message: &str, now: SystemTime) -> Option<Duration> {
    let number = |name: &str| headers.get(name)?.to_str().ok()?.trim().parse::<f64>().ok();
    let precise = ["retry-after-ms", "x-ms-retry-after-ms"].map(number);
    if let Some(wait) = precise
        .into_iter()
        .flatten()
        .find_map(|ms| seconds(ms / 1000.0))
    {
        return Some(wait);
    }
    let plain = headers.get(RETRY_AFTER).and_then(|value| {
        let text = value.to_str().ok()?.trim();
        match text.parse() {
            Ok(number) => seconds(number),
            // By the service's own clock, where it tells the time: the one here may be wrong.
            Err(_) => until(text, date(headers).unwrap_or(now)),
        }
    });
    let told = plain.or_else(|| named(message));
    let claims_now = precise.contains(&Some(0.0));
    if told.is_some() && !claims_now {
        return told;
    }
    let spent = number("x-ratelimit-remaining-tokens").is_some_and(|tokens| tokens <= 0.0);
    let window = number("x-ratelimit-renewalperiod-tokens")
        .filter(|_| spent)
        .and_then(seconds);
    told.max(window)
}

/// A positive number of seconds; beyond all measure is a year.
fn seconds(number: f64) -> Option<Duration> {
    if !number.is_finite() || number <= 0.0 {
        return None;
    }
    Some(
        Duration::try_from_secs_f64(number)
            .unwrap_or(YEAR)
            .min(YEAR),
    )
}

fn date(headers: &HeaderMap) -> Option<SystemTime> {
    httpdate::parse_http_date(headers.get(DATE)?.to_str().ok()?).ok()
}

fn until(date: &str, now: SystemTime) -> Option<Duration> {
    let at = httpdate::parse_http_date(date).ok()?;
    let wait = at.duration_since(now).ok()?;
    (!wait.is_zero()).then(|| wait.min(YEAR))
}

/// The wait that a sentence names: `Please retry after 26 seconds.`, `Try again in 1.5 s`, `6m0s`.
fn named(message: &str) -> Option<Duration> {
    let message = message.to_ascii_lowercase();
    PHRASES.iter().find_map(|phrase| {
        let after = &message[message.find(phrase)? + phrase.len()..];
        length(after).and_then(seconds)
    })
}

/// The seconds that a text begins with: numbers, each with its unit, as many as there are.
fn length(text: &str) -> Option<f64> {
    let mut rest = text;
    let mut sum = None;
    while let Some((part, after)) = one_unit(rest) {
        sum = Some(sum.unwrap_or(0.0) + part);
        rest = after.trim_start();
    }
    sum
}

/// The seconds that a number and its unit are, and what follows them.
fn one_unit(text: &str) -> Option<(f64, &str)> {
    let digits = text.find(|c: char| !c.is_ascii_digit() && c != '.');
    let (number, rest) = text.split_at(digits?);
    let number: f64 = number.trim_end_matches('.').parse().ok()?;
    let rest = rest.trim_start();
    let letters = rest.find(|c: char| !c.is_ascii_alphabetic());
    let (unit, rest) = rest.split_at(letters.unwrap_or(rest.len()));
    let (_, scale) = UNITS.iter().find(|(names, _)| names.contains(&unit))?;
    Some((number * scale, rest))
}

const PHRASES: &[&str] = &["retry after ", "try again in "];

/// The names of each unit, and its length in seconds.
const UNITS: &[(&[&str], f64)] = &[
    (
        &["ms", "msec", "msecs", "millisecond", "milliseconds"],
        0.001,
    ),
    (&["s", "sec", "secs", "second", "seconds"], 1.0),
    (&["m", "min", "mins", "minute", "minutes"], 60.0),
    (&["h", "hr", "hrs", "hour", "hours"], 3_600.0),
    (&["d", "day", "days"], 86_400.0),
];

const YEAR: Duration = Duration::from_secs(365 * 24 * 60 * 60);

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Duration = Duration::from_secs(1_794_000_000);

    fn check(headers: &[(&'static str, &str)], message: &str, expected: Option<u64>) {
        let now = SystemTime::UNIX_EPOCH + NOW;
        let map = headers
            .iter()
            .map(|(name, value)| (http::HeaderName::from_static(name), value.parse().unwrap()))
            .collect();
        let expected = expected.map(Duration::from_millis);
        assert_eq!(
            asked(&map, message, now),
            expected,
            "{headers:?} {message:?}"
        );
    }

    fn date(offset: i64) -> String {
        let at = NOW.as_secs().checked_add_signed(offset).unwrap();
        httpdate::fmt_http_date(SystemTime::UNIX_EPOCH + Duration::from_secs(at))
    }

    #[test]
    fn the_most_precise_header_wins() {
        check(&[], "", None);
        check(
            &[("retry-after-ms", "300")],
            "Please retry after 9 seconds",
            Some(300),
        );
        check(
            &[("retry-after-ms", "2.0"), ("retry-after", "9")],
            "",
            Some(2),
        );
        check(
            &[("x-ms-retry-after-ms", "250"), ("retry-after", "9")],
            "",
            Some(250),
        );
        check(
            &[("retry-after-ms", "5"), ("x-ms-retry-after-ms", "9")],
            "",
            Some(5),
        );
        check(
            &[("retry-after", "20")],
            "Please retry after 9 seconds",
            Some(20_000),
        );
        check(&[("retry-after", "0.5")], "", Some(500));
        check(&[("retry-after", " 3 ")], "", Some(3_000));
        check(&[("retry-after", &date(20))], "", Some(20_000));
        // Two dates of the service tell the wait, whatever the clock here says.
        for ahead in [-3_600, 0, 3_600] {
            check(
                &[("retry-after", &date(ahead + 20)), ("date", &date(ahead))],
                "",
                Some(20_000),
            );
        }
        check(
            &[("retry-after", &date(20)), ("date", "soon")],
            "",
            Some(20_000),
        );
    }

    #[test]
    fn what_is_no_wait_is_passed_over() {
        for value in ["0", "-10", "nan", "inf", "-inf", "soon", "", "1e999"] {
            check(&[("retry-after", value)], "", None);
            check(
                &[("retry-after-ms", value), ("retry-after", "2")],
                "",
                Some(2_000),
            );
        }
        check(&[("retry-after", &date(-5))], "", None);
        check(&[("retry-after", &date(0))], "", None);
        check(
            &[("retry-after", "Xxx, 99 Nov 2026 00:00:00 GMT")],
            "",
            None,
        );
        let year = Some(365 * 24 * 3_600_000);
        for value in ["1e300", "Fri, 31 Dec 9999 23:59:59 GMT"] {
            check(&[("retry-after", value)], "", year);
        }
    }

    #[test]
    fn a_sentence_names_a_wait_where_no_header_does() {
        check(
            &[],
            "… Please retry after 26 seconds. Please go here",
            Some(26_000),
        );
        check(
            &[],
            "Rate limit is exceeded. Try again in 2 seconds.",
            Some(2_000),
        );
        check(&[], "try again in 1.5s", Some(1_500));
        check(&[], "Try again in 200ms", Some(200));
        check(&[], "Please retry after 2 minutes", Some(120_000));
        check(&[], "Please retry after 86400 seconds", Some(86_400_000));
        check(&[], "Please retry after a while", None);
        check(&[], "Please retry after 5 attempts", None);
        check(&[], "retry after ", None);
        check(&[], "İİİ try again in 3 seconds", Some(3_000));
    }

    #[test]
    fn a_wait_in_a_sentence_may_be_of_several_units() {
        for (told, expected) in [
            ("6m0s.", Some(360_000)),
            ("1h2m3s.", Some(3_723_000)),
            ("7m12.5s. Visit", Some(432_500)),
            ("350ms", Some(350)),
            ("1s350ms", Some(1_350)),
            ("1.5s.", Some(1_500)),
            ("5sec", Some(5_000)),
            ("2 min", Some(120_000)),
            ("2 min 30 s", Some(150_000)),
            ("1 minute 1 second.", Some(61_000)),
            ("2 hours.", Some(7_200_000)),
            ("1d1h", Some(90_000_000)),
            ("2 seconds. 5 minutes later", Some(2_000)),
            ("2 seconds 5 times", Some(2_000)),
            ("0m0s", None),
            ("m6", None),
            ("6", None),
            ("6.", None),
            ("6 moons", None),
            ("1.2.3s", None),
            ("", None),
        ] {
            check(&[], &format!("Please try again in {told}"), expected);
        }
    }

    #[test]
    fn nothing_to_wait_with_a_spent_token_window_is_the_window() {
        let spent = ("x-ratelimit-remaining-tokens", "-27689");
        let window = ("x-ratelimit-renewalperiod-tokens", "60");
        let zero = ("retry-after-ms", "0");
        check(
            &[zero, ("retry-after", "1"), spent, window],
            "",
            Some(60_000),
        );
        check(&[zero, ("retry-after", "1")], "", Some(1_000));
        check(&[zero, ("retry-after", "1"), spent], "", Some(1_000));
        check(
            &[zero, ("retry-after", "90"), spent, window],
            "",
            Some(90_000),
        );
        check(&[spent, window], "", Some(60_000));
        check(&[("retry-after", "5"), spent, window], "", Some(5_000));
        check(&[("x-ratelimit-remaining-tokens", "7"), window], "", None);
    }
}
