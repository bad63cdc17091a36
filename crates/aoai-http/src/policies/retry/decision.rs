//! Whether to try again, and when: a pure function of what was seen.

use std::time::{Duration, SystemTime};

use http::{HeaderMap, StatusCode};

use super::RetryOptions;
use super::wait::asked;
use crate::error::ErrorKind;

/// What an attempt came to.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Seen<'a> {
    /// An answer that refuses.
    Answer {
        status: StatusCode,
        headers: &'a HeaderMap,
        kind: ErrorKind,
        message: &'a str,
    },
    /// A refusal inside an event stream, before any of the answer.
    InBand {
        headers: &'a HeaderMap,
        kind: ErrorKind,
        message: &'a str,
    },
    /// No connection came about: the service has seen nothing.
    NotSent,
    /// The connection broke, or nothing came in time: the service may have done it.
    Lost,
    /// The request itself is at fault, or the answer came and was not understood.
    Hopeless,
}

/// What the decision rests on besides what was seen.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Situation<'a> {
    pub(crate) options: &'a RetryOptions,
    /// How often the call was repeated already.
    pub(crate) retries: u32,
    /// Whether doing it twice leaves the service as doing it once would.
    pub(crate) safe_to_repeat: bool,
    /// What is left of the call's total time.
    pub(crate) left: Option<Duration>,
    pub(crate) now: SystemTime,
    /// At random, from 0 to below 1.
    pub(crate) random: f64,
}

/// What to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Decision {
    /// Wait, then try again. A retry that nobody asked for, or asked for at once, is paid for from the
    /// budget.
    Again { wait: Duration, asked: bool },
    /// Report the failure.
    Stop(Stop),
}

/// Why a failure is reported instead of tried again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Stop {
    /// Trying again would fail again.
    Final,
    /// The service may have done it, and doing it twice is not the same.
    Unsafe,
    /// It was tried as often as is allowed.
    TooOften,
    /// The service asked for a longer wait than is allowed.
    TooLong(Duration),
    /// The call's total time would be over by then.
    TooLate,
    /// The client's calls have failed too often of late.
    NoBudget,
}

impl Seen<'_> {
    /// Whether trying again may help and does no harm.
    pub(crate) fn is_repeatable(&self, safe_to_repeat: bool) -> Result<(), Stop> {
        match self.told() {
            Some(false) => return Err(Stop::Final),
            None if !self.may_pass() => return Err(Stop::Final),
            // That it may pass the next time does not say that nothing was done this time.
            Some(true) | None => {}
        }
        if safe_to_repeat || self.did_nothing() {
            Ok(())
        } else {
            Err(Stop::Unsafe)
        }
    }

    /// The wait that the service asked for.
    pub(crate) fn asked(&self, now: SystemTime) -> Option<Duration> {
        match self {
            Self::Answer {
                headers, message, ..
            }
            | Self::InBand {
                headers, message, ..
            } => asked(headers, message, now),
            _ => None,
        }
    }

    /// What the service says itself about trying again.
    fn told(&self) -> Option<bool> {
        let Self::Answer { headers, .. } = self else {
            return None;
        };
        match headers.get("x-should-retry")?.as_bytes() {
            b"true" => Some(true),
            b"false" => Some(false),
            _ => None,
        }
    }

    fn may_pass(&self) -> bool {
        match *self {
            Self::Answer {
                kind: ErrorKind::Quota,
                ..
            }
            | Self::Hopeless => false,
            Self::Answer { status, kind, .. } => {
                let passing = matches!(status.as_u16(), 408 | 409 | 429 | 500..);
                passing || kind == ErrorKind::RateLimit
            }
            Self::InBand { kind, .. } => matches!(
                kind,
                ErrorKind::RateLimit
                    | ErrorKind::Capacity
                    | ErrorKind::Server
                    | ErrorKind::Timeout
                    | ErrorKind::Gateway
            ),
            Self::NotSent | Self::Lost => true,
        }
    }

    /// Whether the service certainly did nothing.
    fn did_nothing(&self) -> bool {
        match *self {
            Self::Answer { status, kind, .. } => {
                kind == ErrorKind::RateLimit || matches!(status.as_u16(), 429 | 503)
            }
            Self::InBand { kind, .. } => kind == ErrorKind::RateLimit,
            Self::NotSent => true,
            Self::Lost | Self::Hopeless => false,
        }
    }
}

/// Whether to try again, and when.
pub(crate) fn decide(seen: &Seen<'_>, situation: &Situation<'_>) -> Decision {
    let options = situation.options;
    let safe = situation.safe_to_repeat || options.repeat_unsafe;
    if let Err(stop) = seen.is_repeatable(safe) {
        return Decision::Stop(stop);
    }
    if situation.retries >= options.max_retries {
        return Decision::Stop(Stop::TooOften);
    }
    let asked = seen.asked(situation.now);
    if let Some(wait) = asked.filter(|wait| *wait > options.max_wait) {
        return Decision::Stop(Stop::TooLong(wait));
    }
    let (wait, asked) = pace(options, asked, situation.retries, situation.random);
    if situation.left.is_some_and(|left| wait >= left) {
        return Decision::Stop(Stop::TooLate);
    }
    Decision::Again { wait, asked }
}

