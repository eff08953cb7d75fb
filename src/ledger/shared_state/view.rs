//! What a module makes of the shared configuration.

use std::sync::{Arc, PoisonError, RwLock};

use tokio::sync::watch;

use super::{SharedConfig, SharedState};

/// What is made of the shared configuration, made anew only once the shared configuration has changed. Every call asks for it, so all may ask at the same time:
/// they wait for each other only while it is made.
pub struct SharedConfigView<T> {
    make: fn(&SharedConfig, &T) -> T,
    known: RwLock<Known<T>>,
}

struct Known<T> {
    config: watch::Receiver<Arc<SharedConfig>>,
    view: T,
}

impl<T: Default> SharedConfigView<T> {
    /// What `make` makes of the shared configuration of these, and of what it made before.
    pub fn new(shared_state: &dyn SharedState, make: fn(&SharedConfig, &T) -> T) -> Self {
        let mut config = shared_state.config();
        let view = make(&config.borrow_and_update(), &T::default());
        Self { make, known: RwLock::new(Known { config, view }) }
    }

    /// Looks at what is made of the shared configuration as it is now.
    pub fn read<R>(&self, look: impl FnOnce(&T) -> R) -> R {
        {
            let known = self.known.read().unwrap_or_else(PoisonError::into_inner);
            if !known.is_outdated() {
                return look(&known.view);
            }
        }
        let mut known = self.known.write().unwrap_or_else(PoisonError::into_inner);
        // Another one may have come first.
        if known.is_outdated() {
            let config = Arc::clone(&known.config.borrow_and_update());
            known.view = (self.make)(&config, &known.view);
        }
        look(&known.view)
    }
}

impl<T> Known<T> {
    /// A config that nobody writes on any more stays as it was.
    fn is_outdated(&self) -> bool {
        self.config.has_changed().unwrap_or(false)
    }
}
