const { jestConfig } = require('@salesforce/sfdx-lwc-jest/config');

const [transformer] = Object.values(jestConfig.transform);
const lwc = require(transformer);

/** jsdom gives up a style sheet that has a container query; it lays nothing out, so a media query is as good. */
module.exports = {
  ...lwc,
  process: (source, ...rest) => lwc.process(source.replaceAll('@container', '@media'), ...rest),
};
