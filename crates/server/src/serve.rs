//! Running: opens what is needed from the bottom up, waits for a signal, closes it from the top down.

mod first;
mod outside;
mod watch_demo;

pub(crate) use watch_demo::plan as demo_plan;

use crate::certificate::{Acme, Certificate};
use crate::config::{Config, Demo, Recording, SmsProvider, SpeechDriver};
use crate::doors::{self, Door};
use crate::health::{Bound, Health};
use crate::{cli, control, figures, health, home, limits, nodes, phones, provision, web};
use anyhow::Context;
use bus::Bus;
use engine::{Engine, StartError};
use outside::Helpers;
use sip::Transport;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;
use store::Db;
use tokio::net::TcpListener;
use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio::sync::watch;
use tokio::task::JoinHandle;
use tokio_rustls::rustls::ClientConfig;
use worker::broadcast::Broadcaster;
use worker::mail::Courier;
use worker::recordings::Keeper;
use worker::sound::Sounds;
use worker::speech::{Hosted, Program, Speaker};
use worker::webhook::{Guard, Lookups, Sender};

/// How long open HTTP answers may take when the server stops.
const LAST_ANSWERS: Duration = Duration::from_secs(3);

/// How often to look for mail that another process wrote, or whose time has come.
const MAIL_POLL: Duration = Duration::from_secs(2);

/// What phones and carriers may come over.
const SIP: [Transport; 5] = [Transport::Udp, Transport::Tcp, Transport::Tls, Transport::Ws, Transport::Wss];

