//! Many names in a line: the first ones, and how many there are beside them.

/// How many are named.
const NAMED: usize = 3;

/// `a, b, c and 2 more`
pub(crate) fn abbreviated<T: AsRef<str>>(names: &[T]) -> String {
    // One that is left out takes no less room than its name.
    let shown = if names.len() == NAMED + 1 { NAMED + 1 } else { NAMED };
    let first: Vec<&str> = names.iter().take(shown).map(AsRef::as_ref).collect();
    match names.len().saturating_sub(shown) {
        0 => first.join(", "),
        more => format!("{} and {more} more", first.join(", ")),
    }
}

/// ` (and 2 more)`, after the first one of so many.
pub(crate) fn beside_the_first(count: usize) -> String {
    match count {
        0 | 1 => String::new(),
        count => format!(" (and {} more)", count - 1),
    }
}

#[cfg(test)]
mod tests {
    use super::{abbreviated, beside_the_first};

    #[test]
    fn those_beside_the_first_are_counted() {
        assert_eq!([0, 1, 3].map(beside_the_first), ["", "", " (and 2 more)"]);
    }

    #[test]
    fn the_first_ones_are_named_and_the_others_counted() {
        assert_eq!(abbreviated::<&str>(&[]), "");
        assert_eq!(abbreviated(&["a"]), "a");
        assert_eq!(abbreviated(&["a", "b", "c", "d"]), "a, b, c, d");
        assert_eq!(abbreviated(&["a", "b", "c", "d", "e"]), "a, b, c and 2 more");
    }
}
