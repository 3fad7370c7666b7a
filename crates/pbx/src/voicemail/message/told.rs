//! A message arrives: its row, its event and the mail to its owner, in one transaction.

use super::{Left, file, repo};
use serde_json::json;
use store::mail::{self, NewMail};
use store::{Error, NewEvent, Tx, now};

/// Writes a message down, once, with its event and the mail to its owner.
pub(crate) async fn arrived(tx: &mut Tx, left: &Left) -> Result<(), Error> {
    if !repo::insert(tx, left).await? {
        return Ok(());
    }
    let (number, email, attach) = repo::owner(tx, left).await?.unwrap_or_default();
    let data = json!({
        "id": left.id.to_string(),
        "extension_id": left.extension.to_string(),
        "extension": number,
        "call_id": left.call.to_string(),
        "from": left.from_number,
        "from_name": left.from_name,
        "duration_ms": left.duration_ms,
        "complete": left.complete,
    });
    tx.emit_for(left.tenant, NewEvent { kind: "voicemail.received", call: Some(left.call), data: data.to_string() });
    if let Some(to) = email {
        let attachment = attach.then(|| file(left.tenant, left.id).to_string_lossy().into_owned());
        mail::queue_for(tx, left.tenant, &letter(left, &number, to, attachment), now().as_millis()).await?;
    }
    Ok(())
}

/// In both languages of the house: nobody knows which one the owner reads.
fn letter(left: &Left, number: &str, to: String, attachment: Option<String>) -> NewMail {
    let from = match left.from_name.as_str() {
        "" => left.from_number.clone(),
        name => format!("{name} ({})", left.from_number),
    };
    let seconds = left.duration_ms / 1_000;
    let text = format!(
        "{from} để lại tin nhắn thoại dài {seconds} giây cho máy lẻ {number}. Gọi *97 để nghe.\n\n\
         {from} left a voicemail of {seconds} seconds for extension {number}. Dial *97 to listen.\n"
    );
    let subject = format!("Tin nhắn thoại từ / Voicemail from {from}");
    NewMail { to, subject, text, attachment }
}
