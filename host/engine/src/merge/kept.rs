//! What of the linked modules has a use: a library offers more than is asked of it, and what only linked it to others is
//! over once it is linked.

use std::collections::{BTreeSet, HashSet};

use wasmparser::{ElementItems, ElementKind, FunctionBody, Operator};

use super::constant::Value;
use super::index::{at, count};
use super::kind::Kind;
use super::link::{Linked, Member};
use super::passing::{Passed, leads, passed_on};

/// What each function and global becomes.
pub(super) struct Kept {
    /// The function that each function comes to: another one, if it only calls that.
    leads: Vec<u32>,
    funcs: Vec<Option<u32>>,
    globals: Vec<Option<u32>>,
    /// Globals that nobody changes are written where they are read.
    numbers: Vec<Option<Value>>,
    /// Functions of which code takes a reference, by their new index.
    pub(super) referred: BTreeSet<u32>,
}

impl Kept {
    /// Keeps what `used` needs, which is used from outside, and what is run or in a table.
    pub(super) fn of(linked: &Linked<'_, '_>, used: &BTreeSet<(Kind, u32)>) -> Option<Self> {
        let outside = count(&linked.imports)?;
        let (bodies, changed) = read_bodies(linked)?;
        let passed: Vec<_> = bodies.iter().map(|body| body.passed_on).collect();
        let leads = leads(linked, &passed, &changed, used)?;
        let all = usize::try_from(outside).ok()?.checked_add(bodies.len())?;
        let mut reach = Reach {
            leads: &leads,
            reached: vec![false; all],
            waiting: Vec::new(),
        };
        for (kind, index) in used {
            if *kind == Kind::Func {
                reach.function(*index)?;
            }
        }
        reach.beginnings(linked)?;
        let mut set = vec![false; linked.globals.len()];
        let mut references = HashSet::new();
        while let Some(function) = reach.waiting.pop() {
            // A function from outside has no body here.
            let Some(own) = function.checked_sub(outside) else {
                continue;
            };
            let body = at(&bodies, own)?;
            for global in &body.sets {
                *set.get_mut(usize::try_from(*global).ok()?)? = true;
            }
            for called in body.calls.iter().chain(&body.references) {
                reach.function(*called)?;
            }
            references.extend(&body.references);
        }
        let reached = reach.reached;
        let mut kept = Self {
            leads,
            funcs: Vec::new(),
            globals: Vec::new(),
            numbers: Vec::new(),
            referred: BTreeSet::new(),
        };
        kept.number_functions(outside, &reached)?;
        kept.number_globals(linked, &set, used)?;
        for function in references {
            let index = kept.function(function)?;
            kept.referred.insert(index);
        }
        Some(kept)
    }

    fn number_functions(&mut self, outside: u32, reached: &[bool]) -> Option<()> {
        let mut next = 0_u32;
        for (index, reached) in (0_u32..).zip(reached) {
            // Imports stay, in the order in which they are given.
            let kept = *reached || index < outside;
            self.funcs.push(kept.then_some(next));
            next = next.checked_add(u32::from(kept))?;
        }
        Some(())
    }

    fn number_globals(
        &mut self,
        linked: &Linked<'_, '_>,
        set: &[bool],
        used: &BTreeSet<(Kind, u32)>,
    ) -> Option<()> {
        let mut next = 0_u32;
        for (index, ((ty, value), set)) in (0_u32..).zip(linked.globals.iter().zip(set)) {
            let exported = used.contains(&(Kind::Global, index));
            let changes = ty.mutable && (*set || exported);
            let number = (!changes && value.is_number()).then_some(*value);
            let kept = exported || number.is_none();
            self.numbers.push(number);
            self.globals.push(kept.then_some(next));
            next = next.checked_add(u32::from(kept))?;
        }
        Some(())
    }

