//! Hides security tokens in messages that are shown.

use super::Door;

/// What stands in place of a token.
const MASK: &str = "***";

/// A message as it is shown. Companions hide what is secret before they note a message, and what they have noted isn't XML.
pub fn shown(door: Door, message: &str) -> String {
    match door {
        Door::Sync => mask(message),
        Door::Cams | Door::Pims => message.to_owned(),
    }
}

/// The message with a mask in place of every `SecurityToken`'s content, whatever its prefix, and however the element goes on:
/// a message that is shown may be broken.
fn mask(message: &str) -> String {
    let mut masked = String::with_capacity(message.len());
    let mut rest = message;
    while let Some((before, content)) = split_behind_start_tag(rest) {
        masked.push_str(before);
        let end = find_end_tag(content);
        if !content[..end].is_empty() {
            masked.push_str(MASK);
        }
        rest = &content[end..];
    }
    masked + rest
}

/// Splits behind the next start tag of a `SecurityToken` that has content.
fn split_behind_start_tag(text: &str) -> Option<(&str, &str)> {
    for (at, _) in text.match_indices(NAME) {
        let before = &text[..at];
        let prefix = before.rfind(['<', '>', ' ', '"', '\'']).map(|at| &before[at..]);
        let is_start_tag = prefix.is_some_and(|prefix| prefix.starts_with('<') && !prefix.starts_with("</"));
        let behind = &text[at + NAME.len()..];
        let tag = behind.find('>').unwrap_or(behind.len());
        if is_start_tag && behind.starts_with(['>', ' ', '\t', '\r', '\n']) && !behind[..tag].ends_with('/') {
            return Some(text.split_at((at + NAME.len() + tag + 1).min(text.len())));
        }
    }
    None
}

const NAME: &str = "SecurityToken";

/// Where the end tag begins; the end of the text if there is none.
fn find_end_tag(content: &str) -> usize {
    for (at, _) in content.match_indices("</") {
        let name = content[at + 2..].trim_start_matches(|character| character != '>' && character != 'S');
        if name.starts_with(NAME) {
            return at;
        }
    }
    content.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tokens_are_hidden_however_they_are_written() {
        for (message, masked) in [
            ("<a><SecurityToken>T</SecurityToken></a>", "<a><SecurityToken>***</SecurityToken></a>"),
            ("<x:SecurityToken a='b'>T</x:SecurityToken>", "<x:SecurityToken a='b'>***</x:SecurityToken>"),
            ("<SecurityToken><![CDATA[T]]></SecurityToken>", "<SecurityToken>***</SecurityToken>"),
            ("<SecurityToken><b>T</b></SecurityToken>", "<SecurityToken>***</SecurityToken>"),
            ("<SecurityToken>T", "<SecurityToken>***"),
            ("<SecurityToken/><MemberId>1</MemberId>", "<SecurityToken/><MemberId>1</MemberId>"),
            ("<SecurityToken></SecurityToken>", "<SecurityToken></SecurityToken>"),
            (
                "<SecurityToken>T</SecurityToken><SecurityToken>U</SecurityToken>",
                "<SecurityToken>***</SecurityToken><SecurityToken>***</SecurityToken>",
            ),
            ("<SecurityTokens>T</SecurityTokens>", "<SecurityTokens>T</SecurityTokens>"),
            ("SecurityToken", "SecurityToken"),
            ("<SecurityToken", "<SecurityToken"),
            ("<SecurityToken ", "<SecurityToken "),
        ] {
            assert_eq!(mask(message), masked);
        }
    }

    #[test]
    fn messages_of_companions_are_shown_as_they_were_noted() {
        for message in [
            r#"{"text":"<SecurityToken>T","api":"pims.authentication.smscode"}"#,
            "GET /?Action=ChatappMigrationVerified&SecurityToken=***\r\nx-acs-security-token: ***",
        ] {
            assert_eq!(shown(Door::Cams, message), message);
            assert_eq!(shown(Door::Pims, message), message);
        }
        assert_eq!(shown(Door::Sync, "<SecurityToken>T"), "<SecurityToken>***");
    }
}