/// Runs the server until a signal ends it. The web comes from `ui_dir`, or from the binary.
pub(crate) async fn run(config: Config, ui_dir: Option<PathBuf>) -> anyhow::Result<()> {
    for warning in config.warnings() {
        tracing::warn!("{warning}");
    }
    home::prepare(&config)?;
    let _lock = home::lock(&config.data_dir)?;
    if let Some(limit) = limits::raise_open_files(config.limits.open_files) {
        tracing::debug!(open_files = limit.soft, "the limit of open files");
    }
    let mut signals = Signals::new()?;
    let figures = figures::start()?;
    let db = home::open_migrated(&config).await?;
    limits::yield_to_calls("sqlx-sqlite");
    let (bus, orders) = Bus::new();
    let certificate = Certificate::open(&config)?;
    let doors = open_doors(&config, &certificate).await?;
    let acme = Acme::new(&config, db.vault(), &certificate);
    let objects = home::objects(&config)?;
    let mut questions = Vec::new();
    for listen in acme.iter().flat_map(|acme| acme.listen()) {
        questions.push(Door { listener: bind("tls.acme.listen", *listen).await?, tls: None });
    }
    let (phones, kept) = phones::open(&config.data_dir)?;
    let (registrar, keeping) = phones.keep();
    let (trust, roots) = crate::trust::client(&config)?;
    let mut wanted = engine_config(&config, &db, &certificate, trust);
    (wanted.sip.keeper, wanted.sip.kept) = (Some(registrar), kept);
    let guard = guard(&config);
    let spoken = Sounds::new(db.clone(), config.data_dir.clone()).spoken_by(speaker(&config)?);
    let lookups = Lookups::new(guard.clone()).context("the client for services that flows ask")?;
    wanted.outside = Arc::new(Helpers { sounds: spoken, lookups });
    let engine = Engine::start(wanted, db.clone(), bus.clone(), orders).await;
    let engine = Arc::new(engine.map_err(explain)?);
    // Only now: secrets made by a start that fails would never be seen.
    let demo_company = first::company(&db, &config).await?;
    in_force(&engine, &db).await;
    let courier = courier(&config, &db)?;
    let draining = Arc::new(AtomicBool::new(false));
    let (stop, stopping) = watch::channel(false);
    let (close_web, web_closing) = watch::channel(false);
    let health = health::routes(Health {
        db: db.clone(),
        figures,
        draining: draining.clone(),
        gauges: Arc::new({
            let engine = Arc::downgrade(&engine);
            move || engine.upgrade().map_or(Bound { sip: false, media: false }, |engine| gauges(&engine))
        }),
    });
    let mut state = api::State::new(db.clone(), bus.clone(), config.data_dir.clone(), guard.clone());
    state.objects = objects.clone();
    state.doctor = Some(nodes::doctor(&config));
    state.post = account::link::Post { site: config.http_url(), mail: courier.is_some() };
    let speaker = speaker(&config)?;
    state.sounds = state.sounds.spoken_by(speaker.clone());
    let data = config.data_dir.clone();
    // Telephones hear tones until it is done.
    tokio::spawn(async move { worker::prompts::prepare(&speaker, &data).await });
    // One gate for all faces: a key's requests are counted together.
    let (gate, root) = (state.gate.clone(), config.http_url());
    let (logins, sip_port) = (state.logins.clone(), engine.udp_addr().map_or(5060, |at| at.port()));
    let (sounds, guard_of_faces, carrier) = (state.sounds.clone(), guard.clone(), carrier(&config));
    let keeper = Keeper::start(db.clone(), objects.clone());
    let broadcaster = Broadcaster::start(db.clone(), bus.clone(), sounds.clone());
    let others = compat::State {
        gate,
        bus,
        objects: objects.clone(),
        root,
        sounds,
        guard: guard_of_faces,
        logins,
        sip_port,
        carrier,
    };
    let tongues = compat::tongues(&others);
    let webhooks =
        Sender::start(db.clone(), worker::webhook::Config { tongues, ..worker::webhook::Config::new(guard) })?;
    let others = compat::router(others, &compat::Prefixes::default());
    let browsers = Arc::downgrade(&engine);
    let browsers = doors::sip::routes(Arc::new(move |socket, remote, secure| {
        if let Some(engine) = browsers.upgrade() {
            engine.websocket(socket, remote, secure);
        }
    }));
    let api = api::router(state, web::routes(web::Pages(ui_dir)));
    let control = control::open(&config.data_dir, api.clone());
    let behind_https = config.http_url().starts_with("https://");
    let desk = provision::Desk { db: db.clone(), data: config.data_dir.clone(), sip_port, behind_https };
    let faces = api.merge(others).merge(health).merge(browsers).merge(provision::routes(desk));
    let certificate = certificate.watch();
    let roots = roots.map(|roots| roots.watch());
    let demo = match config.demo {
        Demo::Auto => Some(tokio::spawn(watch_demo::run(db.clone(), engine.udp_addr(), stopping))),
        Demo::Off => None,
    };
    // Told before the first answer, so that whoever waits for /readyz finds it told; and all that always runs runs by then.
    first::greet(&config, &engine, demo_company.as_ref());
    let living = nodes::tell(db.clone(), &config, &engine);
    let served = doors::serve(doors, faces, web_closing.clone());
    let acme = acme.map(|acme| [doors::serve(questions, acme.routes(), web_closing), acme.keep()]);
    let at = |transport| shown(engine.sip_addr(transport));
    tracing::info!(
        http = %config.http.listen,
        https = shown(config.http.tls_listen),
        udp = at(Transport::Udp),
        tcp = at(Transport::Tcp),
        tls = at(Transport::Tls),
        ws = at(Transport::Ws),
        wss = at(Transport::Wss),
        "alo is ready"
    );

    signals.next().await;
    draining.store(true, Ordering::Relaxed);
    engine.drain();
    tracing::info!(calls = engine.counts().calls, wait_s = config.stop.wait_s, "stopping: no new calls are taken");
    // The demo's people hang up by themselves, and the web stays up until the calls have ended. Without a demo nobody
    // listens here.
    let _ = stop.send(true);
    wait_for_calls(&engine, config.stop_wait(), &mut signals).await;
    engine.stop(Duration::ZERO).await;
    // Nobody listens any more when the web side ended by itself.
    let _ = close_web.send(true);
    if let Some(control) = control {
        control.abort();
    }
    end(demo, served).await;
    for task in acme.into_iter().flatten().chain(roots).chain([certificate, keeping, living]) {
        task.abort();
    }
    broadcaster.stop().await;
    keeper.stop().await;
    webhooks.stop().await;
    if let Some(courier) = courier {
        courier.stop().await;
    }
    db.close().await;
    tracing::info!("stopped");
    Ok(())
}

