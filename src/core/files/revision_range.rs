//! Two revisions as git's own commands take them: `BASE..HEAD`, `BASE...HEAD`
//! from where the two parted, and HEAD for a side that is left out.

/// Two revisions by name, not yet looked up.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Range {
    /// The older side.
    pub base: String,
    /// The newer side.
    pub head: String,
    /// Whether the older side is the common ancestor of both.
    pub from_common_ancestor: bool,
}

impl Range {
    /// Reads a range; nothing where the text names a single revision.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let (base, head) = text.split_once("..")?;
        let (head, from_common_ancestor) = match head.strip_prefix('.') {
            Some(head) => (head, true),
            None => (head, false),
        };
        let side = |name: &str| if name.is_empty() { "HEAD".to_owned() } else { name.to_owned() };
        Some(Self { base: side(base), head: side(head), from_common_ancestor })
    }
}

/// Whether this is what git gives for no revision at all: only zeros.
pub(crate) fn is_null(revision: &str) -> bool {
    !revision.is_empty() && revision.bytes().all(|digit| digit == b'0')
}

#[cfg(test)]
mod tests {
    use super::{Range, is_null};

    #[test]
    fn ranges_are_read_as_git_reads_them() {
        let read =
            |text: &str| Range::parse(text).map(|range| (range.base, range.head, range.from_common_ancestor));
        let range = |base: &str, head: &str, common| Some((base.to_owned(), head.to_owned(), common));
        assert_eq!(read("main..topic"), range("main", "topic", false));
        assert_eq!(read("main...topic"), range("main", "topic", true));
        assert_eq!(read("v1.2.."), range("v1.2", "HEAD", false));
        assert_eq!(read("..topic"), range("HEAD", "topic", false));
        assert_eq!(read("main..."), range("main", "HEAD", true));
        assert_eq!(read("main"), None);
    }

    #[test]
    fn only_zeros_are_no_revision() {
        assert!(is_null(&"0".repeat(40)) && is_null(&"0".repeat(64)));
        assert!(!is_null("") && !is_null("00a0"));
    }
}
