//! `/audio`: what is said in recordings, and texts read aloud.

use serde_json::{Value, json};

use super::arguments::flag;
use super::{Answer, Group, Handler};
use crate::catalog::{Model, Serves};
use crate::check::{FrontEnd, audio as arguments};
use crate::form::File;
use crate::refusal::Refusal;
use crate::route::Call;
use crate::text;

use self::transcript::Transcript;

mod sound;
mod speech;
mod transcript;

pub(super) const HANDLERS: Group = &[
    (
        "audio.transcriptions",
        Handler::new("Transcriptions_Create", transcribe)
            .form(arguments::TRANSCRIPTION)
            .by(FrontEnd::Resources)
            .made_for("audioTranscription", Model::transcribes),
    ),
    (
        "audio.translations",
        Handler::new("Translations_Create", translate)
            .form(arguments::TRANSLATION)
            .by(FrontEnd::Resources)
            .made_for("audioTranslation", Model::translates),
    ),
    (
        "audio.speech",
        Handler::new("Speech_Create", speech::speak)
            .json(arguments::SPEECH)
            .by(FrontEnd::Resources)
            .made_for("audioSpeech", Model::speaks),
    ),
];

fn transcribe(call: &Call<'_>) -> Result<Answer, Refusal> {
    let model = call.served()?.model;
    let format = format(call);
    let whisper = model.serves == Serves::Whisper;
    if !whisper && !matches!(format, "json" | "text") {
        let message = format!(
            "response_format '{format}' is not compatible with model '{}'. Use 'json' or 'text' \
             instead.",
            model.name
        );
        let code = "unsupported_value";
        return Err(Refusal::invalid(
            message,
            Some("response_format"),
            Some(code),
        ));
    }
    let granularities = call.body.get("timestamp_granularities");
    if granularities.is_some_and(|it| !it.is_null()) && format != "verbose_json" {
        return Err(Refusal::invalid(
            "'timestamp_granularities' is only supported with response_format 'verbose_json'.",
            Some("timestamp_granularities"),
            None,
        ));
    }
    let transcript = listen(call)?;
    // The oldest model takes the wish for a stream and does not grant it.
    if flag(&call.body, "stream") && !whisper {
        return Ok(transcript.events(call));
    }
    let words = granularities
        .and_then(Value::as_array)
        .is_some_and(|it| it.iter().any(|it| it == "word"));
    Ok(match format {
        "json" if whisper => Answer::value(&json!({"text": transcript.text})),
        "json" => transcript.counted(call),
        "verbose_json" => Answer::value(&transcript.verbose("transcribe", words)),
        format => text_of(&transcript, format),
    })
}

fn translate(call: &Call<'_>) -> Result<Answer, Refusal> {
    let transcript = listen(call)?;
    Ok(match format(call) {
        "json" => Answer::value(&json!({"text": transcript.text})),
        "verbose_json" => Answer::value(&transcript.verbose("translate", false)),
        format => text_of(&transcript, format),
    })
}

fn format<'a>(call: &'a Call<'_>) -> &'a str {
    let format = call.body.get("response_format").and_then(Value::as_str);
    format.unwrap_or("json")
}

fn text_of(transcript: &Transcript, format: &str) -> Answer {
    let body = match format {
        "srt" => transcript.srt(),
        "vtt" => transcript.vtt(),
        _ => format!("{}\n", transcript.text),
    };
    Answer::bytes("text/plain; charset=utf-8", body)
}

/// What is said in the recording: as instructed, as scripted for a file of this name, or made up.
fn listen(call: &Call<'_>) -> Result<Transcript, Refusal> {
    let file = call.files_of("file").next();
    let file = file.ok_or_else(Refusal::broken_form)?;
    let seconds = sound::seconds(&file.content);
    if call.length > MOST {
        return Err(Refusal::recording_too_large(MOST, call.length));
    }
    check_recording(file, seconds)?;
    let scripted = call.state.scripted(&file.name);
    let said = call.instructions.reply.clone();
    let said = said.or_else(|| scripted.and_then(|script| script.reply.clone()));
    let said = said.unwrap_or_else(|| format!("This is what is said in {}.", file.name));
    Ok(Transcript::new(said, seconds))
}

fn check_recording(file: &File, seconds: f64) -> Result<(), Refusal> {
    let extension = file.name.rsplit_once('.').map(|(_, it)| it.to_lowercase());
    if !extension.is_some_and(|it| FORMATS.contains(&it.as_str())) {
        let formats: Vec<String> = FORMATS.iter().map(|it| format!("'{it}'")).collect();
        let message = format!(
            "Invalid file format. Supported formats: [{}]",
            formats.join(", ")
        );
        return Err(Refusal::invalid(message, None, None));
    }
    if seconds < SHORTEST {
        let message = "Audio file is too short. Minimum audio length is 0.1 seconds.";
        let code = "audio_too_short";
        return Err(Refusal::invalid(message, Some("file"), Some(code)));
    }
    Ok(())
}

/// The tokens of so many seconds of sound, and those of the words beside them.
fn input_tokens(call: &Call<'_>, seconds: f64) -> (u64, u64) {
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a recording has less than 25 MiB"
    )]
    let sound = (seconds * 10.0).ceil() as u64;
    let prompt = call.body.get("prompt").and_then(Value::as_str);
    (sound, text::count(prompt.unwrap_or_default()))
}

/// What is listened to, in the order in which it is listed.
const FORMATS: &[&str] = &[
    "flac", "m4a", "mp3", "mp4", "mpeg", "mpga", "oga", "ogg", "wav", "webm",
];

/// The longest form with a recording, in bytes.
const MOST: usize = 25 << 20;

/// The shortest recording, in seconds.
const SHORTEST: f64 = 0.1;
