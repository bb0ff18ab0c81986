import { z } from '@hono/zod-openapi';
import { Choices, RepoLook, SubmitRequest, Submitted, type Desk } from '@hive/events';
import type { createRegistrar } from './endpoint.ts';
import { given } from './lists.ts';

/** The routes by which work is handed in, and by which a form learns what could be. */
export const serveSubmission = (serve: ReturnType<typeof createRegistrar>, desk: Desk): void => {
  serve(
    {
      id: 'submit',
      method: 'post',
      path: '/workflows',
      summary: 'Hand in a goal, a plan or a change',
      keyed: true,
      body: SubmitRequest,
      texts: ({ plan: _, patch: __, ...texts }) => texts,
      answer: Submitted,
      status: 201,
      okWhen: 'Nothing was made: a workflow with the same dedupe key is kept',
    },
    async ({ body, key, c }) => {
      const submitted = await desk.submit(body, key === undefined ? {} : { key });
      return submitted.duplicateOf === undefined ? submitted : c.json(submitted, 200);
    },
  );
  serve(
    {
      id: 'runExample',
      method: 'post',
      path: '/example',
      summary: 'Run the bundled example: stored patches through the real checks, without any model',
      keyed: true,
      body: z.strictObject({}),
      mayBeEmpty: true,
      answer: Submitted,
      status: 201,
    },
    ({ key }) => desk.runExample(given({ key })),
  );
  serve(
    {
      id: 'choices',
      method: 'get',
      path: '/choices',
      summary: 'What a new workflow can be made of: known repositories, templates, models',
      answer: Choices,
      tag: 'answer',
    },
    () => desk.choices(),
  );
  serve(
    {
      id: 'lookAtRepo',
      method: 'get',
      path: '/repos/look',
      summary: 'What lies in a repository of this machine, and which commands would be run; nothing is run for it',
      query: z.strictObject({
        repo: z.string().min(1).max(4096).describe('a folder in it, by its whole path'),
        base: z.string().min(1).max(300).optional(),
      }),
      answer: RepoLook,
    },
    ({ query: { repo, ...rest } }) => desk.lookAtRepo({ repo, ...given(rest) }),
  );
};
