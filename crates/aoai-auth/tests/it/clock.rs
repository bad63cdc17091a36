use std::sync::Arc;
use std::time::Duration;

use aoai_auth::testing::ManualClock;
use aoai_auth::{Clock, SystemClock};
use tokio::sync::mpsc;

const SECOND: Duration = Duration::from_secs(1);

#[tokio::test]
async fn sleeps_end_in_the_order_of_their_ends_and_not_before() {
    let clock = ManualClock::new();
    let (sender, mut woken) = mpsc::unbounded_channel();
    for seconds in [3, 1, 2] {
        let (clock, sender) = (clock.clone(), sender.clone());
        tokio::spawn(async move {
            clock.sleep(SECOND * seconds).await;
            sender.send(seconds).unwrap();
        });
    }
    clock.sleeping(3).await;
    for expected in [1, 2, 3] {
        assert!(woken.try_recv().is_err());
        clock.advance(SECOND);
        assert_eq!(woken.recv().await, Some(expected));
    }
    assert_eq!(clock.elapsed(), SECOND * 3);
    assert_eq!(clock.now(), ManualClock::new().now() + SECOND * 3);
    assert_eq!(clock.slept(), [SECOND * 3, SECOND, SECOND * 2]);
}

#[tokio::test]
async fn a_sleep_that_is_given_up_no_longer_counts() {
    let clock = ManualClock::new();
    let sleeper = tokio::spawn({
        let clock = clock.clone();
        async move { clock.sleep(SECOND).await }
    });
    clock.sleeping(1).await;
    sleeper.abort();
    assert!(sleeper.await.unwrap_err().is_cancelled());
    let mut waiting = std::pin::pin!(clock.sleeping(1));
    let polled = std::future::poll_fn(|cx| std::task::Poll::Ready(waiting.as_mut().poll(cx))).await;
    assert!(polled.is_pending());
}

#[tokio::test(start_paused = true)]
async fn the_system_clock_sleeps_in_tokios_time() {
    let before = tokio::time::Instant::now();
    SystemClock::new().sleep(SECOND * 3600).await;
    assert!(before.elapsed() >= SECOND * 3600);
}

#[tokio::test]
async fn for_ever_is_a_wait_like_any_other() {
    let clock = ManualClock::new();
    clock.advance(SECOND);
    let expiring = tokio::spawn(Clock::expire(Arc::new(clock.clone()), Duration::MAX));
    let asleep = tokio::spawn({
        let clock = clock.clone();
        async move { clock.sleep(Duration::MAX).await }
    });
    clock.sleeping(2).await;
    clock.advance(Duration::MAX);
    expiring.await.unwrap();
    asleep.await.unwrap();
}
