//! Which backend takes the next call: no I/O, no clock of its own.

use std::time::Duration;

use crate::error::{Error, ErrorKind};

/// What is known of all backends. Times are those of the clock's `elapsed`.
#[derive(Debug)]
pub(super) struct Board {
    backends: Vec<Health>,
    /// For how long a backend is passed over that did not say so itself.
    rest: Duration,
}

#[derive(Debug)]
struct Health {
    priority: u32,
    weight: u32,
    /// How far it is ahead of its share.
    turn: i64,
    /// Failures in a row that may have been one call's misfortune.
    failures: u32,
    /// Out of order, as it seems: until when it is passed over, and then probed.
    suspected: Option<Duration>,
    /// Whether that is because it turns all calls away, so that there is nothing to wait for.
    refuses: bool,
    /// Deployments that have no room, and until when.
    full: Vec<Held>,
    /// Deployments that it does not have, and until when that is believed.
    missing: Vec<Held>,
}

/// A deployment, and until when it is passed over.
type Held = (Option<Box<str>>, Duration);

/// What a failed call says of its backend.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Symptom {
    /// The deployment has no room, for as long as it said, if it did.
    Full(Option<Duration>),
    /// The resource does not have the deployment.
    Missing,
    /// The resource turns all calls away, or there is no credential for it, or something else stands
    /// in its place.
    Refusing,
    /// The resource cannot be reached.
    Down,
    /// The call failed on the resource's side.
    Failing,
    /// Nothing: the fault is not the backend's.
    None,
}

impl Symptom {
    pub(super) fn of(error: &Error) -> Self {
        use ErrorKind::{
            AccountBlocked, Authentication, Capacity, Connection, Credential, DeploymentNotFound,
            Gateway, LocalAuthDisabled, NetworkRule, Permission, Quota, RateLimit, Server, Timeout,
            Truncated,
        };
        // Inside a stream, such words may be about anything that the answer was made from.
        let refused = error.status().is_some_and(|s| s.is_client_error());
        let redirected = error.status().is_some_and(|s| s.is_redirection());
        let turned_away = refused || redirected;
        match error.kind() {
            RateLimit | Capacity | Quota => Self::Full(error.retry_after()),
            DeploymentNotFound => Self::Missing,
            Credential => Self::Refusing,
            Authentication | Permission | LocalAuthDisabled | NetworkRule | AccountBlocked
                if refused =>
            {
                Self::Refusing
            }
            Gateway if turned_away => Self::Refusing,
            _ if error.was_not_sent() => Self::Down,
            Connection | Gateway | Server | Timeout | Truncated => Self::Failing,
            _ => Self::None,
        }
    }

    /// Whether nothing was done, for a reason that another backend need not have.
    pub(super) fn is_of_one_resource(self) -> bool {
        matches!(self, Self::Missing | Self::Refusing)
    }
}

impl Board {
    /// Backends of these priorities and weights.
    pub(super) fn new(backends: impl Iterator<Item = (u32, u32)>, rest: Duration) -> Self {
        let fresh = |(priority, weight)| Health {
            priority,
            weight,
            turn: 0,
            failures: 0,
            suspected: None,
            refuses: false,
            full: Vec::new(),
            missing: Vec::new(),
        };
        Self {
            backends: backends.map(fresh).collect(),
            rest,
        }
    }

    /// The backend for a call to `deployment`, of those that can take it and were not `tried`.
    ///
    /// Where it was out of order, this call is the one that finds out whether it still is, and all
    /// others pass it over meanwhile.
    pub(super) fn choose(
        &mut self,
        now: Duration,
        deployment: Option<&str>,
        tried: &[usize],
    ) -> Option<usize> {
        let mut able = self.able(now, deployment, tried);
        let first = able.iter().map(|at| self.backends[*at].priority).min()?;
        able.retain(|at| self.backends[*at].priority == first);
        let chosen = self.in_turn(able)?;
        let health = &mut self.backends[chosen];
        if health.suspected.is_some() {
            health.suspected = Some(now.saturating_add(self.rest));
        }
        Some(chosen)
    }

    /// The backends that can take a call to `deployment` and were not `tried`.
    pub(super) fn able(
        &self,
        now: Duration,
        deployment: Option<&str>,
        tried: &[usize],
    ) -> Vec<usize> {
        let able = |at: &usize| {
            let health = &self.backends[*at];
            let up = health.suspected.is_none_or(|until| until <= now);
            let held = health
                .full_until(deployment)
                .max(health.missing_until(deployment));
            up && !tried.contains(at) && held <= now
        };
        (0..self.backends.len()).filter(able).collect()
    }

