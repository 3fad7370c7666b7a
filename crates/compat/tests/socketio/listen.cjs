// Listens to call events as AntRing's customers do, with the stock client of today and that of old, and tells each thing that
// happens as a line of JSON. Ends when both have heard of the end of a call.
//
//   node listen.cjs URL ACCOUNT TOKEN [foreign ACCOUNT]
const { io } = require("socket.io-client");
const old = require("socket.io-client-2");

const [url, account, token, foreign] = process.argv.slice(2);
const say = (client, what, data) => console.log(JSON.stringify({ client, what, data }));
const events = ["CHANNEL_CREATE", "CHANNEL_ANSWER", "CHANNEL_BRIDGE", "CHANNEL_HOLD", "CHANNEL_UNHOLD", "CHANNEL_DESTROY"];

const clients = {
    // A base URL with a path is a namespace to the client.
    today: io(`${url}/antring`, { transports: ["websocket"], forceNew: true }),
    polling: io(url, { path: "/antring/socket.io/", transports: ["polling"], forceNew: true }),
    old: old(url, { forceNew: true }),
};
const ended = new Set();

for (const [name, socket] of Object.entries(clients)) {
    const subscribe = (wanted) => new Promise((done) => socket.emit("subscribe", wanted, done));
    socket.on("connect_error", (error) => say(name, "connect_error", String(error)));
    socket.on("error", (error) => say(name, "error", error));
    for (const event of events) {
        socket.on(event, (data) => {
            say(name, event, data);
            if (event === "CHANNEL_DESTROY") {
                ended.add(name);
                if (ended.size === Object.keys(clients).length) {
                    for (const each of Object.values(clients)) each.close();
                }
            }
        });
    }
    socket.on("connect", async () => {
        const refused = [
            { account_id: account, auth_token: `${token}x`, binding: "call.CHANNEL_CREATE.*" },
            { account_id: account, binding: "call.CHANNEL_CREATE.*" },
            { account_id: foreign, auth_token: token, binding: "call.CHANNEL_CREATE.*" },
            { account_id: account, auth_token: token, binding: "fax.status.*" },
            { account_id: account, auth_token: token },
            "call.CHANNEL_CREATE.*",
        ];
        const words = [];
        for (const wanted of refused) words.push((await subscribe(wanted)).message);
        const taken = [];
        // Once for each binding; twice is as once, and the account may be left out.
        for (const event of [...events, "CHANNEL_CREATE"]) {
            taken.push(await subscribe({ account_id: account, auth_token: token, binding: `call.${event}.*` }));
        }
        taken.push(await subscribe({ auth_token: token, request_id: "7", data: { bindings: ["call.CHANNEL_HOLD.*"] } }));
        await new Promise((done) => socket.emit("unsubscribe", { auth_token: token, binding: "call.CHANNEL_UNHOLD.*" }, done));
        say(name, "ready", { words, taken });
    });
}
