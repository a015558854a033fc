//! What a code says by its digits alone, for codes that no table lists.

use crate::table::{BASIC_CATEGORIES, BASIC_CLASSES, ENHANCED_CLASSES, ENHANCED_SUBJECTS};
use crate::{Class, Digit, Enhanced};

impl Class {
    /// The class of a reply code.
    #[must_use]
    pub const fn of(code: u16) -> Option<Self> {
        Self::of_digit(code / 100)
    }

    /// The class of an enhanced code.
    #[must_use]
    pub const fn of_enhanced(code: Enhanced) -> Option<Self> {
        Self::of_digit(code.class as u16)
    }

    const fn of_digit(digit: u16) -> Option<Self> {
        match digit {
            2 => Some(Self::Success),
            3 => Some(Self::Intermediate),
            4 => Some(Self::Transient),
            5 => Some(Self::Permanent),
            _ => None,
        }
    }
}

/// What the first digit of a reply code says (RFC 5321 §4.2.1).
#[must_use]
pub fn basic_class(code: u16) -> Option<&'static Digit> {
    digit(BASIC_CLASSES, code / 100)
}

/// What the second digit of a reply code says (RFC 5321 §4.2.1).
#[must_use]
pub fn basic_category(code: u16) -> Option<&'static Digit> {
    digit(BASIC_CATEGORIES, code / 10 % 10)
}

/// What the class of an enhanced code says (RFC 3463 §3.1).
#[must_use]
pub fn enhanced_class(code: Enhanced) -> Option<&'static Digit> {
    digit(ENHANCED_CLASSES, u16::from(code.class))
}

/// What the subject of an enhanced code says (RFC 3463 §3.2).
#[must_use]
pub fn enhanced_subject(code: Enhanced) -> Option<&'static Digit> {
    digit(ENHANCED_SUBJECTS, code.subject)
}

fn digit(table: &'static [Digit], value: u16) -> Option<&'static Digit> {
    table.iter().find(|d| d.value == value)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn unlisted_codes_decode_by_their_digits() {
        assert_eq!(Class::of(559), Some(Class::Permanent));
        assert_eq!(Class::of(199), None);
        assert_eq!(basic_class(559).map(|d| d.value), Some(5));
        assert_eq!(basic_category(559).map(|d| d.value), Some(5));
        assert!(basic_category(599).is_none());
        let code = Enhanced::new(5, 7, 999);
        assert_eq!(enhanced_class(code).map(|d| d.value), Some(5));
        assert_eq!(enhanced_subject(code).map(|d| d.value), Some(7));
        assert!(enhanced_subject(Enhanced::new(5, 9, 0)).is_none());
    }
}
