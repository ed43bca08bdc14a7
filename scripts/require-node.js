// Plain JavaScript, so that a Node.js too old to run TypeScript says so in a sentence. Runs before the scripts of package.json.
const [major, minor] = process.versions.node.split('.').map(Number);
if (major < 22 || (major === 22 && minor < 18)) {
  process.stderr.write(
    `Lectern needs Node.js 22.18 or newer; this is Node.js ${process.versions.node}. Install a newer one from https://nodejs.org.\n`,
  );
  process.exit(1);
}
