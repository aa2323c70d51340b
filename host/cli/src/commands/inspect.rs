//! `tollgate inspect`: what a component may ask for, and what a policy says to it.

use std::borrow::Cow;
use std::io::Write;
use std::path::Path;

use anstyle::Style;
use serde::Serialize;
use tollgate_bridge::Request;
use tollgate_engine::{
    Engine, Interface, Kind, Profile, RunP3, RunProfile, Source, Surface, surface,
};
use tollgate_policy::{Effective, Scope, ScopeSet};

use super::code::requested;
use super::{compile, release};
use crate::args::Inspect;
use crate::exit::Failure;
use crate::host::files;
use crate::policy;
use crate::terminal::table;

#[derive(Serialize)]
struct Inspected {
    digest: String,
    kind: &'static str,
    /// What it is for, in words.
    world: &'static str,
    requests: Vec<Answer>,
    surface: Surface,
}

/// A request and what the policy says to it.
#[derive(Serialize)]
struct Answer {
    interface: String,
    scope: Scope,
    may: Cow<'static, str>,
    /// `allow`, `deny`, `ask`; `depends` where the run's arguments decide.
    says: &'static str,
    /// The rule that decides, or those that could.
    rules: Vec<String>,
}

pub(crate) fn inspect(args: &Inspect, ceiling: Option<&Path>) -> Result<u8, Failure> {
    release::check_flag(args.wasi_p3)?;
    let policy = policy::load(&args.grants, ceiling, None, ScopeSet::NONE, false)?.effective;
    let file = args.file.display().to_string();
    let failed = |cause| Failure::Load {
        file: file.clone(),
        cause,
    };
    let source = Source::new(files::component(&args.file)?).map_err(failed)?;
    let surface = if args.wasi_p3 {
        of::<RunP3>(&source, &file, &policy)?
    } else {
        of::<RunProfile>(&source, &file, &policy)?
    };
    let inspected = Inspected {
        digest: source.digest().to_string(),
        kind: match source.kind() {
            Kind::Component => "component",
            Kind::Module => "WASI 0.1 module",
        },
        world: world(&surface),
        requests: requested(&surface)
            .iter()
            .map(|request| answer(&policy, request))
            .collect(),
        surface,
    };
    table::to_stdout(|out| {
        if args.json {
            return writeln!(out, "{}", serde_json::to_string_pretty(&inspected)?);
        }
        inspected.print(out)
    })?;
    Ok(0)
}

/// What the component imports and exports, as the runs that it is for would see it.
fn of<P: Profile>(source: &Source, file: &str, policy: &Effective) -> Result<Surface, Failure> {
    let engine: Engine<P> = Engine::new()?;
    let (cache, limits) = (compile::cache(), policy.limits());
    let compiled = compile::runtime()?.block_on(compile::component(
        &engine,
        source,
        file,
        cache.as_ref(),
        &limits,
    ))?;
    Ok(surface(&compiled.component))
}

fn answer(policy: &Effective, request: &Request) -> Answer {
    let said = request.answered(policy);
    Answer {
        interface: request.interface.clone(),
        scope: request.scope,
        may: request.words.clone(),
        says: said.says,
        rules: said.rules,
    }
}

/// Components are told apart by what they export, since that is what somebody calls.
fn world(surface: &Surface) -> &'static str {
    let exports = |interface: &str| {
        let versioned = |export: &Interface| export.name.split('@').next() == Some(interface);
        surface.exports.iter().any(versioned)
    };
    if exports("wasi:cli/run") {
        "a command: `tollgate run` calls it"
    } else if exports("wasi:http/incoming-handler") {
        "an HTTP handler: a server calls it for each request"
    } else if surface.exports.is_empty() {
        "nothing that can be called"
    } else {
        "a library: `tollgate run --invoke` calls its functions"
    }
}

fn colour(says: &str) -> Style {
    match says {
        "allow" => table::GOOD,
        "deny" => table::BAD,
        _ => table::ODD,
    }
}

impl Inspected {
    fn print(&self, out: &mut dyn Write) -> std::io::Result<()> {
        writeln!(out, "{}  {}", self.kind, self.digest)?;
        writeln!(out, "{}", self.world)?;
        for (verb, interfaces) in [
            ("offers", &self.surface.exports),
            ("imports", &self.surface.imports),
        ] {
            for interface in interfaces {
                let name = table::text(&interface.name);
                match interface.functions.len() {
                    0 => writeln!(out, "  {verb} {name}")?,
                    1 => writeln!(out, "  {verb} {name}, 1 function")?,
                    functions => writeln!(out, "  {verb} {name}, {functions} functions")?,
                }
            }
        }
        writeln!(out)?;
        if self.requests.is_empty() {
            return writeln!(out, "it asks for nothing");
        }
        let mut shown = table::table(["it may", "scope", "through", "policy says", "by"]);
        for request in &self.requests {
            shown.add_row([
                request.may.clone().into_owned(),
                request.scope.to_string(),
                table::text(&request.interface),
                request.says.to_owned(),
                request.rules.join(", "),
            ]);
        }
        table::print(out, &shown, |row| {
            self.requests
                .get(row)
                .map_or_else(Style::new, |row| colour(row.says))
        })
    }
}
