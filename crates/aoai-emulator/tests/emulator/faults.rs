//! What goes wrong when a test says so.

use std::io::Read;

use aoai_emulator::{Cut, Fault, Instructions};
use serde_json::{Value, json};

use crate::support::{Answer, CHAT, Request, request, start};

fn ping() -> Value {
    json!({"messages": [{"role": "user", "content": "ping"}]})
}

fn streamed() -> Value {
    json!({"messages": [{"role": "user", "content": "ping"}], "stream": true})
}

fn fault(written: Value) -> Fault {
    serde_json::from_value(written).unwrap()
}

fn met(call: Request<'_>, written: Value) -> Request<'_> {
    call.instructed("fault", Instructions::faults([fault(written)]))
}

#[tokio::test]
async fn each_attempt_meets_the_next_fault_and_then_the_answer() {
    let emulator = start().await;
    let mut instructions = Instructions::reply("pong");
    instructions.faults = vec![
        Fault::status(503),
        Fault::status(429).header("retry-after", "7"),
    ];
    emulator.instruct("call-1", instructions);
    let send = |id: &str| {
        request(&emulator, CHAT)
            .header("x-ms-client-request-id", id)
            .json(&ping())
            .send()
    };
    assert_eq!(send("call-1").status, 503);
    // Another call at the same time is not disturbed.
    assert_eq!(send("call-2").status, 200);
    let second = send("call-1");
    assert_eq!(second.status, 429);
    assert_eq!(second.headers["retry-after"], "7");
    for _ in 0..2 {
        let answered = send("call-1");
        assert_eq!(answered.json()["choices"][0]["message"]["content"], "pong");
    }
}

#[tokio::test]
async fn a_rate_limit_names_the_deployment_wherever_the_request_does() {
    let emulator = start().await;
    let line = "POST /openai/v1/chat/completions";
    for (line, model, limited) in [
        (line, "chat", "chat for gpt-4o-mini"),
        (
            "POST /openai/v1/responses?api-version=preview",
            "reasoning",
            "reasoning for o4-mini",
        ),
        (line, "missing", "the deployment for the model"),
    ] {
        let mut body = ping();
        body["model"] = json!(model);
        let call = request(&emulator, line).json(&body);
        let answer = met(call, json!({"status": 429})).send();
        let operation = if line.contains("chat") {
            "ChatCompletions_Create"
        } else {
            "Responses_Create"
        };
        let message = format!(
            "Your requests to {limited} in East US 2 have exceeded the token rate limit for your \
             current AIServices S0 pricing tier. This request was for {operation} under OpenAI \
             Language Model Instance API. To increase your default rate limit, visit: \
             https://aka.ms/oai/quotaincrease."
        );
        assert_eq!(answer.json()["error"]["message"], message);
    }
}

#[tokio::test]
async fn a_rate_limit_names_a_wait_only_where_its_headers_do() {
    let emulator = start().await;
    let text = |headers: Value| {
        let call = request(&emulator, CHAT).json(&ping());
        let answer = met(call, json!({"status": 429, "headers": headers})).send();
        assert_eq!(answer.reason, "Too Many Requests");
        let error = &answer.json()["error"];
        assert_eq!(error["code"], "RateLimitReached");
        (
            answer.headers,
            error["message"].as_str().unwrap().to_owned(),
        )
    };
    let (headers, message) = text(json!({"retry-after": 3, "x-ratelimit-remaining-tokens": -1}));
    assert_eq!(headers["x-ratelimit-remaining-tokens"], "-1");
    assert_eq!(
        message,
        "Your requests to chat for gpt-4o-mini in East US 2 have exceeded the token rate limit for \
         your current AIServices S0 pricing tier. This request was for ChatCompletions_Create under \
         Azure OpenAI API version 2024-10-21. Please retry after 3 seconds. To increase your \
         default rate limit, visit: https://aka.ms/oai/quotaincrease."
    );
    let (headers, message) = text(json!({"retry-after-ms": "300"}));
    assert!(!headers.contains_key("retry-after") && !message.contains("Please retry"));
}

#[tokio::test]
async fn each_status_has_the_services_words() {
    let emulator = start().await;
    for (status, reason, begins) in [
        (
            401,
            "PermissionDenied",
            r#"{"error":{"code":"401","message":"Access denied due to invalid subscription key"#,
        ),
        (
            403,
            "Forbidden",
            r#"{"error":{"code":"403","message":"Access denied due to Virtual Network"#,
        ),
        (
            404,
            "Not Found",
            r#"{"error":{"code":"404","message": "Resource not found"}}"#,
        ),
        (408, "Request Timeout", r#"{"error":{"code":"Timeout""#),
        (
            500,
            "Internal Server Error",
            r#"{"error":{"message":"The server had an error while processing your request."#,
        ),
        (
            502,
            "Bad Gateway",
            r#"{"error":{"code":"502","message":"Bad Gateway"}}"#,
        ),
        (
            503,
            "Service Unavailable",
            r#"{"error":{"message":"The engine is currently overloaded"#,
        ),
    ] {
        let answer = met(
            request(&emulator, CHAT).json(&ping()),
            json!({"status": status}),
        )
        .send();
        assert_eq!((answer.status, answer.reason.as_str()), (status, reason));
        assert!(answer.body.starts_with(begins), "{}", answer.body);
        assert!(answer.headers.contains_key("apim-request-id"));
    }
}

#[tokio::test]
async fn a_fault_can_bring_its_own_words() {
    let emulator = start().await;
    let call = || request(&emulator, CHAT).json(&ping());
    let page = met(
        call(),
        json!({"status": 502, "reason": "Oops", "body": "<html>"}),
    )
    .send();
    assert_eq!(
        (page.reason.as_str(), page.body.as_str()),
        ("Oops", "<html>")
    );
    assert_eq!(page.headers["content-type"], "text/html");
    let own = json!({"status": 429, "body": {"statusCode": 429}, "headers": {"content-type": "text/plain"}});
    let own = met(call(), own).send();
    assert_eq!(own.body, r#"{"statusCode":429}"#);
    assert_eq!(own.headers["content-type"], "text/plain");
}

#[tokio::test]
async fn a_fault_without_a_status_leaves_the_answer_and_adds_its_headers() {
    let emulator = start().await;
    let call = request(&emulator, CHAT).json(&ping());
    let answer = met(
        call,
        json!({"headers": {"x-ratelimit-remaining-tokens": -27689}}),
    )
    .send();
    assert_eq!(answer.status, 200);
    assert_eq!(answer.headers["x-ratelimit-remaining-tokens"], "-27689");
}

#[tokio::test]
async fn a_connection_breaks_off_before_anything_is_answered() {
    let emulator = start().await;
    let call = request(&emulator, CHAT).json(&ping());
    let call = call.instructed("cut", Instructions::faults([Fault::cut(Cut::Connection)]));
    assert_eq!(call.raw(), b"");
    assert_eq!(call.send().status, 200);
}

#[tokio::test]
async fn a_body_breaks_off_before_its_promised_end() {
    let emulator = start().await;
    for fault in [
        json!({"cut": {"bytes": 10}}),
        json!({"cut": {"bytes": 10}, "status": 500}),
    ] {
        let answer = met(request(&emulator, CHAT).json(&ping()), fault).send();
        assert_eq!(answer.body.len(), 10);
        assert!(!answer.complete);
        assert!(answer.headers["content-length"].parse::<usize>().unwrap() > 10);
    }
}

fn stream(emulator: &aoai_emulator::Emulator, written: Value) -> Answer {
    met(request(emulator, CHAT).json(&streamed()), written).send()
}

#[tokio::test]
async fn a_stream_breaks_off_after_some_events() {
    let emulator = start().await;
    let answer = stream(&emulator, json!({"cut": {"events": 2}}));
    assert_eq!(
        (answer.status, answer.events().len(), answer.complete),
        (200, 2, false)
    );
    let answer = stream(&emulator, json!({"cut": {"events": 0}}));
    assert_eq!(
        (answer.status, answer.body.as_str(), answer.complete),
        (200, "", false)
    );
}

#[tokio::test]
async fn a_stream_breaks_off_within_an_event() {
    let emulator = start().await;
    let answer = stream(&emulator, json!({"cut": {"bytes": 500}}));
    assert_eq!((answer.body.len(), answer.complete), (500, false));
    assert!(!answer.body.ends_with("\n\n"));
}

#[tokio::test]
async fn a_stream_may_end_without_its_end_mark() {
    let emulator = start().await;
    let answer = stream(&emulator, json!({"omit": ["done"]}));
    assert!(answer.complete);
    assert!(!answer.body.contains("[DONE]"));
    assert!(
        answer
            .events()
            .last()
            .unwrap()
            .contains(r#""finish_reason":"stop""#)
    );
}

#[tokio::test]
async fn a_stream_may_begin_without_the_filters_event() {
    let emulator = start().await;
    let answer = stream(&emulator, json!({"omit": ["prompt_filter"]}));
    assert!(!answer.body.contains("prompt_filter_results"));
    assert_eq!(
        answer.chunks()[0]["choices"][0]["delta"]["role"],
        "assistant"
    );
}

#[tokio::test]
async fn an_error_comes_in_the_middle_of_a_stream() {
    let emulator = start().await;
    let answer = stream(&emulator, json!({"event": {"after": 3}}));
    assert_eq!((answer.status, answer.complete), (200, true));
    let events = answer.events();
    assert_eq!(events.len(), 4);
    let error: Value = serde_json::from_str(&events[3]).unwrap();
    assert_eq!(error["error"]["type"], "server_error");
    assert_eq!(error["error"]["code"], Value::Null);

    let own = json!({"event": {"after": 0, "data": {"error": {"code": "429"}}}});
    assert_eq!(
        stream(&emulator, own).events(),
        [r#"{"error":{"code":"429"}}"#]
    );
}

#[tokio::test]
async fn a_stalled_stream_stays_open_and_silent() {
    let emulator = start().await;
    let call = met(
        request(&emulator, CHAT).json(&streamed()),
        json!({"stall": 2}),
    );
    let mut socket = call.open();
    let mut bytes = Vec::new();
    let mut buffer = [0; 4096];
    while bytes
        .windows(4)
        .filter(|window| window == b"\n\n\r\n")
        .count()
        < 2
    {
        let read = socket.read(&mut buffer).unwrap();
        assert_ne!(read, 0, "the connection was closed");
        bytes.extend_from_slice(&buffer[..read]);
    }
    // Others are served meanwhile, from the first word to the last, and here comes nothing.
    for _ in 0..3 {
        assert_eq!(request(&emulator, CHAT).json(&ping()).send().status, 200);
    }
    socket.set_nonblocking(true).unwrap();
    let silence = socket.read(&mut buffer).unwrap_err().kind();
    assert_eq!(silence, std::io::ErrorKind::WouldBlock);
}

#[tokio::test]
async fn each_event_is_written_by_itself() {
    let emulator = start().await;
    let raw = request(&emulator, CHAT).json(&streamed()).raw();
    let text = String::from_utf8(raw).unwrap();
    // Between chunks of the transfer coding stand their sizes: as many as there are events.
    let events = text.matches("data: ").count();
    assert_eq!(text.matches("\n\n\r\n").count(), events);
}