    /// The backend that has room for a call to `deployment` first, and how long that is from now.
    /// Of those that seem to be out of order, it is the one that has been longest; one that turns the
    /// call away comes last, however soon it would do so.
    pub(super) fn soonest(&self, now: Duration, deployment: Option<&str>) -> (usize, Duration) {
        let rank = |at: &usize| {
            let health = &self.backends[*at];
            let wait = health.full_until(deployment).saturating_sub(now);
            let refuses = health.refuses || health.missing_until(deployment) > now;
            (refuses, wait, health.suspected, health.priority)
        };
        let at = (0..self.backends.len())
            .min_by_key(rank)
            .unwrap_or_default();
        (at, rank(&at).1)
    }

    /// A call was answered.
    pub(super) fn answered(&mut self, at: usize) {
        let health = &mut self.backends[at];
        health.failures = 0;
        health.suspected = None;
        health.refuses = false;
    }

    /// A call failed.
    pub(super) fn failed(
        &mut self,
        at: usize,
        deployment: Option<&str>,
        symptom: Symptom,
        now: Duration,
    ) {
        let rested = now.saturating_add(self.rest);
        let health = &mut self.backends[at];
        match symptom {
            Symptom::Full(asked) => {
                let until = asked.map_or(rested, |asked| now.saturating_add(asked));
                hold(&mut health.full, deployment, until, now);
            }
            Symptom::Missing => {
                hold(&mut health.missing, deployment, rested, now);
                // For others it may well be there.
                self.answered(at);
            }
            Symptom::Refusing | Symptom::Down => {
                health.suspected = Some(rested);
                health.refuses = symptom == Symptom::Refusing;
            }
            Symptom::Failing => {
                health.failures = health.failures.saturating_add(1);
                if health.failures >= FAILURES || health.suspected.is_some() {
                    health.suspected = Some(rested);
                    health.refuses = false;
                }
            }
            Symptom::None => {}
        }
    }

    /// The one of these whose turn it is: each gets its share, and they take turns.
    fn in_turn(&mut self, able: Vec<usize>) -> Option<usize> {
        let total: i64 = able
            .iter()
            .map(|at| i64::from(self.backends[*at].weight))
            .sum();
        let mut chosen: Option<usize> = None;
        for at in able {
            let health = &mut self.backends[at];
            if health.weight == 0 && total > 0 {
                continue;
            }
            health.turn += i64::from(health.weight);
            let turn = health.turn;
            if chosen.is_none_or(|best| turn > self.backends[best].turn) {
                chosen = Some(at);
            }
        }
        self.backends[chosen?].turn -= total;
        chosen
    }
}

impl Health {
    fn full_until(&self, deployment: Option<&str>) -> Duration {
        held_until(&self.full, deployment)
    }

    fn missing_until(&self, deployment: Option<&str>) -> Duration {
        held_until(&self.missing, deployment)
    }
}

fn held_until(held: &[Held], deployment: Option<&str>) -> Duration {
    let found = held.iter().find(|(of, _)| of.as_deref() == deployment);
    found.map_or(Duration::ZERO, |(_, until)| *until)
}

/// Passes a deployment over until then, or longer where that is so already.
fn hold(held: &mut Vec<Held>, deployment: Option<&str>, until: Duration, now: Duration) {
    held.retain(|(_, until)| *until > now);
    match held.iter_mut().find(|(of, _)| of.as_deref() == deployment) {
        Some((_, end)) => *end = until.max(*end),
        None => held.push((deployment.map(Into::into), until)),
    }
}

/// So many failures in a row are no accident.
const FAILURES: u32 = 3;

#[cfg(test)]
mod tests {
    use http::{HeaderMap, StatusCode};

    use super::*;
    use crate::head::Head;

    const GPT: Option<&str> = Some("gpt");

    fn board(backends: &[(u32, u32)]) -> Board {
        Board::new(backends.iter().copied(), Duration::from_secs(10))
    }

    fn at(seconds: u64) -> Duration {
        Duration::from_secs(seconds)
    }

    fn chosen(board: &mut Board, now: u64, times: usize) -> Vec<usize> {
        let choose = || board.choose(at(now), GPT, &[]);
        std::iter::repeat_with(choose)
            .take(times)
            .flatten()
            .collect()
    }

    #[test]
    fn the_lowest_priority_number_comes_first_and_weights_share() {
        for (backends, expected) in [
            (&[(0, 1), (1, 1)][..], [0, 0, 0, 0, 0, 0, 0, 0]),
            (&[(1, 1), (0, 1)], [1, 1, 1, 1, 1, 1, 1, 1]),
            (&[(0, 1), (0, 1)], [0, 1, 0, 1, 0, 1, 0, 1]),
            (&[(0, 3), (0, 1)], [0, 0, 1, 0, 0, 0, 1, 0]),
            (&[(7, 1), (7, 1), (7, 2)], [2, 0, 1, 2, 2, 0, 1, 2]),
            (&[(0, 0), (0, 1)], [1, 1, 1, 1, 1, 1, 1, 1]),
            (&[(0, 0), (1, 1)], [0, 0, 0, 0, 0, 0, 0, 0]),
        ] {
            assert_eq!(chosen(&mut board(backends), 0, 8), expected, "{backends:?}");
        }
    }

