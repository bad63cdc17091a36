//! A type is read as `serde_json` reads it, faults included.

use std::collections::BTreeMap;
use std::fmt::Debug;

use aoai_types::chat::{ChatCompletion, CreateChatCompletion};
use aoai_types::operation::DecodeError;
use aoai_types::responses::Response;
use proptest::prelude::*;
use serde::de::{DeserializeOwned, IgnoredAny};
use serde::{Deserialize, Deserializer};
use serde_json::Value;
use serde_json::value::RawValue;

/// What serde can ask for.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
#[expect(dead_code, reason = "compared by what Debug shows")]
struct Asked {
    unit: (),
    unit_struct: Option<UnitStruct>,
    newtype: Option<Newtype>,
    pair: Option<(u8, String)>,
    tuple_struct: Option<TupleStruct>,
    nested: Option<Box<Self>>,
    flag: Option<bool>,
    byte: Option<u8>,
    small: Option<i8>,
    short: Option<(i16, u16)>,
    int: Option<(i32, u32)>,
    long: Option<(i64, u64)>,
    longest: Option<(i128, u128)>,
    floats: Option<(f32, f64)>,
    letter: Option<char>,
    text: Option<String>,
    list: Vec<Option<f64>>,
    array: Option<[u8; 2]>,
    nothing: Vec<IgnoredAny>,
    by_name: BTreeMap<String, Value>,
    by_letter: BTreeMap<char, u8>,
    by_number: BTreeMap<i8, u8>,
    by_flag: BTreeMap<bool, u8>,
    by_newtype: BTreeMap<Name, u8>,
    by_option: BTreeMap<Option<String>, u8>,
    by_kind: BTreeMap<Kind, u8>,
    kind: Option<Kind>,
    data: Option<Data>,
    tagged: Option<Tagged>,
    adjacent: Option<Adjacent>,
    untagged: Option<Untagged>,
    raw: Option<Box<RawValue>>,
    value: Option<Value>,
    path: Option<std::path::PathBuf>,
    bytes: Option<std::ffi::CString>,
    time: Option<std::time::Duration>,
    #[serde(rename = "é\n")]
    odd: Option<u8>,
    #[serde(flatten)]
    other: BTreeMap<String, Value>,
}

#[derive(Debug, Deserialize)]
struct UnitStruct;

#[derive(Debug, Deserialize)]
#[expect(dead_code, reason = "compared by what Debug shows")]
struct Newtype(Option<u8>);

#[derive(Debug, Deserialize)]
#[expect(dead_code, reason = "compared by what Debug shows")]
struct TupleStruct(u8, Option<bool>);

#[derive(Debug, Deserialize, PartialEq, Eq, PartialOrd, Ord)]
struct Name(String);

#[derive(Debug, Deserialize, PartialEq, Eq, PartialOrd, Ord)]
enum Kind {
    One,
    Two,
}

#[derive(Debug, Deserialize)]
#[expect(dead_code, reason = "compared by what Debug shows")]
enum Data {
    Unit,
    Newtype(u8),
    Tuple(u8, bool),
    Struct { a: u8 },
}

#[derive(Debug, Deserialize)]
#[serde(tag = "type")]
#[expect(dead_code, reason = "compared by what Debug shows")]
enum Tagged {
    A { a: u8 },
    B,
}

#[derive(Debug, Deserialize)]
#[serde(tag = "t", content = "c")]
#[expect(dead_code, reason = "compared by what Debug shows")]
enum Adjacent {
    A(u8),
    B,
}

#[derive(Debug, Deserialize)]
#[serde(untagged)]
#[expect(dead_code, reason = "compared by what Debug shows")]
enum Untagged {
    Number(i64),
    Text(String),
    List(Vec<Self>),
}

/// A struct without a member for the rest, which is skipped.
#[derive(Debug, Deserialize)]
#[expect(dead_code, reason = "compared by what Debug shows")]
struct Strict {
    needed: u8,
    #[serde(default)]
    inner: Option<Box<Self>>,
}

