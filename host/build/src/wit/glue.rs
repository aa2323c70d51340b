//! The core module that a world adds to the engine. Each function that the world exports puts its values into slots of eight
//! bytes and calls the engine with its number; one function takes a number and slots from the engine, and calls what the
//! world imports. What the values mean is the engine's affair: `guest-shims/javascript/engine/src/raw/outside.rs`.

use std::collections::BTreeMap;

use wasm_encoder::{
    BlockType, CodeSection, ElementSection, Elements, EntityType, ExportKind, ExportSection,
    Function as Body, FunctionSection, ImportSection, InstructionSink, MemArg, MemoryType, Module,
    RefType, StartSection, TableType, TypeSection, ValType,
};
use wit_parser::abi::{AbiVariant, WasmType};
use wit_parser::{
    Function, LiftLowerAbi, ManglingAndAbi, ResourceIntrinsic, WasmExport, WasmExportKind,
    WasmImport, WorldKey,
};

use super::plan::{Inside, Outside, Plan};

/// The name by which a module that is linked to another one imports of it.
const ENGINE: &str = "__main_module__";

const MANGLING: ManglingAndAbi = ManglingAndAbi::Legacy(LiftLowerAbi::Sync);

const SLOT: u64 = 8;

type Signature = (Vec<ValType>, Vec<ValType>);

fn core(ty: WasmType) -> ValType {
    match ty {
        WasmType::I32 | WasmType::Pointer | WasmType::Length => ValType::I32,
        WasmType::I64 | WasmType::PointerOrI64 => ValType::I64,
        WasmType::F32 => ValType::F32,
        WasmType::F64 => ValType::F64,
    }
}

fn slot(at: usize) -> MemArg {
    MemArg {
        offset: SLOT * at as u64,
        align: 0,
        memory_index: 0,
    }
}

/// The value on the stack as a slot has it.
fn widen(code: &mut InstructionSink<'_>, ty: ValType) {
    match ty {
        ValType::I32 => {
            code.i64_extend_i32_u();
        }
        ValType::F32 => {
            code.i32_reinterpret_f32().i64_extend_i32_u();
        }
        ValType::F64 => {
            code.i64_reinterpret_f64();
        }
        // There are no others in the ABI.
        ValType::I64 | ValType::V128 | ValType::Ref(_) => {}
    }
}

/// What a slot has, as a value.
fn narrow(code: &mut InstructionSink<'_>, ty: ValType) {
    match ty {
        ValType::I32 => {
            code.i32_wrap_i64();
        }
        ValType::F32 => {
            code.i32_wrap_i64().f32_reinterpret_i32();
        }
        ValType::F64 => {
            code.f64_reinterpret_i64();
        }
        ValType::I64 | ValType::V128 | ValType::Ref(_) => {}
    }
}

/// What the module takes of the engine.
struct Engine {
    realloc: u32,
    attach: u32,
    call: u32,
    post: u32,
}

#[derive(Default)]
struct Glue {
    types: TypeSection,
    known: BTreeMap<String, u32>,
    imports: ImportSection,
    functions: FunctionSection,
    exports: ExportSection,
    code: CodeSection,
    /// How many functions there are.
    count: u32,
}

impl Glue {
    fn ty(&mut self, (params, results): &Signature) -> u32 {
        let next = self.types.len();
        let name = format!("{params:?}{results:?}");
        if let Some(known) = self.known.get(&name) {
            return *known;
        }
        let (params, results) = (params.iter().copied(), results.iter().copied());
        self.types.ty().function(params, results);
        self.known.insert(name, next);
        next
    }

    fn import(&mut self, module: &str, name: &str, signature: &Signature) -> u32 {
        let ty = self.ty(signature);
        self.imports.import(module, name, EntityType::Function(ty));
        self.count += 1;
        self.count - 1
    }

    fn define(&mut self, signature: &Signature, body: &Body) -> u32 {
        let ty = self.ty(signature);
        self.functions.function(ty);
        self.code.function(body);
        self.count += 1;
        self.count - 1
    }

