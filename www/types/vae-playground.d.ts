/**
 * <vae-playground> for TypeScript. `tests/types-sample/` holds it to the element itself.
 *
 * Losses are means per image in nats.
 */

export type Preset = "elbo" | "tutorial" | "autoencoder";
export type EngineWish = "auto" | "webgpu" | "cpu";
/** Any of plane, digit, encoder, reconstructions, loss, log, controls, status, lesson, `lesson:…`. */
export type ViewName = string;
/** tiles, codes, prior, posterior, numerals, `label:0` to `label:9`. */
export type LayerName = string;

/** What trains, on which GPU adapter ("" where there is none), and why it was chosen. */
export interface EngineInfo {
  kind: "webgpu" | "cpu";
  adapter: string;
  /** Whether that adapter is emulated on the CPU. */
  software: boolean;
  reason: string;
}

export interface Settings {
  preset?: Preset;
  objective: Preset;
  reconstruction: "squared-error" | "bernoulli";
  /** The KL term's weight, 0 to 100. */
  beta: number;
  /** Adam's, above 0 and at most 1. */
  learningRate: number;
  /** Images a step, 1 to 1024. */
  batchSize: number;
  /** 1 to 1000. */
  epochs: number;
  /** Units in each hidden layer, 16 to 1024. */
  hidden: number;
  initialisation: "kaiming" | "tutorial";
  /** 0 to 4294967295. */
  seed: number;
}

/** `elbo` is −(reconstruction + kl); `cost` is the objective's own figure. */
export interface Evaluation {
  /** Decoding a sample. */
  reconstruction: number;
  /** Decoding the posterior mean. */
  reconstructionAtMean: number;
  kl: number;
  elbo: number;
  cost: number;
}

export interface Losses {
  total: number;
  reconstruction: number;
  kl: number;
}

export interface RunResult {
  steps: number;
  /** First step to the last one's completion; loading and warm-up are not counted. */
  seconds: number;
  millisecondsPerStep: number;
  warmupSeconds: number;
  loss: Losses;
  cost: number;
}

export interface ValidationPoint extends Evaluation {
  epoch: number;
  step: number;
  total: number;
}

/** What training has come to since the reset. */
export interface Metrics {
  readonly step: number;
  /** Completed epochs. */
  readonly epoch: number;
  readonly epochs: number;
  readonly stepsPerEpoch: number;
  readonly stepInEpoch: number;
  readonly millisecondsPerStep: number;
  readonly imagesPerSecond: number;
  readonly last: (Losses & { cost: number }) | null;
  readonly history: readonly (Losses & { step: number })[];
  readonly validation: readonly ValidationPoint[];
  readonly log: readonly { epoch: number; cost: number }[];
  /** On the test images, after the last epoch. */
  readonly result: Evaluation | null;
}

/** The posterior of an image: N(mean, exp(logVar)). */
export interface Posterior {
  mean: [number, number];
  logVar: [number, number];
}

export type Span = { epochs: number } | { steps: number };

/** Where a run starts; what is left out stays as it is. */
export interface ResetOptions {
  seed?: number;
  preset?: string;
  /** "pretrained" (the preset's), "none" (random), another preset's name, or an address. */
  weights?: string;
}

export type State =
  | ("loading" | "pretrained" | "untrained" | "fetching" | "warming" | "training")
  | ("held" | "paused" | "finished" | "failed");

/** The `detail` of each event; all of them bubble and are composed. */
export interface VaePlaygroundEvents {
  /** A model decodes. */
  ready: CustomEvent<null | undefined>;
  /** Training went on or rests; "held": nobody sees it, and it goes on when somebody does. */
  statechange: CustomEvent<{ state: State }>;
  /** Training images on their way. */
  progress: CustomEvent<{ loadedBytes: number; totalBytes: number; images: number }>;
  /** At most ten a second. */
  step: CustomEvent<Losses & { step: number; epoch: number; cost: number }>;
  epoch: CustomEvent<{
    epoch: number;
    step: number;
    cost: number;
    validation: ValidationPoint | null;
  }>;
  latentchange: CustomEvent<{ latent: [number, number]; source: string }>;
  enginechange: CustomEvent<EngineInfo>;
  /** `code` is stable; `message` is in the reader's language. */
  error: CustomEvent<{
    code: string;
    message: string;
    values: Record<string, string | number>;
  }>;
}

