import type { ReactiveController, ReactiveControllerHost } from 'lit';
import { askedWorker, type AskedWorker } from '../../workers/asked-worker.ts';
import graphWorker from '../../workers/graph.worker.ts?worker&url';
import type { GraphLayout, GraphQuestion } from './lay-out.ts';

/** Dense graphs take seconds from 60 nodes on; nobody waits for a picture that long. */
const deadlineMs = 1000;
/** The code of the worker comes over the network, which the deadline is not about. */
const loadingMs = 10_000;

/** How far a layout has come. `late`: it took too long, and the tasks are listed instead. */
export type LayoutState =
  | { readonly state: 'laying out' }
  | { readonly state: 'late' }
  | { readonly state: 'laid out'; readonly layout: GraphLayout };

/** Lays one graph out in a worker, which is ended with the host and when it takes too long. */
export class GraphReader implements ReactiveController {
  readonly #host: ReactiveControllerHost;
  readonly #worker: AskedWorker<GraphQuestion, GraphLayout> = askedWorker(graphWorker);
  #shape = '';
  #state: LayoutState = { state: 'laying out' };

  constructor(host: ReactiveControllerHost) {
    this.#host = host;
    host.addController(this);
  }

  get state(): LayoutState {
    return this.#state;
  }

  /** Lays out a graph of another shape than the last. */
  async lay(question: GraphQuestion, shape: string): Promise<void> {
    if (shape === this.#shape) return;
    this.#shape = shape;
    try {
      // The first question only brings the code.
      await this.#worker.ask({ ...question, nodes: [] }, { deadlineMs: loadingMs });
      const layout = await this.#worker.ask(question, { deadlineMs });
      if (shape === this.#shape) this.#state = { state: 'laid out', layout };
    } catch {
      if (shape === this.#shape) this.#state = { state: 'late' };
    }
    this.#host.requestUpdate();
  }

  hostDisconnected(): void {
    this.#worker.close();
    this.#shape = '';
  }
}
