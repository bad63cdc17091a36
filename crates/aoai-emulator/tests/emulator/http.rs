//! What HTTP itself asks of a server, whoever speaks it.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::Duration;

use aoai_emulator::Emulator;

use crate::support::{Answer, start};

const PING: &str = r#"{"model": "chat", "messages": [{"role": "user", "content": "ping"}]}"#;

/// A request of chat with these headers besides the key, as far as its body.
fn head(emulator: &Emulator, version: &str, headers: &[&str]) -> String {
    let [key, _] = emulator.keys();
    let headers = headers.join("\r\n");
    format!(
        "POST /openai/v1/chat/completions {version}\r\napi-key: {key}\r\nconnection: \
         close\r\n{headers}\r\n\r\n"
    )
}

fn connect(emulator: &Emulator) -> TcpStream {
    let address = emulator.endpoint().strip_prefix("http://").unwrap();
    let socket = TcpStream::connect(address).unwrap();
    let patience = Some(Duration::from_secs(20));
    socket.set_read_timeout(patience).unwrap();
    socket
}

fn answer(mut socket: TcpStream) -> Answer {
    let mut bytes = Vec::new();
    socket.read_to_end(&mut bytes).unwrap();
    Answer::parse(&bytes)
}

#[tokio::test]
async fn a_request_names_one_host() {
    let emulator = start().await;
    let length = format!("content-length: {}", PING.len());
    let sent = |version: &str, hosts: &[&str]| {
        let mut headers = vec![length.as_str()];
        headers.extend(hosts);
        let mut socket = connect(&emulator);
        let request = head(&emulator, version, &headers) + PING;
        socket.write_all(request.as_bytes()).unwrap();
        answer(socket)
    };
    for (version, hosts, status) in [
        ("HTTP/1.1", &["host: localhost:1"][..], 200),
        ("HTTP/1.1", &["HOST: [::1]:8080"], 200),
        ("HTTP/1.1", &["host:"], 200),
        ("HTTP/1.0", &[], 200),
        ("HTTP/1.1", &[], 400),
        ("HTTP/1.1", &["host: a", "host: a"], 400),
        ("HTTP/1.0", &["host: a", "host: b"], 400),
        ("HTTP/1.1", &["host: a b"], 400),
        ("HTTP/1.1", &["host: somebody@a"], 400),
        ("HTTP/1.1", &["host: a/b"], 400),
    ] {
        let answer = sent(version, hosts);
        assert_eq!(answer.status, status, "{version} {hosts:?}");
        if status == 400 {
            assert_eq!(
                answer.json()["error"]["message"],
                "The request needs one Host header, with a host and no more."
            );
        }
    }
}

#[tokio::test]
async fn a_body_that_is_too_long_is_refused_where_its_sender_sees_it() {
    let emulator = start().await;
    let piece = vec![b' '; 1 << 20];
    for headers in [
        ["host: a", "content-length: 83886080"],
        ["host: a", "transfer-encoding: chunked"],
    ] {
        let is_chunked = headers[1].ends_with("chunked");
        let mut socket = connect(&emulator);
        let head = head(&emulator, "HTTP/1.1", &headers);
        socket.write_all(head.as_bytes()).unwrap();
        for _ in 0..80 {
            if is_chunked {
                socket.write_all(b"100000\r\n").unwrap();
            }
            socket.write_all(&piece).unwrap();
            if is_chunked {
                socket.write_all(b"\r\n").unwrap();
            }
        }
        if is_chunked {
            socket.write_all(b"0\r\n\r\n").unwrap();
        }
        let answer = answer(socket);
        assert_eq!(answer.status, 413, "{headers:?}");
        let message = "Request body too large. Max size is 67108864 bytes.";
        assert_eq!(answer.json()["error"]["message"], message);
    }
}

#[tokio::test]
async fn who_asks_before_sending_is_told_whether_to() {
    let emulator = start().await;
    let mut socket = connect(&emulator);
    let length = "content-length: 67108865";
    let too_long = head(
        &emulator,
        "HTTP/1.1",
        &["host: a", length, "expect: 100-continue"],
    );
    socket.write_all(too_long.as_bytes()).unwrap();
    assert_eq!(answer(socket).status, 413);

    let mut socket = connect(&emulator);
    let length = format!("content-length: {}", PING.len());
    let ping = head(
        &emulator,
        "HTTP/1.1",
        &["host: a", &length, "expect: 100-continue"],
    );
    socket.write_all(ping.as_bytes()).unwrap();
    let mut told = [0; 25];
    socket.read_exact(&mut told).unwrap();
    assert_eq!(&told, b"HTTP/1.1 100 Continue\r\n\r\n");
    socket.write_all(PING.as_bytes()).unwrap();
    assert_eq!(answer(socket).status, 200);
}

#[tokio::test]
async fn chunks_that_are_written_wrongly_are_refused_and_half_a_body_is_not_answered() {
    let emulator = start().await;
    let chunked = head(
        &emulator,
        "HTTP/1.1",
        &["host: a", "transfer-encoding: chunked"],
    );
    for body in ["zz\r\n", "4\r\npings", "\r\n", "fffffffffffffffff\r\n"] {
        let mut socket = connect(&emulator);
        socket
            .write_all(format!("{chunked}{body}").as_bytes())
            .unwrap();
        let answer = answer(socket);
        assert_eq!(answer.status, 400, "{body:?}");
        assert_eq!(
            answer.json()["error"]["message"],
            "The chunks of the request's body are not written as they must be."
        );
    }
    for (headers, body) in [
        (["host: a", "transfer-encoding: chunked"], "4\r\npi"),
        (["host: a", "content-length: 9"], "{"),
    ] {
        let mut socket = connect(&emulator);
        let request = head(&emulator, "HTTP/1.1", &headers) + body;
        socket.write_all(request.as_bytes()).unwrap();
        socket.shutdown(std::net::Shutdown::Write).unwrap();
        let mut answer = Vec::new();
        // It is closed, be it with an error.
        let _ = socket.read_to_end(&mut answer);
        assert_eq!(answer, b"");
    }
}
