//! A computer that the model uses by the caller's hands.

use serde::{Deserialize, Serialize};

use super::ItemStatus;
use crate::open::tagged_union;

/// The model wants to use a computer.
///
/// [Reference](https://learn.microsoft.com/azure/ai-foundry/openai/how-to/responses)
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct ComputerCall {
    /// The item's id, `cu_…`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// How far it has come.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub status: Option<ItemStatus>,
    /// The call's id, to be named in the output.
    pub call_id: String,
    /// What it wants done.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub action: Option<ComputerAction>,
    /// What it wants done, where it is several things.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub actions: Option<Vec<ComputerAction>>,
    /// What to look at before doing it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pending_safety_checks: Option<Vec<SafetyCheck>>,
}

/// What the screen showed after an action.
///
/// [Reference](https://learn.microsoft.com/azure/ai-foundry/openai/how-to/responses)
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct ComputerCallOutput {
    /// The item's id.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// How far it has come.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub status: Option<ItemStatus>,
    /// The call's id.
    pub call_id: String,
    /// What the screen showed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub output: Option<ComputerOutput>,
    /// What has been looked at.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub acknowledged_safety_checks: Option<Vec<SafetyCheck>>,
}

impl ComputerCallOutput {
    /// What the screen showed after the call of this id.
    pub fn new(call_id: impl Into<String>, output: impl Into<ComputerOutput>) -> Self {
        Self {
            call_id: call_id.into(),
            output: Some(output.into()),
            id: None,
            status: None,
            acknowledged_safety_checks: None,
        }
    }
}

tagged_union! {
    /// What a computer's screen shows.
    ///
    /// [Reference](https://learn.microsoft.com/azure/ai-foundry/openai/how-to/responses)
    pub enum ComputerOutput by "type" {
        /// An image of it.
        Screenshot(ComputerScreenshot) = "computer_screenshot",
    }
}

/// An image of a screen: an address or a file that the resource keeps.
///
/// [Reference](https://learn.microsoft.com/azure/ai-foundry/openai/how-to/responses)
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct ComputerScreenshot {
    /// Its address, or a `data:` URL that holds it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub image_url: Option<String>,
    /// The file's id.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub file_id: Option<String>,
}

impl ComputerScreenshot {
    /// The image at this address, or in this `data:` URL.
    pub fn new(image_url: impl Into<String>) -> Self {
        Self {
            image_url: Some(image_url.into()),
            file_id: None,
        }
    }
}

/// Something to look at before doing what the model wants.
///
/// [Reference](https://learn.microsoft.com/azure/ai-foundry/openai/how-to/responses)
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct SafetyCheck {
    /// Its id.
    pub id: String,
    /// What kind it is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub code: Option<String>,
    /// For people.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub message: Option<String>,
}

tagged_union! {
    /// What a model wants done with a computer. Places are pixels from the upper left corner.
    ///
    /// [Reference](https://learn.microsoft.com/azure/ai-foundry/openai/how-to/responses)
    pub enum ComputerAction by "type" {
        /// A click.
        Click(Click) = "click",
        /// A double click.
        DoubleClick(DoubleClick) = "double_click",
        /// The pointer pulled along a path.
        Drag(Drag) = "drag",
        /// Keys pressed together.
        KeyPress(KeyPress) = "keypress",
        /// The pointer moved.
        Move(Move) = "move",
        /// A look at the screen.
        Screenshot(Screenshot) = "screenshot",
        /// The wheel turned.
        Scroll(Scroll) = "scroll",
        /// Text typed.
        TypeKeys(TypeKeys) = "type",
        /// A while let pass.
        Wait(Wait) = "wait",
    }
}

/// A click.
///
/// [Reference](https://learn.microsoft.com/azure/ai-foundry/openai/how-to/responses)
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Click {
    /// `left`, `right`, `wheel`, `back` or `forward`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub button: Option<String>,
    /// From the left.
    #[serde(
        default,
        deserialize_with = "crate::lenient::integer",
        skip_serializing_if = "Option::is_none"
    )]
    pub x: Option<i64>,
    /// From above.
    #[serde(
        default,
        deserialize_with = "crate::lenient::integer",
        skip_serializing_if = "Option::is_none"
    )]
    pub y: Option<i64>,
    /// Keys held down meanwhile.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub keys: Option<Vec<String>>,
}

