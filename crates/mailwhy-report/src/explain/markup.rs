//! Text in Markdown. The generator of `docs/codes` includes this file too.

/// The text as GitHub's Markdown, in which nothing of it can become markup.
pub(crate) fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out += "&amp;",
            '<' => out += "&lt;",
            '>' => out += "&gt;",
            '\\' | '`' | '*' | '_' | '[' | ']' | '|' | '~' | '#' => out.extend(['\\', c]),
            _ => out.push(c),
        }
    }
    out
}

/// A reference, as a link where it is a page or a section of an RFC.
pub(crate) fn reference(text: &str) -> String {
    let host = text.split('/').next().unwrap_or_default();
    let page = host.contains('.') && text.contains('/') && !text.contains([' ', '(', ')']);
    if page {
        return format!("[{}](https://{text})", escape(text));
    }
    let Some((number, rest)) = text.strip_prefix("RFC ").map(|t| t.split_once(' ').unwrap_or((t, ""))) else {
        return escape(text);
    };
    if number.is_empty() || !number.bytes().all(|b| b.is_ascii_digit()) {
        return escape(text);
    }
    let section = rest.strip_prefix('§').map(|s| s.split([' ', ',']).next().unwrap_or_default());
    let anchor = section.map_or(String::new(), |section| format!("#section-{section}"));
    format!("[{}](https://www.rfc-editor.org/rfc/rfc{number}{anchor})", escape(text))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn references() {
        assert_eq!(
            reference("RFC 5321 §4.2.3"),
            "[RFC 5321 §4.2.3](https://www.rfc-editor.org/rfc/rfc5321#section-4.2.3)"
        );
        assert_eq!(reference("RFC 7208"), "[RFC 7208](https://www.rfc-editor.org/rfc/rfc7208)");
        assert_eq!(
            reference("support.google.com/a/answer/1"),
            "[support.google.com/a/answer/1](https://support.google.com/a/answer/1)"
        );
        assert_eq!(reference("Google: sender_guidelines"), "Google: sender\\_guidelines");
        assert_eq!(escape("<b>*x*|_y_</b> [z](u)"), "&lt;b&gt;\\*x\\*\\|\\_y\\_&lt;/b&gt; \\[z\\](u)");
    }
}
