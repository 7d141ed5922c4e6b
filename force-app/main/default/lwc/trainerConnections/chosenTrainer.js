const KEY = 'trainerConnections.chosenTrainer';

/**
 * Which trainer an admin chose, kept while the tab is open: connecting leads to another site and back.
 * @param {string} trainerId
 */
export function rememberChosen(trainerId) {
  try {
    window.sessionStorage.setItem(KEY, trainerId);
  } catch {
    // The browser keeps nothing for us: the choice is made again.
  }
}

/** @returns {string | null} */
export function recallChosen() {
  try {
    return window.sessionStorage.getItem(KEY);
  } catch {
    return null;
  }
}
