//! Joins the data segments of a snapshot, which come as thousands of small ones. Each costs the reader of the component
//! time, and, once another snapshot is taken of it, each instance some bytes for as long as it lives.

use std::convert::Infallible;

use wasm_encoder::reencode::{Error, Reencode, ReencodeComponent, component_utils, utils};
use wasm_encoder::{Component, ConstExpr, DataSection};
use wasmparser::{Data, DataKind, DataSectionReader, Operator, Parser, Payload};

/// Bytes of zeros between two segments that are written out to make one of them: about what a segment costs.
const GAP: u32 = 64;

/// The same component with fewer segments.
pub(crate) fn joined(component: &[u8]) -> wasmtime::Result<Vec<u8>> {
    let mut with_fewer = Component::new();
    Joining { segments: None }
        .parse_component(&mut with_fewer, Parser::new(0), component)
        .map_err(wasmtime::Error::new)?;
    Ok(with_fewer.finish())
}

/// What a module writes into its memory when it is instantiated.
struct Segment {
    offset: u32,
    bytes: Vec<u8>,
}

/// All segments of a module: those that its code may ask for by their number come first, and keep it.
struct Segments {
    passive: Vec<Vec<u8>>,
    active: Vec<Segment>,
}

impl Segments {
    /// Those of a module that has them in an order that allows it, with constant places in its one memory.
    fn of(module: &[u8]) -> Option<Self> {
        let mut found = None;
        for payload in Parser::new(0).parse_all(module) {
            if let Ok(Payload::DataSection(section)) = payload {
                found = Self::read(section);
            }
        }
        found
    }

    fn read(section: DataSectionReader<'_>) -> Option<Self> {
        let mut all = Self {
            passive: Vec::new(),
            active: Vec::new(),
        };
        for data in section {
            let data = data.ok()?;
            match data.kind {
                DataKind::Passive if all.active.is_empty() => {
                    all.passive.push(data.data.to_vec());
                }
                DataKind::Passive => return None,
                DataKind::Active { .. } => all.add(place(&data)?, data.data)?,
            }
        }
        Some(all)
    }

    /// Only behind what is there already: what is written twice would depend on the order.
    fn add(&mut self, offset: u32, bytes: &[u8]) -> Option<()> {
        if let Some(last) = self.active.last_mut() {
            let length = u32::try_from(last.bytes.len()).ok()?;
            let gap = offset.checked_sub(last.offset.checked_add(length)?)?;
            if gap <= GAP {
                last.bytes.resize((length + gap) as usize, 0);
                last.bytes.extend_from_slice(bytes);
                return Some(());
            }
        }
        self.active.push(Segment {
            offset,
            bytes: bytes.to_vec(),
        });
        Some(())
    }

    fn count(&self) -> usize {
        self.passive.len() + self.active.len()
    }

    fn write(self, section: &mut DataSection) {
        for bytes in self.passive {
            section.passive(bytes);
        }
        for Segment { offset, bytes } in self.active {
            let offset = ConstExpr::i32_const(offset.cast_signed());
            section.active(0, &offset, bytes);
        }
    }
}

/// Where an active segment goes, if a number of 32 bits says so.
fn place(data: &Data<'_>) -> Option<u32> {
    let DataKind::Active {
        memory_index: 0,
        offset_expr,
    } = &data.kind
    else {
        return None;
    };
    let mut operators = offset_expr.get_operators_reader();
    let (first, end) = (operators.read().ok()?, operators.read().ok()?);
    match (first, end) {
        (Operator::I32Const { value }, Operator::End) => Some(value.cast_unsigned()),
        _ => None,
    }
}

struct Joining {
    /// Of the module that is being written.
    segments: Option<Segments>,
}

impl Reencode for Joining {
    type Error = Infallible;

    fn data_count(&mut self, count: u32) -> Result<u32, Error<Infallible>> {
        let fewer = self.segments.as_ref().map(Segments::count);
        Ok(fewer
            .and_then(|fewer| u32::try_from(fewer).ok())
            .unwrap_or(count))
    }

    fn parse_data_section(
        &mut self,
        data: &mut DataSection,
        section: DataSectionReader<'_>,
    ) -> Result<(), Error<Infallible>> {
        match self.segments.take() {
            Some(segments) => {
                segments.write(data);
                Ok(())
            }
            None => utils::parse_data_section(self, data, section),
        }
    }
}

impl ReencodeComponent for Joining {
    fn parse_component_submodule(
        &mut self,
        component: &mut Component,
        parser: Parser,
        module: &[u8],
    ) -> Result<(), Error<Infallible>> {
        self.segments = Segments::of(module);
        component_utils::parse_component_submodule(self, component, parser, module)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The segments of the component's first module, as numbers: a place and a length, or a length without a place.
    fn segments(component: &[u8]) -> Vec<(Option<u32>, usize)> {
        let mut found = Vec::new();
        for payload in Parser::new(0).parse_all(component) {
            if let Payload::DataSection(section) = payload.unwrap() {
                for data in section {
                    let data = data.unwrap();
                    found.push((place(&data), data.data.len()));
                }
            }
        }
        found
    }

    fn joined_of(data: &str) -> Vec<(Option<u32>, usize)> {
        let text = format!(
            "(component (core module (memory 9) (func (memory.init 0 (i32.const 0) (i32.const 0) (i32.const 0))) {data}))"
        );
        let bytes = wat::parse_str(text).unwrap();
        let joined = joined(&bytes).unwrap();
        wasmparser::validate(&joined).unwrap();
        segments(&joined)
    }

    #[test]
    fn segments_are_joined_over_small_gaps_behind_those_that_code_asks_for() {
        let data = "(data \"ab\") (data \"\") (data (i32.const 8) \"12\") (data (i32.const 10) \"3\")\
                     (data (i32.const 75) \"4\") (data (i32.const 141) \"5\") (data (i32.const -8) \"6\")";
        let expected = vec![
            (None, 2),
            (None, 0),
            (Some(8), 68),
            (Some(141), 1),
            (Some(0xffff_fff8), 1),
        ];
        assert_eq!(joined_of(data), expected);
    }

    #[test]
    fn what_the_order_matters_of_is_left_alone() {
        for data in [
            "(data \"a\") (data (i32.const 8) \"12\") (data (i32.const 9) \"3\")",
            "(data \"a\") (data (i32.const 8) \"12\") (data (i32.const 4) \"3\")",
            "(data (i32.const 8) \"12\") (data \"a\") (data (i32.const 10) \"3\")",
        ] {
            assert_eq!(joined_of(data).len(), 3, "{data}");
        }
    }
}
