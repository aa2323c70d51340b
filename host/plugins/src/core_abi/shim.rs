//! The functions that are added to a module, instruction by instruction.
//!
//! They run in the guest and are trusted with nothing: the host reads what they wrote as it reads anything of a guest's.
//! What they are for is to tell apart, in the seed's words, what the canonical ABI would end with one trap.

use wasm_encoder::{BlockType, Function, InstructionSink, MemArg, ValType};

use super::survey::Survey;

/// What the answer takes in memory: `result<result<list<u8>, tuple<u32, s32, u64>>, u64>` of the canonical ABI.
const ANSWER_BYTES: i32 = 32;
/// Where the two cases are, and what is behind them.
const OUTER_CASE: u64 = 0;
const OUTER_ERROR: u64 = 8;
const INNER_CASE: u64 = 8;
const POINTER: u64 = 16;
const LENGTH: u64 = 20;
const SIZE: u64 = 24;

/// Pages as bytes, by a shift.
const PAGE_SHIFT: i32 = 16;

/// The pages beyond a module's maximum that these functions and the adapter may need: one for the answer, and one each for
/// the adapter's state and stack.
pub(super) const PAGES_OF_OURS: u64 = 3;

/// What the functions refer to, by index.
#[derive(Debug, Clone, Copy)]
pub(super) struct Indices {
    /// The memory of the ABI.
    memory: u32,
    /// The first global that is added: where the adapter's memory begins, which no input may be written over.
    floor: u32,
    /// The second: how many pages the adapter took.
    taken: u32,
}

impl Indices {
    pub(super) fn of(survey: &Survey<'_>) -> Self {
        Self {
            memory: survey.memory,
            floor: survey.globals,
            taken: survey.globals.saturating_add(1),
        }
    }

    fn at(self, offset: u64, align: u32) -> MemArg {
        MemArg {
            offset,
            align,
            memory_index: self.memory,
        }
    }

    /// The size of the memory in bytes, as an `i64`.
    fn size(self, code: &mut InstructionSink<'_>) {
        code.memory_size(self.memory)
            .i64_extend_i32_u()
            .i64_const(PAGE_SHIFT.into())
            .i64_shl();
    }

    /// One more page: its address, by way of the local `i32` given. Memory that does not grow is at the run's limit, which
    /// has then been recorded and names itself as the reason of the trap.
    fn page(self, code: &mut InstructionSink<'_>, local: u32) {
        code.i32_const(1).memory_grow(self.memory).local_tee(local);
        trap_if_none(code);
        code.local_get(local).i32_const(PAGE_SHIFT).i32_shl();
    }

    /// `(old, old_size, align, size) -> pointer` for the canonical ABI, which asks once in a guest's life: for the input. Its
    /// place is offset 0, and the memory grows until the input fits.
    pub(super) fn place_input(self) -> Function {
        let mut function = Function::new([(1, ValType::I32)]);
        let (size, missing) = (3, 4);
        let mut code = function.instructions();
        pages_of(&mut code, size);
        code.memory_size(self.memory)
            .i32_sub()
            .local_tee(missing)
            .i32_const(0)
            .i32_gt_s()
            .if_(BlockType::Empty)
            .local_get(missing)
            .memory_grow(self.memory);
        trap_if_none(&mut code);
        code.end().i32_const(0).end();
        function
    }

    /// `(old, old_size, align, size) -> pointer` for the adapter, which asks for its stack and its state when it is first
    /// called. They come where no allocator of the module's looks, and are never given back.
    pub(super) fn place_adapter(self) -> Function {
        let mut function = Function::new([(1, ValType::I32)]);
        let (size, place) = (3, 4);
        let mut code = function.instructions();
        pages_of(&mut code, size);
        code.local_tee(size)
            .memory_grow(self.memory)
            .local_tee(place);
        trap_if_none(&mut code);
        code.global_get(self.taken)
            .local_get(size)
            .i32_add()
            .global_set(self.taken)
            .local_get(place)
            .i32_const(PAGE_SHIFT)
            .i32_shl()
            .local_tee(place)
            .global_get(self.floor)
            .i32_lt_u()
            .if_(BlockType::Empty)
            .local_get(place)
            .global_set(self.floor)
            .end()
            .local_get(place)
            .end();
        function
    }

    /// `memory.grow` of a module that declared `maximum` pages. Its memory may be larger than that by what is not its own.
    pub(super) fn grow(self, maximum: u64) -> Function {
        let mut function = Function::new([]);
        let pages = 0;
        let mut code = function.instructions();
        code.local_get(pages)
            .i64_extend_i32_u()
            .memory_size(self.memory)
            .global_get(self.taken)
            .i32_sub()
            .i64_extend_i32_u()
            .i64_add()
            .i64_const(maximum.cast_signed())
            .i64_gt_u()
            .if_(BlockType::Result(ValType::I32))
            .i32_const(-1)
            .else_()
            .local_get(pages)
            .memory_grow(self.memory)
            .end()
            .end();
        function
    }

