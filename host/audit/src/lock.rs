//! Locking.

use std::sync::{Mutex, MutexGuard, PoisonError};

/// Locks, and takes what a thread that panicked left: every critical section of this crate leaves its value whole.
pub(crate) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
