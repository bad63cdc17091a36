//! Deployments by their aliases, in answers that are kept for others to see.

use std::collections::BTreeMap;

use serde_json::Value;

/// What a profile calls its deployments, by their real names.
#[derive(Clone, Debug, Default)]
pub(super) struct Aliases(BTreeMap<String, String>);

impl Aliases {
    /// Those of deployments by their aliases.
    pub(super) fn of(deployments: &BTreeMap<String, String>) -> Self {
        let aliases = deployments.iter().filter(|(alias, name)| alias != name);
        Self(
            aliases
                .map(|(alias, name)| (name.clone(), alias.clone()))
                .collect(),
        )
    }

    /// A header of an answer: its whole value where it tells a deployment, else the URLs in it.
    pub(super) fn in_header(&self, name: &str, value: &str) -> String {
        if name.contains("deployment") {
            return self.in_text(value);
        }
        let mut told = value.to_owned();
        for (name, alias) in &self.0 {
            let is_whole = |rest: &str| rest.is_empty() || rest.starts_with(['/', '?', ':']);
            told = replaced(&told, &format!("deployments/{name}"), |_, rest| {
                is_whole(rest).then(|| format!("deployments/{alias}"))
            });
        }
        told
    }

    /// A text for people, in which a name is a word of its own.
    pub(super) fn in_text(&self, text: &str) -> String {
        let mut told = text.to_owned();
        for (name, alias) in &self.0 {
            told = replaced(&told, name, |before, rest| {
                let is_name = |c: char| c.is_alphanumeric() || c == '-' || c == '_';
                let mut after = rest.chars();
                // What ends a sentence is no part of a name.
                let goes_on = match after.next() {
                    Some('.') => after.next().is_some_and(is_name),
                    next => next.is_some_and(is_name),
                };
                let is_part = goes_on || before.ends_with(|c| is_name(c) || c == '.');
                (!is_part).then(|| alias.clone())
            });
        }
        told
    }

    /// The body of an answer that refuses: its texts where it is JSON, else all of it.
    pub(super) fn in_refusal(&self, body: &str) -> String {
        let Ok(mut value) = serde_json::from_str::<Value>(body) else {
            return self.in_text(body);
        };
        if self.in_value(&mut value) {
            value.to_string()
        } else {
            body.to_owned()
        }
    }

    /// Whether something was replaced.
    fn in_value(&self, value: &mut Value) -> bool {
        match value {
            Value::String(text) => {
                let told = self.in_text(text);
                let differs = *text != told;
                *text = told;
                differs
            }
            Value::Array(items) => items
                .iter_mut()
                .fold(false, |any, item| self.in_value(item) | any),
            Value::Object(members) => members
                .values_mut()
                .fold(false, |any, value| self.in_value(value) | any),
            _ => false,
        }
    }
}

/// The text with something else for `what`, wherever `by` has it from what is before and after.
fn replaced(text: &str, what: &str, by: impl Fn(&str, &str) -> Option<String>) -> String {
    let mut told = String::new();
    let mut done = 0;
    for (at, _) in text.match_indices(what) {
        let end = at + what.len();
        if let Some(other) = by(&text[..at], &text[end..]) {
            told.push_str(&text[done..at]);
            told.push_str(&other);
            done = end;
        }
    }
    told + &text[done..]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn aliases() -> Aliases {
        let deployments = [("chat", "contoso-prod"), ("small", "gpt"), ("same", "same")];
        let deployments = deployments.map(|(alias, name)| (alias.to_owned(), name.to_owned()));
        Aliases::of(&deployments.into())
    }

    #[test]
    fn a_name_is_told_by_its_alias_where_it_is_a_word() {
        for (text, told) in [
            ("contoso-prod", "chat"),
            (
                "the deployment 'contoso-prod' is busy",
                "the deployment 'chat' is busy",
            ),
            ("no contoso-prod. Use gpt", "no chat. Use small"),
            ("contoso-prod, contoso-prod", "chat, chat"),
            (
                "contoso-prod-2 my-contoso-prod contoso-prod.b",
                "contoso-prod-2 my-contoso-prod contoso-prod.b",
            ),
            ("gpt-4o and 4gpt", "gpt-4o and 4gpt"),
            ("", ""),
        ] {
            assert_eq!(aliases().in_text(text), told);
        }
    }

    #[test]
    fn headers_tell_deployments_in_urls_and_where_they_say_so() {
        for (name, value, told) in [
            ("x-ms-deployment-name", "contoso-prod", "chat"),
            ("azureml-model-deployment", "gpt", "small"),
            ("openai-model", "gpt", "gpt"),
            (
                "location",
                "https://x/openai/deployments/contoso-prod/a?b",
                "https://x/openai/deployments/chat/a?b",
            ),
            (
                "location",
                "https://x/deployments/gpt-4o",
                "https://x/deployments/gpt-4o",
            ),
        ] {
            assert_eq!(aliases().in_header(name, value), told);
        }
    }

    #[test]
    fn a_refusal_stays_as_it_was_written_unless_it_tells_a_name() {
        for (body, told) in [
            ("{\"error\": {\"gpt\": 1}}", "{\"error\": {\"gpt\": 1}}"),
            (
                "{\"error\": {\"gpt\": [\"no gpt\"]}}",
                "{\"error\":{\"gpt\":[\"no small\"]}}",
            ),
            ("upstream gpt is away", "upstream small is away"),
        ] {
            assert_eq!(aliases().in_refusal(body), told);
        }
    }
}
