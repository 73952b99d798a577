//! Two limiters on one database stand for two processes.

use std::sync::Arc;
use std::time::Duration;

use tokio::time::timeout;

use super::Limiter;
use crate::clock::Clock;
use crate::policy::Quota;
use crate::store::Db;
use crate::store::testing::{databases, sqlite};

const NOW: i64 = 1_800_000_000_000;

async fn fits(limiter: &Limiter, per_minute: u32) -> bool {
    limiter.take("key", per_minute).await.unwrap() == Quota::Within
}

/// How many of `calls` calls fit, one after another.
async fn fitting(limiter: &Limiter, per_minute: u32, calls: u32) -> u32 {
    let mut fitting = 0;
    for _ in 0..calls {
        fitting += u32::from(fits(limiter, per_minute).await);
    }
    fitting
}

fn pair(db: &Db, clock: &Clock) -> [Arc<Limiter>; 2] {
    [(); 2].map(|()| Arc::new(Limiter::new(db.clone(), clock.clone())))
}

/// Sends `calls` calls at once through both limiters and counts those that fit.
async fn at_once(limiters: &[Arc<Limiter>; 2], per_minute: u32, calls: usize) -> usize {
    let tasks: Vec<_> = (0..calls)
        .map(|i| {
            let limiter = Arc::clone(&limiters[i % 2]);
            tokio::spawn(async move { fits(&limiter, per_minute).await })
        })
        .collect();
    let mut fitting = 0;
    for task in tasks {
        fitting += usize::from(task.await.unwrap());
    }
    fitting
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn two_processes_give_one_key_its_limit_and_not_twice() {
    for test in databases().await {
        let limiters = pair(&test.db, &Clock::fixed(NOW));
        assert_eq!(at_once(&limiters, 60, 150).await, 60, "{}", test.name);
        for limiter in &limiters {
            let quota = limiter.take("key", 60).await.unwrap();
            assert_eq!(quota, Quota::Exceeded { limit: 60, retry_after: 60 }, "{}", test.name);
            assert_eq!(limiter.take("another", 60).await.unwrap(), Quota::Within, "{}", test.name);
        }
    }
}

#[tokio::test]
async fn the_window_slides_and_says_when() {
    for test in databases().await {
        let clock = Clock::fixed(NOW + 400);
        let [one, two] = pair(&test.db, &clock);
        assert!(fits(&one, 3).await && fits(&two, 3).await);
        clock.advance(30_000);
        assert!(fits(&one, 3).await);
        for limiter in [&one, &two] {
            let quota = limiter.take("key", 3).await.unwrap();
            assert_eq!(quota, Quota::Exceeded { limit: 3, retry_after: 30 }, "{}", test.name);
        }
        clock.advance(29_500);
        assert_eq!(two.take("key", 3).await.unwrap(), Quota::Exceeded { limit: 3, retry_after: 1 });
        clock.advance(500);
        assert_eq!(fitting(&two, 3, 3).await, 2, "{}", test.name);
        assert_eq!(one.take("key", 3).await.unwrap(), Quota::Exceeded { limit: 3, retry_after: 30 });
    }
}

#[tokio::test]
async fn a_changed_limit_holds_at_the_next_call() {
    for test in databases().await {
        let [one, two] = pair(&test.db, &Clock::fixed(NOW));
        assert_eq!(fitting(&one, 2, 3).await, 2);
        assert!(fits(&one, 3).await && !fits(&two, 3).await, "{}", test.name);
        // Up to leases: one of 60 is taken, and 56 of it are left.
        assert_eq!(fitting(&one, 12_000, 4).await, 4);
        assert!(!fits(&one, 7).await, "{}", test.name);
        // What was left of the lease has to go back before the count is right again.
        assert_eq!(fitting(&one, 10, 9).await, 3, "{}", test.name);
        assert_eq!(fitting(&two, 12, 9).await, 2, "{}", test.name);
        assert!(!fits(&two, 0).await);
    }
}

#[tokio::test]
async fn a_failing_store_refuses_and_a_lease_needs_none() {
    for test in databases().await {
        let clock = Clock::fixed(NOW);
        let limiter = Limiter::new(test.db.clone(), clock.clone());
        assert!(fits(&limiter, 12_000).await);
        test.db.close().await;
        assert_eq!(fitting(&limiter, 12_000, 59).await, 59, "{}", test.name);
        assert!(limiter.take("key", 12_000).await.is_err(), "{}", test.name);
        assert!(limiter.take("another", 60).await.is_err(), "{}", test.name);
        clock.advance(1000);
        assert!(limiter.take("key", 12_000).await.is_err(), "{}", test.name);
    }
}

#[tokio::test]
async fn one_process_loses_nothing_of_its_leases() {
    for test in databases().await {
        let clock = Clock::fixed(NOW);
        let limiter = Limiter::new(test.db.clone(), clock.clone());
        for _ in 0..59 {
            assert_eq!(fitting(&limiter, 8000, 7).await, 7);
            clock.advance(1000);
        }
        assert_eq!(fitting(&limiter, 8000, 8000).await, 8000 - 59 * 7, "{}", test.name);
        let quota = limiter.take("key", 8000).await.unwrap();
        assert_eq!(quota, Quota::Exceeded { limit: 8000, retry_after: 1 }, "{}", test.name);
        clock.advance(1000);
        assert_eq!(fitting(&limiter, 8000, 8).await, 7, "{}", test.name);
    }
}

#[tokio::test]
async fn leases_never_exceed_the_limit_and_lose_at_most_one_each() {
    const LIMIT: u32 = 6400;
    const LEASE: u32 = LIMIT / 200;
    for test in databases().await {
        let clock = Clock::fixed(NOW);
        let limiters = pair(&test.db, &clock);
        let mut made: Vec<u32> = Vec::new();
        // Uneven seconds, the other process silent now and then: 0 to 349 wishes a second, 175 on average.
        for second in 0..150_u32 {
            let mut fitting_now = 0;
            for (process, limiter) in (0_u32..).zip(&limiters) {
                let wishes = (second * 7919 + process * 104_729) % 350 / (1 + (second / 10 + process) % 3);
                for _ in 0..wishes {
                    let within = fits(limiter, LIMIT).await;
                    let before: u32 = made.iter().rev().take(59).sum();
                    let calls = before + fitting_now + u32::from(within);
                    assert!(calls <= LIMIT, "{}: {calls} in 60 s", test.name);
                    assert!(within || calls + 2 * LEASE >= LIMIT, "{}: refused at {calls}", test.name);
                    fitting_now += u32::from(within);
                }
            }
            made.push(fitting_now);
            clock.advance(1000);
        }
        let most: u32 = made.windows(60).map(|minute| minute.iter().sum()).max().unwrap();
        assert!(most + 2 * LEASE >= LIMIT, "{}: the limit was never reached: {most}", test.name);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn leases_taken_at_once_never_exceed_the_limit() {
    for test in databases().await {
        let limiters = pair(&test.db, &Clock::fixed(NOW));
        let fitting = at_once(&limiters, 6400, 8000).await;
        assert!((6400 - 32..=6400).contains(&fitting), "{}: {fitting}", test.name);
    }
}

#[tokio::test]
async fn a_clock_set_back_frees_nothing_and_locks_no_one_out_for_ever() {
    for back in [1_000, 45_000, 61_000, 400 * 86_400_000] {
        for limit in [5, 7000] {
            let test = sqlite().await;
            let clock = Clock::fixed(NOW);
            let [one, two] = pair(&test.db, &clock);
            assert_eq!(fitting(&one, limit, limit + 1).await, limit);
            clock.advance(-back);
            assert!(!fits(&one, limit).await && !fits(&two, limit).await, "{back} {limit}");
            clock.advance(58_000);
            assert!(!fits(&one, limit).await && !fits(&two, limit).await, "{back} {limit}");
            clock.advance(back.min(60_000) + 2_000);
            assert_eq!(fitting(&two, limit, limit + 1).await, limit, "{back} {limit}");
        }
    }
}

#[tokio::test]
async fn clocks_a_little_apart_share_one_limit() {
    for test in databases().await {
        let (ahead, behind) = (Clock::fixed(NOW + 20_000), Clock::fixed(NOW));
        let one = Limiter::new(test.db.clone(), ahead.clone());
        let two = Limiter::new(test.db.clone(), behind.clone());
        for _ in 0..10 {
            assert!(fits(&one, 20).await && fits(&two, 20).await, "{}", test.name);
            ahead.advance(2_000);
            behind.advance(2_000);
        }
        assert!(!fits(&one, 20).await && !fits(&two, 20).await, "{}", test.name);
    }
}

#[tokio::test]
async fn a_caller_who_goes_away_frees_nothing() {
    for test in databases().await {
        for limit in [40, 6400] {
            let [one, two] = pair(&test.db, &Clock::fixed(NOW + i64::from(limit) * 100_000));
            let mut within = 0;
            for i in 0..120_u64 {
                // Dropped somewhere between begin and commit.
                let patience = Duration::from_micros(i * 20);
                if let Ok(quota) = timeout(patience, one.take("key", limit)).await {
                    within += u32::from(quota.unwrap() == Quota::Within);
                }
            }
            within += fitting(&two, limit, limit + 1).await;
            assert!(within > 0 && within <= limit, "{}: {within}", test.name);
            assert!(!fits(&one, limit).await || within < limit, "{}", test.name);
        }
    }
}
