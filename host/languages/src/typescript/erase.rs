//! What of a program is types: the walk that collects the edits.

use oxc_ast::ast::{
    AccessorProperty, AccessorPropertyType, ArrowFunctionExpression, Class, ClassElement,
    Declaration, Decorator, ExportDefaultDeclarationKind, ExportSpecifier, Expression,
    FormalParameter, ImportOrExportKind, ImportSpecifier, MethodDefinition, MethodDefinitionType,
    Program, PropertyDefinition, PropertyDefinitionType, PropertyKey, Statement, TSAsExpression,
    TSInstantiationExpression, TSNamespaceDeclaration, TSNamespaceDeclarationBody,
    TSNonNullExpression, TSSatisfiesExpression, TSThisParameter, TSTypeAnnotation, TSTypeAssertion,
    TSTypeParameterDeclaration, TSTypeParameterInstantiation, VariableDeclarator,
};
use oxc_ast_visit::{Visit, walk};
use oxc_span::{GetSpan, Span};

use super::edits::{Edits, is_line_end, token_from};
use super::problem::{Fault, TypeScriptProblem};

const ENUM: &str =
    "an enum is code, which is not made up here: use an object `as const`, or compile the file";
const NAMESPACE: &str = "a namespace with values in it is code, which is not made up here: use a module, or compile the file";
const PARAMETER_PROPERTY: &str = "a parameter that declares a property is code, which is not made up here: declare the property, and assign it";
const IMPORT_EQUALS: &str = "`import … =` is code, which is not made up here: use `import` … `from`, or `const` … `= require`";
const EXPORT_EQUALS: &str =
    "`export =` is code, which is not made up here: use `export default`, or `module.exports =`";
const ASSERTION: &str = "an assertion as in `<T>value` cannot be stripped: write `value as T`";
const DECORATOR: &str = "decorators are not JavaScript that an engine has: compile the file";

/// The edits that make JavaScript of `program`, whose text is `source`.
pub(super) fn erase(source: &str, program: &Program<'_>) -> Result<Edits, Fault> {
    let mut eraser = Eraser {
        source,
        edits: Edits::default(),
        refused: None,
    };
    eraser.visit_program(program);
    match eraser.refused {
        Some((problem, at)) => Err((TypeScriptProblem::Unsupported(problem), Some(at))),
        None => Ok(eraser.edits),
    }
}

struct Eraser<'a> {
    source: &'a str,
    edits: Edits,
    /// The first thing in the source that can't be erased.
    refused: Option<(&'static str, usize)>,
}

