//! The bytes under a connection: TCP, or TLS over it.

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;
use tokio_rustls::server::TlsStream;

/// How a client is connected.
pub enum Transport {
    Plain(Counted),
    Tls(Box<TlsStream<Counted>>),
}

/// A TCP connection that counts what it has sent. TLS takes an answer at once and sends it later, so nothing else tells
/// whether the client reads.
pub struct Counted {
    stream: TcpStream,
    sent: u64,
}

impl Transport {
    /// How many bytes have left, those of TLS itself included.
    pub fn sent(&self) -> u64 {
        self.counted().sent
    }

    /// Whether there is something to read, or the end; else the task is woken once there is. Nothing is read.
    pub fn poll_read_ready(&self, context: &mut Context<'_>) -> Poll<()> {
        if let Self::Tls(tls) = self
            && !tls.get_ref().1.wants_read()
        {
            // It is decrypted already, so the socket may be silent for ever.
            return Poll::Ready(());
        }
        self.counted().stream.poll_read_ready(context).map(drop)
    }

    /// Makes the end, when this is dropped, a reset, and lets go of what is not sent yet.
    pub fn reset_at_end(&self) {
        // On a socket that is gone there is nothing to do.
        let _ = self.counted().stream.set_zero_linger();
    }

    fn counted(&self) -> &Counted {
        match self {
            Self::Plain(counted) => counted,
            Self::Tls(tls) => tls.get_ref().0,
        }
    }
}

impl From<TcpStream> for Counted {
    fn from(stream: TcpStream) -> Self {
        Self { stream, sent: 0 }
    }
}

impl AsyncRead for Transport {
    fn poll_read(self: Pin<&mut Self>, context: &mut Context<'_>, buffer: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        match self.get_mut() {
            Self::Plain(counted) => Pin::new(&mut counted.stream).poll_read(context, buffer),
            Self::Tls(tls) => match Pin::new(tls).poll_read(context, buffer) {
                // Many clients end without the farewell of TLS. HTTP knows by itself where a message ends.
                Poll::Ready(Err(error)) if error.kind() == io::ErrorKind::UnexpectedEof => Poll::Ready(Ok(())),
                read => read,
            },
        }
    }
}

impl AsyncWrite for Transport {
    fn poll_write(self: Pin<&mut Self>, context: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        match self.get_mut() {
            Self::Plain(counted) => Pin::new(counted).poll_write(context, bytes),
            Self::Tls(tls) => Pin::new(tls).poll_write(context, bytes),
        }
    }

    fn poll_flush(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        match self.get_mut() {
            Self::Plain(counted) => Pin::new(counted).poll_flush(context),
            Self::Tls(tls) => Pin::new(tls).poll_flush(context),
        }
    }

    fn poll_shutdown(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        match self.get_mut() {
            Self::Plain(counted) => Pin::new(counted).poll_shutdown(context),
            Self::Tls(tls) => Pin::new(tls).poll_shutdown(context),
        }
    }
}

impl AsyncRead for Counted {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_read(context, buffer)
    }
}

impl AsyncWrite for Counted {
    fn poll_write(mut self: Pin<&mut Self>, context: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        let written = Pin::new(&mut self.stream).poll_write(context, bytes);
        if let Poll::Ready(Ok(length)) = written {
            self.sent += length as u64;
        }
        written
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(context)
    }
}