    fn engine(&mut self) -> Engine {
        let memory = MemoryType {
            minimum: 0,
            maximum: None,
            memory64: false,
            shared: false,
            page_size_log2: None,
        };
        self.imports.import(ENGINE, "memory", memory);
        let table = TableType {
            element_type: RefType::FUNCREF,
            table64: false,
            minimum: 0,
            maximum: None,
            shared: false,
        };
        self.imports
            .import(ENGINE, "__indirect_function_table", table);
        let mut own = |name: &str, params: usize, results: &[ValType]| {
            let signature = (vec![ValType::I32; params], results.to_vec());
            self.import(ENGINE, name, &signature)
        };
        Engine {
            realloc: own("cabi_realloc", 4, &[ValType::I32]),
            attach: own("tollgate-world-attach", 1, &[]),
            call: own("tollgate-world-call", 3, &[ValType::I64]),
            post: own("tollgate-world-post", 0, &[]),
        }
    }

    /// The one function that the engine calls: a number, and where the slots are; what comes back is a slot.
    fn outside(&mut self, callees: &[(u32, Signature)]) -> u32 {
        let mut body = Body::new([]);
        let mut code = body.instructions();
        for _ in 0..=callees.len() {
            code.block(BlockType::Empty);
        }
        let most = u32::try_from(callees.len()).unwrap_or(u32::MAX);
        code.local_get(0).br_table(0..most, most).end();
        for (function, (params, results)) in callees {
            for (at, ty) in params.iter().enumerate() {
                code.local_get(1).i64_load(slot(at));
                narrow(&mut code, *ty);
            }
            code.call(*function);
            match results.first() {
                Some(ty) => widen(&mut code, *ty),
                None => {
                    code.i64_const(0);
                }
            }
            code.return_().end();
        }
        code.unreachable().end();
        self.define(&(vec![ValType::I32; 2], vec![ValType::I64]), &body)
    }

    /// A function that calls the program with its own number.
    fn inside(&mut self, engine: &Engine, number: usize, signature: &Signature) -> u32 {
        let (params, results) = signature;
        let slots = u32::try_from(params.len()).unwrap_or(u32::MAX);
        let count = i32::try_from(slots).unwrap_or(i32::MAX);
        let mut body = Body::new([(1, ValType::I32)]);
        let mut code = body.instructions();
        if !params.is_empty() {
            code.i32_const(0).i32_const(0).i32_const(8);
            code.i32_const(count * 8)
                .call(engine.realloc)
                .local_set(slots);
        }
        for (at, (local, ty)) in (0..).zip(params).enumerate() {
            code.local_get(slots).local_get(local);
            widen(&mut code, *ty);
            code.i64_store(slot(at));
        }
        let number = i32::try_from(number).unwrap_or(i32::MAX);
        code.i32_const(number).local_get(slots).i32_const(count);
        code.call(engine.call);
        match results.first() {
            Some(ty) => narrow(&mut code, *ty),
            None => {
                code.drop();
            }
        }
        code.end();
        self.define(signature, &body)
    }

    /// Puts the function for the engine into its table, and tells it where. The table grows with each instance.
    fn start(&mut self, engine: &Engine, outside: u32) -> u32 {
        let mut body = Body::new([(1, ValType::I32)]);
        body.instructions()
            .ref_func(outside)
            .i32_const(1)
            .table_grow(0)
            .local_tee(0)
            .i32_const(-1)
            .i32_eq()
            .if_(BlockType::Empty)
            .unreachable()
            .end()
            .local_get(0)
            .call(engine.attach)
            .end();
        self.define(&(Vec::new(), Vec::new()), &body)
    }

    fn finish(self, start: u32, outside: u32) -> Vec<u8> {
        let mut elements = ElementSection::new();
        elements.declared(Elements::Functions((&[outside][..]).into()));
        let mut module = Module::new();
        module
            .section(&self.types)
            .section(&self.imports)
            .section(&self.functions)
            .section(&self.exports)
            .section(&StartSection {
                function_index: start,
            })
            .section(&elements)
            .section(&self.code);
        module.finish()
    }
}