    /// `(pointer, length) -> answer`: what a tool gave back, or the numbers that are no output.
    pub(super) fn answer(self) -> Function {
        let mut function = Function::new([(2, ValType::I64), (1, ValType::I32)]);
        let (pointer, length, size, end, answer) = (0, 1, 2, 3, 4);
        let mut code = function.instructions();
        self.size(&mut code);
        code.local_set(size)
            .local_get(pointer)
            .i64_extend_i32_u()
            .local_get(length)
            .i64_extend_i32_u()
            .i64_add()
            .local_set(end);
        // An output begins in the memory even when nothing is in it, as the seed has it.
        code.local_get(length)
            .i32_const(0)
            .i32_ge_s()
            .local_get(pointer)
            .i64_extend_i32_u()
            .local_get(size)
            .i64_lt_u()
            .i32_and()
            .local_get(end)
            .local_get(size)
            .i64_le_u()
            .i32_and()
            .if_(BlockType::Empty);
        self.beside(&mut code, pointer, end, size, answer);
        code.local_set(answer);
        self.case(&mut code, answer, INNER_CASE, 0);
        code.else_()
            .local_get(size)
            .i64_eqz()
            .if_(BlockType::Result(ValType::I32));
        self.page(&mut code, answer);
        code.else_().i32_const(0).end().local_set(answer);
        self.case(&mut code, answer, INNER_CASE, 1);
        code.local_get(answer)
            .local_get(size)
            .i64_store(self.at(SIZE, 3))
            .end();
        self.case(&mut code, answer, OUTER_CASE, 0);
        code.local_get(answer)
            .local_get(pointer)
            .i32_store(self.at(POINTER, 2))
            .local_get(answer)
            .local_get(length)
            .i32_store(self.at(LENGTH, 2))
            .local_get(answer)
            .end();
        function
    }

    /// A place for the answer that is not the output's: at the beginning, else right behind it, else in a page of its own.
    /// Whatever else was there, the tool has done with.
    fn beside(self, code: &mut InstructionSink<'_>, pointer: u32, end: u32, size: u32, local: u32) {
        code.local_get(pointer)
            .i32_const(ANSWER_BYTES)
            .i32_ge_u()
            .if_(BlockType::Result(ValType::I32))
            .i32_const(0)
            .else_()
            // The canonical ABI wants it at a multiple of eight.
            .local_get(end)
            .i64_const(7)
            .i64_add()
            .i64_const(-8)
            .i64_and()
            .local_tee(end)
            .i64_const(ANSWER_BYTES.into())
            .i64_add()
            .local_get(size)
            .i64_le_u()
            .if_(BlockType::Result(ValType::I32))
            .local_get(end)
            .i32_wrap_i64()
            .else_();
        self.page(code, local);
        code.end().end();
    }

    fn case(self, code: &mut InstructionSink<'_>, answer: u32, offset: u64, case: i32) {
        code.local_get(answer)
            .i32_const(case)
            .i32_store8(self.at(offset, 0));
    }

    /// `(pointer, length) -> answer`, the export of one tool. An input that was written over the adapter's memory is not
    /// given to the tool, which would find its clocks and streams in ruins.
    pub(super) fn call(self, tool: u32, answer: u32) -> Function {
        let mut function = Function::new([]);
        let length = 1;
        let mut code = function.instructions();
        code.local_get(length)
            .global_get(self.floor)
            .i32_gt_u()
            .if_(BlockType::Empty)
            .i32_const(0)
            .i32_const(1)
            .i32_store8(self.at(OUTER_CASE, 0))
            .i32_const(0)
            .global_get(self.floor)
            .i64_extend_i32_u()
            .i64_store(self.at(OUTER_ERROR, 3))
            .i32_const(0)
            .return_()
            .end()
            .i32_const(0)
            .local_get(length)
            .call(tool)
            .call(answer)
            .end();
        function
    }
}

/// `_initialize` of a module that has a start function too.
pub(super) fn initialise(start: u32, initialize: u32) -> Function {
    let mut function = Function::new([]);
    function.instructions().call(start).call(initialize).end();
    function
}

/// How many pages so many bytes take.
fn pages_of(code: &mut InstructionSink<'_>, bytes: u32) {
    code.local_get(bytes)
        .i64_extend_i32_u()
        .i64_const((1 << PAGE_SHIFT) - 1)
        .i64_add()
        .i64_const(PAGE_SHIFT.into())
        .i64_shr_u()
        .i32_wrap_i64();
}

/// What follows a `memory.grow` that has to succeed, and takes its result.
fn trap_if_none(code: &mut InstructionSink<'_>) {
    code.i32_const(-1)
        .i32_eq()
        .if_(BlockType::Empty)
        .unreachable()
        .end();
}
