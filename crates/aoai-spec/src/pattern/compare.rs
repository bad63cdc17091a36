//! Equality and order of values.

use std::cmp::Ordering;

use serde_json::Value;

use super::Order;
use crate::duration;

/// Whether two values are the same; 1 is 1.0.
pub(crate) fn equal(a: &Value, b: &Value) -> bool {
    match (a, b) {
        (Value::Number(x), Value::Number(y)) => {
            x == y || x.as_f64() == y.as_f64() && !both_exact(x, y)
        }
        (Value::Array(x), Value::Array(y)) => {
            x.len() == y.len() && x.iter().zip(y).all(|(x, y)| equal(x, y))
        }
        (Value::Object(x), Value::Object(y)) => {
            x.len() == y.len()
                && x.iter()
                    .all(|(name, x)| y.get(name).is_some_and(|y| equal(x, y)))
        }
        _ => a == b,
    }
}

/// Whether `actual` holds everything that `expected` does: mappings in part, lists in full.
pub(crate) fn holds(expected: &Value, actual: &Value) -> bool {
    match (expected, actual) {
        (Value::Object(x), Value::Object(y)) => x
            .iter()
            .all(|(name, x)| y.get(name).is_some_and(|y| holds(x, y))),
        (Value::Array(x), Value::Array(y)) => {
            x.len() == y.len() && x.iter().zip(y).all(|(x, y)| holds(x, y))
        }
        _ => equal(expected, actual),
    }
}

/// Whether the values are so ordered; `None` where they have no order.
pub(crate) fn ordered(actual: &Value, order: Order, than: &Value) -> Option<bool> {
    let ordering = match (actual, than) {
        (Value::Number(a), Value::Number(b)) => match (a.as_i64(), b.as_i64()) {
            (Some(a), Some(b)) => a.cmp(&b),
            _ => a.as_f64()?.partial_cmp(&b.as_f64()?)?,
        },
        (Value::Number(a), Value::String(b)) => a.as_f64()?.partial_cmp(&duration::parse_ms(b)?)?,
        (Value::String(a), Value::String(b)) => {
            match (duration::parse_ms(a), duration::parse_ms(b)) {
                (Some(a), Some(b)) => a.partial_cmp(&b)?,
                _ => a.cmp(b),
            }
        }
        _ => return None,
    };
    Some(match order {
        Order::Greater => ordering == Ordering::Greater,
        Order::GreaterOrEqual => ordering != Ordering::Less,
        Order::Less => ordering == Ordering::Less,
        Order::LessOrEqual => ordering != Ordering::Greater,
    })
}

/// Integers beyond 2⁵³ differ although their nearest floats do not.
fn both_exact(x: &serde_json::Number, y: &serde_json::Number) -> bool {
    !x.is_f64() && !y.is_f64()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn one_is_one_point_zero_and_large_integers_stay_exact() {
        assert!(equal(&json!(1), &json!(1.0)));
        assert!(equal(&json!([{"a": 2.0}]), &json!([{"a": 2}])));
        assert!(!equal(
            &json!(9_007_199_254_740_993_u64),
            &json!(9_007_199_254_740_992_u64)
        ));
        assert!(!equal(&json!("1"), &json!(1)));
        assert!(!equal(&json!({"a": 1}), &json!({"a": 1, "b": 2})));
        assert!(holds(&json!({"a": 1}), &json!({"a": 1, "b": 2})));
        assert!(!holds(&json!([1]), &json!([1, 2])));
    }

    #[test]
    fn numbers_durations_and_texts_have_an_order() {
        let less = |a: Value, b: Value| ordered(&a, Order::Less, &b);
        assert_eq!(less(json!(1), json!(1.5)), Some(true));
        assert_eq!(less(json!(41.5), json!("300ms")), Some(true));
        assert_eq!(less(json!("90s"), json!("1m")), Some(false));
        assert_eq!(less(json!("a"), json!("b")), Some(true));
        assert_eq!(less(json!(1), json!("b")), None);
        assert_eq!(less(json!(null), json!(1)), None);
    }
}
