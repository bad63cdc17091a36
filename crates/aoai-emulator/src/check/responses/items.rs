//! Items: what a model is given, and what it made of it before.

use super::super::{Field, Rule};
use super::TYPE;

/// An item; one without a `type` is a message.
pub(crate) const ITEM: Rule = Rule::Untagged {
    tag: "type",
    fields: MESSAGE,
    tagged: &Rule::Tagged {
        tag: "type",
        variants: &[
            ("message", MESSAGE),
            ("function_call", FUNCTION_CALL),
            ("function_call_output", CALL_OUTPUT),
            ("custom_tool_call", CUSTOM_CALL),
            ("custom_tool_call_output", CALL_OUTPUT),
            ("reasoning", REASONING),
            ("compaction", COMPACTION),
            (
                "item_reference",
                &[TYPE, Field::required("id", &Rule::Text)],
            ),
            ("file_search_call", FILE_SEARCH_CALL),
            (
                "web_search_call",
                &[TYPE, ID, STATUS, Field::optional("action", ANYTHING)],
            ),
            ("code_interpreter_call", CODE_INTERPRETER_CALL),
            ("image_generation_call", IMAGE_GENERATION_CALL),
            ("computer_call", COMPUTER_CALL),
            ("computer_call_output", COMPUTER_CALL_OUTPUT),
            ("local_shell_call", LOCAL_SHELL_CALL),
            ("local_shell_call_output", LOCAL_SHELL_CALL_OUTPUT),
            ("mcp_list_tools", MCP_LIST_TOOLS),
            ("mcp_approval_request", MCP_APPROVAL_REQUEST),
            ("mcp_approval_response", MCP_APPROVAL_RESPONSE),
            ("mcp_call", MCP_CALL),
        ],
    },
};

const MESSAGE: &[Field] = &[
    Field::optional("type", &Rule::Text),
    Field::required(
        "role",
        &Rule::Words(&["user", "assistant", "system", "developer"]),
    ),
    Field::required("content", &CONTENT),
    ID,
    STATUS,
    Field::optional("phase", &Rule::Text),
];

const CONTENT: Rule = Rule::OneOf(&[&Rule::Text, &PARTS]);

const PARTS: Rule = Rule::List {
    of: &Rule::Tagged {
        tag: "type",
        variants: &[
            ("input_text", &[TYPE, Field::required("text", &Rule::Text)]),
            (
                "input_image",
                &[
                    TYPE,
                    Field::optional("detail", &Rule::Words(&["low", "high", "auto"])),
                    Field::optional("file_id", &Rule::Text),
                    Field::optional("image_url", &Rule::Text),
                ],
            ),
            (
                "input_file",
                &[
                    TYPE,
                    Field::optional("file_data", &Rule::Text),
                    Field::optional("file_id", &Rule::Text),
                    Field::optional("file_url", &Rule::Text),
                    Field::optional("filename", &Rule::Text),
                ],
            ),
            (
                "input_audio",
                &[
                    TYPE,
                    Field::optional("data", &Rule::Text),
                    Field::optional("format", &Rule::Words(&["mp3", "wav"])),
                    Field::optional("input_audio", ANYTHING),
                ],
            ),
            (
                "output_text",
                &[
                    TYPE,
                    Field::required("text", &Rule::Text),
                    Field::optional("annotations", &LIST),
                    Field::optional("logprobs", &LIST),
                ],
            ),
            ("refusal", &[TYPE, Field::required("refusal", &Rule::Text)]),
        ],
    },
    min: 0,
    max: usize::MAX,
};

const FUNCTION_CALL: &[Field] = &[
    TYPE,
    ID,
    STATUS,
    CALL_ID,
    Field::required("arguments", &Rule::Text),
    Field::required("name", &Rule::Text),
];

const CUSTOM_CALL: &[Field] = &[
    TYPE,
    ID,
    STATUS,
    CALL_ID,
    Field::required("input", &Rule::Text),
    Field::required("name", &Rule::Text),
];

/// Of functions and of custom tools.
const CALL_OUTPUT: &[Field] = &[
    TYPE,
    ID,
    STATUS,
    CALL_ID,
    Field::required("output", &CONTENT),
];

const REASONING: &[Field] = &[
    TYPE,
    ID,
    STATUS,
    Field::required("summary", &LIST),
    Field::optional("content", &LIST),
    Field::optional("encrypted_content", &Rule::Text),
];

const COMPACTION: &[Field] = &[
    TYPE,
    ID,
    Field::required("encrypted_content", &Rule::Text),
    Field::optional("created_by", &Rule::Text),
];

const FILE_SEARCH_CALL: &[Field] = &[
    TYPE,
    ID,
    STATUS,
    Field::required("queries", &LIST),
    Field::optional("results", &LIST),
];

const CODE_INTERPRETER_CALL: &[Field] = &[
    TYPE,
    ID,
    STATUS,
    Field::required("container_id", &Rule::Text),
    Field::optional("code", &Rule::Text),
    Field::optional("outputs", &LIST),
];

const IMAGE_GENERATION_CALL: &[Field] = &[TYPE, ID, STATUS, Field::optional("result", &Rule::Text)];

const COMPUTER_CALL: &[Field] = &[
    TYPE,
    ID,
    STATUS,
    CALL_ID,
    Field::required("action", ANYTHING),
    Field::optional("pending_safety_checks", &LIST),
];

const COMPUTER_CALL_OUTPUT: &[Field] = &[
    TYPE,
    ID,
    STATUS,
    CALL_ID,
    Field::required("output", ANYTHING),
    Field::optional("acknowledged_safety_checks", &LIST),
];

const LOCAL_SHELL_CALL: &[Field] = &[
    TYPE,
    ID,
    STATUS,
    CALL_ID,
    Field::required("action", ANYTHING),
];

const LOCAL_SHELL_CALL_OUTPUT: &[Field] = &[
    TYPE,
    ID,
    STATUS,
    Field::optional("call_id", &Rule::Text),
    Field::required("output", &Rule::Text),
];

const MCP_LIST_TOOLS: &[Field] = &[
    TYPE,
    ID,
    Field::required("server_label", &Rule::Text),
    Field::required("tools", &LIST),
    Field::optional("error", &Rule::Any),
];

const MCP_APPROVAL_REQUEST: &[Field] = &[
    TYPE,
    ID,
    Field::required("arguments", &Rule::Text),
    Field::required("name", &Rule::Text),
    Field::required("server_label", &Rule::Text),
];

const MCP_APPROVAL_RESPONSE: &[Field] = &[
    TYPE,
    ID,
    Field::required("approval_request_id", &Rule::Text),
    Field::required("approve", &Rule::Bool),
    Field::optional("reason", &Rule::Text),
];

const MCP_CALL: &[Field] = &[
    TYPE,
    ID,
    STATUS,
    Field::required("arguments", &Rule::Text),
    Field::required("name", &Rule::Text),
    Field::required("server_label", &Rule::Text),
    Field::optional("approval_request_id", &Rule::Text),
    Field::optional("error", &Rule::Any),
    Field::optional("output", &Rule::Text),
];

const ID: Field = Field::optional("id", &Rule::Text);
const STATUS: Field = Field::optional("status", &Rule::Text);
const CALL_ID: Field = Field::required("call_id", &Rule::Text);

const ANYTHING: &Rule = &Rule::Map(&Rule::Any);

const LIST: Rule = Rule::List {
    of: &Rule::Any,
    min: 0,
    max: usize::MAX,
};
