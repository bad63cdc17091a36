//! What each matcher takes and refuses.

use proptest::prelude::*;
use serde_json::{Value, json};

use super::{check, mistakes, pattern};
use crate::result::shape::{RESULT, Shape};
use crate::vars::Scope;

#[test]
#[expect(clippy::too_many_lines, reason = "it is a table")]
fn each_matcher_accepts_and_refuses() {
    for (yaml, good, bad) in [
        ("$any", json!(null), None),
        ("$string", json!(""), Some(json!(1))),
        ("$int", json!(1.0), Some(json!(1.5))),
        ("$number", json!(1.5), Some(json!("1.5"))),
        ("$bool", json!(false), Some(json!(0))),
        ("$list", json!([]), Some(json!({}))),
        ("$map", json!({}), Some(json!([]))),
        ("$nonempty", json!(0), Some(json!(""))),
        ("$nonempty", json!([null]), Some(json!([]))),
        ("$nonempty", json!({"a": 1}), Some(json!({}))),
        ("$nonempty", json!([null]), Some(json!(null))),
        (
            "$safe",
            json!([{"filtered": false}]),
            Some(json!([{"filtered": true}])),
        ),
        // Where nothing was found, nobody has looked.
        ("$safe", json!([{"filtered": false}]), Some(json!([]))),
        ("null", json!(null), Some(json!(false))),
        ("1", json!(1.0), Some(json!(2))),
        ("{$eq: $any}", json!("$any"), Some(json!("any"))),
        (
            "{$eq: {a: [1]}}",
            json!({"a": [1.0]}),
            Some(json!({"a": [1], "b": 2})),
        ),
        ("{$eq: [1]}", json!([1.0]), Some(json!([1, 2]))),
        ("{$eq: 300ms}", json!(300), Some(json!(301))),
        ("{$ne: a}", json!("b"), Some(json!("a"))),
        ("{$ne: $5}", json!("$6"), Some(json!("$5"))),
        ("{$not: {$eq: $any}}", json!("any"), Some(json!("$any"))),
        ("{$contains: $usd}", json!("in $usd"), Some(json!("usd"))),
        ("{$gt: 1}", json!(1.5), Some(json!(1))),
        (
            "{$gt: 9007199254740992}",
            json!(9_007_199_254_740_993_u64),
            Some(json!(9_007_199_254_740_992_u64)),
        ),
        ("{$gte: 1}", json!(1), Some(json!(0.9))),
        ("{$lt: 1}", json!(0), Some(json!(1))),
        ("{$lte: 1}", json!(1), Some(json!("0"))),
        ("{$gte: 1, $lte: 5}", json!(5), Some(json!(6))),
        ("{$gte: \"${case.least}\"}", json!(300), Some(json!(299.9))),
        ("{$in: [a, 1]}", json!(1), Some(json!("b"))),
        ("{$in: \"${case.list}\"}", json!("b"), Some(json!("c"))),
        ("{$in: \"${case.rows.0.a}\"}", json!(1.0), Some(json!(2))),
        ("{$contains: ell}", json!("hello"), Some(json!("HELLO"))),
        ("{$contains: a}", json!("a"), Some(json!(["a"]))),
        ("{$starts: he}", json!("hello"), Some(json!("oh hello"))),
        ("{$ends: lo}", json!("hello"), Some(json!("hello!"))),
        (
            "{$regex: \"(?i)^HEL+O$\"}",
            json!("hello"),
            Some(json!("hellos")),
        ),
        (
            "{$json: {a: 1}}",
            json!("{\"a\": 1, \"b\": 2}"),
            Some(json!("{\"a\": 2}")),
        ),
        ("{$json: $any}", json!("1"), Some(json!("not json"))),
        ("{$len: 2}", json!([1, 2]), Some(json!([1]))),
        ("{$len: \"${case.dims}\"}", json!("äö"), Some(json!("ä"))),
        ("{$len: {$gte: 1}}", json!({"a": 1}), Some(json!(1))),
        (
            "{$each: {a: 1}}",
            json!([{"a": 1}]),
            Some(json!([{"a": 1}, {}])),
        ),
        ("{$some: {a: 1}}", json!([{}, {"a": 1}]), Some(json!([]))),
        ("{$none: error}", json!(["a"]), Some(json!(["a", "error"]))),
        ("{$first: 1}", json!([1, 2]), Some(json!([2, 1]))),
        ("{$last: 1}", json!([2, 1]), Some(json!([]))),
        (
            "{$in_order: [a, b]}",
            json!(["a", "x", "b"]),
            Some(json!(["b", "a"])),
        ),
        ("{$any_order: [1, $int]}", json!([1, 2]), Some(json!([1]))),
        (
            "{$any_order: [$int, 1]}",
            json!([1, 2]),
            Some(json!([2, 3])),
        ),
        ("{$not: {$contains: a}}", json!("b"), Some(json!("a"))),
        ("{$any_of: [1, {$gt: 5}]}", json!(6), Some(json!(3))),
        (
            "{$only: {a: 1}}",
            json!({"a": 1}),
            Some(json!({"a": 1, "b": 2})),
        ),
        ("{$schema: {type: string}}", json!("a"), Some(json!(1))),
        (
            "{$schema: {not: {const: \"${case.least}\"}}}",
            json!("other"),
            Some(json!("300ms")),
        ),
        (
            "{$schema: {maxItems: \"${case.dims}\"}}",
            json!([1, 2]),
            Some(json!([1, 2, 3])),
        ),
        (
            "{$schema: {const: \"$${x}\"}}",
            json!("${x}"),
            Some(json!("$${x}")),
        ),
        (
            "[1, {a: 1}]",
            json!([1, {"a": 1, "b": 2}]),
            Some(json!([1, {"a": 1}, 3])),
        ),
        ("{a: $absent}", json!({"b": 1}), Some(json!({"a": null}))),
        (
            "{1: {a: 1}}",
            json!([0, {"a": 1, "b": 2}, 3]),
            Some(json!([{"a": 1}])),
        ),
        ("{0: 1, 2: $absent}", json!([1, 2]), Some(json!([1, 2, 3]))),
        ("{0: 1}", json!({"0": 1}), Some(json!([0, 1]))),
        ("{$not: {0: 1, a: 1}}", json!([1]), None),
        ("{$not: {}}", json!([1]), Some(json!({}))),
        ("{$not: {0: 1, a: $absent}}", json!([1]), None),
        ("{a: 1, $len: 1}", json!({"a": 1}), Some(json!({"a": 2}))),
        (
            "{a: {b: 1}, $len: 1}",
            json!({"a": {"b": 1}}),
            Some(json!({"a": {"b": 1}, "c": 1})),
        ),
        ("\"${case.list}\"", json!(["a", "b"]), Some(json!(["a"]))),
        (
            "\"${case.rows}\"",
            json!([{"a": [1], "b": 2}]),
            Some(json!([{"a": [1, 2]}])),
        ),
    ] {
        let found = check(yaml, &good);
        assert!(found.is_empty(), "{yaml} should take {good}: {found:?}");
        if let Some(bad) = bad {
            assert!(!check(yaml, &bad).is_empty(), "{yaml} should refuse {bad}");
        }
    }
    let wrong = check("{$schema: {type: \"${case.least}\"}}", &json!("a"));
    let note = wrong[0].note.as_deref().unwrap_or_default();
    assert!(
        note.starts_with("with its values it is not a JSON Schema: "),
        "{note}"
    );
    let absent = pattern("$any", Shape::Open).check(None, "x", &Scope::default());
    assert_eq!(absent[0].actual, "absent");
}

