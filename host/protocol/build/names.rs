//! Names of WIT as those of Rust, by the rules of `bindgen!`, so that both call a thing the same.

/// `create-vm-request` as `CreateVmRequest`.
pub(crate) fn camel(name: &str) -> String {
    let mut camel = String::new();
    for word in name.split('-') {
        let mut letters = word.chars();
        camel.extend(letters.next().map(|first| first.to_ascii_uppercase()));
        camel.push_str(letters.as_str());
    }
    camel
}

/// `connection-id` as `connection_id`. A name that is a word of Rust's fails the build: `bindgen!` would change it in a
/// way of its own.
pub(crate) fn snake(name: &str) -> String {
    const WORDS: [&str; 12] = [
        "as", "const", "crate", "enum", "fn", "for", "in", "match", "move", "ref", "type", "use",
    ];
    assert!(!WORDS.contains(&name), "`{name}` is a word of Rust's");
    name.replace('-', "_")
}
