//! What a room makes of the board.

use std::sync::{Arc, PoisonError, RwLock};

use tokio::sync::watch;

use super::{Board, Commons};

/// What is made of the board, made anew only once the board has changed. Every call asks for it, so all may ask at the same time:
/// they wait for each other only while it is made.
pub struct BoardView<T> {
    make: fn(&Board) -> T,
    known: RwLock<Known<T>>,
}

struct Known<T> {
    board: watch::Receiver<Arc<Board>>,
    view: T,
}

impl<T: Clone> BoardView<T> {
    /// What `make` makes of the board of these.
    pub fn new(commons: &dyn Commons, make: fn(&Board) -> T) -> Self {
        let mut board = commons.board();
        let view = make(&board.borrow_and_update());
        Self { make, known: RwLock::new(Known { board, view }) }
    }

    /// What is made of the board as it is now.
    pub fn get(&self) -> T {
        {
            let known = self.known.read().unwrap_or_else(PoisonError::into_inner);
            if !known.is_outdated() {
                return known.view.clone();
            }
        }
        let mut known = self.known.write().unwrap_or_else(PoisonError::into_inner);
        // Another one may have come first.
        if known.is_outdated() {
            let board = Arc::clone(&known.board.borrow_and_update());
            known.view = (self.make)(&board);
        }
        known.view.clone()
    }
}

impl<T> Known<T> {
    /// A board that nobody writes on any more stays as it was.
    fn is_outdated(&self) -> bool {
        self.board.has_changed().unwrap_or(false)
    }
}
