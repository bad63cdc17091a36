//! Which backend has what.

use std::borrow::Cow;
use std::collections::{HashMap, VecDeque};

use aoai_types::operation::Body;
use serde::Deserialize;
use serde_json::Value;

/// The ids of what came from backends, the last of them.
#[derive(Debug, Default)]
pub(super) struct Owners {
    of: HashMap<Box<str>, usize>,
    order: VecDeque<Box<str>>,
}

impl Owners {
    pub(super) fn is_empty(&self) -> bool {
        self.of.is_empty()
    }

    /// Remembers that `id` came from the backend `at`.
    pub(super) fn learn(&mut self, id: &str, at: usize) {
        if id.is_empty() || self.of.insert(id.into(), at).is_some() {
            return;
        }
        self.order.push_back(id.into());
        if self.order.len() > REMEMBERED
            && let Some(oldest) = self.order.pop_front()
        {
            self.of.remove(&oldest);
        }
    }

    /// Remembers where the object came from that a body is.
    pub(super) fn learn_from_body(&mut self, body: &[u8], at: usize) {
        #[derive(Deserialize)]
        struct Named<'a> {
            #[serde(borrow)]
            id: Cow<'a, str>,
        }

        if let Ok(named) = serde_json::from_slice::<Named<'_>>(body) {
            self.learn(&named.id, at);
        }
    }

    /// The backend that `id` came from.
    pub(super) fn find(&self, id: &str) -> Option<usize> {
        self.of.get(id).copied()
    }

    /// The backend that something named in a request came from.
    pub(super) fn find_in(&self, body: &Body) -> Option<usize> {
        let Body::Json(bytes) = body else {
            return None;
        };
        self.find_in_value(&serde_json::from_slice(bytes).ok()?)
    }

    fn find_in_value(&self, value: &Value) -> Option<usize> {
        match value {
            Value::String(text) => self.find(text),
            Value::Array(entries) => entries.iter().find_map(|entry| self.find_in_value(entry)),
            Value::Object(members) => members.values().find_map(|value| self.find_in_value(value)),
            _ => None,
        }
    }
}

const REMEMBERED: usize = 10_000;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_is_found_wherever_a_request_names_it() {
        let mut owners = Owners::default();
        owners.learn_from_body(br#"{"object":"response","id":"resp_1"}"#, 1);
        owners.learn("file-2", 2);
        for (body, found) in [
            (r#"{"previous_response_id":"resp_1"}"#, Some(1)),
            (r#"{"tools":[{"file_ids":["file-0","file-2"]}]}"#, Some(2)),
            (r#"{"input":"resp_1 is not an id in here"}"#, None),
            (r#"{"id":7}"#, None),
            ("no JSON", None),
        ] {
            assert_eq!(owners.find_in(&Body::Json(body.into())), found, "{body}");
        }
        assert_eq!(owners.find_in(&Body::Empty), None);
        for body in ["", "[]", r#"{"data":[]}"#, r#"{"id":7}"#, r#"{"id":""}"#] {
            owners.learn_from_body(body.as_bytes(), 0);
        }
        assert_eq!(owners.of.len(), 2);
    }

    #[test]
    fn the_oldest_are_forgotten() {
        let mut owners = Owners::default();
        for number in 0..REMEMBERED + 5 {
            owners.learn(&number.to_string(), number);
            owners.learn(&number.to_string(), number);
        }
        assert_eq!(owners.of.len(), REMEMBERED);
        assert_eq!(owners.order.len(), REMEMBERED);
        assert_eq!(owners.find("4"), None);
        assert_eq!(owners.find("5"), Some(5));
    }
}
