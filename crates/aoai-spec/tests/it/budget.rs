//! Money: what a budget lets through, what it stops, and what calls are said to cost.

use std::sync::Arc;
use std::time::Duration;

use aoai_auth::testing::ManualClock;
use aoai_spec::report::Human;
use aoai_spec::{Budget, Event, Price, Profile, Report, Runner, State};
use serde_json::json;
use wiremock::matchers::method;
use wiremock::{Mock, MockServer, ResponseTemplate};

/// Answers every request with an answer of 100 tokens, 40 of them the model's.
async fn server() -> MockServer {
    let server = MockServer::start().await;
    let answer = json!({
        "choices": [{"index": 0, "finish_reason": "stop", "message": {"content": "Hi"}}],
        "usage": {"prompt_tokens": 60, "completion_tokens": 40, "total_tokens": 100},
    });
    Mock::given(method("POST"))
        .respond_with(ResponseTemplate::new(200).set_body_json(answer))
        .mount(&server)
        .await;
    Mock::given(method("GET"))
        .respond_with(ResponseTemplate::new(503))
        .mount(&server)
        .await;
    Mock::given(method("DELETE"))
        .respond_with(ResponseTemplate::new(200))
        .mount(&server)
        .await;
    server
}

fn profile(server: &MockServer) -> Profile {
    Profile::new("mock")
        .endpoint("main", server.uri())
        .api_key("key", "not-a-real-key")
        .deployment("chat", "gpt")
        .price("chat", Price::new(1_000.0, 10_000.0))
}

async fn run(text: &str, profile: Profile, budget: Budget) -> Report {
    let runner = Runner::from_text(text)
        .profile(profile)
        .budget(budget)
        .jobs(1)
        .clock(Arc::new(ManualClock::automatic()));
    runner.run().await.into_result().unwrap()
}

/// A spec with so many calls; each may take 41 tokens, and takes 100.
fn calls(budget: &str, count: usize) -> String {
    let call = "  - {call: chat, deployment: chat, body: {messages: [{role: user, content: ping}], \
                max_tokens: 40}, expect: {text: Hi}}\n";
    format!("name: a\nbudget: {budget}\nsteps:\n{}", call.repeat(count))
}

async fn sent(server: &MockServer) -> usize {
    server.received_requests().await.unwrap().len()
}

#[tokio::test]
async fn each_limit_stops_what_would_exceed_it_before_it_is_sent() {
    for (budget, sent_before, told) in [
        (
            "{requests: 2}",
            2,
            "the budget of this test is 2 requests, and all are spent",
        ),
        (
            "{tokens: 242}",
            2,
            "the budget of this test is 242 tokens; 200 are spent, and this call may take 43",
        ),
        ("{tokens: 243}", 3, ""),
        ("{tokens: 42}", 0, "0 are spent, and this call may take 43"),
        // A call costs 0.46 in fact, and 0.403 at most by its request.
        (
            "{usd: 1.3}",
            2,
            "the budget of this test is $1.3; $0.920000 are spent, and this call may cost $0.403000",
        ),
        ("{usd: 1.33}", 3, ""),
    ] {
        let server = server().await;
        let report = run(&calls(budget, 3), profile(&server), Budget::default()).await;
        assert_eq!(sent(&server).await, sent_before, "{budget}");
        let cell = &report.specs[0].cells[0];
        if told.is_empty() {
            assert_eq!((&cell.state, report.exit_code()), (&State::Passed, 0));
            continue;
        }
        assert!(cell.over_budget && report.exit_code() == 5, "{budget}");
        match &cell.state {
            State::Error(reason) => assert!(reason.ends_with(told), "{budget}: {reason}"),
            other => panic!("{budget}: {other:?}"),
        }
    }
}

#[tokio::test]
async fn no_number_is_so_large_that_a_budget_lets_it_through() {
    let most = u64::MAX - 2;
    for (budget, told) in [
        (
            "{tokens: 1000}".to_owned(),
            format!("100 are spent, and this call may take {}", u64::MAX),
        ),
        (
            format!("{{tokens: {}}}", u64::MAX),
            format!("100 are spent, and this call may take {}", u64::MAX),
        ),
        ("{}".to_owned(), String::new()),
    ] {
        let server = server().await;
        let text = calls(&budget, 1);
        let call = text.rsplit("  - ").next().unwrap();
        let most = format!("max_tokens: {most}}}, use: {{via: raw}}");
        let dear = call.replace("max_tokens: 40}", &most);
        let text = format!("{text}  - {dear}  - {call}");
        let report = run(&text, profile(&server), Budget::default()).await;
        match &report.specs[0].cells[0].state {
            State::Passed if told.is_empty() => assert_eq!(sent(&server).await, 3),
            State::Error(reason) => {
                assert!(!told.is_empty() && reason.ends_with(&told), "{reason}");
                assert_eq!(sent(&server).await, 1, "{budget}");
            }
            other => panic!("{budget}: {other:?}"),
        }
    }
}

