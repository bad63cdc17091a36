//! `/images`: pictures of one colour, of the size and in the format that was asked for.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use super::arguments::{flag, number};
use super::{Answer, Group, Handler};
use crate::catalog::{Model, Serves};
use crate::check::{self, FrontEnd, images as arguments};
use crate::filter;
use crate::instructions::Filter;
use crate::members::Members;
use crate::refusal::Refusal;
use crate::route::Call;
use crate::stream::{self, Dialect, Events};
use crate::text;

use self::picture::Picture;

mod picture;

pub(super) const HANDLERS: Group = &[
    (
        "images.generate",
        Handler::new("ImageGenerations_Create", generate)
            .json(arguments::GENERATE)
            .by(FrontEnd::Resources)
            .made_for("imageGenerations", Model::draws),
    ),
    (
        "images.edit",
        Handler::new("ImageEdits_Create", edit)
            .form(arguments::EDIT)
            .by(FrontEnd::Resources)
            .made_for("imageEdits", Model::edits),
    ),
];

fn generate(call: &Call<'_>) -> Result<Answer, Refusal> {
    let dalle = call.served()?.model.serves == Serves::Dalle;
    let fields = if dalle {
        arguments::DALLE
    } else {
        arguments::GPT
    };
    check::body(fields, &call.body, FrontEnd::Resources, call.version)?;
    let drawing = Drawing::read(call, "image_generation", 0)?;
    if drawing.filter == Some(Filter::Answer) {
        return Ok(Answer::value(&drawing.withheld()));
    }
    Ok(if dalle {
        Answer::value(&drawing.dalle())
    } else {
        drawing.answer()
    })
}

fn edit(call: &Call<'_>) -> Result<Answer, Refusal> {
    let images = call.files_of("image").chain(call.files_of("mask"));
    let mut given = 0;
    for image in images {
        if !picture::is_known(&image.content) {
            let message = format!(
                "Invalid file '{}': unsupported mimetype. Supported file formats are 'image/jpeg' \
                 and 'image/png'.",
                image.field
            );
            let code = "unsupported_file_mimetype";
            return Err(Refusal::invalid(message, Some(&image.field), Some(code)));
        }
        given += 1;
    }
    let drawing = Drawing::read(call, "image_edit", given)?;
    if drawing.filter == Some(Filter::Answer) {
        return Ok(Answer::value(&drawing.withheld()));
    }
    Ok(drawing.answer())
}

/// What is to be drawn.
struct Drawing<'a> {
    call: &'a Call<'a>,
    /// What its events are called.
    kind: &'static str,
    prompt: &'a str,
    filter: Option<Filter>,
    count: u64,
    size: &'a str,
    quality: &'a str,
    background: &'static str,
    format: &'a str,
    /// How many images were given.
    given: u64,
}

