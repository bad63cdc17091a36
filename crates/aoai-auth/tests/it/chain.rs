use aoai_auth::{ApiKey, Audience, Chain, CredentialProvider, Error, ErrorKind};

use crate::support::{Scripted, api_key, failure, key, text};

#[tokio::test]
async fn a_chain_goes_on_only_past_what_is_not_configured() {
    for (first, expected) in [
        (failure(ErrorKind::NotConfigured), Ok("fake-second")),
        (
            failure(ErrorKind::Misconfigured),
            Err(ErrorKind::Misconfigured),
        ),
        (failure(ErrorKind::Refused), Err(ErrorKind::Refused)),
        (failure(ErrorKind::Unavailable), Err(ErrorKind::Unavailable)),
        (key("fake-first"), Ok("fake-first")),
    ] {
        let second = Scripted::new([key("fake-second")]);
        let chain = Chain::new().or(Scripted::new([first])).or(second.clone());
        let issued = chain.credential(&Audience::AI).await;
        match expected {
            Ok(expected) => assert_eq!(text(&issued), expected),
            Err(kind) => assert_eq!(issued.unwrap_err().kind(), kind),
        }
        assert_eq!(second.asked(), usize::from(expected == Ok("fake-second")));
    }
}

#[tokio::test]
async fn a_chain_that_finds_nothing_says_where_it_looked() {
    let chain = Chain::new()
        .or_result(ApiKey::from_lookup("API_KEY", |_| None))
        .or_result(ApiKey::from_lookup("OTHER_KEY", |_| Some(String::new())));
    let error = chain.credential(&Audience::AI).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::NotConfigured);
    assert_eq!(
        error.to_string(),
        "no credential is configured; looked in turn: (1) API_KEY is not set (2) OTHER_KEY is set \
         but empty"
    );
}

#[tokio::test]
async fn an_empty_chain_says_that_it_is_empty() {
    let error = Chain::new().credential(&Audience::AI).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::NotConfigured);
    assert_eq!(
        error.to_string(),
        "no credential is configured: the chain has no provider"
    );
}

#[tokio::test]
async fn a_link_that_could_not_be_made_ends_the_chain_unless_it_was_not_configured() {
    let broken = Error::new(ErrorKind::Misconfigured, "the file is unreadable");
    let chain = Chain::new()
        .or_result(Err::<ApiKey, _>(broken))
        .or(ApiKey::new("fake-key"));
    let error = chain.credential(&Audience::AI).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Misconfigured);
    assert_eq!(error.to_string(), "the file is unreadable");
}

#[tokio::test]
async fn a_refused_credential_is_reported_to_every_link() {
    let links = [
        Scripted::new([key("fake-1")]),
        Scripted::new([key("fake-2")]),
    ];
    let chain = Chain::new().or(links[0].clone()).or(links[1].clone());
    chain.invalidate(&api_key("fake-1"));
    for link in links {
        assert_eq!(link.invalidated(), [api_key("fake-1")]);
    }
}