#[tokio::test]
async fn attempts_of_one_call_count_as_requests_and_waits_as_time() {
    for (budget, sent_before, told) in [
        ("{requests: 3}", 3, "3 requests, and all are spent"),
        ("{time: 15s}", 3, "is 15.0s, and the time is over"),
    ] {
        let server = server().await;
        let text = format!(
            "name: a\nbudget: {budget}\nuse: {{retries: 50}}\nsteps:\n  - {{call: models.list, \
             poll: {{until: {{status: 200}}, every: 10s, within: 10h}}}}\n"
        );
        let report = run(&text, profile(&server), Budget::default()).await;
        let cell = &report.specs[0].cells[0];
        assert_eq!(report.exit_code(), 5, "{:?}", cell.state);
        assert!(sent(&server).await >= sent_before, "{budget}");
        assert!(
            matches!(&cell.state, State::Error(reason) if reason.contains(told)),
            "{:?}",
            cell.state
        );
    }
}

#[tokio::test]
async fn the_ceiling_of_the_run_holds_for_all_specs_together_and_ends_it() {
    let server = server().await;
    let text = format!(
        "{}---\n{}---\n{}",
        calls("{tokens: 1000}", 2),
        calls("{}", 2).replace("name: a", "name: b"),
        calls("{}", 2).replace("name: a", "name: c")
    );
    let mut budget = Budget::default();
    budget.requests = Some(3);
    let report = run(&text, profile(&server), budget).await;
    assert_eq!((sent(&server).await, report.requests()), (3, 3));
    let states: Vec<_> = report.cells().map(|cell| &cell.state).collect();
    let broke = "the budget of the run is 3 requests, and all are spent";
    assert_eq!(
        states,
        [
            &State::Passed,
            &State::Error(broke.to_owned()),
            &State::Skipped("the budget of the run is spent".to_owned())
        ]
    );
    assert_eq!(report.exit_code(), 5);
}

#[tokio::test]
async fn what_is_no_number_of_dollars_is_no_budget_and_no_price() {
    let server = server().await;
    let refused = async |profile: Profile, usd: f64| {
        let mut budget = Budget::default();
        budget.usd = Some(usd);
        let runner = Runner::from_text(calls("{usd: 0.1}", 1)).profile(profile);
        let error = runner.budget(budget).run().await.into_result().unwrap_err();
        assert_eq!(error.exit_code(), 3);
        error.to_string()
    };
    let no_budget = "the budget is no number of US dollars";
    assert_eq!(refused(profile(&server), f64::NAN).await, no_budget);
    let mut own = Budget::default();
    own.usd = Some(f64::NAN);
    let runner = Runner::from_text(calls("{}", 1)).profile(profile(&server).budget(own));
    let error = runner.run().await.into_result().unwrap_err();
    assert_eq!(error.to_string(), no_budget);
    let mut cached = Price::new(1.0, 1.0);
    cached.cached = Some(-1.0);
    for price in [
        Price::new(f64::NAN, 1.0),
        Price::new(1.0, f64::INFINITY),
        cached,
    ] {
        let profile = profile(&server).price("chat", price);
        assert_eq!(
            refused(profile, 1.0).await,
            "the price of `chat` in profile mock is no number of US dollars"
        );
    }
    assert_eq!(sent(&server).await, 0);
}

#[tokio::test]
async fn a_run_that_the_ceiling_cut_short_says_nothing_of_a_tests_rate() {
    let server = server().await;
    let mut budget = Budget::default();
    budget.requests = Some(5);
    let repeated = async |text: &str, budget: Budget| {
        let runner = Runner::from_text(text).profile(profile(&server)).repeat(5);
        let runner = runner
            .budget(budget)
            .clock(Arc::new(ManualClock::automatic()));
        let report = runner.run().await.into_result().unwrap();
        let rates = report.rates().into_iter();
        let rates = rates
            .map(|rate| (rate.passed, rate.runs))
            .collect::<Vec<_>>();
        (report.counts(), report.exit_code(), rates)
    };
    assert_eq!(
        repeated(&calls("{}", 2), budget).await,
        ([2, 0, 1, 2], 5, vec![(2, 2)])
    );
    // Of a test that was never run to its end there is no rate.
    assert_eq!(
        repeated(&calls("{}", 6), budget).await,
        ([0, 0, 1, 4], 5, Vec::new())
    );
    // Its own budget is part of what a test says.
    assert_eq!(
        repeated(&calls("{requests: 1}", 2), Budget::default()).await,
        ([0, 0, 5, 0], 5, vec![(0, 5)])
    );
}