impl<'a> Drawing<'a> {
    fn read(call: &'a Call<'a>, kind: &'static str, given: u64) -> Result<Self, Refusal> {
        let word = |name: &str, default: &'static str| match call.body.get(name) {
            Some(Value::String(word)) if word != "auto" => word.as_str(),
            _ => default,
        };
        let prompt = word("prompt", "auto");
        let filter = filter::of(call.instructions.filter, prompt);
        if filter == Some(Filter::Prompt) {
            return Err(Refusal::filtered_image(&filter::prompt_refused()));
        }
        let count = number(&call.body, "n").unwrap_or(1);
        if flag(&call.body, "stream") && count > 1 {
            let message = "Invalid value for 'n': only one image can be streamed.";
            return Err(Refusal::invalid(message, Some("n"), Some("invalid_value")));
        }
        let format = word("output_format", "png");
        let transparent = word("background", "opaque") == "transparent";
        if transparent && format == "jpeg" {
            let message = "Transparent background is not supported for JPEG output format.";
            let code = "invalid_value";
            return Err(Refusal::invalid(message, Some("background"), Some(code)));
        }
        Ok(Self {
            call,
            kind,
            prompt,
            filter,
            count,
            size: word("size", "1024x1024"),
            quality: word("quality", "high"),
            background: if transparent { "transparent" } else { "opaque" },
            format,
            given,
        })
    }

    fn answer(&self) -> Answer {
        let usage = self.usage();
        let tokens = usage["total_tokens"].as_u64().unwrap_or_default();
        if flag(&self.call.body, "stream") {
            return Answer::events(self.events(usage), tokens);
        }
        let data: Vec<Value> = (0..self.count)
            .map(|which| json!({"b64_json": self.base64(which)}))
            .collect();
        let body = Members::new([
            ("created", json!(self.call.now)),
            ("background", json!(self.background)),
            ("data", json!(data)),
            ("output_format", json!(self.format)),
            ("quality", json!(self.quality)),
            ("size", json!(self.size)),
            ("usage", usage),
        ]);
        Answer::json(body.to_json(), tokens)
    }

    /// The stages that were asked for, then the image.
    fn events(&self, usage: Value) -> Events {
        let stages = number(&self.call.body, "partial_images").unwrap_or(0);
        let event = |kind: &str, which: u64, more: (&'static str, Value)| {
            let kind = format!("{}.{kind}", self.kind);
            let event = Members::new([
                ("type", json!(kind)),
                ("b64_json", json!(self.base64(which))),
                ("background", json!(self.background)),
                ("created_at", json!(self.call.now)),
                ("output_format", json!(self.format)),
                ("quality", json!(self.quality)),
                ("size", json!(self.size)),
                more,
            ]);
            stream::named(&kind, &event)
        };
        let stage = |stage: u64| {
            let index = ("partial_image_index", json!(stage));
            event("partial_image", stage + 1, index)
        };
        Events {
            prompt_filter: None,
            then: (0..stages).map(stage).collect(),
            end: vec![event("completed", 0, ("usage", usage))],
            dialect: Dialect::Named,
        }
    }

    /// The answer of the first generation, which tells what the filter found in each image.
    fn dalle(&self) -> Value {
        let by_url = self.call.body.get("response_format") != Some(&json!("b64_json"));
        let mut image = json!({"revised_prompt": self.prompt});
        if self.filter != Some(Filter::Off) {
            image["content_filter_results"] = filter::image_passes();
            image["prompt_filter_results"] = filter::image_prompt_passes();
        }
        if by_url {
            image["url"] = json!(format!(
                "https://images.emulator.invalid/private/images/{}/generated_00.png?se=1&sig=fake",
                text::guid()
            ));
        } else {
            image["b64_json"] = json!(self.base64(0));
        }
        json!({"created": self.call.now, "data": [image]})
    }

    /// What comes in place of images that the filter holds back.
    fn withheld(&self) -> Value {
        json!({
            "created": self.call.now,
            "error": {
                "code": "contentFilter",
                "message": "Your task failed as a result of our safety system.",
            },
        })
    }

    fn base64(&self, which: u64) -> String {
        let seed = text::hash(format!("{which} {}", self.prompt).as_bytes());
        let picture = Picture::new(self.size, seed, self.background == "transparent");
        STANDARD.encode(if self.format == "jpeg" {
            picture.jpeg()
        } else {
            picture.png()
        })
    }

    fn usage(&self) -> Value {
        let words = text::count(self.prompt);
        let images = self.given * 323;
        let output = self.count * per_image(self.quality, self.size);
        json!({
            "input_tokens": words + images,
            "input_tokens_details": {"image_tokens": images, "text_tokens": words},
            "output_tokens": output,
            "total_tokens": words + images + output,
        })
    }
}

/// The tokens that an image costs.
fn per_image(quality: &str, size: &str) -> u64 {
    match (quality, size) {
        ("low", "1024x1024") => 272,
        ("low", "1024x1536") => 408,
        ("low", _) => 400,
        ("medium", "1024x1024") => 1056,
        ("medium", "1024x1536") => 1584,
        ("medium", _) => 1568,
        (_, "1024x1024") => 4160,
        (_, "1024x1536") => 6240,
        _ => 6208,
    }
}