    #[test]
    fn a_full_deployment_is_passed_over_until_its_wait_is_over() {
        let mut board = board(&[(0, 1), (1, 1)]);
        board.failed(0, GPT, Symptom::Full(Some(at(30))), at(100));
        assert_eq!(chosen(&mut board, 129, 2), [1, 1]);
        assert_eq!(board.choose(at(129), Some("other"), &[]), Some(0));
        assert_eq!(board.choose(at(129), None, &[]), Some(0));
        assert_eq!(chosen(&mut board, 130, 2), [0, 0]);
        // A shorter wait does not shorten a longer one, and without one it is the usual rest.
        board.failed(0, GPT, Symptom::Full(Some(at(30))), at(200));
        board.failed(0, GPT, Symptom::Full(Some(at(1))), at(200));
        assert_eq!(chosen(&mut board, 229, 1), [1]);
        board.failed(0, GPT, Symptom::Full(None), at(300));
        assert_eq!(chosen(&mut board, 309, 1), [1]);
        assert_eq!(chosen(&mut board, 310, 1), [0]);
        assert_eq!(board.backends[0].full.len(), 1);
        // Each deployment has a wait of its own.
        board.failed(0, GPT, Symptom::Full(Some(at(9))), at(400));
        board.failed(0, Some("other"), Symptom::Full(Some(at(5))), at(400));
        for (now, gpt, other) in [(404, 1, 1), (405, 1, 0), (409, 0, 0)] {
            assert_eq!(board.choose(at(now), GPT, &[]), Some(gpt), "{now}");
            assert_eq!(
                board.choose(at(now), Some("other"), &[]),
                Some(other),
                "{now}"
            );
        }
    }

    #[test]
    fn where_all_are_full_the_soonest_is_named() {
        let mut board = board(&[(0, 1), (1, 1)]);
        assert_eq!(board.soonest(at(5), GPT), (0, Duration::ZERO));
        board.failed(0, GPT, Symptom::Full(Some(at(30))), at(0));
        board.failed(1, GPT, Symptom::Full(Some(at(7))), at(0));
        assert_eq!(board.choose(at(5), GPT, &[]), None);
        assert_eq!(board.soonest(at(5), GPT), (1, at(2)));
        assert_eq!(board.choose(at(7), GPT, &[1]), None);
        board.failed(1, None, Symptom::Down, at(5));
        assert_eq!(board.soonest(at(7), GPT), (1, Duration::ZERO));
        // Of two that are down, first the one that was found so first.
        board.failed(0, None, Symptom::Down, at(6));
        assert_eq!(board.soonest(at(40), GPT).0, 1);
        board.failed(1, None, Symptom::Down, at(40));
        assert_eq!(board.soonest(at(40), GPT).0, 0);
    }

    #[test]
    fn what_is_out_of_order_is_probed_by_one_call_before_all_others() {
        let mut board = board(&[(0, 1), (1, 1)]);
        board.failed(0, GPT, Symptom::Down, at(0));
        assert_eq!(chosen(&mut board, 9, 2), [1, 1]);
        assert_eq!(chosen(&mut board, 10, 3), [0, 1, 1]);
        // The probe failed, even in a way that may be an accident elsewhere.
        board.failed(0, GPT, Symptom::Failing, at(15));
        assert_eq!(chosen(&mut board, 24, 1), [1]);
        assert_eq!(chosen(&mut board, 25, 2), [0, 1]);
        board.answered(0);
        assert_eq!(chosen(&mut board, 25, 3), [0, 0, 0]);
    }

    #[test]
    fn a_single_failure_is_an_accident_and_three_in_a_row_are_none() {
        let mut board = board(&[(0, 1), (1, 1)]);
        for _ in 0..5 {
            board.failed(0, GPT, Symptom::Failing, at(0));
            board.failed(0, GPT, Symptom::Failing, at(0));
            board.answered(0);
            board.failed(0, GPT, Symptom::None, at(0));
        }
        assert_eq!(chosen(&mut board, 0, 1), [0]);
        for _ in 0..3 {
            board.failed(0, GPT, Symptom::Failing, at(0));
        }
        assert_eq!(chosen(&mut board, 0, 1), [1]);
    }