/// What becomes of a statement.
enum Fate {
    Kept,
    Erased,
    Refused(&'static str),
}

fn start(span: Span) -> usize {
    span.start as usize
}

fn end(span: Span) -> usize {
    span.end as usize
}

fn is_type(kind: ImportOrExportKind) -> bool {
    kind == ImportOrExportKind::Type
}

fn fate_of_statement(statement: &Statement<'_>) -> Fate {
    let erased_if = |erased: bool| if erased { Fate::Erased } else { Fate::Kept };
    match statement {
        Statement::ImportDeclaration(import) => erased_if(is_type(import.import_kind)),
        Statement::ExportNamedDeclaration(export) => erased_if(is_type(export.export_kind)),
        Statement::ExportFromDeclaration(export) => erased_if(is_type(export.export_kind)),
        Statement::ExportAllDeclaration(export) => erased_if(is_type(export.export_kind)),
        Statement::ExportDeclaration(export) => fate_of(&export.declaration),
        Statement::ExportDefaultDeclaration(export) => match &export.declaration {
            ExportDefaultDeclarationKind::TSInterfaceDeclaration(_) => Fate::Erased,
            ExportDefaultDeclarationKind::FunctionDeclaration(function) => {
                erased_if(function.body.is_none())
            }
            _ => Fate::Kept,
        },
        Statement::TSNamespaceExportDeclaration(_) => Fate::Erased,
        Statement::TSExportAssignment(_) => Fate::Refused(EXPORT_EQUALS),
        other => other.as_declaration().map_or(Fate::Kept, fate_of),
    }
}

fn fate_of(declaration: &Declaration<'_>) -> Fate {
    let erased_if = |erased: bool, otherwise: Fate| if erased { Fate::Erased } else { otherwise };
    match declaration {
        Declaration::VariableDeclaration(it) => erased_if(it.declare, Fate::Kept),
        Declaration::FunctionDeclaration(it) => {
            erased_if(it.declare || it.body.is_none(), Fate::Kept)
        }
        Declaration::ClassDeclaration(it) => erased_if(it.declare, Fate::Kept),
        Declaration::TSTypeAliasDeclaration(_)
        | Declaration::TSInterfaceDeclaration(_)
        | Declaration::TSExternalModuleDeclaration(_)
        | Declaration::TSGlobalDeclaration(_) => Fate::Erased,
        Declaration::TSEnumDeclaration(it) => erased_if(it.declare, Fate::Refused(ENUM)),
        Declaration::TSNamespaceDeclaration(it) => {
            erased_if(it.declare || has_only_types(it), Fate::Refused(NAMESPACE))
        }
        Declaration::TSImportEqualsDeclaration(it) => {
            erased_if(is_type(it.import_kind), Fate::Refused(IMPORT_EQUALS))
        }
    }
}

fn has_only_types(namespace: &TSNamespaceDeclaration<'_>) -> bool {
    match &namespace.body {
        TSNamespaceDeclarationBody::TSNamespaceDeclaration(inner) => has_only_types(inner),
        TSNamespaceDeclarationBody::TSModuleBlock(block) => block
            .body
            .iter()
            .all(|statement| matches!(fate_of_statement(statement), Fate::Erased)),
    }
}

impl Eraser<'_> {
    fn blank(&mut self, span: Span) {
        self.edits.blank(start(span), end(span));
    }

    fn refuse(&mut self, span: Span, problem: &'static str) {
        let at = start(span);
        if self.refused.is_none_or(|(_, first)| at < first) {
            self.refused = Some((problem, at));
        }
    }

    fn text(&self, start: usize, end: usize) -> &str {
        self.source.get(start..end).unwrap_or_default()
    }

    /// Blanks a statement or an element of a class. A `;` stays, so that what comes next is not read as part of what came
    /// before: in `a`, `type B = C`, `(d)`, each on a line, `a` would be called.
    fn erase_whole(&mut self, span: Span) {
        self.blank(span);
        self.edits.mark(start(span), ';');
    }

    /// A statement that ended because a line ended, and whose last part is blank now, may go on in the next line: what
    /// was `a as B` is `a`, which can be called. The last character of the blank becomes a `;`.
    fn close(&mut self, span: Span) {
        let end = end(span);
        if self.edits.has_end(end) {
            let last = self.source.floor_char_boundary(end.saturating_sub(1));
            self.edits.mark(last, ';');
        }
    }

    /// Blanks the one-byte token `token` if it is the next one at or behind `at`.
    fn blank_token(&mut self, at: usize, token: char) {
        let at = token_from(self.source, at);
        if self
            .source
            .get(at..)
            .is_some_and(|rest| rest.starts_with(token))
        {
            self.edits.blank(at, at + 1);
        }
    }

    /// The word that begins at or behind `at`, by its start and end.
    fn word(&self, at: usize) -> (usize, usize) {
        let at = token_from(self.source, at);
        let rest = self.source.get(at..).unwrap_or_default();
        let length = rest
            .find(|letter: char| !letter.is_ascii_alphabetic())
            .unwrap_or(rest.len());
        (at, at + length)
    }

    /// Blanks those of the words before a key of a class that are TypeScript's. In the place of the first a `;` stands:
    /// what was a word can be a bracket or a star now, and go on with the line before.
    fn blank_modifiers(&mut self, element: Span, key: Span) {
        let mut at = start(element);
        loop {
            let (from, to) = self.word(at);
            if from >= start(key) || from == to {
                return;
            }
            if matches!(
                self.text(from, to),
                "public"
                    | "private"
                    | "protected"
                    | "readonly"
                    | "override"
                    | "abstract"
                    | "declare"
            ) {
                self.edits.blank(from, to);
                if from == start(element) {
                    self.edits.mark(from, ';');
                }
            }
            at = to;
        }
    }

