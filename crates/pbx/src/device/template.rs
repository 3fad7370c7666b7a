//! Templates: `{{name}}` stands for a value. What a value may hold is bounded, so that none can become another setting.

use super::Model;
use model::Problem;

const YEALINK: &str = include_str!("templates/yealink_t19_e2.cfg");
const GRANDSTREAM: &str = include_str!("templates/grandstream_gxp1610.xml");

/// The template of a model that comes with the program.
pub(super) const fn built_in(model: Model) -> &'static str {
    match model {
        Model::YealinkT19E2 => YEALINK,
        Model::GrandstreamGxp1610 => GRANDSTREAM,
    }
}

/// The type of a model's file.
pub(super) const fn content_type(model: Model) -> &'static str {
    match model {
        Model::YealinkT19E2 => "text/plain; charset=utf-8",
        Model::GrandstreamGxp1610 => "application/xml; charset=utf-8",
    }
}

/// Puts values into a template. One that names something unknown is the operator's mistake.
pub(super) fn fill(model: Model, template: &str, values: &[(&str, &str)]) -> Result<String, Problem> {
    let mut text = String::with_capacity(template.len() + 256);
    let mut rest = template;
    while let Some((before, after)) = rest.split_once("{{") {
        let Some((name, after)) = after.split_once("}}") else { break };
        let value = values.iter().find(|(known, _)| *known == name.trim()).map(|(_, value)| *value);
        let value = value.ok_or_else(|| {
            Problem::internal(format!("The template of {} names {name:?}, which is not known.", model.as_str()))
        })?;
        text.push_str(before);
        text.push_str(&written(model, value));
        rest = after;
    }
    text.push_str(rest);
    Ok(text)
}

/// A value as the file's form has it: on one line, and never a tag.
fn written(model: Model, value: &str) -> String {
    let one_line: String = value.chars().filter(|c| !c.is_control()).collect();
    match model {
        Model::YealinkT19E2 => one_line,
        Model::GrandstreamGxp1610 => {
            one_line.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_become_text_and_never_settings() {
        let values = [("name", "Lan\naccount.2.enable = 1 <P2>&"), ("n", "7")];
        let yealink = fill(Model::YealinkT19E2, "a = {{name}}\nb = {{ n }}\n", &values).expect("filled");
        assert_eq!(yealink, "a = Lanaccount.2.enable = 1 <P2>&\nb = 7\n");
        let xml = fill(Model::GrandstreamGxp1610, "<P3>{{name}}</P3>", &values).expect("filled");
        assert_eq!(xml, "<P3>Lanaccount.2.enable = 1 &lt;P2&gt;&amp;</P3>");
        assert!(fill(Model::YealinkT19E2, "{{colour}}", &values).is_err());
        assert_eq!(fill(Model::YealinkT19E2, "{{open", &values).expect("no name"), "{{open");
    }
}