impl Plan {
    fn signature(&self, variant: AbiVariant, function: &Function) -> (Signature, bool) {
        let signature = self.resolve.wasm_signature(variant, function);
        let all = |types: Vec<WasmType>| types.into_iter().map(core).collect();
        let returns_address = signature.retptr;
        (
            (all(signature.params), all(signature.results)),
            returns_address,
        )
    }

    fn callee(&self, outside: &Outside) -> ((String, String), Signature) {
        match outside {
            Outside::Function(key, func) => {
                let interface = key.as_ref();
                let import = WasmImport::Func { interface, func };
                let name = self.resolve.wasm_import_name(MANGLING, import);
                (name, self.signature(AbiVariant::GuestImport, func).0)
            }
            Outside::Handles(key, resource, intrinsic) => {
                let (intrinsic, gives) = match intrinsic {
                    ResourceIntrinsic::ImportedDrop => (ResourceIntrinsic::ImportedDrop, None),
                    ResourceIntrinsic::ExportedDrop => (ResourceIntrinsic::ExportedDrop, None),
                    ResourceIntrinsic::ExportedNew => {
                        (ResourceIntrinsic::ExportedNew, Some(ValType::I32))
                    }
                    ResourceIntrinsic::ExportedRep => {
                        (ResourceIntrinsic::ExportedRep, Some(ValType::I32))
                    }
                };
                let import = WasmImport::ResourceIntrinsic {
                    interface: key.as_ref(),
                    resource: *resource,
                    intrinsic,
                };
                let name = self.resolve.wasm_import_name(MANGLING, import);
                (name, (vec![ValType::I32], gives.into_iter().collect()))
            }
        }
    }

    fn export_name(
        &self,
        interface: Option<&WorldKey>,
        func: &Function,
        kind: WasmExportKind,
    ) -> String {
        let export = WasmExport::Func {
            interface,
            func,
            kind,
        };
        self.resolve.wasm_export_name(MANGLING, export)
    }

    fn entrance(&self, glue: &mut Glue, engine: &Engine, number: usize, inside: &Inside) {
        match inside {
            Inside::Function(key, func) => {
                let interface = key.as_ref();
                let (signature, returns_address) = self.signature(AbiVariant::GuestExport, func);
                let function = glue.inside(engine, number, &signature);
                let name = self.export_name(interface, func, WasmExportKind::Normal);
                glue.exports.export(&name, ExportKind::Func, function);
                if returns_address {
                    let mut body = Body::new([]);
                    body.instructions().call(engine.post).end();
                    let post = glue.define(&(signature.1, Vec::new()), &body);
                    let name = self.export_name(interface, func, WasmExportKind::PostReturn);
                    glue.exports.export(&name, ExportKind::Func, post);
                }
            }
            Inside::Destructor(interface, resource) => {
                let signature = (vec![ValType::I32], Vec::new());
                let function = glue.inside(engine, number, &signature);
                let export = WasmExport::ResourceDtor {
                    interface,
                    resource: *resource,
                };
                let name = self.resolve.wasm_export_name(MANGLING, export);
                glue.exports.export(&name, ExportKind::Func, function);
            }
        }
    }

    /// The module.
    pub(super) fn glue(&self) -> Vec<u8> {
        let mut glue = Glue::default();
        let engine = glue.engine();
        let callees: Vec<(u32, Signature)> = self
            .outside
            .iter()
            .map(|outside| {
                let ((module, name), signature) = self.callee(outside);
                (glue.import(&module, &name, &signature), signature)
            })
            .collect();
        let outside = glue.outside(&callees);
        for (number, inside) in self.inside.iter().enumerate() {
            self.entrance(&mut glue, &engine, number, inside);
        }
        // The ABI asks for room where the module's own values go, which is the engine's memory.
        glue.exports
            .export("cabi_realloc", ExportKind::Func, engine.realloc);
        let start = glue.start(&engine, outside);
        glue.finish(start, outside)
    }
}
