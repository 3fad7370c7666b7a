use super::*;
use std::collections::BTreeMap;

fn with_variables(list: &[(&str, &str)]) -> Result<Config, ConfigError> {
    let variables: BTreeMap<String, String> = list.iter().map(|(n, v)| ((*n).into(), (*v).into())).collect();
    load(&Sources { file: None, variables })
}

fn with_file(text: &str) -> Result<Config, ConfigError> {
    let path = std::env::temp_dir().join(format!("alo-config-{}-{:p}.toml", std::process::id(), text));
    std::fs::write(&path, text).expect("a file in the temporary directory");
    let loaded = load(&Sources { file: Some(path.clone()), variables: BTreeMap::new() });
    std::fs::remove_file(path).expect("the file is there");
    loaded
}

fn only_problem(result: Result<Config, ConfigError>) -> String {
    let problems = result.expect_err("this configuration is wrong").problems;
    assert_eq!(problems.len(), 1, "{problems:?}");
    problems[0].clone()
}

#[test]
fn the_default_file_is_the_table_of_keys() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../config.default.toml");
    let file = std::fs::read_to_string(path).expect("config.default.toml stands at the root");
    assert!(file == default_file(), "write it anew: alo config default > config.default.toml");
}

#[test]
fn the_default_file_loads_to_the_defaults() {
    assert_eq!(with_file(&default_file()), Ok(Config::default()));
}

#[test]
fn each_key_of_the_default_file_counts() {
    let keys: Vec<_> = effective(&Config::default()).lines().map(|l| l.split(' ').next().map(str::to_owned)).collect();
    assert!(keys.contains(&Some("sip.udp".into())) && keys.contains(&Some("log.format".into())));
    let uncommented = default_file().lines().filter(|l| !l.starts_with('#') && l.contains(" = ")).count();
    assert_eq!(uncommented, keys.len());
}

#[test]
fn variables_reach_every_kind_of_key_and_win_over_the_file() {
    let config = with_variables(&[
        ("ALO_HTTP__LISTEN", "127.0.0.1:9000"),
        ("ALO_SIP__UDP", "127.0.0.1:5560, 127.0.0.2:5560"),
        ("ALO_SIP__TCP", ""),
        ("ALO_MEDIA__PORTS", "30000-30999"),
        ("ALO_MEDIA__ADDRESS", "127.0.0.1"),
        ("ALO_RECORDING", "none"),
        ("ALO_DATA_DIR", "/var/lib/alo"),
        ("ALO_DATABASE_URL", "postgres://alo@localhost/alo"),
        ("ALO_DEMO", "0"),
        ("PATH", "ignored"),
    ])
    .expect("all values make sense");
    assert_eq!(config.http.listen.port(), 9000);
    assert_eq!(config.sip.udp.len(), 2);
    assert!(config.sip.tcp.is_empty());
    assert_eq!(config.media.ports, 30_000..=30_999);
    assert_eq!(config.media_address().to_string(), "127.0.0.1");
    assert_eq!((config.recording, config.demo), (Recording::None, Demo::Off));
    assert_eq!(config.database_url(), "postgres://alo@localhost/alo");

    let path = std::env::temp_dir().join(format!("alo-config-win-{}.toml", std::process::id()));
    std::fs::write(&path, "recording = \"none\"\n[http]\nlisten = \"127.0.0.1:7000\"\n").expect("a temporary file");
    let variables = [("ALO_RECORDING".to_owned(), "all".to_owned())].into();
    let config = load(&Sources { file: Some(path.clone()), variables }).expect("both make sense");
    std::fs::remove_file(path).expect("the file is there");
    assert_eq!((config.recording, config.http.listen.port()), (Recording::All, 7000));
}

#[test]
fn an_unknown_key_is_named_with_its_place_and_its_nearest() {
    let problem = only_problem(with_variables(&[("ALO_SIP__UPD", "127.0.0.1:5060")]));
    assert!(problem.contains("sip.upd in the variable ALO_SIP__UPD: there is no such key"), "{problem}");
    assert!(problem.contains("sip.udp (ALO_SIP__UDP)"), "{problem}");

    let problem = only_problem(with_file("[http]\nlisen = \"127.0.0.1:1\"\n"));
    assert!(problem.contains("http.lisen in ") && problem.contains("http.listen"), "{problem}");
}

#[test]
fn a_wrong_value_is_named_with_what_would_be_right() {
    for (name, value, mend) in [
        ("ALO_HTTP__LISTEN", "8080", "an address with a port such as \"127.0.0.1:5060\""),
        ("ALO_SIP__UDP", "localhost", "an address with a port"),
        ("ALO_MEDIA__PORTS", "20000", "two ports with a dash"),
        ("ALO_MEDIA__PORTS", "30000-20000", "end after its start"),
        ("ALO_MEDIA__ADDRESS", "here", "an IP address"),
        ("ALO_RECORDING", "some", "one of \"all\", \"none\""),
        ("ALO_DATABASE_URL", "mysql://x", "sqlite://"),
        ("ALO_SECRET_KEY", "abc", "64 hexadecimal digits"),
        ("ALO_LIMITS__CALLS", "many", "a whole number from 1 to"),
        ("ALO_WEBHOOKS__ALLOW", "10.0.0.0/8,here", "address blocks: here"),
        ("ALO_DATA_DIR", "", "must not be empty"),
        ("ALO_LOG__FORMAT", "xml", "\"json\""),
    ] {
        let problem = only_problem(with_variables(&[(name, value)]));
        assert!(problem.contains(name) && problem.contains(mend), "{name}={value}: {problem}");
    }
    let problem = only_problem(with_file("[media]\nports = [1, 2]\n"));
    assert!(problem.contains("media.ports in ") && problem.contains("not a list"), "{problem}");
    let problem = only_problem(with_file("data_dir = \n"));
    assert!(problem.contains("line 1: this is not TOML"), "{problem}");
}

#[test]
fn values_that_clash_are_named_together() {
    let problem = only_problem(with_variables(&[("ALO_SIP__REGISTER_MAX_S", "100")]));
    assert!(problem.contains("sip.register_default_s") && problem.contains("sip.register_max_s (100)"), "{problem}");
}

#[test]
fn a_certificate_needs_its_key() {
    let problem = only_problem(with_variables(&[("ALO_TLS__CERTIFICATE", "/a.crt")]));
    assert!(problem.contains("tls.certificate") && problem.contains("tls.key"), "{problem}");
}

#[test]
fn what_will_surprise_is_warned_of() {
    let config = with_variables(&[("ALO_SIP__UDP", ""), ("ALO_SIP__TCP", "off")]).expect("both may be empty");
    assert!(config.warnings().iter().any(|w| w.contains("no SIP listener")), "{:?}", config.warnings());
    let config = with_variables(&[("ALO_HTTP__LISTEN", "0.0.0.0:80")]).expect("an address");
    assert!(config.warnings().iter().any(|w| w.contains("http.tls_listen")), "{:?}", config.warnings());
    assert!(Config::default().warnings().is_empty());
}

#[test]
fn secrets_do_not_show() {
    let key = "a1".repeat(32);
    let config = with_variables(&[("ALO_SECRET_KEY", &key), ("ALO_DATABASE_URL", "postgres://u:hush@h/d")])
        .expect("all values make sense");
    assert!(!effective(&config).contains(&key) && !effective(&config).contains("hush"));
    assert!(!format!("{:?}", config.secret_key).contains(&key));
}
