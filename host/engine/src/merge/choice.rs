//! Which instances of a component's modules can be one instance.
//!
//! The instance that is made of them stands where the last of them stood, so that what comes between has to come after, if
//! it depends on one of them. That must make no difference: nothing between runs code, or writes to what a later one of
//! them writes to; and what one of them is given from outside depends on none of them.

use std::collections::HashSet;

use super::index::at;
use super::kind::Kind;
use super::module::{Module, Place, kind_of};
use super::named::{named_by_canonical, named_by_types};
use super::outline::{Instance, Item, Origin, Outline};

/// Instances that the first of the chosen ones is looked for among. Before libraries there is at most what stands in for
/// functions that need the libraries' memory.
const MOST_STARTS: usize = 8;

/// A table or memory, by the instance that it is defined in and its place there.
type Definition = (Kind, u32, usize);

/// The most instances that can be one, in their order. Nothing where there would be no gain: where no instance fills a table or
/// memory of another.
pub(super) fn choose(outline: &Outline<'_>, modules: &[Option<Module<'_>>]) -> Option<Vec<u32>> {
    let made = (0_u32..)
        .zip(&outline.instances)
        .filter(|(_, instance)| matches!(instance, Instance::Made { .. }));
    let mut best = Vec::new();
    for (start, _) in made.take(MOST_STARTS) {
        let members = Walk::new(outline, modules, start).members()?;
        if members.len() > best.len() {
            best = members;
        }
    }
    let fills_another = |member: &u32| {
        let module = module_of(outline, modules, *member);
        module.is_some_and(|module| {
            let written = module.written().into_iter();
            written
                .filter_map(|(kind, index)| module.item(kind, index))
                .any(|place| matches!(place, Place::Imported(_)))
        })
    };
    (best.len() > 1 && best.iter().any(fills_another)).then_some(best)
}

/// The module that an instance is made of.
pub(super) fn module_of<'m, 'a>(
    outline: &Outline<'a>,
    modules: &'m [Option<Module<'a>>],
    instance: u32,
) -> Option<&'m Module<'a>> {
    match at(&outline.instances, instance)? {
        Instance::Made { module, .. } => at(modules, *module)?.as_ref(),
        Instance::Bag { .. } => None,
    }
}

struct Walk<'w, 'a> {
    outline: &'w Outline<'a>,
    modules: &'w [Option<Module<'a>>],
    start: u32,
    members: Vec<u32>,
    chosen: HashSet<u32>,
    /// Instances that depend on a chosen one, and are none.
    apart: HashSet<u32>,
    /// Functions of the canonical ABI that do.
    canonical: HashSet<u32>,
    /// What those apart write to when they are made.
    written: HashSet<Definition>,
    used: HashSet<u32>,
    /// Whether a chosen one runs code when it is made.
    runs: bool,
}

enum Step {
    On,
    /// What comes from here on cannot be chosen.
    End,
}

