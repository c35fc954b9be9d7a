// Times the way of a JPEG file to the network's input, ours beside the peer's, and ours with one
// worker and with two.

import { Peer } from "./peer.js";

const SAMPLES = ["astronaut", "camera", "cat", "coffee", "horse", "rocket"];
const TILE = 500;
const SMALL = [640, 480];
const LARGE = [4000, 3000];
const MANY = 64;
// The first files are slower, because the browser compiles hot code while it runs.
const WARM_UP = 12;

// A JPEG of photographs side by side, as detailed as one from a camera.
async function jpeg([width, height], seed) {
  const canvas = new OffscreenCanvas(width, height);
  const context = canvas.getContext("2d");
  let next = seed;
  for (let y = 0; y < height; y += TILE) {
    for (let x = 0; x < width; x += TILE) {
      const name = SAMPLES[next % SAMPLES.length];
      const bitmap = await createImageBitmap(await (await fetch(`/samples/${name}.jpg`)).blob());
      context.drawImage(bitmap, x, y, TILE, TILE);
      next += 1;
    }
  }
  return new File([await canvas.convertToBlob({ type: "image/jpeg", quality: 0.9 })], "a.jpg");
}

class Helper {
  #worker = new Worker(new URL("prepare_worker.js", import.meta.url), { type: "module" });

  #answer() {
    return new Promise((resolve, reject) => {
      this.#worker.onerror = (event) => reject(new Error(event.message));
      this.#worker.onmessage = ({ data }) => resolve(data);
    });
  }

  static async start() {
    const helper = new Helper();
    await helper.#answer();
    return helper;
  }

  prepare(file) {
    this.#worker.postMessage(file);
    return this.#answer();
  }

  end() {
    this.#worker.terminate();
  }
}

async function milliseconds(work) {
  const start = performance.now();
  await work();
  return performance.now() - start;
}

// Pictures a second; each helper takes the next file when it is free.
async function rate(helpers, files) {
  let next = 0;
  const takeAll = async (helper) => {
    while (next < files.length) {
      next += 1;
      await helper.prepare(files[next - 1]);
    }
  };
  const time = await milliseconds(() => Promise.all(helpers.map(takeAll)));
  return (files.length * 1000) / time;
}

export async function pictures({ model, rounds }, results) {
  const record = (who, what, unit, samples) =>
    results.push({ part: "pictures", model: "JPEG", device: "cpu", who, what, unit, samples });
  const peer = await Peer.start();
  await peer.loadProcessor({ model });
  const helpers = [await Helper.start(), await Helper.start()];
  const small = await jpeg(SMALL, 0);
  for (let run = 0; run < WARM_UP; run += 1) {
    for (const one of [...helpers, peer]) await one.prepare(small);
  }
  for (const [size, file] of [[SMALL, small], [LARGE, await jpeg(LARGE, 1)]]) {
    const samples = { ours: [], "transformers.js": [] };
    for (let round = 0; round < Math.max(rounds, 7); round += 1) {
      samples.ours.push(await milliseconds(() => helpers[0].prepare(file)));
      samples["transformers.js"].push(await milliseconds(() => peer.prepare(file)));
    }
    for (const [who, found] of Object.entries(samples)) {
      record(who, `${size.join(" × ")}, read and resized`, "ms", found);
    }
  }
  const many = Array.from({ length: MANY }, () => small);
  const rates = { ours: [], "one worker": [] };
  for (let round = 0; round < Math.max(rounds, 5); round += 1) {
    rates.ours.push(await rate(helpers, many));
    rates["one worker"].push(await rate(helpers.slice(0, 1), many));
  }
  for (const [who, found] of Object.entries(rates)) {
    record(who, `${MANY} of ${SMALL.join(" × ")}, two workers`, "pictures/s", found);
  }
  for (const one of [...helpers, peer]) one.end();
}
