//! Knocking at real databases.

use super::*;
use crate::store::testing::{TestDb, databases};
use crate::store::users::{NewUser, insert};

const HOME: IpAddr = IpAddr::V4(std::net::Ipv4Addr::new(192, 0, 2, 1));

fn from(n: u8) -> IpAddr {
    IpAddr::from([198, 51, 100, n])
}

struct Gate {
    test: TestDb,
    clock: Clock,
    user: i64,
}

async fn gates() -> Vec<Gate> {
    let mut gates = Vec::new();
    for test in databases().await {
        let mut tx = test.db.begin().await.unwrap();
        let user = insert(tx.on(), &NewUser::named("sally")).await.unwrap();
        tx.commit().await.unwrap();
        gates.push(Gate { test, clock: Clock::fixed(1_794_830_400_000), user });
    }
    gates
}

impl Gate {
    async fn knock(&self, login: &str, address: IpAddr, browser: Option<&str>) -> Door {
        knock(&self.test.db, &self.clock, &Knock { login, address, browser }).await.unwrap()
    }

    /// Seconds to wait; 0 if the password may be tried, which is then a failure.
    async fn fails(&self, login: &str, address: IpAddr, browser: Option<&str>) -> i64 {
        match self.knock(login, address, browser).await {
            Door::Open(_) => 0,
            Door::Wait { seconds } => seconds,
        }
    }

    async fn succeeds(&self, address: IpAddr, browser: Option<&str>) -> Option<Secret> {
        let Door::Open(entry) = self.knock("sally", address, browser).await else { panic!("closed") };
        let mut tx = self.test.db.begin().await.unwrap();
        let cookie = let_in(tx.on(), &self.clock, &entry, self.user).await.unwrap();
        tx.commit().await.unwrap();
        cookie
    }
}

#[tokio::test]
async fn the_sixth_try_waits_whether_or_not_there_is_such_a_login() {
    for gate in gates().await {
        for login in ["sally", "nobody"] {
            let mut waits = Vec::new();
            for _ in 0..6 {
                waits.push(gate.fails(login, from(1), None).await);
            }
            assert_eq!(waits, [0, 0, 0, 0, 0, 30], "{}: {login}", gate.test);
            assert_eq!(
                gate.fails(&login.to_uppercase(), from(1), None).await,
                30,
                "{}: in any case",
                gate.test
            );
        }
        assert_eq!(gate.fails("sally", from(2), None).await, 0, "{}: from elsewhere", gate.test);
        gate.clock.advance(30_000);
        assert_eq!(gate.fails("sally", from(1), None).await, 0, "{}", gate.test);
        assert_eq!(gate.fails("sally", from(1), None).await, 60, "{}: twice as long", gate.test);
    }
}

#[tokio::test]
async fn an_address_that_tries_many_logins_waits() {
    for gate in gates().await {
        for n in 0..30 {
            assert_eq!(gate.fails(&format!("u{n}"), from(1), None).await, 0, "{}: {n}", gate.test);
        }
        assert_eq!(gate.fails("another", from(1), None).await, 30, "{}", gate.test);
        assert_eq!(gate.fails("another", from(2), None).await, 0, "{}", gate.test);
    }
}

#[tokio::test]
async fn nobody_locks_another_out() {
    for gate in gates().await {
        let cookie = gate.succeeds(HOME, None).await.unwrap();
        for n in 0..100 {
            assert_eq!(gate.fails("sally", from(n), None).await, 0, "{}: {n}", gate.test);
        }
        let far = from(200);
        assert_eq!(gate.fails("sally", far, None).await, 30, "{}: a stranger waits", gate.test);
        assert!(
            gate.succeeds(far, Some(cookie.reveal())).await.is_none(),
            "{}: her browser does not",
            gate.test
        );
        assert!(gate.succeeds(HOME, None).await.is_some(), "{}: nor does her address", gate.test);
    }
}

#[tokio::test]
async fn even_her_own_browser_can_t_guess_for_ever() {
    for gate in gates().await {
        let cookie = gate.succeeds(HOME, None).await.unwrap();
        for n in 0..5 {
            assert_eq!(gate.fails("sally", from(n), Some(cookie.reveal())).await, 0, "{}: {n}", gate.test);
        }
        assert_eq!(gate.fails("sally", from(9), Some(cookie.reveal())).await, 30, "{}", gate.test);
        assert_eq!(gate.fails("nobody", from(9), Some(cookie.reveal())).await, 0, "{}", gate.test);
    }
}

#[tokio::test]
async fn success_takes_back_what_was_counted_and_no_more() {
    for gate in gates().await {
        for _ in 0..4 {
            gate.fails("sally", HOME, None).await;
        }
        gate.succeeds(HOME, None).await;
        for n in 0..5 {
            assert_eq!(gate.fails("sally", HOME, None).await, 0, "{}: {n}", gate.test);
        }
        assert_eq!(gate.fails("sally", HOME, None).await, 30, "{}", gate.test);
        let mut conn = gate.test.db.read().await.unwrap();
        let logins = accounts::logins(conn.on()).await.unwrap();
        assert_eq!(logins, [(gate.user, gate.clock.millis())], "{}", gate.test);
    }
}

#[tokio::test]
async fn many_at_once_are_no_way_round() {
    for gate in gates().await {
        let knocks = (0..12).map(|_| gate.fails("sally", from(1), None));
        let waits = futures_util::future::join_all(knocks).await;
        assert_eq!(waits.iter().filter(|wait| **wait == 0).count(), 5, "{}: {waits:?}", gate.test);
    }
}

#[test]
fn a_party_is_an_address_or_a_network() {
    let place = |text: &str| place(text.parse().unwrap());
    assert_eq!(place("::ffff:192.0.2.1"), place("192.0.2.1"));
    assert_eq!(place("2001:db8:1:2::1"), place("2001:db8:1:2:ffff::9"));
    assert_ne!(place("2001:db8:1:2::1"), place("2001:db8:1:3::1"));
}
