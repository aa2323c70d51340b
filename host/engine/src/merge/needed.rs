//! What a component still needs of itself once some of its instances are one.

use std::collections::BTreeSet;

use super::choice::module_of;
use super::index::at;
use super::kind::{ByKind, Kind};
use super::link::Linked;
use super::module::{Module, kind_of};
use super::named::{named_by_canonical, named_by_types};
use super::outline::{Instance, Item, Outline};

/// What of the modules, the instances and the aliases is still used, and what of the merged module.
pub(super) struct Needed {
    items: ByKind<Vec<bool>>,
    instances: Vec<bool>,
    modules: Vec<bool>,
    pub(super) exports: BTreeSet<(Kind, u32)>,
}

impl Needed {
    /// Each item names earlier ones, so that going back once sees each use before what is used.
    pub(super) fn of(
        outline: &Outline<'_>,
        modules: &[Option<Module<'_>>],
        linked: &Linked<'_, '_>,
    ) -> Option<Self> {
        let mut items = ByKind::default();
        for kind in Kind::ALL {
            *items.of_mut(kind) = vec![false; outline.origins.of(kind).len()];
        }
        let mut needed = Self {
            items,
            instances: vec![false; outline.instances.len()],
            modules: vec![false; outline.modules.len()],
            exports: BTreeSet::new(),
        };
        for item in outline.items.iter().rev() {
            needed.add(outline, modules, linked, item)?;
        }
        Some(needed)
    }

    fn add(
        &mut self,
        outline: &Outline<'_>,
        modules: &[Option<Module<'_>>],
        linked: &Linked<'_, '_>,
        item: &Item<'_>,
    ) -> Option<()> {
        match item {
            Item::Raw { .. } | Item::Module(_) | Item::Alias(_) => {}
            Item::Types(types) => self.mark(&named_by_types(types)?)?,
            Item::Canonical(function, _) => self.mark(&named_by_canonical(function)?)?,
            Item::CoreAlias(kind, index, instance, name) => {
                if *at(self.items.of(*kind), *index)? {
                    if linked.has(*instance) {
                        let export = linked.export(*instance, *kind, name)?;
                        self.exports.insert((*kind, export));
                    } else {
                        self.mark_instance(*instance)?;
                    }
                }
            }
            Item::Instance(index) => match at(&outline.instances, *index)? {
                Instance::Made { module, arguments } if !linked.has(*index) => {
                    self.mark_instance(*index)?;
                    *self.modules.get_mut(usize::try_from(*module).ok()?)? = true;
                    for (name, from) in arguments {
                        if linked.has(*from) {
                            let items = taken(outline, modules, linked, *index, (name, *from))?;
                            self.exports
                                .extend(items.into_iter().map(|(.., item)| item));
                        } else {
                            self.mark_instance(*from)?;
                        }
                    }
                }
                Instance::Made { .. } => {}
                Instance::Bag { exports, .. } => {
                    if *at(&self.instances, *index)? {
                        for (_, kind, item) in exports {
                            self.mark(&[(*kind, *item)])?;
                        }
                    }
                }
            },
        }
        Some(())
    }

    /// Whether an item is written again.
    pub(super) fn has(&self, item: &Item<'_>) -> bool {
        match item {
            Item::CoreAlias(kind, index, ..) => at(self.items.of(*kind), *index) == Some(&true),
            Item::Instance(index) => at(&self.instances, *index) == Some(&true),
            Item::Module(index) => at(&self.modules, *index) == Some(&true),
            Item::Raw { .. } | Item::Types(_) | Item::Alias(_) | Item::Canonical(..) => true,
        }
    }

    fn mark(&mut self, named: &[(Kind, u32)]) -> Option<()> {
        for (kind, index) in named {
            *self
                .items
                .of_mut(*kind)
                .get_mut(usize::try_from(*index).ok()?)? = true;
        }
        Some(())
    }

    fn mark_instance(&mut self, index: u32) -> Option<()> {
        *self.instances.get_mut(usize::try_from(index).ok()?)? = true;
        Some(())
    }
}

/// What an instance that stays apart takes of one that is linked, which is its argument of this name: the names, and what of the
/// merged module they lead to.
pub(super) fn taken<'a>(
    outline: &Outline<'a>,
    modules: &[Option<Module<'a>>],
    linked: &Linked<'_, '_>,
    instance: u32,
    (name, from): (&str, u32),
) -> Option<Vec<(&'a str, (Kind, u32))>> {
    let imports = &module_of(outline, modules, instance)?.imports;
    let taken = imports.iter().filter(|import| import.module == name);
    let mut items: Vec<_> = taken
        .map(|import| {
            let kind = kind_of(import)?;
            Some((import.name, (kind, linked.export(from, kind, import.name)?)))
        })
        .collect::<Option<_>>()?;
    // It may import one thing twice.
    items.sort_unstable();
    items.dedup();
    Some(items)
}
