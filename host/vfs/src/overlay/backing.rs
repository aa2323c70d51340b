//! A layer's file, as far as it shows through.

use super::lower::Lower;
use crate::FsError;
use crate::backend::File;

/// The content that a file had in its layer: never written, and opened only when it is read.
pub(crate) struct Backing {
    directory: Lower,
    name: Box<str>,
    /// Bytes from the beginning that still show; what was cut off once never comes back.
    visible: u64,
    open: Option<Box<dyn File>>,
}

impl Backing {
    pub(crate) fn new(directory: Lower, name: &str, len: u64) -> Self {
        Self {
            directory,
            name: name.into(),
            visible: len,
            open: None,
        }
    }

    pub(crate) fn visible(&self) -> u64 {
        self.visible
    }

    pub(crate) fn cut(&mut self, len: u64) {
        self.visible = self.visible.min(len);
    }

    pub(crate) fn close(&mut self) {
        self.open = None;
        self.directory.close();
    }

    /// Fills the buffer, with zeros where nothing shows.
    pub(crate) fn read_at(&mut self, buffer: &mut [u8], offset: u64) -> Result<(), FsError> {
        let shows = self.visible.saturating_sub(offset);
        let shows = usize::try_from(shows)
            .unwrap_or(usize::MAX)
            .min(buffer.len());
        let (mut rest, hole) = buffer.split_at_mut(shows);
        hole.fill(0);
        let mut at = offset;
        while !rest.is_empty() {
            let read = self.file()?.read_at(rest, at)?;
            if read == 0 {
                // Shorter than it was when it was first seen: somebody breaks the promise that layers
                // don't change.
                rest.fill(0);
                break;
            }
            at = at.saturating_add(read as u64);
            rest = rest.get_mut(read..).unwrap_or_default();
        }
        Ok(())
    }

    fn file(&mut self) -> Result<&dyn File, FsError> {
        let file = match self.open.take() {
            Some(file) => file,
            None => self.directory.open_file(&self.name)?,
        };
        Ok(&**self.open.insert(file))
    }
}
