use std::sync::Arc;
use std::time::Duration;

use aoai_auth::testing::ManualClock;
use aoai_auth::{
    ApiKey, Audience, Cached, Clock, CredentialProvider, ErrorKind, Issued, Result, Source,
};
use async_trait::async_trait;

use crate::support::{Scripted, api_key, failure, key, settle, text, token};

const SECOND: Duration = Duration::from_secs(1);
const HOUR: Duration = Duration::from_secs(3600);

fn cached(provider: &Scripted, clock: &ManualClock) -> Arc<Cached<Scripted>> {
    Arc::new(Cached::new(provider.clone()).with_clock(Arc::new(clock.clone())))
}

/// A token that lives an hour from the start of the clock, and then others.
fn hour_long(clock: &ManualClock, then: impl IntoIterator<Item = Result<Issued>>) -> Scripted {
    let first = token("fake-1", clock.now() + HOUR);
    Scripted::new([first].into_iter().chain(then))
}

async fn ask(provider: &impl CredentialProvider) -> Result<Issued> {
    provider.credential(&Audience::AI).await
}

#[tokio::test]
async fn a_credential_is_fetched_once_and_says_where_it_comes_from() {
    let provider = Scripted::new([key("fake-1"), key("fake-2")]);
    let cached = cached(&provider, &ManualClock::new());
    for source in [Source::Network, Source::Cache, Source::Cache] {
        let issued = ask(&cached).await;
        assert_eq!(text(&issued), "fake-1");
        assert_eq!(issued.unwrap().source, source);
    }
    assert_eq!(provider.asked(), 1);

    let local = Cached::new(ApiKey::new("fake-key"));
    for _ in 0..2 {
        assert_eq!(ask(&local).await.unwrap().source, Source::Local);
    }
}

#[tokio::test]
async fn a_thousand_callers_share_one_fetch() {
    let provider = Scripted::gated([key("fake-1"), key("fake-2")]);
    let cached = cached(&provider, &ManualClock::new());
    let callers: Vec<_> = (0..1000)
        .map(|_| {
            let cached = Arc::clone(&cached);
            tokio::spawn(async move { ask(&cached).await })
        })
        .collect();
    settle().await;
    provider.open();
    for caller in callers {
        assert_eq!(text(&caller.await.unwrap()), "fake-1");
    }
    assert_eq!(provider.asked(), 1);
}

#[tokio::test]
async fn callers_share_a_failure_and_the_next_one_tries_again() {
    let provider = Scripted::gated([failure(ErrorKind::Unavailable), key("fake-1")]);
    let cached = cached(&provider, &ManualClock::new());
    let callers: Vec<_> = (0..10)
        .map(|_| {
            let cached = Arc::clone(&cached);
            tokio::spawn(async move { ask(&cached).await })
        })
        .collect();
    settle().await;
    provider.open();
    for caller in callers {
        let error = caller.await.unwrap().unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Unavailable);
    }
    assert_eq!(provider.asked(), 1);
    provider.open();
    assert_eq!(text(&ask(&cached).await), "fake-1");
}

#[tokio::test]
async fn audiences_do_not_wait_for_each_other() {
    let provider = Scripted::gated([key("fake-1"), key("fake-2")]);
    let cached = cached(&provider, &ManualClock::new());
    let first = tokio::spawn({
        let cached = Arc::clone(&cached);
        async move { cached.credential(&Audience::AI).await }
    });
    settle().await;
    let second = tokio::spawn({
        let cached = Arc::clone(&cached);
        async move { cached.credential(&Audience::COGNITIVE_SERVICES).await }
    });
    settle().await;
    assert_eq!(
        provider.asked(),
        2,
        "the second fetch began before the first ended"
    );
    provider.open();
    provider.open();
    assert_eq!(text(&first.await.unwrap()), "fake-1");
    assert_eq!(text(&second.await.unwrap()), "fake-2");
    assert_eq!(text(&ask(&cached).await), "fake-1");
}