    /// Blanks the `?` or `!` behind a key, which may be in brackets.
    fn blank_behind_key(&mut self, key: &PropertyKey<'_>, computed: bool, token: char) {
        let mut at = end(key.span());
        if computed {
            at = token_from(self.source, at) + 1;
        }
        self.blank_token(at, token);
    }

    /// Blanks an element of a list, with the comma behind it.
    fn blank_with_comma(&mut self, span: Span) {
        self.blank(span);
        self.blank_token(end(span), ',');
    }

    fn has_line_end(&self, start: usize, end: usize) -> bool {
        self.text(start, end).contains(is_line_end)
    }

    /// Blanks what follows a value to the end of its node: `as T` or `satisfies T`.
    fn blank_behind(&mut self, value: &Expression<'_>, whole: Span) {
        self.edits.blank(end(value.span()), end(whole));
    }

    fn blank_implements(&mut self, class: &Class<'_>) {
        let Some(last) = class.implements.last() else {
            return;
        };
        let heritage = class.heritage.as_ref().map(|heritage| {
            let arguments = heritage.type_arguments.as_ref();
            arguments.map_or(end(heritage.expression.span()), |it| end(it.span))
        });
        let parameters = class.type_parameters.as_ref().map(|it| end(it.span));
        let name = class.id.as_ref().map(|it| end(it.span));
        let mut at = heritage
            .or(parameters)
            .or(name)
            .unwrap_or(start(class.span));
        while at < end(last.span) {
            let (from, to) = self.word(at);
            if self.text(from, to) == "implements" {
                return self.edits.blank(from, end(last.span));
            }
            if from == to {
                return;
            }
            at = to;
        }
    }
}

