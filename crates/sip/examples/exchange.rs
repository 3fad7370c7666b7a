//! An exchange with nothing but this crate, for measuring it: accounts are all numbers, the password is `pw` and the
//! number, and a call rings the first phone of the number dialled.
//!
//! `cargo run --release -p sip --example exchange -- 127.0.0.1:5060`, then a load generator at it.

#[path = "../tests/it/stack/house.rs"]
mod house;

use std::sync::Arc;

use sip::{Config, Stack};

fn main() -> std::io::Result<()> {
    let address = std::env::args().nth(1).unwrap_or_else(|| "127.0.0.1:5060".to_owned());
    let address = address.parse().map_err(std::io::Error::other)?;
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    runtime.block_on(async {
        let config = Config { udp: vec![address], tcp: vec![address], secret: [3; 32], ..Config::default() };
        let (stack, events) = Stack::start(config, Arc::new(house::House)).await?;
        house::serve(stack, events).await;
        Ok(())
    })
}
