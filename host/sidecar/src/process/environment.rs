//! The environment and the arguments of a program.

use std::collections::BTreeMap;

use crate::rejection::Rejection;
use crate::vm::Vm;
use crate::vm::config::check_variable;

/// Where commands are looked for.
pub(crate) const SYSTEM_PATH: &str = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";
/// Who guests are.
const USER: &str = "agentos";
const HOME: &str = "/home/agentos";
/// Variables that are the sidecar's own business.
const PRIVATE: [&str; 2] = ["AGENTOS_", "AGENT_OS_"];

fn too_large(what: &str, bytes: u64, most: u64) -> Rejection {
    Rejection::kernel(
        "EINVAL",
        format!("the {what} has {bytes} bytes, and may have {most}"),
    )
}

/// Bytes of texts, each with the byte that ends it.
fn bytes<'a>(texts: impl Iterator<Item = &'a str>) -> u64 {
    texts.map(|text| text.len() as u64 + 1).sum()
}

/// Refuses arguments that are too long, or no arguments.
pub(crate) fn check_arguments(vm: &Vm, arguments: &[String]) -> Result<(), Rejection> {
    if arguments.iter().any(|argument| argument.contains('\0')) {
        return Err(Rejection::kernel("EINVAL", "an argument holds NUL"));
    }
    let have = bytes(arguments.iter().map(String::as_str));
    match vm.config.limits.resources.max_process_argv_bytes {
        Some(most) if have > most => Err(too_large("argument list", have, most)),
        Some(_) | None => Ok(()),
    }
}

/// The variables that a program is given: the VM's, then the request's, then the sidecar's own. Which of them it sees is for
/// the policy.
pub(crate) fn variables(
    vm: &Vm,
    asked: Vec<(String, String)>,
    cwd: &str,
) -> Result<Vec<(String, String)>, Rejection> {
    let mut variables: BTreeMap<String, String> = vm.config.env.clone();
    for (name, value) in asked {
        check_variable(&name).map_err(|what| Rejection::kernel("EINVAL", what))?;
        variables.insert(name, value);
    }
    variables.retain(|name, _| !PRIVATE.iter().any(|prefix| name.starts_with(prefix)));
    let path = match variables.get("PATH") {
        None => SYSTEM_PATH.to_owned(),
        Some(own) => {
            let known: Vec<&str> = SYSTEM_PATH.split(':').collect();
            let more = own
                .split(':')
                .filter(|item| !item.is_empty() && !known.contains(item));
            std::iter::once(SYSTEM_PATH)
                .chain(more)
                .collect::<Vec<_>>()
                .join(":")
        }
    };
    let own = [
        ("USER", USER),
        ("LOGNAME", USER),
        ("HOME", HOME),
        ("SHELL", "/bin/sh"),
        ("TMPDIR", "/tmp"),
    ];
    for (name, value) in own {
        variables
            .entry(name.to_owned())
            .or_insert_with(|| value.to_owned());
    }
    variables.insert("PATH".to_owned(), path);
    variables.insert("PWD".to_owned(), cwd.to_owned());
    if variables.values().any(|value| value.contains('\0')) {
        return Err(Rejection::kernel("EINVAL", "a variable holds NUL"));
    }
    let have = bytes(
        variables
            .iter()
            .flat_map(|(name, value)| [name.as_str(), value.as_str()]),
    );
    match vm.config.limits.resources.max_process_env_bytes {
        Some(most) if have > most => Err(too_large("environment", have, most)),
        Some(_) | None => Ok(variables.into_iter().collect()),
    }
}
