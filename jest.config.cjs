const { jestConfig } = require('@salesforce/sfdx-lwc-jest/config');

// coverageDirectory belongs to the run, not to a project of it.
const { coverageDirectory, ...lwcProject } = jestConfig;

module.exports = {
  coverageDirectory,
  projects: [
    {
      ...lwcProject,
      displayName: 'lwc',
      roots: ['<rootDir>/force-app'],
      setupFilesAfterEnv: [...lwcProject.setupFilesAfterEnv, '<rootDir>/jest.setup.cjs'],
    },
  ],
};
