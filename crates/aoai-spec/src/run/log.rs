//! What the crates below log while a run is under way, down to TRACE.

use std::fmt::{Debug, Write as _};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use tracing::dispatcher::{self, Dispatch};
use tracing::field::{Field, Visit};
use tracing::instrument::WithSubscriber as _;
use tracing::span::{Attributes, Id, Record};
use tracing::subscriber::NoSubscriber;
use tracing::{Event, Metadata, Subscriber};

use crate::redact::Artefacts;

/// Runs `future`, and keeps what is logged meanwhile among the artefacts, as it is: nothing that is
/// logged may be secret in the first place. Where the program has a subscriber, that is left alone.
pub(super) async fn kept<F: Future>(artefacts: &Arc<Artefacts>, future: F) -> F::Output {
    let is_free = dispatcher::get_default(Dispatch::is::<NoSubscriber>);
    if !is_free {
        return future.await;
    }
    let log = Log {
        artefacts: Arc::clone(artefacts),
        spans: AtomicU64::new(1),
    };
    future.with_subscriber(log).await
}

struct Log {
    artefacts: Arc<Artefacts>,
    spans: AtomicU64,
}

impl Log {
    fn line(&self, metadata: &Metadata<'_>, record: impl FnOnce(&mut Fields)) {
        let mut fields = Fields(format!("{} {}", metadata.level(), metadata.target()));
        record(&mut fields);
        fields.0.push('\n');
        self.artefacts.keep(NAME, &fields.0);
    }
}

impl Subscriber for Log {
    fn enabled(&self, _: &Metadata<'_>) -> bool {
        true
    }

    fn new_span(&self, span: &Attributes<'_>) -> Id {
        self.line(span.metadata(), |fields| span.record(fields));
        Id::from_u64(self.spans.fetch_add(1, Ordering::Relaxed))
    }

    fn record(&self, _: &Id, values: &Record<'_>) {
        let mut fields = Fields(String::new());
        values.record(&mut fields);
        fields.0.push('\n');
        self.artefacts.keep(NAME, &fields.0);
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

const NAME: &str = "log";