impl<'w, 'a> Walk<'w, 'a> {
    fn new(outline: &'w Outline<'a>, modules: &'w [Option<Module<'a>>], start: u32) -> Self {
        Self {
            outline,
            modules,
            start,
            members: Vec::new(),
            chosen: HashSet::new(),
            apart: HashSet::new(),
            canonical: HashSet::new(),
            written: HashSet::new(),
            used: HashSet::new(),
            runs: false,
        }
    }

    fn members(mut self) -> Option<Vec<u32>> {
        for item in &self.outline.items {
            if let Step::End = self.item(item)? {
                break;
            }
        }
        Some(self.members)
    }

    fn item(&mut self, item: &Item<'a>) -> Option<Step> {
        let ends = match item {
            Item::Raw { runs, .. } => *runs && !self.members.is_empty(),
            Item::Types(types) => self.depends(&named_by_types(types)?)?,
            Item::Canonical(function, made) => {
                let depends = self.depends(&named_by_canonical(function)?)?;
                if let (true, Some(made)) = (depends, made) {
                    self.canonical.insert(*made);
                }
                depends && made.is_none()
            }
            Item::Instance(instance) => return self.instance(*instance),
            Item::Module(_) | Item::CoreAlias(..) | Item::Alias(_) => false,
        };
        Some(if ends { Step::End } else { Step::On })
    }

    /// Whether one of these items depends on a chosen instance.
    fn depends(&self, named: &[(Kind, u32)]) -> Option<bool> {
        named.iter().try_fold(false, |any, (kind, index)| {
            let origin = *at(self.outline.origins.of(*kind), *index)?;
            Some(any || self.is_chosen(origin) || self.is_apart(origin))
        })
    }

    fn is_chosen(&self, origin: Origin<'_>) -> bool {
        matches!(origin, Origin::Export(instance, _) if self.chosen.contains(&instance))
    }

    fn is_apart(&self, origin: Origin<'_>) -> bool {
        match origin {
            Origin::Export(instance, _) => self.apart.contains(&instance),
            Origin::Canonical(function) => self.canonical.contains(&function),
        }
    }

    fn instance(&mut self, instance: u32) -> Option<Step> {
        let Instance::Made { module, .. } = at(&self.outline.instances, instance)? else {
            return Some(Step::On);
        };
        if instance < self.start {
            return Some(Step::On);
        }
        let Some(parsed) = at(self.modules, *module)?.as_ref() else {
            return Some(Step::End);
        };
        if !self.used.insert(*module) {
            return Some(Step::End);
        }
        let Some(written) = self.definitions(instance, parsed) else {
            return Some(Step::End);
        };
        if self.may_join(instance, parsed, &written)? {
            self.runs |= parsed.start.is_some();
            self.chosen.insert(instance);
            self.members.push(instance);
            return Some(Step::On);
        }
        self.apart.insert(instance);
        self.written.extend(written);
        Some(match parsed.start {
            Some(_) => Step::End,
            None => Step::On,
        })
    }

    fn may_join(&self, instance: u32, module: &Module<'a>, written: &[Definition]) -> Option<bool> {
        // Their segments are written first, and then all that they run is run.
        let in_order =
            (!self.runs || written.is_empty()) && (module.start.is_none() || self.apart.is_empty());
        let alone = written.iter().all(|place| !self.written.contains(place));
        if !in_order || !alone {
            return Some(false);
        }
        for import in &module.imports {
            let origin = given(self.outline, instance, import)?;
            let outside = !self.is_chosen(origin);
            if outside && (self.is_apart(origin) || kind_of(import) != Some(Kind::Func)) {
                return Some(false);
            }
        }
        Some(true)
    }

    /// The tables and memories that an instance writes to when it is made.
    fn definitions(&self, instance: u32, module: &Module<'a>) -> Option<Vec<Definition>> {
        let written = module.written().into_iter();
        written
            .map(|(kind, index)| self.definition(instance, kind, index))
            .collect()
    }

    /// Where the item with this index in an instance's module is defined. Each step leads to an earlier instance.
    fn definition(&self, instance: u32, kind: Kind, index: u32) -> Option<Definition> {
        let (mut instance, mut index) = (instance, index);
        loop {
            let module = module_of(self.outline, self.modules, instance)?;
            match module.item(kind, index)? {
                Place::Own(place) => return Some((kind, instance, place)),
                Place::Imported(import) => match given(self.outline, instance, import)? {
                    Origin::Export(from, name) => {
                        let exporter = module_of(self.outline, self.modules, from)?;
                        (instance, index) = (from, exporter.exports.get(name)?.1);
                    }
                    Origin::Canonical(_) => return None,
                },
            }
        }
    }
}

/// What an instance is given for an import of its module.
pub(super) fn given<'a>(
    outline: &Outline<'a>,
    instance: u32,
    import: &wasmparser::Import<'a>,
) -> Option<Origin<'a>> {
    let Instance::Made { arguments, .. } = at(&outline.instances, instance)? else {
        return None;
    };
    let (_, from) = arguments.iter().find(|(name, _)| *name == import.module)?;
    outline.export(*from, kind_of(import)?, import.name)
}
