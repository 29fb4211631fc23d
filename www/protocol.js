// What the page and its training worker say to each other. Types only: each side imports them.

/** @typedef {import("./errors.js").Failure} Failure */
/** @typedef {"validation" | "test"} EvaluationSplit */

/**
 * How a model is made and trained. `src/config.rs` holds the ranges and the presets.
 *
 * @typedef {object} Settings
 * @property {"elbo" | "tutorial" | "autoencoder"} [preset]
 * @property {"elbo" | "tutorial" | "autoencoder"} objective
 * @property {"squared-error" | "bernoulli"} reconstruction
 * @property {number} beta
 * @property {number} learningRate
 * @property {number} batchSize
 * @property {number} epochs
 * @property {number} hidden
 * @property {"kaiming" | "tutorial"} initialisation
 * @property {number} seed
 */

/** @typedef {"auto" | "webgpu" | "cpu"} EngineWish */

/**
 * @typedef {"ok" | "requested" | "no-webgpu" | "no-adapter" | "no-timestamp-query" | "limits"
 *   | "software" | "warming" | "module-missing" | "device-lost" | "engine-failed"} EngineReason
 */

/**
 * @typedef {object} EngineInfo
 * @property {"webgpu" | "cpu"} kind what trains
 * @property {string} adapter the GPU adapter that was found, used or not; "" where there is none
 * @property {boolean} software whether that adapter is a software one
 * @property {EngineReason} reason why `kind` was chosen; the sentence is `engine.reason.<reason>`
 */

/**
 * @typedef {"loading" | "pretrained" | "untrained" | "fetching" | "warming" | "training"
 *   | "held" | "paused" | "finished" | "failed"} State  "held": until it is seen again
 */

/** @typedef {{ loadedBytes: number, totalBytes: number, images: number }} Progress */

/** Where a run ends, counted from the reset. @typedef {{ step: number } | { epoch: number }} Target */

/**
 * Means per image in nats; `cost` is the objective's own figure for the last step.
 *
 * @typedef {{ total: number, reconstruction: number, kl: number, cost: number }} Losses
 */

/**
 * Per image in nats over a whole split; `elbo` = −(reconstruction + kl), `cost` the objective's
 * own figure.
 *
 * @typedef {object} Evaluation
 * @property {number} reconstruction decoding a sample
 * @property {number} reconstructionAtMean decoding the posterior mean
 * @property {number} kl
 * @property {number} elbo
 * @property {number} cost
 */

/** @typedef {Evaluation & { epoch: number, step: number, total: number }} ValidationPoint */

/**
 * What one `train` came to.
 *
 * @typedef {object} RunResult
 * @property {number} steps
 * @property {number} seconds first step to the last one's completion on the device; warm-up and
 *   loading chunks not counted
 * @property {number} millisecondsPerStep
 * @property {number} warmupSeconds spent in this run on making the engine and its kernels
 * @property {{ total: number, reconstruction: number, kl: number }} loss mean per image over the
 *   run's steps, those of its last epoch where there were several
 * @property {number} cost
 */

/** @typedef {RunResult & { done: boolean }} RunEnd  `done`: the target was reached, not a pause */

/**
 * @typedef {object} Position
 * @property {number} step since the reset
 * @property {number} epoch completed
 * @property {number} stepsPerEpoch
 * @property {number} stepInEpoch
 */

/**
 * Page → worker. Each has one reply, under its `id`. `data`: address of a manifest; `anticipate`:
 * training may be asked for soon; `checkpoint`: post one, where there is an engine; `yield`: a hand
 * moves the point, leave it the processor for a moment.
 *
 * @typedef {{ type: "start", module: WebAssembly.Module, engine: EngineWish,
 *       reason?: EngineReason, data: string | null }
 *   | { type: "load", settings: Settings, weights: Float32Array, checkpoint: Uint8Array | null,
 *       codes: boolean }
 *   | { type: "anticipate" }
 *   | { type: "train", target: Target }
 *   | { type: "pause" }
 *   | { type: "checkpoint" }
 *   | { type: "yield" }
 *   | { type: "settings", settings: Settings }
 *   | { type: "evaluate", split: EvaluationSplit }} Request
 */

/**
 * What each request is answered with.
 *
 * @typedef {{ start: EngineInfo, load: void, train: RunEnd, anticipate: void,
 *   pause: void, checkpoint: void, yield: void, settings: void,
 *   evaluate: Evaluation }} Replies
 */

/**
 * Worker → page, unasked.
 *
 * @typedef {{ type: "state", state: State, warmupSeconds: number }
 *   | ({ type: "progress" } & Progress)
 *   | ({ type: "losses", steps: number, millisecondsPerStep: number, imagesPerSecond: number,
 *       run: { steps: number, seconds: number } } & Losses & Position)
 *   | { type: "snapshot", settings: Settings, weights: Float32Array, codes: Float32Array | null,
 *       labels: Uint8Array | null }
 *   | { type: "codes", codes: Float32Array, labels: Uint8Array }
 *   | { type: "epoch", epoch: number, step: number, cost: number,
 *       validation: ValidationPoint | null }
 *   | { type: "result", result: Evaluation }
 *   | { type: "checkpoint", bytes: Uint8Array, step: number, epoch: number }
 *   | { type: "rewind", step: number, epoch: number }
 *   | { type: "engine", info: EngineInfo }
 *   | { type: "trouble", failure: Failure }} Notice
 */

/**
 * `fatal`: the worker's engine is gone for good, start another worker.
 *
 * @typedef {{ type: "reply", id: number, value: unknown }
 *   | { type: "failed", id: number, failure: Failure, fatal: boolean }} Answer
 */

/** @typedef {(notice: Notice, transfer?: Transferable[]) => void} Post */

export {};