/// How long to wait, and whether that is because the service paces its clients: one that asks all of
/// them to come back within milliseconds does not.
pub(crate) fn pace(
    options: &RetryOptions,
    asked: Option<Duration>,
    retries: u32,
    random: f64,
) -> (Duration, bool) {
    match asked {
        Some(asked) => {
            let wait = asked.max(SHORTEST.min(options.backoff));
            (wait, asked >= options.backoff)
        }
        None => (backoff(options, retries, random), false),
    }
}

/// No wait is shorter, unless the client's own are.
const SHORTEST: Duration = Duration::from_millis(100);

/// Twice as long each time up to the maximum, less up to a quarter, so that many do not come back
/// at the same moment.
fn backoff(options: &RetryOptions, retries: u32, random: f64) -> Duration {
    let doubled = 2_u32
        .checked_pow(retries)
        .and_then(|factor| options.backoff.checked_mul(factor));
    let full = doubled
        .unwrap_or(options.max_backoff)
        .min(options.max_backoff);
    full.mul_f64(1.0 - 0.25 * random)
}

#[cfg(test)]
mod tests {
    use std::time::SystemTime;

    use super::*;
    use ErrorKind as Kind;

    const OPTIONS: RetryOptions = RetryOptions::new();

    fn situation(retries: u32) -> Situation<'static> {
        Situation {
            options: &OPTIONS,
            retries,
            safe_to_repeat: true,
            left: None,
            now: SystemTime::UNIX_EPOCH,
            random: 0.0,
        }
    }

    fn answer(status: u16, kind: ErrorKind, headers: &HeaderMap) -> Seen<'_> {
        let status = StatusCode::from_u16(status).unwrap();
        Seen::Answer {
            status,
            headers,
            kind,
            message: "",
        }
    }

    fn again(milliseconds: u64) -> Decision {
        Decision::Again {
            wait: Duration::from_millis(milliseconds),
            asked: false,
        }
    }

    fn header(name: &'static str, value: &'static str) -> HeaderMap {
        let mut headers = HeaderMap::new();
        headers.insert(name, value.parse().unwrap());
        headers
    }

    #[test]
    fn each_failure_is_tried_again_where_that_is_safe_and_may_help() {
        let final_ = Decision::Stop(Stop::Final);
        let unsafe_ = Decision::Stop(Stop::Unsafe);
        let none = HeaderMap::new();
        for (seen, safe, not_safe) in [
            (answer(400, Kind::InvalidRequest, &none), final_, final_),
            (answer(400, Kind::ContentFilter, &none), final_, final_),
            (answer(400, Kind::RateLimit, &none), again(500), again(500)),
            (answer(401, Kind::Authentication, &none), final_, final_),
            (answer(403, Kind::Permission, &none), final_, final_),
            (answer(404, Kind::DeploymentNotFound, &none), final_, final_),
            (answer(408, Kind::Timeout, &none), again(500), unsafe_),
            (answer(409, Kind::Conflict, &none), again(500), unsafe_),
            (answer(413, Kind::TooLarge, &none), final_, final_),
            (answer(429, Kind::RateLimit, &none), again(500), again(500)),
            (answer(429, Kind::Capacity, &none), again(500), again(500)),
            (answer(429, Kind::Quota, &none), final_, final_),
            (answer(500, Kind::Server, &none), again(500), unsafe_),
            (answer(502, Kind::Gateway, &none), again(500), unsafe_),
            (answer(503, Kind::Capacity, &none), again(500), again(500)),
            (answer(504, Kind::Gateway, &none), again(500), unsafe_),
            (answer(529, Kind::Server, &none), again(500), unsafe_),
            (answer(302, Kind::Gateway, &none), final_, final_),
            (Seen::NotSent, again(500), again(500)),
            (Seen::Lost, again(500), unsafe_),
            (Seen::Hopeless, final_, final_),
            (
                Seen::InBand {
                    headers: &none,
                    kind: Kind::RateLimit,
                    message: "",
                },
                again(500),
                again(500),
            ),
            (
                Seen::InBand {
                    headers: &none,
                    kind: Kind::Server,
                    message: "",
                },
                again(500),
                unsafe_,
            ),
            (
                Seen::InBand {
                    headers: &none,
                    kind: Kind::ContentFilter,
                    message: "",
                },
                final_,
                final_,
            ),
        ] {
            assert_eq!(decide(&seen, &situation(0)), safe, "{seen:?}");
            let situation = Situation {
                safe_to_repeat: false,
                ..situation(0)
            };
            assert_eq!(decide(&seen, &situation), not_safe, "{seen:?}, unsafe");
            let options = RetryOptions {
                repeat_unsafe: true,
                ..OPTIONS
            };
            let situation = Situation {
                options: &options,
                ..situation
            };
            assert_eq!(
                decide(&seen, &situation),
                safe,
                "{seen:?}, unsafe but wanted"
            );
        }
    }

    #[test]
    fn the_service_has_the_last_word_about_trying_again_but_not_about_doing_it_twice() {
        let yes = header("x-should-retry", "true");
        let no = header("x-should-retry", "false");
        let odd = header("x-should-retry", "perhaps");
        let (stop, twice) = (Decision::Stop(Stop::Final), Decision::Stop(Stop::Unsafe));
        for (headers, status, kind, safe, not_safe) in [
            (&yes, 400, Kind::InvalidRequest, again(500), twice),
            (&yes, 500, Kind::Server, again(500), twice),
            (&yes, 503, Kind::Capacity, again(500), again(500)),
            (&no, 503, Kind::Capacity, stop, stop),
            (&odd, 503, Kind::Capacity, again(500), again(500)),
            (&odd, 400, Kind::InvalidRequest, stop, stop),
        ] {
            let seen = answer(status, kind, headers);
            for (safe_to_repeat, expected) in [(true, safe), (false, not_safe)] {
                let situation = Situation {
                    safe_to_repeat,
                    ..situation(0)
                };
                assert_eq!(
                    decide(&seen, &situation),
                    expected,
                    "{headers:?} {status}, safe: {safe_to_repeat}"
                );
            }
        }
    }

    #[test]
    fn waits_double_up_to_the_maximum_and_lose_up_to_a_quarter() {
        let options = RetryOptions {
            max_retries: 99,
            ..OPTIONS
        };
        for (retries, random, milliseconds) in [
            (0, 0.0, 500),
            (1, 0.0, 1_000),
            (2, 0.0, 2_000),
            (4, 0.0, 8_000),
            (5, 0.0, 8_000),
            (98, 0.0, 8_000),
            (0, 0.5, 437),
            (4, 0.999_999_999, 6_000),
        ] {
            let situation = Situation {
                options: &options,
                random,
                ..situation(retries)
            };
            let Decision::Again { wait, asked: false } = decide(&Seen::NotSent, &situation) else {
                panic!("not tried again after {retries}");
            };
            assert_eq!(wait.as_millis(), milliseconds, "{retries} {random}");
        }
        let stopped = Decision::Stop(Stop::TooOften);
        assert_eq!(decide(&Seen::NotSent, &situation(3)), stopped);
        let never = RetryOptions::never();
        let situation = Situation {
            options: &never,
            ..situation(0)
        };
        assert_eq!(decide(&Seen::NotSent, &situation), stopped);
    }

    #[test]
    fn a_wait_that_was_asked_for_is_kept_or_fails_at_once() {
        for (value, expected) in [
            (
                "0.5",
                Decision::Again {
                    wait: Duration::from_millis(500),
                    asked: true,
                },
            ),
            (
                "120",
                Decision::Again {
                    wait: Duration::from_secs(120),
                    asked: true,
                },
            ),
            (
                "120.001",
                Decision::Stop(Stop::TooLong(Duration::from_millis(120_001))),
            ),
            (
                "86400",
                Decision::Stop(Stop::TooLong(Duration::from_secs(86_400))),
            ),
        ] {
            let headers = header("retry-after", value);
            let seen = answer(429, Kind::RateLimit, &headers);
            assert_eq!(decide(&seen, &situation(0)), expected, "{value}");
        }
    }

    #[test]
    fn a_wait_that_is_shorter_than_the_clients_own_is_paid_for_and_no_hammering() {
        for (backoff, asked, wait, free) in [
            (500, "1", 100, false),
            (500, "99.9", 100, false),
            (500, "100", 100, false),
            (500, "300", 300, false),
            (500, "499", 499, false),
            (500, "500", 500, true),
            (2_000, "1500", 1_500, false),
            // Who wants it quicker may have it.
            (20, "1", 20, false),
            (20, "19", 20, false),
            (20, "20", 20, true),
            (20, "30", 30, true),
        ] {
            let options = RetryOptions {
                backoff: Duration::from_millis(backoff),
                ..OPTIONS
            };
            let situation = Situation {
                options: &options,
                ..situation(2)
            };
            let headers = header("retry-after-ms", asked);
            let seen = answer(429, Kind::RateLimit, &headers);
            let expected = Decision::Again {
                wait: Duration::from_millis(wait),
                asked: free,
            };
            assert_eq!(decide(&seen, &situation), expected, "{backoff} {asked}");
        }
    }

    #[test]
    fn no_wait_outlives_the_call() {
        let left = |milliseconds| Situation {
            left: Some(Duration::from_millis(milliseconds)),
            ..situation(0)
        };
        assert_eq!(decide(&Seen::NotSent, &left(501)), again(500));
        assert_eq!(
            decide(&Seen::NotSent, &left(500)),
            Decision::Stop(Stop::TooLate)
        );
        assert_eq!(
            decide(&Seen::NotSent, &left(0)),
            Decision::Stop(Stop::TooLate)
        );
    }
}
