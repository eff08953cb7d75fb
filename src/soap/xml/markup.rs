//! Comments, CDATA and processing instructions.

use super::{Node, Syntax, XmlError, XmlReader};

impl<'a> XmlReader<'a> {
    /// Reads what begins with `<!` inside the root element.
    pub(super) fn read_bang(&mut self) -> Result<Node, XmlError> {
        let behind = self.at + 2;
        match &self.text.as_bytes()[behind..] {
            _ if !self.has_units(2, behind) => Err(self.unclosed_elements(self.at)),
            [b'-', b'-', ..] => self.read_comment(),
            [b'-', ..] => Err(self.unexpected_token(behind + 1, "-", None)),
            [b'[', ..] if !self.has_units(6, behind + 1) => Err(self.unclosed_elements(self.at)),
            [b'[', b'C', b'D', b'A', b'T', b'A', b'[', ..] => self.read_cdata(),
            [b'[', ..] => Err(self.unexpected_token(behind + 1, "CDATA[", None)),
            _ if self.token_at(behind) == "DOCTYPE" => Err(self.error(Syntax::MisplacedDtd, behind)),
            // The bracket is .NET's slip.
            _ => Err(self.unexpected_token(behind, "<!--", Some("<[CDATA["))),
        }
    }

    pub(super) fn read_comment(&mut self) -> Result<Node, XmlError> {
        let content = self.read_up_to("--", self.at + 4, "Comment")?;
        match self.rest() {
            [b'>', ..] => {
                self.at += 1;
                Ok(Node::Comment)
            }
            [] => Err(self.cut_off("--", "Comment")),
            _ => Err(self.error(Syntax::InvalidComment, self.node_at + content.len())),
        }
    }

    fn read_cdata(&mut self) -> Result<Node, XmlError> {
        self.raw = self.read_up_to("]]>", self.at + 9, "CDATA")?;
        self.raw_is_escaped = self.raw.contains('\r');
        Ok(Node::CData)
    }

    /// Reads from `start`, behind the opening, up to `end` and past it.
    fn read_up_to(&mut self, end: &str, start: usize, what: &'static str) -> Result<&'a str, XmlError> {
        self.node_at = start;
        let content = &self.text[start..];
        if !self.has_units(3, start) {
            return Err(self.early_end(Syntax::EndOfFile(what), start));
        }
        let length = content.find(end);
        self.check_characters(start, &content[..length.unwrap_or(content.len())])?;
        let length = length.ok_or_else(|| self.cut_off(end, what))?;
        self.at = start + length + end.len();
        Ok(&content[..length])
    }

    /// The error of content that has no end. What may yet become the end, or a CR LF, isn't taken to be content: .NET stands
    /// in front of it when it gives up.
    fn cut_off(&self, end: &str, what: &'static str) -> XmlError {
        let content = &self.text[self.node_at..];
        let taken = content.strip_suffix('\r').unwrap_or_else(|| content.trim_end_matches(&end[..1]));
        let at = self.node_at + taken.len().max(content.len() - 2);
        self.early_end(Syntax::EndOfFile(what), at)
    }

    /// Reads `<?target …?>`.
    pub(super) fn read_processing_instruction(&mut self) -> Result<Node, XmlError> {
        self.node_at = self.at + 2;
        self.at = self.read_plain_name(self.node_at)?;
        match &self.text[self.node_at..self.at] {
            "xml" => return Err(self.error(Syntax::DeclarationNotFirst, self.node_at)),
            target if target.eq_ignore_ascii_case("xml") => {
                return Err(self.error(Syntax::InvalidInstructionName(target.into()), self.node_at));
            }
            _ => {}
        }
        let name_end = self.at;
        self.skip_white_space();
        if self.at == name_end && !self.rest().starts_with(b"?>") {
            return Err(self.bad_name_character(name_end));
        }
        let content = &self.text[self.at..];
        let length = content.find("?>");
        if self.has_units(2, self.at) {
            self.check_characters(self.at, &content[..length.unwrap_or(content.len())])?;
        }
        let counted = self.at.max(self.text_without_last_cr().len());
        let length = length.ok_or_else(|| self.end_of_text(Syntax::EndOfFile("PI"), counted))?;
        self.at += length + 2;
        Ok(Node::ProcessingInstruction)
    }
}
