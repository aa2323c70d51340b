//! The functions of a world, numbered: what the program calls, and what it is called by.

use wit_parser::{
    Function, FunctionKind, Handle, InterfaceId, Resolve, ResourceIntrinsic, Type, TypeDefKind,
    TypeId, WorldId, WorldItem, WorldKey,
};

use super::error::WitError;
use crate::compose::is_ours;

/// Something that the program calls.
#[derive(Debug)]
pub(super) enum Outside {
    /// A function that the world imports, of an interface or of the world's own.
    Function(Option<WorldKey>, Box<Function>),
    /// What the canonical ABI does with handles of a resource.
    Handles(Option<WorldKey>, TypeId, ResourceIntrinsic),
}

/// Something that calls the program.
#[derive(Debug)]
pub(super) enum Inside {
    /// A function that the world exports.
    Function(Option<WorldKey>, Box<Function>),
    /// The end of a resource that it exports.
    Destructor(WorldKey, TypeId),
}

/// A resource, and the numbers of what is done with its handles.
#[derive(Debug)]
pub(super) struct Resource {
    pub(super) ty: TypeId,
    pub(super) drop: usize,
    /// How one is made, and what it stands for; none where another component defines it.
    pub(super) own: Option<(usize, usize)>,
}

/// An interface, or what is the world's own.
#[derive(Debug)]
pub(super) struct Group {
    pub(super) key: Option<WorldKey>,
    pub(super) short: String,
    /// Full names: with the version, and without it.
    pub(super) names: Vec<String>,
    /// Numbers of its functions.
    pub(super) functions: Vec<usize>,
    /// Places in the list of resources.
    pub(super) resources: Vec<usize>,
}

#[derive(Debug)]
pub(super) struct Plan {
    /// What is imported and what is exported have types of their own in it, also where an interface is both.
    pub(super) resolve: Resolve,
    pub(super) name: String,
    pub(super) outside: Vec<Outside>,
    pub(super) inside: Vec<Inside>,
    pub(super) resources: Vec<Resource>,
    pub(super) imports: Vec<Group>,
    pub(super) exports: Vec<Group>,
}

/// The type that a name stands for.
pub(super) fn behind(resolve: &Resolve, id: TypeId) -> TypeId {
    let mut id = id;
    while let Some(TypeDefKind::Type(Type::Id(next))) = resolve.types.get(id).map(|ty| &ty.kind) {
        id = *next;
    }
    id
}

fn is_resource(resolve: &Resolve, id: TypeId) -> bool {
    let ty = resolve.types.get(id);
    ty.is_some_and(|ty| matches!(ty.kind, TypeDefKind::Resource))
}

/// What no program can take or give, of a type and of all that it consists of.
fn unsupported(resolve: &Resolve, ty: &Type) -> Option<&'static str> {
    let id = match ty {
        Type::ErrorContext => return Some("an error-context"),
        Type::Id(id) => *id,
        _ => return None,
    };
    let inner = |ty: &Type| unsupported(resolve, ty);
    match &resolve.types.get(id)?.kind {
        TypeDefKind::Future(_) => Some("a future"),
        TypeDefKind::Stream(_) => Some("a stream"),
        TypeDefKind::Map(..) => Some("a map"),
        TypeDefKind::FixedLengthList(..) => Some("a list of a fixed length"),
        TypeDefKind::Unknown => Some("a type of no known kind"),
        TypeDefKind::Record(record) => record.fields.iter().find_map(|field| inner(&field.ty)),
        TypeDefKind::Tuple(tuple) => tuple.types.iter().find_map(inner),
        TypeDefKind::Variant(variant) => {
            let mut carried = variant.cases.iter().filter_map(|case| case.ty.as_ref());
            carried.find_map(inner)
        }
        TypeDefKind::Result(result) => [&result.ok, &result.err]
            .into_iter()
            .flatten()
            .find_map(inner),
        TypeDefKind::Option(of) | TypeDefKind::List(of) | TypeDefKind::Type(of) => inner(of),
        TypeDefKind::Handle(Handle::Own(_) | Handle::Borrow(_))
        | TypeDefKind::Resource
        | TypeDefKind::Flags(_)
        | TypeDefKind::Enum(_) => None,
    }
}

fn check(resolve: &Resolve, key: Option<&WorldKey>, function: &Function) -> Result<(), WitError> {
    let what = match function.kind {
        FunctionKind::AsyncFreestanding
        | FunctionKind::AsyncMethod(_)
        | FunctionKind::AsyncStatic(_) => Some("an async function"),
        FunctionKind::Freestanding
        | FunctionKind::Method(_)
        | FunctionKind::Static(_)
        | FunctionKind::Constructor(_) => {
            let params = function.params.iter().map(|param| &param.ty);
            let mut all = params.chain(&function.result);
            all.find_map(|ty| unsupported(resolve, ty))
        }
    };
    let Some(what) = what else {
        return Ok(());
    };
    let place = match key {
        Some(key) => format!("{}#{}", resolve.name_world_key(key), function.name),
        None => function.name.clone(),
    };
    Err(WitError::Unsupported { place, what })
}

fn without_version(name: &str) -> Option<&str> {
    name.split_once('@').map(|(name, _)| name)
}