#[tokio::test]
async fn the_profiles_ceiling_is_the_weaker_one() {
    let server = server().await;
    let mut own = Budget::default();
    own.requests = Some(1);
    own.time = Some(Duration::from_secs(60));
    let mut stronger = Budget::default();
    stronger.requests = Some(2);
    let profile = profile(&server).budget(own);
    let report = run(&calls("{}", 2), profile.clone(), stronger).await;
    assert_eq!(report.exit_code(), 0);
    let report = run(&calls("{}", 2), profile, Budget::default()).await;
    assert_eq!((report.exit_code(), sent(&server).await), (5, 3));
}

#[tokio::test]
async fn what_was_made_is_removed_whatever_it_costs() {
    let server = server().await;
    let text = format!(
        "{}finally:\n  - http: DELETE /openai/v1/files/one\n  - http: DELETE /openai/v1/files/two\n",
        calls("{requests: 1}", 2)
    );
    let report = run(&text, profile(&server), Budget::default()).await;
    assert_eq!((report.exit_code(), sent(&server).await), (5, 3));
    // What they were answered is told, and counts.
    let cell = &report.specs[0].cells[0];
    assert_eq!(cell.steps.len(), 4);
    for removed in &cell.steps[2..] {
        assert_eq!((&removed.error, removed.passed()), (&None, true));
        assert_eq!(removed.result.as_ref().unwrap().status, Some(200));
    }
    assert_eq!((report.requests(), report.tokens()), (3, 100));
}

#[tokio::test]
async fn a_call_in_finally_after_a_refusal_counts_its_tokens() {
    for budget in ["{requests: 1}", "{tokens: 43}", "{usd: 0.41}"] {
        let server = server().await;
        let text = calls(budget, 2);
        let call = text.rsplit("  - ").next().unwrap();
        let text = format!("{text}finally:\n  - {call}");
        let report = run(&text, profile(&server), Budget::default()).await;
        let told = (report.exit_code(), report.requests(), report.tokens());
        assert_eq!(told, (5, 2, 200), "{budget}");
        let usd = report.usd().unwrap();
        assert!((usd - 0.92).abs() < 1e-9, "{budget}: {usd}");
    }
}

#[tokio::test]
async fn time_that_is_over_ends_the_waits_of_a_call_and_of_a_poll() {
    for (budget, retries) in [("{time: 1ms}", 3), ("{time: 10s}", 0)] {
        let server = server().await;
        let text = format!(
            "name: a\nbudget: {budget}\nuse: {{retries: {retries}}}\nsteps:\n  - {{call: models.list, \
             poll: {{until: {{status: 200}}, every: 10s, within: 10h}}}}\nfinally:\n  - http: DELETE \
             /openai/v1/files/one\n"
        );
        let report = run(&text, profile(&server), Budget::default()).await;
        let cell = &report.specs[0].cells[0];
        assert!(
            matches!(&cell.state, State::Error(reason) if reason.ends_with("the time is over")),
            "{budget}: {:?}",
            cell.state
        );
        assert_eq!(sent(&server).await, 2, "{budget}");
        assert!(
            cell.steps[1].passed(),
            "{budget}: {:?}",
            cell.steps[1].error
        );
    }
}

#[tokio::test]
async fn the_ceiling_of_the_run_counts_what_calls_took_in_fact() {
    // The first may take 43, and takes 100.
    for (tokens, sent_before) in [(142, 1), (143, 2)] {
        let server = server().await;
        let mut budget = Budget::default();
        budget.tokens = Some(tokens);
        let report = run(&calls("{}", 2), profile(&server), budget).await;
        assert_eq!(sent(&server).await, sent_before, "{tokens}");
        let code = if sent_before == 2 { 0 } else { 5 };
        assert_eq!(report.exit_code(), code, "{tokens}");
    }
}

