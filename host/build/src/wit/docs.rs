//! What the authors of a world say of it, kept in what is built for it.

use tollgate_engine::DOCS_SECTION;
use wasm_encoder::{CustomSection, Encode};
use wit_parser::{PackageId, PackageMetadata, Resolve};

use super::error::WitError;

/// Bytes of a component before its first section.
const HEADER: usize = 8;

/// Puts the docs of a package into a component that was built for a world of it: types have no room for them. They stand
/// first, for what stands last may be a mark.
///
/// The form is that of the tools' own section `package-docs`, but for its name: the tools look there for worlds by their
/// names, which a component does not have, and take none that has the section.
///
/// # Errors
///
/// The docs cannot be written, or there is no component.
pub fn document(
    component: &mut Vec<u8>,
    resolve: &Resolve,
    package: PackageId,
) -> Result<(), WitError> {
    let docs = PackageMetadata::extract(resolve, package)
        .encode()
        .map_err(|error| WitError::Docs(format!("{error:#}")))?;
    if component.len() < HEADER {
        return Err(WitError::Docs("there is no component".to_owned()));
    }
    let mut section = vec![0];
    CustomSection {
        name: DOCS_SECTION.into(),
        data: docs.into(),
    }
    .encode(&mut section);
    component.splice(HEADER..HEADER, section);
    Ok(())
}