impl<'a> Visit<'a> for Eraser<'_> {
    fn visit_statement(&mut self, it: &Statement<'a>) {
        match fate_of_statement(it) {
            Fate::Erased => self.erase_whole(it.span()),
            Fate::Refused(problem) => self.refuse(it.span(), problem),
            Fate::Kept => {
                walk::walk_statement(self, it);
                self.close(it.span());
            }
        }
    }

    fn visit_class_element(&mut self, it: &ClassElement<'a>) {
        let erased = match it {
            ClassElement::StaticBlock(_) => false,
            ClassElement::MethodDefinition(it) => {
                it.r#type == MethodDefinitionType::TSAbstractMethodDefinition
                    || it.value.body.is_none()
            }
            ClassElement::PropertyDefinition(it) => {
                it.r#type == PropertyDefinitionType::TSAbstractPropertyDefinition || it.declare
            }
            ClassElement::AccessorProperty(it) => {
                it.r#type == AccessorPropertyType::TSAbstractAccessorProperty
            }
            ClassElement::TSIndexSignature(_) => true,
        };
        if erased {
            self.erase_whole(it.span());
        } else {
            walk::walk_class_element(self, it);
            self.close(it.span());
        }
    }

    fn visit_method_definition(&mut self, it: &MethodDefinition<'a>) {
        self.blank_modifiers(it.span, it.key.span());
        if it.optional {
            self.blank_behind_key(&it.key, it.computed, '?');
        }
        walk::walk_method_definition(self, it);
    }

    fn visit_property_definition(&mut self, it: &PropertyDefinition<'a>) {
        self.blank_modifiers(it.span, it.key.span());
        if it.optional {
            self.blank_behind_key(&it.key, it.computed, '?');
        }
        if it.definite {
            self.blank_behind_key(&it.key, it.computed, '!');
        }
        walk::walk_property_definition(self, it);
    }

    fn visit_accessor_property(&mut self, it: &AccessorProperty<'a>) {
        self.blank_modifiers(it.span, it.key.span());
        if it.definite {
            self.blank_behind_key(&it.key, it.computed, '!');
        }
        walk::walk_accessor_property(self, it);
    }

    fn visit_class(&mut self, it: &Class<'a>) {
        if it.r#abstract {
            let (from, to) = self.word(start(it.span));
            if self.text(from, to) == "abstract" {
                self.edits.blank(from, to);
            }
        }
        self.blank_implements(it);
        walk::walk_class(self, it);
    }

    fn visit_ts_class_implements_list(
        &mut self,
        _: &oxc_allocator::ArenaVec<'a, oxc_ast::ast::TSClassImplements<'a>>,
    ) {
    }

    fn visit_formal_parameter(&mut self, it: &FormalParameter<'a>) {
        if it.accessibility.is_some() || it.readonly || it.r#override {
            self.refuse(it.span, PARAMETER_PROPERTY);
        }
        if it.optional {
            self.blank_token(end(it.pattern.span()), '?');
        }
        walk::walk_formal_parameter(self, it);
    }

    fn visit_ts_this_parameter(&mut self, it: &TSThisParameter<'a>) {
        self.blank_with_comma(it.span);
    }

    fn visit_variable_declarator(&mut self, it: &VariableDeclarator<'a>) {
        if it.definite {
            self.blank_token(end(it.id.span()), '!');
        }
        walk::walk_variable_declarator(self, it);
    }

    /// No line may end between `async` and the parameters, nor between them and the arrow; and after `return`, none
    /// before them. Where a type that did end lines there is blank now, the bracket moves to its other end.
    fn visit_arrow_function_expression(&mut self, it: &ArrowFunctionExpression<'a>) {
        let parameters = it.params.span;
        if let Some(types) = &it.type_parameters
            && self.has_line_end(start(types.span), start(parameters))
        {
            self.edits.mark(start(types.span), '(');
            self.edits.blank(start(parameters), start(parameters) + 1);
        }
        if let Some(result) = &it.return_type
            && self.has_line_end(end(parameters), end(result.span))
        {
            let last = self
                .source
                .floor_char_boundary(end(result.span).saturating_sub(1));
            self.edits
                .blank(end(parameters).saturating_sub(1), end(parameters));
            self.edits.mark(last, ')');
        }
        walk::walk_arrow_function_expression(self, it);
    }

    fn visit_ts_as_expression(&mut self, it: &TSAsExpression<'a>) {
        self.visit_expression(&it.expression);
        self.blank_behind(&it.expression, it.span);
    }

    fn visit_ts_satisfies_expression(&mut self, it: &TSSatisfiesExpression<'a>) {
        self.visit_expression(&it.expression);
        self.blank_behind(&it.expression, it.span);
    }

    fn visit_ts_non_null_expression(&mut self, it: &TSNonNullExpression<'a>) {
        self.visit_expression(&it.expression);
        self.blank_token(end(it.expression.span()), '!');
    }

    fn visit_ts_instantiation_expression(&mut self, it: &TSInstantiationExpression<'a>) {
        self.visit_expression(&it.expression);
        self.blank(it.type_arguments.span);
    }

    fn visit_ts_type_assertion(&mut self, it: &TSTypeAssertion<'a>) {
        self.refuse(it.span, ASSERTION);
    }

    fn visit_ts_type_annotation(&mut self, it: &TSTypeAnnotation<'a>) {
        self.blank(it.span);
    }

    fn visit_ts_type_parameter_declaration(&mut self, it: &TSTypeParameterDeclaration<'a>) {
        self.blank(it.span);
    }

    fn visit_ts_type_parameter_instantiation(&mut self, it: &TSTypeParameterInstantiation<'a>) {
        self.blank(it.span);
    }

    fn visit_import_specifier(&mut self, it: &ImportSpecifier<'a>) {
        if is_type(it.import_kind) {
            self.blank_with_comma(it.span);
        }
    }

    fn visit_export_specifier(&mut self, it: &ExportSpecifier<'a>) {
        if is_type(it.export_kind) {
            self.blank_with_comma(it.span);
        }
    }

    fn visit_decorator(&mut self, it: &Decorator<'a>) {
        self.refuse(it.span, DECORATOR);
    }
}
