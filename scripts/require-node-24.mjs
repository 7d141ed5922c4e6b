// Preloaded by the npm scripts (`node --import`): one clear line instead of a syntax error deep inside.
const major = Number(process.versions.node.split('.')[0]);
if (major < 24) {
  console.error(
    `Trainer Connect needs Node 24 or newer; this is ${process.version}. Use the npm scripts: they bring their own.`,
  );
  process.exit(1);
}
