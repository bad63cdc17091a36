//! What the words of the language mean: operations, keys, result fields, matchers.

use std::fmt::Write as _;

use aoai_types::{ENDPOINTS, Endpoint, Scope, Stage, Surface, Visitor, visit};

pub(crate) use self::words::WORDS;
use crate::diagnostic::did_you_mean;

mod words;

/// A word of the language.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Word {
    pub(crate) topic: Topic,
    pub(crate) name: &'static str,
    /// What it means, in sentences.
    pub(crate) about: &'static str,
    /// How it is written, a piece of a spec.
    pub(crate) example: &'static str,
}

/// Where a word stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Topic {
    Spec,
    Step,
    Use,
    Poll,
    Budget,
    /// What a call asks of the emulator.
    Instruction,
    /// What a step does to the emulator.
    Control,
    Result,
    /// A matcher that stands as a value.
    Value,
    /// A matcher with an argument.
    Matcher,
}

impl Topic {
    const fn title(self) -> &'static str {
        match self {
            Self::Spec => "a key of a spec",
            Self::Step => "a key of a step",
            Self::Use => "a key of `use`",
            Self::Poll => "a key of `poll`",
            Self::Budget => "a key of `budget`",
            Self::Instruction => "a key of a call's `emulator`",
            Self::Control => "a key of an `emulator` step",
            Self::Result => "a field of the result",
            Self::Value => "a matcher, written as a value",
            Self::Matcher => "a matcher with an argument",
        }
    }
}

/// Everything there is to say about a word of the language: an operation, a key, a field of the
/// result, a matcher.
///
/// ```
/// let told = aoai_spec::explain("$contains")?;
/// assert!(told.starts_with("`$contains` · a matcher with an argument\n"));
/// # Ok::<(), String>(())
/// ```
///
/// # Errors
///
/// Nothing is called so.
pub fn explain(word: &str) -> Result<String, String> {
    let mut told = Vec::new();
    if let Some(endpoint) = ENDPOINTS.iter().find(|endpoint| endpoint.id == word) {
        told.push(operation(endpoint));
    }
    let bare = word.strip_prefix('$');
    for known in WORDS {
        let is_matcher = matches!(known.topic, Topic::Value | Topic::Matcher);
        let meant = match bare {
            Some(bare) => is_matcher && known.name == bare,
            None => known.name == word,
        };
        if meant {
            let sigil = if is_matcher { "$" } else { "" };
            let mut text = format!("`{sigil}{}` · {}\n", known.name, known.topic.title());
            let _ = writeln!(text, "  {}\n", known.about);
            for line in known.example.lines() {
                let _ = writeln!(text, "    {line}");
            }
            told.push(text);
        }
    }
    if !told.is_empty() {
        return Ok(told.join("\n"));
    }
    let names = WORDS.iter().map(|word| word.name);
    let names = names.chain(ENDPOINTS.iter().map(|endpoint| endpoint.id));
    Err(match did_you_mean(bare.unwrap_or(word), names) {
        Some(near) => format!("nothing is called `{word}`; {near}"),
        None => format!("`{word}` is no operation, key, result field or matcher, and no file"),
    })
}

fn operation(endpoint: &'static Endpoint) -> String {
    let id = endpoint.id;
    let mut told = format!("`{id}` · an operation\n");
    let mut line = |name: &str, text: String| {
        let _ = writeln!(told, "  {name:<12}{text}");
    };
    let args: Vec<String> = endpoint
        .path_params()
        .map(|name| format!("{{{name}}}"))
        .collect();
    let path = |surface: Surface| {
        let mut path = match surface {
            Surface::Dated(_) => "/openai".to_owned(),
            _ => "/openai/v1".to_owned(),
        };
        if let (Surface::Dated(_), Scope::Deployment) = (surface, endpoint.scope) {
            path.push_str("/deployments/{deployment}");
        }
        format!("{} {path}{}", endpoint.method, endpoint.path)
    };
    match endpoint.v1 {
        Some(Stage::Stable) => line("v1", path(Surface::V1)),
        Some(_) => line("v1-preview", path(Surface::V1)),
        None => line("v1", "not served".to_owned()),
    }
    match endpoint.dated {
        Some(since) => line(
            "dated",
            format!("{}, since {since}", path(Surface::LATEST_DATED)),
        ),
        None => line("dated", "not served".to_owned()),
    }
    if !args.is_empty() {
        line("params", args.join(", "));
    }
    let Some(facts) = visit(id, Facts) else {
        return told;
    };
    let params: Vec<&str> = endpoint.path_params().collect();
    let mut fields = facts.fields.to_vec();
    fields.retain(|name| !params.contains(name));
    if !fields.is_empty() {
        let holder = if endpoint.has_body { "body" } else { "params" };
        line(holder, fields.join(", "));
    }
    if facts.streams {
        line("streams", "with `stream: true` in the body".to_owned());
    }
    let again = if endpoint.safe_to_repeat {
        "whenever that may help"
    } else {
        "only where the service certainly did nothing: it creates something"
    };
    line("retried", again.to_owned());
    if let Ok(skeleton) = crate::skeleton(id) {
        told.push('\n');
        for line in skeleton.lines() {
            let _ = writeln!(told, "    {line}");
        }
    }
    told
}

