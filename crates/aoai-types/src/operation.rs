//! An operation is its request type.
//!
//! [`Operation`] ties a request to its [`Endpoint`] and to its response; [`Streaming`] adds the
//! events of the same request sent with `stream: true`. What a transport must know of an operation
//! it learns here, so that a new operation needs no change there.

use bytes::Bytes;
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::endpoint::Endpoint;
use crate::error::ApiError;
use crate::outcome::{Outcome, TokenUsage};

pub use self::body::{Body, FilePart, OpenFile, Part, PartBody};
pub use self::encode::{Encode, Mode, Parts, Wire};
pub use self::fault::{DecodeError, EncodeError};
pub use self::long_running::{LongRunning, Pace, Progress};
pub use self::memory::StreamMemory;
pub use self::payload::{Binary, Empty, Payload, Text};

mod body;
mod encode;
mod fault;
mod long_running;
mod memory;
mod payload;

/// Members of a request body that its type does not know.
///
/// ```
/// use aoai_types::embeddings::CreateEmbedding;
/// use aoai_types::operation::{Body, Encode, Operation};
/// use aoai_types::Surface;
///
/// let mut request = CreateEmbedding::new("contoso-vectors", "The sea.");
/// request.extra.insert("pooling".to_owned(), "mean".into());
/// let wire = request.to_wire(&Encode::new(Surface::V1))?;
/// let Body::Json(body) = wire.body else { panic!("not JSON") };
/// assert!(body.ends_with(br#","pooling":"mean"}"#));
/// # Ok::<(), aoai_types::operation::EncodeError>(())
/// ```
pub type Extra = serde_json::Map<String, serde_json::Value>;

/// Takes a member out and leaves the others in their order, also where a program has maps keep that
/// of the text: their own `remove` then puts the last in its place.
pub(crate) fn take_out(members: &mut Extra, name: &str) -> Option<serde_json::Value> {
    let mut taken = None;
    if members.contains_key(name) {
        members.retain(|of, value| {
            let stays = of != name;
            if !stays {
                taken = Some(value.take());
            }
            stays
        });
    }
    taken
}

/// A request of the Azure OpenAI API.
///
/// The type's own JSON is the request's body on the v1 surface, parameters of path and query
/// included as members of their names; [`encode`](Self::encode) sorts them into their places.
///
/// ```
/// use aoai_types::operation::{Body, Encode, Operation};
/// use aoai_types::Surface;
/// use aoai_types::completions::CreateCompletion;
///
/// let mut request = CreateCompletion::new("instruct", "Say hello.");
/// request.max_tokens = Some(5);
///
/// let dated = request.to_wire(&Encode::new("2024-10-21".parse()?))?;
/// assert_eq!(
///     dated.target,
///     "/openai/deployments/instruct/completions?api-version=2024-10-21"
/// );
/// let v1 = request.to_wire(&Encode::new(Surface::V1).streaming())?;
/// assert_eq!(v1.target, "/openai/v1/completions");
/// let Body::Json(body) = v1.body else { unreachable!() };
/// let body: serde_json::Value = serde_json::from_slice(&body)?;
/// assert_eq!(body["model"], "instruct");
/// assert_eq!(body["stream"], true);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub trait Operation: Serialize + DeserializeOwned + Send + Sync + 'static {
    /// Method, path, and who serves it.
    const ENDPOINT: &'static Endpoint;

    /// What the service answers with a 2xx status.
    type Response: Payload;

    /// The deployment that the request is for, where it is for one.
    fn deployment(&self) -> Option<&str> {
        None
    }

    /// The values of the path's parameters, in order.
    fn path_args(&self) -> Vec<&str> {
        Vec::new()
    }

    /// Whether doing this request twice leaves the service as doing it once would, which may be less
    /// than the operation promises.
    fn safe_to_repeat(&self) -> bool {
        Self::ENDPOINT.safe_to_repeat
    }

    /// Members of the body that the type does not know.
    fn extra(&self) -> Option<&Extra> {
        None
    }

    /// Everything that goes on the wire besides method and path.
    ///
    /// # Errors
    ///
    /// The request has no JSON form, or a header's value is not one.
    fn encode(&self, cx: &Encode<'_>) -> Result<Parts, EncodeError> {
        if Self::ENDPOINT.has_body {
            Parts::json(self, cx)
        } else {
            Parts::query(self)
        }
    }

    /// The answer's text, finish reason, tool calls, usage and filter results, where it has such.
    fn outcome(response: &Self::Response) -> Outcome<'_> {
        let _ = response;
        Outcome::default()
    }

    /// The tokens that the answer says it cost.
    fn usage(response: &Self::Response) -> Option<TokenUsage> {
        let _ = response;
        None
    }

    /// The member that every answer has, where this one seems to lack it, and its type takes what
    /// lacks it for other reasons.
    fn lacks(response: &Self::Response) -> Option<&'static str> {
        let _ = response;
        None
    }

    /// Reads the body of an answer.
    ///
    /// ```
    /// use aoai_types::Operation;
    /// use aoai_types::completions::CreateCompletion;
    ///
    /// assert!(CreateCompletion::answer(&r#"{"choices": []}"#.into()).is_ok());
    /// let error = CreateCompletion::answer(&r#"{"hello": 1}"#.into()).unwrap_err();
    /// assert_eq!(error.to_string(), "missing field `choices`");
    /// ```
    ///
    /// # Errors
    ///
    /// The body is not of the form of an answer, or [lacks](Self::lacks) what every answer has.
    fn answer(body: &Bytes) -> Result<Self::Response, DecodeError> {
        let answer = Self::Response::decode(body)?;
        match Self::lacks(&answer) {
            Some(member) => DecodeError::unless_there(member, body).map(|()| answer),
            None => Ok(answer),
        }
    }

    /// Method, path and body for one surface, ready to be sent.
    ///
    /// # Errors
    ///
    /// The target cannot be written ([`Endpoint::target`]) or the body cannot
    /// ([`encode`](Self::encode)), or the deployment's name is empty.
    fn to_wire(&self, cx: &Encode<'_>) -> Result<Wire, EncodeError> {
        let deployment = cx.deployment.or_else(|| self.deployment());
        if deployment == Some("") {
            return Err(EncodeError::nameless(Self::ENDPOINT.id));
        }
        let parts = self.encode(cx)?;
        let target =
            Self::ENDPOINT.target(cx.surface, deployment, &self.path_args(), &parts.query)?;
        Ok(Wire {
            target,
            headers: parts.headers,
            body: parts.body,
        })
    }
}

