// A minimal page that classifies a picture with the peer. As in ours, the picture is ready before
// the model, and weights are fetched while the code starts.

import { Peer } from "./peer.js";

const parameters = new URL(location).searchParams;

const picture = fetch("/bench-models/input/pictures/0.jpg").then(async (answer) => answer.blob());
const peer = await Peer.start();
const options = { device: "wasm", dtype: "q8" };
const [blob] = await Promise.all([picture, peer.load({ model: parameters.get("model"), ...options })]);
const labels = parameters.getAll("label").map((label) => `a photo of a ${label}`);
const rows = await peer.cosines([new File([blob], "0.jpg")], labels);
document.body.append(rows[0].join(" "));
// Milliseconds since the page was requested.
window.firstLabel = performance.now();
