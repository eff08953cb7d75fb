//! Puts back what the journal hides in a message, where somebody has changed the rest of it.

use crate::calls::MASK;

/// The changed text, in which each mask is what it hides in the original: the first the first one, and so on; further ones are the last.
/// `None` if a mask hides nothing that can be told.
pub fn unmask(changed: &str, masked: &str, original: &str) -> Option<String> {
    let hidden = hidden(masked, original)?;
    let mut parts = changed.split(MASK);
    let first = parts.next().unwrap_or_default().to_owned();
    parts.enumerate().try_fold(first, |text, (place, part)| Some(text + hidden.get(place).or(hidden.last())? + part))
}

/// What each mask of a text hides.
fn hidden<'o>(masked: &str, original: &'o str) -> Option<Vec<&'o str>> {
    let mut parts = masked.split(MASK).peekable();
    let mut rest = original.strip_prefix(parts.next().unwrap_or_default())?;
    let mut hidden = Vec::new();
    while let Some(part) = parts.next() {
        let at = if parts.peek().is_none() { rest.len().checked_sub(part.len())? } else { rest.find(part)? };
        let (secret, behind) = (rest.get(..at)?, rest.get(at..)?);
        rest = behind.strip_prefix(part)?;
        hidden.push(secret);
    }
    Some(hidden)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mask_stands_for_what_it_hides() {
        let original = "<a><T>SECRET</T><b>1</b><T>OTHER</T></a>";
        let masked = "<a><T>***</T><b>1</b><T>***</T></a>";
        for (changed, expected) in [
            (masked, Some(original)),
            ("<a><T>***</T><b>2</b></a>", Some("<a><T>SECRET</T><b>2</b></a>")),
            ("<T>MINE</T>", Some("<T>MINE</T>")),
            ("******", Some("SECRETOTHER")),
            ("*********", Some("SECRETOTHEROTHER")),
        ] {
            assert_eq!(unmask(changed, masked, original).as_deref(), expected, "{changed}");
        }
        assert_eq!(unmask("<a>***</a>", "<a/>", "<a/>"), None);
        assert_eq!(unmask("<a/>", "<b>***</b>", "<a/>"), None);
    }
}
