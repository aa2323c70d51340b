//! The names of interfaces.

/// The name without its version: what a policy's reader and the log know it by.
pub(super) fn unversioned(name: &str) -> &str {
    name.split('@').next().unwrap_or(name)
}

/// What keeps `name` from being an interface's.
pub(super) fn check(name: &str) -> Option<String> {
    let shape = || format!("write its name as `ns:pkg/name@1.0.0`, not `{name}`");
    let (package, interface) = unversioned(name).split_once('/').unzip();
    let (namespace, package) = package.unwrap_or_default().split_once(':').unzip();
    let words = [namespace, package, interface].map(Option::unwrap_or_default);
    if !words.into_iter().all(is_kebab) {
        return Some(shape());
    }
    if let Some((_, version)) = name.split_once('@')
        && !is_version(version)
    {
        return Some(shape());
    }
    tollgate_bridge::provides(name).then(|| "the host provides it itself".to_owned())
}

/// Words of ASCII letters and digits, each beginning with a letter, with a dash between them.
fn is_kebab(name: &str) -> bool {
    name.split('-').all(|word| {
        word.starts_with(|first: char| first.is_ascii_alphabetic())
            && word.bytes().all(|byte| byte.is_ascii_alphanumeric())
    })
}

/// Three numbers, and what SemVer lets follow them.
fn is_version(version: &str) -> bool {
    let end = version.find(['-', '+']).unwrap_or(version.len());
    let (numbers, rest) = version.split_at(end);
    let number =
        |part: &str| part.parse::<u64>().is_ok() && (part == "0" || !part.starts_with(['0', '+']));
    let of_three = numbers.split('.').count() == 3 && numbers.split('.').all(number);
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b".-+".contains(&byte);
    of_three && rest.bytes().all(plain) && (rest.is_empty() || rest.len() > 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_a_namespace_a_package_an_interface_and_perhaps_a_version() {
        for good in [
            "acme:notes/store",
            "acme:notes/store@1.0.0",
            "a:b-c2/d@0.2.0-rc.1",
        ] {
            assert_eq!(check(good), None, "{good}");
        }
        for bad in [
            "",
            "store",
            "acme/store",
            "acme:notes",
            "acme:notes/store@1",
            "acme:notes/store@1.0.x",
            "acme:notes/",
            "Ac me:notes/store",
            "acme:notes/store@",
            "acme:notes/2nd",
            "acme:notes/store@01.0.0",
            "wasi:cli/stdin@0.2.12",
        ] {
            assert!(check(bad).is_some(), "{bad}");
        }
    }
}
