// What the element says. A page adds a language here, or changes texts of one element with its
// property `messages`.

/**
 * A text, or one for each plural category of its language. `{name}` stands for a value.
 * @typedef {string | Partial<Record<Intl.LDMLPluralRule, string>>} Message
 * @typedef {Record<string, Message>} Messages
 */

/**
 * The texts by language. `error-<code>` replaces the sentence of a `ClipError` of that code, which
 * is English.
 * @type {Record<string, Messages>}
 */
export const messages = {
  en: {
    "prompt-one": "Drop a picture here or paste it, or",
    "prompt-many": "Drop pictures here or paste them, or",
    "choose-one": "Choose a picture",
    "choose-many": "Choose pictures",
    loading: "Getting the model ready…",
    "loading-bar": "Model",
    looking: { one: "Looking at the picture…", other: "Looking at {count} pictures…" },
    best: "{label}, {share}",
    summary: { one: "1 picture: {labels}", other: "{count} pictures: {labels}" },
    "summary-label": "{label} ({count})",
    unreadable: { one: "1 unreadable", other: "{count} unreadable" },
    "none-of-these": "none of these",
    "labels-of": "Labels of {name}",
    remove: "Remove {name}",
    retry: "Try again",
    "no-labels": "There are no labels to choose from.",
    "not-accepted": "{name} is not a kind of file that fits here; choose another.",
    "not-chosen": "Choose a picture.",
    "not-ready": "Wait until every picture has its label.",
    error: "Something went wrong; try again.",
  },
  de: {
    "prompt-one": "Bild hierher ziehen oder einfügen, oder",
    "prompt-many": "Bilder hierher ziehen oder einfügen, oder",
    "choose-one": "Bild auswählen",
    "choose-many": "Bilder auswählen",
    loading: "Das Modell wird vorbereitet …",
    "loading-bar": "Modell",
    looking: { one: "Das Bild wird angesehen …", other: "{count} Bilder werden angesehen …" },
    best: "{label}, {share}",
    summary: { one: "1 Bild: {labels}", other: "{count} Bilder: {labels}" },
    "summary-label": "{label} ({count})",
    unreadable: { one: "1 nicht lesbar", other: "{count} nicht lesbar" },
    "none-of-these": "nichts davon",
    "labels-of": "Begriffe für {name}",
    remove: "{name} entfernen",
    retry: "Noch einmal versuchen",
    "no-labels": "Es gibt keine Begriffe zur Auswahl.",
    "not-accepted": "{name} passt hier nicht; wählen Sie eine andere Datei.",
    "not-chosen": "Wählen Sie ein Bild aus.",
    "not-ready": "Warten Sie, bis jedes Bild seinen Begriff hat.",
    error: "Etwas ist schiefgegangen; versuchen Sie es noch einmal.",
    "error-picture": "Dieses Bild kann nicht gelesen werden; wählen Sie ein anderes.",
    "error-model": "Das Modell kann nicht verwendet werden.",
    "error-connection": "Das Modell ist nicht erreichbar; versuchen Sie es noch einmal.",
    "error-no-device": "Dieser Browser bietet das gewünschte Gerät nicht an.",
    "error-device": "Das Modell kann auf diesem Gerät nicht rechnen.",
    "error-lost": "Der Grafikprozessor ist ausgefallen; versuchen Sie es noch einmal.",
    "error-worker": "Die Berechnung wurde abgebrochen; versuchen Sie es noch einmal.",
    "error-unknown": "Etwas ist schiefgegangen; versuchen Sie es noch einmal.",
    "error-text": "Ein Begriff kann nicht gelesen werden.",
  },
};

/** The texts of one element, in its language. */
export class Texts {
  #tables;
  #plurals;
  #percents;

  /**
   * @param {Element} element
   * @param {Messages} own texts of this element alone
   */
  constructor(element, own) {
    const wanted = element.closest("[lang]")?.lang || document.documentElement.lang;
    const language = isLanguage(wanted) ? wanted : "en";
    const main = language.split("-")[0].toLowerCase();
    this.#tables = [own, messages[language], messages[main], messages.en];
    this.#plurals = new Intl.PluralRules(language);
    this.#percents = new Intl.NumberFormat(language, { style: "percent" });
    /** Equal for equal texts. */
    this.key = JSON.stringify([language, own]);
  }

  /**
   * @param {string} key
   * @param {Record<string, unknown>} [values] for names in braces; `count` chooses the plural
   */
  say(key, values = {}) {
    const message = this.#find(key) ?? "";
    const text = typeof message === "string" ? message : this.#plural(message, values.count);
    return text.replace(/\{(\w+)\}/g, (braces, name) => String(values[name] ?? braces));
  }

  /** @param {Error & { code?: string }} error */
  error(error) {
    // Errors of the package have a code and a sentence; others are not for people.
    const key = error.code ? `error-${error.code}` : "error";
    return this.#find(key) === undefined ? error.message : this.say(key);
  }

  /** @param {import("../picture.js").Ranked} ranked */
  label({ label, value }) {
    return value === null ? this.say("none-of-these") : label;
  }

  /** @param {number} share 0 to 1 */
  percent(share) {
    return this.#percents.format(share);
  }

  #find(key) {
    return this.#tables.find((table) => table?.[key] !== undefined)?.[key];
  }

  #plural(message, count) {
    return message[this.#plurals.select(Number(count))] ?? message.other ?? "";
  }
}

function isLanguage(tag) {
  try {
    return Intl.getCanonicalLocales(tag).length > 0;
  } catch {
    return false;
  }
}
