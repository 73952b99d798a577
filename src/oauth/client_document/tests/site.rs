//! A stand-in for the internet: one TLS server on this machine that answers for every name in its certificate.

use std::collections::HashMap;
use std::io;
use std::net::{IpAddr, SocketAddr};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use rustls::pki_types::PrivateKeyDer;
use rustls::{RootCertStore, ServerConfig};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::TlsAcceptor;

use super::super::download::World;
use super::super::resolver::LookUp;
use super::super::{ClientDocument, DocumentError, Documents};
use crate::clock::Clock;

pub(super) const HOST: &str = "apps.acme.com";

/// What is answered to a path: the whole answer, after a pause.
#[derive(Clone)]
pub(super) struct Answer {
    pub(super) text: Vec<u8>,
    pub(super) after: Duration,
}

#[derive(Clone)]
pub(super) struct Site {
    answers: Arc<Mutex<HashMap<String, Answer>>>,
    requests: Arc<Mutex<Vec<String>>>,
    look_ups: Arc<AtomicUsize>,
    /// What each look-up of a name finds in turn; the last one stays.
    found: Arc<Mutex<Vec<Vec<SocketAddr>>>>,
    roots: RootCertStore,
    /// How long its clients wait.
    pub(super) patience: Duration,
    pub(super) at: SocketAddr,
}

impl LookUp for Site {
    async fn look_up(&self, _: String) -> io::Result<Vec<SocketAddr>> {
        self.look_ups.fetch_add(1, Ordering::Relaxed);
        let mut found = self.found.lock().unwrap();
        Ok(if found.len() > 1 { found.remove(0) } else { found[0].clone() })
    }
}

impl Site {
    pub(super) async fn start() -> Self {
        let made = rcgen::generate_simple_self_signed([HOST.to_owned()]).unwrap();
        let key = PrivateKeyDer::try_from(made.signing_key.serialize_der()).unwrap();
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let config = ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_no_client_auth()
            .with_single_cert(vec![made.cert.der().clone()], key)
            .unwrap();
        let mut roots = RootCertStore::empty();
        roots.add(made.cert.der().clone()).unwrap();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let at = listener.local_addr().unwrap();
        let site = Self {
            answers: Arc::default(),
            requests: Arc::default(),
            look_ups: Arc::default(),
            found: Arc::new(Mutex::new(vec![vec![at]])),
            roots,
            patience: Duration::from_secs(20),
            at,
        };
        let (acceptor, serving) = (TlsAcceptor::from(Arc::new(config)), site.clone());
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(serving.clone().serve(acceptor.clone(), stream));
            }
        });
        site
    }

    async fn serve(self, acceptor: TlsAcceptor, stream: TcpStream) {
        let Ok(mut stream) = acceptor.accept(stream).await else { return };
        let mut head = Vec::new();
        while !head.ends_with(b"\r\n\r\n") {
            match stream.read_u8().await {
                Ok(byte) => head.push(byte),
                Err(_) => return,
            }
        }
        let head = String::from_utf8(head).unwrap();
        let path = head.split(' ').nth(1).unwrap().to_owned();
        self.requests.lock().unwrap().push(head);
        let answer = self.answers.lock().unwrap().get(&path).cloned();
        let missing = || Answer { text: whole("404 Not Found", "text/plain", b"no"), after: Duration::ZERO };
        let answer = answer.unwrap_or_else(missing);
        tokio::time::sleep(answer.after).await;
        // The other side may have had enough, and gone.
        if stream.write_all(&answer.text).await.is_ok() {
            let _ = stream.shutdown().await;
        }
    }

    pub(super) fn answers(&self, path: &str, text: Vec<u8>, after: Duration) {
        self.answers.lock().unwrap().insert(path.to_owned(), Answer { text, after });
    }

    pub(super) fn finds(&self, found: Vec<Vec<SocketAddr>>) {
        *self.found.lock().unwrap() = found;
    }

    pub(super) fn requests(&self) -> Vec<String> {
        self.requests.lock().unwrap().clone()
    }

    pub(super) fn look_ups(&self) -> usize {
        self.look_ups.load(Ordering::Relaxed)
    }

    /// The real client, but for the names, the roots, and which addresses it may go to.
    pub(super) fn documents(&self, clock: &Clock, allowed: fn(IpAddr) -> bool) -> Documents {
        let (roots, patience) = (self.roots.clone(), self.patience);
        let world = World { names: self.clone(), allowed, roots, patience };
        Documents::of(world, clock.clone()).unwrap()
    }

    /// Fetches one document with nothing remembered.
    pub(super) async fn fetch(&self, path: &str) -> Result<ClientDocument, DocumentError> {
        let documents = self.documents(&Clock::fixed(0), |_| true);
        documents.fetch(&id(path)).await
    }
}

pub(super) fn id(path: &str) -> String {
    format!("https://{HOST}{path}")
}

/// A whole answer.
pub(super) fn whole(status: &str, kind: &str, body: &[u8]) -> Vec<u8> {
    with(status, kind, "x-nothing: 1", body)
}

/// A whole answer with one more header.
pub(super) fn with(status: &str, kind: &str, header: &str, body: &[u8]) -> Vec<u8> {
    let length = body.len();
    let head =
        format!("HTTP/1.1 {status}\r\ncontent-type: {kind}\r\n{header}\r\ncontent-length: {length}\r\n\r\n");
    [head.as_bytes(), body].concat()
}

/// A good document.
pub(super) fn good(path: &str) -> Vec<u8> {
    let document = serde_json::json!({
        "client_id": id(path),
        "client_name": "Acme Assistant",
        "redirect_uris": ["https://apps.acme.com/callback", "http://127.0.0.1/callback"],
        "token_endpoint_auth_method": "none",
    });
    document.to_string().into_bytes()
}
