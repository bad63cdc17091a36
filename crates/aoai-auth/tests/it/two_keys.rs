use aoai_auth::{Audience, Cached, CredentialProvider, ErrorKind, TwoKeys};

use crate::support::{Scripted, api_key, failure, key, text};

async fn ask(provider: &impl CredentialProvider) -> String {
    text(&provider.credential(&Audience::AI).await).to_owned()
}

#[tokio::test]
async fn a_refused_key_falls_over_to_the_other_and_back() {
    let primary = Scripted::new([key("fake-1"), key("fake-1-new")]);
    let secondary = Scripted::new([key("fake-2"), key("fake-2-new")]);
    let keys = Cached::new(TwoKeys::new(primary.clone(), secondary.clone()));
    for (expected, asked) in [
        ("fake-1", (1, 0)),
        ("fake-2", (1, 1)),
        ("fake-1-new", (2, 1)),
        ("fake-2-new", (2, 2)),
    ] {
        for _ in 0..3 {
            assert_eq!(ask(&keys).await, expected);
        }
        assert_eq!((primary.asked(), secondary.asked()), asked);
        keys.invalidate(&api_key(expected));
    }
}

#[tokio::test]
async fn a_late_refusal_of_the_old_key_does_not_turn_back() {
    let keys = TwoKeys::new(
        Scripted::new([key("fake-1")]),
        Scripted::new([key("fake-2")]),
    );
    assert_eq!(ask(&keys).await, "fake-1");
    keys.invalidate(&api_key("fake-1"));
    assert_eq!(ask(&keys).await, "fake-2");
    for _ in 0..2 {
        keys.invalidate(&api_key("fake-1"));
        assert_eq!(ask(&keys).await, "fake-2");
    }
}

#[tokio::test]
async fn a_source_that_fails_falls_over_to_the_other() {
    for (primary, secondary, expected) in [
        (failure(ErrorKind::Unavailable), key("fake-2"), Ok("fake-2")),
        (
            failure(ErrorKind::NotConfigured),
            key("fake-2"),
            Ok("fake-2"),
        ),
        (
            failure(ErrorKind::Refused),
            failure(ErrorKind::Unavailable),
            Err(ErrorKind::Unavailable),
        ),
        (
            failure(ErrorKind::NotConfigured),
            failure(ErrorKind::NotConfigured),
            Err(ErrorKind::NotConfigured),
        ),
    ] {
        let keys = TwoKeys::new(Scripted::new([primary]), Scripted::new([secondary]));
        let issued = keys.credential(&Audience::AI).await;
        match expected {
            Ok(expected) => assert_eq!(text(&issued), expected),
            Err(kind) => {
                let error = issued.unwrap_err();
                assert_eq!(error.kind(), kind);
                assert_eq!(
                    error.to_string(),
                    "neither key can be had: the script says so; the script says so"
                );
            }
        }
    }
}

#[tokio::test]
async fn a_source_that_still_holds_the_refused_key_is_passed_over() {
    let primary = Scripted::new([key("fake-1")]);
    let secondary = Scripted::new([failure(ErrorKind::Unavailable), key("fake-2")]);
    let keys = TwoKeys::new(primary, secondary);
    assert_eq!(ask(&keys).await, "fake-1");
    keys.invalidate(&api_key("fake-1"));
    // The secondary cannot be had: the refused key is better than none, as refusals may pass.
    assert_eq!(ask(&keys).await, "fake-1");
    assert_eq!(ask(&keys).await, "fake-2");
}

#[tokio::test]
async fn both_sources_learn_of_a_refusal() {
    let sources = [
        Scripted::new([key("fake-1")]),
        Scripted::new([key("fake-2")]),
    ];
    TwoKeys::new(sources[0].clone(), sources[1].clone()).invalidate(&api_key("fake-1"));
    for source in sources {
        assert_eq!(source.invalidated(), [api_key("fake-1")]);
    }
}
