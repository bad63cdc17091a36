//! The models that can be deployed, and what each can do.

/// A model as the service's catalogue knows it.
#[derive(Debug)]
pub(crate) struct Model {
    /// Its name in deployments and in refusals.
    pub(crate) name: &'static str,
    /// What the catalogue lists it as, and what answers call it.
    pub(crate) wire: &'static str,
    pub(crate) serves: Serves,
    /// How many tokens question and answer may have together.
    pub(crate) context: u64,
    /// How many tokens an answer may have.
    pub(crate) output: u64,
    /// Seconds since 1970.
    pub(crate) created: u64,
    /// When it stops answering; seconds since 1970.
    pub(crate) retires: u64,
}

/// The operation that a model is made for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Serves {
    Chat,
    /// Chat, with thinking before the answer and without sampling parameters.
    Reasoning,
    Completions,
    /// With this many dimensions; fewer where `shrinks` lets the caller choose.
    Embeddings {
        dimensions: usize,
        shrinks: bool,
    },
    /// Images, as the first generation of them takes its arguments.
    Dalle,
    /// Images, also from images, and in a stream.
    Images,
    /// Transcriptions and translations, in every form and without a stream.
    Whisper,
    /// Transcriptions, as JSON or text, and in a stream.
    Transcription,
    Speech,
    Realtime,
}

impl Model {
    /// The model of this name.
    pub(crate) fn find(name: &str) -> Option<&'static Self> {
        CATALOG.iter().find(|model| model.name == name)
    }

    /// Whether chat completions are its operation.
    pub(crate) fn chats(&self) -> bool {
        matches!(self.serves, Serves::Chat | Serves::Reasoning)
    }

    /// Whether a new model can be trained from it.
    pub(crate) fn tunes(&self) -> bool {
        [
            "gpt-4o-mini",
            "gpt-4o",
            "gpt-4.1-mini",
            "gpt-35-turbo",
            "o4-mini",
        ]
        .contains(&self.name)
    }

    /// Whether completions are its operation.
    pub(crate) fn completes(&self) -> bool {
        self.serves == Serves::Completions
    }

    /// Whether images are what it makes.
    pub(crate) fn draws(&self) -> bool {
        matches!(self.serves, Serves::Dalle | Serves::Images)
    }

    /// Whether it changes images.
    pub(crate) fn edits(&self) -> bool {
        self.serves == Serves::Images
    }

    /// Whether it writes down what is said.
    pub(crate) fn transcribes(&self) -> bool {
        matches!(self.serves, Serves::Whisper | Serves::Transcription)
    }

    /// Whether it writes down in English what is said.
    pub(crate) fn translates(&self) -> bool {
        self.serves == Serves::Whisper
    }

    /// Whether it reads texts aloud.
    pub(crate) fn speaks(&self) -> bool {
        self.serves == Serves::Speech
    }

    /// Whether embeddings are its operation.
    pub(crate) fn embeds(&self) -> bool {
        matches!(self.serves, Serves::Embeddings { .. })
    }
}

pub(crate) const CATALOG: &[Model] = &[
    Model {
        name: "gpt-4o-mini",
        wire: "gpt-4o-mini-2024-07-18",
        serves: Serves::Chat,
        context: 128_000,
        output: 16_384,
        created: 1_721_260_800,
        retires: 1_806_537_600,
    },
    Model {
        name: "gpt-4o",
        wire: "gpt-4o-2024-11-20",
        serves: Serves::Chat,
        context: 128_000,
        output: 16_384,
        created: 1_732_060_800,
        retires: 1_806_537_600,
    },
    Model {
        name: "gpt-4.1-mini",
        wire: "gpt-4.1-mini-2025-04-14",
        serves: Serves::Chat,
        context: 1_047_576,
        output: 32_768,
        created: 1_744_588_800,
        retires: 1_823_299_200,
    },
    Model {
        name: "gpt-35-turbo",
        wire: "gpt-35-turbo",
        serves: Serves::Chat,
        context: 16_385,
        output: 4_096,
        created: 1_706_140_800,
        retires: 1_806_537_600,
    },
    Model {
        name: "o4-mini",
        wire: "o4-mini-2025-04-16",
        serves: Serves::Reasoning,
        context: 200_000,
        output: 100_000,
        created: 1_744_761_600,
        retires: 1_823_299_200,
    },
    Model {
        name: "gpt-5-mini",
        wire: "gpt-5-mini-2025-08-07",
        serves: Serves::Reasoning,
        context: 400_000,
        output: 128_000,
        created: 1_754_524_800,
        retires: 1_833_148_800,
    },
    Model {
        name: "gpt-35-turbo-instruct",
        wire: "gpt-35-turbo-instruct",
        serves: Serves::Completions,
        context: 4_097,
        output: 4_097,
        created: 1_694_649_600,
        retires: 1_806_537_600,
    },
    Model {
        name: "text-embedding-3-small",
        wire: "text-embedding-3-small",
        serves: Serves::Embeddings {
            dimensions: 1536,
            shrinks: true,
        },
        context: 8_192,
        output: 0,
        created: 1_706_140_800,
        retires: 1_823_299_200,
    },
    Model {
        name: "text-embedding-3-large",
        wire: "text-embedding-3-large",
        serves: Serves::Embeddings {
            dimensions: 3072,
            shrinks: true,
        },
        context: 8_192,
        output: 0,
        created: 1_706_140_800,
        retires: 1_823_299_200,
    },
    Model {
        name: "text-embedding-ada-002",
        wire: "text-embedding-ada-002",
        serves: Serves::Embeddings {
            dimensions: 1536,
            shrinks: false,
        },
        context: 8_192,
        output: 0,
        created: 1_671_062_400,
        retires: 1_823_299_200,
    },
    Model {
        name: "dall-e-3",
        wire: "dall-e-3-3.0",
        serves: Serves::Dalle,
        context: 4_096,
        output: 0,
        created: 1_699_228_800,
        retires: 1_806_537_600,
    },
    Model {
        name: "gpt-image-1",
        wire: "gpt-image-1-2025-04-15",
        serves: Serves::Images,
        context: 4_096,
        output: 0,
        created: 1_744_675_200,
        retires: 1_806_537_600,
    },
    Model {
        name: "whisper",
        wire: "whisper-001",
        serves: Serves::Whisper,
        context: 4_096,
        output: 0,
        created: 1_694_649_600,
        retires: 1_806_537_600,
    },
    Model {
        name: "gpt-4o-transcribe",
        wire: "gpt-4o-transcribe-2025-03-20",
        serves: Serves::Transcription,
        context: 16_000,
        output: 0,
        created: 1_742_428_800,
        retires: 1_806_537_600,
    },
    Model {
        name: "tts",
        wire: "tts-001",
        serves: Serves::Speech,
        context: 4_096,
        output: 0,
        created: 1_706_140_800,
        retires: 1_806_537_600,
    },
    Model {
        name: "gpt-realtime",
        wire: "gpt-realtime-2025-08-28",
        serves: Serves::Realtime,
        context: 32_000,
        output: 0,
        created: 1_756_339_200,
        retires: 1_806_537_600,
    },
];
