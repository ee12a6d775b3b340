import { after, before, it } from 'node:test';
import { Session, type SessionOptions } from './session.ts';

export type Step = (
  sentence: string,
  body: (session: Session) => Promise<void>,
  options?: { skip: string | false },
) => void;

/**
 * Starts a session for the tests of a `describe` and stops it after them. Each test goes on where the one before it ended:
 * once one has failed the others fail at once. A failure leaves a picture and the logs.
 */
export function stepsOf(
  options: SessionOptions,
  prepare: (session: Session) => Promise<void>,
): Step {
  let session: Session | undefined;
  let failed: string | undefined;
  const run = async (sentence: string, body: (session: Session) => Promise<void>) => {
    if (!session || failed !== undefined)
      throw new Error(`Not tried, since this failed: ${failed ?? 'the start'}`);
    try {
      await body(session);
    } catch (error) {
      failed = sentence;
      await session.saveFailure(sentence);
      throw error;
    }
  };
  before(async () => {
    session = await Session.start(options);
    await run('the preparation', prepare);
  });
  after(async () => {
    await session?.stop();
  });
  return (sentence, body, options = { skip: false }) => {
    it(sentence, options, () => run(sentence, body));
  };
}
