// Times ours and the peer in turns, so that other load on the machine affects both.

import { Ours } from "./ours.js";
import { Peer } from "./peer.js";

const CASES = [
  ["image", 1],
  ["image", 8],
  ["image", 32],
  ["text", 1],
  ["text", 16],
  ["text", 100],
  ["caption", 16],
  ["relabel", 100],
];
const CHANGED = 10;
// One token each, so that all texts of a case have one length. There is a word for each caption.
const WORDS = [
  "dog", "cat", "car", "tree", "house", "boat", "bird", "horse",
  "chair", "table", "train", "river", "bread", "cake", "shoe", "phone",
];
// Labels are put into it; captions have nothing in common.
const SENTENCE = "a photo of a ";
const PICTURES = 32;
const EXACT = 8;

let texts = 0;

// New texts, because ours caches those that it has encoded.
function fresh(count, sentence = SENTENCE) {
  return Array.from({ length: count }, () => {
    texts += 1;
    const word = WORDS[texts % WORDS.length];
    const number = 100 + (Math.floor(texts / WORDS.length) % 900);
    const place = WORDS[Math.floor(texts / WORDS.length / 900) % WORDS.length];
    return `${sentence}${word} ${number} by a ${place}`;
  });
}

async function files(folder, count, suffix) {
  const names = Array.from({ length: count }, (_, index) => `${index}.${suffix}`);
  return Promise.all(
    names.map(async (name) => {
      const answer = await fetch(`/bench-models/input/${folder}/${name}`);
      return new File([await answer.blob()], name);
    }),
  );
}

async function milliseconds(work) {
  const start = performance.now();
  await work();
  return performance.now() - start;
}

async function start({ who, model, device, code }) {
  if (who === "ours") {
    const ours = await Ours.start(`${code}/start_worker.js`);
    const manifest = `${location.origin}/bench-models/${model}/int8.json`;
    await ours.load({ manifest, merges: `${location.origin}${code}/clip_merges.txt`, device });
    return ours;
  }
  const peer = await Peer.start();
  await peer.load({ model, device: device === "gpu" ? "webgpu" : "wasm", dtype: who });
  return peer;
}

// Prepares one turn of a case; only the returned function is timed.
function turn(who, contestant, kind, count, pictures, labels) {
  if (kind === "image") {
    const some = pictures.splice(0, count);
    pictures.push(...some);
    return () => contestant.images(some);
  }
  if (kind === "relabel" && who === "ours") {
    labels.splice(0, CHANGED, ...fresh(CHANGED));
    return () => contestant.rank(labels);
  }
  const some = fresh(count, kind === "caption" ? "" : SENTENCE);
  return () => contestant.texts(some);
}

// Each takes `rounds` turns after a warm-up, within about `seconds` for all of them. A contestant
// whose first turn takes longer is measured once, without a warm-up. A turn that is expected to
// take longer than `patience` seconds is skipped.
async function compare({ model, device, whos, code, rounds, seconds, patience }, results) {
  const contestants = new Map();
  const record = (who, what, unit, samples) =>
    results.push({ part: "browser", model, device, who, what, unit, samples });
  for (const who of whos) {
    const load = async () =>
      contestants.set(who, await start({ who, model, device, code }));
    record(who, "load", "ms", [await milliseconds(load)]);
  }
  const pictures = await files("pictures", PICTURES, "jpg");
  const labels = fresh(100);
  if (contestants.has("ours")) {
    await contestants.get("ours").images(pictures.slice(0, 1));
    await contestants.get("ours").rank(labels);
  }
  const each = new Map();
  for (const [kind, count] of CASES) {
    const samples = new Map();
    const slow = new Set();
    for (const [who, contestant] of contestants) {
      const before = each.get(`${who} ${kind === "image" ? kind : "text"}`) ?? 0;
      const expected = kind === "relabel" && who === "ours" ? before * CHANGED : before * count;
      if (expected > patience * 1000) continue;
      const time = await milliseconds(turn(who, contestant, kind, count, pictures, labels));
      const once = time > seconds * 1000;
      if (once) slow.add(who);
      samples.set(who, once ? [time] : []);
      each.set(`${who} ${kind}`, time / count);
    }
    const end = performance.now() + seconds * 1000;
    for (let round = 0; round < rounds && (round === 0 || performance.now() < end); round += 1) {
      for (const [who, found] of samples) {
        if (slow.has(who)) continue;
        const work = turn(who, contestants.get(who), kind, count, pictures, labels);
        found.push(await milliseconds(work));
      }
    }
    for (const [who, found] of samples) {
      const what = kind === "relabel" ? `relabel ${CHANGED} of ${count}` : `${kind} ×${count}`;
      record(who, what, "ms", found);
    }
  }
  contestants.forEach((contestant) => contestant.end());
}

// Ours with each of several models, one picture at a time; a row of milliseconds a model.
async function models({ models, device, code, rounds }) {
  const [picture] = await files("pictures", 1, "jpg");
  const contestants = [];
  for (const model of models) contestants.push(await start({ who: "ours", model, device, code }));
  // The first picture is slower.
  for (const contestant of contestants) await contestant.images([picture]);
  const rows = models.map(() => []);
  for (let round = 0; round < rounds; round += 1) {
    for (const [index, contestant] of contestants.entries()) {
      rows[index].push(await milliseconds(() => contestant.images([picture])));
    }
  }
  contestants.forEach((contestant) => contestant.end());
  return rows;
}

// The cosines of eight pictures of the input size, which needs no resize, with 16 texts.
async function cosines({ who, model, device, code }) {
  const contestant = await start({ who, model, device, code });
  const pictures = await files("exact", EXACT, "png");
  const captions = Array.from({ length: 16 }, (_, index) => `${WORDS[index]} ${index}`);
  let rows;
  if (who === "ours") {
    await contestant.images(pictures);
    rows = await contestant.cosines(EXACT, captions);
  } else {
    rows = await contestant.cosines(pictures, captions);
  }
  contestant.end();
  return rows;
}

// A small session, to measure its memory.
async function use({ who, model, device, code, images, texts }) {
  const contestant = await start({ who, model, device, code });
  await contestant.images(await files("pictures", images, "jpg"));
  await contestant.texts(fresh(texts));
}

// Loaded on demand: the module is a build of its own that only these tasks need.
async function kernels(options, results) {
  const { kernels } = await import("./kernels.js");
  await kernels(options, results);
}

async function pictures(options, results) {
  const { pictures } = await import("./pictures.js");
  await pictures(options, results);
}

const tasks = { compare, models, cosines, use, kernels, pictures };

// Starts a task; `window.state` tells how it goes.
window.begin = (name, options) => {
  const results = [];
  window.state = { results };
  tasks[name](options, results).then(
    (answer) => (window.state = { results, answer: answer ?? null, done: true }),
    (error) => (window.state = { results, error: String(error), done: true }),
  );
};
