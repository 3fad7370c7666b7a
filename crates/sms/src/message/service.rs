//! Sending messages, and finding them again.

use super::{Message, NewMessage, State, repo};
use crate::provider::{Channel, Fault, Order, Provider};
use crate::template;
use model::{Actor, Page, PageRequest, Permission, PhoneNumber, Problem};
use store::mint::secret_text;
use store::{Db, NewEvent, mint, now};

/// Sends a message by the first of its channels that leads there. It is written before it is on its way and again when it has
/// arrived; a crash in between leaves it `processing`, and it is not sent a second time.
///
/// A number that is none is `phone_invalid`, a template that is not there `template_unknown`, a missing value
/// `parameter_invalid`, channels that nobody carries `no_route`, and an empty account `account_empty`.
pub async fn send(actor: &Actor, db: &Db, provider: &dyn Provider, new: NewMessage) -> Result<Message, Problem> {
    actor.require(Permission::MakeCalls)?;
    let mut tx = db.write(actor.tenant).await?;
    let country = repo::country(&mut tx).await?;
    let number = PhoneNumber::parse(&new.to, &country).filter(|number| number.as_str().starts_with('+'));
    let number = number.ok_or_else(|| Problem {
        code: "phone_invalid",
        ..Problem::invalid("to", "Use a telephone number with its country: +84901234567.")
    })?;
    let template = match template::good_code(&new.template) {
        true => template::repo::find(&mut tx, &new.template).await?,
        false => None,
    };
    let template = template.ok_or_else(|| Problem {
        code: "template_unknown",
        ..Problem::invalid("template", "There is no such template.")
    })?;
    let text = template.fill(&new.parameters)?;
    let carried: Vec<Channel> =
        new.channels.iter().copied().filter(|channel| provider.channels().contains(channel)).collect();
    let Some(first) = carried.first() else {
        let message = "Nobody carries messages by these channels.";
        return Err(Problem { code: "no_route", ..Problem::invalid("channels", message) });
    };
    let mut message = Message {
        id: mint(),
        code: secret_text(24).to_uppercase(),
        to: number.to_string(),
        template: template.code,
        parameters: new.parameters,
        channel: *first,
        state: State::Processing,
        fault: None,
        reference: String::new(),
        parts: 0,
        listened_s: 0,
        created_at: now().as_millis(),
        finished_at: None,
    };
    repo::insert(&mut tx, &message).await?;
    tx.commit().await?;
    let mut empty = false;
    for channel in carried {
        message.channel = channel;
        let order = Order { id: message.id, to: &number, channel, template: &message.template, text: &text };
        match provider.send(order).await {
            Ok(receipt) => {
                (message.state, message.fault) = (State::Delivered, None);
                (message.reference, message.parts) = (receipt.reference, receipt.parts);
                message.listened_s = receipt.listened_s;
                break;
            }
            Err(Fault::Unreachable(why)) => (message.state, message.fault) = (State::Failed, Some(why)),
            Err(Fault::Empty) => {
                (message.state, message.fault) = (State::Failed, Some("the account is empty".to_owned()));
                empty = true;
                break;
            }
        }
    }
    message.finished_at = Some(now().as_millis());
    let mut tx = db.write(actor.tenant).await?;
    repo::finish(&mut tx, &message).await?;
    tx.emit(event(&message));
    tx.commit().await?;
    if empty {
        return Err(Problem::conflict("account_empty", "The account at the provider is empty."));
    }
    Ok(message)
}

/// The message with this code.
pub async fn find_by_code(actor: &Actor, db: &Db, code: &str) -> Result<Option<Message>, Problem> {
    actor.require(Permission::ViewCalls)?;
    if !code.bytes().all(|byte| byte.is_ascii_alphanumeric()) {
        return Ok(None);
    }
    let mut tx = db.read(actor.tenant).await?;
    Ok(repo::find_by_code(&mut tx, code).await?)
}

/// The messages of the company, the newest first.
pub async fn list(actor: &Actor, db: &Db, page: PageRequest) -> Result<Page<Message>, Problem> {
    actor.require(Permission::ViewCalls)?;
    let limit = page.limit.clamp(1, PageRequest::MAX);
    let mut tx = db.read(actor.tenant).await?;
    let rows = repo::list(&mut tx, page.after.as_deref(), limit).await?;
    Ok(Page::from_rows(rows, limit, |message| message.id.to_string()))
}

/// What it says is not told: it may hold a code that opens something.
fn event(message: &Message) -> NewEvent {
    let kind = match message.state {
        State::Delivered => "text.delivered",
        State::Failed | State::Processing => "text.failed",
    };
    let data = serde_json::json!({
        "id": message.id.to_string(),
        "to": message.to,
        "template": message.template,
        "channel": message.channel.as_str(),
        "fault": message.fault,
    });
    NewEvent { kind, call: None, data: data.to_string() }
}
