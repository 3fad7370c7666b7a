//! What the page says, in both languages.

use axum::http::{HeaderMap, header};
use model::{Kind, Problem};

/// The languages of the page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Language {
    Vietnamese,
    English,
}

/// The texts of one language; `{partner}` and `{host}` are filled in.
pub(super) struct Words {
    pub(super) title: &'static str,
    pub(super) asks: &'static str,
    pub(super) means: &'static str,
    pub(super) then: &'static str,
    pub(super) name: &'static str,
    pub(super) password: &'static str,
    pub(super) code: &'static str,
    pub(super) enter: &'static str,
    pub(super) over: &'static str,
    pub(super) over_means: &'static str,
    wrong: &'static str,
    code_needed: &'static str,
    code_wrong: &'static str,
    often: &'static str,
    no_right: &'static str,
    other_company: &'static str,
    later: &'static str,
}

const VIETNAMESE: Words = Words {
    title: "Cho phép kết nối",
    asks: "{partner} muốn làm việc thay cho công ty của bạn",
    means: "Khi bạn đăng nhập, họ xem và thay đổi được máy nhánh, người dùng và lịch sử cuộc gọi của công ty. \
            Bạn thu hồi bất cứ lúc nào bằng cách xóa khóa của họ trong mục Khóa API.",
    then: "Sau đó bạn được chuyển đến {host}.",
    name: "Tên đăng nhập",
    password: "Mật khẩu",
    code: "Mã xác thực (nếu bạn dùng)",
    enter: "Đăng nhập và cho phép",
    over: "Yêu cầu không còn hiệu lực",
    over_means: "Yêu cầu đã hết hạn hoặc đã được dùng. Hãy quay lại ứng dụng và bắt đầu lại.",
    wrong: "Tên đăng nhập hoặc mật khẩu không đúng.",
    code_needed: "Hãy nhập mật khẩu cùng với mã của ứng dụng xác thực.",
    code_wrong: "Mã không đúng hoặc đã được dùng.",
    often: "Sai quá nhiều lần; hãy thử lại sau ít phút.",
    no_right: "Chỉ người quản lý hoặc chủ công ty mới được cho phép.",
    other_company: "Yêu cầu này dành cho công ty khác; hãy đăng nhập bằng tài khoản của công ty đó.",
    later: "Hiện chưa thực hiện được; hãy thử lại sau.",
};

const ENGLISH: Words = Words {
    title: "Allow a connection",
    asks: "{partner} wants to work for your company",
    means: "When you log in, they can see and change the extensions, people and call history of the company. \
            You end it at any time by removing their key under API keys.",
    then: "Then you are sent to {host}.",
    name: "Login",
    password: "Password",
    code: "Code of the authenticator app (if you use one)",
    enter: "Log in and allow",
    over: "This request is over",
    over_means: "It has ended or was used already. Go back to the application and begin again.",
    wrong: "The login or the password is wrong.",
    code_needed: "Type the password together with the code of the authenticator app.",
    code_wrong: "The code is wrong, or was used already.",
    often: "Too many failures; try again in some minutes.",
    no_right: "Only a manager or an owner of the company may allow this.",
    other_company: "This was asked of another company; log in as somebody of that one.",
    later: "This is not possible at the moment; try again later.",
};

impl Language {
    /// The one that was chosen, else the first that the browser asks for, else Vietnamese.
    pub(super) fn of(chosen: &str, headers: &HeaderMap) -> Language {
        let asked = headers.get(header::ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok()).unwrap_or_default();
        let first = if chosen.is_empty() { asked } else { chosen };
        if first.get(..2).is_some_and(|start| start.eq_ignore_ascii_case("en")) {
            return Language::English;
        }
        Language::Vietnamese
    }

    pub(super) fn words(self) -> &'static Words {
        match self {
            Language::Vietnamese => &VIETNAMESE,
            Language::English => &ENGLISH,
        }
    }

    pub(super) fn code(self) -> &'static str {
        match self {
            Language::Vietnamese => "vi",
            Language::English => "en",
        }
    }

    pub(super) fn name(self) -> &'static str {
        match self {
            Language::Vietnamese => "Tiếng Việt",
            Language::English => "English",
        }
    }

    pub(super) fn other(self) -> Language {
        match self {
            Language::Vietnamese => Language::English,
            Language::English => Language::Vietnamese,
        }
    }
}

impl Words {
    /// What went wrong.
    pub(super) fn fault(&self, problem: &Problem) -> &'static str {
        match (problem.kind, problem.code) {
            (Kind::Unauthenticated, "code_needed") => self.code_needed,
            (Kind::Unauthenticated, "code_wrong") => self.code_wrong,
            (Kind::Unauthenticated, _) => self.wrong,
            (Kind::Limited, _) => self.often,
            (Kind::Forbidden, "other_company") => self.other_company,
            (Kind::Forbidden, _) => self.no_right,
            _ => self.later,
        }
    }
}
