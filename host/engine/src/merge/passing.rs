//! Functions that only pass a call on, through an element of a table: libraries have them where each needs the other. Where
//! the element never changes, whoever calls the one may as well call the other.

use std::collections::{BTreeSet, HashSet};

use wasmparser::{ElementKind, FunctionBody, Operator};

use super::constant::{Value, fold};
use super::index::{at, count};
use super::kind::Kind;
use super::link::{Linked, Member};

/// Elements of all tables whose functions are looked up, at most.
const MOST_ELEMENTS: u64 = 1 << 20;
/// How often one such function may lead to another.
const MOST_LEADS: usize = 8;

/// A call that is passed on.
#[derive(Clone, Copy)]
pub(super) struct Passed {
    table: u32,
    slot: u32,
    pub(super) ty: u32,
}

/// The call that is all that a function does, with its own arguments.
pub(super) fn passed_on(
    member: &Member<'_, '_>,
    body: &FunctionBody<'_>,
    parameters: usize,
) -> Option<Passed> {
    let mut operators = body.get_operators_reader().ok()?;
    for parameter in 0..parameters {
        match operators.read().ok()? {
            Operator::LocalGet { local_index } if usize::try_from(local_index) == Ok(parameter) => {
            }
            _ => return None,
        }
    }
    let Operator::I32Const { value } = operators.read().ok()? else {
        return None;
    };
    let Operator::CallIndirect {
        type_index,
        table_index,
    } = operators.read().ok()?
    else {
        return None;
    };
    let (Operator::End, true) = (operators.read().ok()?, operators.eof()) else {
        return None;
    };
    Some(Passed {
        table: *at(&member.indices.tables, table_index)?,
        slot: value.cast_unsigned(),
        ty: *at(&member.types, type_index)?,
    })
}

/// The functions in tables that nothing changes once they are filled.
struct Slots(Vec<Option<Vec<Option<u32>>>>);

impl Slots {
    fn of(
        linked: &Linked<'_, '_>,
        changed: &HashSet<u32>,
        used: &BTreeSet<(Kind, u32)>,
    ) -> Option<Self> {
        let (mut tables, mut room) = (Vec::new(), MOST_ELEMENTS);
        for (index, ty) in (0_u32..).zip(&linked.tables) {
            let fixed = !changed.contains(&index) && !used.contains(&(Kind::Table, index));
            let left = room.checked_sub(ty.initial).filter(|_| fixed);
            tables.push(match left {
                Some(left) => {
                    room = left;
                    Some(vec![None; usize::try_from(ty.initial).ok()?])
                }
                None => None,
            });
        }
        let mut slots = Self(tables);
        for member in &linked.members {
            for element in &member.module.elements {
                if let ElementKind::Active {
                    table_index,
                    offset_expr,
                } = &element.kind
                {
                    let table = *at(&member.indices.tables, table_index.unwrap_or(0))?;
                    let offset = fold(offset_expr, &member.values, &member.indices.funcs)?;
                    slots.fill(table, offset, &member.values_of(&element.items)?);
                }
            }
        }
        Some(slots)
    }

    fn fill(&mut self, table: u32, offset: Value, values: &[Value]) {
        let known = usize::try_from(table).ok();
        let Some(slots) = known.and_then(|table| self.0.get_mut(table)) else {
            return;
        };
        let Some(filled) = slots else {
            return;
        };
        let range = match offset {
            Value::I32(offset) => usize::try_from(offset.cast_unsigned())
                .ok()
                .and_then(|start| filled.get_mut(start..start.checked_add(values.len())?)),
            _ => None,
        };
        match range {
            Some(range) => {
                for (slot, value) in range.iter_mut().zip(values) {
                    *slot = match value {
                        Value::Func(index) => Some(*index),
                        _ => None,
                    };
                }
            }
            // It traps, and nothing is run.
            None => *slots = None,
        }
    }

    fn function(&self, table: u32, slot: u32) -> Option<u32> {
        *at(at(&self.0, table)?.as_ref()?, slot)?
    }
}

/// What each function comes to, in the whole, where `passed` is what each of its own does.
pub(super) fn leads(
    linked: &Linked<'_, '_>,
    passed: &[Option<Passed>],
    changed: &HashSet<u32>,
    used: &BTreeSet<(Kind, u32)>,
) -> Option<Vec<u32>> {
    let slots = Slots::of(linked, changed, used)?;
    let outside = count(&linked.imports)?;
    let type_of = |function: u32| match function.checked_sub(outside) {
        Some(own) => at(&linked.functions, own).copied(),
        None => at(&linked.imports, function).map(|(_, ty)| *ty),
    };
    let next = |function: u32| {
        let passed = (*at(passed, function.checked_sub(outside)?)?)?;
        let called = slots.function(passed.table, passed.slot)?;
        (type_of(called) == Some(passed.ty)).then_some(called)
    };
    let last =
        |function| (0..MOST_LEADS).fold(function, |function, _| next(function).unwrap_or(function));
    let all = outside.checked_add(count(passed)?)?;
    Some((0..all).map(last).collect())
}