struct Facts;

struct Found {
    fields: &'static [&'static str],
    streams: bool,
}

impl Visitor for Facts {
    type Out = Found;

    fn unary<O: aoai_types::Operation>(self) -> Found {
        Found {
            fields: crate::wire::fields::<O>(),
            streams: false,
        }
    }

    fn streaming<O: aoai_types::Streaming>(self) -> Found {
        Found {
            fields: crate::wire::fields::<O>(),
            streams: true,
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::Suite;
    use crate::diagnostic::Severity;

    fn names(topic: Topic) -> BTreeSet<&'static str> {
        let of = WORDS.iter().filter(|word| word.topic == topic);
        of.map(|word| word.name).collect()
    }

    #[test]
    fn every_word_that_the_parser_knows_is_explained_and_no_other() {
        let known = crate::parse::vocabulary();
        for (topic, words) in known {
            assert_eq!(names(topic), words.into_iter().collect(), "{topic:?}");
        }
    }

    /// Words in code, be it in the text or in a block.
    #[test]
    fn the_tour_of_the_language_has_every_word_in_it() {
        let readme = concat!(env!("CARGO_MANIFEST_DIR"), "/../../specs/README.md");
        let Ok(readme) = std::fs::read_to_string(readme) else {
            return;
        };
        let code: Vec<&str> = readme.split('`').skip(1).step_by(2).collect();
        let is_part = |c: char| c.is_ascii_alphanumeric() || "_$".contains(c);
        let words = code.iter().flat_map(|code| code.split(|c| !is_part(c)));
        let words: BTreeSet<&str> = words.collect();
        let mut missing = Vec::new();
        for known in WORDS {
            let is_matcher = matches!(known.topic, Topic::Value | Topic::Matcher);
            let sigil = if is_matcher { "$" } else { "" };
            let word = format!("{sigil}{}", known.name);
            if !words.contains(word.as_str()) {
                missing.push(word);
            }
        }
        assert!(missing.is_empty(), "{missing:?}");
    }

    #[test]
    fn every_example_has_no_error_in_it() {
        let mut wrong = Vec::new();
        for word in WORDS {
            let text = whole(word);
            let suite = Suite::from_text("example.yaml", &text);
            // An example has no files beside it.
            let found = suite.diagnostics().iter();
            let mut found = found.filter(|found| !found.message.ends_with("cannot be read"));
            if found.any(|found| found.severity == Severity::Error) {
                let found = suite.diagnostics().iter().map(ToString::to_string);
                wrong.push(format!("{text}\n{}", found.collect::<Vec<_>>().join("\n")));
            }
        }
        assert!(wrong.is_empty(), "{}", wrong.join("\n\n"));
    }

    /// A spec around an example.
    fn whole(word: &Word) -> String {
        let indented = |by: usize| {
            let lines = word.example.lines();
            let lines = lines.map(|line| format!("{}{line}\n", " ".repeat(by)));
            lines.collect::<String>()
        };
        let has = |key: &str| word.example.lines().any(|line| line.starts_with(key));
        let step = "  - call: chat\n    deployment: chat\n    body: {messages: [{role: user, content: \
                    ping}]}\n";
        match word.topic {
            Topic::Spec | Topic::Budget => {
                let mut text = String::new();
                if !has("name:") {
                    text.push_str("name: x\n");
                }
                text.push_str(&indented(0));
                if !has("steps:") {
                    let _ = write!(text, "steps:\n{step}");
                }
                text
            }
            Topic::Result | Topic::Value | Topic::Matcher => {
                format!("name: x\nsteps:\n{step}    expect:\n{}", indented(6))
            }
            Topic::Control => format!("name: x\nsteps:\n{step}  -{}", &indented(4)[3..]),
            _ if ["call:", "http:", "run:"].into_iter().any(has) => {
                format!("name: x\nsteps:\n  -{}", &indented(4)[3..])
            }
            _ => format!("name: x\nsteps:\n{step}{}", indented(4)),
        }
    }

    #[test]
    fn words_are_explained_wherever_they_stand() {
        let status = explain("status").unwrap();
        assert!(
            status.starts_with("`status` · a field of the result\n"),
            "{status}"
        );
        let matcher = explain("$in_order").unwrap();
        assert!(
            matcher.starts_with("`$in_order` · a matcher with an argument\n"),
            "{matcher}"
        );
        assert_eq!(explain("in_order").unwrap(), matcher);
        let chat = explain("chat").unwrap();
        for line in [
            "  v1          POST /openai/v1/chat/completions\n",
            "  dated       POST /openai/deployments/{deployment}/chat/completions, since 2022-12-01\n",
            "  streams     with `stream: true` in the body\n",
            "messages",
            "        messages: [{",
        ] {
            assert!(chat.contains(line), "{line:?} is not in\n{chat}");
        }
        assert_eq!(
            explain("$inorder").unwrap_err(),
            "nothing is called `$inorder`; did you mean `in_order`?"
        );
    }
}
