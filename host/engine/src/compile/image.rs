//! The image of a component's memory, made before its first run.
//!
//! What lies in no file (compiled just now, or handed over as bytes) gets its image in a memfd, which wasmtime seals. A kernel
//! that has a page of it in hand at that moment, to reclaim or to compact memory, refuses the seal with `EBUSY`, after waiting
//! a while. It has nothing to do with the component, and trying once more is all that helps; left to instantiation, a run
//! would fail of it.

use std::time::Duration;

use wasmtime::component::Component;

/// The kernel waits about 155 ms of its own each time before it gives up.
const TRIES: usize = 8;
const PAUSE: Duration = Duration::from_millis(10);

/// Makes the image of `component`'s memory, if it has one. It blocks.
///
/// What fails to the last is left to instantiation, which makes the image again and says what is wrong.
pub(crate) fn with_image(component: Component) -> Component {
    let _left_to_instantiation = try_again(
        || component.initialize_copy_on_write_image(),
        std::thread::sleep,
    );
    component
}

fn try_again<E>(
    mut make: impl FnMut() -> Result<(), E>,
    mut pause: impl FnMut(Duration),
) -> Result<(), E> {
    for _ in 1..TRIES {
        if make().is_ok() {
            return Ok(());
        }
        pause(PAUSE);
    }
    make()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// How often an image was tried and waited for, and how it ended, when the first `busy` tries fail.
    fn tried(busy: usize) -> (usize, usize, Result<(), usize>) {
        let (mut tries, mut pauses) = (0, 0);
        let ended = try_again(
            || {
                tries += 1;
                if tries <= busy { Err(tries) } else { Ok(()) }
            },
            |_| pauses += 1,
        );
        (tries, pauses, ended)
    }

    #[test]
    fn an_image_is_tried_again_while_its_pages_are_busy() {
        assert_eq!(tried(0), (1, 0, Ok(())));
        assert_eq!(tried(1), (2, 1, Ok(())));
        assert_eq!(tried(TRIES - 1), (TRIES, TRIES - 1, Ok(())));
    }

    #[test]
    fn what_stays_busy_is_given_up() {
        assert_eq!(tried(usize::MAX), (TRIES, TRIES - 1, Err(TRIES)));
    }
}
