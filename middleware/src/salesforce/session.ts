/** One login for everybody who needs it. */
export interface Session {
  /** Runs `call` in a session. If Salesforce says that the session has ended, logs in again and runs it once more. */
  use<T>(call: () => Promise<T>): Promise<T>;
}

/**
 * The first call logs in; calls that find the session ended at the same time share one login. A failed login is
 * forgotten, so that the next call tries again. `hasEnded` recognises the error of an ended session: such a call was
 * refused at the door, so running it again repeats no effect.
 */
export function createSession(deps: { login: () => Promise<void>; hasEnded: (error: unknown) => boolean }): Session {
  let current: Promise<void> | undefined;

  function open(): Promise<void> {
    if (current) return current;
    const opening = deps.login().catch((error: unknown) => {
      if (current === opening) current = undefined;
      throw error;
    });
    current = opening;
    return opening;
  }

  return {
    async use(call) {
      const held = open();
      await held;
      try {
        return await call();
      } catch (error) {
        if (!deps.hasEnded(error)) throw error;
        if (current === held) current = undefined;
        await open();
        return call();
      }
    },
  };
}
