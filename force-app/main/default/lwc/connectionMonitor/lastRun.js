const KEY = 'connectionMonitor.lastRun';

/**
 * Which run was started here last: it goes on while nobody looks, and its results are found again.
 * @param {string | null} runId null forgets it
 */
export function rememberRun(runId) {
  try {
    if (runId) {
      window.localStorage.setItem(KEY, runId);
    } else {
      window.localStorage.removeItem(KEY);
    }
  } catch {
    // The browser keeps nothing for us: the run is followed as long as this page is open.
  }
}

/** @returns {string | null} */
export function recallRun() {
  try {
    return window.localStorage.getItem(KEY);
  } catch {
    return null;
  }
}
