//! Every instance that is made of a schema is valid, whatever the schema.

use aoai_conformance::{Document, instances, invalid_instances};
use proptest::collection::vec;
use proptest::prelude::{Just, Strategy, any, prop_oneof, proptest};
use serde_json::{Value, json};

fn document(schemas: &Value) -> Document {
    let text = json!({
        "openapi": "3.1.0",
        "info": {"title": "Test", "version": "1"},
        "paths": {},
        "components": {"schemas": schemas},
    });
    Document::parse(&text.to_string()).unwrap()
}

fn made(schema: &Value) -> Vec<Value> {
    let document = document(&json!({"Root": schema}));
    instances(&document, "Root")
        .into_iter()
        .map(|instance| instance.value)
        .collect()
}

#[test]
fn each_property_stands_alone_and_all_stand_together() {
    let schema = json!({
        "type": "object",
        "required": ["kind"],
        "properties": {
            "kind": {"enum": ["a", "b"]},
            "flag": {"type": ["boolean", "null"]},
            "list": {"type": "array", "items": {"type": "integer", "minimum": 2, "maximum": 7}},
        },
    });
    let expected = json!([
        {"kind": "a", "flag": true, "list": [7]},
        {"kind": "a"},
        {"kind": "a", "flag": true},
        {"kind": "a", "flag": false},
        {"kind": "a", "flag": null},
        {"kind": "b"},
        {"kind": "a value not in the document"},
        {"kind": "a", "list": [7]},
        {"kind": "a", "list": []},
        {"kind": "a", "list": [7, 7]},
        {"kind": "a", "list": [3.0]},
        {"kind": "a", "list": [2]},
    ]);
    assert_eq!(Value::from(made(&schema)), expected);
}

#[test]
fn boundaries_are_met() {
    let text = made(&json!({"type": "string", "minLength": 2, "maxLength": 6}));
    assert_eq!(text, [json!("text"), json!("éé"), json!("xxxxxx")]);

    let seed = json!({"type": "integer", "minimum": i64::MIN, "maximum": i64::MAX});
    let seeds = made(&seed);
    for wanted in [
        json!(i64::MIN),
        json!(i64::MAX),
        json!(-1),
        json!(9_007_199_254_740_993_i64),
    ] {
        assert!(seeds.contains(&wanted), "{wanted} is not among {seeds:?}");
    }

    let share = made(&json!({"type": "number", "exclusiveMinimum": 0, "maximum": 1}));
    assert_eq!(share, [json!(0.7), json!(1), json!(1.5e-7), json!(1.0),]);

    let named = made(&json!({"type": "string", "pattern": "^[a-f]{3}-(x|y)\\d+$"}));
    assert_eq!(named, [json!("aaa-x0")]);
}

#[test]
fn every_member_of_a_union_is_met_however_deep() {
    let document = document(&json!({
        "Root": {"type": "object", "properties": {"filter": {"$ref": "#/components/schemas/Filter"}}},
        "Filter": {"oneOf": [
            {"type": "object", "required": ["is"], "properties": {"is": {"type": "boolean"}}},
            {"$ref": "#/components/schemas/Both"},
        ]},
        "Both": {
            "type": "object",
            "required": ["and"],
            "properties": {
                "and": {"type": "array", "minItems": 1, "items": {"$ref": "#/components/schemas/Filter"}},
            },
        },
    }));
    let made = instances(&document, "Root");
    let at = |place: &str| made.iter().find(|instance| instance.at == place).unwrap();
    assert_eq!(at("").value, json!({"filter": {"is": true}}));
    let both = json!({"filter": {"and": [{"is": true}]}});
    assert!(made.iter().any(|instance| instance.value == both));
    let deeper = json!({"filter": {"and": [{"and": [{"is": true}]}]}});
    assert!(made.iter().any(|instance| instance.value == deeper));
    assert!(
        made.len() < 20,
        "{} instances of so small a schema",
        made.len()
    );
}

#[test]
fn a_schema_that_nothing_satisfies_has_no_instances() {
    let document = document(&json!({
        "Root": {"type": "object", "required": ["next"], "properties": {
            "next": {"$ref": "#/components/schemas/Root"},
        }},
    }));
    assert!(instances(&document, "Root").is_empty());
    assert!(made(&json!({"allOf": [{"type": "string"}, {"type": "integer"}]})).is_empty());
}

#[test]
fn the_planted_documents_make_valid_instances() {
    for text in [
        include_str!("../documents/planted-3.0.yaml"),
        include_str!("../documents/planted-3.1.json"),
        include_str!("../documents/own.yaml"),
    ] {
        let document = Document::parse(text).unwrap();
        assert_eq!(invalid_instances(&document).unwrap(), [""; 0]);
    }
}

/// Schemas that refer to each other by the names `A`, `B` and `C`.
fn any_schema() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(json!({})),
        Just(json!({"type": "boolean"})),
        Just(json!({"type": ["string", "null"]})),
        (0_usize..5, 0_usize..5).prop_map(|(least, more)| json!({
            "type": "string", "minLength": least, "maxLength": least + more
        })),
        (-9_i64..9, 0_i64..20).prop_map(|(least, more)| json!({
            "type": "integer", "minimum": least, "maximum": least + more
        })),
        Just(json!({"type": "number", "nullable": true})),
        Just(json!({"enum": ["a", 1, null]})),
        Just(json!({"const": "b"})),
        prop_oneof!["A", "B", "C"].prop_map(|name| json!({
            "$ref": format!("#/components/schemas/{name}")
        })),
    ];
    leaf.prop_recursive(3, 12, 3, |inner| {
        let members = vec(
            (prop_oneof!["p", "q", "r"], inner.clone(), any::<bool>()),
            0..4,
        );
        prop_oneof![
            members.prop_map(|members| {
                let required = members.iter().filter(|(.., required)| *required);
                let required: Vec<&String> = required.map(|(name, ..)| name).collect();
                let properties = members
                    .iter()
                    .map(|(name, of, _)| (name.clone(), of.clone()));
                let properties: serde_json::Map<_, _> = properties.collect();
                json!({"type": "object", "properties": properties, "required": required})
            }),
            (inner.clone(), 0_usize..3, 0_usize..3).prop_map(|(items, least, more)| json!({
                "type": "array", "items": items, "minItems": least, "maxItems": least + more
            })),
            inner
                .clone()
                .prop_map(|of| json!({"type": "object", "additionalProperties": of})),
            vec(inner.clone(), 1..4).prop_map(|members| json!({"anyOf": members})),
            vec(inner.clone(), 1..4).prop_map(|members| json!({"oneOf": members})),
            vec(inner, 1..3).prop_map(|members| json!({"allOf": members})),
        ]
    })
}

proptest! {
    #[test]
    fn instances_of_any_schema_are_valid(a in any_schema(), b in any_schema(), c in any_schema()) {
        let document = document(&json!({"A": a, "B": b, "C": c}));
        let invalid = invalid_instances(&document).unwrap();
        assert!(invalid.is_empty(), "{invalid:?}");
    }
}
