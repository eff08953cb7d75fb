//! Answers with what the ledger holds, chunk by chunk: it may be more than fits into memory.

use std::sync::Arc;

use actix_web::HttpResponse;
use actix_web::web::Bytes;
use futures_util::{StreamExt, stream};
use tokio::sync::mpsc::{self, Receiver, Sender};

use super::problem::Problem;
use crate::ledger::seed::StateWriter;
use crate::ledger::{CHUNKS_IN_FLIGHT, Ledger, LedgerError, ProgramId, StateChunk};

/// Some of the text, or why there will be no more.
type Text = Result<Bytes, LedgerError>;

/// Everything, or one program, in the seed's format.
///
/// # Errors
/// 503 if the ledger fails before it gives anything, 404 if the program isn't there. If the ledger fails later, the connection
/// ends before the answer does, so that nobody takes a part for the whole.
pub async fn export(ledger: Arc<dyn Ledger>, program: Option<ProgramId>) -> Result<HttpResponse, Problem> {
    let (texts, mut arriving) = mpsc::channel(1);
    actix_web::rt::spawn(write_all(ledger, program, texts));
    let first = arriving.recv().await.ok_or_else(|| Problem::busy("the service is stopping"))??;
    if first.is_empty() {
        return Err(Problem::not_found("the program has just gone"));
    }
    let rest = stream::poll_fn(move |context| arriving.poll_recv(context)).inspect(|text| {
        if let Err(error) = text {
            tracing::error!(%error, "an export was cut short");
        }
    });
    let body = stream::once(async { Ok(first) }).chain(rest);
    Ok(HttpResponse::Ok().content_type("application/json").streaming(body))
}

/// Writes for as long as somebody reads.
async fn write_all(ledger: Arc<dyn Ledger>, program: Option<ProgramId>, texts: Sender<Text>) {
    let mut writer = if program.is_none() { StateWriter::of_all() } else { StateWriter::of_one_program() };
    let (chunks, arriving) = mpsc::channel(CHUNKS_IN_FLIGHT);
    let export = ledger.export_chunks(program, chunks);
    let (exported, written) = tokio::join!(export, write_chunks(arriving, &mut writer, &texts));
    let end = exported.and(written).map(|()| {
        let mut text = Vec::new();
        writer.end(&mut text);
        text.into()
    });
    // Whoever has gone doesn't need the end.
    let _ = texts.send(end).await;
}

async fn write_chunks(
    mut arriving: Receiver<StateChunk>,
    writer: &mut StateWriter,
    texts: &Sender<Text>,
) -> Result<(), LedgerError> {
    while let Some(chunk) = arriving.recv().await {
        let mut text = Vec::new();
        writer.write(&chunk, &mut text).map_err(|error| LedgerError::Unavailable(error.to_string()))?;
        if texts.send(Ok(text.into())).await.is_err() {
            break;
        }
    }
    Ok(())
}
