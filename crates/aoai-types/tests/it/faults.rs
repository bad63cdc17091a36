//! Where an answer is of another form, and what is wrong there.

use std::collections::BTreeMap;

use aoai_types::chat::{ChatCompletion, ChatCompletionChunk, CreateChatCompletion};
use aoai_types::operation::DecodeError;
use aoai_types::responses::Response;
use serde::Deserialize;
use serde::de::DeserializeOwned;

fn fault<T: DeserializeOwned>(text: &str) -> String {
    match DecodeError::read::<T>(text) {
        Ok(_) => panic!("{text} was read"),
        Err(error) => error.to_string(),
    }
}

macro_rules! faults {
    ($($name:ident: $of:ty { $($text:expr => $fault:expr,)+ })*) => {
        $(#[test]
        fn $name() {
            $(assert_eq!(fault::<$of>($text), $fault, "{}", $text);)+
        })*
    };
}

faults! {
    in_structs_and_lists: ChatCompletion {
        r#"{"choices": [{"message": {"content": 7}}]}"# =>
            "choices[0].message.content: invalid type: integer `7`, expected a string at line 1 column 38",
        r#"{"choices": [{"index": 0, "message": {}}, {"index": 1.5}]}"# =>
            "choices[1].index: invalid value: floating point `1.5`, expected an integer at line 1 column 55",
        "{\"choices\": [\n{\"message\": 7}]}" =>
            "choices[0].message: invalid type: integer `7`, expected struct ResponseMessage at line 2 column 13",
        "[]" =>
            "invalid length 0, expected struct ChatCompletion with 12 elements at line 1 column 2",
    }

    in_unions: Response {
        r#"{"output": [{"type": "reasoning", "summary": []}, {"type": "message", "content": [{"type": "output_text", "text": "", "annotations": [{"type": "url_citation", "url": 7}]}]}]}"# =>
            r#"output[1]: in "message": content: [0]: in "output_text": annotations[0]: in "url_citation": url: invalid type: integer `7`, expected a string at line 1 column 173"#,
        r#"{"output": [{"type": "message", "content": 7}]}"# =>
            r#"output[0]: in "message": missing field `role` at line 1 column 46"#,
        r#"{"output": [{"type": "message", "content": [7]}]}"# =>
            r#"output[0]: in "message": content: [0]: invalid type: integer `7`, expected a map at line 1 column 48"#,
        r#"{"output": [{"type": "function_call", "name": "f"}]}"# =>
            r#"output[0]: in "function_call": missing field `call_id` at line 1 column 51"#,
        r#"{"output": [7]}"# =>
            "output[0]: invalid type: integer `7`, expected a map at line 1 column 13",
    }

    in_what_is_sent: CreateChatCompletion {
        r#"{"model": "m", "messages": [{"role": "user", "content": [{"type": "text", "text": {}}]}]}"# =>
            r#"messages[0]: in "user": content[0]: in "text": text: invalid type: map, expected a string at line 1 column 88"#,
        r#"{"model": "m", "messages": [{"role": "tool", "content": "a"}]}"# =>
            r#"messages[0]: in "tool": missing field `tool_call_id` at line 1 column 61"#,
        r#"{"model": "m", "messages": [], "metadata": {"a": "b", "c": 7}}"# =>
            "metadata.c: invalid type: integer `7`, expected a string at line 1 column 60",
    }

    in_chunks: ChatCompletionChunk {
        r#"{"choices": [{"delta": {"tool_calls": [{"index": 0}, {"index": "0"}]}}]}"# =>
            r#"choices[0].delta.tool_calls[1].index: invalid type: string "0", expected an integer at line 1 column 66"#,
    }

    in_text_that_is_not_json: ChatCompletion {
        r#"{"choices": [{"message": {"content": "Hel"# =>
            "choices[0].message.content: EOF while parsing a string at line 1 column 41",
        r#"{"choices": [{"message": {"content": "Hello."}}, {"# =>
            "choices[1]: EOF while parsing an object at line 1 column 50",
        r#"{"choices": [{"message" 7}]}"# =>
            "choices[0].message: expected `:` at line 1 column 25",
        r#"{"choices": [{"message": {"content": nul}}]}"# =>
            "choices[0].message.content: expected ident at line 1 column 41",
        r#"{"choices": []} {}"# =>
            "trailing characters at line 1 column 17",
        "" =>
            "EOF while parsing a value at line 1 column 0",
        "<html>" =>
            "expected value at line 1 column 1",
    }

    of_members_that_are_repeated: ChatCompletion {
        r#"{"choices": [{"message": {"content": "a", "content": "b"}}]}"# =>
            "choices[0].message: duplicate field `content` at line 1 column 51",
        r#"{"choices": [], "choices": 7}"# =>
            "duplicate field `choices` at line 1 column 25",
    }

    in_text_that_is_not_json_and_of_another_form_before: ChatCompletion {
        r#"{"choices": [{"message": {"content": 7}}]"# =>
            "choices[0].message.content: invalid type: integer `7`, expected a string at line 1 column 38",
    }

    in_types_of_others: Mine {
        r#"{"map": {"3": "a"}}"# =>
            "map.3: unknown variant `a`, expected one of `none`, `left`, `right`, `both` at line 1 column 17",
        r#"{"map": {"3": {"left": 1}, "4": {"right": [1, "a"]}}}"# =>
            r#"map.4.right[1]: invalid type: string "a", expected u8 at line 1 column 49"#,
        r#"{"map": {"x": "none"}}"# =>
            "map.x: invalid value: expected key to be a number in quotes at line 1 column 10",
        r#"{"map": {"3": {"left": 1, "right": [1, 2]}}}"# =>
            "map.3: expected value at line 1 column 24",
        r#"{"map": {"3": {"both": {"a": [true], "b": [true, 0]}}}}"# =>
            "map.3.both.b[1]: invalid type: integer `0`, expected a boolean at line 1 column 50",
        r#"{"map": {"3": {"up": 1}}}"# =>
            "map.3.up: unknown variant `up`, expected one of `none`, `left`, `right`, `both` at line 1 column 19",
        r#"{"flag": {"true": 1, "false": "a"}}"# =>
            r#"flag.false: invalid type: string "a", expected u8 at line 1 column 33"#,
        r#"{"pair": [1, 2, 3]}"# =>
            "pair: trailing characters at line 1 column 17",
        r#"{"pair": [1]}"# =>
            "pair: invalid length 1, expected a tuple of size 2 at line 1 column 12",
        r#"{"new": {"a": {"new": {"a": 7}}}}"# =>
            "new.a.new.a: invalid type: integer `7`, expected struct Mine at line 1 column 29",
        r#"{"strict": {"known": 1, "strange": 2}}"# =>
            "strict.strange: unknown field `strange`, expected `known` at line 1 column 33",
        r#"{"letter": "ab"}"# =>
            r#"letter: invalid value: string "ab", expected a character at line 1 column 15"#,
        r#"{"tagged": [{"kind": "one", "name": ""}, {"name": "", "kind": "two"}]}"# =>
            "tagged[1].kind: unknown variant `two`, expected `one` at line 1 column 67",
        r#"{"tagged": [{"kind": "one", "name": 7}]}"# =>
            "tagged[0]: invalid type: integer `7`, expected a string at line 1 column 39",
        r#"{"flat": 1, "rest": []}"# =>
            "invalid type: sequence, expected i64 at line 1 column 23",
    }
}

#[derive(Debug, Deserialize)]
#[expect(dead_code, reason = "only reading it is looked at")]
struct Mine {
    #[serde(default)]
    map: BTreeMap<u8, Side>,
    #[serde(default)]
    flag: BTreeMap<bool, u8>,
    pair: Option<(u8, u8)>,
    new: Option<New>,
    strict: Option<Strict>,
    letter: Option<char>,
    #[serde(default)]
    tagged: Vec<Tagged>,
    #[serde(flatten)]
    flat: BTreeMap<String, i64>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "snake_case")]
#[expect(dead_code, reason = "only reading it is looked at")]
enum Side {
    None,
    Left(u8),
    Right(u8, u8),
    Both { a: Vec<bool>, b: Vec<bool> },
}

#[derive(Debug, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
#[expect(dead_code, reason = "only reading it is looked at")]
enum Tagged {
    One { name: String },
}

#[derive(Debug, Deserialize)]
#[expect(dead_code, reason = "only reading it is looked at")]
struct New(BTreeMap<String, Option<Box<Mine>>>);

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(dead_code, reason = "only reading it is looked at")]
struct Strict {
    known: u8,
}
