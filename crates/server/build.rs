//! Tells cargo to embed the web anew when it was built anew. The web itself is built by `make web`, never from here.

fn main() {
    println!("cargo:rerun-if-changed=../../web/dist");
}
