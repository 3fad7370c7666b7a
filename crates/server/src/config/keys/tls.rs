//! The keys of TLS: whose certificate we show, and whom we believe.

use super::{Key, list, path, quoted};
use crate::config::Config;
use std::path::PathBuf;
use tokio_rustls::rustls::pki_types::ServerName;

/// Their table.
pub(super) const KEYS: &[Key] = &[
    Key {
        path: "tls.certificate",
        help: "The certificate chain for HTTPS, SIP over TLS and SIP over WSS, a PEM file. A changed file serves new\n\
               connections within seconds. Empty: the one that tls.acme fetches, else one that Alo makes for itself in\n\
               the data directory (tls/own.crt), which browsers and phones have to be told to trust.",
        read: |c, raw| {
            c.tls.certificate = raw.optional()?.map(PathBuf::from);
            Ok(())
        },
        show: |c| quoted(&path(c.tls.certificate.as_deref())),
    },
    Key {
        path: "tls.key",
        help: "The key of tls.certificate, a PEM file.",
        read: |c, raw| {
            c.tls.key = raw.optional()?.map(PathBuf::from);
            Ok(())
        },
        show: |c| quoted(&path(c.tls.key.as_deref())),
    },
    Key {
        path: "tls.names",
        help: "Host names and addresses to put into a certificate of Alo's own: [\"pbx.example.vn\"]. A list; localhost\n\
               and the addresses of this machine are in it anyway.",
        read: |c, raw| {
            c.tls.names = raw.words()?;
            Ok(())
        },
        show: |c| list(&c.tls.names),
    },
    Key {
        path: "tls.roots",
        help: "The authorities that may vouch for carriers we reach over TLS, a PEM file. A changed file counts for new\n\
               connections within seconds. Empty: the system's.",
        read: |c, raw| {
            c.tls.roots = raw.optional()?.map(PathBuf::from);
            Ok(())
        },
        show: |c| quoted(&path(c.tls.roots.as_deref())),
    },
    Key {
        path: "tls.acme.directory",
        help: "The directory of an authority that gives certificates by ACME (RFC 8555), such as\n\
               \"https://acme-v02.api.letsencrypt.org/directory\". The certificate is fetched at the first start and anew when\n\
               a third of its life is left; when that fails, the old one stays. Empty: off.",
        read: |c, raw| {
            c.tls.acme.directory = raw.optional()?;
            match c.tls.acme.directory.as_deref().map(reqwest::Url::parse) {
                None => Ok(()),
                Some(Ok(url)) if url.scheme() == "https" && url.has_host() => Ok(()),
                Some(_) => Err("must be a URL that starts with \"https://\", or be empty".into()),
            }
        },
        show: |c| quoted(c.tls.acme.directory.as_deref().unwrap_or_default()),
    },
    Key {
        path: "tls.acme.names",
        help: "The host names the certificate is for: [\"pbx.example.vn\"]. A list; each must lead to this server. Another\n\
               list than the certificate's fetches a new one.",
        read: |c, raw| {
            c.tls.acme.names = raw.words()?;
            match c.tls.acme.names.iter().find(|name| ServerName::try_from(name.as_str()).is_err()) {
                Some(name) => Err(format!("must be a list of host names without \"*\", of which {name:?} is none")),
                None => Ok(()),
            }
        },
        show: |c| list(&c.tls.acme.names),
    },
    Key {
        path: "tls.acme.terms_agreed",
        help: "true: you have read and agree to the terms of service of the authority. It gives nothing otherwise.",
        read: |c, raw| {
            c.tls.acme.terms_agreed = raw.word(&[("true", true), ("false", false)])?;
            Ok(())
        },
        show: |c| c.tls.acme.terms_agreed.to_string(),
    },
    Key {
        path: "tls.acme.contact",
        help: "The mail addresses at which the authority may reach you: [\"it@example.vn\"]. A list, told when the account\n\
               with it is made.",
        read: |c, raw| {
            c.tls.acme.contact = raw.words()?;
            match c.tls.acme.contact.iter().find(|address| !address.contains('@')) {
                Some(address) => Err(format!("must be a list of mail addresses, of which {address:?} is none")),
                None => Ok(()),
            }
        },
        show: |c| list(&c.tls.acme.contact),
    },
    Key {
        path: "tls.acme.listen",
        help: "Where the authority's questions (HTTP-01) are answered, and nothing else is. It asks at port 80 of each name:\n\
               keep that port, or let a proxy pass /.well-known/acme-challenge/ on to another. Empty: they are answered at\n\
               http.tls_listen in the handshake (TLS-ALPN-01), which must then be port 443 to the world.",
        read: |c, raw| {
            c.tls.acme.listen = raw.sockets()?;
            Ok(())
        },
        show: |c| list(&c.tls.acme.listen),
    },
    Key {
        path: "tls.acme.folder",
        help: "Where the certificate and the sealed key of the account are kept. Empty: tls/acme in the data directory.",
        read: |c, raw| {
            c.tls.acme.folder = raw.optional()?.map(PathBuf::from);
            Ok(())
        },
        show: |c| quoted(&path(c.tls.acme.folder.as_deref())),
    },
    Key {
        path: "tls.acme.roots",
        help: "The authorities that may vouch for the directory itself, a PEM file: for one of your own house. Empty: the\n\
               system's.",
        read: |c, raw| {
            c.tls.acme.roots = raw.optional()?.map(PathBuf::from);
            Ok(())
        },
        show: |c| quoted(&path(c.tls.acme.roots.as_deref())),
    },
];

/// What keys together must obey.
pub(super) fn cross_check(config: &Config) -> Result<(), (&'static str, String)> {
    let tls = &config.tls;
    if tls.certificate.is_some() != tls.key.is_some() {
        return Err(("tls.certificate", "needs tls.key beside it: set both, or neither".into()));
    }
    let acme = &tls.acme;
    if acme.directory.is_none() {
        return Ok(());
    }
    if tls.certificate.is_some() {
        return Err(("tls.acme.directory", "leaves tls.certificate unused: set one of them".into()));
    }
    if acme.names.is_empty() {
        return Err(("tls.acme.names", "must name one host at least, as tls.acme.directory is set".into()));
    }
    if !acme.terms_agreed {
        let why = "must be true, as tls.acme.directory is set: read the authority's terms of service and agree to them";
        return Err(("tls.acme.terms_agreed", why.into()));
    }
    if acme.listen.is_empty() && config.http.tls_listen.is_none() {
        return Err(("tls.acme.listen", "may only be empty where http.tls_listen is set".into()));
    }
    Ok(())
}