#[test]
fn what_came_is_told_so_that_it_can_be_compared() {
    for (yaml, value, actual, note) in [
        ("{$lt: 50ms}", json!(80.5), "80.5ms", None),
        ("{$lt: 50}", json!(80.5), "80.5", None),
        ("{$some: 1}", json!([]), "an empty list", None),
        ("{$some: 1}", json!([2]), "none of the 1 items: [2]", None),
        ("{$each: 1}", json!("x"), "\"x\"", Some("it takes a list")),
        (
            "{$any_order: [1]}",
            json!([2, 3]),
            "none of the 2 items",
            None,
        ),
        (
            "{$any_order: [1, 1]}",
            json!([1, 2]),
            "only items that other patterns need",
            None,
        ),
    ] {
        let found = check(yaml, &value);
        assert_eq!(found.len(), 1, "{yaml}");
        assert_eq!(found[0].actual, actual, "{yaml}");
        assert_eq!(found[0].note.as_deref(), note, "{yaml}");
    }
}

#[test]
fn what_cannot_fail_is_told_from_what_can() {
    for (yaml, idle) in [
        ("{}", true),
        ("{a: {}}", true),
        ("[{}]", true),
        ("{$contains: \"\"}", true),
        ("{$contains: a}", false),
        ("{$each: $any}", true),
        ("{$each: 1}", false),
        ("{$in_order: []}", true),
        ("{$any_order: []}", true),
        ("{$in_order: [1]}", false),
        ("{$len: {$gte: 0}}", true),
        ("{$len: {$gte: 1}}", false),
        ("{$len: {$gte: 0, $lte: 5}}", false),
        ("{$len: 0}", false),
    ] {
        let pattern = pattern(yaml, Shape::Open);
        assert_eq!(pattern.idle_part().is_some(), idle, "{yaml}");
    }
}