    #[test]
    fn what_turns_calls_away_is_passed_over_and_not_waited_for() {
        let mut board = board(&[(0, 1), (1, 1)]);
        board.failed(0, GPT, Symptom::Refusing, at(0));
        assert_eq!(chosen(&mut board, 9, 2), [1, 1]);
        assert_eq!(board.choose(at(9), None, &[]), Some(1));
        // Better to wait for the other than to be turned away at once.
        board.failed(1, GPT, Symptom::Full(Some(at(30))), at(9));
        assert_eq!(board.soonest(at(9), GPT), (1, at(30)));
        board.failed(1, GPT, Symptom::Down, at(9));
        assert_eq!(board.soonest(at(9), None), (1, Duration::ZERO));
        // It is probed like any other, and what comes of that counts.
        assert_eq!(chosen(&mut board, 10, 1), [0]);
        board.failed(0, GPT, Symptom::Failing, at(10));
        assert_eq!(board.soonest(at(11), GPT), (0, Duration::ZERO));
        board.failed(0, GPT, Symptom::Refusing, at(11));
        assert_eq!(board.soonest(at(11), GPT).0, 1);
        board.answered(0);
        assert_eq!(chosen(&mut board, 11, 2), [0, 0]);
        // Where all turn calls away, there is nothing to wait for.
        board.failed(0, GPT, Symptom::Refusing, at(11));
        board.failed(1, GPT, Symptom::Refusing, at(12));
        assert_eq!(board.soonest(at(12), None), (0, Duration::ZERO));
    }

    #[test]
    fn a_deployment_that_is_not_there_is_passed_over_and_no_other() {
        let mut board = board(&[(0, 1), (1, 1)]);
        board.failed(0, GPT, Symptom::Missing, at(0));
        assert_eq!(chosen(&mut board, 9, 2), [1, 1]);
        assert_eq!(board.choose(at(9), Some("other"), &[]), Some(0));
        assert_eq!(chosen(&mut board, 10, 2), [0, 0]);
        // Nobody waits for a name that is on none.
        board.failed(0, GPT, Symptom::Missing, at(20));
        board.failed(1, GPT, Symptom::Missing, at(20));
        assert_eq!(board.choose(at(20), GPT, &[]), None);
        assert_eq!(board.soonest(at(20), GPT), (0, Duration::ZERO));
        board.failed(1, GPT, Symptom::Full(Some(at(5))), at(30));
        assert_eq!(board.soonest(at(30), GPT), (0, Duration::ZERO));
        board.failed(0, GPT, Symptom::Missing, at(30));
        assert_eq!(board.soonest(at(30), GPT), (1, at(5)));
        assert_eq!(board.backends[0].missing.len(), 1);
        // Who says so is there.
        board.failed(0, None, Symptom::Down, at(40));
        board.failed(0, GPT, Symptom::Missing, at(41));
        assert_eq!(board.choose(at(41), None, &[]), Some(0));
    }

    #[test]
    fn each_kind_of_error_is_a_symptom_or_none() {
        use ErrorKind as Kind;
        let asked = Some(at(3));
        let error = |kind, status| {
            let error = Error::new(kind, "").with_note(None, asked);
            let headers = HeaderMap::new();
            match StatusCode::from_u16(status) {
                Ok(status) => error.with_answer(Head { status, headers }, None),
                Err(_) => error,
            }
        };
        for kind in Kind::ALL.iter().copied() {
            let (refused, inside_a_stream) = match kind {
                Kind::RateLimit | Kind::Capacity | Kind::Quota => {
                    (Symptom::Full(asked), Symptom::Full(asked))
                }
                Kind::Connection | Kind::Server | Kind::Timeout | Kind::Truncated => {
                    (Symptom::Failing, Symptom::Failing)
                }
                Kind::Gateway => (Symptom::Refusing, Symptom::Failing),
                Kind::DeploymentNotFound => (Symptom::Missing, Symptom::Missing),
                Kind::Credential => (Symptom::Refusing, Symptom::Refusing),
                Kind::Authentication
                | Kind::Permission
                | Kind::LocalAuthDisabled
                | Kind::NetworkRule
                | Kind::AccountBlocked => (Symptom::Refusing, Symptom::None),
                _ => (Symptom::None, Symptom::None),
            };
            assert_eq!(Symptom::of(&error(kind, 400)), refused, "{kind}");
            assert_eq!(Symptom::of(&error(kind, 0)), inside_a_stream, "{kind}");
        }
        for kind in [Kind::Connection, Kind::Timeout] {
            assert_eq!(Symptom::of(&error(kind, 0).not_sent()), Symptom::Down);
        }
        assert_eq!(Symptom::of(&error(Kind::Gateway, 307)), Symptom::Refusing);
        assert_eq!(Symptom::of(&error(Kind::Gateway, 502)), Symptom::Failing);
        assert_eq!(Symptom::of(&error(Kind::Gateway, 502)), Symptom::Failing);
    }
}
