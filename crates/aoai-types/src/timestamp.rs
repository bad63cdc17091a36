//! Points in time, in whichever form the service wrote them.

use std::fmt;
use std::time::{Duration, SystemTime};

use serde::de::{Deserialize, Deserializer, Error, Unexpected, Visitor};
use serde::{Serialize, Serializer};

/// A point in time as the service wrote it.
///
/// Unix seconds on most routes, an ISO 8601 text on some; which one is not settled even between
/// two answers about one object. It goes out as it came in.
///
/// ```
/// use aoai_types::Timestamp;
///
/// let seconds: Timestamp = serde_json::from_str("1721409237")?;
/// let text: Timestamp = serde_json::from_str(r#""2024-07-19T17:13:57.2491382+00:00""#)?;
/// assert_eq!(seconds.unix_seconds(), text.unix_seconds());
/// assert_ne!(seconds, text);
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum Timestamp {
    /// Seconds since 1970-01-01T00:00:00Z.
    Seconds(i64),
    /// The same, with a fraction.
    Fraction(f64),
    /// Text, as a rule ISO 8601.
    Text(String),
}

impl Timestamp {
    /// Whole seconds since 1970-01-01T00:00:00Z; `None` for a text that is no ISO 8601 time.
    pub fn unix_seconds(&self) -> Option<i64> {
        match self {
            Self::Seconds(seconds) => Some(*seconds),
            #[expect(
                clippy::cast_possible_truncation,
                reason = "the cast saturates, and no time of this world comes near"
            )]
            Self::Fraction(seconds) => Some(seconds.floor() as i64),
            Self::Text(text) => parse(text),
        }
    }

    /// The same as a [`SystemTime`], in whole seconds.
    pub fn system_time(&self) -> Option<SystemTime> {
        let seconds = self.unix_seconds()?;
        let distance = Duration::from_secs(seconds.unsigned_abs());
        if seconds < 0 {
            SystemTime::UNIX_EPOCH.checked_sub(distance)
        } else {
            SystemTime::UNIX_EPOCH.checked_add(distance)
        }
    }
}

impl From<i64> for Timestamp {
    fn from(seconds: i64) -> Self {
        Self::Seconds(seconds)
    }
}

impl Serialize for Timestamp {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Seconds(seconds) => serializer.serialize_i64(*seconds),
            Self::Fraction(seconds) => serializer.serialize_f64(*seconds),
            Self::Text(text) => serializer.serialize_str(text),
        }
    }
}

impl<'de> Deserialize<'de> for Timestamp {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(TimestampVisitor)
    }
}

struct TimestampVisitor;

impl Visitor<'_> for TimestampVisitor {
    type Value = Timestamp;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a time: unix seconds or text")
    }

    fn visit_i64<E>(self, seconds: i64) -> Result<Timestamp, E> {
        Ok(Timestamp::Seconds(seconds))
    }

    fn visit_u64<E: Error>(self, seconds: u64) -> Result<Timestamp, E> {
        i64::try_from(seconds)
            .map(Timestamp::Seconds)
            .map_err(|_| E::invalid_value(Unexpected::Unsigned(seconds), &self))
    }

    fn visit_f64<E>(self, seconds: f64) -> Result<Timestamp, E> {
        Ok(Timestamp::Fraction(seconds))
    }

    fn visit_str<E>(self, text: &str) -> Result<Timestamp, E> {
        Ok(Timestamp::Text(text.to_owned()))
    }
}

/// Reads `YYYY-MM-DDTHH:MM:SS`, a fraction, and `Z` or an offset (nothing means UTC).
fn parse(text: &str) -> Option<i64> {
    let number = |text: &str| -> Option<i64> {
        let digits = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
        digits.then(|| text.parse().ok())?
    };
    let (date, time) = text.split_once(['T', 't', ' '])?;
    let mut date = date.split('-').map(number);
    let (year, month, day) = (date.next()??, date.next()??, date.next()??);
    let end = time.find(['Z', 'z', '+', '-']).unwrap_or(time.len());
    let (clock, zone) = time.split_at(end);
    let mut clock = clock.split('.').next()?.split(':').map(number);
    let (hour, minute, second) = (clock.next()??, clock.next()??, clock.next()??);
    let offset = match zone.as_bytes().first() {
        None | Some(b'Z' | b'z') => 0,
        Some(sign) => {
            let mut zone = zone[1..].split(':').map(number);
            let (hours, minutes) = (zone.next()??, zone.next()??);
            if hours >= 24 || minutes >= 60 {
                return None;
            }
            let seconds = hours * 3600 + minutes * 60;
            if *sign == b'-' { -seconds } else { seconds }
        }
    };
    let in_range = (1..=12).contains(&month)
        && (1..=31).contains(&day)
        && (0..=9999).contains(&year)
        && hour < 24
        && minute < 60
        && second < 61
        && date.next().is_none()
        && clock.next().is_none();
    in_range.then(|| days(year, month, day) * 86_400 + hour * 3600 + minute * 60 + second - offset)
}

/// Days from 1970-01-01 to a date of the Gregorian calendar.
fn days(year: i64, month: i64, day: i64) -> i64 {
    // The year is counted from March, so that the leap day is its last.
    let (year, month) = if month > 2 {
        (year, month - 3)
    } else {
        (year - 1, month + 9)
    };
    let leap_days = year.div_euclid(4) - year.div_euclid(100) + year.div_euclid(400);
    365 * year + leap_days + (153 * month + 2) / 5 + day - 1 - 719_468
}

#[cfg(test)]
mod tests {
    use super::Timestamp;

    #[test]
    fn every_form_goes_out_as_it_came_in() {
        for json in [
            "0",
            "1723949054",
            "1723949054.25",
            "-1",
            r#""2024-07-19T17:13:57.2491382+00:00""#,
            r#""""#,
        ] {
            let time: Timestamp = serde_json::from_str(json).unwrap();
            assert_eq!(serde_json::to_string(&time).unwrap(), json);
        }
    }

    #[test]
    fn texts_are_read_as_seconds() {
        for (text, seconds) in [
            ("1970-01-01T00:00:00Z", Some(0)),
            ("2024-07-19T17:13:57.2491382+00:00", Some(1_721_409_237)),
            ("2024-07-19T19:13:57+02:00", Some(1_721_409_237)),
            ("2024-07-19 17:13:57", Some(1_721_409_237)),
            ("2000-02-29T23:59:59Z", Some(951_868_799)),
            ("1969-12-31T23:59:59Z", Some(-1)),
            ("2024-07-19", None),
            ("2024-13-19T00:00:00Z", None),
            ("2024-07-19T25:00:00Z", None),
            ("soon", None),
            ("", None),
        ] {
            assert_eq!(
                Timestamp::Text(text.into()).unix_seconds(),
                seconds,
                "{text:?}"
            );
        }
        assert_eq!(Timestamp::Fraction(1.75).unix_seconds(), Some(1));
        assert!(Timestamp::Seconds(-1).system_time().unwrap() < std::time::UNIX_EPOCH);
    }
}