#[tokio::test]
async fn a_token_is_refreshed_in_the_background_before_it_expires() {
    let clock = ManualClock::new();
    let provider = Scripted::gated([
        token("fake-1", clock.now() + HOUR),
        token("fake-2", clock.now() + HOUR * 2),
    ]);
    provider.open();
    let cached = cached(&provider, &clock);
    assert_eq!(text(&ask(&cached).await), "fake-1");

    clock.advance(SECOND * (3600 - 241));
    assert_eq!(text(&ask(&cached).await), "fake-1");
    settle().await;
    assert_eq!(provider.asked(), 1, "too early for a refresh");

    clock.advance(SECOND);
    for _ in 0..10 {
        assert_eq!(text(&ask(&cached).await), "fake-1");
        settle().await;
    }
    assert_eq!(provider.asked(), 2, "one refresh, and nobody waits for it");

    provider.open();
    settle().await;
    assert_eq!(text(&ask(&cached).await), "fake-2");
}

#[tokio::test]
async fn a_failed_early_refresh_is_no_failure_and_the_next_try_waits() {
    let clock = ManualClock::new();
    let later = token("fake-2", clock.now() + HOUR * 3);
    let provider = hour_long(
        &clock,
        [
            failure(ErrorKind::Refused),
            failure(ErrorKind::Unavailable),
            later,
        ],
    );
    let cached = cached(&provider, &clock);
    ask(&cached).await.unwrap();
    clock.advance(SECOND * (3600 - 240));
    for (advance, asked) in [(0, 2), (29, 2), (1, 3), (29, 3), (1, 4)] {
        clock.advance(SECOND * advance);
        assert_eq!(text(&ask(&cached).await), "fake-1");
        settle().await;
        assert_eq!(provider.asked(), asked);
    }
    assert_eq!(text(&ask(&cached).await), "fake-2");
}

#[tokio::test]
async fn a_refresh_that_yields_the_same_token_waits_before_the_next_try() {
    let clock = ManualClock::new();
    let provider = hour_long(&clock, []);
    let cached = cached(&provider, &clock);
    ask(&cached).await.unwrap();
    clock.advance(SECOND * (3600 - 240));
    for (advance, asked) in [(0, 2), (0, 2), (29, 2), (1, 3)] {
        clock.advance(SECOND * advance);
        assert_eq!(text(&ask(&cached).await), "fake-1");
        settle().await;
        assert_eq!(provider.asked(), asked);
    }
}

#[tokio::test]
async fn a_key_that_is_new_or_lives_longer_has_a_schedule_of_its_own() {
    for (second, end, quiet) in [("fake-2", HOUR, 192), ("fake-1", HOUR * 2, 3600)] {
        let clock = ManualClock::new();
        let ending = |text, end| {
            let mut issued = key(text).unwrap();
            issued.expires_on = Some(clock.now() + end);
            Ok(issued)
        };
        let provider = Scripted::new([ending("fake-1", HOUR), ending(second, end), key("fake-3")]);
        let cached = cached(&provider, &clock);
        ask(&cached).await.unwrap();
        for (advance, asked) in [(3600 - 240, 2), (quiet - 1, 2), (1, 3)] {
            clock.advance(SECOND * advance);
            ask(&cached).await.unwrap();
            settle().await;
            assert_eq!(provider.asked(), asked, "{second}");
        }
    }
}

#[tokio::test]
async fn an_expired_token_is_never_handed_out() {
    let clock = ManualClock::new();
    let provider = hour_long(&clock, [failure(ErrorKind::Unavailable)]);
    let cached = cached(&provider, &clock);
    ask(&cached).await.unwrap();
    clock.advance(HOUR);
    assert_eq!(
        ask(&cached).await.unwrap_err().kind(),
        ErrorKind::Unavailable
    );
}

#[tokio::test]
async fn a_short_lived_token_is_kept_too() {
    let clock = ManualClock::new();
    let provider = Scripted::new([
        token("fake-1", clock.now() + SECOND * 100),
        token("fake-2", clock.now() + HOUR),
    ]);
    let cached = cached(&provider, &clock);
    ask(&cached).await.unwrap();
    clock.advance(SECOND * 79);
    ask(&cached).await.unwrap();
    settle().await;
    assert_eq!(provider.asked(), 1);
    clock.advance(SECOND);
    assert_eq!(text(&ask(&cached).await), "fake-1");
    settle().await;
    assert_eq!(text(&ask(&cached).await), "fake-2");
}