/// A double click.
///
/// [Reference](https://learn.microsoft.com/azure/ai-foundry/openai/how-to/responses)
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct DoubleClick {
    /// From the left.
    #[serde(
        default,
        deserialize_with = "crate::lenient::integer",
        skip_serializing_if = "Option::is_none"
    )]
    pub x: Option<i64>,
    /// From above.
    #[serde(
        default,
        deserialize_with = "crate::lenient::integer",
        skip_serializing_if = "Option::is_none"
    )]
    pub y: Option<i64>,
    /// Keys held down meanwhile.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub keys: Option<Vec<String>>,
}

/// The pointer pulled along a path.
///
/// [Reference](https://learn.microsoft.com/azure/ai-foundry/openai/how-to/responses)
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Drag {
    /// The path.
    #[serde(default, deserialize_with = "crate::lenient::null_as_default")]
    pub path: Vec<Coordinate>,
    /// Keys held down meanwhile.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub keys: Option<Vec<String>>,
}

/// A place on the screen.
///
/// [Reference](https://learn.microsoft.com/azure/ai-foundry/openai/how-to/responses)
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Coordinate {
    /// From the left.
    #[serde(
        default,
        deserialize_with = "crate::lenient::integer",
        skip_serializing_if = "Option::is_none"
    )]
    pub x: Option<i64>,
    /// From above.
    #[serde(
        default,
        deserialize_with = "crate::lenient::integer",
        skip_serializing_if = "Option::is_none"
    )]
    pub y: Option<i64>,
}

/// Keys pressed together.
///
/// [Reference](https://learn.microsoft.com/azure/ai-foundry/openai/how-to/responses)
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct KeyPress {
    /// The keys.
    #[serde(default, deserialize_with = "crate::lenient::null_as_default")]
    pub keys: Vec<String>,
}

/// The pointer moved.
///
/// [Reference](https://learn.microsoft.com/azure/ai-foundry/openai/how-to/responses)
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Move {
    /// From the left.
    #[serde(
        default,
        deserialize_with = "crate::lenient::integer",
        skip_serializing_if = "Option::is_none"
    )]
    pub x: Option<i64>,
    /// From above.
    #[serde(
        default,
        deserialize_with = "crate::lenient::integer",
        skip_serializing_if = "Option::is_none"
    )]
    pub y: Option<i64>,
    /// Keys held down meanwhile.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub keys: Option<Vec<String>>,
}

/// A look at the screen.
///
/// [Reference](https://learn.microsoft.com/azure/ai-foundry/openai/how-to/responses)
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Screenshot {}

/// The wheel turned.
///
/// [Reference](https://learn.microsoft.com/azure/ai-foundry/openai/how-to/responses)
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Scroll {
    /// From the left.
    #[serde(
        default,
        deserialize_with = "crate::lenient::integer",
        skip_serializing_if = "Option::is_none"
    )]
    pub x: Option<i64>,
    /// From above.
    #[serde(
        default,
        deserialize_with = "crate::lenient::integer",
        skip_serializing_if = "Option::is_none"
    )]
    pub y: Option<i64>,
    /// How far to the right.
    #[serde(
        default,
        deserialize_with = "crate::lenient::integer",
        skip_serializing_if = "Option::is_none"
    )]
    pub scroll_x: Option<i64>,
    /// How far down.
    #[serde(
        default,
        deserialize_with = "crate::lenient::integer",
        skip_serializing_if = "Option::is_none"
    )]
    pub scroll_y: Option<i64>,
    /// Keys held down meanwhile.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub keys: Option<Vec<String>>,
}

/// Text typed.
///
/// [Reference](https://learn.microsoft.com/azure/ai-foundry/openai/how-to/responses)
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct TypeKeys {
    /// The text.
    pub text: String,
}

/// A while let pass.
///
/// [Reference](https://learn.microsoft.com/azure/ai-foundry/openai/how-to/responses)
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Wait {}
