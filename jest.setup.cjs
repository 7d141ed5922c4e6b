const axe = require('axe-core');

/**
 * Needs a layout (color-contrast) or a whole page (region); the journeys in a real browser check those.
 */
const NOT_HERE = { 'color-contrast': { enabled: false }, region: { enabled: false } };

expect.extend({
  /**
   * Passes when axe finds nothing to complain about in the element and the shadow trees below it.
   * @param {Element} element connected to the document
   */
  async toBeAccessible(element) {
    if (!element.isConnected) {
      throw new Error('toBeAccessible needs an element that is part of the document.');
    }
    const { violations } = await axe.run(element, { rules: NOT_HERE, resultTypes: ['violations'] });
    return {
      pass: violations.length === 0,
      message: () =>
        violations.flatMap(({ id, help, nodes }) => nodes.map((node) => `${id}: ${help}\n  ${node.html}`)).join('\n') ||
        'axe found no violation.',
    };
  },
});
