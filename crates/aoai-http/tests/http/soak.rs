//! A short soak; `examples/soak.rs` is the long one.

use std::time::Duration;

use crate::server::in_time;

use self::support::{Plan, Soak};

#[path = "../../examples/support/soak.rs"]
mod support;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn many_streams_at_once_end_as_they_must_and_leave_nothing() {
    let plan = Plan {
        streams: 60,
        fault_every: 4,
        idle: Duration::from_secs(3),
    };
    let soak = Soak::start(plan).await.unwrap();
    in_time(soak.run(|call| call < 240)).await;
    let tally = soak.tally();
    assert_eq!(tally.calls(), 240, "{tally}");
    assert_eq!(tally.kinds(), 12, "{tally}");
    assert_eq!(soak.unexplained(), [""; 0], "{tally}");

    drop(soak);
    let tasks = tokio::runtime::Handle::current().metrics();
    in_time(async {
        while tasks.num_alive_tasks() > 0 {
            tokio::task::yield_now().await;
        }
    })
    .await;
}
