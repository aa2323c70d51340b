//! How the resource of an operation is spelled: in records, and for patterns.

use std::borrow::Cow;
use std::fmt::Write as _;
use std::net::IpAddr;

use crate::operation::{NetworkTarget, Operation, Transport};
use crate::suggest;

impl Operation<'_> {
    /// What it is done to, as records name it. Never an environment value, a URL's path, query or
    /// userinfo, nor a path of the host. It is the guest's text otherwise: escape it before it
    /// reaches a terminal or a file.
    #[must_use]
    pub fn resource(&self) -> Cow<'_, str> {
        match *self {
            Self::Network { target, .. } => Cow::Owned(target.resource()),
            Self::Incoming {
                transport,
                local,
                source,
            } => {
                let text = NetworkTarget::at(transport, local).resource();
                Cow::Owned(format!("{text} from {source}"))
            }
            Self::Http {
                method,
                scheme,
                host,
                port,
                addr,
            } => {
                let mut text = suggest::shortened(method);
                text.push(' ');
                push_endpoint(&mut text, scheme.as_str(), presentable(host), Some(port));
                push_address(&mut text, host, addr);
                Cow::Owned(text)
            }
            Self::Keyvalue {
                store: outer,
                key: inner,
                ..
            }
            | Self::Blobstore {
                container: outer,
                object: inner,
                ..
            } => match inner {
                Some(inner) => Cow::Owned(format!("{outer}/{inner}")),
                None => Cow::Borrowed(outer),
            },
            Self::Fs { .. }
            | Self::ChildProcess { .. }
            | Self::Process { .. }
            | Self::Env { .. }
            | Self::Tool { .. }
            | Self::Stdio { .. }
            | Self::Clock { .. }
            | Self::Random { .. }
            | Self::Secret { .. }
            | Self::Control { .. }
            | Self::Config { .. }
            | Self::Logging
            | Self::Link { .. }
            | Self::Program { .. } => Cow::Borrowed(self.plain_resource()),
        }
    }

    /// The resource of an operation that holds it as one piece of text; empty for the others.
    fn plain_resource(&self) -> &str {
        match *self {
            Self::Fs { path, .. } | Self::Program { path } => path,
            Self::ChildProcess { command } => command,
            Self::Process { .. } => "process://snapshot",
            Self::Env { name, .. } | Self::Tool { name } | Self::Secret { name } => name,
            Self::Stdio { stream } => stream.as_str(),
            Self::Clock { clock } => clock.as_str(),
            Self::Random { source } => source.as_str(),
            Self::Control { verb } => verb,
            Self::Config { key } => key,
            Self::Logging => "log",
            Self::Link { interface } => interface,
            Self::Network { .. }
            | Self::Incoming { .. }
            | Self::Http { .. }
            | Self::Keyvalue { .. }
            | Self::Blobstore { .. } => "",
        }
    }

    /// What the patterns of a scope are matched against: the resource, but in the spelling of the
    /// sidecar protocol where that has one of its own.
    pub(crate) fn pattern_subject(&self) -> Cow<'_, str> {
        match *self {
            Self::Network { target, .. } => Cow::Owned(target.pattern_subject()),
            Self::Incoming {
                transport, local, ..
            } => Cow::Owned(NetworkTarget::at(transport, local).pattern_subject()),
            Self::Http { host, port, .. } => {
                let mut text = String::new();
                push_endpoint(&mut text, Transport::Tcp.as_str(), host, Some(port));
                Cow::Owned(text)
            }
            _ => self.resource(),
        }
    }
}

impl NetworkTarget<'_> {
    fn resource(&self) -> String {
        let host = match self.transport {
            Transport::Unix => self.host,
            Transport::Tcp | Transport::Udp | Transport::Dns => self.host.map(presentable),
        };
        let mut text = self.spelled(host);
        if let Some(host) = self.host {
            push_address(&mut text, host, self.addr);
        }
        text
    }

    fn pattern_subject(&self) -> String {
        self.spelled(self.host)
    }

    /// `tcp://host:port`, `dns://name`, `unix://path`; `*` stands for what is absent.
    fn spelled(&self, host: Option<&str>) -> String {
        let address = self.addr.map(|addr| addr.to_string());
        let host = host.or(address.as_deref()).unwrap_or("*");
        let mut text = String::new();
        match self.transport {
            Transport::Tcp | Transport::Udp => {
                push_endpoint(&mut text, self.transport.as_str(), host, self.port);
            }
            Transport::Unix | Transport::Dns => {
                text.push_str(self.transport.as_str());
                text.push_str("://");
                text.push_str(host);
            }
        }
        text
    }
}

