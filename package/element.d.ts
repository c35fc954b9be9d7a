/** One label of a ranking. */
export interface RankedLabel {
  /** What the model read; in English for "none of these". */
  label: string;
  /** What a form gets: the option's value, or the label. `null` for "none of these". */
  value: string | null;
  /** Share among the labels, 0 to 1. */
  score: number;
  /** −1 to 1. */
  cosine: number;
  /** Position among the labels. */
  index: number;
}

/** A picture with its labels. */
export interface PictureResult {
  file: File;
  /** Name of the slot below its labels, such as `result-1`. */
  slot: string;
  /** Best first; empty if the picture could not be read, or has no answer yet. */
  ranking: RankedLabel[];
  /** Why the picture could not be read. */
  error: Error | null;
}

/** Every picture has its answer, or an error. Bubbles, and leaves shadow trees. */
export type ResultsEvent = CustomEvent<{ results: PictureResult[] }>;

/**
 * How far the model is, as `Clip.load` tells it, or, with `stage: "pictures"`, how many pictures are
 * done. Does not bubble, as the events of this name of other elements.
 */
export type ProgressDetailEvent = CustomEvent<{ stage: string; done?: number; total?: number }>;

/** Something failed. Does not bubble, as the events of this name of other elements. */
export type FailureEvent = CustomEvent<{
  /** A `ClipError`, or an unexpected error. */
  error: Error;
  /** The code of a `ClipError`, such as `"connection"`. */
  code?: string;
  /** The sentence that the element shows. */
  message: string;
  /** The picture that could not be read, or `null` if nothing can be ranked now. */
  file: File | null;
}>;

export interface GlanceDropEventMap {
  results: ResultsEvent;
  progress: ProgressDetailEvent;
  error: FailureEvent;
}

/** A text, or one for each plural category of its language. `{name}` stands for a value. */
export type Message = string | Partial<Record<Intl.LDMLPluralRule, string>>;

/** Texts by their keys, which are those of `messages.en`. */
export type Messages = Record<string, Message>;

/** The texts of every language. Add yours: `messages.fr = { … }`; what it lacks is English. */
export const messages: Record<string, Messages>;

/** Drop or choose pictures, and see which labels fit. */
export class GlanceDrop extends HTMLElement {
  static readonly formAssociated: true;

  /** Kinds of files, as `<input type=file>` takes them. `image/*` by default. */
  accept: string;
  /** `auto` by default. */
  device: "auto" | "cpu" | "webgpu";
  disabled: boolean;
  /** When the model is loaded: once the element is near the window or used, or at once. */
  loading: "lazy" | "eager";
  /** Address of a model, or `hub:owner/name`; empty for the demo model. */
  model: string;
  /** Whether several pictures can be added. */
  multiple: boolean;
  /** Name in a form. */
  name: string;
  /** Whether "none of these" competes with the labels. */
  noneOfThese: boolean;
  /** Whether its form needs a picture. */
  required: boolean;
  /** The sentence around each label, with `{}` in its place. Several, one a line, are averaged. */
  template: string;
  /** How many labels each picture shows; 5 by default. */
  top: number;
  /** Texts of this element in place of those of its language. */
  messages: Messages;

  /** What the model chooses among. Takes text in the form of the attribute, too. */
  get labels(): string[];
  set labels(labels: Iterable<string> | string | null);
  /** Each picture with its labels, in the order they were added. */
  readonly results: PictureResult[];
  /** What a form sends; `null` until every picture has its answer. */
  readonly value: string | null;

  readonly form: HTMLFormElement | null;
  readonly validity: ValidityState;
  readonly validationMessage: string;
  readonly willValidate: boolean;
  checkValidity(): boolean;
  reportValidity(): boolean;

  /** Adds pictures; without `multiple`, the first replaces the one that is here. */
  add(files: Iterable<File>): void;
  /** Removes every picture. */
  clear(): void;
  /** Ranks what has no answer, after an error. */
  retry(): void;

  addEventListener<Type extends keyof GlanceDropEventMap>(
    type: Type,
    listener: (this: GlanceDrop, event: GlanceDropEventMap[Type]) => unknown,
    options?: boolean | AddEventListenerOptions,
  ): void;
  addEventListener<Type extends Exclude<keyof HTMLElementEventMap, keyof GlanceDropEventMap>>(
    type: Type,
    listener: (this: GlanceDrop, event: HTMLElementEventMap[Type]) => unknown,
    options?: boolean | AddEventListenerOptions,
  ): void;
  addEventListener(
    type: string,
    listener: EventListenerOrEventListenerObject | null,
    options?: boolean | AddEventListenerOptions,
  ): void;
}

declare global {
  interface HTMLElementTagNameMap {
    "glance-drop": GlanceDrop;
  }
}
