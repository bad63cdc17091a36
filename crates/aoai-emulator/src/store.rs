//! What the resource keeps: things with an id, each kind on a shelf of its own.
//!
//! What becomes of a thing in the course of time (a file is processed, a job ends) follows from when
//! it was made and from the time of whoever looks at it. Nothing changes behind anyone's back, so
//! tests that run side by side, each with a time of its own, do not disturb each other.

use serde_json::{Map, Value, json};

use crate::handlers::arguments::size;
use crate::handlers::kept;
use crate::refusal::Refusal;
use crate::text;

/// Everything that a resource keeps.
#[derive(Default)]
pub(crate) struct Store {
    pub(crate) answers: Shelf<kept::Answer>,
    pub(crate) batches: Shelf<kept::Batch>,
    pub(crate) containers: Shelf<kept::Container>,
    pub(crate) conversations: Shelf<kept::Conversation>,
    pub(crate) evals: Shelf<kept::Eval>,
    pub(crate) files: Shelf<kept::File>,
    pub(crate) fine_tuning: Shelf<kept::Job>,
    pub(crate) uploads: Shelf<kept::Upload>,
    pub(crate) vector_stores: Shelf<kept::VectorStore>,
}

/// Something that is kept.
pub(crate) trait Kept {
    fn id(&self) -> &str;

    /// When it was made, in seconds since 1970. To whoever lives before that it does not exist.
    fn created_at(&self) -> u64;

    /// Whether it is there for whoever lives at `now`.
    fn is_there(&self, now: u64) -> bool {
        self.created_at() <= now
    }
}

/// Things of one kind, in the order in which they were put there.
#[derive(Debug)]
pub(crate) struct Shelf<T>(Vec<T>);

impl<T> Default for Shelf<T> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<T: Kept> Shelf<T> {
    pub(crate) fn put(&mut self, thing: T) {
        self.0.push(thing);
    }

    pub(crate) fn get(&self, id: &str, now: u64) -> Option<&T> {
        let mut all = self.0.iter();
        all.find(|thing| thing.id() == id && thing.is_there(now))
    }

    pub(crate) fn get_mut(&mut self, id: &str, now: u64) -> Option<&mut T> {
        let mut all = self.0.iter_mut();
        all.find(|thing| thing.id() == id && thing.is_there(now))
    }

    pub(crate) fn take(&mut self, id: &str, now: u64) -> Option<T> {
        let is_it = |thing: &T| thing.id() == id && thing.is_there(now);
        let at = self.0.iter().position(is_it)?;
        Some(self.0.remove(at))
    }

    /// Takes away what is there or will be.
    pub(crate) fn remove(&mut self, id: &str) {
        self.0.retain(|thing| thing.id() != id);
    }

    pub(crate) fn iter_mut(&mut self) -> impl Iterator<Item = &mut T> {
        self.0.iter_mut()
    }

    /// All that is there at `now`, the oldest first.
    pub(crate) fn all(&self, now: u64) -> Vec<&T> {
        let there = self.0.iter().filter(|thing| thing.is_there(now));
        let mut all: Vec<&T> = there.collect();
        all.sort_by_key(|thing| thing.created_at());
        all
    }
}

/// A piece of a list.
pub(crate) struct Page {
    pub(crate) data: Vec<Value>,
    pub(crate) has_more: bool,
}

/// In which order a list comes where the caller does not say.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Order {
    OldestFirst,
    NewestFirst,
}

impl Page {
    /// The piece that `limit`, `order`, `after` and `before` of a query ask for; `entries` come the
    /// oldest first, and each has an `id`.
    pub(crate) fn of(
        mut entries: Vec<Value>,
        query: &Map<String, Value>,
        order: Order,
        default: usize,
    ) -> Result<Self, Refusal> {
        let text = |name: &str| query.get(name).and_then(Value::as_str);
        let descending = text("order").map_or(order == Order::NewestFirst, |it| it == "desc");
        if descending {
            entries.reverse();
        }
        let place = |name: &'static str| -> Result<Option<usize>, Refusal> {
            let Some(id) = text(name) else {
                return Ok(None);
            };
            let at = entries.iter().position(|entry| entry["id"] == id);
            at.map(Some).ok_or_else(|| {
                let message = format!("Invalid '{name}': there is no object with the id '{id}'.");
                Refusal::invalid(message, Some(name), Some("invalid_value"))
            })
        };
        let begin = place("after")?.map_or(0, |at| at + 1);
        let end = place("before")?.unwrap_or(entries.len()).max(begin);
        let limit = size(query, "limit").unwrap_or(default);
        let mut data: Vec<Value> = entries.drain(begin..end).collect();
        let has_more = data.len() > limit;
        // A page before an entry is the one that ends there.
        if has_more && query.contains_key("before") && !query.contains_key("after") {
            data.drain(..data.len() - limit);
        }
        data.truncate(limit);
        Ok(Self { data, has_more })
    }

    /// The list with its cursors.
    pub(crate) fn json(self) -> Value {
        let id = |entry: Option<&Value>| entry.map_or(Value::Null, |entry| entry["id"].clone());
        json!({
            "object": "list",
            "first_id": id(self.data.first()),
            "last_id": id(self.data.last()),
            "has_more": self.has_more,
            "data": self.data,
        })
    }
}

/// A random id of 32 hexadecimal digits after a prefix: `file-`.
pub(crate) fn hex_id(prefix: &str) -> String {
    format!("{prefix}{:032x}", fastrand::u128(..))
}

/// A random id in the form of a GUID after a prefix.
pub(crate) fn guid_id(prefix: &str) -> String {
    format!("{prefix}{}", text::guid())
}

/// A time in seconds since 1970 as `2024-07-19T17:13:57`.
pub(crate) fn iso(unix: u64) -> String {
    let (days, seconds) = (unix / 86_400, unix % 86_400);
    // The era's days are counted from 1 March of the year 0, so that leap days come last.
    let shifted = days + 719_468;
    let (era, day_of_era) = (shifted / 146_097, shifted % 146_097);
    let year_of_era =
        (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted_month = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * shifted_month + 2) / 5 + 1;
    let month = if shifted_month < 10 {
        shifted_month + 3
    } else {
        shifted_month - 9
    };
    let year = year_of_era + era * 400 + u64::from(month <= 2);
    let (hour, minute, second) = (seconds / 3_600, seconds / 60 % 60, seconds % 60);
    format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}")
}

#[cfg(test)]
mod tests {
    use super::iso;

    #[test]
    fn times_are_written_as_dates() {
        for (unix, expected) in [
            (0, "1970-01-01T00:00:00"),
            (951_782_399, "2000-02-28T23:59:59"),
            (951_782_400, "2000-02-29T00:00:00"),
            (1_721_409_237, "2024-07-19T17:13:57"),
            (4_102_444_799, "2099-12-31T23:59:59"),
        ] {
            assert_eq!(iso(unix), expected);
        }
    }
}
