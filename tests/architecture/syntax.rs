//! Small questions about syntax.

use syn::ext::IdentExt;
use syn::punctuated::Punctuated;
use syn::{Attribute, Ident, Item, Meta, Token, Type};

use crate::tree::Written;

/// Whether an item with these attributes exists only when tests are built.
pub(crate) fn only_in_tests(attributes: &[Attribute]) -> bool {
    attributes.iter().any(|attribute| match &attribute.meta {
        Meta::List(list) if list.path.is_ident("cfg") => list
            .parse_args::<Meta>()
            .is_ok_and(|condition| implies_test(&condition)),
        // `#[test]`, `#[tokio::test]`.
        meta => meta
            .path()
            .segments
            .last()
            .is_some_and(|part| part.ident == "test"),
    })
}

/// Whether `condition` can hold only when tests are built. `not(test)` and
/// `any(test, feature = "x")` can hold otherwise, and are scanned.
fn implies_test(condition: &Meta) -> bool {
    let nested = |list: &syn::MetaList| {
        list.parse_args_with(Punctuated::<Meta, Token![,]>::parse_terminated)
            .unwrap_or_default()
    };
    match condition {
        Meta::Path(path) => path.is_ident("test"),
        Meta::List(list) if list.path.is_ident("all") => nested(list).iter().any(implies_test),
        Meta::List(list) if list.path.is_ident("any") => {
            let nested = nested(list);
            !nested.is_empty() && nested.iter().all(implies_test)
        }
        Meta::List(_) | Meta::NameValue(_) => false,
    }
}

/// The name that `item` defines. Modules and imports are recorded elsewhere,
/// and so are type aliases, whose name means something else.
pub(crate) fn defined(item: &Item) -> Option<&Ident> {
    match item {
        Item::Const(item) => Some(&item.ident),
        Item::Enum(item) => Some(&item.ident),
        Item::Fn(item) => Some(&item.sig.ident),
        Item::Macro(item) => item.ident.as_ref(),
        Item::Static(item) => Some(&item.ident),
        Item::Struct(item) => Some(&item.ident),
        Item::Trait(item) => Some(&item.ident),
        Item::TraitAlias(item) => Some(&item.ident),
        Item::Type(item) => Some(&item.ident),
        Item::Union(item) => Some(&item.ident),
        _ => None,
    }
}

pub(crate) fn attributes_of(item: &Item) -> &[Attribute] {
    match item {
        Item::Const(item) => &item.attrs,
        Item::Enum(item) => &item.attrs,
        Item::ExternCrate(item) => &item.attrs,
        Item::Fn(item) => &item.attrs,
        Item::ForeignMod(item) => &item.attrs,
        Item::Impl(item) => &item.attrs,
        Item::Macro(item) => &item.attrs,
        Item::Mod(item) => &item.attrs,
        Item::Static(item) => &item.attrs,
        Item::Struct(item) => &item.attrs,
        Item::Trait(item) => &item.attrs,
        Item::TraitAlias(item) => &item.attrs,
        Item::Type(item) => &item.attrs,
        Item::Union(item) => &item.attrs,
        Item::Use(item) => &item.attrs,
        _ => &[],
    }
}

pub(crate) fn path_of(ty: &Type) -> Option<Written> {
    match ty {
        Type::Path(path) if path.qself.is_none() => Some(written(&path.path)),
        Type::Paren(inner) => path_of(&inner.elem),
        Type::Group(inner) => path_of(&inner.elem),
        _ => None,
    }
}

pub(crate) fn written(path: &syn::Path) -> Written {
    Written {
        absolute: path.leading_colon.is_some(),
        parts: path
            .segments
            .iter()
            .map(|part| plain(&part.ident))
            .collect(),
    }
}

pub(crate) fn longer(prefix: &Written, ident: &Ident) -> Written {
    let mut longer = prefix.clone();
    longer.parts.push(plain(ident));
    longer
}

/// The name without `r#`, which changes nothing that the name means.
pub(crate) fn plain(ident: &Ident) -> String {
    ident.unraw().to_string()
}

pub(crate) fn line(span: proc_macro2::Span) -> usize {
    span.start().line
}