/// A type that reads nothing.
#[derive(Debug)]
#[expect(dead_code, reason = "compared by what Debug shows")]
struct Silent(u8);

impl<'de> Deserialize<'de> for Silent {
    fn deserialize<D: Deserializer<'de>>(_: D) -> Result<Self, D::Error> {
        Ok(Self(0))
    }
}

/// Reads a text as both do.
fn same<T: DeserializeOwned + Debug>(text: &str) {
    let read = DecodeError::read::<T>(text);
    let expected = serde_json::from_str::<T>(text);
    match (&read, &expected) {
        (Ok(read), Ok(expected)) => {
            assert_eq!(format!("{read:?}"), format!("{expected:?}"), "{text}");
        }
        (Err(read), Err(expected)) => {
            assert!(read.to_string().ends_with(&expected.to_string()), "{read}");
        }
        _ => panic!("{read:?}, and serde_json {expected:?}: {text}"),
    }
}

#[test]
fn a_float_that_is_too_large_is_refused() {
    for zeros in [307, 308, 309, 400] {
        let number = format!("1{}", "0".repeat(zeros));
        same::<f64>(&number);
        same::<f64>(&format!("{number}.5"));
        same::<Value>(&format!("[-{number}.0]"));
    }
}

fn same_as_everything(text: &str) {
    same::<Value>(text);
    same::<Asked>(text);
    same::<Strict>(text);
    same::<Vec<Strict>>(text);
    same::<f64>(text);
    same::<u64>(text);
    same::<i64>(text);
    same::<u128>(text);
    same::<String>(text);
    same::<char>(text);
    same::<bool>(text);
    same::<()>(text);
    same::<Option<u8>>(text);
    same::<Box<RawValue>>(text);
    same::<IgnoredAny>(text);
    same::<Silent>(text);
    same::<Vec<Silent>>(text);
    same::<BTreeMap<String, Silent>>(text);
    same::<Data>(text);
    same::<BTreeMap<String, f32>>(text);
    same::<ChatCompletion>(text);
    same::<Response>(text);
    same::<CreateChatCompletion>(text);
}

