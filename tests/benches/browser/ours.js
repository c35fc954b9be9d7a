// Our engine in the built page's worker, driven by the page's messages.

export class Ours {
  #worker;
  #waiting = new Map();
  #last = 0;

  // `worker` is the address of start_worker.js.
  static async start(worker) {
    const ours = new Ours();
    ours.#worker = new Worker(worker, { type: "module" });
    await new Promise((resolve, reject) => {
      ours.#worker.onerror = (event) => reject(new Error(event.message));
      ours.#worker.onmessage = ({ data }) => {
        if (data === "Started") resolve();
        else ours.#hear(data);
      };
    });
    return ours;
  }

  #hear({ Answer, Failed, Crashed }) {
    if (Crashed !== undefined) throw new Error(Crashed);
    const said = Answer ?? Failed;
    if (said === undefined) return;
    const { resolve, reject } = this.#waiting.get(said.id);
    this.#waiting.delete(said.id);
    if (Answer) resolve(Answer.answer);
    else reject(new Error(Failed.failure.message));
  }

  #run(request, files = []) {
    this.#last += 1;
    const id = this.#last;
    this.#worker.postMessage([{ Run: { id, request } }, files]);
    return new Promise((resolve, reject) => this.#waiting.set(id, { resolve, reject }));
  }

  async load({ manifest, merges, device }) {
    const request = { Load: { origin: { Manifest: manifest }, merges, device } };
    const { Loaded } = await this.#run(request);
    if (Loaded.device !== device) throw new Error(`the model runs on ${Loaded.device}`);
  }

  // The page sends one request a picture; so does this, and waits for the last.
  async images(files) {
    const embed = (picture) => ({ Embed: { picture, remember: true } });
    await Promise.all(files.map((file, picture) => this.#run(embed(picture), [file])));
  }

  // The worker caches encoded texts: pass new ones to measure encoding.
  async texts(captions) {
    await this.#run({ Match: { pictures: [], captions } });
  }

  // Rows of cosines: pictures 0 to count − 1 with the captions.
  async cosines(count, captions) {
    const pictures = Array.from({ length: count }, (_, picture) => picture);
    return (await this.#run({ Match: { pictures, captions } })).Cosines.rows;
  }

  // Ranks an edited list of labels for a picture that is encoded already.
  async rank(labels) {
    const templates = ["a photo of a {}"];
    await this.#run({ Rank: { pictures: [0], labels, templates, none_of_these: false, examples: [] } });
  }

  end() {
    this.#worker.terminate();
  }
}
