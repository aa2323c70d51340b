use super::*;

fn strip(source: &str) -> String {
    strip_types("/program/a.ts", source, Format::Module)
        .unwrap_or_else(|error| panic!("{source}\n{error}"))
}

/// Both with runs of blanks made one, for reading.
fn check(source: &str, expected: &str) {
    let words = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
    let stripped = strip(source);
    assert_eq!(words(&stripped), words(expected), "{source}");
    assert_eq!(
        stripped.encode_utf16().count(),
        source.encode_utf16().count()
    );
    for (before, after) in source.lines().zip(stripped.lines()) {
        assert_eq!(
            before.encode_utf16().count(),
            after.encode_utf16().count(),
            "{source}"
        );
    }
}

fn refusal(source: &str) -> TypeScriptError {
    strip_types("/program/a.ts", source, Format::Module).unwrap_err()
}

#[test]
fn types_become_blanks() {
    for (source, expected) in [
        ("let x: number = 1;", "let x = 1;"),
        ("let x!: number;", "let x ;"),
        (
            "function f<T>(this: A, a?: T, ...b: T[]): asserts a is T { return a! as T }",
            "function f ( a , ...b ) { return a ; }",
        ),
        (
            "const f = async <T,>(a: T): Promise<T> => a satisfies T;",
            "const f = async (a ) => a ;",
        ),
        (
            "f<number>(1); new A<B>(); t<C>`x`; const g = h<number>;",
            "f (1); new A (); t `x`; const g = h ;",
        ),
        ("try {} catch (e: unknown) {}", "try {} catch (e ) {}"),
        (
            "(a! as B).c = 1; a!.b![0]!(); (<T>(a: T) => a)(1);",
            "(a ).c = 1; a .b [0] (); ( (a ) => a)(1);",
        ),
        ("for (const a of b as C[]) {}", "for (const a of b ) {}"),
        (
            "import a, { type B, c } from 'd'; import type E from 'f'; import { type G } from 'h';",
            "import a, { c } from 'd'; ; import { } from 'h';",
        ),
        (
            "export { type A, b }; export type { C } from 'd'; export type * from 'e'; export * from 'f'; let b",
            "export { b }; ; ; export * from 'f'; let b",
        ),
        (
            "export interface A {} export default interface B {} type C = D; declare const e: F, g: H;",
            "; ; ; ;",
        ),
        (
            "declare function f(): void; function g(a: string): void; function g(a: any) {}",
            "; ; function g(a ) {}",
        ),
        (
            "export default function f(a: string): void; export default function f(a: any) {}",
            "; export default function f(a ) {}",
        ),
        (
            "declare enum A {} declare namespace B { let c } declare module 'd' { } declare global { }",
            "; ; ; ;",
        ),
        (
            "namespace A { export interface B {} export type C = D; namespace E {} }",
            ";",
        ),
        (
            "import type a = require('a'); export as namespace B;",
            "; ;",
        ),
        (
            "abstract class A<T> extends B<T> implements C, D<E> { }",
            " class A extends B { }",
        ),
        (
            "export abstract class A { abstract b(): void; abstract c: D; e() {} }",
            "export class A { ; ; e() {} }",
        ),
        (
            "export default abstract class implements A {}",
            "export default class {}",
        ),
        (
            "const a = class implements B {}; class C extends (d, e)<F> implements G {}",
            "const a = class {}; class C extends (d, e) {}",
        ),
        (
            "class A { private static readonly b?: C = 1; declare d: E; public f!: G; [h]?: I; [j: string]: K }",
            "class A { ; static b = 1; ; ; f ; [h] ; ; }",
        ),
        (
            "class A { constructor(a: B); constructor(a: any) {} get b(): C { return 1 } protected async *d?<E>() {} static {} }",
            "class A { ; constructor(a ) {} get b() { return 1 } ; async *d () {} static {} }",
        ),
        (
            "class A { readonly; static static: B; readonly readonly = 1; get: C; override override() {} }",
            "class A { readonly; static static ; ; readonly = 1; get ; ; override() {} }",
        ),
        (
            "class A { accessor b: C = 1; private accessor d!: E }",
            "class A { accessor b = 1; ; accessor d ; }",
        ),
        (
            "enum_ = 1; type = 2; declare = 3; abstract = 4; namespace = 5",
            "enum_ = 1; type = 2; declare = 3; abstract = 4; namespace = 5",
        ),
        (
            "let a = b as const, c = { d: e as F, ...g as H }",
            "let a = b , c = { d: e , ...g ; }"
                .replace(" ; }", " }")
                .as_str(),
        ),
        ("x = a ? (b): c => d : e;", "x = a ? (b) => d : e;"),
        ("a < b > (c); a<b>(c)", "a (c); a (c)"),
        ("if (a as B) c as D\nelse e!", "if (a ) c ; else e;"),
        (
            "let s = 'é😀' as string, t: '😀' = x",
            "let s = 'é😀' , t = x",
        ),
    ] {
        check(source, expected);
    }
}

