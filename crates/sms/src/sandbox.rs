//! A provider that carries nothing and answers by the last digits of the number, to try everything without one.

use crate::provider::{Channel, Fault, Order, Provider, Receipt, Sent};

/// Texts are cut into parts of so many characters.
const PART: usize = 160;

/// The sandbox. Numbers that end in 0001 have no Zalo, in 0002 neither that nor do they answer calls, in 0003 nothing reaches
/// them, and for 0004 the account is empty. All others are reached by the first channel.
#[derive(Debug, Clone, Copy, Default)]
pub struct Sandbox;

impl Provider for Sandbox {
    fn channels(&self) -> &[Channel] {
        &[Channel::Zns, Channel::Call, Channel::Sms]
    }

    fn send<'a>(&'a self, order: Order<'a>) -> Sent<'a> {
        Box::pin(async move { answer(&order) })
    }
}

fn answer(order: &Order<'_>) -> Result<Receipt, Fault> {
    let number = order.to.as_str();
    let unreachable = match number.get(number.len().saturating_sub(4)..).unwrap_or_default() {
        "0001" => order.channel == Channel::Zns,
        "0002" => matches!(order.channel, Channel::Zns | Channel::Call),
        "0003" => true,
        "0004" => return Err(Fault::Empty),
        _ => false,
    };
    if unreachable {
        return Err(Fault::Unreachable(format!(
            "the sandbox does not reach this number by {}",
            order.channel.as_str()
        )));
    }
    let texts = order.text.chars().count().div_ceil(PART).max(1);
    Ok(Receipt {
        reference: format!("sandbox-{}", order.id),
        parts: if order.channel == Channel::Sms { u32::try_from(texts).unwrap_or(u32::MAX) } else { 0 },
        listened_s: if order.channel == Channel::Call { 10 } else { 0 },
    })
}