#[tokio::test]
async fn a_token_that_comes_expired_is_handed_to_those_who_wait_and_not_kept() {
    let clock = ManualClock::new();
    let provider = Scripted::new([
        token("fake-1", clock.now()),
        token("fake-2", clock.now() + HOUR),
    ]);
    let cached = cached(&provider, &clock);
    assert_eq!(text(&ask(&cached).await), "fake-1");
    assert_eq!(text(&ask(&cached).await), "fake-2");
}

#[tokio::test]
async fn a_key_is_refreshed_once_it_is_as_old_as_allowed() {
    let clock = ManualClock::new();
    let provider = Scripted::new([
        key("fake-1"),
        failure(ErrorKind::Unavailable),
        key("fake-2"),
    ]);
    let cached = Cached::new(provider.clone())
        .with_clock(Arc::new(clock.clone()))
        .refresh_after(SECOND * 80);
    for (advance, asked, expected) in [
        (0, 1, "fake-1"),
        (79, 1, "fake-1"),
        (1, 2, "fake-1"),
        (9, 2, "fake-1"),
        (1, 3, "fake-1"),
        (0, 3, "fake-2"),
    ] {
        clock.advance(SECOND * advance);
        assert_eq!(text(&ask(&cached).await), expected);
        settle().await;
        assert_eq!(provider.asked(), asked);
    }
}

#[tokio::test]
async fn the_providers_own_word_on_age_and_end_comes_first() {
    let clock = ManualClock::new();
    let mut aging = key("fake-1").unwrap();
    aging.refresh_after = Some(SECOND * 10);
    let mut ending = key("fake-2").unwrap();
    ending.expires_on = Some(clock.now() + SECOND * 30);
    let provider = Scripted::new([Ok(aging), Ok(ending), key("fake-3")]);
    let cached = Cached::new(provider.clone())
        .with_clock(Arc::new(clock.clone()))
        .refresh_after(HOUR);
    ask(&cached).await.unwrap();
    clock.advance(SECOND * 10);
    assert_eq!(text(&ask(&cached).await), "fake-1");
    settle().await;
    assert_eq!(text(&ask(&cached).await), "fake-2");
    clock.advance(SECOND * 20);
    assert_eq!(text(&ask(&cached).await), "fake-3");
}

#[tokio::test]
async fn a_refused_credential_is_dropped_and_a_newer_one_is_not() {
    let provider = Scripted::new([key("fake-1"), key("fake-2"), key("fake-3")]);
    let cached = cached(&provider, &ManualClock::new());
    ask(&cached).await.unwrap();
    for _ in 0..10 {
        cached.invalidate(&api_key("fake-1"));
        assert_eq!(text(&ask(&cached).await), "fake-2");
    }
    assert_eq!(provider.asked(), 2);
    assert_eq!(provider.invalidated(), vec![api_key("fake-1"); 10]);
}

#[tokio::test]
async fn a_thousand_callers_that_meet_a_rotation_cause_one_fetch() {
    let provider = Scripted::gated([key("fake-1"), key("fake-2"), key("fake-3")]);
    provider.open();
    let cached = cached(&provider, &ManualClock::new());
    ask(&cached).await.unwrap();
    let callers: Vec<_> = (0..1000)
        .map(|_| {
            let cached = Arc::clone(&cached);
            tokio::spawn(async move {
                cached.invalidate(&api_key("fake-1"));
                ask(&cached).await
            })
        })
        .collect();
    settle().await;
    provider.open();
    for caller in callers {
        assert_eq!(text(&caller.await.unwrap()), "fake-2");
    }
    assert_eq!(provider.asked(), 2);
}

