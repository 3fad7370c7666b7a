use crate::phone::{House, MOMENT, PATIENCE};
use media::{Leg, Offer, rtp};
use std::net::{SocketAddr, UdpSocket};

const FORMATS: &str = "a=rtpmap:97 H264/90000\r\na=fmtp:97 profile-level-id=42e01f;packetization-mode=1\r\na=rtcp-fb:* nack pli\r\n\
                       a=rtcp-fb:97 ccm fir\r\na=rtpmap:98 VP8/90000\r\n";

/// A phone with a camera: sockets for RTP and RTCP of the video. Its sound is not looked at.
struct Camera {
    rtp: UdpSocket,
    rtcp: UdpSocket,
}

impl Camera {
    fn new() -> Camera {
        let socket = || {
            let socket = UdpSocket::bind("127.0.0.1:0").expect("a socket");
            socket.set_read_timeout(Some(PATIENCE)).expect("a timeout");
            socket
        };
        Camera { rtp: socket(), rtcp: socket() }
    }

    fn describe(&self, video: &str) -> Vec<u8> {
        let port = |socket: &UdpSocket| socket.local_addr().expect("an address").port();
        let rtcp = port(&self.rtcp);
        let video = video.replace("PORT", &port(&self.rtp).to_string());
        format!("v=0\r\nc=IN IP4 127.0.0.1\r\nm=audio 4000 RTP/AVP 0\r\n{video}a=rtcp:{rtcp}\r\n").into_bytes()
    }
}

fn video_line(text: &[u8]) -> String {
    let text = String::from_utf8_lossy(text);
    text.lines().find(|l| l.starts_with("m=video")).unwrap_or_default().to_owned()
}

fn port(text: &[u8]) -> u16 {
    video_line(text).split(' ').nth(1).and_then(|p| p.parse().ok()).expect("a port")
}

/// A caller and a callee with cameras, negotiated as a call does it; with the addresses that each is told.
fn pair(house: &House, cameras: &[Camera; 2]) -> (Leg, Leg, [SocketAddr; 2]) {
    let mut near = house.media.open(1).expect("a leg");
    let offer = cameras[0].describe(&format!("m=video PORT RTP/AVPF 97 98\r\n{FORMATS}a=ssrc:5 cname:x\r\n"));
    let answer = near.accept_offer(&offer, None).expect("an answer");
    assert_eq!(port(&answer), 0, "nobody has answered yet");
    let mut far = house.media.open_beside(2, &near).expect("a leg");
    far.show(near.video());
    let ours = far.offer(Offer { prefer: near.taste(), ..Offer::default() });
    let text = String::from_utf8_lossy(&ours).into_owned();
    assert!(text.contains(FORMATS) && text.contains("RTP/AVPF 97 98\r\n") && !text.contains("ssrc"), "{text}");
    far.accept_answer(&cameras[1].describe("m=video PORT RTP/AVPF 98\r\na=rtpmap:98 VP8/90000\r\n")).expect("agreed");
    near.show(far.video());
    let answer = near.accept_offer(&offer, None).expect("an answer");
    assert!(video_line(&answer).ends_with("RTP/AVPF 98"), "{}", video_line(&answer));
    near.bridge(&far);
    let told = [port(&answer), port(&ours)].map(|port| SocketAddr::from(([127, 0, 0, 1], port)));
    (near, far, told)
}

fn packet(payload_type: u8, sequence: u16) -> Vec<u8> {
    let mut packet = vec![7; 1212];
    rtp::write(packet.first_chunk_mut().expect("room"), payload_type, true, sequence, 90_000, 0xABCD);
    packet
}

#[test]
fn pictures_and_requests_for_them_pass_untouched_both_ways() {
    let mut house = House::new();
    let cameras = [Camera::new(), Camera::new()];
    let (near, far, told) = pair(&house, &cameras);
    house.settle(&near);
    let mut buffer = [0; 2048];
    for (from, to) in [(0, 1), (1, 0)] {
        for sequence in [65_535, 0, 7] {
            let packet = packet(98, sequence);
            cameras[from].rtp.send_to(&packet, told[from]).expect("sent");
            let length = cameras[to].rtp.recv(&mut buffer).expect("a picture");
            assert_eq!(buffer[..length], packet);
        }
        // A picture loss indication (RFC 4585 section 6.3.1).
        let request = [0x81, 206, 0, 2, 0, 0, 0, 1, 0, 0, 0xAB, 0xCD];
        let rtcp = SocketAddr::new(told[from].ip(), told[from].port() + 1);
        cameras[from].rtcp.send_to(&request, rtcp).expect("sent");
        let length = cameras[to].rtcp.recv(&mut buffer).expect("a request");
        assert_eq!(buffer[..length], request);
    }
    let stranger = UdpSocket::bind("127.0.0.2:0").expect("a socket");
    stranger.send_to(&packet(98, 9), told[0]).expect("sent");
    cameras[1].rtp.set_read_timeout(Some(MOMENT)).expect("a timeout");
    assert!(cameras[1].rtp.recv(&mut buffer).is_err(), "a stranger shows nothing");
    drop((near, far));
    while house.media.counts().sockets > 0 {
        std::thread::yield_now();
    }
    let closed = std::iter::from_fn(|| house.event_within(MOMENT)).filter(|e| matches!(e, media::Event::Closed { .. }));
    assert_eq!(closed.count(), 2, "a video has no end of its own");
}

#[test]
fn a_video_that_is_taken_away_stops_and_one_that_nobody_takes_is_refused() {
    let mut house = House::new();
    let cameras = [Camera::new(), Camera::new()];
    let (mut near, far, told) = pair(&house, &cameras);
    let off = cameras[0].describe("m=video 0 RTP/AVPF 97 98\r\n");
    let answer = near.accept_offer(&off, None).expect("an answer");
    assert_eq!(port(&answer), 0);
    house.settle(&near);
    cameras[1].rtp.send_to(&packet(98, 1), told[1]).expect("sent");
    let mut buffer = [0; 2048];
    cameras[0].rtp.set_read_timeout(Some(MOMENT)).expect("a timeout");
    assert!(cameras[0].rtp.recv(&mut buffer).is_err());
    drop(far);
    near.show(None);
    let on = cameras[0].describe(&format!("m=video PORT RTP/AVPF 97 98\r\n{FORMATS}"));
    assert_eq!(port(&near.accept_offer(&on, None).expect("an answer")), 0, "there is nobody to see it");
    let sealed = cameras[0].describe("m=video PORT RTP/SAVPF 97\r\n");
    near.accept_offer(&sealed, None).expect("an answer");
    assert_eq!(near.video(), None);
}
