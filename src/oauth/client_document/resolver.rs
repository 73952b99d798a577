//! Names looked up so that only addresses of the public internet come out. What comes out is what the connection
//! is made to, without another look: a name that changes its mind in between (DNS rebinding) gains nothing.

use std::future::Future;
use std::io;
use std::net::{IpAddr, SocketAddr};

use reqwest::dns::{Addrs, Name, Resolve, Resolving};

/// A name has no address that we may connect to.
#[derive(Debug, thiserror::Error)]
#[error("no public address")]
pub(super) struct NoPublicAddress;

/// Where names are looked up.
pub(super) trait LookUp: Clone + Send + Sync + 'static {
    /// The addresses of a name; port 0 stands for the one of the scheme.
    fn look_up(&self, name: String) -> impl Future<Output = io::Result<Vec<SocketAddr>>> + Send;
}

/// The operating system's own way.
#[derive(Clone)]
pub(super) struct System;

impl LookUp for System {
    async fn look_up(&self, name: String) -> io::Result<Vec<SocketAddr>> {
        Ok(tokio::net::lookup_host((name, 0)).await?.collect())
    }
}

/// Lets through those addresses only that are allowed.
pub(super) struct Filter<L> {
    pub(super) names: L,
    pub(super) allowed: fn(IpAddr) -> bool,
}

impl<L: LookUp> Resolve for Filter<L> {
    fn resolve(&self, name: Name) -> Resolving {
        let (names, allowed) = (self.names.clone(), self.allowed);
        Box::pin(async move {
            let mut found = names.look_up(name.as_str().to_owned()).await?;
            found.retain(|address| allowed(address.ip()));
            if found.is_empty() {
                return Err(NoPublicAddress.into());
            }
            let found: Addrs = Box::new(found.into_iter());
            Ok(found)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::super::public::is_public;
    use super::*;

    /// Knows one name.
    #[derive(Clone)]
    struct One(&'static [&'static str]);

    impl LookUp for One {
        async fn look_up(&self, _: String) -> io::Result<Vec<SocketAddr>> {
            Ok(self.0.iter().map(|ip| SocketAddr::new(ip.parse().unwrap(), 0)).collect())
        }
    }

    async fn found<L: LookUp>(names: L, name: &str) -> Result<Vec<String>, String> {
        let filter = Filter { names, allowed: is_public };
        match filter.resolve(name.parse().unwrap()).await {
            Ok(found) => Ok(found.map(|address| address.ip().to_string()).collect()),
            Err(error) => Err(error.to_string()),
        }
    }

    #[tokio::test]
    async fn only_public_addresses_come_out() {
        let mixed = One(&["10.0.0.1", "1.1.1.1", "::1", "fe80::1", "2606:4700::1111", "169.254.169.254"]);
        assert_eq!(found(mixed, "a.b").await.unwrap(), ["1.1.1.1", "2606:4700::1111"]);
        for none in [
            One(&[]),
            One(&["127.0.0.1"]),
            One(&["192.168.1.1", "::ffff:127.0.0.1", "64:ff9b::a00:1", "fd00::1"]),
            One(&["169.254.169.254"]),
        ] {
            assert_eq!(found(none.clone(), "a.b").await.unwrap_err(), "no public address", "{:?}", none.0);
        }
    }

    #[tokio::test]
    async fn this_machine_is_not_the_internet() {
        assert_eq!(found(System, "localhost").await.unwrap_err(), "no public address");
        assert_eq!(found(System, "127.0.0.1").await.unwrap_err(), "no public address");
        assert_eq!(found(System, "::1").await.unwrap_err(), "no public address");
    }
}