    /// The new index of a function. Nothing for one that is not kept.
    pub(super) fn function(&self, whole: u32) -> Option<u32> {
        *at(&self.funcs, *at(&self.leads, whole)?)?
    }

    /// Whether a function's own body is kept.
    pub(super) fn has_body(&self, whole: u32) -> bool {
        matches!(at(&self.funcs, whole), Some(Some(_)))
    }

    /// The new index of a global. Nothing for one that is not kept.
    pub(super) fn global(&self, whole: u32) -> Option<u32> {
        *at(&self.globals, whole)?
    }

    /// What a global always is.
    pub(super) fn number(&self, whole: u32) -> Option<Value> {
        *at(&self.numbers, whole)?
    }
}

/// What the body of a function does that matters here, by the indices of the whole.
#[derive(Default)]
struct Body {
    calls: Vec<u32>,
    references: Vec<u32>,
    sets: Vec<u32>,
    passed_on: Option<Passed>,
}

/// Each body, and the tables that some of them change.
fn read_bodies(linked: &Linked<'_, '_>) -> Option<(Vec<Body>, HashSet<u32>)> {
    let (mut bodies, mut changed) = (Vec::new(), HashSet::new());
    for member in &linked.members {
        for (body, ty) in member.module.bodies.iter().zip(&member.module.functions) {
            let mut read = read_body(member, body, &mut changed)?;
            let parameters = at(&member.module.types, *ty)?.params().len();
            read.passed_on = passed_on(member, body, parameters)
                .filter(|passed| at(&member.types, *ty) == Some(&passed.ty));
            bodies.push(read);
        }
    }
    Some((bodies, changed))
}

fn read_body(
    member: &Member<'_, '_>,
    body: &FunctionBody<'_>,
    changed: &mut HashSet<u32>,
) -> Option<Body> {
    let mut read = Body::default();
    for operator in body.get_operators_reader().ok()? {
        match operator.ok()? {
            Operator::Call { function_index } | Operator::ReturnCall { function_index } => {
                read.calls.push(*at(&member.indices.funcs, function_index)?);
            }
            Operator::RefFunc { function_index } => {
                read.references
                    .push(*at(&member.indices.funcs, function_index)?);
            }
            Operator::GlobalSet { global_index } => {
                read.sets.push(*at(&member.indices.globals, global_index)?);
            }
            Operator::TableSet { table }
            | Operator::TableGrow { table }
            | Operator::TableFill { table }
            | Operator::TableInit { table, .. }
            | Operator::TableCopy {
                dst_table: table, ..
            } => {
                changed.insert(*at(&member.indices.tables, table)?);
            }
            _ => {}
        }
    }
    Some(read)
}

struct Reach<'k> {
    leads: &'k [u32],
    reached: Vec<bool>,
    waiting: Vec<u32>,
}

impl Reach<'_> {
    fn function(&mut self, whole: u32) -> Option<()> {
        let function = *at(self.leads, whole)?;
        let reached = self.reached.get_mut(usize::try_from(function).ok()?)?;
        if !std::mem::replace(reached, true) {
            self.waiting.push(function);
        }
        Some(())
    }

    /// What is run at the start, or is where the code can get it.
    fn beginnings(&mut self, linked: &Linked<'_, '_>) -> Option<()> {
        for (_, value) in &linked.globals {
            if let Value::Func(function) = value {
                self.function(*function)?;
            }
        }
        for member in &linked.members {
            if let Some(start) = member.module.start {
                self.function(*at(&member.indices.funcs, start)?)?;
            }
            for element in &member.module.elements {
                if !matches!(element.kind, ElementKind::Declared) {
                    self.items(member, &element.items)?;
                }
            }
        }
        Some(())
    }

    fn items(&mut self, member: &Member<'_, '_>, items: &ElementItems<'_>) -> Option<()> {
        for value in member.values_of(items)? {
            if let Value::Func(function) = value {
                self.function(function)?;
            }
        }
        Some(())
    }
}
