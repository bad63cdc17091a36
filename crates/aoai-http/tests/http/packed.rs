//! Answers that came packed.

use aoai_http::ErrorKind;
use aoai_types::chat::{CreateChatCompletion, Message};
use aoai_types::models::ListModels;

use crate::server::{Act, Server, Then, in_time};

/// An answer of four bytes that look packed.
fn packed(head: &str) -> Act {
    let bytes = format!("HTTP/1.1 {head}\r\ncontent-length: 4\r\n\r\n\u{1f}nop");
    Act::new(bytes, Then::Keep)
}

#[tokio::test]
async fn one_that_cannot_be_unpacked_is_told_as_such() {
    let server = Server::start(vec![
        packed("200 OK\r\ncontent-encoding: br"),
        packed("200 OK\r\ncontent-encoding: br"),
        packed("400 Bad\r\ncontent-encoding: br"),
        Act::new(
            "HTTP/1.1 200 OK\r\ncontent-encoding: Identity\r\ncontent-length: 27\r\n\r\n\
             {\"object\":\"list\",\"data\":[]}",
            Then::Keep,
        ),
    ])
    .await;
    let client = server.client();
    let error = in_time(client.send(&ListModels::new())).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Decode);
    let told = "the answer came packed (content-encoding: br), which";
    assert!(error.to_string().contains(told), "{error}");
    assert_eq!(error.status().unwrap(), 200);
    assert_eq!(error.operation(), Some("models.list"));
    assert_eq!(error.attempts().len(), 1);

    let chat = CreateChatCompletion::new("gpt", [Message::user("hi")]);
    let error = in_time(client.stream(&chat)).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Decode);

    let error = in_time(client.send(&ListModels::new())).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::InvalidRequest);
    assert_eq!(error.body().unwrap(), "\u{1f}nop");
    let told = "its reason is packed (content-encoding: br)";
    assert!(error.to_string().contains(told), "{error}");

    let models = in_time(client.send(&ListModels::new())).await.unwrap();
    assert!(models.data.is_empty());
}

#[cfg(not(feature = "gzip"))]
#[tokio::test]
async fn none_is_asked_for() {
    let server = Server::start(vec![packed("200 OK\r\ncontent-encoding: gzip")]).await;
    let client = server.client();
    let error = in_time(client.send(&ListModels::new())).await.unwrap_err();
    let told = "or, for gzip, build aoai-http with its feature `gzip`";
    assert!(error.to_string().contains(told), "{error}");
    assert!(!server.requests()[0].contains("accept-encoding"));
}

#[cfg(feature = "gzip")]
mod gzip {
    use aoai_http::Limits;
    use base64::Engine as _;
    use base64::engine::general_purpose::STANDARD as BASE64;

    use super::*;

    #[tokio::test]
    async fn one_that_does_not_unpack_is_no_answer() {
        let server = Server::start(vec![packed("200 OK\r\ncontent-encoding: gzip")]).await;
        let client = server.client();
        let error = in_time(client.send(&ListModels::new())).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Decode);
        assert_eq!(
            error.to_string(),
            "models.list: the answer cannot be unpacked"
        );
    }

    /// 200,000 zero bytes, packed into 229.
    const BOMB: &str = "H4sIAAAAAAACA+3BMQEAAADCoPVPbQZ/oAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAACA1wB7WOBcQA0DAA==";

    /// One event of 200,000 bytes, packed into 241.
    const BOMB_OF_EVENTS: &str = "H4sIAAAAAAACA+3BMQ0AMAgAsB8V6JgbEiRwTD4a+Nt2Tb38AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAMBZxALAYImPSA0DAA==";

    #[tokio::test]
    async fn a_packed_answer_counts_by_what_it_unpacks_to() {
        let packed = |status: u16, base64: &str| {
            let body = BASE64.decode(base64).unwrap();
            let head = format!(
                "HTTP/1.1 {status} Said\r\ncontent-encoding: gzip\r\ncontent-length: {}\r\n\r\n",
                body.len()
            );
            Act::new([head.into_bytes(), body].concat(), Then::Keep)
        };
        let mut limits = Limits::new();
        limits.body = 10_000;
        limits.error_body = 10_000;
        limits.event = 10_000;
        let server = Server::start(vec![
            packed(200, BOMB),
            packed(400, BOMB),
            packed(200, BOMB_OF_EVENTS),
        ])
        .await;
        let client = server.builder().0.limits(limits).build().unwrap();
        let error = in_time(client.send(&ListModels::new())).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::TooLarge);
        let error = in_time(client.send(&ListModels::new())).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidRequest);
        assert_eq!(error.body().unwrap().len(), 10_000);
        let chat = CreateChatCompletion::new("gpt", [Message::user("hi")]);
        let mut stream = in_time(client.stream(&chat)).await.unwrap();
        let error = in_time(stream.next()).await.unwrap().unwrap_err();
        assert_eq!(error.kind(), ErrorKind::TooLarge);
        let requests = server.requests();
        assert_eq!(requests.len(), 3);
        assert!(requests[0].contains("\r\naccept-encoding: gzip\r\n"));
    }
}
