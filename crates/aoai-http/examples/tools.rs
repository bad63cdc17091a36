//! Lets the model call a function of ours, and tells it what the function gave.
//!
//! Needs a deployment named `chat`.

#![expect(clippy::print_stdout, reason = "it shows its answer")]

use std::error::Error;

use aoai_types::responses::CreateResponse;
use aoai_types::responses::item::{FunctionCallOutput, Item};
use aoai_types::responses::tool::FunctionTool;
use serde_json::{Value, json};

use self::resource::Resource;

#[path = "support/resource.rs"]
mod resource;

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let azure = Resource::connect().await?;

    let parameters = json!({
        "type": "object",
        "properties": {"city": {"type": "string"}},
        "required": ["city"],
        "additionalProperties": false,
    });
    let mut tool = FunctionTool::new("get_weather", parameters);
    tool.strict = Some(true);

    let mut question = CreateResponse::new("chat", "Weather in Paris?");
    question.tools = Some(vec![tool.into()]);
    let mut answer = azure.client.send(&question).await?;

    // A model may call several functions, and call again when it knows more.
    loop {
        let outputs: Vec<Item> = answer
            .function_calls()
            .map(|call| {
                let output = get_weather(&call.arguments);
                println!("{}({}) = {output}", call.name, call.arguments);
                FunctionCallOutput::new(&call.call_id, output.as_str()).into()
            })
            .collect();
        if outputs.is_empty() {
            break;
        }
        let mut next = CreateResponse::new("chat", outputs);
        next.previous_response_id.clone_from(&answer.id);
        next.tools.clone_from(&question.tools);
        answer = azure.client.send(&next).await?;
    }

    println!("{}", answer.text());
    Ok(())
}

/// The model writes the arguments: nothing is certain about them.
fn get_weather(arguments: &str) -> String {
    let arguments: Value = serde_json::from_str(arguments).unwrap_or_default();
    match arguments["city"].as_str() {
        Some(city) => format!("It is sunny in {city}."),
        None => "I need a city.".to_owned(),
    }
}
