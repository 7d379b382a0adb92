//! Checks the names that a template uses, in every branch, even in branches that no data reaches.

use minijinja::{
    Environment,
    machinery::{
        ast::{Call, CallArg, Expr, Macro, Stmt},
        parse,
    },
    syntax::SyntaxConfig,
};

use super::contents::{Contents, Kind, Variable};

/// Filters that return a list of the same entries.
const SAME: [&str; 4] = ["list", "reverse", "sort", "unique"];

/// The type of an expression.
#[derive(Clone, Copy)]
enum Type {
    /// A text or a number.
    Plain,
    /// A list of entries with these fields.
    List(&'static [Variable]),
    /// One entry with these fields.
    Entry(&'static [Variable]),
    /// A value that the template made itself.
    Own,
}

impl From<Kind> for Type {
    fn from(kind: Kind) -> Self {
        match kind {
            Kind::Fixed(_) | Kind::Optional(_) | Kind::Free(_) | Kind::Count(_) | Kind::Amount(_) => {
                Self::Plain
            }
            Kind::List(fields) => Self::List(fields),
        }
    }
}

/// Returns the first defect in `source`: a name that emails with these contents never have, or a
/// construct that is not allowed.
pub(super) fn unknown(source: &str, contents: &Contents, environment: &Environment<'_>) -> Option<String> {
    // Filling reports the error of a template that cannot be parsed.
    let parsed = parse(source, "template", SyntaxConfig::default()).ok()?;
    let mut reader = Reader { contents, environment, scopes: vec![Vec::new()], wrong: None };
    reader.statement(&parsed);
    reader.wrong
}

struct Reader<'a> {
    contents: &'a Contents,
    environment: &'a Environment<'a>,
    /// The names that the template defined, innermost scope last.
    scopes: Vec<Vec<(&'a str, Type)>>,
    wrong: Option<String>,
}

impl<'a> Reader<'a> {
    fn refuse(&mut self, wrong: String) -> Type {
        self.wrong.get_or_insert(wrong);
        Type::Own
    }

    fn name(&mut self, name: &'a str, is: Type) {
        if let Some(scope) = self.scopes.last_mut() {
            scope.push((name, is));
        }
    }

    fn names(&mut self, target: &Expr<'a>, is: Type) {
        match target {
            Expr::Var(variable) => self.name(variable.id, is),
            Expr::List(list) => list.items.iter().for_each(|item| self.names(item, Type::Own)),
            Expr::Tuple(tuple) => tuple.items.iter().for_each(|item| self.names(item, Type::Own)),
            other => {
                self.expression(other);
            }
        }
    }

    fn within(&mut self, read: impl FnOnce(&mut Self)) {
        self.scopes.push(Vec::new());
        read(self);
        self.scopes.pop();
    }

    fn body(&mut self, body: &[Stmt<'a>]) {
        for statement in body {
            self.statement(statement);
        }
    }

    fn statement(&mut self, statement: &Stmt<'a>) {
        match statement {
            Stmt::EmitRaw(_) => {}
            Stmt::Template(template) => self.body(&template.children),
            Stmt::EmitExpr(emit) => {
                self.expression(&emit.expr);
            }
            Stmt::ForLoop(each) => {
                let entry = match self.expression(&each.iter) {
                    Type::List(fields) => Type::Entry(fields),
                    _ => Type::Own,
                };
                self.within(|this| {
                    this.name("loop", Type::Own);
                    this.names(&each.target, entry);
                    this.maybe(each.filter_expr.as_ref());
                    this.body(&each.body);
                });
                self.within(|this| this.body(&each.else_body));
            }
            Stmt::IfCond(condition) => {
                self.expression(&condition.expr);
                self.body(&condition.true_body);
                self.body(&condition.false_body);
            }
            Stmt::WithBlock(with) => self.within(|this| {
                for (target, value) in &with.assignments {
                    let is = this.expression(value);
                    this.names(target, is);
                }
                this.body(&with.body);
            }),
            Stmt::Set(set) => {
                let is = self.expression(&set.expr);
                self.names(&set.target, is);
            }
            Stmt::SetBlock(set) => {
                self.maybe(set.filter.as_ref());
                self.within(|this| this.body(&set.body));
                self.names(&set.target, Type::Plain);
            }
            Stmt::FilterBlock(block) => {
                self.expression(&block.filter);
                self.within(|this| this.body(&block.body));
            }
            Stmt::Macro(made) => self.makes(made),
            Stmt::CallBlock(block) => {
                self.call(&block.call);
                self.within(|this| this.makes(&block.macro_decl));
            }
            Stmt::Do(call) => {
                self.call(&call.call);
            }
            Stmt::AutoEscape(_) => {
                self.refuse("must not use `autoescape`: what an email shows is always escaped".to_owned());
            }
            // Covers language constructs that another crate's features add.
            #[allow(unreachable_patterns, reason = "the variants depend on features of the crate")]
            _ => {
                self.refuse("must not use other templates".to_owned());
            }
        }
    }

    fn makes(&mut self, made: &Macro<'a>) {
        self.name(made.name, Type::Own);
        self.within(|this| {
            this.name("caller", Type::Own);
            made.args.iter().for_each(|argument| this.names(argument, Type::Own));
            made.defaults.iter().for_each(|default| {
                this.expression(default);
            });
            this.body(&made.body);
        });
    }

    fn maybe(&mut self, expression: Option<&Expr<'a>>) -> Type {
        expression.map_or(Type::Own, |expression| self.expression(expression))
    }

    fn expression(&mut self, expression: &Expr<'a>) -> Type {
        match expression {
            Expr::Const(_) => Type::Own,
            Expr::Var(variable) => self.variable(variable.id),
            Expr::GetAttr(attribute) => {
                let of = self.expression(&attribute.expr);
                self.field(of, attribute.name)
            }
            Expr::GetItem(item) => {
                let of = self.expression(&item.expr);
                self.expression(&item.subscript_expr);
                match (of, &item.subscript_expr) {
                    (Type::Entry(_), Expr::Const(name)) => self.field(of, name.value.as_str().unwrap_or("")),
                    (Type::List(fields), _) => Type::Entry(fields),
                    _ => Type::Own,
                }
            }
            Expr::Slice(slice) => {
                for end in [&slice.start, &slice.stop, &slice.step] {
                    self.maybe(end.as_ref());
                }
                self.expression(&slice.expr)
            }
            Expr::Filter(filter) => {
                let of = self.maybe(filter.expr.as_ref());
                self.arguments(&filter.args);
                if filter.name == "safe" {
                    return self
                        .refuse("must not use `safe`: what an email shows is always escaped".to_owned());
                }
                self.known("filter", filter.name);
                match of {
                    Type::List(fields) if matches!(filter.name, "first" | "last") => Type::Entry(fields),
                    Type::List(_) if SAME.contains(&filter.name) => of,
                    _ => Type::Own,
                }
            }
            Expr::Test(test) => {
                self.expression(&test.expr);
                self.arguments(&test.args);
                self.known("test", test.name);
                Type::Own
            }
            Expr::Call(call) => self.call(call),
            Expr::IfExpr(choice) => {
                self.expression(&choice.test_expr);
                let is = self.expression(&choice.true_expr);
                self.maybe(choice.false_expr.as_ref());
                is
            }
            Expr::UnaryOp(operation) => self.all(&[&operation.expr]),
            Expr::BinOp(operation) => self.all(&[&operation.left, &operation.right]),
            Expr::Compare(comparison) => {
                self.expression(&comparison.expr);
                self.all(&comparison.ops.iter().map(|operation| &operation.expr).collect::<Vec<_>>())
            }
            Expr::List(list) => self.all(&list.items.iter().collect::<Vec<_>>()),
            Expr::Tuple(tuple) => self.all(&tuple.items.iter().collect::<Vec<_>>()),
            Expr::Map(map) => self.all(&map.keys.iter().chain(&map.values).collect::<Vec<_>>()),
        }
    }

    fn all(&mut self, expressions: &[&Expr<'a>]) -> Type {
        for expression in expressions {
            self.expression(expression);
        }
        Type::Own
    }

    fn variable(&mut self, name: &'a str) -> Type {
        let own = self.scopes.iter().rev().flat_map(|scope| scope.iter().rev());
        if let Some((_, is)) = own.into_iter().find(|(own, _)| *own == name) {
            return *is;
        }
        if let Some(variable) = self.contents.find(name) {
            return variable.kind.into();
        }
        let known: Vec<_> = self.contents.variables.iter().map(|variable| variable.name).collect();
        self.refuse(format!("must not use `{name}`: these emails have only {}", known.join(", ")))
    }

    fn field(&mut self, of: Type, name: &str) -> Type {
        match of {
            Type::Own => Type::Own,
            Type::Entry(fields) => {
                if let Some(field) = fields.iter().find(|field| field.name == name) {
                    field.kind.into()
                } else {
                    let known: Vec<_> = fields.iter().map(|field| field.name).collect();
                    self.refuse(format!("must not use `.{name}`: an entry has only {}", known.join(", ")))
                }
            }
            Type::Plain | Type::List(_) => {
                self.refuse(format!("must not use `.{name}`: only entries of a list have fields"))
            }
        }
    }

    fn call(&mut self, call: &Call<'a>) -> Type {
        self.arguments(&call.args);
        let is_function = match &call.expr {
            Expr::Var(function) => self.environment.globals().any(|(name, _)| name == function.id),
            _ => false,
        };
        if !is_function {
            self.expression(&call.expr);
        }
        Type::Own
    }

    fn arguments(&mut self, arguments: &[CallArg<'a>]) {
        for argument in arguments {
            match argument {
                CallArg::Pos(value)
                | CallArg::Kwarg(_, value)
                | CallArg::PosSplat(value)
                | CallArg::KwargSplat(value) => self.expression(value),
            };
        }
    }

    /// Rejects a filter or a test that does not exist.
    fn known(&mut self, kind: &str, name: &str) {
        let asked = self.environment.compile_expression(match kind {
            "filter" => "name is filter",
            _ => "name is test",
        });
        let is_known =
            asked.and_then(|asked| asked.eval(minijinja::context! { name })).is_ok_and(|is| is.is_true());
        if !is_known {
            self.refuse(format!("must not use `{name}`: there is no such {kind}"));
        }
    }
}