#[tokio::test]
async fn a_fetch_that_read_the_credential_before_it_was_refused_asks_once_more() {
    let clock = ManualClock::new();
    let provider = Scripted::gated([
        token("fake-1", clock.now() + HOUR),
        token("fake-1", clock.now() + HOUR),
        token("fake-2", clock.now() + HOUR * 2),
    ]);
    provider.open();
    let cached = cached(&provider, &clock);
    let held = ask(&cached).await.unwrap();
    clock.advance(SECOND * (3600 - 100));
    ask(&cached).await.unwrap();
    settle().await;
    assert_eq!(provider.asked(), 2, "an early refresh is under way");

    cached.invalidate(&held.credential);
    cached.invalidate(&held.credential);
    let caller = tokio::spawn({
        let cached = Arc::clone(&cached);
        async move { ask(&cached).await }
    });
    settle().await;
    provider.open();
    provider.open();
    assert_eq!(text(&caller.await.unwrap()), "fake-2");
    assert_eq!(provider.asked(), 3);
    assert_eq!(text(&ask(&cached).await), "fake-2");
}

#[tokio::test]
async fn a_source_that_still_holds_the_refused_credential_is_asked_once_for_each_refusal() {
    let provider = Scripted::gated([key("fake-1")]);
    provider.open();
    let cached = cached(&provider, &ManualClock::new());
    ask(&cached).await.unwrap();
    cached.invalidate(&api_key("fake-1"));
    let caller = tokio::spawn({
        let cached = Arc::clone(&cached);
        async move { ask(&cached).await }
    });
    settle().await;
    // A late caller meets the refusal that the fetch under way already answers.
    cached.invalidate(&api_key("fake-1"));
    provider.open();
    assert_eq!(text(&caller.await.unwrap()), "fake-1");
    settle().await;
    assert_eq!(provider.asked(), 2);
}

#[tokio::test]
async fn a_credential_that_was_refused_again_while_it_came_again_is_not_kept() {
    let provider = Scripted::gated([key("fake-1")]);
    provider.open();
    let cached = cached(&provider, &ManualClock::new());
    ask(&cached).await.unwrap();
    cached.invalidate(&api_key("fake-1"));
    let caller = tokio::spawn({
        let cached = Arc::clone(&cached);
        async move { ask(&cached).await }
    });
    for asked in [2, 3] {
        settle().await;
        assert_eq!(provider.asked(), asked);
        // A refusal of another one comes between, so that this one is news.
        cached.invalidate(&api_key("fake-0"));
        cached.invalidate(&api_key("fake-1"));
        provider.open();
    }
    assert_eq!(text(&caller.await.unwrap()), "fake-1");
    provider.open();
    assert_eq!(text(&ask(&cached).await), "fake-1");
    assert_eq!(provider.asked(), 4);
}

#[tokio::test]
async fn a_caller_who_gives_up_does_not_stop_the_fetch() {
    let provider = Scripted::gated([key("fake-1"), key("fake-2")]);
    let cached = cached(&provider, &ManualClock::new());
    let caller = tokio::spawn({
        let cached = Arc::clone(&cached);
        async move { ask(&cached).await }
    });
    settle().await;
    caller.abort();
    assert!(caller.await.unwrap_err().is_cancelled());
    provider.open();
    settle().await;
    assert_eq!(text(&ask(&cached).await), "fake-1");
    assert_eq!(provider.asked(), 1);
}

#[tokio::test]
async fn a_fetch_that_hangs_is_given_up_and_begun_again() {
    let clock = ManualClock::new();
    let provider = Scripted::gated([key("fake-1"), key("fake-2")]);
    let cached = cached(&provider, &clock);
    let callers: Vec<_> = (0..2)
        .map(|_| {
            let cached = Arc::clone(&cached);
            tokio::spawn(async move { ask(&cached).await })
        })
        .collect();
    settle().await;
    clock.advance(SECOND * 299);
    settle().await;
    assert!(callers.iter().all(|caller| !caller.is_finished()));
    clock.advance(SECOND);
    for caller in callers {
        let error = caller.await.unwrap().unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Unavailable);
        assert_eq!(
            error.to_string(),
            "the provider had no credential after 300s"
        );
    }
    provider.open();
    assert_eq!(text(&ask(&cached).await), "fake-2");
    assert_eq!(provider.asked(), 2);
}

