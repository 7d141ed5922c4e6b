/**
 * Asks again and again, until a deadline that can be moved. One question at a time; a failed one does not end it.
 * @param {() => Promise<unknown>} ask
 * @param {number} everyMs pause between an answer and the next question
 * @param {() => void} [whenOver] told when the deadline has passed
 */
export function createPoll(ask, everyMs, whenOver) {
  let until = 0;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let timer;
  let isAsking = false;

  function schedule() {
    if (isAsking || timer !== undefined) {
      return;
    }
    if (Date.now() + everyMs > until) {
      if (until > 0) {
        whenOver?.();
      }
      return;
    }
    // eslint-disable-next-line @lwc/lwc/no-async-operation
    timer = setTimeout(askOnce, everyMs);
  }

  async function askOnce() {
    timer = undefined;
    isAsking = true;
    try {
      await ask();
    } catch {
      // Whoever asks shows the failure; the next answer may be better.
    }
    isAsking = false;
    schedule();
  }

  return {
    /** Goes on for at least this long from now. */
    runFor(/** @type {number} */ durationMs) {
      until = Math.max(until, Date.now() + durationMs);
      schedule();
    },
    stop() {
      until = 0;
      clearTimeout(timer);
      timer = undefined;
    },
  };
}
