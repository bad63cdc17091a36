//! `$filter`: which batches a list is to have.

use serde_json::Value;

use crate::refusal::Refusal;

/// `created_at gt 1728773533 and status eq 'Completed'`.
pub(super) struct Filter(Vec<Condition>);

struct Condition {
    member: String,
    compare: fn(std::cmp::Ordering) -> bool,
    with: String,
}

impl Filter {
    pub(super) fn read(text: &str) -> Result<Self, Refusal> {
        let conditions = text.split(" and ").map(|condition| {
            Condition::read(condition).ok_or_else(|| {
                let message = format!("Invalid filter: '{}'.", condition.trim());
                Refusal::invalid(message, Some("$filter"), Some("invalid_value"))
            })
        });
        Ok(Self(conditions.collect::<Result<_, _>>()?))
    }

    /// Whether a batch is one of those.
    pub(super) fn takes(&self, batch: &Value) -> bool {
        self.0.iter().all(|condition| condition.holds(batch))
    }
}

impl Condition {
    fn read(text: &str) -> Option<Self> {
        let mut words = text.split_whitespace();
        let (member, operator, with) = (words.next()?, words.next()?, words.next()?);
        if words.next().is_some() || !["created_at", "status"].contains(&member) {
            return None;
        }
        let with = match member {
            "status" => with.strip_prefix('\'')?.strip_suffix('\'')?.to_lowercase(),
            _ => with.parse::<u64>().ok()?.to_string(),
        };
        let compare: fn(std::cmp::Ordering) -> bool = match operator {
            "eq" => std::cmp::Ordering::is_eq,
            "ne" => std::cmp::Ordering::is_ne,
            "gt" => std::cmp::Ordering::is_gt,
            "ge" => std::cmp::Ordering::is_ge,
            "lt" => std::cmp::Ordering::is_lt,
            "le" => std::cmp::Ordering::is_le,
            _ => return None,
        };
        Some(Self {
            member: member.to_owned(),
            compare,
            with,
        })
    }

    fn holds(&self, batch: &Value) -> bool {
        let order = match &batch[&self.member] {
            Value::String(status) => status.as_str().cmp(&self.with),
            number => number.as_u64().cmp(&self.with.parse().ok()),
        };
        (self.compare)(order)
    }
}
