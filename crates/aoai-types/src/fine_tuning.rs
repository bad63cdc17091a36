//! Fine-tuning: models trained further on examples of one's own.

pub use self::method::{
    AutoOr, AutoOrCount, Hyperparameters, Integration, PreferenceMethod, ReinforcementMethod,
    SupervisedMethod, TuningMethod, WandbIntegration, WandbSettings,
};

pub mod checkpoints;
pub mod graders;
pub mod jobs;

mod method;
