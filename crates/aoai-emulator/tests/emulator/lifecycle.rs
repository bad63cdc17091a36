//! Starting, stopping, and what is printed of it all.

use std::net::{TcpListener, TcpStream};
use std::time::Duration;

use aoai_emulator::{Config, Deployment, Emulator, Instructions};
use serde_json::json;

use crate::support::{Answer, CHAT, request, start};

#[tokio::test]
async fn dropping_an_emulator_frees_its_port_and_closes_its_connections() {
    let emulator = start().await;
    let address = emulator
        .endpoint()
        .strip_prefix("http://")
        .unwrap()
        .to_owned();
    let open = TcpStream::connect(&address).unwrap();
    drop(emulator);
    assert!(TcpStream::connect(&address).is_err());
    TcpListener::bind(&address).unwrap();
    let mut buffer = [0; 1];
    let read = std::io::Read::read(&mut &open, &mut buffer);
    assert!(matches!(read, Ok(0) | Err(_)), "{read:?}");
}

#[tokio::test]
async fn a_taken_port_is_an_error() {
    let first = start().await;
    let mut config = Config::default();
    config.port = first
        .endpoint()
        .rsplit(':')
        .next()
        .unwrap()
        .parse()
        .unwrap();
    let error = Emulator::start(config).await.unwrap_err();
    assert_eq!(error.kind(), std::io::ErrorKind::AddrInUse);
}

#[tokio::test]
async fn what_cannot_be_served_is_not_started() {
    let mut config = Config::default();
    config
        .deployments
        .insert("chat".into(), Deployment::new("gpt-9"));
    let error = Emulator::start(config).await.unwrap_err();
    assert_eq!(error.kind(), std::io::ErrorKind::InvalidInput);
    assert!(
        error.to_string().contains("there is no model \"gpt-9\""),
        "{error}"
    );
}

#[tokio::test]
async fn emulators_have_keys_of_their_own_that_do_not_print() {
    let (one, two) = (start().await, start().await);
    let [first, second] = one.keys();
    assert_ne!(first, second);
    for key in [&first, &second] {
        assert!(!two.keys().contains(key));
        assert!(
            key.contains(['~']) && key.contains('.') && key.contains('+'),
            "{key}"
        );
        assert!(key.contains('/') && key.contains('"'), "{key}");
        assert!(!format!("{one:?}").contains(key.as_str()));
    }
}

#[tokio::test]
async fn keys_can_be_given() {
    let yaml = "keys: [fake-key-one, fake-key-two]";
    let emulator = Emulator::start(Config::from_yaml(yaml).unwrap())
        .await
        .unwrap();
    assert_eq!(emulator.keys(), ["fake-key-one", "fake-key-two"]);
    assert_eq!(
        request(&emulator, "GET /openai/v1/models").send().status,
        200
    );
}

#[tokio::test]
async fn time_passes_on_demand() {
    let emulator = start().await;
    let created = || {
        let body = json!({"messages": [{"role": "user", "content": "a"}]});
        request(&emulator, CHAT).json(&body).send().json()["created"]
            .as_u64()
            .unwrap()
    };
    let before = created();
    emulator.advance(Duration::from_secs(3600));
    assert!((3600..3660).contains(&(created() - before)));
}

#[tokio::test]
async fn calls_can_have_a_time_of_their_own() {
    let emulator = start().await;
    let created = |id: &str| {
        let body = json!({"messages": [{"role": "user", "content": "a"}]});
        let request = request(&emulator, CHAT).header("x-ms-client-request-id", id);
        request.json(&body).send().json()["created"]
            .as_u64()
            .unwrap()
    };
    let before = created("run/spec/step");
    emulator.advance_for("run/spec", Duration::from_secs(3600));
    emulator.advance_for("run/spec/0", Duration::from_secs(60_000));
    for (id, moved) in [
        ("run/spec/step", 3600),
        ("run/spec/0/step", 63_600),
        ("run/spec", 0),
        ("run/spec2/step", 0),
        ("run/other/step", 0),
        ("", 0),
    ] {
        let ahead = created(id) - before;
        assert!((moved..moved + 60).contains(&ahead), "{id}: {ahead}");
    }
    emulator.advance(Duration::from_secs(100_000));
    assert!(created("run/spec/step") - before >= 103_600);
}