/// An operation that can answer as a stream of server-sent events.
///
/// ```
/// use aoai_types::completions::CreateCompletion;
/// use aoai_types::operation::DecodeError;
/// use aoai_types::{Accumulator, StreamEvent, Streaming};
///
/// /// The answer that a recorded stream makes up.
/// fn whole<O: Streaming>(events: &[&str]) -> Result<O::Response, DecodeError> {
///     let mut answer = O::Accumulator::default();
///     for data in events {
///         answer.push(<O::Event as StreamEvent>::decode(data)?);
///     }
///     Ok(answer.finish())
/// }
///
/// let answer = whole::<CreateCompletion>(&[r#"{"choices": [{"index": 0, "text": "Hello."}]}"#])?;
/// assert_eq!(answer.text(), Some("Hello."));
/// # Ok::<(), DecodeError>(())
/// ```
pub trait Streaming: Operation {
    /// One event of the stream.
    type Event: StreamEvent;
    /// Rebuilds the whole answer from the events.
    type Accumulator: Accumulator<Event = Self::Event, Output = Self::Response> + Default;
}

/// What a transport must know of an event.
///
/// ```
/// use aoai_types::chat::ChatCompletionChunk;
/// use aoai_types::StreamEvent;
///
/// let head = r#"{"choices": [{"index": 0, "delta": {"role": "assistant", "content": ""}}]}"#;
/// let text = r#"{"choices": [{"index": 0, "delta": {"content": "Hello."}}]}"#;
/// let busy = r#"{"error": {"message": "The server is busy.", "code": null}}"#;
/// assert!(!ChatCompletionChunk::decode(head)?.is_output());
/// assert!(ChatCompletionChunk::decode(text)?.is_output());
/// assert_eq!(ChatCompletionChunk::decode(busy)?.error().unwrap().message, "The server is busy.");
/// # Ok::<(), aoai_types::operation::DecodeError>(())
/// ```
pub trait StreamEvent: Serialize + DeserializeOwned + Send + 'static {
    /// Whether the text `[DONE]` ends a whole answer, as it does for chat and completions, whose
    /// events have no names: one that has a name and cannot be read is none of the answer's. Unless
    /// set it is `false`: the answer ends at an event ([`end`](Self::end)), and `[DONE]` before that
    /// is no end.
    const ENDS_AT_DONE: bool = false;

    /// Reads the data of one server-sent event.
    ///
    /// # Errors
    ///
    /// The data is not JSON of this event's shape.
    fn decode(data: &str) -> Result<Self, DecodeError> {
        DecodeError::read(data)
    }

    /// Reads the data of a stream's next event, remembering what the events have in common.
    ///
    /// The event is the one that [`decode`](Self::decode) yields, for less work.
    ///
    /// # Errors
    ///
    /// As [`decode`](Self::decode).
    fn decode_next(data: &str, memory: &mut StreamMemory) -> Result<Self, DecodeError> {
        let _ = memory;
        <Self as StreamEvent>::decode(data)
    }

    /// Whether the caller has received a piece of the answer with it; after that nothing may be
    /// sent again.
    fn is_output(&self) -> bool;

    /// Whether the stream's answer ends here. Chat and completions
    /// [end at `[DONE]`](Self::ENDS_AT_DONE) instead.
    fn end(&self) -> Option<StreamEnd> {
        None
    }

    /// The error that the service sent in place of an event.
    fn error(&self) -> Option<&ApiError> {
        None
    }

    /// The tokens that the answer has cost, where the event tells.
    fn usage(&self) -> Option<TokenUsage> {
        None
    }

    /// The id by which later requests name what the stream makes, where the service keeps it.
    fn resource_id(&self) -> Option<&str> {
        None
    }
}

