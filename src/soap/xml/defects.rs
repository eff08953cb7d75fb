//! Which error .NET gives, and where: worked out once something is wrong.

use super::characters::is_name;
use super::position::position_on_line_of;
use super::{Syntax, XmlError, XmlReader, position};

impl<'a> XmlReader<'a> {
    pub(super) fn error(&self, syntax: Syntax, at: usize) -> XmlError {
        XmlError { syntax, position: position(self.text, at) }
    }

    /// The error of a text that ends too early, told of `at`, unless the text was cut short by something worse.
    pub(super) fn early_end(&self, syntax: Syntax, at: usize) -> XmlError {
        match &self.cut_short {
            Some(worse) => self.error(worse.clone(), self.text.len()),
            None => self.error(syntax, at),
        }
    }

    /// The same, told of the very end, where .NET has counted the lines only up to `counted`.
    pub(super) fn end_of_text(&self, syntax: Syntax, counted: usize) -> XmlError {
        let position = position_on_line_of(self.text, counted, self.text.len());
        XmlError { position, ..self.early_end(syntax, self.text.len()) }
    }

    /// The end of the text in or between elements.
    pub(super) fn unclosed_elements(&self, counted: usize) -> XmlError {
        let mut names = String::new();
        for element in self.open.iter().rev() {
            let separator = if names.is_empty() { "" } else { ", " };
            names.extend([separator, self.name_of(element)]);
        }
        // The full stop belongs to the last name.
        if !names.is_empty() {
            names.push('.');
        }
        self.end_of_text(Syntax::UnclosedElements(names), counted)
    }

    /// The end of the text in a start tag. .NET then takes back the lines that it counted in the white space at
    /// `white_space_at`, but not that the columns begin anew.
    pub(super) fn unclosed_tag(&self, white_space_at: usize) -> XmlError {
        let mut error = self.unclosed_elements(self.text_without_last_cr().len());
        error.position.line = position(self.text, white_space_at).line;
        error
    }

    /// The text up to where its lines are counted if it ends in a tag or an instruction: a CR at the very end may yet become
    /// a CR LF.
    pub(super) fn text_without_last_cr(&self) -> &'a str {
        self.text.strip_suffix('\r').unwrap_or(self.text)
    }

    pub(super) fn unexpected_token(&self, at: usize, expected: &'static str, or: Option<&'static str>) -> XmlError {
        match self.token_at(at) {
            "" => self.early_end(Syntax::UnexpectedEnd, at),
            found => self.error(Syntax::UnexpectedToken { found: found.into(), expected, or }, at),
        }
    }

    /// What .NET calls a token: a run of the characters of names, or one other character.
    pub(super) fn token_at(&self, at: usize) -> &'a str {
        let rest = &self.text[at..];
        let run = rest.find(|character| !is_name(character)).unwrap_or(rest.len());
        let first = rest.chars().next().map_or(0, char::len_utf8);
        &rest[..run.max(first)]
    }

    pub(super) fn bad_name_character(&self, at: usize) -> XmlError {
        match self.text[at..].chars().next() {
            None => self.early_end(Syntax::EndOfFile("Name"), at),
            Some(found) => self.error(Syntax::BadNameCharacter(found), at),
        }
    }
}
