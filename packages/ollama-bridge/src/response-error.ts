import { beginningOf } from '@hive/errors';

/** An HTTP answer that is no success. Thrown from inside the fetch, because the client would print such a body to the console. */
export class ResponseError extends Error {
  override readonly name = 'ResponseError';
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;

  constructor(response: Response, text: string) {
    super(`status ${response.status}`);
    this.status = response.status;
    this.headers = response.headers;
    this.text = text;
  }
}

/** The response itself when it is a success. */
export const successOf = async (response: Response): Promise<Response> => {
  if (response.ok) return response;
  throw new ResponseError(response, beginningOf(await response.text(), 2000));
};
