//! Waiting for work that the service does in its own time.

use std::time::Duration;

use aoai_auth::Clock as _;
use aoai_auth::testing::ManualClock;
use aoai_http::{ErrorKind, Wait};
use aoai_types::Operation;
use aoai_types::batches::GetBatch;
use aoai_types::files::GetFile;
use aoai_types::fine_tuning::jobs::GetFineTuningJob;
use aoai_types::operation::{LongRunning, Pace, Progress};
use aoai_types::responses::GetResponse;

use crate::server::{Act, Server, in_time};

fn status(status: &str) -> Act {
    Act::json(
        200,
        "",
        &format!("{{\"id\":\"x\",\"status\":\"{status}\"}}"),
    )
}

fn seconds(slept: &[Duration]) -> Vec<f64> {
    slept.iter().map(Duration::as_secs_f64).collect()
}

/// Waits while the service says `pending` so often, then `end`, and returns the waits in seconds.
async fn waits<O: Operation + Clone>(
    question: &O,
    pending: &[&str],
    end: &str,
    progress: Progress,
) -> Vec<f64>
where
    O::Response: LongRunning,
{
    let mut acts: Vec<Act> = pending.iter().map(|&word| status(word)).collect();
    acts.push(status(end));
    let server = Server::start(acts).await;
    let (builder, clock) = server.builder();
    let client = builder.build().unwrap();
    let mut told = 0;
    let wait = client.wait(question.clone()).on_progress(|_| told += 1);
    let over = in_time(wait.into_future()).await.unwrap();
    assert_eq!(over.progress(), progress);
    assert_eq!(told, pending.len() + 1);
    assert_eq!(server.requests().len(), pending.len() + 1);
    seconds(&clock.slept())
}

#[tokio::test]
async fn each_kind_of_work_is_asked_about_at_its_own_pace() {
    use Progress::{Failed, Succeeded};
    let file = GetFile::new("file-1");
    let pending = ["uploaded", "pending", "running", "odd"];
    assert_eq!(
        waits(&file, &pending, "processed", Succeeded).await,
        [1.0, 2.0, 4.0, 8.0]
    );
    assert_eq!(waits(&file, &[], "error", Failed).await, [0.0; 0]);

    let batch = GetBatch::new("batch_1");
    let pending = ["Validating", "in_progress", "finalizing"];
    assert_eq!(
        waits(&batch, &pending, "completed", Succeeded).await,
        [60.0; 3]
    );
    for end in ["failed", "expired", "cancelled", "canceled", "Cancelled"] {
        assert_eq!(
            waits(&batch, &["cancelling"], end, Failed).await,
            [60.0],
            "{end}"
        );
    }

    let job = GetFineTuningJob::new("ftjob-1");
    let pending = ["validating_files", "queued", "running", "paused", "running"];
    assert_eq!(
        waits(&job, &pending, "succeeded", Succeeded).await,
        [10.0, 20.0, 40.0, 60.0, 60.0]
    );

    let answer = GetResponse::new("resp_1");
    let pending = [
        "queued",
        "in_progress",
        "in_progress",
        "in_progress",
        "in_progress",
    ];
    assert_eq!(
        waits(&answer, &pending, "completed", Succeeded).await,
        [1.0, 2.0, 4.0, 8.0, 15.0]
    );
    assert_eq!(
        waits(&answer, &["queued"], "incomplete", Succeeded).await,
        [1.0]
    );
    assert_eq!(waits(&answer, &["queued"], "failed", Failed).await, [1.0]);
}

#[tokio::test]
async fn the_service_or_the_caller_may_set_another_pace() {
    let told = |headers: &str| Act::json(200, headers, "{\"id\":\"x\",\"status\":\"running\"}");
    let server = Server::start(vec![
        told("openai-poll-after-ms: 700\r\n"),
        told("retry-after: 5\r\n"),
        told("openai-poll-after-ms: 0\r\n"),
        told("openai-poll-after-ms: soon\r\n"),
        // No wait is longer than a retry's may be.
        told("openai-poll-after-ms: 999000\r\n"),
        status("processed"),
    ])
    .await;
    let (builder, clock) = server.builder();
    let client = builder.build().unwrap();
    let pace = Pace::every(Duration::from_secs(3));
    let wait = client.wait(GetFile::new("file-1")).pace(pace);
    in_time(wait.into_future()).await.unwrap();
    assert_eq!(seconds(&clock.slept()), [0.7, 5.0, 3.0, 3.0, 120.0]);
}

