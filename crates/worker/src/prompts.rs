//! What the house says, spoken once for each language and kept below the data directory. Without anybody who speaks nothing is
//! made, and telephones hear tones.

use crate::sound;
use crate::speech::Speaker;
use model::leg::Prompt;
use model::say::Part;
use pbx::greeting::{Speech, Voice};
use std::path::Path;

/// The languages and who speaks them.
const LANGUAGES: [(&str, Voice); 2] = [("vi", Voice::NorthernWoman), ("en", Voice::English)];

/// Makes the prompts that are not there yet; tells how many were made. What cannot be spoken now is tried again at the next
/// start.
pub async fn prepare(speaker: &Speaker, data: &Path) -> usize {
    if matches!(speaker, Speaker::Off) {
        return 0;
    }
    let mut made = 0;
    for (language, voice) in LANGUAGES {
        let folder = data.join("prompts").join(language);
        for prompt in Prompt::all() {
            let file = folder.join(format!("{}.wav", prompt.as_str()));
            if tokio::fs::try_exists(&file).await.unwrap_or(false) {
                continue;
            }
            let speech = Speech { text: text(language, prompt).to_owned(), voice, speed: 0 };
            let spoken = match speaker.speak(&speech).await {
                Ok(spoken) => spoken,
                Err(error) => {
                    tracing::warn!(language, %error, "prompts cannot be spoken; telephones hear tones");
                    return made;
                }
            };
            let kept = match sound::convert(spoken).await {
                Ok((wav, _)) => sound::put(&file, wav).await,
                Err(error) => Err(error),
            };
            match kept {
                Ok(()) => made += 1,
                Err(error) => tracing::warn!(language, %error, "a prompt cannot be kept"),
            }
        }
    }
    made
}

fn text(language: &str, prompt: Prompt) -> &'static str {
    let [vi, en] = match prompt {
        Prompt::LeaveMessage => [
            "Hiện không có ai nghe máy. Vui lòng để lại lời nhắn sau tiếng bíp.",
            "Nobody can take your call. Please leave a message after the tone.",
        ],
        Prompt::EnterPin => {
            ["Vui lòng nhập mã PIN rồi bấm phím thăng.", "Please enter your PIN, then press the pound key."]
        }
        Prompt::WrongPin => ["Mã PIN không đúng.", "The PIN is wrong."],
        Prompt::NewMessages => ["Số tin nhắn mới:", "New messages:"],
        Prompt::OldMessages => ["Số tin nhắn đã nghe:", "Messages heard before:"],
        Prompt::NoMessages => ["Không có tin nhắn nào.", "There are no messages."],
        Prompt::MessageKeys => [
            "Bấm 5 để nghe lại, 6 để nghe tin tiếp theo, 4 để nghe tin trước, 7 để xoá, phím thăng để kết thúc.",
            "Press 5 to hear it again, 6 for the next, 4 for the one before, 7 to delete it, pound to end.",
        ],
        Prompt::Deleted => ["Đã xoá tin nhắn.", "The message is deleted."],
        Prompt::NoMoreMessages => ["Hết tin nhắn.", "There are no more messages."],
        Prompt::QueuePosition => ["Quý khách đang ở vị trí thứ", "Your place in the queue is"],
        Prompt::QueueWait => ["Thời gian chờ dự kiến khoảng", "Your waiting time is about"],
        Prompt::Minutes => ["phút.", "minutes."],
        Prompt::CallbackOffer => [
            "Để gác máy mà vẫn giữ chỗ và được chúng tôi gọi lại, vui lòng bấm phím",
            "To hang up, keep your place and be called back, press",
        ],
        Prompt::CallbackKept => [
            "Chúng tôi đã giữ chỗ và sẽ gọi lại cho quý khách. Xin cảm ơn.",
            "We keep your place and will call you back. Thank you.",
        ],
        // It is said in parts.
        Prompt::Number(_) => ["", ""],
        Prompt::Part(part) => return part_text(language, part),
        Prompt::Digit(digit) => {
            const DIGITS: [[&str; 2]; 10] = [
                ["không", "zero"],
                ["một", "one"],
                ["hai", "two"],
                ["ba", "three"],
                ["bốn", "four"],
                ["năm", "five"],
                ["sáu", "six"],
                ["bảy", "seven"],
                ["tám", "eight"],
                ["chín", "nine"],
            ];
            DIGITS[usize::from(digit % 10)]
        }
    };
    if language == "vi" { vi } else { en }
}

fn part_text(language: &str, part: Part) -> &'static str {
    const TEENS: [[&str; 2]; 10] = [
        ["mười", "ten"],
        ["mười một", "eleven"],
        ["mười hai", "twelve"],
        ["mười ba", "thirteen"],
        ["mười bốn", "fourteen"],
        ["mười lăm", "fifteen"],
        ["mười sáu", "sixteen"],
        ["mười bảy", "seventeen"],
        ["mười tám", "eighteen"],
        ["mười chín", "nineteen"],
    ];
    const TENS: [[&str; 2]; 10] = [
        ["không", "zero"],
        ["mười", "ten"],
        ["hai mươi", "twenty"],
        ["ba mươi", "thirty"],
        ["bốn mươi", "forty"],
        ["năm mươi", "fifty"],
        ["sáu mươi", "sixty"],
        ["bảy mươi", "seventy"],
        ["tám mươi", "eighty"],
        ["chín mươi", "ninety"],
    ];
    let [vi, en] = match part {
        Part::Teen(number) => TEENS[usize::from(number % 10)],
        Part::Tens(tens) => TENS[usize::from(tens % 10)],
        Part::Hundred => ["trăm", "hundred"],
        Part::And => ["linh", "and"],
        Part::OneAfterTens => ["mốt", "one"],
        Part::FiveAfterTens => ["lăm", "five"],
    };
    if language == "vi" { vi } else { en }
}