/// Opens the web's listeners.
async fn open_doors(config: &Config, certificate: &Certificate) -> anyhow::Result<Vec<Door>> {
    let plain = Some(("http.listen", config.http.listen, None));
    let secure = config.http.tls_listen.map(|listen| ("http.tls_listen", listen, Some(certificate.for_http())));
    let mut doors = Vec::new();
    for (key, listen, tls) in plain.into_iter().chain(secure) {
        doors.push(Door { listener: bind(key, listen).await?, tls });
    }
    Ok(doors)
}

async fn bind(key: &str, listen: SocketAddr) -> anyhow::Result<TcpListener> {
    TcpListener::bind(listen).await.with_context(|| {
        let (variable, alo) = (crate::config::variable(key), cli::program());
        format!("cannot listen on {listen}: stop what holds it, or set {key} ({variable}); `{alo} doctor` tells more")
    })
}

/// Names the mend beside the reason.
fn explain(error: StartError) -> anyhow::Error {
    let mend = match &error {
        StartError::Sip(_) => "stop what holds it, or set another address (ALO_SIP__UDP, _TCP, _TLS, _WS, _WSS); ",
        StartError::Configuration(_) | StartError::Media(_) | StartError::Spool(_) | StartError::Recordings(_) => "",
    };
    let mend = format!("cannot start the telephone side: {mend}`{} doctor` tells more", cli::program());
    anyhow::Error::new(error).context(mend)
}

