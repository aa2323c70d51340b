//! Whom TLS trusts.

use std::sync::{Arc, LazyLock, OnceLock};

use tokio_rustls::rustls::pki_types::CertificateDer;
use tokio_rustls::rustls::pki_types::pem::PemObject as _;
use tokio_rustls::rustls::{ClientConfig, RootCertStore, crypto};

/// The most bytes of one file of certificate authorities: four times what systems ship.
pub const MOST_AUTHORITY_BYTES: u64 = 1 << 20;

/// Why a file names no certificate authorities.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum AuthorityError {
    /// There is no certificate in it.
    #[error("it holds no certificate in PEM form (`-----BEGIN CERTIFICATE-----`)")]
    None,
    /// There is something in it that begins as a certificate and is none.
    #[error("one of its certificates cannot be read")]
    Malformed,
}

/// Certificate authorities beside the system's.
#[derive(Debug, Clone, Default)]
pub struct Authorities(Vec<CertificateDer<'static>>);

impl Authorities {
    /// Adds the certificates of a PEM file. Whatever else stands in it is passed over, keys among it.
    ///
    /// # Errors
    ///
    /// There is none, or one of them cannot be read: an authority that is silently missing is found out too late.
    pub fn add(&mut self, pem: &[u8]) -> Result<(), AuthorityError> {
        let found: Vec<CertificateDer<'static>> = CertificateDer::pem_slice_iter(pem)
            .collect::<Result<_, _>>()
            .map_err(|_| AuthorityError::Malformed)?;
        let mut store = RootCertStore::empty();
        for certificate in &found {
            store
                .add(certificate.clone())
                .map_err(|_| AuthorityError::Malformed)?;
        }
        if found.is_empty() {
            return Err(AuthorityError::None);
        }
        self.0.extend(found);
        Ok(())
    }
}

/// Whom TLS trusts: the system's certificate authorities (the bundled ones where it has none), and those that an operator
/// adds. A clone trusts the same. What the system trusts is read when the first `https` request is made, and once.
#[derive(Debug, Clone)]
pub struct Trust(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    added: Authorities,
    config: OnceLock<Option<Arc<ClientConfig>>>,
}

static SYSTEM: LazyLock<Trust> = LazyLock::new(|| Trust::new(Authorities::default()));

impl Default for Trust {
    /// The system's. Every such value of a process shares what was read.
    fn default() -> Self {
        SYSTEM.clone()
    }
}

impl Trust {
    /// The system's authorities and these.
    #[must_use]
    pub fn new(added: Authorities) -> Self {
        Self(Arc::new(Inner {
            added,
            config: OnceLock::new(),
        }))
    }

    /// What a connection needs; nothing when no authority can be had at all.
    pub(super) async fn config(&self) -> Option<Arc<ClientConfig>> {
        if let Some(config) = self.0.config.get() {
            return config.clone();
        }
        let trust = self.clone();
        // Reads files.
        let read = tokio::task::spawn_blocking(move || {
            trust.0.config.get_or_init(|| trust.read()).clone()
        });
        read.await.ok().flatten()
    }

    fn read(&self) -> Option<Arc<ClientConfig>> {
        let mut roots = RootCertStore::empty();
        // Systems carry certificates that a strict reader does not take; the others still count.
        let (_added, _passed_over) =
            roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
        if roots.is_empty() {
            roots.extend(webpki_roots::TLS_SERVER_ROOTS.iter().cloned());
        }
        roots.add_parsable_certificates(self.0.added.0.iter().cloned());
        let provider = Arc::new(crypto::ring::default_provider());
        let builder = ClientConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .ok()?;
        let mut config = builder.with_root_certificates(roots).with_no_client_auth();
        config.alpn_protocols = vec![b"http/1.1".to_vec()];
        // Each request stands for itself: no session of one guest is taken up for another.
        config.resumption = tokio_rustls::rustls::client::Resumption::disabled();
        Some(Arc::new(config))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_without_a_certificate_names_no_authority() {
        let mut authorities = Authorities::default();
        for (pem, error) in [
            ("", AuthorityError::None),
            ("words\n", AuthorityError::None),
            (
                "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n",
                AuthorityError::None,
            ),
            (
                "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n",
                AuthorityError::Malformed,
            ),
            (
                "-----BEGIN CERTIFICATE-----\nAAAA\n",
                AuthorityError::Malformed,
            ),
        ] {
            assert_eq!(authorities.add(pem.as_bytes()), Err(error), "{pem:?}");
        }
        assert!(authorities.0.is_empty());
    }
}
