//! `mailwhy check`.

use std::fmt;
use std::path::PathBuf;
use std::str::FromStr;

use clap::Args;

use super::{InputArgs, LanguageArgs, RuleArgs};

/// `mailwhy check`.
#[derive(Args, Debug)]
// Nothing that it prints is anybody's.
#[command(mut_arg("anonymize", |arg| arg.hide(true)))]
pub struct CheckArgs {
    #[command(flatten)]
    pub input: InputArgs,

    #[command(flatten)]
    pub rules: RuleArgs,

    #[command(flatten)]
    pub language: LanguageArgs,

    /// Look only at what is new since the last run, and remember here how far that was; survives rotation
    #[arg(long, value_name = "FILE", conflicts_with = "rotated")]
    pub state: Option<PathBuf>,

    /// How many recipients are needed before a rate says something
    #[arg(long, value_name = "N", default_value_t = 20)]
    pub min: u64,

    /// Recipients that failed, in percent of all
    #[arg(long, value_name = "WARN,CRIT", default_value = "10%,30%")]
    pub failed: Limits<Percent>,

    /// Recipients that were deferred at least once, in percent of all
    #[arg(long, value_name = "WARN,CRIT", default_value = "30%,60%")]
    pub deferred: Limits<Percent>,

    /// Recipients that failed at one provider, in percent of all there
    #[arg(long, value_name = "WARN,CRIT", default_value = "25%,50%")]
    pub provider_failed: Limits<Percent>,

    /// Recipients that were deferred at one provider, in percent of all there
    #[arg(long, value_name = "WARN,CRIT", default_value = "50%,80%")]
    pub provider_deferred: Limits<Percent>,

    /// Attempts that met a blocklist or ban of our address
    #[arg(long, value_name = "WARN,CRIT", default_value = "1,20")]
    pub blocklisted: Limits<Number>,

    /// Time without any message coming in or going out
    #[arg(long, value_name = "WARN,CRIT", default_value = "off")]
    pub silence: Limits<Duration>,

    /// Age of the oldest message on the queue, of those whose arrival was read
    #[arg(long, value_name = "WARN,CRIT", default_value = "1d,3d")]
    pub queue_age: Limits<Duration>,

    /// Logins that failed at our server: guesses of passwords
    #[arg(long, value_name = "WARN,CRIT", default_value = "off")]
    pub guesses: Limits<Number>,
}

/// From which value on it is a warning, and critical; neither if `off`.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Limits<T> {
    pub warning: Option<T>,
    pub critical: Option<T>,
}

/// A limit: in which unit it is written and compared.
pub trait Limit: Copy {
    /// Reads one.
    fn read(text: &str) -> Option<Self>;
    /// The number to compare with.
    fn value(self) -> f64;
}

/// In percent, with or without the sign.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Percent(f64);

/// A count.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Number(u64);

/// A span of time: `90s`, `15m`, `4h`, `1d 12h`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Duration(u64);

impl Limit for Percent {
    fn read(text: &str) -> Option<Self> {
        let value = text.strip_suffix('%').unwrap_or(text).trim().parse().ok()?;
        (0.0..=100.0).contains(&value).then_some(Self(value))
    }

    fn value(self) -> f64 {
        self.0
    }
}

impl Limit for Number {
    fn read(text: &str) -> Option<Self> {
        text.parse().ok().map(Self)
    }

    fn value(self) -> f64 {
        self.0 as f64
    }
}

impl Limit for Duration {
    fn read(text: &str) -> Option<Self> {
        let span: jiff::Span = text.parse().ok()?;
        let days = jiff::SpanRelativeTo::days_are_24_hours();
        u64::try_from(span.total((jiff::Unit::Second, days)).ok()? as i64).ok().map(Self)
    }

    fn value(self) -> f64 {
        self.0 as f64
    }
}

impl<T: Limit> FromStr for Limits<T> {
    type Err = LimitsError;

    fn from_str(text: &str) -> Result<Self, LimitsError> {
        let read = |text: &str| match text.trim() {
            "" | "off" => Ok(None),
            text => T::read(text).map(Some).ok_or(LimitsError::Value),
        };
        let (warning, critical) = text.split_once(',').unwrap_or((text, ""));
        let limits = Self { warning: read(warning)?, critical: read(critical)? };
        match limits {
            Self { warning: Some(warning), critical: Some(critical) }
                if warning.value() > critical.value() =>
            {
                Err(LimitsError::Order)
            }
            _ => Ok(limits),
        }
    }
}

/// Why a value is no [`Limits`].
#[derive(Clone, Copy, Debug)]
pub enum LimitsError {
    Value,
    Order,
}

impl fmt::Display for LimitsError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Value => {
                "write it as WARN,CRIT, for example 10%,30% or 15m,1h; `off` or nothing switches one off"
            }
            Self::Order => "the warning must not be above the critical value",
        })
    }
}

impl std::error::Error for LimitsError {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn limits() {
        let percent = |text: &str| {
            text.parse::<Limits<Percent>>().map(|l| (l.warning.map(|v| v.0), l.critical.map(|v| v.0))).ok()
        };
        assert_eq!(percent("10%,30%"), Some((Some(10.0), Some(30.0))));
        assert_eq!(percent("2.5, 7"), Some((Some(2.5), Some(7.0))));
        assert_eq!(percent("10"), Some((Some(10.0), None)));
        assert_eq!(percent(",30"), Some((None, Some(30.0))));
        assert_eq!(percent("off"), Some((None, None)));
        for wrong in ["x", "30,10", "101", "-1", "10,20,30"] {
            assert_eq!(percent(wrong), None, "{wrong}");
        }
        let seconds = |text: &str| text.parse::<Limits<Duration>>().ok().and_then(|l| l.warning).map(|v| v.0);
        assert_eq!(seconds("90s"), Some(90));
        assert_eq!(seconds("1h 30m,2h"), Some(5400));
        assert_eq!(seconds("1d"), Some(86_400));
        assert_eq!(seconds("soon"), None);
    }
}
