//! Words that a crate must not know: `sip` no tenant, `media` no call, `model` no transport.

use super::Finding;
use crate::source::Source;
use crate::tree::Tree;

const RULE: &str = "words";

/// Crate, the words it must not know (any case for the first kind), and why.
const UNKNOWN: &[(&str, &[&str], &str)] = &[
    (
        "sip",
        &["tenant", "tenants", "Tenant", "TenantId", "tenant_id"],
        "sip knows no tenant: it knows accounts and realms",
    ),
    ("media", &["CallId", "call_id", "TenantId", "tenant"], "media knows no call: it knows legs and tags"),
    (
        // An address alone is a value that keys and rules name (`model::Network`); one with a port is a transport's.
        "model",
        &["SocketAddr", "UdpSocket", "TcpStream", "Sdp", "Rtp"],
        "model knows no transport: it stays in the edges",
    ),
];

pub(super) fn check(tree: &Tree) -> Vec<Finding> {
    let mut findings = Vec::new();
    for file in &tree.files {
        for (_, words, why) in UNKNOWN.iter().filter(|(name, ..)| *name == file.owner() && !file.is_test()) {
            let source = Source::parse(&file.text);
            for word in *words {
                for line in source.lines_with(word) {
                    let place = format!("{}:{line}", file.path);
                    findings.push(Finding { rule: RULE, place, message: format!("`{word}`: {why}") });
                }
            }
        }
    }
    findings
}

#[cfg(test)]
mod tests {
    use super::super::example::with_file;
    use super::*;

    #[test]
    fn each_unknown_word_is_found_in_its_crate_only() {
        for (name, words, _) in UNKNOWN {
            for word in *words {
                let text = format!("fn f(x: {word}) {{}}\n");
                assert_eq!(check(&with_file(&format!("crates/{name}/src/a.rs"), &text)).len(), 1, "{word}");
                assert!(check(&with_file("crates/engine/src/a.rs", &text)).is_empty());
            }
        }
    }
}