/// Which way a group's functions are called.
#[derive(Clone, Copy)]
enum Way {
    Out,
    In,
}

impl Plan {
    pub(super) fn new(resolve: &Resolve, world: WorldId) -> Result<Self, WitError> {
        let mut resolve = resolve.clone();
        resolve.generate_nominal_type_ids(world);
        let (name, imports, exports) = match resolve.worlds.get(world) {
            Some(world) => (
                world.name.clone(),
                world.imports.clone(),
                world.exports.clone(),
            ),
            None => return Err(WitError::World("there is no such world".to_owned())),
        };
        let mut plan = Self {
            resolve,
            name,
            outside: Vec::new(),
            inside: Vec::new(),
            resources: Vec::new(),
            imports: Vec::new(),
            exports: Vec::new(),
        };
        plan.imports = plan.groups(imports.iter(), Way::Out)?;
        plan.exports = plan.groups(exports.iter(), Way::In)?;
        if plan.inside.is_empty() {
            return Err(WitError::Empty(plan.name));
        }
        Ok(plan)
    }

    fn groups<'a>(
        &mut self,
        items: impl Iterator<Item = (&'a WorldKey, &'a WorldItem)>,
        way: Way,
    ) -> Result<Vec<Group>, WitError> {
        let mut own = Group {
            key: None,
            short: String::new(),
            names: Vec::new(),
            functions: Vec::new(),
            resources: Vec::new(),
        };
        let mut groups = Vec::new();
        for (key, item) in items {
            match item {
                WorldItem::Function(function) => self.function(&mut own, function, way)?,
                WorldItem::Type { id, .. } => self.resource(&mut own, *id, way),
                WorldItem::Interface { id, .. } => groups.push(self.interface(key, *id, way)?),
            }
        }
        groups.push(own);
        Ok(groups)
    }

    fn interface(&mut self, key: &WorldKey, id: InterfaceId, way: Way) -> Result<Group, WitError> {
        let full = self.resolve.name_world_key(key);
        // Within the component something stands in for these.
        if matches!(way, Way::Out) && is_ours(&full) {
            let what = "an import of what Tollgate serves its engine";
            return Err(WitError::Unsupported { place: full, what });
        }
        let (functions, types, short) = match self.resolve.interfaces.get(id) {
            Some(interface) => (
                interface.functions.clone(),
                interface.types.clone(),
                interface.name.clone(),
            ),
            None => return Err(WitError::World(format!("there is no interface `{full}`"))),
        };
        let mut group = Group {
            key: Some(key.clone()),
            short: short.unwrap_or_else(|| full.clone()),
            names: without_version(&full)
                .map(str::to_owned)
                .into_iter()
                .collect(),
            functions: Vec::new(),
            resources: Vec::new(),
        };
        group.names.insert(0, full);
        for id in types.values() {
            self.resource(&mut group, *id, way);
        }
        for function in functions.values() {
            self.function(&mut group, function, way)?;
        }
        Ok(group)
    }

    fn function(
        &mut self,
        group: &mut Group,
        function: &Function,
        way: Way,
    ) -> Result<(), WitError> {
        check(&self.resolve, group.key.as_ref(), function)?;
        let (key, function) = (group.key.clone(), Box::new(function.clone()));
        group.functions.push(match way {
            Way::Out => self.call(Outside::Function(key, function)),
            Way::In => {
                self.inside.push(Inside::Function(key, function));
                self.inside.len() - 1
            }
        });
        Ok(())
    }

    fn call(&mut self, outside: Outside) -> usize {
        self.outside.push(outside);
        self.outside.len() - 1
    }

    fn resource(&mut self, group: &mut Group, ty: TypeId, way: Way) {
        if !is_resource(&self.resolve, ty) {
            return;
        }
        let mut handles = |intrinsic| {
            let handles = Outside::Handles(group.key.clone(), ty, intrinsic);
            self.call(handles)
        };
        let resource = match way {
            Way::Out => Resource {
                ty,
                drop: handles(ResourceIntrinsic::ImportedDrop),
                own: None,
            },
            Way::In => Resource {
                ty,
                drop: handles(ResourceIntrinsic::ExportedDrop),
                own: Some((
                    handles(ResourceIntrinsic::ExportedNew),
                    handles(ResourceIntrinsic::ExportedRep),
                )),
            },
        };
        if let (Way::In, Some(key)) = (way, &group.key) {
            self.inside.push(Inside::Destructor(key.clone(), ty));
        }
        group.resources.push(self.resources.len());
        self.resources.push(resource);
    }

    pub(super) fn specifiers(&self) -> Vec<String> {
        let named = self.imports.iter().flat_map(|group| group.names.clone());
        let own = || self.imports.iter().filter(|group| group.key.is_none());
        let functions = own().flat_map(|group| &group.functions);
        let functions = functions.filter_map(|at| match self.outside.get(*at) {
            Some(Outside::Function(_, function)) => Some(function.name.clone()),
            Some(Outside::Handles(..)) | None => None,
        });
        let resources = own().flat_map(|group| &group.resources);
        let resources = resources.filter_map(|at| {
            let resource = self.resources.get(*at)?;
            self.resolve.types.get(resource.ty)?.name.clone()
        });
        named.chain(functions).chain(resources).collect()
    }
}