#[tokio::test]
async fn one_connection_carries_many_calls() {
    use std::io::{BufRead, BufReader, Read, Write};

    let emulator = start().await;
    let address = emulator.endpoint().strip_prefix("http://").unwrap();
    let mut socket = BufReader::new(TcpStream::connect(address).unwrap());
    let [key, _] = emulator.keys();
    for _ in 0..3 {
        let text = format!("GET /openai/v1/models HTTP/1.1\r\nhost: a\r\napi-key: {key}\r\n\r\n");
        socket.get_mut().write_all(text.as_bytes()).unwrap();
        let mut length = 0;
        let mut line = String::new();
        while line != "\r\n" {
            line.clear();
            assert_ne!(socket.read_line(&mut line).unwrap(), 0);
            if let Some(value) = line.strip_prefix("content-length: ") {
                length = value.trim().parse().unwrap();
            }
        }
        let mut body = vec![0; length];
        socket.read_exact(&mut body).unwrap();
        assert!(body.starts_with(b"{\"data\":["));
    }
}

#[tokio::test]
async fn a_body_that_is_cut_short_is_answered_by_nothing() {
    use std::io::{Read, Write};
    use std::net::Shutdown;

    let emulator = start().await;
    let address = emulator.endpoint().strip_prefix("http://").unwrap();
    let [key, _] = emulator.keys();
    for framing in [
        "content-length: 100\r\n\r\n{",
        "transfer-encoding: chunked\r\n\r\n5\r\n{",
    ] {
        let mut socket = TcpStream::connect(address).unwrap();
        let text = format!("{CHAT} HTTP/1.1\r\nhost: a\r\napi-key: {key}\r\n{framing}");
        socket.write_all(text.as_bytes()).unwrap();
        socket.shutdown(Shutdown::Write).unwrap();
        let mut answer = String::new();
        socket.read_to_string(&mut answer).unwrap();
        assert_eq!(answer, "", "{framing}");
    }
}

#[tokio::test]
async fn who_says_that_no_more_will_come_gets_all_of_a_stream() {
    use std::io::Read;
    use std::net::Shutdown;

    let emulator = start().await;
    let reply = "word ".repeat(500);
    let body = json!({"messages": [{"role": "user", "content": "a"}], "stream": true});
    let call = request(&emulator, CHAT).json(&body);
    let call = call.instructed("long", Instructions::reply(reply.as_str()));
    let mut socket = call.open();
    socket.shutdown(Shutdown::Write).unwrap();
    let mut bytes = Vec::new();
    socket.read_to_end(&mut bytes).unwrap();
    let said: String = Answer::parse(&bytes)
        .chunks()
        .iter()
        .filter_map(|chunk| chunk["choices"][0]["delta"]["content"].as_str())
        .collect();
    assert_eq!(said, reply);
}

#[tokio::test]
async fn a_silent_stream_ends_with_its_client() {
    use std::io::Read;
    use std::net::Shutdown;

    let emulator = start().await;
    let body = json!({"messages": [{"role": "user", "content": "a"}], "stream": true});
    let silent: Instructions = serde_json::from_value(json!({"faults": [{"stall": 1}]})).unwrap();
    let call = request(&emulator, CHAT).json(&body);
    let mut socket = call.instructed("silent", silent).open();
    socket.shutdown(Shutdown::Write).unwrap();
    let mut bytes = Vec::new();
    socket.read_to_end(&mut bytes).unwrap();
    let answer = Answer::parse(&bytes);
    assert_eq!(answer.events().len(), 1);
    assert!(!answer.complete, "{answer:?}");
}

#[tokio::test]
async fn hundreds_of_calls_at_once_are_answered() {
    use std::io::Read;

    let emulator = start().await;
    let line = "GET /openai/v1/models/gpt-4o-2024-11-20";
    let call = request(&emulator, line);
    let sockets: Vec<TcpStream> = (0..400).map(|_| call.open()).collect();
    for mut socket in sockets {
        let mut text = String::new();
        socket.read_to_string(&mut text).unwrap();
        assert!(text.starts_with("HTTP/1.1 200 OK"), "{text}");
    }
}

#[tokio::test]
async fn later_instructions_take_the_place_of_earlier_ones() {
    let emulator = start().await;
    let body = json!({"messages": [{"role": "user", "content": "a"}]});
    for reply in ["one", "two"] {
        let call = request(&emulator, CHAT).json(&body);
        let answer = call.instructed("same", Instructions::reply(reply)).send();
        assert_eq!(answer.json()["choices"][0]["message"]["content"], reply);
    }
}
