use super::*;
use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;

/// A data directory of its own, removed at the end.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Folder {
        let path = std::env::temp_dir().join(format!("alo-certificate-{name}-{}", std::process::id()));
        std::fs::create_dir_all(&path).expect("a folder");
        Folder(path)
    }

    fn config(&self) -> Config {
        Config { data_dir: self.0.clone(), ..Config::default() }
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        // What is left is only rubbish in a temporary folder.
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

fn shown(certificate: &Certificate) -> Vec<u8> {
    certificate.current.pair().key.cert[0].to_vec()
}

#[test]
fn the_first_start_makes_one_and_the_second_keeps_it() {
    let folder = Folder::new("first");
    let first = Certificate::open(&folder.config()).expect("made");
    let key = folder.0.join("tls/own.key");
    assert_eq!(std::fs::metadata(&key).expect("there").permissions().mode() & 0o777, 0o600);
    let again = Certificate::open(&folder.config()).expect("read");
    assert_eq!(shown(&first), shown(&again));
    assert!(first.current.pair().ends_s > now_s() + 300 * DAY_S);
}

#[test]
fn one_of_our_own_is_made_anew_in_time() {
    let folder = Folder::new("anew");
    let first = Certificate::open(&folder.config()).expect("made");
    let Source::Own(files, names) = &first.source else { panic!("not our own") };
    own::make_when_needed(files, names, now_s() + 300 * DAY_S).expect("still good");
    assert_eq!(shown(&first), files.read().expect("there").key.cert[0].to_vec());
    own::make_when_needed(files, names, now_s() + 380 * DAY_S).expect("made anew");
    assert_ne!(shown(&first), files.read().expect("there").key.cert[0].to_vec());
}

#[test]
fn a_new_pair_is_taken_and_a_bad_one_is_not() {
    let folder = Folder::new("swap");
    let files = Files::new(&folder.0.join("a.crt"), &folder.0.join("a.key"));
    let made = |name: &str| rcgen::generate_simple_self_signed(vec![name.to_owned()]).expect("a certificate");
    let (first, second) = (made("one.test"), made("two.test"));
    files.save(&first.cert.pem(), &first.signing_key.serialize_pem()).expect("saved");
    let mut config = folder.config();
    config.tls.certificate = Some(files.certificate.clone());
    assert!(Certificate::open(&config).is_err(), "a certificate without its key is a mistake");
    config.tls.key = Some(files.key.clone());
    let certificate = Certificate::open(&config).expect("read");
    assert_eq!(shown(&certificate), first.cert.der().to_vec());

    for bad in ["", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n", &second.cert.pem()] {
        std::fs::write(&files.certificate, bad).expect("written");
        let stamp = certificate.look([None; 2]);
        assert_eq!(shown(&certificate), first.cert.der().to_vec(), "the old one stays");
        assert_eq!(stamp, files.stamp());
    }
    files.save(&second.cert.pem(), &second.signing_key.serialize_pem()).expect("saved");
    certificate.look([None; 2]);
    assert_eq!(shown(&certificate), second.cert.der().to_vec());
}

#[test]
fn an_end_is_told_in_time() {
    let now = 1_000_000_000;
    let expected = [(15, Nearness::Far), (14, Nearness::Near), (3, Nearness::AtHand), (0, Nearness::Over)];
    for (days, nearness_) in expected {
        assert_eq!(nearness(now + days * DAY_S, now), nearness_, "{days} days");
    }
}