#[tokio::test]
async fn a_budget_in_dollars_needs_the_price_of_whatever_runs() {
    let server = server().await;
    let profile = profile(&server).deployment("other", "gpt-other");
    let mut budget = Budget::default();
    budget.usd = Some(5.0);
    let call = |deployment: &str| {
        format!(
            "  - {{call: chat, deployment: {deployment}, body: {{messages: [{{role: user, content: \
             ping}}]}}, expect: {{status: 200}}}}\n"
        )
    };
    let (chat, other) = (call("chat"), call("other"));
    for (rest, is_priced) in [
        (format!("steps:\n{other}"), false),
        (format!("steps:\n{chat}finally:\n{other}"), false),
        (format!("steps:\n{chat}{}", call("missing")), true),
        (
            format!("vars: {{which: chat}}\nsteps:\n{}", call("\"${which}\"")),
            true,
        ),
        // What does not run costs nothing.
        (
            format!("use: {{credential: nobodys}}\nsteps:\n{other}"),
            true,
        ),
    ] {
        let runner = Runner::from_text(format!("name: a\n{rest}"))
            .profile(profile.clone())
            .budget(budget);
        let told = runner.run().await.into_result().err();
        let told = told.map(|error| (error.exit_code(), error.to_string()));
        let reason = "the budget is in dollars, and profile mock has no price for `other`";
        let expected = (!is_priced).then(|| (3, reason.to_owned()));
        assert_eq!(told, expected, "{rest}");
    }
}

#[tokio::test]
async fn a_cost_that_an_answer_does_not_tell_is_not_there_and_that_is_judged() {
    let server = MockServer::start().await;
    let answer = json!({"choices": [{"index": 0, "message": {"content": "Hi"}}]});
    Mock::given(method("POST"))
        .respond_with(ResponseTemplate::new(200).set_body_json(answer))
        .mount(&server)
        .await;
    for (cost, state) in [("0", State::Failed), ("$absent", State::Passed)] {
        let text = calls("{}", 1).replace("expect: {", &format!("expect: {{cost: {cost}, "));
        let report = run(&text, profile(&server), Budget::default()).await;
        let cell = &report.specs[0].cells[0];
        assert_eq!((&cell.state, cell.usd()), (&state, None), "{cost}");
        assert_eq!(cell.steps[0].unjudged, [""; 0], "{cost}");
    }
}

#[tokio::test]
async fn no_more_tokens_come_from_the_cache_than_the_prompt_has() {
    for (cached, cost) in [
        (0, 0.46),
        (20, 0.442),
        (60, 0.406),
        (61, 0.406),
        (1_000, 0.406),
    ] {
        let server = MockServer::start().await;
        let answer = json!({
            "choices": [{"index": 0, "message": {"content": "Hi"}}],
            "usage": {
                "prompt_tokens": 60, "completion_tokens": 40, "total_tokens": 100,
                "prompt_tokens_details": {"cached_tokens": cached},
            },
        });
        Mock::given(method("POST"))
            .respond_with(ResponseTemplate::new(200).set_body_json(answer))
            .mount(&server)
            .await;
        let mut price = Price::new(1_000.0, 10_000.0);
        price.cached = Some(100.0);
        let profile = profile(&server).price("chat", price);
        let report = run(&calls("{}", 1), profile, Budget::default()).await;
        let usd = report.usd().unwrap();
        assert!((usd - cost).abs() < 1e-9, "{cached}: {usd}");
    }
}

#[tokio::test]
async fn a_call_tells_its_cost_and_without_a_price_nobody_can_judge_it() {
    let server = server().await;
    let text = calls("{}", 1).replace("expect: {", "expect: {cost: {$lt: 0.5}, ");
    let report = run(&text, profile(&server), Budget::default()).await;
    let step = &report.specs[0].cells[0].steps[0];
    let cost = step.result.as_ref().unwrap().cost.unwrap();
    assert!((cost - 0.46).abs() < 1e-9, "{cost}");
    assert!(step.unjudged.is_empty());
    let dear = text.replace("0.5", "0.4");
    let report = run(&dear, profile(&server), Budget::default()).await;
    assert_eq!(report.specs[0].cells[0].steps[0].mismatches[0].path, "cost");

    let unpriced = Profile::new("mock")
        .endpoint("main", server.uri())
        .api_key("key", "not-a-real-key")
        .deployment("chat", "gpt");
    let report = run(&dear, unpriced.clone(), Budget::default()).await;
    let step = &report.specs[0].cells[0].steps[0];
    assert_eq!(
        (report.exit_code(), &step.unjudged[..]),
        (0, &["cost".to_owned()][..])
    );

    // A limit that nobody could keep is no limit.
    let limited = dear.replace("budget: {}", "budget: {usd: 1}");
    let report = run(&limited, unpriced.clone(), Budget::default()).await;
    let reason = "its budget is in dollars, and profile mock has no price for `chat`";
    assert_eq!(
        (&report.specs[0].cells[0].state, report.requests()),
        (&State::Skipped(reason.to_owned()), 0)
    );
    let directory = tempfile::tempdir().unwrap();
    let cheap = limited.replace("cost: {$lt: 0.4}, ", "");
    let recorded = Runner::from_text(&cheap).profile(profile(&server));
    let recorded = recorded.record(directory.path()).run().await;
    assert_eq!(recorded.into_result().unwrap().counts(), [1, 0, 0, 0]);
    let replayed = Runner::from_text(&cheap)
        .replay(directory.path())
        .run()
        .await;
    assert_eq!(replayed.into_result().unwrap().counts(), [1, 0, 0, 0]);

    let mut budget = Budget::default();
    budget.usd = Some(1.0);
    let runner = Runner::from_text(dear).profile(unpriced).budget(budget);
    let error = runner.run().await.into_result().unwrap_err();
    assert_eq!(
        (error.exit_code(), &*error.to_string()),
        (
            3,
            "the budget is in dollars, and profile mock has no price for `chat`"
        )
    );
}