#[tokio::test]
async fn a_question_that_fails_in_passing_does_not_end_the_wait() {
    let busy = || {
        Act::json(
            503,
            "retry-after: 90\r\n",
            "{\"error\":{\"message\":\"busy\"}}",
        )
    };
    let server = Server::start(vec![
        status("running"),
        busy(),
        busy(),
        status("running"),
        status("processed"),
    ])
    .await;
    let (builder, clock) = server.builder();
    let client = builder.max_retries(0).build().unwrap();
    in_time(client.wait(GetFile::new("file-1")).into_future())
        .await
        .unwrap();
    assert_eq!(seconds(&clock.slept()), [1.0, 90.0, 90.0, 2.0]);

    // Where nobody says how long, it is asked at the pace of answers.
    let broken = || Act::json(500, "", "{}");
    let server = Server::start(vec![
        status("running"),
        broken(),
        broken(),
        status("running"),
        status("processed"),
    ])
    .await;
    let (builder, clock) = server.builder();
    let client = builder.max_retries(0).build().unwrap();
    in_time(client.wait(GetFile::new("file-1")).into_future())
        .await
        .unwrap();
    assert_eq!(seconds(&clock.slept()), [1.0, 2.0, 4.0, 2.0]);

    // Five in a row do, and what cannot pass does at once.
    let server = Server::start(vec![status("running"), busy()]).await;
    let client = server.builder().0.max_retries(0).build().unwrap();
    let error = in_time(client.wait(GetFile::new("file-1")).into_future())
        .await
        .unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Capacity);
    assert_eq!(server.requests().len(), 6);
    let server = Server::start(vec![status("running"), Act::json(404, "", "{}")]).await;
    let wait = server.client().wait(GetFile::new("file-1"));
    let error = in_time(wait.into_future()).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::NotFound);
    assert_eq!(server.requests().len(), 2);
}

#[tokio::test]
async fn a_wait_may_have_an_end() {
    let server = Server::start(vec![status("in_progress")]).await;
    let (builder, clock) = server.builder();
    let client = builder.build().unwrap();
    let limit = Duration::from_secs(90);
    let wait = client.wait(GetBatch::new("batch_1")).at_most(limit);
    let error = in_time(wait.into_future()).await.unwrap_err();
    // Asked at once, after a minute, and at the end.
    assert_eq!(server.requests().len(), 3);
    assert_eq!(clock.elapsed(), limit);
    assert_eq!(error.kind(), ErrorKind::Timeout);
    assert_eq!(
        error.to_string(),
        "batches.get: the work was not over within 90s; it goes on, and can be waited for again"
    );
    assert_eq!(
        error.body().unwrap(),
        r#"{"id":"x","status":"in_progress"}"#
    );
    assert!(error.is_retryable());
}

#[tokio::test]
async fn dropping_a_wait_ends_it() {
    let server = Server::start(vec![status("running")]).await;
    let clock = ManualClock::new();
    let (builder, _) = server.builder();
    let client = builder
        .clock(std::sync::Arc::new(clock.clone()))
        .build()
        .unwrap();
    let wait: Wait<'_, GetFile> = client.wait(GetFile::new("file-1"));
    let waiting = wait.into_future();
    // Up to its first sleep; then it is dropped.
    in_time(futures_util::future::select(
        waiting,
        Box::pin(async {
            while clock.slept().is_empty() {
                tokio::task::yield_now().await;
            }
        }),
    ))
    .await;
    clock.advance(Duration::from_secs(3_600));
    tokio::task::yield_now().await;
    assert_eq!(server.requests().len(), 1);
}

#[tokio::test]
async fn no_failure_makes_a_wait_longer_than_a_retry_may() {
    let tomorrow = || {
        Act::json(
            503,
            "retry-after: 86400\r\n",
            "{\"error\":{\"message\":\"busy\"}}",
        )
    };
    let server = Server::start(vec![status("running"), tomorrow(), status("processed")]).await;
    let (builder, clock) = server.builder();
    let client = builder.build().unwrap();
    in_time(client.wait(GetFile::new("file-1")).into_future())
        .await
        .unwrap();
    assert_eq!(seconds(&clock.slept()), [1.0, 120.0]);
}
