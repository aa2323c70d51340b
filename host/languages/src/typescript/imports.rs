//! What a module asks for by a name that stands in its text.

use oxc_ast::ast::{
    Argument, CallExpression, ExportAllDeclaration, ExportFromDeclaration, Expression,
    ImportDeclaration, ImportExpression, Program, StringLiteral,
};
use oxc_ast_visit::{Visit, walk};

/// One such name.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Specifier {
    pub(crate) text: String,
    /// `require`, or else `import`.
    pub(crate) is_require: bool,
}

/// All of them, in the order of the text.
pub(super) fn of(program: &Program<'_>) -> Vec<Specifier> {
    let mut found = Found(Vec::new());
    found.visit_program(program);
    found.0
}

struct Found(Vec<Specifier>);

impl Found {
    fn add(&mut self, literal: &StringLiteral<'_>, is_require: bool) {
        self.0.push(Specifier {
            text: literal.value.to_string(),
            is_require,
        });
    }
}

/// `require(…)` and `require.resolve(…)`, whatever `require` is there.
fn is_require(callee: &Expression<'_>) -> bool {
    match callee {
        Expression::Identifier(name) => name.name == "require",
        Expression::StaticMemberExpression(member) => {
            member.property.name == "resolve"
                && matches!(&member.object, Expression::Identifier(name) if name.name == "require")
        }
        _ => false,
    }
}

impl<'a> Visit<'a> for Found {
    fn visit_import_declaration(&mut self, node: &ImportDeclaration<'a>) {
        self.add(&node.source, false);
    }

    fn visit_export_all_declaration(&mut self, node: &ExportAllDeclaration<'a>) {
        self.add(&node.source, false);
    }

    fn visit_export_from_declaration(&mut self, node: &ExportFromDeclaration<'a>) {
        self.add(&node.source, false);
    }

    fn visit_import_expression(&mut self, node: &ImportExpression<'a>) {
        if let Expression::StringLiteral(literal) = &node.source {
            self.add(literal, false);
        }
        walk::walk_import_expression(self, node);
    }

    fn visit_call_expression(&mut self, node: &CallExpression<'a>) {
        if let (true, Some(Argument::StringLiteral(literal))) =
            (is_require(&node.callee), node.arguments.first())
        {
            self.add(literal, true);
        }
        walk::walk_call_expression(self, node);
    }
}
