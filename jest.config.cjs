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
      testMatch: ['**/__tests__/**/*.test.js'],
      transform: { '\\.css$': '<rootDir>/jest.styles.cjs', ...lwcProject.transform },
      setupFilesAfterEnv: [...lwcProject.setupFilesAfterEnv, '<rootDir>/jest.setup.cjs'],
    },
  ],
};