#[test]
fn a_line_that_ended_a_statement_still_does() {
    for (source, expected) in [
        ("const a = b\ntype C = D\n(e)()", "const a = b ; (e)()"),
        ("const a = b as C\n(d)()", "const a = b ; (d)()"),
        (
            "class A { b = 1\n public [c] = 2\n d: E\n *f() {}\n get: G\n h() {} }",
            "class A { b = 1 ; [c] = 2 d ; *f() {} get ; h() {} }",
        ),
        ("const f = (a):\n B => a", "const f = (a \n ) => a"),
        (
            "const f = async <\nT>(a: T) => a",
            "const f = async ( a ) => a",
        ),
        (
            "function f() { return <\nT>(a: T) => a }",
            "function f() { return ( a ) => a }",
        ),
        ("export default a as B\n[c]", "export default a ; [c]"),
        ("let a: B\n[c] = d", "let a ; [c] = d"),
    ] {
        check(source, expected);
    }
}

#[test]
fn what_is_no_type_is_refused_where_it_stands() {
    for (source, column) in [
        ("x; enum A { B }", 4),
        ("const enum A { B }", 1),
        ("export enum A { B }", 1),
        ("namespace A { export let b = 1 }", 1),
        ("namespace A { export interface C {} b() }", 1),
        ("import a = require('a')", 1),
        ("import a = b.c", 1),
        ("export = a", 1),
        ("class A { constructor(private b: C) {} }", 23),
        ("class A { constructor(readonly b = 1) {} }", 23),
        ("let a = <B>c", 9),
        ("@a class B {}", 1),
        ("class A { @b c() {} }", 11),
    ] {
        let error = refusal(source);
        assert_eq!(
            error.code(),
            "ERR_UNSUPPORTED_TYPESCRIPT_SYNTAX",
            "{source}: {error}"
        );
        assert_eq!((error.line, error.column), (1, column), "{source}: {error}");
    }
}

#[test]
fn a_syntax_error_says_where_it_is_and_shows_the_line() {
    let error = refusal("let a = 1;\r\nlet 'é😀': = 2;\n");
    assert_eq!(error.code(), "ERR_INVALID_TYPESCRIPT_SYNTAX");
    assert_eq!((error.line, error.column), (2, 5));
    let text = error.to_string();
    assert!(text.starts_with("/program/a.ts:2:5: "), "{text}");
    assert!(text.ends_with("\n    let 'é😀': = 2;\n        ^"), "{text}");
}

#[test]
fn the_format_decides_what_may_stand_in_a_file() {
    let returns = "if (a) return; let b: C";
    assert!(strip_types("a.cts", returns, Format::CommonJs).is_ok());
    assert!(strip_types("a.mts", returns, Format::Module).is_err());
    let awaits = "export const a: B = await c";
    assert!(strip_types("a.mts", awaits, Format::Module).is_ok());
    assert!(strip_types("a.ts", awaits, Format::Detect).is_ok());
    let with = "with (a) { b as C }";
    assert!(strip_types("a.cts", with, Format::CommonJs).is_ok());
}

#[test]
fn what_is_too_large_or_too_deep_is_refused_at_once() {
    let deep = "[".repeat(100_000);
    assert_eq!(refusal(&deep).problem, TypeScriptProblem::TooDeep);
    let deep = format!("x = {}1{}", "(".repeat(100_000), ")".repeat(100_000));
    assert_eq!(refusal(&deep).problem, TypeScriptProblem::TooDeep);
    let deep = format!("x = {}1", "a<".repeat(100_000));
    assert_eq!(refusal(&deep).problem, TypeScriptProblem::TooDeep);
    let deep = format!("x = {}1{}", "(a=".repeat(100), ")".repeat(100));
    assert_eq!(refusal(&deep).problem, TypeScriptProblem::TooDeep);
    let long = " ".repeat(LONGEST_TYPESCRIPT + 1);
    assert_eq!(refusal(&long).problem, TypeScriptProblem::TooLong);
}

