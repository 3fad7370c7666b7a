// A browser phone for the tests: the same few verbs over JsSIP or SIP.js, and ears that tell tones apart.
// The tests call `phone.…` and wait for words in `phone.told`.

import JsSIP from 'jssip';
import * as SIP from 'sip.js';

const SOUND = { echoCancellation: false, noiseSuppression: false, autoGainControl: false };
const told = [];
const tell = (word) => told.push(word);

// What the remote side sounds like: the level of a tone against all the rest, in decibels.
let ears;
function listen(stream) {
  const context = new AudioContext();
  const analyser = context.createAnalyser();
  analyser.fftSize = 8192;
  analyser.smoothingTimeConstant = 0;
  // Chromium feeds WebAudio from a remote stream only while an element plays it.
  const element = new Audio();
  element.srcObject = stream;
  element.muted = true;
  element.play();
  context.createMediaStreamSource(stream).connect(analyser);
  ears = { context, analyser };
}

// The loudest frequency in Hz and its level in dB; null before there is any sound.
function heard() {
  if (!ears) return null;
  const bins = new Float32Array(ears.analyser.frequencyBinCount);
  ears.analyser.getFloatFrequencyData(bins);
  let best = 0;
  bins.forEach((level, place) => { if (level > bins[best]) best = place; });
  return { hz: (best * ears.context.sampleRate) / ears.analyser.fftSize, db: bins[best] };
}

// The figures of the connection that matter to the tests.
async function figures(connection) {
  const found = {};
  (await connection.getStats()).forEach((report) => {
    if (report.type === 'inbound-rtp') {
      found.received = report.packetsReceived;
      found.lost = report.packetsLost;
    }
    if (report.type === 'outbound-rtp') found.sent = report.packetsSent;
    if (report.type === 'remote-inbound-rtp') found.rtt = report.roundTripTime;
    if (report.type === 'codec') found.codec = report.mimeType;
    if (report.type === 'transport') found.dtls = report.dtlsState;
  });
  return found;
}

function jssip({ server, user, domain, password }) {
  const socket = new JsSIP.WebSocketInterface(server);
  const agent = new JsSIP.UA({ sockets: [socket], uri: `sip:${user}@${domain}`, password, register: true });
  let session;
  const media = { mediaConstraints: { audio: SOUND, video: false } };
  const hear = (connection) => connection.addEventListener('track', (event) => listen(new MediaStream([event.track])));
  agent.on('registered', () => tell('registered'));
  agent.on('registrationFailed', (event) => tell(`refused ${event.cause}`));
  agent.on('newRTCSession', (event) => {
    if (session && !session.isEnded()) {
      event.session.terminate({ status_code: 486 });
      return;
    }
    session = event.session;
    session.on('progress', () => tell('progress'));
    session.on('confirmed', () => tell('confirmed'));
    session.on('ended', (end) => tell(`ended ${end.originator}`));
    session.on('failed', (end) => tell(`failed ${end.cause}`));
    session.on('hold', (hold) => tell(`hold ${hold.originator}`));
    session.on('newDTMF', (key) => key.originator === 'remote' && tell(`key ${key.dtmf.tone}`));
    if (session.direction === 'incoming') {
      session.on('peerconnection', (made) => hear(made.peerconnection));
      tell(`incoming ${session.remote_identity.uri.user}`);
    }
  });
  agent.start();
  return {
    dial: (number) => hear(agent.call(`sip:${number}@${domain}`, media).connection),
    answer: () => session.answer(media),
    hold: () => new Promise((done) => session.hold({}, () => done(true))),
    resume: () => new Promise((done) => session.unhold({}, () => done(true))),
    key: (key, rfc4733) => session.sendDTMF(key, rfc4733 ? { transportType: 'RFC2833' } : {}),
    restart: () => new Promise((done) => session.renegotiate({ rtcOfferConstraints: { iceRestart: true } }, () => done(true))),
    hangUp: () => session.terminate(),
    figures: () => figures(session.connection),
    stop: () => new Promise((done) => { agent.on('disconnected', () => done(true)); agent.stop(); }),
  };
}

function sipjs({ server, user, domain, password }) {
  const uri = SIP.UserAgent.makeURI(`sip:${user}@${domain}`);
  const options = { sessionDescriptionHandlerOptions: { constraints: { audio: SOUND, video: false } } };
  let session;
  const connection = () => session.sessionDescriptionHandler.peerConnection;
  const follow = (begun, incoming) => {
    session = begun;
    session.stateChange.addListener((state) => {
      if (state === SIP.SessionState.Established) {
        listen(session.sessionDescriptionHandler.remoteMediaStream);
        tell('confirmed');
      }
      if (state === SIP.SessionState.Terminated) tell('ended');
    });
    if (incoming) tell(`incoming ${session.remoteIdentity.uri.user}`);
  };
  const agent = new SIP.UserAgent({
    uri,
    transportOptions: { server },
    authorizationUsername: user,
    authorizationPassword: password,
    logLevel: 'error',
    delegate: { onInvite: (invitation) => follow(invitation, true) },
  });
  const registerer = new SIP.Registerer(agent);
  registerer.stateChange.addListener((state) => state === SIP.RegistererState.Registered && tell('registered'));
  agent.start().then(() => registerer.register());
  const reinvite = (hold) => new Promise((done, failed) => {
    session.sessionDescriptionHandlerOptionsReInvite = { hold };
    session.invite({ requestDelegate: { onAccept: () => done(true), onReject: () => failed(new Error('refused')) } });
  });
  return {
    dial: (number) => {
      follow(new SIP.Inviter(agent, SIP.UserAgent.makeURI(`sip:${number}@${domain}`), options), false);
      return session.invite().then(() => true);
    },
    answer: () => session.accept(options),
    hold: () => reinvite(true),
    resume: () => reinvite(false),
    key: (key, rfc4733) => rfc4733
      ? session.sessionDescriptionHandler.sendDtmf(key)
      : session.info({ requestOptions: { body: {
          contentDisposition: 'render', contentType: 'application/dtmf-relay', content: `Signal=${key}\r\nDuration=160` } } }).then(() => true),
    hangUp: () => (session.state === SIP.SessionState.Established ? session.bye().then(() => true) : session.cancel()),
    figures: () => figures(connection()),
    stop: () => registerer.unregister().then(() => agent.stop()).then(() => true),
  };
}

const makers = { jssip, sipjs };
window.phone = {
  told,
  heard,
  start: (kind, settings) => { Object.assign(window.phone, makers[kind](settings)); },
};
