//! Which release of WASI a component is built for, read from the names of what it imports and exports.

use wasmparser::{Parser, Payload};

/// Whether the component asks for WASI 0.3 or offers it, at its outermost level. What lies in nested components is
/// theirs: it is linked inside, or it stands outside too. What cannot be read is for the compiler to refuse.
pub(crate) fn is_p3(component: &[u8]) -> bool {
    let mut depth = 0_u32;
    for payload in Parser::new(0).parse_all(component) {
        let Ok(payload) = payload else {
            return false;
        };
        let found = match payload {
            Payload::ModuleSection { .. } | Payload::ComponentSection { .. } => {
                depth = depth.saturating_add(1);
                false
            }
            Payload::End(_) => {
                depth = depth.saturating_sub(1);
                false
            }
            Payload::ComponentImportSection(section) if depth == 0 => section
                .into_iter()
                .any(|import| import.is_ok_and(|import| names_p3(import.name.name))),
            Payload::ComponentExportSection(section) if depth == 0 => section
                .into_iter()
                .any(|export| export.is_ok_and(|export| names_p3(export.name.name))),
            _ => false,
        };
        if found {
            return true;
        }
    }
    false
}

fn names_p3(name: &str) -> bool {
    name.starts_with("wasi:") && name.contains("@0.3.")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn component(text: &str) -> Vec<u8> {
        wat::parse_str(text).unwrap()
    }

    #[test]
    fn only_the_outermost_names_of_wasi_tell_the_release() {
        for text in [
            r#"(component (import "wasi:cli/types@0.3.0" (instance)))"#,
            r#"(component (import "a:b/c@1.0.0" (instance)) (import "wasi:cli/types@0.3.7" (instance)))"#,
            r#"(component (instance $i) (component) (core module) (export "wasi:cli/run@0.3.0" (instance $i)))"#,
        ] {
            assert!(is_p3(&component(text)), "{text}");
        }
        for text in [
            "(component)",
            r#"(component (import "wasi:cli/exit@0.2.0" (instance)))"#,
            r#"(component (import "other:cli/exit@0.3.0" (instance)))"#,
            r#"(component (component (import "wasi:cli/types@0.3.0" (instance))))"#,
        ] {
            assert!(!is_p3(&component(text)), "{text}");
        }
        assert!(!is_p3(b"\0asm"));
    }
}