/// How a stream's answer ended, as told by an event.
///
/// ```
/// use aoai_types::StreamEvent;
/// use aoai_types::operation::StreamEnd;
/// use aoai_types::responses::event::ResponseEvent;
///
/// let data = r#"{"type": "response.failed", "response": {"status": "failed"}}"#;
/// let event = <ResponseEvent as StreamEvent>::decode(data)?;
/// assert_eq!(event.end(), Some(StreamEnd::Failed));
/// # Ok::<(), aoai_types::operation::DecodeError>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(clippy::exhaustive_enums, reason = "an answer is whole or it is not")]
pub enum StreamEnd {
    /// The answer is whole (a length or filter stop included).
    Complete,
    /// The service gave up; an error event with the reason may follow.
    Failed,
}

/// Rebuilds an answer from the events of its stream.
///
/// ```
/// use aoai_types::chat::{ChatAccumulator, ChatCompletionChunk};
/// use aoai_types::{Accumulator, StreamEvent};
///
/// let mut answer = ChatAccumulator::default();
/// for data in [
///     r#"{"choices": [{"index": 0, "delta": {"role": "assistant", "content": "Hel"}}]}"#,
///     r#"{"choices": [{"index": 0, "delta": {"content": "lo"}, "finish_reason": "stop"}]}"#,
/// ] {
///     answer.push(ChatCompletionChunk::decode(data)?);
/// }
/// assert_eq!(answer.finish().text(), Some("Hello"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub trait Accumulator: Send {
    /// The events.
    type Event;
    /// The answer.
    type Output;

    /// Takes the next event in.
    fn push(&mut self, event: Self::Event);

    /// The answer as far as it has come.
    fn finish(self) -> Self::Output;
}

/// An operation that answers page by page.
///
/// ```
/// use aoai_types::Paged;
/// use aoai_types::files::{File, ListFiles};
/// use aoai_types::list::Page;
///
/// let page: Page<File> = serde_json::from_str(
///     r#"{"object": "list", "has_more": true, "data": [{"id": "file-1", "object": "file"}]}"#,
/// )?;
/// let next = ListFiles::new().next(&page);
/// assert_eq!(next.and_then(|next| next.after).as_deref(), Some("file-1"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub trait Paged: Operation + Clone {
    /// One entry of a page.
    type Item: Send + 'static;

    /// The request for the page after `page`; `None` after the last one.
    fn next(&self, page: &Self::Response) -> Option<Self>;

    /// The entries of a page.
    fn items(page: Self::Response) -> Vec<Self::Item>;
}

/// Does something with an operation that is known by name only.
///
/// [`visit`](crate::visit) calls the one method that fits.
///
/// ```
/// use aoai_types::{Operation, Streaming, Visitor, visit};
///
/// /// Whether a text is a request of the operation.
/// struct Check<'a>(&'a str);
///
/// impl Visitor for Check<'_> {
///     type Out = serde_json::Result<()>;
///
///     fn unary<O: Operation>(self) -> Self::Out {
///         serde_json::from_str::<O>(self.0).map(drop)
///     }
///
///     fn streaming<O: Streaming>(self) -> Self::Out {
///         self.unary::<O>()
///     }
/// }
///
/// assert!(visit("embeddings", Check(r#"{"model": "m", "input": "a"}"#)).unwrap().is_ok());
/// assert!(visit("embeddings", Check(r#"{"model": "m", "input": 7}"#)).unwrap().is_err());
/// assert!(visit("telepathy", Check("{}")).is_none());
/// ```
pub trait Visitor {
    /// What comes out.
    type Out;

    /// The operation answers whole only.
    fn unary<O: Operation>(self) -> Self::Out;

    /// The operation can also answer as events.
    fn streaming<O: Streaming>(self) -> Self::Out;
}

/// The one list of operations: makes `ENDPOINTS` and `visit` of it.
macro_rules! operations {
    ($($kind:ident $operation:ty;)*) => {
        /// Every operation that this crate knows.
        pub const ENDPOINTS: &[&$crate::Endpoint] =
            &[$(<$operation as $crate::Operation>::ENDPOINT),*];

        /// Calls `visitor` with the operation of this id; `None` where there is none.
        pub fn visit<V: $crate::Visitor>(id: &str, visitor: V) -> Option<V::Out> {
            $(
                if id == <$operation as $crate::Operation>::ENDPOINT.id {
                    return Some(visitor.$kind::<$operation>());
                }
            )*
            None
        }
    };
}
pub(crate) use operations;