#[test]
fn a_type_that_is_never_at_a_place_is_a_mistake() {
    for (yaml, told) in [
        ("text: $int", "here stands text, and never `$int`"),
        ("text: $list", "here stands text, and never `$list`"),
        ("text: $map", "here stands text, and never `$map`"),
        ("text: $bool", "here stands text, and never `$bool`"),
        (
            "usage: {total: $string}",
            "here stands a number, and never `$string`",
        ),
        (
            "usage: {$gt: 1}",
            "`$gt` is for numbers, durations and text; here stands a mapping",
        ),
        (
            "attempts: {$lt: 1}",
            "`$lt` is for numbers, durations and text; here stands a list",
        ),
    ] {
        assert_eq!(mistakes(yaml), [told], "{yaml}");
    }
    assert_eq!(
        mistakes("{text: $string, usage: {total: $int}, tools: $list}"),
        [""; 0]
    );
}

#[test]
fn parts_of_a_result_take_what_may_stand_there() {
    let result = json!({
        "headers": {"retry-after": "3", "x-left": "-1", "x-many": "40", "x-text": "3 s"},
        "text": "3",
        "usage": {"cached": 3},
        "time": {"total": 5000.0, "first": 41.5},
        "attempts": [{"status": 429}, {"status": 200}],
        "auth": {"kind": "key"},
    });
    for (yaml, fits) in [
        ("time: {total: 5s, first: 41.5}", true),
        ("time: {total: 5000, first: {$lt: 50ms}}", true),
        ("time: {total: 5000ms, first: 42ms}", false),
        ("headers: {Retry-After: 3, x-many: {$gt: 5}}", true),
        (
            "headers: {retry-after: \"3\", x-many: {$gte: 40, $lt: 40.5}}",
            true,
        ),
        ("headers: {x-many: {$gt: \"5\"}}", false),
        ("headers: {retry-after: 30}", false),
        ("headers: {x-left: {$gte: 0}}", false),
        ("headers: {x-text: {$gte: 0}}", false),
        ("headers: {x-none: {$gte: 0}}", false),
        ("text: {$len: 1}", true),
        ("attempts: {1: {status: 200}, 2: $absent}", true),
        ("attempts: {0: {status: 200}}", false),
        ("usage: {cached: {$in: [3, $absent]}}", true),
        (
            "auth: {kind: {$any_of: [key, entra]}, source: {$not: cache}}",
            true,
        ),
    ] {
        let found = pattern(yaml, RESULT).check(Some(&result), "", &Scope::default());
        assert_eq!(found.is_empty(), fits, "{yaml}: {found:?}");
    }
}

#[test]
fn a_reference_to_a_number_is_text_where_nothing_else_stands() {
    let mut scope = Scope::default();
    scope.set("n", json!(40));
    scope.set("word", json!("40 s"));
    let result = json!({
        "headers": {"x-many": "40", "x-text": "40 s"},
        "text": "40",
        "usage": {"total": 40},
        "body": "40",
    });
    for (yaml, fits) in [
        ("headers: {x-many: \"${n}\", x-text: \"${n} s\"}", true),
        ("headers: {x-text: \"${n}\"}", false),
        ("headers: {x-none: \"${n}\"}", false),
        ("headers: {x-many: {$gte: \"${n}\", $lt: 41}}", true),
        ("headers: {x-many: {$gt: \"${n}\"}}", false),
        ("headers: {x-text: {$gte: \"${n}\"}}", false),
        ("headers: {x-text: {$gte: \"${word}\"}}", true),
        ("headers: {x-text: {$gt: \"${word}\"}}", false),
        ("headers: {x-many: \"${none}\"}", false),
        ("text: \"${n}\"", true),
        ("text: \"${word}\"", false),
        ("usage: {total: \"${n}\"}", true),
        // A body may hold either.
        ("body: \"${n}\"", false),
    ] {
        let found = pattern(yaml, RESULT).check(Some(&result), "", &scope);
        assert_eq!(found.is_empty(), fits, "{yaml}: {found:?}");
    }
}

/// Any JSON, not too deep; texts that cannot be taken for matchers or references.
fn anything() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i32>().prop_map(Value::from),
        (-1.0e6..1.0e6).prop_map(Value::from),
        "[a-z ]{0,8}".prop_map(Value::from),
    ];
    leaf.prop_recursive(3, 24, 4, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            prop::collection::btree_map("[a-z]{1,4}", inner, 0..4)
                .prop_map(|members| Value::Object(members.into_iter().collect())),
        ]
    })
}

proptest! {
    #[test]
    fn whatever_is_written_matches_itself(value in anything()) {
        prop_assert_eq!(check(&value.to_string(), &value), []);
        let exact = format!("{{$eq: {value}}}");
        prop_assert_eq!(check(&exact, &value), []);
    }

    #[test]
    fn a_matcher_and_its_negation_never_agree(pattern in anything(), value in anything()) {
        let straight = check(&pattern.to_string(), &value).is_empty();
        let negated = check(&format!("{{$not: {pattern}}}"), &value).is_empty();
        prop_assert_ne!(straight, negated);
    }
}
