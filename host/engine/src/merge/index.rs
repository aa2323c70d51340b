//! Indices that a binary names, which may lead nowhere.

/// Stands for any reason for which a component is left alone.
#[derive(Debug)]
pub(super) struct LeftAlone;

impl std::fmt::Display for LeftAlone {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("the modules are not merged")
    }
}

impl std::error::Error for LeftAlone {}

/// The item at an index that a binary names.
pub(super) fn at<T>(items: &[T], index: u32) -> Option<&T> {
    items.get(usize::try_from(index).ok()?)
}

pub(super) fn count<T>(items: &[T]) -> Option<u32> {
    u32::try_from(items.len()).ok()
}
