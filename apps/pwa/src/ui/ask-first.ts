import { html, render } from 'lit';

/** What is asked before something is done that cannot be taken back, or that others notice. */
export type Question = {
  readonly heading: string;
  /** What will happen, in a sentence or two. */
  readonly said: string;
  /** The verb on the button: `Cancel the workflow`. */
  readonly action: string;
  /** Danger is told by colour and word. */
  readonly tone?: 'plain' | 'danger';
  /** Asks for a text as well; the label of its field. `required`: without it nothing can be done. */
  readonly note?: { readonly label: string; readonly required?: boolean };
};

/** What a person answered: null when they did not want it; else the note, empty where none was asked for or written. */
export type Answer = { readonly note: string } | null;

/** Asks over the page and answers once. Escape, the button Close and a click beside it are a no. */
export const askFirst = async (question: Question): Promise<Answer> => {
  await import('./hive-ask.ts');
  return new Promise((resolve) => {
    const place = document.createElement('div');
    let answer: Answer = null;
    const close = () => {
      place.remove();
      resolve(answer);
    };
    render(
      html`<hive-ask
        .question=${question}
        @hive-close=${close}
        @hive-answer=${(event: CustomEvent<{ readonly note: string }>) => (answer = event.detail)}
      ></hive-ask>`,
      place,
    );
    document.body.append(place);
  });
};
