/** What shows a picture. A string is an address; its site must let this page read it (CORS). */
export type PictureSource =
  | Blob
  | File
  | URL
  | string
  | ImageBitmap
  | HTMLImageElement
  | HTMLVideoElement
  | HTMLCanvasElement
  | OffscreenCanvas
  | ImageData
  | VideoFrame;

/** Where a model comes from. */
export type ModelSource =
  /** The demo model, which comes with the package. */
  | undefined
  /** The address of a pack, or of a manifest, that `glance pack` and `glance manifest` wrote. */
  | string
  | URL
  /** A checkpoint on the Hugging Face Hub, `owner/name`; `base` is the address of another hub. */
  | { hub: string; revision?: string; base?: string }
  /** A pack or a checkpoint that the person chose, with the files beside it. */
  | { files: File[] };

/** How far a call has come. */
export interface Progress {
  stage:
    /** Another tab downloads the model. */
    | "waiting"
    /** `done` of `total` bytes are here. */
    | "downloading"
    /** Bytes of a checkpoint that were converted. */
    | "converting"
    /** Bytes of a stored model that were verified. */
    | "checking"
    /** All bytes are here and go to the device. */
    | "preparing"
    /** Pictures that were encoded. */
    | "pictures"
    /** Prompts that were encoded, each label once for every template. */
    | "texts";
  /** Bytes, pictures or prompts so far. */
  done?: number;
  /** The same in all, if known. */
  total?: number;
}

export interface LoadOptions {
  model?: ModelSource;
  /** Where the model runs; `"auto"`, the default, measures both and takes the faster. */
  device?: "webgpu" | "cpu" | "auto";
  onProgress?: (progress: Progress) => void;
  /** Cancels the call, which rejects with `signal.reason`. */
  signal?: AbortSignal;
}

export interface CallOptions {
  onProgress?: (progress: Progress) => void;
  /** Cancels the call, which rejects with `signal.reason`. */
  signal?: AbortSignal;
}

export interface ClassifyOptions extends CallOptions {
  /** The sentence that each label is put into, at `{}`; of several, the embeddings are averaged. The
   * default is `"a photo of a {}"`. */
  template?: string | string[];
  /** How many labels a ranking has; all by default. */
  topK?: number;
  /** Whether "none of these" competes with the labels. Its index is −1. */
  noneOfThese?: boolean;
}

export interface EmbedTextsOptions extends CallOptions {
  /** Sentences that each text is put into, as for `classify`; none by default. */
  template?: string | string[];
}

/** How well a label fits a picture. */
export interface Ranked {
  label: string;
  /** Its share among the labels, 0 to 1; all shares add up to 1. */
  score: number;
  /** How well it fits at all: the cosine of picture and label, −1 to 1. */
  cosine: number;
  /** Its place in the labels that were passed; −1 for "none of these". */
  index: number;
}

/** The labels for one picture, the best first. */
export type Ranking = Ranked[];

/** A loaded model. */
export interface Model {
  /** Changes with the weights. */
  readonly id: string;
  readonly name: string;
  /** The licence of the weights as an SPDX expression, if known. */
  readonly license?: string;
  /** Bytes of the weights. */
  readonly bytes: number;
  readonly device: "webgpu" | "cpu";
  /** Pixels a side of the square that it sees. */
  readonly imageSize: number;
  /** Values of an embedding. */
  readonly embeddingSize: number;
  /** A sentence for the person, such as that the browser could not store the model. */
  readonly notice?: string;
}

/** A model in the browser's storage of this site. */
export interface StoredModel {
  id: string;
  name: string;
  license?: string;
  /** Where it came from: an address, or `owner/name` on the Hub. */
  from?: string;
  /** Bytes in all. */
  bytes: number;
  /** Bytes that are stored. */
  storedBytes: number;
  /** When it was first stored. */
  added: Date;
}

/** CLIP in a worker. Everything stays on the person's device. */
export class Clip {
  private constructor();

  /** Starts a worker and loads a model. It is downloaded once and then stored by the browser. */
  static load(options?: LoadOptions): Promise<Clip>;

  /** The models that the browser stores for this site. */
  static models(): Promise<StoredModel[]>;

  /** As `Clip.models()`, without another worker. */
  models(): Promise<StoredModel[]>;

  /** The model in use. `device` changes if the graphics card is lost. */
  readonly model: Model;

  /** Which labels fit a picture, the best first. */
  classify(picture: PictureSource, labels: string[], options?: ClassifyOptions): Promise<Ranking>;
  /** The same for several pictures, one ranking each. */
  classify(pictures: PictureSource[], labels: string[], options?: ClassifyOptions): Promise<Ranking[]>;

  /** The cosine of each picture (one row each) with each text. */
  similarity(pictures: PictureSource[], texts: string[], options?: CallOptions): Promise<Float32Array[]>;

  /** A vector of length 1 for each picture. */
  embedImages(pictures: PictureSource[], options?: CallOptions): Promise<Float32Array[]>;

  /** A vector of length 1 for each text. */
  embedTexts(texts: string[], options?: EmbedTextsOptions): Promise<Float32Array[]>;

  /** Ends the worker and frees its memory. Calls that are not answered reject. */
  close(): void;
}

export type ClipErrorCode =
  /** The picture cannot be used. */
  | "picture"
  /** A text cannot be used. */
  | "text"
  /** The model cannot be used. */
  | "model"
  /** Something cannot be fetched. */
  | "connection"
  /** There is no such device. */
  | "no-device"
  /** The device refused. */
  | "device"
  /** The worker died. It is started again once; try again. */
  | "lost"
  /** Another call replaced this one. */
  | "cancelled"
  /** `close()` was called. */
  | "closed"
  /** The worker did not start: files are missing, or the page's policy blocks it. */
  | "worker"
  | "unknown";

/** Why a call failed, as one sentence that says what to do. */
export class ClipError extends Error {
  readonly name: "ClipError";
  readonly code: ClipErrorCode;
  /** Which of the pictures or texts it is about. */
  readonly index?: number;
}
