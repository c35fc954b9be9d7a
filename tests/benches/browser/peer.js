// The peer behind the same methods as ours.

export class Peer {
  #worker;
  #waiting = new Map();
  #last = 0;

  static async start() {
    const peer = new Peer();
    peer.#worker = new Worker(new URL("peer_worker.js", import.meta.url), { type: "module" });
    await new Promise((resolve, reject) => {
      peer.#worker.onerror = (event) => reject(new Error(event.message ?? "the peer did not start"));
      peer.#worker.onmessage = ({ data }) => {
        if (data === "started") resolve();
        else peer.#hear(data);
      };
    });
    return peer;
  }

  #hear({ id, answer, error }) {
    const { resolve, reject } = this.#waiting.get(id);
    this.#waiting.delete(id);
    if (error === undefined) resolve(answer);
    else reject(new Error(error));
  }

  #run(name, argument) {
    this.#last += 1;
    const id = this.#last;
    this.#worker.postMessage({ id, name, argument });
    return new Promise((resolve, reject) => this.#waiting.set(id, { resolve, reject }));
  }

  // `model` is a folder of the server, `device` wasm or webgpu, `dtype` fp32, q8 or q4.
  load(options) {
    return this.#run("load", options);
  }

  // Enough for `prepare`, which reads and resizes a picture.
  loadProcessor(options) {
    return this.#run("loadProcessor", options);
  }

  prepare(file) {
    return this.#run("prepare", file);
  }

  images(files) {
    return this.#run("images", files);
  }

  texts(texts) {
    return this.#run("texts", texts);
  }

  async cosines(files, texts) {
    const pictures = await this.images(files);
    const captions = await this.texts(texts);
    const dot = (left, right) => left.reduce((sum, value, index) => sum + value * right[index], 0);
    return pictures.map((picture) => captions.map((caption) => dot(picture, caption)));
  }

  end() {
    this.#worker.terminate();
  }
}