/// Values, and what is nearly one.
const VALUES: &[&str] = &[
    "null",
    "nul",
    "nulll",
    "true",
    "false",
    "True",
    "tru",
    "truefalse",
    "undefined",
    "NaN",
    "Infinity",
    "0",
    "-0",
    "-",
    "+1",
    "1",
    "-1",
    "00",
    "01",
    "-01",
    "255",
    "256",
    "-128",
    "-129",
    "65536",
    "1.",
    ".5",
    "0.5",
    "-2.50",
    "1.0",
    "1e",
    "1e+",
    "1e5",
    "1E-5",
    "0e5",
    "0.0",
    "-0.0",
    "-0.5",
    "-.5",
    "00.5",
    "-00.5",
    "0.5.",
    "1.5e",
    "1.5e3",
    "-1.5E-3",
    "0.1e400",
    "0.000000000000000001",
    "0.0000000000000000001",
    "123456789012345.678",
    "123456789012345678.0",
    "1234567890123456789.5",
    "9007199254740991.5",
    "9007199254740992.0",
    "9007199254740993.0",
    "900719925474099.20",
    "900719925474099.30",
    "18446744073709551616.0",
    "36893488147419103232.5",
    "1e400",
    "-1e400",
    "1e-400",
    "1-2",
    "1.2.3",
    "1_0",
    "0x1",
    "16777217",
    "0.1",
    "123456789012345678",
    "1234567890123456789",
    "9223372036854775807",
    "-9223372036854775808",
    "-9223372036854775809",
    "18446744073709551615",
    "18446744073709551616",
    "340282366920938463463374607431768211455",
    "5708990770823839524233143877797980545530986496",
    r#""""#,
    r#""a""#,
    r#""1""#,
    r#""true""#,
    r#""One""#,
    r#""Unit""#,
    r#""A""#,
    r#""B""#,
    r#""Newtype""#,
    r#""seven of""#,
    r#""eight of""#,
    r#""fifteen letters""#,
    r#""sixteen letters:""#,
    r#""twenty-four of letters.""#,
    r#""é""#,
    r#""später 明日 🙂 später 明日 🙂""#,
    r#""\n""#,
    r#""a\\""#,
    r#""\"""#,
    r#""seven o\"""#,
    r#""eight of\"""#,
    r#""\u00e9""#,
    r#""\u0000""#,
    r#""\ud83d\ude00""#,
    r#""\ud83d""#,
    r#""\ude00""#,
    r#""\u00""#,
    r#""\x""#,
    r#""\""#,
    r#"""#,
    r#""a"#,
    "\"\n\"",
    "\"\u{1}\"",
    "\"\u{1f}\"",
    "\"\u{7f}\"",
    "\"\u{80}\"",
    "'a'",
    "[]",
    "[ ]",
    "[1]",
    "[1,2]",
    "[1,true]",
    "[1,null]",
    "[1,2,3]",
    r#"[1,"a"]"#,
    "[1.5,2.5]",
    "[null,1]",
    "[[1],2]",
    r#"["a",[1,["b"]]]"#,
    "[,]",
    "[,1]",
    "[1,]",
    "[1,,2]",
    "[1 2]",
    "[1",
    "[",
    "]",
    "[}",
    "{}",
    "{ }",
    r#"{"a":1}"#,
    r#"{"a":1,"a":2}"#,
    r#"{"a":null}"#,
    r#"{"1":1}"#,
    r#"{"-1":1}"#,
    r#"{"01":1}"#,
    r#"{"1.0":1}"#,
    r#"{"true":1}"#,
    r#"{"One":1,"Two":2}"#,
    r#"{"Unit":null}"#,
    r#"{"Newtype":1}"#,
    r#"{"Newtype":1,"Unit":null}"#,
    r#"{"Tuple":[1,true]}"#,
    r#"{"Struct":{"a":1}}"#,
    r#"{"type":"A","a":1}"#,
    r#"{"a":1,"type":"A"}"#,
    r#"{"type":"B","b":{}}"#,
    r#"{"t":"A","c":1}"#,
    r#"{"c":1,"t":"A"}"#,
    r#"{"t":"B"}"#,
    r#"{"secs":1,"nanos":2}"#,
    r#"{"nested":{"byte":7}}"#,
    r#"{"needed":1,"inner":{"needed":2,"more":[{}]}}"#,
    r#"{"a\u0062":1}"#,
    r#"{"":1}"#,
    r#"{"a":1,}"#,
    r#"{,"a":1}"#,
    r#"{"a" 1}"#,
    r#"{"a"}"#,
    r#"{"a":}"#,
    r#"{"a"::1}"#,
    "{a:1}",
    "{1:2}",
    r#"{"a":1 "b":2}"#,
    r#"{"a":1"#,
    r#"{"a"#,
    "{",
    "}",
    "{]",
    "{null:1}",
    r#"{"$serde_json::private::RawValue":"1"}"#,
    r#"{"$serde_json::private::Number":"1"}"#,
    r#"{"z": [1.50, "\u00e9"] , "a":{"b":[]}}"#,
    "",
    " ",
    "\t\r\n",
    "\u{feff}1",
    "\u{a0}",
    "\u{c}",
    "\u{b}1",
    "/",
    "//",
    "1 2",
    "1,",
    "1]",
    "{}{}",
    "\0",
    "\u{7f}",
];

/// The members of [`Asked`], and one that is none.
const MEMBERS: &[&str] = &[
    "unit",
    "unit_struct",
    "newtype",
    "pair",
    "tuple_struct",
    "nested",
    "flag",
    "byte",
    "small",
    "short",
    "int",
    "long",
    "longest",
    "floats",
    "letter",
    "text",
    "list",
    "array",
    "nothing",
    "by_name",
    "by_letter",
    "by_number",
    "by_flag",
    "by_newtype",
    "by_option",
    "by_kind",
    "kind",
    "data",
    "tagged",
    "adjacent",
    "untagged",
    "raw",
    "value",
    "path",
    "bytes",
    "time",
    "é\\n",
    "odd",
];

