//! Patterns as they are written in `data/`: codes (`5xx`, `421`, `550 5.7.1`, `X.7.1`, `5.7.606-649`) and alternatives in
//! texts (`{user|mailbox} * {unknown|not found}`).

/// The Rust expression of a `CodePattern`; `None` when it cannot be read.
pub fn expression(text: &str) -> Option<String> {
    let mut words = text.split_ascii_whitespace();
    let first = words.next()?;
    let (basic, enhanced) = match (first.contains('.'), words.next()) {
        (false, None) => (Some(basic(first)?), None),
        (false, Some(second)) => (Some(basic(first)?), Some(enhanced(second)?)),
        (true, None) => (None, Some(enhanced(first)?)),
        (true, Some(_)) => return None,
    };
    if words.next().is_some() {
        return None;
    }
    let basic = basic.map_or("None".to_owned(), |(from, to)| format!("Some(({from}, {to}))"));
    let enhanced = enhanced.map_or("None".to_owned(), |e| {
        let class = e.class.map_or("None".to_owned(), |c| format!("Some({c})"));
        let (from, to) = e.detail;
        format!("Some(EnhancedPattern {{ class: {class}, subject: {}, detail: ({from}, {to}) }})", e.subject)
    });
    Some(format!("CodePattern {{ basic: {basic}, enhanced: {enhanced} }}"))
}

/// An enhanced code whose class may be `X` and whose detail may be a range.
pub struct Enhanced {
    pub class: Option<u8>,
    pub subject: u16,
    pub detail: (u16, u16),
}

/// Reads `5.7.1`, `X.7.1`, `5.7.606-649`.
pub fn enhanced(text: &str) -> Option<Enhanced> {
    let mut parts = text.split('.');
    let class = match parts.next()? {
        "X" | "x" => None,
        "2" => Some(2),
        "4" => Some(4),
        "5" => Some(5),
        _ => return None,
    };
    let subject = number(parts.next()?)?;
    let detail = parts.next()?;
    if parts.next().is_some() {
        return None;
    }
    let (from, to) = detail.split_once('-').unwrap_or((detail, detail));
    let detail = (number(from)?, number(to)?);
    (detail.0 <= detail.1).then_some(Enhanced { class, subject, detail })
}

/// The texts that one with alternatives stands for: each with one of them in the place of each `{…|…}`.
pub fn alternatives(text: &str) -> Vec<String> {
    let Some((before, rest)) = text.split_once('{') else { return vec![text.to_owned()] };
    let Some((choices, after)) = rest.split_once('}') else { return vec![text.to_owned()] };
    let after = alternatives(after);
    let each =
        choices.split('|').flat_map(|choice| after.iter().map(move |a| format!("{before}{choice}{a}")));
    each.collect()
}

fn basic(text: &str) -> Option<(u16, u16)> {
    if let Some(class) = text.strip_suffix("xx") {
        let class = number(class).filter(|c| (2..=5).contains(c))?;
        return Some((class * 100, class * 100 + 99));
    }
    let code = number(text).filter(|c| (200..=699).contains(c))?;
    Some((code, code))
}

fn number(text: &str) -> Option<u16> {
    let digits = !text.is_empty() && text.len() <= 3 && text.bytes().all(|b| b.is_ascii_digit());
    digits.then(|| text.parse().ok()).flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_alternative_is_a_text() {
        assert_eq!(alternatives("no such user"), ["no such user"]);
        assert_eq!(
            alternatives("{user|box} * {unknown|full}!"),
            ["user * unknown!", "user * full!", "box * unknown!", "box * full!"]
        );
        assert_eq!(alternatives("{user"), ["{user"]);
    }

    #[test]
    fn patterns() {
        for good in ["5xx", "421", "550 5.7.1", "5.7.1", "X.7.1", "5.7.606-649", "550 X.7.606-649"] {
            assert!(expression(good).is_some(), "{good}");
        }
        for bad in ["", "6xx", "99", "5.7", "5.7.1 550", "550 5.7.1 x", "3.1.1", "5.7.9-1", "5.7.1234"] {
            assert!(expression(bad).is_none(), "{bad}");
        }
    }
}
