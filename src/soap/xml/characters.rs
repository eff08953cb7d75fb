//! Which characters may stand where (XML 1.0).

/// Whether a byte ends a run of character data that needs no thought: markup, a reference, a CR, which becomes LF, or what
/// may begin something forbidden, which is a control character, `]]>`, U+FFFE or U+FFFF.
pub const ENDS_TEXT: [bool; 256] = {
    let mut ends = [false; 256];
    let mut byte = 0;
    while byte < 0x20 {
        ends[byte] = true;
        byte += 1;
    }
    ends[b'\t' as usize] = false;
    ends[b'\n' as usize] = false;
    ends[b'<' as usize] = true;
    ends[b'&' as usize] = true;
    ends[b']' as usize] = true;
    ends[0xEF] = true;
    ends
};

/// Whether a byte ends a run of an attribute value that needs no thought. All white space does: it becomes a blank.
pub const ENDS_VALUE: [bool; 256] = {
    let mut ends = ENDS_TEXT;
    ends[b'\t' as usize] = true;
    ends[b'\n' as usize] = true;
    ends[b'"' as usize] = true;
    ends[b'\'' as usize] = true;
    ends[b']' as usize] = false;
    ends
};

/// How many bytes at the beginning of `bytes` are not in `ends`.
pub fn run_length(bytes: &[u8], ends: &[bool; 256]) -> usize {
    bytes.iter().position(|&byte| ends[usize::from(byte)]).unwrap_or(bytes.len())
}

/// Whether an ASCII byte may stand in a name, colons included. Bytes above are looked at as characters.
pub const IS_NAME: [bool; 256] = {
    let mut is_name = [false; 256];
    let mut byte = 0u8;
    while byte < 0x80 {
        is_name[byte as usize] = byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b':' | b'-' | b'.');
        byte += 1;
    }
    is_name
};

/// White space as XML means it.
pub fn is_white_space(character: char) -> bool {
    matches!(character, ' ' | '\t' | '\r' | '\n')
}

/// Whether a character may stand in a document at all.
pub fn is_allowed(character: char) -> bool {
    is_white_space(character) || (character >= ' ' && character != '\u{FFFE}' && character != '\u{FFFF}')
}

/// Whether a name may begin with this character; the colon is the business of qualified names.
pub fn is_name_start(character: char) -> bool {
    matches!(character,
        'A'..='Z' | 'a'..='z' | '_' | '\u{C0}'..='\u{D6}' | '\u{D8}'..='\u{F6}' | '\u{F8}'..='\u{2FF}'
        | '\u{370}'..='\u{37D}' | '\u{37F}'..='\u{1FFF}' | '\u{200C}'..='\u{200D}' | '\u{2070}'..='\u{218F}'
        | '\u{2C00}'..='\u{2FEF}' | '\u{3001}'..='\u{D7FF}' | '\u{F900}'..='\u{FDCF}' | '\u{FDF0}'..='\u{FFFD}')
}

/// Whether a name may go on with this character.
pub fn is_name(character: char) -> bool {
    is_name_start(character)
        || matches!(character, '0'..='9' | '-' | '.' | '\u{B7}' | '\u{300}'..='\u{36F}' | '\u{203F}'..='\u{2040}')
}