/// Appends `scheme://host:port`; an IPv6 address is put in brackets, as in a URL.
fn push_endpoint(text: &mut String, scheme: &str, host: &str, port: Option<u16>) {
    text.push_str(scheme);
    text.push_str("://");
    if host.contains(':') && !host.starts_with('[') {
        text.push('[');
        text.push_str(host);
        text.push(']');
    } else {
        text.push_str(host);
    }
    match port {
        Some(port) => {
            // Writing into a string cannot fail.
            let _ = write!(text, ":{port}");
        }
        None => text.push_str(":*"),
    }
}

/// Appends the address that a name led to: the record must show what was dialled.
fn push_address(text: &mut String, host: &str, addr: Option<IpAddr>) {
    if let Some(addr) = addr
        && host != addr.to_string()
    {
        // Writing into a string cannot fail.
        let _ = write!(text, " at {addr}");
    }
}

/// A host that may stand in a record. One with delimiters of a URL in it is none, and might carry a
/// password or a query into the log.
fn presentable(host: &str) -> &str {
    const LONGEST_NAME: usize = 255;
    if host.len() > LONGEST_NAME || host.contains(['@', '/', '?', '#', '\\']) {
        "(not a host name)"
    } else {
        host
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::operation::{HttpScheme, Stdio};
    use crate::verb::NetworkVerb;

    fn http<'a>(host: &'a str, addr: Option<IpAddr>) -> Operation<'a> {
        Operation::Http {
            method: "GET",
            scheme: HttpScheme::Https,
            host,
            port: 443,
            addr,
        }
    }

    #[test]
    fn resources_have_one_spelling() {
        let ip: IpAddr = IpAddr::from([192, 0, 2, 7]);
        let target = NetworkTarget {
            transport: Transport::Tcp,
            host: None,
            addr: Some(ip),
            port: Some(80),
        };
        let connect = Operation::Network {
            verb: NetworkVerb::Connect,
            target,
        };
        assert_eq!(connect.resource(), "tcp://192.0.2.7:80");
        assert_eq!(connect.name(), "network.connect");

        let inspect = Operation::Network {
            verb: NetworkVerb::Inspect,
            target: NetworkTarget {
                transport: Transport::Udp,
                host: None,
                addr: None,
                port: None,
            },
        };
        assert_eq!(inspect.resource(), "udp://*:*");

        let v6 = NetworkTarget {
            addr: Some(IpAddr::from([0u16; 8])),
            ..target
        };
        assert_eq!(
            Operation::Network {
                verb: NetworkVerb::Bind,
                target: v6
            }
            .resource(),
            "tcp://[::]:80"
        );
        assert_eq!(
            http("a.example", Some(ip)).resource(),
            "GET https://a.example:443 at 192.0.2.7"
        );
        assert_eq!(
            http("192.0.2.7", Some(ip)).resource(),
            "GET https://192.0.2.7:443"
        );
        assert_eq!(
            Operation::Stdio {
                stream: Stdio::Stdin
            }
            .name(),
            "stdio.read"
        );
    }

    #[test]
    fn a_resource_never_holds_userinfo_or_a_query() {
        for host in [
            "user:pw@h",
            "h?token=s",
            "h/p?q",
            "us?er:pw@h",
            "h#f",
            "h\\@x",
        ] {
            assert_eq!(
                http(host, None).resource(),
                "GET https://(not a host name):443"
            );
            let target = NetworkTarget {
                transport: Transport::Dns,
                host: Some(host),
                addr: None,
                port: None,
            };
            let resolve = Operation::Network {
                verb: NetworkVerb::Resolve,
                target,
            };
            assert_eq!(resolve.resource(), "dns://(not a host name)");
        }
    }

    #[test]
    fn an_endless_method_is_cut() {
        let method = "X".repeat(1 << 20);
        let operation = Operation::Http {
            method: &method,
            scheme: HttpScheme::Http,
            host: "h",
            port: 80,
            addr: None,
        };
        assert!(operation.resource().len() < 200);
    }
}
