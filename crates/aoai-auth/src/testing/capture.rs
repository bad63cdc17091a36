//! What is logged, kept for a look.

use std::fmt::{Debug, Write as _};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, LazyLock, Mutex, MutexGuard, PoisonError};

use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id, Record};
use tracing::subscriber::DefaultGuard;
use tracing::{Dispatch, Event, Metadata, Subscriber};

/// Keeps the text of all that is logged on this thread, down to TRACE, until it is dropped.
///
/// In a runtime with one thread that includes what tasks log.
///
/// ```
/// use aoai_auth::testing::Capture;
///
/// let capture = Capture::start();
/// tracing::info!(answer = 42, "computed");
/// assert!(capture.text().contains("answer=42"));
/// ```
#[derive(Debug)]
pub struct Capture {
    log: Log,
    _guard: DefaultGuard,
}

impl Capture {
    /// Begins to keep. From then on nothing is skipped, on any thread, because another thread had
    /// nobody to listen when it came by first.
    pub fn start() -> Self {
        LazyLock::force(&LISTENERS);
        let log = Log::default();
        let guard = tracing::subscriber::set_default(log.clone());
        Self { log, _guard: guard }
    }

    /// What was logged so far, a line for each event and each span.
    pub fn text(&self) -> String {
        self.log.text().clone()
    }
}

/// Two that are there for ever and hear nothing. With fewer, tracing asks only the thread that first
/// comes by a place whether anybody listens there, and remembers its no for all threads.
static LISTENERS: LazyLock<[Dispatch; 2]> =
    LazyLock::new(|| [(); 2].map(|()| Dispatch::new(Log::default())));

#[derive(Clone, Debug, Default)]
struct Log(Arc<Inner>);

#[derive(Debug, Default)]
struct Inner {
    text: Mutex<String>,
    spans: AtomicU64,
}

impl Log {
    fn line(&self, metadata: &Metadata<'_>, record: impl FnOnce(&mut Fields)) {
        let mut fields = Fields(format!("{} {}", metadata.level(), metadata.target()));
        record(&mut fields);
        let mut text = self.text();
        text.push_str(&fields.0);
        text.push('\n');
    }

    fn text(&self) -> MutexGuard<'_, String> {
        self.0.text.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Subscriber for Log {
    fn enabled(&self, _: &Metadata<'_>) -> bool {
        true
    }

    fn new_span(&self, span: &Attributes<'_>) -> Id {
        self.line(span.metadata(), |fields| span.record(fields));
        Id::from_u64(self.0.spans.fetch_add(1, Ordering::Relaxed) + 1)
    }

    fn record(&self, _: &Id, values: &Record<'_>) {
        let mut fields = Fields(String::new());
        values.record(&mut fields);
        self.text().push_str(&fields.0);
    }

    fn record_follows_from(&self, _: &Id, _: &Id) {}

    fn event(&self, event: &Event<'_>) {
        self.line(event.metadata(), |fields| event.record(fields));
    }

    fn enter(&self, _: &Id) {}

    fn exit(&self, _: &Id) {}
}

struct Fields(String);

impl Visit for Fields {
    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        // Writing to a string does not fail.
        let _ = write!(self.0, " {field}={value:?}");
    }
}
