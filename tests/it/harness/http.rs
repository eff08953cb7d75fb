//! An HTTP/1.1 client that sends exactly the bytes it is given.

use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpStream};

use super::PATIENCE;

/// What came back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    pub status: u16,
    pub headers: Vec<(String, String)>,
    pub body: Vec<u8>,
    /// Whether `100 Continue` came first.
    pub continued: bool,
}

impl Answer {
    /// The value of a header, if it is there.
    pub fn header(&self, name: &str) -> Option<&str> {
        let (_, value) = self.headers.iter().find(|(known, _)| known.eq_ignore_ascii_case(name))?;
        Some(value)
    }

    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    /// The return code. Fails the test if the answer is no result.
    pub fn return_code(&self) -> i32 {
        let code = self.element("ReturnCode").unwrap_or_else(|| unreachable!("no ReturnCode in {self:?}"));
        code.parse().expect("a number")
    }

    /// The content of `SavedPhoneNumber`; an empty element is an empty text.
    pub fn saved_phone_number(&self) -> String {
        self.text_element("SavedPhoneNumber")
    }

    /// The content of `SavedEmailAddress`; an empty element is an empty text.
    pub fn saved_email_address(&self) -> String {
        self.text_element("SavedEmailAddress")
    }

    /// The content of an element that is there; an empty element is an empty text.
    pub fn text_element(&self, name: &str) -> String {
        if self.text().contains(&format!("<{name} />")) {
            return String::new();
        }
        self.element(name).unwrap_or_else(|| unreachable!("no {name} in {self:?}"))
    }

    fn element(&self, name: &str) -> Option<String> {
        let text = self.text();
        let (_, rest) = text.split_once(&format!("<{name}>"))?;
        let (value, _) = rest.split_once(&format!("</{name}>"))?;
        Some(value.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&"))
    }
}

/// Sends one request over a connection of its own and reads the answer.
pub fn exchange(address: SocketAddr, request: &[u8]) -> Answer {
    Connection::open(address).exchange(request).expect("an answer")
}

/// A connection for any number of requests.
pub struct Connection<S: Read = TcpStream> {
    stream: BufReader<S>,
}

impl Connection {
    pub fn open(address: SocketAddr) -> Self {
        Self::try_open(address).expect("a connection")
    }

    /// As [`open`](Self::open), for a server that may be gone.
    pub fn try_open(address: SocketAddr) -> io::Result<Self> {
        let stream = TcpStream::connect_timeout(&address, PATIENCE)?;
        stream.set_nodelay(true)?;
        stream.set_read_timeout(Some(PATIENCE))?;
        stream.set_write_timeout(Some(PATIENCE))?;
        Ok(Self::new(stream))
    }

    /// Whether the server hangs up now, rather than waiting for another request.
    pub fn ends(&mut self) -> bool {
        // It would hang up at last in any case, when nothing comes for a minute.
        self.stream.get_ref().set_read_timeout(Some(PATIENCE / 6)).expect("a connection");
        match self.stream.read(&mut [0]) {
            Ok(length) => length == 0,
            Err(error) => error.kind() == io::ErrorKind::ConnectionReset,
        }
    }
}

impl<S: Read + Write> Connection<S> {
    /// Goes on with a connection that is there already.
    pub fn new(stream: S) -> Self {
        Self { stream: BufReader::new(stream) }
    }

    /// Sends a request and reads its answer. Where the request expects `100 Continue`, the body waits for it.
    ///
    /// # Errors
    /// What the operating system says, or that the answer is cut short.
    pub fn exchange(&mut self, request: &[u8]) -> io::Result<Answer> {
        let (head, body) = request.split_at(end_of_head(request));
        let waits = String::from_utf8_lossy(head).to_ascii_lowercase().contains("\r\nexpect: 100-continue\r\n");
        if !waits {
            // A server may answer before it has read everything, and then close; its answer counts.
            let _ = self.send(request);
            if request.starts_with(b"HEAD ") {
                let (status, headers) = self.read_head()?;
                return Ok(Answer { status, headers, body: Vec::new(), continued: false });
            }
            return self.read_answer();
        }
        self.send(head)?;
        let (status, headers) = self.read_head()?;
        if status != 100 {
            return self.read_body(status, headers);
        }
        self.send(body)?;
        Ok(Answer { continued: true, ..self.read_answer()? })
    }

    pub fn send(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.stream.get_mut().write_all(bytes)
    }

    /// Reads one answer.
    pub fn read_answer(&mut self) -> io::Result<Answer> {
        let mut continued = false;
        loop {
            let (status, headers) = self.read_head()?;
            if status == 100 {
                continued = true;
            } else {
                return Ok(Answer { continued, ..self.read_body(status, headers)? });
            }
        }
    }

    /// Reads the answer to `Expect: 100-continue`.
    pub fn read_continue(&mut self) -> io::Result<()> {
        let (status, _) = self.read_head()?;
        if status == 100 { Ok(()) } else { Err(io::Error::other(format!("status {status}"))) }
    }

    fn read_head(&mut self) -> io::Result<(u16, Vec<(String, String)>)> {
        let status_line = self.read_line()?;
        let status = status_line.split(' ').nth(1).and_then(|code| code.parse().ok());
        let status = status.ok_or_else(|| malformed(&format!("status line {status_line:?}")))?;
        let mut headers = Vec::new();
        loop {
            let line = self.read_line()?;
            if line.is_empty() {
                return Ok((status, headers));
            }
            let (name, value) = line.split_once(':').ok_or_else(|| malformed(&format!("header {line:?}")))?;
            headers.push((name.to_owned(), value.trim().to_owned()));
        }
    }

    fn read_body(&mut self, status: u16, headers: Vec<(String, String)>) -> io::Result<Answer> {
        let mut answer = Answer { status, headers, body: Vec::new(), continued: false };
        if let Some(length) = answer.header("content-length") {
            answer.body = vec![0; length.parse().map_err(|_| malformed("Content-Length"))?];
            self.stream.read_exact(&mut answer.body)?;
        } else if answer.header("transfer-encoding").is_some() {
            self.read_chunks(&mut answer.body)?;
        }
        Ok(answer)
    }

    fn read_chunks(&mut self, body: &mut Vec<u8>) -> io::Result<()> {
        loop {
            let size = usize::from_str_radix(&self.read_line()?, 16).map_err(|_| malformed("chunk size"))?;
            let mut chunk = vec![0; size];
            self.stream.read_exact(&mut chunk)?;
            body.append(&mut chunk);
            self.read_line()?;
            if size == 0 {
                return Ok(());
            }
        }
    }

    fn read_line(&mut self) -> io::Result<String> {
        let mut line = Vec::new();
        self.stream.read_until(b'\n', &mut line)?;
        match line.strip_suffix(b"\r\n") {
            Some(line) => Ok(String::from_utf8_lossy(line).into_owned()),
            None => Err(io::Error::new(io::ErrorKind::UnexpectedEof, "the connection ended within an answer")),
        }
    }
}

/// The length of a request's head, its blank line included.
pub fn end_of_head(request: &[u8]) -> usize {
    request.windows(4).position(|bytes| bytes == b"\r\n\r\n").map_or(request.len(), |at| at + 4)
}

fn malformed(what: &str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, format!("malformed {what}"))
}