/// Waits until calls see the configuration that the database holds now, so that phones told of it can register.
async fn in_force(engine: &Engine, db: &Db) {
    let known = async {
        while db.config_version().await.is_ok_and(|version| engine.config_version() < version) {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    };
    if tokio::time::timeout(Duration::from_secs(5), known).await.is_err() {
        tracing::warn!("the configuration is not in force yet; phones may be refused for a while");
    }
}

fn shown(address: Option<SocketAddr>) -> String {
    address.map_or_else(|| "off".to_owned(), |address| address.to_string())
}

fn engine_config(config: &Config, db: &Db, certificate: &Certificate, trust: Arc<ClientConfig>) -> engine::Config {
    let sip = &config.sip;
    let mut stack = sip::Config {
        udp: sip.udp.clone(),
        tcp: sip.tcp.clone(),
        tls: sip.tls.clone(),
        ws: sip.ws.clone(),
        wss: sip.wss.clone(),
        identity: Some(certificate.for_sip()),
        trust: Some(trust),
        locator: sip::locate::Locator::new(sip.dns.clone()),
        advertise: sip.address,
        secret: db.vault().derive("sip nonces"),
        server_name: sip.server_name.clone(),
        expires: sip::Expires {
            min_s: sip.register_min_s,
            default_s: sip.register_default_s,
            max_s: sip.register_max_s,
        },
        ..sip::Config::default()
    };
    // A call has two legs.
    stack.limits.legs = config.limits.calls.saturating_mul(2);
    if sip.shards > 0 {
        stack.shards = sip.shards;
    }
    let media = media::Config {
        bind: config.media.bind,
        advertise: config.media_address(),
        ports: config.media.ports.clone(),
        codecs: config.media.codecs,
        threads: config.media.threads,
        silence: (config.media.silence_s > 0).then(|| Duration::from_secs(config.media.silence_s)),
        ..media::Config::default()
    };
    engine::Config {
        sip: stack,
        media,
        data: config.data_dir.clone(),
        spool: home::spool(config),
        limits: call::Limits::default(),
        never_record: config.recording == Recording::None,
        probe_every: Duration::from_secs(sip.probe_s),
        capture: engine::capture::Config {
            signalling_bytes: config.capture.signalling_mb << 20,
            keep: Duration::from_secs(config.capture.keep_days * 86_400),
            sound_bytes: config.capture.sound_mb << 20,
        },
        outside: Arc::new(engine::Nobody),
    }
}

/// Who speaks texts, as it is set.
pub(crate) fn speaker(config: &Config) -> anyhow::Result<Speaker> {
    let speech = &config.speech;
    Ok(match speech.driver {
        SpeechDriver::Off => Speaker::Off,
        SpeechDriver::Espeak => Speaker::Program(Program { path: speech.program.clone() }),
        SpeechDriver::Http => {
            let key = speech.key.as_ref().map(|key| key.expose().to_owned());
            Speaker::Hosted(Hosted::new(speech.url.clone(), key).context("the client for speech.url")?)
        }
    })
}

/// Mail is sent where a server for it is set.
fn courier(config: &Config, db: &Db) -> anyhow::Result<Option<Courier>> {
    let Some(url) = &config.mail.url else { return Ok(None) };
    let (url, from) = (url.expose().to_owned(), config.mail.from.clone());
    let settings = worker::mail::Config { url, from, poll: MAIL_POLL, data: config.data_dir.clone() };
    Ok(Some(Courier::start(db.clone(), settings)?))
}

/// Who carries messages to customers' telephones.
fn carrier(config: &Config) -> Arc<dyn sms::Provider> {
    match config.sms.provider {
        SmsProvider::Off => Arc::new(sms::Nobody),
        SmsProvider::Sandbox => Arc::new(sms::Sandbox),
    }
}

fn guard(config: &Config) -> Guard {
    // The configuration was checked when it was read.
    let allowed: Vec<model::Network> = config.webhooks.allow.iter().filter_map(|text| text.parse().ok()).collect();
    Guard::new(allowed)
}

/// Reads the live counts into the gauges.
fn gauges(engine: &Engine) -> Bound {
    let counts = engine.counts();
    for (name, value) in [
        ("alo_calls", counts.calls),
        ("alo_spooled", usize::try_from(counts.spooled).unwrap_or(usize::MAX)),
        ("alo_sip_dialogs", counts.sip.dialogs),
        ("alo_sip_transactions", counts.sip.transactions),
        ("alo_sip_connections", counts.sip.connections),
        ("alo_sip_bindings", counts.sip.bindings),
        ("alo_media_legs", counts.media.legs),
        ("alo_media_sockets", counts.media.sockets),
        ("alo_media_recordings", counts.media.recordings),
        ("alo_media_dead_threads", counts.dead_media_threads),
    ] {
        metrics::gauge!(name).set(value as f64);
    }
    Bound {
        sip: SIP.into_iter().any(|transport| engine.sip_addr(transport).is_some()),
        media: counts.dead_media_threads == 0,
    }
}

/// Waits for calls to end by themselves; a second signal, or the end of patience, ends the waiting.
async fn wait_for_calls(engine: &Engine, patience: Duration, signals: &mut Signals) {
    let ended = async {
        let mut look = tokio::time::interval(Duration::from_millis(50));
        while engine.counts().calls > 0 {
            look.tick().await;
        }
    };
    tokio::select! {
        () = ended => {}
        () = tokio::time::sleep(patience) => {
            tracing::warn!(calls = engine.counts().calls, "patience is over: the calls that are left are ended");
        }
        () = signals.next() => {
            tracing::warn!(calls = engine.counts().calls, "a second signal: the calls that are left are ended");
        }
    }
}

/// Ends the demo and the web; open live sockets are cut.
async fn end(demo: Option<JoinHandle<()>>, web: JoinHandle<()>) {
    for mut task in demo.into_iter().chain([web]) {
        if tokio::time::timeout(LAST_ANSWERS, &mut task).await.is_err() {
            task.abort();
        }
    }
}

/// The two signals that mean stop.
struct Signals {
    terminate: Signal,
    interrupt: Signal,
}

impl Signals {
    fn new() -> std::io::Result<Signals> {
        Ok(Signals { terminate: signal(SignalKind::terminate())?, interrupt: signal(SignalKind::interrupt())? })
    }

    async fn next(&mut self) {
        tokio::select! {
            _ = self.terminate.recv() => {}
            _ = self.interrupt.recv() => {}
        }
    }
}
