//! What constant expressions come to, once everything that they name is known.

use wasm_encoder::{ConstExpr, HeapType, Instruction};
use wasmparser::{Operator, RefType, ValType};

use super::index::at;

/// A value that is known before anything runs.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Value {
    I32(i32),
    I64(i64),
    F32(wasm_encoder::Ieee32),
    F64(wasm_encoder::Ieee64),
    V128(i128),
    /// No function.
    NoFunc,
    /// Nothing of the host.
    NoExtern,
    /// A function, by its index in the whole.
    Func(u32),
}

impl Value {
    /// The instruction that gives it, where `function` gives each function's new index. Nothing for one that has none.
    pub(super) fn instruction(
        self,
        function: impl Fn(u32) -> Option<u32>,
    ) -> Option<Instruction<'static>> {
        Some(match self {
            Self::I32(value) => Instruction::I32Const(value),
            Self::I64(value) => Instruction::I64Const(value),
            Self::F32(value) => Instruction::F32Const(value),
            Self::F64(value) => Instruction::F64Const(value),
            Self::V128(value) => Instruction::V128Const(value),
            Self::NoFunc => Instruction::RefNull(HeapType::FUNC),
            Self::NoExtern => Instruction::RefNull(HeapType::EXTERN),
            Self::Func(index) => Instruction::RefFunc(function(index)?),
        })
    }

    pub(super) fn expression(self, function: impl Fn(u32) -> Option<u32>) -> Option<ConstExpr> {
        Some(ConstExpr::extended([self.instruction(function)?]))
    }

    pub(super) fn is_number(self) -> bool {
        !matches!(self, Self::NoFunc | Self::NoExtern | Self::Func(_))
    }
}

/// The value of `expression`, where the globals and functions of its module are known. Nothing for an expression of
/// another kind.
pub(super) fn fold(
    expression: &wasmparser::ConstExpr<'_>,
    globals: &[Value],
    funcs: &[u32],
) -> Option<Value> {
    let mut stack = Vec::new();
    for operator in expression.get_operators_reader() {
        let value = match operator.ok()? {
            Operator::I32Const { value } => Value::I32(value),
            Operator::I64Const { value } => Value::I64(value),
            Operator::F32Const { value } => Value::F32(value.into()),
            Operator::F64Const { value } => Value::F64(value.into()),
            Operator::V128Const { value } => Value::V128(value.i128()),
            Operator::RefNull { hty } => null(hty)?,
            Operator::RefFunc { function_index } => Value::Func(*at(funcs, function_index)?),
            Operator::GlobalGet { global_index } => *at(globals, global_index)?,
            Operator::End => break,
            operator => {
                let (right, left) = (stack.pop()?, stack.pop()?);
                arithmetic(&operator, left, right)?
            }
        };
        stack.push(value);
    }
    match stack.as_slice() {
        [value] => Some(*value),
        _ => None,
    }
}

fn null(to: wasmparser::HeapType) -> Option<Value> {
    match RefType::new(true, to).map(ValType::Ref)? {
        ValType::FUNCREF => Some(Value::NoFunc),
        ValType::EXTERNREF => Some(Value::NoExtern),
        _ => None,
    }
}

fn arithmetic(operator: &Operator<'_>, left: Value, right: Value) -> Option<Value> {
    match (operator, left, right) {
        (Operator::I32Add, Value::I32(a), Value::I32(b)) => Some(Value::I32(a.wrapping_add(b))),
        (Operator::I32Sub, Value::I32(a), Value::I32(b)) => Some(Value::I32(a.wrapping_sub(b))),
        (Operator::I32Mul, Value::I32(a), Value::I32(b)) => Some(Value::I32(a.wrapping_mul(b))),
        (Operator::I64Add, Value::I64(a), Value::I64(b)) => Some(Value::I64(a.wrapping_add(b))),
        (Operator::I64Sub, Value::I64(a), Value::I64(b)) => Some(Value::I64(a.wrapping_sub(b))),
        (Operator::I64Mul, Value::I64(a), Value::I64(b)) => Some(Value::I64(a.wrapping_mul(b))),
        _ => None,
    }
}