#[tokio::test]
async fn every_look_of_a_poll_counts() {
    let polls = |budget: &str| {
        calls(budget, 1).replace(
            "expect: {text: Hi}",
            "poll: {until: {text: never}, every: 10s, within: 1m}",
        )
    };
    let server = server().await;
    let report = run(&polls("{}"), profile(&server), Budget::default()).await;
    let cell = &report.specs[0].cells[0];
    let told = (cell.steps[0].polls, report.requests(), report.tokens());
    assert_eq!((told, sent(&server).await), ((7, 7, 700), 7));
    let usd = report.usd().unwrap();
    assert!((usd - 7.0 * 0.46).abs() < 1e-9, "{usd}");
    let json = report.json();
    assert_eq!(
        (&json["requests"], &json["specs"][0]["cells"][0]["tokens"]),
        (&json!(7), &json!(700))
    );
    let mut told = Vec::new();
    let mut human = Human::new(&mut told).verbosity(1);
    human.event(&Event::SpecFinished(&report.specs[0])).unwrap();
    human.event(&Event::Finished(&report)).unwrap();
    drop(human);
    let told = String::from_utf8(told).unwrap();
    assert_eq!(told.matches("200 (waited 0ms)").count(), 7, "{told}");
    assert!(
        told.contains(" · 7 requests · 700 tokens · $3.22"),
        "{told}"
    );

    // What was sent before a refusal counts, too.
    let report = run(&polls("{requests: 3}"), profile(&server), Budget::default()).await;
    let told = (report.exit_code(), report.requests(), report.tokens());
    assert_eq!(told, (5, 3, 300));
    let text = "name: a\nbudget: {requests: 3}\nuse: {retries: 50}\nsteps:\n  - {call: models.list, \
                expect: {status: 200}}\n";
    let report = run(text, profile(&server), Budget::default()).await;
    assert_eq!((report.exit_code(), report.requests()), (5, 3));
}

#[test]
fn a_profile_has_prices_and_a_budget() {
    let path = concat!(env!("CARGO_TARGET_TMPDIR"), "/budget.yaml");
    let write =
        |text: &str| std::fs::write(path, format!("p:\n  endpoints: {{main: x}}\n  {text}\n"));
    write("deployments: {chat: gpt}\n  prices: {chat: {prompt: 0.15, completion: 0.60, cached: 0.075}}\n  budget: {usd: 0.50, requests: 200, tokens: 10, time: 5m}").unwrap();
    Profile::load(path, "p", |_| None).unwrap();
    for (text, complaint) in [
        (
            "budget: {tokens: many}",
            "`tokens` is a whole number, not `many`",
        ),
        (
            "budget: {requests: 1.5}",
            "`requests` is a whole number, not the number 1.5",
        ),
        (
            "budget: {usd: -1}",
            "`usd` is a number of US dollars, not the number -1",
        ),
        (
            "budget: {time: 5}",
            "`time` is a duration, not the number 5",
        ),
        ("budget: {dollars: 5}", "`budget` has no key `dollars`"),
        ("budget: 5", "`budget` is a mapping, not a number"),
        (
            "prices: {chat: {}}",
            "a price needs `prompt` or `completion`",
        ),
        ("prices: {chat: {promt: 1}}", "did you mean `prompt`?"),
        (
            "prices: {chat: {prompt: free}}",
            "`prompt` is a number of US dollars, not `free`",
        ),
    ] {
        write(text).unwrap();
        let error = Profile::load(path, "p", |_| None).unwrap_err();
        assert!(error.to_string().contains(complaint), "{text}: {error}");
    }
}
