//! Text of other people in a line of Markdown, or in a cell of a table: all of it
//! is escaped.

/// A code span.
pub(crate) fn code(text: &str) -> String {
    let text = one_line(text).replace('|', "\\|");
    let longest = text.split(|char| char != '`').map(str::len).max().unwrap_or_default();
    let fence = "`".repeat(longest + 1);
    let pad = if text.starts_with('`') || text.ends_with('`') || text.is_empty() { " " } else { "" };
    format!("{fence}{pad}{text}{pad}{fence}")
}

/// Text whose backticks mark names, with everything else escaped.
pub(crate) fn prose(text: &str) -> String {
    let mut parts: Vec<&str> = text.split('`').collect();
    let odd_one = if parts.len().is_multiple_of(2) { parts.pop() } else { None };
    let shown =
        parts.iter().enumerate().map(|(at, part)| if at % 2 == 0 { escaped(part) } else { code(part) });
    let mut shown: String = shown.collect();
    if let Some(rest) = odd_one {
        shown.push_str("\\`");
        shown.push_str(&escaped(rest));
    }
    shown
}

/// Plain text: without HTML, links, mentions or emphasis.
fn escaped(text: &str) -> String {
    let mut escaped = String::new();
    for char in one_line(text).chars() {
        match char {
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '&' => escaped.push_str("&amp;"),
            // A backslash does not keep these from naming people and issues.
            '@' => escaped.push_str("&#64;"),
            '#' => escaped.push_str("&#35;"),
            '\\' | '|' | '*' | '_' | '[' | ']' | '~' | '!' => escaped.extend(['\\', char]),
            char => escaped.push(char),
        }
    }
    escaped
}

fn one_line(text: &str) -> String {
    text.chars().map(|char| if char.is_control() { ' ' } else { char }).collect()
}

#[cfg(test)]
mod tests {
    use super::{code, prose};

    #[test]
    fn text_is_escaped() {
        assert_eq!(code("a|`b`\n"), "``a\\|`b` ``");
        assert_eq!(
            prose("<b> @all [x](y) `a|b` and ` once"),
            "&lt;b&gt; &#64;all \\[x\\](y) `a\\|b` and \\` once"
        );
    }
}
