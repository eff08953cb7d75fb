//! Which characters may stand where (XML 1.0).

/// Any character that needs no thought.
pub const PLAIN: u8 = 0;
/// TAB, LF, CR, blank.
pub const WHITE_SPACE: u8 = 1;
/// `<`.
pub const MARKUP: u8 = 2;
/// `&`.
pub const REFERENCE: u8 = 3;
/// May begin something forbidden: a control character, `]]>`, U+FFFE, U+FFFF.
pub const SPECIAL: u8 = 4;

/// What a byte of UTF-8 text means to a reader of character data.
pub const CLASS: [u8; 256] = {
    let mut class = [PLAIN; 256];
    let mut byte = 0;
    while byte < 0x20 {
        class[byte] = SPECIAL;
        byte += 1;
    }
    class[b'\t' as usize] = WHITE_SPACE;
    class[b'\n' as usize] = WHITE_SPACE;
    class[b'\r' as usize] = WHITE_SPACE;
    class[b' ' as usize] = WHITE_SPACE;
    class[b'<' as usize] = MARKUP;
    class[b'&' as usize] = REFERENCE;
    class[b']' as usize] = SPECIAL;
    class[0xEF] = SPECIAL;
    class
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
