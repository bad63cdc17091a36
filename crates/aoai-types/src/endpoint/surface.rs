//! The two generations of the REST API.

use std::borrow::Cow;
use std::fmt;
use std::str::FromStr;

/// Which generation of the REST API a request speaks.
///
/// ```
/// use aoai_types::Surface;
///
/// assert_eq!("v1".parse::<Surface>()?, Surface::V1);
/// assert_eq!(Surface::dated("2024-10-21")?.to_string(), "2024-10-21");
/// # Ok::<(), aoai_types::InvalidSurface>(())
/// ```
///
/// [Reference](https://learn.microsoft.com/azure/ai-foundry/openai/api-version-lifecycle)
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Surface {
    /// `/openai/v1/…`: no api-version; the deployment is named by `model` in the body.
    #[default]
    V1,
    /// As [`V1`](Self::V1), with `api-version=preview`.
    V1Preview,
    /// `/openai/…?api-version=…`: the deployment is named in the path.
    Dated(ApiVersion),
}

impl Surface {
    /// The last dated api-version that is generally available, `2024-10-21`.
    pub const LATEST_DATED: Self = Self::Dated(ApiVersion::stable(2024, 10, 21));

    /// The surface of a dated api-version, `YYYY-MM-DD` or `YYYY-MM-DD-preview`.
    ///
    /// # Errors
    ///
    /// `version` is not of that form. A model's version (`0613`) or name is not an api-version.
    pub fn dated(version: &str) -> Result<Self, InvalidSurface> {
        version.parse().map(Self::Dated)
    }

    /// Whether paths lie below `/openai/v1`.
    pub const fn is_v1(self) -> bool {
        matches!(self, Self::V1 | Self::V1Preview)
    }

    /// Whether the service is known to have served it, ever.
    ///
    /// The service may know better: this is for explaining a 404, not for refusing a call.
    pub fn is_known(self) -> bool {
        match self {
            Self::V1 | Self::V1Preview => true,
            Self::Dated(version) => ApiVersion::KNOWN.contains(&version),
        }
    }

    /// The value of the `api-version` parameter; `None` where none is sent.
    pub fn api_version(self) -> Option<Cow<'static, str>> {
        match self {
            Self::V1 => None,
            Self::V1Preview => Some("preview".into()),
            Self::Dated(version) => Some(version.to_string().into()),
        }
    }
}

impl fmt::Display for Surface {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::V1 => f.write_str("v1"),
            Self::V1Preview => f.write_str("v1-preview"),
            Self::Dated(version) => version.fmt(f),
        }
    }
}

impl FromStr for Surface {
    type Err = InvalidSurface;

    fn from_str(text: &str) -> Result<Self, InvalidSurface> {
        match text {
            "v1" => Ok(Self::V1),
            "v1-preview" | "preview" => Ok(Self::V1Preview),
            dated => Self::dated(dated),
        }
    }
}

/// A dated api-version; ordered by date, a preview before the stable version of its day.
///
/// ```
/// use aoai_types::ApiVersion;
///
/// let version: ApiVersion = "2024-05-01-preview".parse()?;
/// assert!(version.is_preview() && version < ApiVersion::stable(2024, 5, 1));
/// assert!(ApiVersion::KNOWN.contains(&version));
/// # Ok::<(), aoai_types::InvalidSurface>(())
/// ```
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ApiVersion {
    year: u16,
    month: u8,
    day: u8,
    stable: bool,
}

impl ApiVersion {
    /// Those that the service has served, the last of them first.
    ///
    /// [Reference](https://learn.microsoft.com/azure/ai-foundry/openai/api-version-lifecycle)
    pub const KNOWN: &[Self] = &[
        Self::preview(2025, 4, 1),
        Self::preview(2025, 3, 1),
        Self::preview(2025, 2, 1),
        Self::preview(2025, 1, 1),
        Self::preview(2024, 12, 1),
        Self::stable(2024, 10, 21),
        Self::preview(2024, 10, 1),
        Self::preview(2024, 9, 1),
        Self::preview(2024, 8, 1),
        Self::preview(2024, 7, 1),
        Self::stable(2024, 6, 1),
        Self::preview(2024, 5, 1),
        Self::preview(2024, 4, 1),
        Self::preview(2024, 3, 1),
        Self::preview(2024, 2, 15),
        Self::stable(2024, 2, 1),
        Self::preview(2023, 12, 1),
        Self::preview(2023, 10, 1),
        Self::preview(2023, 9, 1),
        Self::preview(2023, 8, 1),
        Self::preview(2023, 7, 1),
        Self::preview(2023, 6, 1),
        Self::stable(2023, 5, 15),
        Self::preview(2023, 3, 15),
        Self::stable(2022, 12, 1),
    ];

    /// `YYYY-MM-DD`.
    pub const fn stable(year: u16, month: u8, day: u8) -> Self {
        Self {
            year,
            month,
            day,
            stable: true,
        }
    }

    /// `YYYY-MM-DD-preview`.
    pub const fn preview(year: u16, month: u8, day: u8) -> Self {
        Self {
            year,
            month,
            day,
            stable: false,
        }
    }

    /// Whether it ends in `-preview`.
    pub const fn is_preview(self) -> bool {
        !self.stable
    }
}

impl fmt::Display for ApiVersion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            year,
            month,
            day,
            stable,
        } = self;
        let suffix = if *stable { "" } else { "-preview" };
        write!(f, "{year:04}-{month:02}-{day:02}{suffix}")
    }
}

impl fmt::Debug for ApiVersion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl FromStr for ApiVersion {
    type Err = InvalidSurface;

    fn from_str(text: &str) -> Result<Self, InvalidSurface> {
        let (date, stable) = match text.strip_suffix("-preview") {
            Some(date) => (date, false),
            None => (text, true),
        };
        let invalid = || InvalidSurface(text.into());
        let number = |range: std::ops::Range<usize>| {
            let digits = date.get(range)?;
            digits
                .bytes()
                .all(|b| b.is_ascii_digit())
                .then(|| digits.parse::<u16>().ok())?
        };
        let separated =
            date.len() == 10 && date.as_bytes()[4] == b'-' && date.as_bytes()[7] == b'-';
        let (Some(year), Some(month @ 1..=12), Some(day @ 1..=31)) =
            (number(0..4), number(5..7), number(8..10))
        else {
            return Err(invalid());
        };
        if !separated {
            return Err(invalid());
        }
        let small = |number: u16| u8::try_from(number).map_err(|_| invalid());
        Ok(Self {
            year,
            month: small(month)?,
            day: small(day)?,
            stable,
        })
    }
}

/// A text that names no surface.
///
/// ```
/// use aoai_types::Surface;
///
/// let error = "0613".parse::<Surface>().unwrap_err();
/// assert!(error.to_string().starts_with("\"0613\" is not an api-version"));
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InvalidSurface(Box<str>);

impl fmt::Display for InvalidSurface {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{:?} is not an api-version: it is `YYYY-MM-DD` or `YYYY-MM-DD-preview`, for example \
             2024-10-21 (the API's version, not the model's); the undated surface is `v1`",
            self.0
        )
    }
}

impl std::error::Error for InvalidSurface {}