/// Every construct that nests, so deeply that the stack would end if it were as others are.
#[test]
fn no_source_uses_up_the_stack_that_it_gets() {
    const LEVELS: usize = 20_000;
    for (before, middle, after) in [
        ("x=", "(", "1"),
        ("x=", "[", "1"),
        ("", "{", ""),
        ("x=", "{a:", "1"),
        ("x=", "!", "1"),
        ("x=", "- ", "1"),
        ("x=", "typeof ", "1"),
        ("x=", "new ", "a"),
        ("x=", "a=>", "1"),
        ("x=", "(a)=>", "1"),
        ("x=", "(a=>", "1"),
        ("x=", "a?b:", "1"),
        ("x=", "a?", "1"),
        ("", "a=", "1"),
        ("x=", "2**", "1"),
        ("x=", "1+", "1"),
        ("x=a", ".a", ""),
        ("x=a", "()", ""),
        ("x=", "a(", "1"),
        ("x=a", "[0]", ""),
        ("x=a", "!", ""),
        ("x=a", " as b", ""),
        ("x=a", " satisfies b", ""),
        ("", "if(a)", ";"),
        ("", "if(a){}else ", ";"),
        ("", "for(;;)", ";"),
        ("", "while(a)", ";"),
        ("", "do ", ";"),
        ("x=", "`${", "1"),
        ("x=a", "``", ""),
        ("let x:", "a<", "b"),
        ("let x:", "(", "b"),
        ("let x:", "[", "b"),
        ("let x:b", "[]", ""),
        ("let x:", "{a:", "b"),
        ("let x:", "(a:b)=>", "c"),
        ("let x:", "a extends b?c:", "d"),
        ("let x:", "keyof ", "d"),
        ("let x:b", "|b", ""),
        ("let x:", "new()=>", "b"),
        ("let x:b", "['a']", ""),
        ("let x:", "`${", "b"),
        ("let x:", "-", "b"),
        ("", "class A{a=", ""),
        ("", "class A{a(){", ""),
        ("x=", "class extends ", "a"),
        ("", "function f(){", ""),
        ("x=", "async a=>", "1"),
        ("async function f(){", "await ", "1}"),
        ("x=", "<a>(b)=>", "1"),
        ("let ", "[", "a"),
        ("let ", "{a:", "a"),
        ("x=", "import(", "1"),
        ("x=a", "?.a", ""),
        ("declare namespace a", ".a", "{}"),
        ("", "namespace a{", ""),
        ("function*f(){", "yield ", "1}"),
        ("", "switch(a){default:", ""),
        ("", "try{", ""),
        ("", "x:{", ""),
        ("x=", "...", "1"),
        ("x=[", "...[", ""),
        ("x=f(", "...f(", ""),
    ] {
        for closing in [false, true] {
            let mut source = format!("{before}{}{after}", middle.repeat(LEVELS));
            if closing {
                let close = |open: char| match open {
                    '(' => Some(")"),
                    '[' => Some("]"),
                    '{' => Some("}"),
                    _ => None,
                };
                let mut ends: String = middle.chars().rev().filter_map(close).collect();
                if middle == "`${" {
                    ends.push('`');
                }
                if middle == "a<" {
                    ends.push('>');
                }
                if matches!(
                    middle,
                    "()" | "[0]" | "[]" | "(a)=>" | "(a:b)=>" | "new()=>" | "['a']" | "<a>(b)=>"
                ) || middle.starts_with("if(")
                    || middle.starts_with("for")
                    || middle.starts_with("while")
                {
                    ends.clear();
                }
                if middle.starts_with("switch") {
                    ends = "}".to_owned();
                }
                if middle == "class A{a(){" {
                    ends = "}}".to_owned();
                }
                if middle == "function f(){" {
                    ends = "}".to_owned();
                }
                if middle == "x=" {
                    ends.clear();
                }
                if middle == "try{" {
                    ends = "}finally{}".to_owned();
                }
                source.push_str(&ends.repeat(LEVELS));
            }
            // Without the checks before it. Whatever it says, it says something.
            let _ = on_stack(&source, || stripped(&source, Format::Detect));
        }
    }
}

mod properties {
    use super::*;
    use proptest::prelude::*;

    fn piece() -> impl Strategy<Value = String> {
        prop_oneof![
            "[ \n;,.(){}<>\\[\\]:=?!&|+*/'\"`$@#-]",
            Just("=>".to_owned()),
            proptest::sample::select(vec![
                "a",
                "b",
                "let ",
                "const ",
                "type ",
                "interface ",
                "class ",
                "extends ",
                "implements ",
                "as ",
                "satisfies ",
                "async ",
                "await ",
                "function ",
                "return ",
                "import ",
                "export ",
                "from ",
                "'m'",
                "declare ",
                "abstract ",
                "readonly ",
                "private ",
                "static ",
                "enum ",
                "namespace ",
                "keyof ",
                "infer ",
                "is ",
                "this",
                "new ",
                "get ",
                "set ",
                "default ",
                "é",
                "😀",
                "1",
            ])
            .prop_map(str::to_owned),
        ]
    }

    proptest! {
        #[test]
        fn any_text_is_taken_or_refused_and_keeps_its_shape(pieces in proptest::collection::vec(piece(), 0..40)) {
            let source = pieces.concat();
            if let Ok(stripped) = strip_types("a.ts", &source, Format::Detect) {
                prop_assert_eq!(stripped.encode_utf16().count(), source.encode_utf16().count());
                prop_assert_eq!(stripped.lines().count(), source.lines().count());
                // What has no types any more stays as it is.
                prop_assert_eq!(strip_types("a.ts", &stripped, Format::Detect), Ok(stripped.clone()));
            }
        }
    }
}
