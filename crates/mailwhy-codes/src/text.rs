//! Texts for people, in each language of the product.

use crate::Actor;

/// A language of the texts.
#[derive(Clone, Copy, Debug, Default, Eq, Hash, PartialEq)]
pub enum Lang {
    /// English.
    #[default]
    En,
    /// Russian.
    Ru,
}

impl Lang {
    /// The language that a locale name such as `ru_RU.UTF-8` or `en` asks for, if it is one of ours.
    #[must_use]
    pub fn from_locale(name: &str) -> Option<Self> {
        match name.get(..2)? {
            "ru" | "RU" => Some(Self::Ru),
            "en" | "EN" => Some(Self::En),
            _ => None,
        }
    }

    /// The ISO 639-1 code.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::En => "en",
            Self::Ru => "ru",
        }
    }
}

/// The same thing in every language.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Localized<T> {
    /// English.
    pub en: T,
    /// Russian.
    pub ru: T,
}

impl<T> Localized<T> {
    /// The value in `lang`.
    #[must_use]
    pub const fn get(&self, lang: Lang) -> &T {
        match lang {
            Lang::En => &self.en,
            Lang::Ru => &self.ru,
        }
    }
}

/// What a code, a reason or a cause means and what to do about it.
///
/// Texts may hold the placeholders `{provider}`, `{sender_domain}`, `{recipient}`, `{recipient_domain}` and
/// `{ip}`; [`Text`]s are printed with what is known put in their place.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Text {
    /// A headline of a few words.
    pub title: &'static str,
    /// What happened, in one or two sentences.
    pub meaning: &'static str,
    /// Why, the likeliest first.
    pub causes: &'static [&'static str],
    /// What can be done now, by whom.
    pub actions: &'static [Action],
}

/// One thing that somebody can do.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Action {
    /// Who does it.
    pub who: Actor,
    /// What to do.
    pub text: &'static str,
}
