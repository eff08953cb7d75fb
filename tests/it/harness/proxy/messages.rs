//! Messages of PostgreSQL's protocol, as they arrive in chunks.

use std::io::{self, Read};
use std::net::TcpStream;

/// What a client may say before anything else; PostgreSQL tells them apart by these numbers.
pub const SSL_REQUEST: [u8; 4] = 80_877_103_u32.to_be_bytes();

/// Reads whole messages from one end.
pub struct Messages {
    stream: TcpStream,
}

/// One message, as it is on the wire.
pub struct Message {
    /// 0 for the first one of a client, which has no letter.
    pub letter: u8,
    pub bytes: Vec<u8>,
}

impl Messages {
    pub fn of(stream: TcpStream) -> Self {
        Self { stream }
    }

    /// The message with which a client begins.
    pub fn first(&mut self) -> io::Result<Message> {
        self.read(0, Vec::new())
    }

    pub fn next(&mut self) -> io::Result<Message> {
        let mut letter = [0];
        self.stream.read_exact(&mut letter)?;
        self.read(letter[0], letter.to_vec())
    }

    /// The length counts itself, but not the letter.
    fn read(&mut self, letter: u8, mut bytes: Vec<u8>) -> io::Result<Message> {
        let mut length = [0; 4];
        self.stream.read_exact(&mut length)?;
        bytes.extend(length);
        let rest = u32::from_be_bytes(length).saturating_sub(4);
        let read = self.stream.by_ref().take(rest.into()).read_to_end(&mut bytes)?;
        match read == rest as usize {
            true => Ok(Message { letter, bytes }),
            false => Err(io::ErrorKind::UnexpectedEof.into()),
        }
    }
}

impl Message {
    /// What follows the letter and the length.
    pub fn content(&self) -> &[u8] {
        &self.bytes[usize::from(self.letter != 0) + 4..]
    }

    /// Texts at the beginning of the content, each with a zero at its end.
    pub fn texts(&self) -> impl Iterator<Item = String> {
        self.content().split(|byte| *byte == 0).map(|text| String::from_utf8_lossy(text).into_owned())
    }
}