/**
 * The figures and the model behind them. It loads when it comes near the window, or when a method
 * needs the model. What runs rests, its promise pending, while no element of that model is on
 * screen or the tab is hidden.
 */
export declare class VaePlaygroundElement extends HTMLElement {
  /** The views that are shown; null for all figures. */
  get views(): readonly ViewName[] | null;
  set views(value: readonly ViewName[] | string | null);
  /** Views that are left out of those. */
  get hide(): readonly ViewName[] | null;
  set hide(value: readonly ViewName[] | string | null);
  /** What it starts from: a preset's trained weights, "none", or an address. */
  weights: string | null;
  preset: Preset | null;
  seed: number | null;
  beta: number | null;
  learningRate: number | null;
  batchSize: number | null;
  epochs: number | null;
  engine: EngineWish;
  /** Equal shares of the prior, or its standard deviations. */
  axes: "phi" | "sigma";
  /** The part of the plane that σ axes show: its middle and half its width, 0.05 to 50. */
  extent: readonly [z1: number, z2: number, halfWidth: number] | null;
  /** What is drawn on the plane; null for all but numerals and labels. */
  get layers(): readonly LayerName[] | null;
  set layers(value: readonly LayerName[] | string | null);
  /** The loss is drawn against the logarithm of the step. */
  logSteps: boolean;
  /** The address of a manifest of images, instead of MNIST's. */
  data: string | null;
  /** Elements of a page with one name share one model. */
  model: string | null;
  /** Trains without being asked, once it is ready and in sight. */
  autoplay: boolean;

  /** Resolves when a model decodes. Rejects where none can. */
  readonly ready: Promise<void>;
  /** Null until a worker has looked. */
  readonly engineInfo: EngineInfo | null;
  /** Throws code "not-ready" before `ready`, as `settings`, `encode` and the like. */
  readonly metrics: Metrics;
  get settings(): Settings;
  set settings(change: Partial<Settings>);
  get latent(): [number, number];
  set latent(point: readonly [number, number]);
  /**
   * The chosen one of the ten test images, 0 to 9, whose posterior is drawn; null: none, or one that
   * the reader drew. Setting it moves the point to the image's code; before `ready` it waits.
   */
  image: number | null;

  /**
   * For so many steps, or to the end of so many epochs; without an argument for all the settings'
   * epochs. Resolves at the end or at a pause. Rejects with code "busy" while it trains.
   */
  train(span?: Span): Promise<RunResult>;
  pause(): Promise<void>;
  step(steps?: number): Promise<RunResult>;
  reset(options?: ResetOptions): Promise<void>;
  /** 784 intensities from 0 to 1, row by row. */
  encode(pixels: ArrayLike<number>): Posterior;
  /** 784 intensities, nominally 0 to 1. */
  decode(latent: readonly [number, number]): Float32Array;
  evaluate(split: "test" | "validation"): Promise<Evaluation>;
  /** A safetensors file in float32. */
  exportWeights(): ArrayBuffer;
  /** Rejects, and changes nothing, where it is not a model of this shape. */
  importWeights(buffer: ArrayBuffer | Uint8Array<ArrayBuffer>): Promise<void>;

  addEventListener<Name extends keyof VaePlaygroundEvents>(
    type: Name,
    listener: (this: VaePlaygroundElement, event: VaePlaygroundEvents[Name]) => unknown,
    options?: boolean | AddEventListenerOptions,
  ): void;
  addEventListener<Name extends Exclude<keyof HTMLElementEventMap, keyof VaePlaygroundEvents>>(
    type: Name,
    listener: (this: VaePlaygroundElement, event: HTMLElementEventMap[Name]) => unknown,
    options?: boolean | AddEventListenerOptions,
  ): void;
  addEventListener(
    type: string,
    listener: EventListenerOrEventListenerObject,
    options?: boolean | AddEventListenerOptions,
  ): void;
}

declare global {
  interface HTMLElementTagNameMap {
    "vae-playground": VaePlaygroundElement;
  }
}