#[test]
fn every_value_for_everything_that_can_be_asked_for() {
    for value in VALUES {
        same_as_everything(value);
        same_as_everything(&format!(" \n{value}\t "));
        same_as_everything(&format!("[{value}]"));
        same::<Strict>(&format!(r#"{{"needed":1,"skipped":{value}}}"#));
        same::<Strict>(&format!(r#"{{"skipped":{value},"needed":{value}}}"#));
        for member in MEMBERS {
            same::<Asked>(&format!(r#"{{"{member}":{value}}}"#));
            same::<Asked>(&format!(r#"{{ "{member}" : {value} , "byte":1}}"#));
            same::<Asked>(&format!(r#"{{"nested":{{"{member}":[{value},{value}]}}}}"#));
        }
    }
}

#[test]
fn as_deep_as_it_goes_and_no_deeper() {
    for depth in 120..135 {
        for (open, within, close) in [
            ("[", "1", "]"),
            ("[", "", "]"),
            (r#"{"a":"#, "{}", "}"),
            (r#"[{"a":"#, "0", "}]"),
        ] {
            let text = [&open.repeat(depth), within, &close.repeat(depth)].concat();
            same_as_everything(&text);
            same::<Asked>(&format!(r#"{{"nothing":[{text}]}}"#));
            same::<Asked>(&format!(r#"{{"raw":{text},"value":1}}"#));
            same::<Strict>(&format!(r#"{{"needed":1,"skipped":{text}}}"#));
        }
        let text = [
            r#"{"nested":"#.repeat(depth),
            "null".into(),
            "}".repeat(depth),
        ]
        .concat();
        same::<Asked>(&text);
    }
}

/// JSON with members that somebody asks for, written more or less tightly.
fn document() -> impl Strategy<Value = String> {
    let value = prop::sample::select(VALUES).prop_map(str::to_owned);
    let space = || prop::sample::select(vec!["", "", "", " ", "\n\t"]);
    value.prop_recursive(4, 32, 4, move |inner| {
        let member = (prop::sample::select(MEMBERS), space(), inner.clone());
        let members = prop::collection::vec(member, 0..4);
        let entries = prop::collection::vec((space(), inner), 0..4);
        prop_oneof![
            entries.prop_map(|entries| {
                let entries = entries
                    .iter()
                    .map(|(space, value)| format!("{space}{value}"));
                format!("[{}]", entries.collect::<Vec<_>>().join(","))
            }),
            members.prop_map(|members| {
                let members = members.iter();
                let members =
                    members.map(|(name, space, value)| format!("\"{name}\"{space}:{value}"));
                format!("{{{}}}", members.collect::<Vec<_>>().join(","))
            }),
        ]
    })
}

proptest! {
    #[test]
    fn any_float_in_any_notation(
        number in prop_oneof![any::<f64>(), -2.0..2.0, any::<f32>().prop_map(f64::from)],
        places in 0..25_usize,
        more in "[0-9]{0,25}",
    ) {
        for text in [
            format!("{number}"), format!("{number:?}"), format!("{number:e}"), format!("{number:.places$}"),
            format!("{number:.places$}{more}"), format!("{number:?}{more}"),
        ] {
            same::<f64>(&text);
            same::<Value>(&text);
            same::<Vec<f64>>(&format!("[{text}, {text},{text}]"));
        }
    }

    #[test]
    fn any_document_broken_anywhere(
        text in document(),
        edits in prop::collection::vec((any::<prop::sample::Index>(), "\\PC|[\"\\\\,:{}\\[\\]0-9 \n]"), 0..3),
    ) {
        same_as_everything(&text);
        let mut chars: Vec<char> = text.chars().collect();
        for (place, by) in edits {
            if !chars.is_empty() {
                let place = place.index(chars.len());
                chars.splice(place..=place, by.chars());
            }
        }
        same_as_everything(&String::from_iter(&chars));
    }
}