#[tokio::test]
async fn an_early_refresh_that_hangs_is_no_failure_and_is_tried_again() {
    let clock = ManualClock::new();
    let first = token("fake-1", clock.now() + HOUR);
    let provider = Scripted::gated([first, key("fake-2"), key("fake-3")]);
    let cached = Cached::new(provider.clone())
        .with_clock(Arc::new(clock.clone()))
        .timeout(SECOND * 9);
    provider.open();
    assert_eq!(text(&ask(&cached).await), "fake-1");
    clock.advance(SECOND * (3600 - 240));
    for passes in [0, 9] {
        clock.advance(SECOND * passes);
        settle().await;
        assert_eq!(text(&ask(&cached).await), "fake-1");
        settle().await;
        assert_eq!(provider.asked(), 2);
    }
    provider.open();
    clock.advance(SECOND * 30);
    assert_eq!(text(&ask(&cached).await), "fake-1");
    settle().await;
    assert_eq!(text(&ask(&cached).await), "fake-3");
}

#[test]
fn a_fetch_that_dies_with_its_runtime_is_begun_again() {
    let provider = Scripted::gated([key("fake-1"), key("fake-2")]);
    let cached = cached(&provider, &ManualClock::new());
    let first = tokio::runtime::Builder::new_current_thread()
        .build()
        .unwrap();
    first.block_on(async {
        let cached = Arc::clone(&cached);
        drop(tokio::spawn(async move { ask(&cached).await }));
        settle().await;
    });
    drop(first);
    provider.open();
    let second = tokio::runtime::Builder::new_current_thread()
        .build()
        .unwrap();
    assert_eq!(text(&second.block_on(ask(&cached))), "fake-2");
}

#[test]
fn outside_a_runtime_the_caller_runs_the_fetch() {
    let clock = ManualClock::new();
    let provider = hour_long(&clock, [token("fake-2", clock.now() + HOUR * 2)]);
    let cached = cached(&provider, &clock);
    let ask = || {
        let mut asking = poll_once(ask(&cached));
        asking.take().expect("nothing to wait for")
    };
    assert_eq!(text(&ask()), "fake-1");
    clock.advance(SECOND * 3599);
    assert_eq!(text(&ask()), "fake-1");
    assert_eq!(text(&ask()), "fake-2");
}

/// Polls a future once, without a runtime.
fn poll_once<T>(future: impl Future<Output = T>) -> Option<T> {
    let mut context = std::task::Context::from_waker(std::task::Waker::noop());
    match std::pin::pin!(future).poll(&mut context) {
        std::task::Poll::Ready(value) => Some(value),
        std::task::Poll::Pending => None,
    }
}

#[tokio::test]
async fn a_provider_that_panics_is_an_error_for_all_who_wait() {
    #[derive(Debug)]
    struct Panics;

    #[async_trait]
    impl CredentialProvider for Panics {
        async fn credential(&self, _audience: &Audience) -> Result<Issued> {
            panic!("on purpose");
        }
    }

    let error = ask(&Cached::new(Panics)).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Misconfigured);
    assert_eq!(error.to_string(), "the credential provider panicked");
}

#[tokio::test]
async fn an_early_refresh_that_panics_is_no_failure_and_the_next_try_waits() {
    /// Panics from the second fetch on.
    #[derive(Debug)]
    struct Panics(Scripted);

    #[async_trait]
    impl CredentialProvider for Panics {
        async fn credential(&self, audience: &Audience) -> Result<Issued> {
            let issued = self.0.credential(audience).await;
            assert_eq!(self.0.asked(), 1, "on purpose");
            issued
        }
    }

    let clock = ManualClock::new();
    let provider = hour_long(&clock, []);
    let cached = Cached::new(Panics(provider.clone())).with_clock(Arc::new(clock.clone()));
    ask(&cached).await.unwrap();
    clock.advance(SECOND * (3600 - 240));
    for (advance, asked) in [(0, 2), (29, 2), (1, 3)] {
        clock.advance(SECOND * advance);
        assert_eq!(text(&ask(&cached).await), "fake-1");
        settle().await;
        assert_eq!(provider.asked(), asked);
    }
}

#[tokio::test]
async fn debug_shows_the_provider_and_no_secret() {
    let cached = Cached::new(ApiKey::new("fake-canary"));
    ask(&cached).await.unwrap();
    let shown = format!("{cached:?}");
    assert!(shown.contains("ApiKey"), "{shown}");
    assert!(!shown.contains("canary"), "{shown}");
}
