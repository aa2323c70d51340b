//! What a run has beside what the host gives it: things of those who run it, and of interfaces that are theirs.

use std::any::{Any, TypeId};
use std::collections::HashMap;
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

type Thing = Arc<dyn Any + Send + Sync>;

/// What a run has beside what the host gives it, one thing of each type. It goes with the guest. Clones are the same.
#[derive(Clone, Default)]
pub struct Attached(Arc<Mutex<HashMap<TypeId, Thing>>>);

impl fmt::Debug for Attached {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Attached").finish_non_exhaustive()
    }
}

impl Attached {
    fn things(&self) -> MutexGuard<'_, HashMap<TypeId, Thing>> {
        // Things are put in whole.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Puts a thing in, in the place of another one of its type.
    pub fn put<T: Any + Send + Sync>(&self, thing: Arc<T>) {
        self.things().insert(TypeId::of::<T>(), thing);
    }

    /// The thing of a type.
    #[must_use]
    pub fn get<T: Any + Send + Sync>(&self) -> Option<Arc<T>> {
        let thing = self.things().get(&TypeId::of::<T>()).cloned();
        thing?.downcast().ok()
    }

    /// The thing of a type, which is made where there is none yet.
    pub fn get_or_put<T: Any + Send + Sync>(&self, make: impl FnOnce() -> T) -> Arc<T> {
        let mut things = self.things();
        let known = things.get(&TypeId::of::<T>()).cloned();
        if let Some(Ok(known)) = known.map(Arc::downcast) {
            return known;
        }
        let made = Arc::new(make());
        things.insert(TypeId::of::<T>(), Arc::<T>::clone(&made));
        made
    }

    /// As many things in a place of their own: what one of the two gets later is not the other's.
    #[must_use]
    pub fn copied(&self) -> Self {
        Self(Arc::new(Mutex::new(self.things().clone())))
    }
}
