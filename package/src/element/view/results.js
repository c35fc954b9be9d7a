// Each picture with its labels.

import { create, setText } from "./dom.js";

/**
 * @typedef {import("./messages.js").Texts} Texts
 * @typedef {import("../picture.js").Picture} Picture
 */

export class ResultsView {
  /** @type {Map<Picture, Row>} */
  #rows = new Map();
  #removed;
  list = create("ul", { part: "results", hidden: true });

  /** @param {(picture: Picture) => void} removed hears of a person's wish to remove a picture */
  constructor(removed) {
    this.#removed = removed;
  }

  /**
   * @param {readonly Picture[]} pictures
   * @param {{ top: number, disabled: boolean, texts: Texts }} settings
   */
  show(pictures, settings) {
    const present = new Set(pictures);
    for (const [picture, row] of this.#rows) {
      if (present.has(picture)) continue;
      row.release();
      row.item.remove();
      this.#rows.delete(picture);
    }
    for (const picture of pictures) {
      let row = this.#rows.get(picture);
      if (!row) {
        row = new Row(picture, () => this.#removed(picture));
        this.#rows.set(picture, row);
        this.list.append(row.item);
      }
      row.show(settings);
    }
    this.list.hidden = pictures.length === 0;
  }

  /** Gives up what is not needed while the element is not on a page. */
  release() {
    for (const row of this.#rows.values()) row.release();
  }

  /** Puts the focus on the picture at `index`, or the last one; tells whether there is one. */
  focus(index) {
    const rows = [...this.#rows.values()];
    const row = rows[Math.min(index, rows.length - 1)];
    row?.button.focus();
    return Boolean(row);
  }
}

class Row {
  #picture;
  /** @type {unknown[]} */
  #shown = [];
  /** The small picture's address until it is loaded. */
  #url = "";
  #thumbnail = create("img", { part: "thumbnail", alt: "", decoding: "async", loading: "lazy" });
  #name = create("div", { part: "name" });
  #labels = create("ol", { part: "labels" });
  #error = create("p", { part: "picture-error", hidden: true });
  button = create("button", { part: "remove", type: "button" });

  constructor(picture, removed) {
    this.#picture = picture;
    const slot = create("slot", { name: picture.slot });
    const body = create("div", { part: "body" }, [this.#name, this.#labels, this.#error, slot]);
    this.item = create("li", { part: "result" }, [this.#thumbnail, body, this.button]);
    this.button.addEventListener("click", removed);
    setText(this.#name, picture.file.name);
    this.#name.title = picture.file.name;
    this.#thumbnail.addEventListener("load", () => this.#forgetUrl());
    this.#thumbnail.addEventListener("error", () => {
      this.#forgetUrl();
      // The model reads kinds that the browser does not show.
      this.#thumbnail.hidden = true;
    });
  }

  /** Gives the small picture up if it is not loaded: its address would keep the file. */
  release() {
    if (!this.#url) return;
    this.#forgetUrl();
    this.#thumbnail.removeAttribute("src");
  }

  #forgetUrl() {
    URL.revokeObjectURL(this.#url);
    this.#url = "";
  }

  show({ top, disabled, texts }) {
    const { file, ranking, error, state } = this.#picture;
    const shown = [ranking, error, state, top, disabled, texts.key];
    if (!this.#thumbnail.src) {
      this.#url = URL.createObjectURL(file);
      this.#thumbnail.src = this.#url;
    }
    if (shown.every((value, index) => value === this.#shown[index])) return;
    this.#shown = shown;
    const { name } = file;
    this.button.ariaLabel = texts.say("remove", { name });
    this.button.disabled = disabled;
    this.item.part.toggle("outdated", ranking.length > 0 && state !== "done");
    this.#error.hidden = !error;
    setText(this.#error, error ? texts.error(error) : "");
    this.#labels.ariaLabel = texts.say("labels-of", { name });
    this.#labels.hidden = ranking.length === 0;
    const shownLabels = ranking.slice(0, top);
    this.#labels.replaceChildren(
      ...shownLabels.map((ranked, index) => labelItem(ranked, index === 0, texts)),
    );
  }
}

/** @param {import("../picture.js").Ranked} ranked @param {boolean} isBest @param {Texts} texts */
function labelItem(ranked, isBest, texts) {
  const bar = create("span", { part: "bar" });
  // Set by script, which a policy against inline styles allows.
  bar.style.setProperty("--share", String(ranked.score));
  return create("li", { part: isBest ? "label best" : "label" }, [
    create("span", { part: "label-text" }, [texts.label(ranked)]),
    create("span", { part: "share" }, [texts.percent(ranked.score)]),
    bar,
  ]);
}
